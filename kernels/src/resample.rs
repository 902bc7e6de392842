//! Kernels of the resampler, each at the level that a token stands for.
//!
//! Weights are 16-bit fixed point. The pass over rows gives samples with 6 bits behind the point.
//! The pass along a row takes these, plane by plane. Both have a second form on floating-point
//! samples. All levels add in the same order and never fuse a product with a sum.
#![allow(unsafe_code, reason = "calls of functions for a CPU that the token vouches for")]

#[cfg(test)]
mod tests;

#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{InstructionSet, Level, scalar};

/// Bits behind the point of samples between the two passes. 255 then leaves room in 16 signed bits
/// for the overshoot of kernels with negative lobes.
pub(crate) const FRACTION: u32 = 6;

/// Output rows that are best made together.
pub const ROW_GROUP: usize = 4;

/// The source rows of an output row, and their weights.
#[derive(Debug, Clone, Copy)]
pub struct RowTaps<'a> {
    /// The index of the first source row.
    pub first: usize,
    /// The weight of that row and of each after it.
    pub weights: &'a [i16],
}

/// The source pixels of each output pixel, and their weights.
#[derive(Debug, Clone, Copy)]
pub struct Taps<'a> {
    /// The first source pixel of each output pixel.
    pub firsts: &'a [u32],
    /// The weights of each output pixel, for `stride` source pixels in a row, zeros behind the
    /// last.
    pub weights: &'a [i16],
    /// A multiple of 8.
    pub stride: usize,
    /// Bits behind the point of a weight.
    pub bits: u32,
}

/// The source pixels of each output pixel, and their weights in floating point.
#[derive(Debug, Clone, Copy)]
pub struct FloatTaps<'a> {
    /// The first source pixel of each output pixel.
    pub firsts: &'a [u32],
    /// The weights of each output pixel, for `stride` source pixels in a row, zeros behind the
    /// last.
    pub weights: &'a [f32],
    /// A multiple of 2.
    pub stride: usize,
}

/// Dispatches to the kernel of the same name at a level; the ones for AVX2 lie in two modules.
macro_rules! dispatch {
    ($level:expr, $avx2:ident :: $kernel:ident $(::<$n:ident>)? ($($argument:expr),*)) => {
        match $level.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the token says that this CPU has AVX2.
            InstructionSet::Avx2 | InstructionSet::Avx512 => unsafe {
                x86::$avx2::$kernel$(::<$n>)?($($argument),*)
            },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the token says that this CPU has SSE4.1.
            InstructionSet::Sse41 => unsafe {
                x86::resample_sse41::$kernel$(::<$n>)?($($argument),*)
            },
            InstructionSet::Scalar => scalar::resample::$kernel$(::<$n>)?($($argument),*),
        }
    };
}

/// Makes output rows of `columns` samples each: weighted sums of source rows, which are at least as
/// long. A source row of several output rows is read once for all. Weights have `bits` behind the
/// point.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::resample::{RowTaps, round_row, weigh_rows};
///
/// // The mean of two rows, with weights of 14 bits.
/// let taps = [RowTaps { first: 0, weights: &[1 << 13, 1 << 13] }];
/// let mut sums = [0; 3];
/// weigh_rows(Level::detect(), &[&[10, 20, 30], &[20, 40, 60]], &taps, 14, 3, &mut sums);
/// let mut row = [0; 3];
/// round_row(Level::detect(), &sums, &mut row);
/// assert_eq!(row, [15, 30, 45]);
/// ```
pub fn weigh_rows(
    level: Level,
    rows: &[&[u8]],
    taps: &[RowTaps<'_>],
    bits: u32,
    columns: usize,
    out: &mut [i16],
) {
    dispatch!(level, resample::weigh_rows(rows, taps, bits, columns, out));
}

/// Rounds the samples of a row to the nearest whole numbers.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::resample::round_row;
///
/// // Samples have 6 bits behind the point.
/// let mut out = [0; 3];
/// round_row(Level::detect(), &[64, 96, -640], &mut out);
/// assert_eq!(out, [1, 2, 0]);
/// ```
pub fn round_row(level: Level, row: &[i16], out: &mut [u8]) {
    dispatch!(level, resample_float::round_row(row, out));
}

/// Takes pixels of `N` interleaved samples apart: plane `n` begins at `n * pitch` of `planes`.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::resample::split_row;
///
/// let mut planes = [0; 6];
/// split_row::<2>(Level::detect(), &[1, 10, 2, 20], &mut planes, 3);
/// assert_eq!(planes, [1, 2, 0, 10, 20, 0]);
/// ```
pub fn split_row<const N: usize>(level: Level, row: &[i16], planes: &mut [i16], pitch: usize) {
    dispatch!(level, resample::split_row::<N>(row, planes, pitch));
}

/// Makes an output row of `N` interleaved samples from the planes of a source row. Behind the last
/// source pixel of an output pixel, each plane is long enough for whole strides.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::resample::{Taps, weigh_pixels};
///
/// // The mean of the first two pixels, with 14 bits behind the point of a weight.
/// let weights = [1 << 13, 1 << 13, 0, 0, 0, 0, 0, 0];
/// let taps = Taps { firsts: &[0], weights: &weights, stride: 8, bits: 14 };
/// let plane = [10 << 6, 20 << 6, 0, 0, 0, 0, 0, 0, 0, 0];
/// let mut out = [0];
/// weigh_pixels::<1>(Level::detect(), &plane, 10, &taps, &mut out);
/// assert_eq!(out, [15]);
/// ```
pub fn weigh_pixels<const N: usize>(
    level: Level,
    planes: &[i16],
    pitch: usize,
    taps: &Taps<'_>,
    out: &mut [u8],
) {
    dispatch!(level, resample::weigh_pixels::<N>(planes, pitch, taps, out));
}

/// Adds rows to `sums`, each times one of `weights`, one after another.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::resample::add_rows;
///
/// let mut sums = [1.0, 2.0];
/// add_rows(Level::detect(), &[&[10.0, 20.0], &[30.0, 40.0]], &[0.5, 1.0], &mut sums);
/// assert_eq!(sums, [36.0, 52.0]);
/// ```
pub fn add_rows(level: Level, rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    dispatch!(level, resample_float::add_rows(rows, weights, sums));
}

/// Makes an output row of `N` interleaved samples: weighted sums of source pixels. Behind the last
/// source pixel of an output pixel, the row is long enough for whole strides.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::resample::{FloatTaps, add_pixels};
///
/// // The mean of the first two pixels.
/// let taps = FloatTaps { firsts: &[0], weights: &[0.5, 0.5], stride: 2 };
/// let mut out = [0.0; 2];
/// add_pixels::<2>(Level::detect(), &[1.0, 2.0, 3.0, 6.0], &taps, &mut out);
/// assert_eq!(out, [2.0, 4.0]);
/// ```
pub fn add_pixels<const N: usize>(
    level: Level,
    row: &[f32],
    taps: &FloatTaps<'_>,
    out: &mut [f32],
) {
    dispatch!(level, resample_float::add_pixels::<N>(row, taps, out));
}

/// Multiplies colours by their alpha, which is the last of `N` samples and stays as it is.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::resample::premultiply;
///
/// let mut out = [0.0; 4];
/// premultiply::<2>(Level::detect(), &[200, 51, 7, 0], &mut out);
/// assert_eq!(out, [200.0 * 51.0, 51.0, 0.0, 0.0]);
/// ```
pub fn premultiply<const N: usize>(level: Level, row: &[u8], out: &mut [f32]) {
    dispatch!(level, resample_float::premultiply::<N>(row, out));
}

/// Undoes [`premultiply`]. Where alpha rounds to 0, all samples are 0.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::resample::unpremultiply;
///
/// let mut out = [0; 4];
/// unpremultiply::<2>(Level::detect(), &[200.0 * 51.0, 51.0, 9.0, 0.2], &mut out);
/// assert_eq!(out, [200, 51, 0, 0]);
/// ```
pub fn unpremultiply<const N: usize>(level: Level, row: &[f32], out: &mut [u8]) {
    dispatch!(level, resample_float::unpremultiply::<N>(row, out));
}
