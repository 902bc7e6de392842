//! The resampler's kernels with AVX2: the passes over 16-bit samples by hand, the others the plain ones,
//! vectorised anew by the compiler.

use std::arch::x86_64::*;

use crate::simd::resample::{FRACTION, Taps};
use crate::simd::scalar::resample as scalar;

/// Columns of a vector of bytes.
const WIDTH: usize = 32;

/// See [`crate::simd::resample::round_row`].
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn round_row(row: &[i16], out: &mut [u8]) {
    scalar::round_row(row, out);
}

/// See [`crate::simd::resample::add_rows`].
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn add_rows(rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    scalar::add_rows(rows, weights, sums);
}

/// See [`crate::simd::resample::add_pixels`].
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn add_pixels<const N: usize>(row: &[f32], taps: &Taps<'_>, out: &mut [f32]) {
    scalar::add_pixels::<N>(row, taps, out);
}

/// See [`crate::simd::resample::weigh_rows`].
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn weigh_rows(rows: &[&[u8]], weights: &[i16], bits: u32, out: &mut [i16]) {
    let columns = out.len();
    if columns < WIDTH {
        return scalar::weigh_rows(rows, weights, bits, out);
    }
    assert!(rows.iter().all(|row| row.len() >= columns), "rows as long as the output");
    let mut at = 0;
    while at + 2 * WIDTH <= columns {
        weigh_columns::<2>(rows, weights, bits, at, out);
        at += 2 * WIDTH;
    }
    // The last columns, some of them once more.
    while at < columns {
        at = at.min(columns - WIDTH);
        weigh_columns::<1>(rows, weights, bits, at, out);
        at += WIDTH;
    }
}

/// Sums `V` vectors of columns from column `at` on, which all rows and `out` have.
///
/// ```text
/// for every two rows, with their two weights side by side in each 32 bits:
///     interleave their bytes, widen them to 16 bits, multiply and add pairs
/// ```
#[inline]
#[target_feature(enable = "avx2")]
fn weigh_columns<const V: usize>(
    rows: &[&[u8]],
    weights: &[i16],
    bits: u32,
    at: usize,
    out: &mut [i16],
) {
    let shift = bits - FRACTION;
    let mut sums = [[_mm256_set1_epi32(1 << (shift - 1)); 4]; V];
    let (pairs, last) = rows.as_chunks::<2>();
    let (weight_pairs, last_weight) = weights.as_chunks::<2>();
    for ([near, far], [near_weight, far_weight]) in pairs.iter().zip(weight_pairs) {
        let pair = weight_pair(*near_weight, *far_weight);
        for (v, sums) in sums.iter_mut().enumerate() {
            let at = at + v * WIDTH;
            // SAFETY: the caller says that all rows have these columns.
            let (near, far) = unsafe { (column(near, at), column(far, at)) };
            add_pair(sums, near, far, pair);
        }
    }
    if let ([row], [weight]) = (last, last_weight) {
        let pair = weight_pair(*weight, 0);
        for (v, sums) in sums.iter_mut().enumerate() {
            // SAFETY: the caller says that all rows have these columns.
            let row = unsafe { column(row, at + v * WIDTH) };
            add_pair(sums, row, _mm256_setzero_si256(), pair);
        }
    }
    let shift = _mm_cvtsi32_si128(shift.cast_signed());
    let out = out[at..][..V * WIDTH].as_chunks_mut::<WIDTH>().0;
    for (sums, out) in sums.into_iter().zip(out) {
        let [a, b, c, d] = sums.map(|sum| _mm256_sra_epi32(sum, shift));
        // Lanes: columns 0 to 7 and 16 to 23, 8 to 15 and 24 to 31.
        let (ab, cd) = (_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
        let [low, high] =
            [_mm256_permute2x128_si256::<0x20>(ab, cd), _mm256_permute2x128_si256::<0x31>(ab, cd)];
        let out = out.as_mut_ptr();
        // SAFETY: the array has 32 numbers of 16 bits; the stores need no alignment.
        unsafe {
            _mm256_storeu_si256(out.cast(), low);
            _mm256_storeu_si256(out.add(WIDTH / 2).cast(), high);
        }
    }
}

/// Two weights in each 32 bits, the first one low.
#[inline]
#[target_feature(enable = "avx2")]
fn weight_pair(low: i16, high: i16) -> __m256i {
    _mm256_set1_epi32((i32::from(high) << 16) | i32::from(low.cast_unsigned()))
}

/// 32 samples from `at` on.
///
/// # Safety
/// The row has them.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn column(row: &[u8], at: usize) -> __m256i {
    // SAFETY: the caller says so; the load needs no alignment.
    unsafe { _mm256_loadu_si256(row.as_ptr().add(at).cast()) }
}

/// Adds two rows times their weights. Lanes of sums: columns 0 to 3 and 16 to 19, 4 to 7 and 20 to 23, ...
#[inline]
#[target_feature(enable = "avx2")]
fn add_pair(sums: &mut [__m256i; 4], near: __m256i, far: __m256i, weights: __m256i) {
    let zero = _mm256_setzero_si256();
    let low = _mm256_unpacklo_epi8(near, far);
    let high = _mm256_unpackhi_epi8(near, far);
    let words = [
        _mm256_unpacklo_epi8(low, zero),
        _mm256_unpackhi_epi8(low, zero),
        _mm256_unpacklo_epi8(high, zero),
        _mm256_unpackhi_epi8(high, zero),
    ];
    for (sum, words) in sums.iter_mut().zip(words) {
        *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(words, weights));
    }
}

/// See [`crate::simd::resample::split_row`].
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn split_row<const N: usize>(row: &[i16], planes: &mut [i16], pitch: usize) {
    if N != 3 {
        return scalar::split_row::<N>(row, planes, pitch);
    }
    let pixels = row.len() / 3;
    let [red, green, blue] = [0, 1, 2].map(|n| n * pitch..n * pitch + pixels);
    assert!(pixels <= pitch && blue.end <= planes.len(), "three planes of the row's pixels");
    let mut at = 0;
    while at + 8 <= pixels {
        let from = row[at * 3..].first_chunk::<24>().expect("eight pixels are left");
        // SAFETY: three times 8 samples are there; the loads need no alignment.
        let [a, b, c] = [0, 8, 16].map(|n| unsafe { _mm_loadu_si128(from.as_ptr().add(n).cast()) });
        let three = split_eight(a, b, c);
        for (plane, samples) in [&red, &green, &blue].into_iter().zip(three) {
            let out = planes[plane.start + at..].first_chunk_mut::<8>();
            let out = out.expect("each plane has the row's pixels");
            // SAFETY: 8 samples are there; the store needs no alignment.
            unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), samples) };
        }
        at += 8;
    }
    scalar::split_row::<N>(&row[at * 3..], &mut planes[at..], pitch);
}

/// Takes 8 pixels of three samples apart: the samples of each channel lie in different places of the three
/// vectors, so that they are picked first and put in order then.
#[inline]
#[target_feature(enable = "avx2")]
fn split_eight(a: __m128i, b: __m128i, c: __m128i) -> [__m128i; 3] {
    // Places of a vector that come from the second and from the third operand.
    let red = _mm_blend_epi16::<0b0010_0100>(_mm_blend_epi16::<0b1001_0010>(a, b), c);
    let green = _mm_blend_epi16::<0b0100_1001>(_mm_blend_epi16::<0b0010_0100>(a, b), c);
    let blue = _mm_blend_epi16::<0b1001_0010>(_mm_blend_epi16::<0b0100_1001>(a, b), c);
    // Sample n of red lies in place 3n, of green in 3n + 1, of blue in 3n + 2, all modulo 8.
    [
        _mm_shuffle_epi8(red, _mm_setr_epi8(0, 1, 6, 7, 12, 13, 2, 3, 8, 9, 14, 15, 4, 5, 10, 11)),
        _mm_shuffle_epi8(
            green,
            _mm_setr_epi8(2, 3, 8, 9, 14, 15, 4, 5, 10, 11, 0, 1, 6, 7, 12, 13),
        ),
        _mm_shuffle_epi8(blue, _mm_setr_epi8(4, 5, 10, 11, 0, 1, 6, 7, 12, 13, 2, 3, 8, 9, 14, 15)),
    ]
}

/// See [`crate::simd::resample::weigh_pixels`].
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn weigh_pixels<const N: usize>(
    planes: &[i16],
    pitch: usize,
    taps: &Taps<'_>,
    out: &mut [u8],
) {
    let stride = taps.stride;
    // Pixels of two times four sums, of which those of three channels leave one.
    let group = 8 / N;
    let count = (out.len() / N).min(taps.firsts.len()).min(taps.weights.len() / stride);
    let last = taps.firsts[..count].iter().max().map_or(0, |first| *first as usize);
    assert!(last + stride <= pitch && N * pitch <= planes.len(), "rows longer than what is read");
    assert!(stride.is_multiple_of(8), "whole vectors of weights");
    let mut done = 0;
    while done + group <= count {
        let firsts = &taps.firsts[done..done + group];
        let weights = &taps.weights[done * stride..(done + group) * stride];
        // SAFETY: no plane is shorter than the last sample that weights of a stride reach.
        let sums = unsafe { weigh_group::<N>(planes, pitch, firsts, weights, stride) };
        let bytes = round_sums(sums, taps.bits + FRACTION);
        let out = &mut out[done * N..(done + group) * N];
        if N == 3 {
            out[..3].copy_from_slice(&bytes[..3]);
            out[3..].copy_from_slice(&bytes[4..7]);
        } else {
            out.copy_from_slice(&bytes);
        }
        done += group;
    }
    let rest = Taps {
        firsts: &taps.firsts[done..count],
        weights: &taps.weights[done * stride..count * stride],
        ..*taps
    };
    scalar::weigh_pixels::<N>(planes, pitch, &rest, &mut out[done * N..]);
}

/// Sums of products for two times four samples of an output row, one sample in four lanes.
///
/// ```text
/// lower half:  samples 0, 1, 2, 3 of the group     upper half: samples 4, 5, 6, 7
/// of pixels:   1 channel 0 1 2 3 | 4 5 6 7, 2 channels 0 0 1 1 | 2 2 3 3, 3 or 4 channels 0 0 0 0 | 1 1 1 1
/// ```
///
/// # Safety
/// Each of `firsts` is at least `stride` before the end of its plane, and `weights` has `stride`, a
/// multiple of 8, for each.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn weigh_group<const N: usize>(
    planes: &[i16],
    pitch: usize,
    firsts: &[u32],
    weights: &[i16],
    stride: usize,
) -> [__m256i; 4] {
    // Pixels of half a group.
    let half = 4 / N;
    let half = if half == 0 { 1 } else { half };
    let mut sums = [_mm256_setzero_si256(); 4];
    for at in (0..stride).step_by(8) {
        let mut pair = _mm256_setzero_si256();
        for (n, sum) in sums.iter_mut().enumerate().take(half * N) {
            let (pixel, channel) = (n / N, n % N);
            // SAFETY: the caller says that planes and weights are that long.
            unsafe {
                if channel == 0 {
                    let weights = weights.as_ptr().add(pixel * stride + at);
                    pair = halves(weights, weights.add(half * stride));
                }
                let plane = planes.as_ptr().add(channel * pitch + at);
                let low = plane.add(*firsts.get_unchecked(pixel) as usize);
                let high = plane.add(*firsts.get_unchecked(pixel + half) as usize);
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(halves(low, high), pair));
            }
        }
    }
    sums
}

/// 8 numbers in the lower and 8 in the upper half of a vector.
///
/// # Safety
/// There are 8 numbers at each.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn halves(low: *const i16, high: *const i16) -> __m256i {
    // SAFETY: the caller says so; the loads need no alignment.
    unsafe {
        let low = _mm256_castsi128_si256(_mm_loadu_si128(low.cast()));
        _mm256_inserti128_si256::<1>(low, _mm_loadu_si128(high.cast()))
    }
}

/// Adds up four lanes of each sum and rounds: samples 0 to 3 and 4 to 7.
#[inline]
#[target_feature(enable = "avx2")]
fn round_sums([a, b, c, d]: [__m256i; 4], shift: u32) -> [u8; 8] {
    let sums = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    let sums = _mm256_add_epi32(sums, _mm256_set1_epi32(1 << (shift - 1)));
    let sums = _mm256_sra_epi32(sums, _mm_cvtsi32_si128(shift.cast_signed()));
    let words = _mm256_packs_epi32(sums, sums);
    let words = _mm256_permute4x64_epi64::<0b10_00>(words);
    let bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_castsi256_si128(words));
    _mm_cvtsi128_si64(bytes).to_le_bytes()
}
