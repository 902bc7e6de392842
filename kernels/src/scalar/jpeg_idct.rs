//! Inverse DCTs of 8x8 coefficients to 8x8, 4x4 and 2x2 samples.
//!
//! 8x8: Loeffler, Ligtenberg, Moschytz 1989, with the constants, scaling and rounding of libjpeg's
//! accurate integer method. 4x4 and 2x2: libjpeg's reduced transforms, which leave out the terms of
//! the 8x8 one that fall away when its output is averaged. The products are regrouped, one sum of
//! four for each odd output. In integers that changes nothing, and `pmaddwd` does just that.
//!
//! The lowest 4x4 and 2x2 coefficients have transforms of their own, of four and two points. The
//! one of four points is the even part of the 8x8 one.
//!
//! Products with the quantisation wrap at 16 bits, the columns' results are clamped to 16 bits and
//! all sums are exact or wrap at 32 bits. For coefficients that an encoder makes, nothing wraps.

/// Fractional bits of the constants.
pub(crate) const CONST_BITS: i32 = 13;
/// Fractional bits that are kept between columns and rows.
pub(crate) const PASS_BITS: i32 = 2;

/// The factors of inputs 1, 3, 5 and 7 for each output of the odd part of the 8x8 transform.
pub(crate) const ODD: [[i16; 4]; 4] = [
    [11363, 9633, 6437, 2260],
    [9633, -2259, -11362, -6436],
    [6437, -11362, 2261, 9633],
    [2260, -6436, 9633, -11363],
];
/// The factors of inputs 2 and 6 for the two sums of the even part.
pub(crate) const EVEN: [[i16; 2]; 2] = [[10703, 4433], [4433, -10704]];

/// 4x4: the factors of inputs 2 and 6.
pub(crate) const EVEN4: [i16; 2] = [15137, -6270];
/// 4x4: for both odd sums the factors of inputs 1, 3, 5 and 7.
pub(crate) const ODD4: [[i16; 4]; 2] = [[20995, 7373, -4926, -4176], [8697, -17799, 11893, -1730]];

/// 2x2: the factors of inputs 1, 3, 5 and 7.
pub(crate) const ODD2: [i16; 4] = [29692, -10426, 6967, -5906];

/// The 8x8 transform. `out` has rows of `stride` bytes.
pub(crate) fn idct8(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    let input = dequantise(coefficients, quantisation);
    let mut between = [0; 64];
    for column in 0..8 {
        let line = std::array::from_fn(|row| i32::from(input[row * 8 + column]));
        for (row, value) in transform8(line, CONST_BITS - PASS_BITS).into_iter().enumerate() {
            between[row * 8 + column] = i32::from(clamp16(value));
        }
    }
    for (row, line) in out.chunks_mut(stride).take(8).enumerate() {
        let input = std::array::from_fn(|column| between[row * 8 + column]);
        let values = transform8(input, CONST_BITS + PASS_BITS + 3);
        for (sample, value) in line.iter_mut().zip(values) {
            *sample = clamp8(value);
        }
    }
}

/// One line of the 8x8 transform.
#[inline(always)]
fn transform8(x: [i32; 8], shift: i32) -> [i32; 8] {
    let even = even8([x[0], x[2], x[4], x[6]]);
    let odd = ODD.map(|c| dot([x[1], x[3], x[5], x[7]], c));
    std::array::from_fn(|at| match at {
        0..4 => descale(even[at].wrapping_add(odd[at]), shift),
        _ => descale(even[7 - at].wrapping_sub(odd[7 - at]), shift),
    })
}

/// The even part of a line of the 8x8 transform.
#[inline(always)]
fn even8(x: [i32; 4]) -> [i32; 4] {
    let [e0, e1] = EVEN.map(|c| x[1] * i32::from(c[0]) + x[3] * i32::from(c[1]));
    let sum = (x[0] + x[2]) << CONST_BITS;
    let difference = (x[0] - x[2]) << CONST_BITS;
    [sum + e0, difference + e1, difference - e1, sum - e0]
}

/// The reduced transform to 4x4.
pub(crate) fn idct4(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    let input = dequantise(coefficients, quantisation);
    let mut between = [0; 32];
    for column in [0, 1, 2, 3, 5, 6, 7] {
        let line = std::array::from_fn(|row| i32::from(input[row * 8 + column]));
        for (row, value) in transform4(line, CONST_BITS - PASS_BITS + 1).into_iter().enumerate() {
            between[row * 8 + column] = i32::from(clamp16(value));
        }
    }
    for (row, line) in out.chunks_mut(stride).take(4).enumerate() {
        let input = std::array::from_fn(|column| between[row * 8 + column]);
        let values = transform4(input, CONST_BITS + PASS_BITS + 3 + 1);
        for (sample, value) in line.iter_mut().zip(values) {
            *sample = clamp8(value);
        }
    }
}

/// One line of the 4x4 transform; the fifth input is not used.
#[inline(always)]
fn transform4(x: [i32; 8], shift: i32) -> [i32; 4] {
    let base = x[0] << (CONST_BITS + 1);
    let turn = x[2] * i32::from(EVEN4[0]) + x[6] * i32::from(EVEN4[1]);
    let even = [base.wrapping_add(turn), base.wrapping_sub(turn)];
    let odd = ODD4.map(|c| dot([x[1], x[3], x[5], x[7]], c));
    [
        descale(even[0].wrapping_add(odd[0]), shift),
        descale(even[1].wrapping_add(odd[1]), shift),
        descale(even[1].wrapping_sub(odd[1]), shift),
        descale(even[0].wrapping_sub(odd[0]), shift),
    ]
}

/// The reduced transform to 2x2.
pub(crate) fn idct2(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    let input = dequantise(coefficients, quantisation);
    let mut between = [0; 16];
    for column in [0, 1, 3, 5, 7] {
        let line = std::array::from_fn(|row| i32::from(input[row * 8 + column]));
        for (row, value) in transform2(line, CONST_BITS - PASS_BITS + 2).into_iter().enumerate() {
            between[row * 8 + column] = i32::from(clamp16(value));
        }
    }
    for (row, line) in out.chunks_mut(stride).take(2).enumerate() {
        let input = std::array::from_fn(|column| between[row * 8 + column]);
        let values = transform2(input, CONST_BITS + PASS_BITS + 3 + 2);
        for (sample, value) in line.iter_mut().zip(values) {
            *sample = clamp8(value);
        }
    }
}

/// One line of the 2x2 transform; only the first and the odd inputs are used.
#[inline(always)]
fn transform2(x: [i32; 8], shift: i32) -> [i32; 2] {
    let base = x[0] << (CONST_BITS + 2);
    let odd = dot([x[1], x[3], x[5], x[7]], ODD2);
    [descale(base.wrapping_add(odd), shift), descale(base.wrapping_sub(odd), shift)]
}

/// The transform of the lowest 4x4 coefficients alone.
pub(crate) fn lowest4(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    let input = |at: usize| i32::from(coefficients[at].wrapping_mul(quantisation[at]));
    let columns: [[i32; 4]; 4] = std::array::from_fn(|column| {
        let line = even8(std::array::from_fn(|row| input(row * 8 + column)));
        line.map(|value| i32::from(clamp16(descale(value, CONST_BITS - PASS_BITS))))
    });
    for (row, line) in out.chunks_mut(stride).take(4).enumerate() {
        let values = even8(columns.map(|column| column[row]));
        for (sample, value) in line.iter_mut().zip(values) {
            *sample = clamp8(descale(value, CONST_BITS + PASS_BITS + 3));
        }
    }
}

/// The transform of the lowest 2x2 coefficients alone: two points need no factors but the one of
/// all transforms.
#[inline]
pub(crate) fn lowest2(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    let input = |at: usize| i32::from(coefficients[at].wrapping_mul(quantisation[at]));
    let (left, right) = (input(0) + input(1), input(0) - input(1));
    let (down_left, down_right) = (input(8) + input(9), input(8) - input(9));
    let rows = [[left + down_left, right + down_right], [left - down_left, right - down_right]];
    for (line, row) in out.chunks_mut(stride).zip(rows) {
        for (sample, sum) in line.iter_mut().zip(row) {
            *sample = clamp8(descale(sum, 3));
        }
    }
}

/// Coefficients times quantisation.
#[inline(always)]
fn dequantise(coefficients: &[i16; 64], quantisation: &[i16; 64]) -> [i16; 64] {
    std::array::from_fn(|at| coefficients[at].wrapping_mul(quantisation[at]))
}

/// The sum of four products.
#[inline(always)]
fn dot(x: [i32; 4], factors: [i16; 4]) -> i32 {
    let products: [i32; 4] = std::array::from_fn(|at| x[at] * i32::from(factors[at]));
    products[0].wrapping_add(products[1]).wrapping_add(products[2].wrapping_add(products[3]))
}

/// Divides by a power of two, rounding halves up.
#[inline(always)]
fn descale(value: i32, shift: i32) -> i32 {
    value.wrapping_add(1 << (shift - 1)) >> shift
}

/// To 16 bits, as `packssdw` does it.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "clamped before")]
fn clamp16(value: i32) -> i16 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

/// To a sample, of which zero is the middle.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "clamped before")]
fn clamp8(value: i32) -> u8 {
    (value.clamp(-128, 127) + 128) as u8
}
