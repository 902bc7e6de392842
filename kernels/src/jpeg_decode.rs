//! Kernels of the JPEG decoder, each at the level that a token stands for.
#![allow(unsafe_code, reason = "calls of functions for a CPU that the token vouches for")]

#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{InstructionSet, Level, scalar};

/// Transforms a block to 8x8 samples. Coefficients and steps are in rows of eight; `out` has rows
/// of `stride` bytes.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_decode::idct8;
///
/// // DC alone, 20 steps of 4: 10 above the middle everywhere.
/// let mut coefficients = [0; 64];
/// coefficients[0] = 20;
/// let mut out = [0; 64];
/// idct8(Level::detect(), &coefficients, &[4; 64], &mut out, 8);
/// assert_eq!(out, [138; 64]);
/// ```
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
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_decode::idct4;
///
/// // DC alone, 20 steps of 4: 10 above the middle everywhere.
/// let mut coefficients = [0; 64];
/// coefficients[0] = 20;
/// let mut out = [0; 16];
/// idct4(Level::detect(), &coefficients, &[4; 64], &mut out, 4);
/// assert_eq!(out, [138; 16]);
/// ```
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
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_decode::idct2;
///
/// // DC alone, 20 steps of 4: 10 above the middle everywhere.
/// let mut coefficients = [0; 64];
/// coefficients[0] = 20;
/// let mut out = [0; 4];
/// idct2(Level::detect(), &coefficients, &[4; 64], &mut out, 2);
/// assert_eq!(out, [138; 4]);
/// ```
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
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_decode::lowest4;
///
/// // DC alone, 20 steps of 4: 10 above the middle everywhere.
/// let mut coefficients = [0; 64];
/// coefficients[0] = 20;
/// let mut out = [0; 16];
/// lowest4(Level::detect(), &coefficients, &[4; 64], &mut out, 4);
/// assert_eq!(out, [138; 16]);
/// ```
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
///
/// ```
/// use makeready_kernels::jpeg_decode::lowest2;
///
/// // DC alone, 20 steps of 4: 10 above the middle everywhere.
/// let mut coefficients = [0; 64];
/// coefficients[0] = 20;
/// let mut out = [0; 4];
/// lowest2(&coefficients, &[4; 64], &mut out, 2);
/// assert_eq!(out, [138; 4]);
/// ```
#[inline]
pub fn lowest2(coefficients: &[i16; 64], quantisation: &[i16; 64], out: &mut [u8], stride: usize) {
    scalar::jpeg_idct::lowest2(coefficients, quantisation, out, stride);
}

/// Makes a row twice as wide. `row` has one sample more than `count` on both sides, `out` has `2 *
/// count`.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_decode::upsample_wide;
///
/// // Two samples, with a neighbour on both sides.
/// let mut out = [0; 4];
/// upsample_wide(Level::detect(), &[0, 0, 100, 100], 2, &mut out);
/// assert_eq!(out, [0, 25, 75, 100]);
/// ```
pub fn upsample_wide(level: Level, row: &[u8], count: usize, out: &mut [u8]) {
    dispatch!(level, jpeg_rows or scalar::jpeg_rows: upsample_wide(row, count, out));
}

/// Makes a row twice as wide from the two rows that it lies between. `near` and `far` have one
/// sample more than `count` on both sides, `out` has `2 * count`.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_decode::upsample_both;
///
/// let mut out = [0; 4];
/// upsample_both(Level::detect(), &[0, 0, 100, 100], &[40; 4], 2, &mut out);
/// assert_eq!(out, [10, 29, 66, 85]);
/// ```
pub fn upsample_both(level: Level, near: &[u8], far: &[u8], count: usize, out: &mut [u8]) {
    dispatch!(level, jpeg_rows or scalar::jpeg_rows: upsample_both(near, far, count, out));
}

/// Makes RGB pixels of YCbCr samples. `out` sets the number of pixels.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_decode::ycc_to_rgb;
///
/// let mut out = [0; 6];
/// ycc_to_rgb(Level::detect(), &[255, 76], &[128, 85], &[128, 255], &mut out);
/// assert_eq!(out, [255, 255, 255, 254, 0, 0]);
/// ```
pub fn ycc_to_rgb(level: Level, y: &[u8], cb: &[u8], cr: &[u8], out: &mut [u8]) {
    dispatch!(level, jpeg_rows or scalar::jpeg_rows: ycc_to_rgb(y, cb, cr, out));
}

#[cfg(test)]
mod tests;
