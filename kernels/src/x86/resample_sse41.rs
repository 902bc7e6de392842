//! The resampler's kernels with SSE4.1: the plain ones, vectorised anew by the compiler.

use crate::resample::{FloatTaps, RowTaps, Taps};
use crate::scalar::resample as scalar;

/// See [`crate::resample::weigh_rows`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn weigh_rows(
    rows: &[&[u8]],
    taps: &[RowTaps<'_>],
    bits: u32,
    columns: usize,
    out: &mut [i16],
) {
    scalar::weigh_rows(rows, taps, bits, columns, out);
}

/// See [`crate::resample::round_row`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn round_row(row: &[i16], out: &mut [u8]) {
    scalar::round_row(row, out);
}

/// See [`crate::resample::split_row`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn split_row<const N: usize>(row: &[i16], planes: &mut [i16], pitch: usize) {
    scalar::split_row::<N>(row, planes, pitch);
}

/// See [`crate::resample::weigh_pixels`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn weigh_pixels<const N: usize>(
    planes: &[i16],
    pitch: usize,
    taps: &Taps<'_>,
    out: &mut [u8],
) {
    scalar::weigh_pixels::<N>(planes, pitch, taps, out);
}

/// See [`crate::resample::add_rows`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn add_rows(rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    scalar::add_rows(rows, weights, sums);
}

/// See [`crate::resample::add_pixels`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn add_pixels<const N: usize>(row: &[f32], taps: &FloatTaps<'_>, out: &mut [f32]) {
    scalar::add_pixels::<N>(row, taps, out);
}

/// See [`crate::resample::premultiply`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn premultiply<const N: usize>(row: &[u8], out: &mut [f32]) {
    scalar::premultiply::<N>(row, out);
}

/// See [`crate::resample::unpremultiply`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn unpremultiply<const N: usize>(row: &[f32], out: &mut [u8]) {
    scalar::unpremultiply::<N>(row, out);
}
