//! The encoder's kernels in plain Rust: the oracle of the others.

use super::{QuantisedBlock, Quantiser, ZIGZAG};

/// `value` in 16-bit fixed point.
const fn fixed(value: f64) -> i32 {
    #[allow(clippy::cast_possible_truncation, reason = "constants below 1")]
    let fixed = (value * 65536.0 + 0.5) as i32;
    fixed
}

/// The low byte of a value that is known to be one.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the callers' sums")]
const fn byte(value: i32) -> u8 {
    value as u8
}

/// See [`super::rgb_to_ycc`].
pub(crate) fn rgb_to_ycc(rgb: &[u8], luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
    // 128 and a half, the half a hair less so that 255.5 cannot come out as 256.
    const MIDDLE: i32 = (128 << 16) + (1 << 15) - 1;
    let outputs = luma.iter_mut().zip(blue).zip(red);
    for (pixel, ((luma, blue), red)) in rgb.chunks_exact(3).zip(outputs) {
        let (r, g, b) = (i32::from(pixel[0]), i32::from(pixel[1]), i32::from(pixel[2]));
        let y = fixed(0.299) * r + fixed(0.587) * g + fixed(0.114) * b + (1 << 15);
        let u = -fixed(0.168_735_892) * r - fixed(0.331_264_108) * g + (b << 15) + MIDDLE;
        let v = (r << 15) - fixed(0.418_687_589) * g - fixed(0.081_312_411) * b + MIDDLE;
        (*luma, *blue, *red) = (byte(y >> 16), byte(u >> 16), byte(v >> 16));
    }
}

/// See [`super::halve_width`].
pub(crate) fn halve_width(row: &[u8], out: &mut [u8]) {
    for (at, (out, pair)) in out.iter_mut().zip(row.chunks_exact(2)).enumerate() {
        let bias = i32::from(at % 2 == 1);
        *out = byte((i32::from(pair[0]) + i32::from(pair[1]) + bias) >> 1);
    }
}

/// See [`super::halve_both`].
pub(crate) fn halve_both(top: &[u8], bottom: &[u8], out: &mut [u8]) {
    let pairs = top.chunks_exact(2).zip(bottom.chunks_exact(2));
    for (at, (out, (top, bottom))) in out.iter_mut().zip(pairs).enumerate() {
        let bias = 1 + i32::from(at % 2 == 1);
        let sum = [top[0], top[1], bottom[0], bottom[1]].map(i32::from).iter().sum::<i32>();
        *out = byte((sum + bias) >> 2);
    }
}

/// See [`super::forward`].
pub(crate) fn forward(
    samples: &[u8],
    stride: usize,
    quantiser: &Quantiser,
    out: &mut [QuantisedBlock],
) {
    for (at, block) in out.iter_mut().enumerate() {
        let mut values = [0i32; 64];
        for (y, row) in values.chunks_exact_mut(8).enumerate() {
            let from = &samples[y * stride + at * 8..][..8];
            for (value, &sample) in row.iter_mut().zip(from) {
                *value = i32::from(sample) - 128;
            }
        }
        transform(&mut values);
        quantise(&values, quantiser, block);
    }
}

/// Bits of the constants' fraction.
const BITS: u32 = 13;
/// Fraction bits that the first pass leaves in its results for the second.
const PASS: u32 = 2;

/// The forward DCT of a block, results times 8. Loeffler, Ligtenberg, Moschytz 1989 (the variant
/// with 12 multiplications), with the constants and the rounding of libjpeg's accurate integer
/// method.
fn transform(values: &mut [i32; 64]) {
    for row in values.as_chunks_mut::<8>().0 {
        let (even, odd) = butterfly(*row);
        for (at, sum) in even.into_iter().enumerate() {
            // The first two are plain sums, the others products.
            row[at * 2] = if at % 2 == 0 { sum << PASS } else { descale(sum, BITS - PASS) };
        }
        for (at, sum) in odd.into_iter().enumerate() {
            row[at * 2 + 1] = descale(sum, BITS - PASS);
        }
    }
    for x in 0..8 {
        let (even, odd) = butterfly(std::array::from_fn(|y| values[y * 8 + x]));
        for (at, sum) in even.into_iter().enumerate() {
            let bits = if at % 2 == 0 { PASS } else { BITS + PASS };
            values[at * 16 + x] = descale(sum, bits);
        }
        for (at, sum) in odd.into_iter().enumerate() {
            values[at * 16 + 8 + x] = descale(sum, BITS + PASS);
        }
    }
}

/// Drops fraction bits, rounding a half up.
const fn descale(value: i32, bits: u32) -> i32 {
    (value + (1 << (bits - 1))) >> bits
}

/// The 8-point DCT before scaling: outputs 0, 2, 4, 6 (0 and 4 as plain sums, 2 and 6 times 2^13)
/// and 1, 3, 5, 7 (times 2^13).
fn butterfly(v: [i32; 8]) -> ([i32; 4], [i32; 4]) {
    let sums = [v[0] + v[7], v[1] + v[6], v[2] + v[5], v[3] + v[4]];
    let [d0, d1, d2, d3] = [v[0] - v[7], v[1] - v[6], v[2] - v[5], v[3] - v[4]];
    let (s0, s3) = (sums[0] + sums[3], sums[0] - sums[3]);
    let (s1, s2) = (sums[1] + sums[2], sums[1] - sums[2]);
    // 0.541196100, 0.765366865, 1.847759065
    let shared = (s2 + s3) * 4433;
    let even = [s0 + s1, shared + s3 * 6270, s0 - s1, shared - s2 * 15137];
    // 1.175875602, 1.961570560, 0.390180644
    let (z3, z4) = (d3 + d1, d2 + d0);
    let shared = (z3 + z4) * 9633;
    let (z3, z4) = (shared - z3 * 16069, shared - z4 * 3196);
    // 0.899976223, 2.562915447, 0.298631336, 2.053119869, 3.072711026, 1.501321110
    let (z1, z2) = ((d3 + d0) * 7373, (d2 + d1) * 20995);
    let odd =
        [d0 * 12299 - z1 + z4, d1 * 25172 - z2 + z3, d2 * 16819 - z2 + z4, d3 * 2446 - z1 + z3];
    (even, odd)
}

/// Divides by the steps, rounding a half away from zero, and fills in the block.
#[allow(clippy::cast_possible_truncation, reason = "quotients of 16-bit values")]
fn quantise(values: &[i32; 64], quantiser: &Quantiser, block: &mut QuantisedBlock) {
    for (at, &value) in values.iter().enumerate() {
        let biased = value.unsigned_abs() + u32::from(quantiser.bias[at]);
        let high = (biased * u32::from(quantiser.reciprocal[at])) >> 16;
        let quotient = ((high * u32::from(quantiser.scale[at])) >> 16) as i16;
        block.coefficients[at] = if value < 0 { -quotient } else { quotient };
    }
    block.nonzero = 0;
    for (at, &natural) in ZIGZAG.iter().enumerate() {
        let value = block.coefficients[usize::from(natural)];
        block.clamped_zigzag[at] = value.clamp(-128, 127) as i8;
        block.nonzero |= u64::from(value != 0) << at;
    }
}

/// See [`super::at_least`].
pub(crate) fn at_least(values: &[i16; 64], threshold: i16) -> u64 {
    let bits = values.iter().enumerate();
    bits.fold(0, |mask, (at, value)| mask | u64::from(value.abs() >= threshold) << at)
}
