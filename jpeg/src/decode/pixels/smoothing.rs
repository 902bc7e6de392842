//! Smooths progressive files that lack some of their first AC coefficients: these are estimated
//! from the DC values of a block and its 24 neighbours.
//!
//! libjpeg-turbo's method (`decompress_smooth_data`, on by default there): with AC coefficients
//! known in part, the estimate of T.81, K.8 over five rows and columns; with none, a kernel like a
//! Gaussian that changes the DC value too.

use crate::decode::block::{Block, low16};
use crate::zigzag::ZIGZAG;

/// Coefficients that take part: DC and nine AC coefficients, in zigzag order.
pub(crate) const COUNT: usize = 10;

/// Weights of five rows of five DC values.
type SmoothingKernel = [i32; 25];

/// The kernels of AC coefficients 1 to 5 where some AC coefficients are known.
#[rustfmt::skip]
const SOME: [SmoothingKernel; 5] = [
    [0, 0, 0, 0, 0,  0, 0, 0, 0, 0,  -7, 50, 0, -50, 7,  0, 0, 0, 0, 0,  0, 0, 0, 0, 0],
    [0, 0, -7, 0, 0,  0, 0, 50, 0, 0,  0, 0, 0, 0, 0,  0, 0, -50, 0, 0,  0, 0, 7, 0, 0],
    [0, 0, -1, 0, 0,  0, 0, 13, 0, 0,  0, 0, -24, 0, 0,  0, 0, 13, 0, 0,  0, 0, -1, 0, 0],
    [0, -1, 0, 1, 0,  -1, 10, 0, -10, 1,  0, 0, 0, 0, 0,  1, -10, 0, 10, -1,  0, 1, 0, -1, 0],
    [0, 0, 0, 0, 0,  0, 0, 0, 0, 0,  -1, 13, -24, 13, -1,  0, 0, 0, 0, 0,  0, 0, 0, 0, 0],
];

/// The kernels of DC and AC coefficients 1 to 9 where no AC coefficient is known.
#[rustfmt::skip]
const NONE: [SmoothingKernel; COUNT] = [
    [-2, -6, -8, -6, -2,  -6, 6, 42, 6, -6,  -8, 42, 152, 42, -8,  -6, 6, 42, 6, -6,  -2, -6, -8, -6, -2],
    [-1, -1, 0, 1, 1,  -3, 13, 0, -13, 3,  -3, 38, 0, -38, 3,  -3, 13, 0, -13, 3,  -1, -1, 0, 1, 1],
    [-1, -3, -3, -3, -1,  -1, 13, 38, 13, -1,  0, 0, 0, 0, 0,  1, -13, -38, -13, 1,  1, 3, 3, 3, 1],
    [0, 0, 1, 0, 0,  0, 2, 7, 2, 0,  0, -5, -14, -5, 0,  0, 2, 7, 2, 0,  0, 0, 1, 0, 0],
    [-1, 0, 0, 0, 1,  0, 9, 0, -9, 0,  0, 0, 0, 0, 0,  0, -9, 0, 9, 0,  1, 0, 0, 0, -1],
    [0, 0, 0, 0, 0,  0, 2, -5, 2, 0,  1, 7, -14, 7, 1,  0, 2, -5, 2, 0,  0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0,  0, 1, 0, -1, 0,  0, 2, 0, -2, 0,  0, 1, 0, -1, 0,  0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0,  0, 1, -3, 1, 0,  0, 0, 0, 0, 0,  0, -1, 3, -1, 0,  0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0,  0, 1, 0, -1, 0,  0, -3, 0, 3, 0,  0, 1, 0, -1, 0,  0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0,  0, 1, 2, 1, 0,  0, 0, 0, 0, 0,  0, -1, -2, -1, 0,  0, 0, 0, 0, 0],
];

/// Fills in coefficients of `block` (in rows of eight) that are 0 and not known to the last bit.
/// `dc` has the DC values of five rows and columns around it, `bits` the lowest known bit of each
/// coefficient, -1 for none.
pub(crate) fn smooth(block: &mut Block, dc: &[i32; 25], bits: &[i8; COUNT], quantisation: &Block) {
    let none = bits[1..].iter().all(|&bit| bit < 0);
    let kernels = if none { &NONE[1..] } else { &SOME[..] };
    for ((kernel, &bit), &place) in kernels.iter().zip(&bits[1..]).zip(&ZIGZAG[1..]) {
        let coefficient = &mut block[usize::from(place & 63)];
        if bit != 0 && *coefficient == 0 {
            let limit = if bit > 0 { (1 << bit) - 1 } else { i64::MAX };
            *coefficient = estimate(kernel, dc, quantisation, place, limit);
        }
    }
    if none {
        block[0] = estimate(&NONE[0], dc, quantisation, 0, i64::MAX);
    }
}

/// The estimate of a kernel for the coefficient in a place, no farther from 0 than `limit`.
fn estimate(
    kernel: &SmoothingKernel,
    dc: &[i32; 25],
    quantisation: &Block,
    place: u8,
    limit: i64,
) -> i16 {
    let factor = |place: u8| i64::from(quantisation[usize::from(place & 63)].cast_unsigned());
    let sum = kernel.iter().zip(dc).map(|(&k, &dc)| i64::from(k) * i64::from(dc)).sum::<i64>();
    let sum = sum * factor(0);
    let step = factor(place).max(1);
    let size = (((step << 7) + sum.abs()) / (step << 8)).min(limit);
    // No larger than 152 / 256 of a DC value times a factor of 16 bits, before it wraps as in
    // libjpeg.
    let size = i32::try_from(size).unwrap_or(i32::MAX);
    low16(if sum < 0 { -size } else { size })
}
