//! The resampler's kernels with SSE4.1: the plain ones, vectorised anew by the compiler.

use crate::simd::resample::{FloatTaps, RowTaps, Taps};
use crate::simd::scalar::resample as scalar;

/// See [`crate::simd::resample::weigh_rows`].
#[target_feature(enable = "sse4.1")]
pub(in crate::simd) fn weigh_rows(
    rows: &[&[u8]],
    taps: &[RowTaps<'_>],
    bits: u32,
    columns: usize,
    out: &mut [i16],
) {
    scalar::weigh_rows(rows, taps, bits, columns, out);
}

/// See [`crate::simd::resample::round_row`].
#[target_feature(enable = "sse4.1")]
pub(in crate::simd) fn round_row(row: &[i16], out: &mut [u8]) {
    scalar::round_row(row, out);
}

/// See [`crate::simd::resample::split_row`].
#[target_feature(enable = "sse4.1")]
pub(in crate::simd) fn split_row<const N: usize>(row: &[i16], planes: &mut [i16], pitch: usize) {
    scalar::split_row::<N>(row, planes, pitch);
}

/// See [`crate::simd::resample::weigh_pixels`].
#[target_feature(enable = "sse4.1")]
pub(in crate::simd) fn weigh_pixels<const N: usize>(
    planes: &[i16],
    pitch: usize,
    taps: &Taps<'_>,
    out: &mut [u8],
) {
    scalar::weigh_pixels::<N>(planes, pitch, taps, out);
}

/// See [`crate::simd::resample::add_rows`].
#[target_feature(enable = "sse4.1")]
pub(in crate::simd) fn add_rows(rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    scalar::add_rows(rows, weights, sums);
}

/// See [`crate::simd::resample::add_pixels`].
#[target_feature(enable = "sse4.1")]
pub(in crate::simd) fn add_pixels<const N: usize>(
    row: &[f32],
    taps: &FloatTaps<'_>,
    out: &mut [f32],
) {
    scalar::add_pixels::<N>(row, taps, out);
}

/// See [`crate::simd::resample::premultiply`].
#[target_feature(enable = "sse4.1")]
pub(in crate::simd) fn premultiply<const N: usize>(row: &[u8], out: &mut [f32]) {
    scalar::premultiply::<N>(row, out);
}

/// See [`crate::simd::resample::unpremultiply`].
#[target_feature(enable = "sse4.1")]
pub(in crate::simd) fn unpremultiply<const N: usize>(row: &[f32], out: &mut [u8]) {
    scalar::unpremultiply::<N>(row, out);
}
