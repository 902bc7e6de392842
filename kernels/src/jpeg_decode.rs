//! Kernels of the JPEG decoder, each at the level that a token stands for.
#![allow(unsafe_code, reason = "calls of functions for a CPU that the token vouches for")]

#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{InstructionSet, Level, scalar};

/// Transforms a block to 8x8 samples. All in rows of eight; `out` has rows of `stride` bytes.
#[inline]
pub fn idct8(
    level: Level,
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    #[cfg(target_arch = "x86_64")]
    if level.0 == InstructionSet::Avx512 {
        // SAFETY: the token says that this CPU has what the kernel asks for.
        return unsafe { x86::jpeg_idct_avx512::idct8(coefficients, quantisation, out, stride) };
    }
    dispatch!(level, jpeg_idct or scalar::jpeg_idct: idct8(coefficients, quantisation, out, stride));
}

/// Transforms a block to 4x4 samples.
#[inline]
pub fn idct4(
    level: Level,
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    dispatch!(level, jpeg_idct or scalar::jpeg_idct: idct4(coefficients, quantisation, out, stride));
}

/// Transforms a block to 2x2 samples.
#[inline]
pub fn idct2(
    level: Level,
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    dispatch!(level, jpeg_idct or scalar::jpeg_idct: idct2(coefficients, quantisation, out, stride));
}

/// Transforms the lowest 4x4 coefficients of a block to 4x4 samples.
#[inline]
pub fn lowest4(
    level: Level,
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    dispatch!(level, jpeg_lowest or scalar::jpeg_idct: lowest4(coefficients, quantisation, out, stride));
}

/// Transforms the lowest 2x2 coefficients of a block to 2x2 samples.
#[inline]
pub fn lowest2(coefficients: &[i16; 64], quantisation: &[i16; 64], out: &mut [u8], stride: usize) {
    scalar::jpeg_idct::lowest2(coefficients, quantisation, out, stride);
}

/// Makes a row twice as wide. `row` has one sample more than `count` on both sides, `out` `2 * count`.
pub fn upsample_wide(level: Level, row: &[u8], count: usize, out: &mut [u8]) {
    dispatch!(level, jpeg_rows or scalar::jpeg_rows: upsample_wide(row, count, out));
}

/// Makes a row twice as wide from the two rows that it lies between. `near` and `far` have one sample more
/// than `count` on both sides, `out` has `2 * count`.
pub fn upsample_both(level: Level, near: &[u8], far: &[u8], count: usize, out: &mut [u8]) {
    dispatch!(level, jpeg_rows or scalar::jpeg_rows: upsample_both(near, far, count, out));
}

/// Makes RGB pixels of YCbCr samples, as many as `out` holds.
pub fn ycc_to_rgb(level: Level, y: &[u8], cb: &[u8], cr: &[u8], out: &mut [u8]) {
    dispatch!(level, jpeg_rows or scalar::jpeg_rows: ycc_to_rgb(y, cb, cr, out));
}

#[cfg(test)]
mod tests;
