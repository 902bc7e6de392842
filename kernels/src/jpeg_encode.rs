//! The kernels of the JPEG encoder: colour, downsampling, forward DCT with quantisation.

#![allow(unsafe_code, reason = "calls the kernels that need a CPU feature, as the level proves")]

#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{InstructionSet, Level};

pub(super) mod scalar;
#[cfg(test)]
mod tests;

/// The natural (row by row) place of each coefficient of the zigzag order: ITU-T T.81, figure 5.
pub const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// One block of 8x8 samples after the DCT and quantisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C, align(32))]
pub struct QuantisedBlock {
    /// The quantised coefficients, row by row.
    pub coefficients: [i16; 64],
    /// The coefficients in zigzag order, held to -128..=127. Nearly all of them fit, and coding
    /// reads these.
    pub clamped_zigzag: [i8; 64],
    /// Bit `k`: whether the coefficient `k` of the zigzag order is not zero.
    pub nonzero: u64,
}

impl QuantisedBlock {
    /// A block of zeros.
    pub const ZERO: Self = Self { coefficients: [0; 64], clamped_zigzag: [0; 64], nonzero: 0 };
}

/// Division by the steps of a quantisation table, as multiplications.
///
/// Let `n = |coefficient| + bias`, where `bias` is half the divisor. The quotient is `((n *
/// reciprocal) >> 16) * scale >> 16`, exact for every `n` below 32,768. The reciprocal is `ceil(2^k
/// / divisor)` with the largest `k` that leaves it 16 bits; its error times `n` stays below `2^k`.
#[derive(Debug, Clone)]
#[repr(C, align(32))]
pub struct Quantiser {
    /// Half the divisor. All three are in natural order.
    pub(super) bias: [u16; 64],
    /// The 16 highest bits of the divisor's reciprocal.
    pub(super) reciprocal: [u16; 64],
    /// A power of two that stands for the rest of the shift.
    pub(super) scale: [u16; 64],
}

impl Quantiser {
    /// Makes the multiplications for a table of steps from 1 to 255, natural order. The DCT leaves
    /// its results times 8, so the divisors are 8 times the steps.
    ///
    /// ```
    /// use makeready_kernels::Level;
    /// use makeready_kernels::jpeg_encode::{QuantisedBlock, Quantiser, forward};
    ///
    /// // Flat samples of 130 are 2 above the middle: DC is 8 times that, by steps of 4.
    /// let mut blocks = [QuantisedBlock::ZERO];
    /// forward(Level::detect(), &[130; 64], 8, &Quantiser::new(&[4; 64]), &mut blocks);
    /// assert_eq!(blocks[0].coefficients[0], 4);
    /// ```
    pub fn new(steps: &[u8; 64]) -> Self {
        let mut out = Self { bias: [0; 64], reciprocal: [0; 64], scale: [0; 64] };
        for (at, &step) in steps.iter().enumerate() {
            let divisor = u32::from(step.max(1)) * 8;
            let exact = u32::from(divisor.is_power_of_two());
            let log = divisor.ilog2() - exact;
            let narrow = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
            out.bias[at] = narrow(divisor / 2);
            out.reciprocal[at] = narrow((1u32 << (16 + log)).div_ceil(divisor));
            out.scale[at] = narrow(1 << (16 - log));
        }
        out
    }
}

/// Converts a row of RGB to YCbCr (JFIF), in the 16-bit fixed point of libjpeg. The shortest row
/// sets the number of pixels. A longer `rgb` helps, as loads may reach beyond the pixels.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_encode::rgb_to_ycc;
///
/// let (mut luma, mut blue, mut red) = ([0; 2], [0; 2], [0; 2]);
/// rgb_to_ycc(Level::detect(), &[255, 255, 255, 255, 0, 0], &mut luma, &mut blue, &mut red);
/// assert_eq!((luma, blue, red), ([255, 76], [128, 85], [128, 255]));
/// ```
pub fn rgb_to_ycc(level: Level, rgb: &[u8], luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
    let count = luma.len().min(blue.len()).min(red.len()).min(rgb.len() / 3);
    let luma = &mut luma[..count];
    let (blue, red) = (&mut blue[..count], &mut red[..count]);
    dispatch!(level, jpeg_encode_colour or scalar: rgb_to_ycc(rgb, luma, blue, red));
}

/// Halves a row in width: the mean of each two samples, rounded down and up by turns as libjpeg
/// does. `out` sets the number of samples; `row` holds at least twice as many.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_encode::halve_width;
///
/// let mut out = [0; 2];
/// halve_width(Level::detect(), &[10, 11, 20, 21], &mut out);
/// assert_eq!(out, [10, 21]);
/// ```
pub fn halve_width(level: Level, row: &[u8], out: &mut [u8]) {
    let count = out.len().min(row.len() / 2);
    let (row, out) = (&row[..count * 2], &mut out[..count]);
    dispatch!(level, jpeg_encode_colour or scalar: halve_width(row, out));
}

/// Halves two rows in width and height: the mean of each four samples, a half rounded down and up
/// by turns as libjpeg does. `out` sets the number of samples.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_encode::halve_both;
///
/// let mut out = [0; 2];
/// halve_both(Level::detect(), &[10, 10, 20, 20], &[12, 12, 22, 22], &mut out);
/// assert_eq!(out, [11, 21]);
/// ```
pub fn halve_both(level: Level, top: &[u8], bottom: &[u8], out: &mut [u8]) {
    let count = out.len().min(top.len() / 2).min(bottom.len() / 2);
    let (top, bottom, out) = (&top[..count * 2], &bottom[..count * 2], &mut out[..count]);
    dispatch!(level, jpeg_encode_colour or scalar: halve_both(top, bottom, out));
}

/// Transforms (forward DCT) and quantises blocks side by side. Block `n` is the 8 rows of `stride`
/// samples from `samples[8 * n]` on.
///
/// # Panics
/// If `samples` are fewer than 8 rows of `stride`, or `out` has more blocks than fit in a row.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_encode::{QuantisedBlock, Quantiser, forward};
///
/// // Two blocks side by side: black and white.
/// let samples = [[0; 8], [255; 8]].concat().repeat(8);
/// let mut blocks = [QuantisedBlock::ZERO; 2];
/// forward(Level::detect(), &samples, 16, &Quantiser::new(&[1; 64]), &mut blocks);
/// assert_eq!(blocks.map(|block| block.coefficients[0]), [-1024, 1016]);
/// assert_eq!(blocks.map(|block| block.nonzero), [1, 1]);
/// ```
pub fn forward(
    level: Level,
    samples: &[u8],
    stride: usize,
    quantiser: &Quantiser,
    out: &mut [QuantisedBlock],
) {
    assert!(samples.len() >= 8 * stride && out.len() * 8 <= stride, "rows of samples too short");
    match level.0 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level says that this CPU has AVX2.
        InstructionSet::Avx2 | InstructionSet::Avx512 => unsafe {
            x86::jpeg_encode_dct::forward_avx2(samples, stride, quantiser, out)
        },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level says that this CPU has SSE4.1.
        InstructionSet::Sse41 => unsafe {
            x86::jpeg_encode_dct::forward_sse41(samples, stride, quantiser, out)
        },
        InstructionSet::Scalar => scalar::forward(samples, stride, quantiser, out),
    }
}

/// Finds the values that are at least as far from zero as `threshold`, a positive number: bit `k`
/// for value `k`.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::jpeg_encode::at_least;
///
/// let mut values = [0; 64];
/// (values[0], values[2], values[63]) = (-2, 1, 5);
/// assert_eq!(at_least(Level::detect(), &values, 2), 1 | 1 << 63);
/// ```
#[inline(always)]
pub fn at_least(level: Level, values: &[i16; 64], threshold: i16) -> u64 {
    dispatch!(level, jpeg_masks or scalar: at_least(values, threshold))
}
