//! Kernels of the resampler, each at the level that a token stands for.
//!
//! Weights are 16-bit fixed point. The pass over rows gives samples with 6 bits behind the
//! point, which the pass along a row takes, plane by plane. Both have a second form on floating-point
//! samples. All levels add in the same order and never fuse a product with a sum.
#![allow(unsafe_code, reason = "calls of functions for a CPU that the token vouches for")]

#[cfg(test)]
mod tests;

#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{InstructionSet, Level, scalar};

/// Bits behind the point of samples between the two passes. 255 then leaves room for what a kernel with
/// negative lobes overshoots, in 16 bits with a sign.
pub(crate) const FRACTION: u32 = 6;

/// Output rows that are best made together.
pub const ROW_GROUP: usize = 4;

/// What an output row is made from: rows from the `first` of those at hand on, one for each weight.
#[derive(Debug, Clone, Copy)]
pub struct RowTaps<'a> {
    /// The first of the source rows, by its index.
    pub first: usize,
    /// The weight of that row and of each after it.
    pub weights: &'a [i16],
}

/// What the samples of an output row are made from.
#[derive(Debug, Clone, Copy)]
pub struct Taps<'a> {
    /// The first source pixel of each output pixel.
    pub firsts: &'a [u32],
    /// For each output pixel the weights of `stride` source pixels in a row, zeros behind the last.
    pub weights: &'a [i16],
    /// A multiple of 8.
    pub stride: usize,
    /// Bits behind the point of a weight.
    pub bits: u32,
}

/// The same in floating point.
#[derive(Debug, Clone, Copy)]
pub struct FloatTaps<'a> {
    /// The first source pixel of each output pixel.
    pub firsts: &'a [u32],
    /// For each output pixel the weights of `stride` source pixels in a row, zeros behind the last.
    pub weights: &'a [f32],
    /// A multiple of 2.
    pub stride: usize,
}

/// Dispatches to the kernel of the same name at a level; those for AVX2 lie in two modules.
macro_rules! dispatch {
    ($level:expr, $avx2:ident :: $kernel:ident $(::<$n:ident>)? ($($argument:expr),*)) => {
        match $level.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the token says that this CPU has AVX2.
            InstructionSet::Avx2 | InstructionSet::Avx512 => unsafe { x86::$avx2::$kernel$(::<$n>)?($($argument),*) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the token says that this CPU has SSE4.1.
            InstructionSet::Sse41 => unsafe { x86::resample_sse41::$kernel$(::<$n>)?($($argument),*) },
            InstructionSet::Scalar => scalar::resample::$kernel$(::<$n>)?($($argument),*),
        }
    };
}

/// The weighted sums of rows for some output rows of `columns` samples each; a row that several are made from
/// is read once for all. Weights have `bits` behind the point. Every row is at least as long as that.
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

/// Samples of a row as the nearest whole numbers.
pub fn round_row(level: Level, row: &[i16], out: &mut [u8]) {
    dispatch!(level, resample_float::round_row(row, out));
}

/// Takes pixels of `N` interleaved samples apart: plane `n` begins at `n * pitch` of `planes`.
pub fn split_row<const N: usize>(level: Level, row: &[i16], planes: &mut [i16], pitch: usize) {
    dispatch!(level, resample::split_row::<N>(row, planes, pitch));
}

/// Makes an output row of `N` interleaved samples from the planes of one. Behind the last pixel that an
/// output pixel is made from, each plane is long enough for whole strides.
pub fn weigh_pixels<const N: usize>(
    level: Level,
    planes: &[i16],
    pitch: usize,
    taps: &Taps<'_>,
    out: &mut [u8],
) {
    dispatch!(level, resample::weigh_pixels::<N>(planes, pitch, taps, out));
}

/// Adds to `sums` the rows, each times one of `weights`, one after another.
pub fn add_rows(level: Level, rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    dispatch!(level, resample_float::add_rows(rows, weights, sums));
}

/// The weighted sums of pixels of `N` interleaved samples. Behind the last pixel that an output pixel is
/// made from, the row is long enough for whole strides.
pub fn add_pixels<const N: usize>(
    level: Level,
    row: &[f32],
    taps: &FloatTaps<'_>,
    out: &mut [f32],
) {
    dispatch!(level, resample_float::add_pixels::<N>(row, taps, out));
}

/// Colours times their alpha, which is the last of `N` samples and stays as it is.
pub fn premultiply<const N: usize>(level: Level, row: &[u8], out: &mut [f32]) {
    dispatch!(level, resample_float::premultiply::<N>(row, out));
}

/// The way back from [`premultiply`]. Where alpha rounds to 0, all samples are 0.
pub fn unpremultiply<const N: usize>(level: Level, row: &[f32], out: &mut [u8]) {
    dispatch!(level, resample_float::unpremultiply::<N>(row, out));
}
