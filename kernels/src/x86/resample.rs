//! The resampler's passes over 16-bit samples with AVX2.

use std::arch::x86_64::*;

use crate::resample::{FRACTION, ROW_GROUP, RowTaps, Taps};
use crate::scalar::resample as scalar;

/// Columns of a vector of bytes.
const WIDTH: usize = 32;

/// Bytes of a row that are prefetched ahead. The rows of a group are more than the hardware follows
/// by itself; 256 was the best of 128 to 1024, by 10 to 20 %.
const AHEAD: usize = 256;

/// Pairs of rows that are widened for several output rows at a time: 6 KB.
const PAIRS: usize = 48;

/// See [`crate::resample::weigh_rows`].
#[target_feature(enable = "avx2")]
pub(crate) fn weigh_rows(
    rows: &[&[u8]],
    taps: &[RowTaps<'_>],
    bits: u32,
    columns: usize,
    out: &mut [i16],
) {
    if columns < WIDTH {
        return scalar::weigh_rows(rows, taps, bits, columns, out);
    }
    assert!(rows.iter().all(|row| row.len() >= columns), "rows as long as the output");
    if rows.len() > 2 * PAIRS || taps.len() > ROW_GROUP {
        for (taps, out) in taps.iter().zip(out.chunks_exact_mut(columns)) {
            weigh_row(&rows[taps.first..], taps.weights, bits, out);
        }
        return;
    }
    let mut weights = [([0; PAIRS], 0, 0); ROW_GROUP];
    for (pairs, taps) in weights.iter_mut().zip(taps) {
        *pairs = weight_pairs(taps);
    }
    let shift = bits - FRACTION;
    let mut wide = [[_mm256_setzero_si256(); 4]; PAIRS];
    let mut at = 0;
    while at < columns {
        // The last columns, some of them once more.
        at = at.min(columns - WIDTH);
        for (pair, rows) in wide.iter_mut().zip(rows.chunks(2)) {
            // SAFETY: all rows have 32 columns from here on.
            *pair = unsafe { widened_pair(rows, at) };
        }
        let out = out.chunks_exact_mut(columns);
        for ((weights, first, end), out) in weights.iter().take(taps.len()).zip(out) {
            let mut sums = [_mm256_set1_epi32(1 << (shift - 1)); 4];
            for (words, weights) in wide[*first..*end].iter().zip(&weights[*first..*end]) {
                add_products(&mut sums, words, *weights);
            }
            store_sums(sums, shift, out[at..].first_chunk_mut().expect("32 columns"));
        }
        at += WIDTH;
    }
}

/// The weighted sums for one output row, which is at least 32 columns wide, and no wider than the
/// rows.
#[inline]
#[target_feature(enable = "avx2")]
fn weigh_row(rows: &[&[u8]], weights: &[i16], bits: u32, out: &mut [i16]) {
    let shift = bits - FRACTION;
    let mut at = 0;
    while at < out.len() {
        at = at.min(out.len() - WIDTH);
        let mut sums = [_mm256_set1_epi32(1 << (shift - 1)); 4];
        for (rows, weights) in rows.chunks(2).zip(weights.chunks(2)) {
            // SAFETY: all rows have 32 columns from here on.
            let words = unsafe { widened_pair(rows, at) };
            let far = weights.get(1).map_or(0, |far| i32::from(*far) << 16);
            add_products(&mut sums, &words, far | i32::from(weights[0].cast_unsigned()));
        }
        store_sums(sums, shift, out[at..].first_chunk_mut().expect("32 columns"));
        at += WIDTH;
    }
}

/// The weights of an output row for each pair of rows, the first one of a pair low, and the pairs
/// of which one is not 0.
fn weight_pairs(taps: &RowTaps<'_>) -> ([i32; PAIRS], usize, usize) {
    let mut pairs = [0; PAIRS];
    for (row, weight) in (taps.first..).zip(taps.weights) {
        let half = i32::from(weight.cast_unsigned());
        pairs[row / 2] |= if row % 2 == 0 { half } else { half << 16 };
    }
    (pairs, taps.first / 2, (taps.first + taps.weights.len()).div_ceil(2))
}

/// 32 columns of two rows, side by side in 16 bits each; of one row beside zeros where there is
/// one. Lanes: columns 0 to 3 and 16 to 19, 4 to 7 and 20 to 23, ...
///
/// # Safety
/// The rows have 32 columns from `at` on.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn widened_pair(rows: &[&[u8]], at: usize) -> [__m256i; 4] {
    let zero = _mm256_setzero_si256();
    // SAFETY: the caller says so; the loads need no alignment.
    let load = |row: &[u8]| unsafe {
        _mm_prefetch::<_MM_HINT_T0>(row.as_ptr().wrapping_add(at + AHEAD).cast());
        _mm256_loadu_si256(row.as_ptr().add(at).cast())
    };
    let near = load(rows[0]);
    let far = if let [_, far] = rows { load(far) } else { zero };
    let low = _mm256_unpacklo_epi8(near, far);
    let high = _mm256_unpackhi_epi8(near, far);
    [
        _mm256_unpacklo_epi8(low, zero),
        _mm256_unpackhi_epi8(low, zero),
        _mm256_unpacklo_epi8(high, zero),
        _mm256_unpackhi_epi8(high, zero),
    ]
}

/// Adds a pair of rows times two weights.
#[inline]
#[target_feature(enable = "avx2")]
fn add_products(sums: &mut [__m256i; 4], words: &[__m256i; 4], weights: i32) {
    let weights = _mm256_set1_epi32(weights);
    for (sum, words) in sums.iter_mut().zip(words) {
        *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(*words, weights));
    }
}

/// Stores sums without their last `shift` bits, saturated to 16 bits, in the order of columns.
#[inline]
#[target_feature(enable = "avx2")]
fn store_sums(mut sums: [__m256i; 4], shift: u32, out: &mut [i16; WIDTH]) {
    let shift = _mm_cvtsi32_si128(shift.cast_signed());
    for sum in &mut sums {
        *sum = _mm256_sra_epi32(*sum, shift);
    }
    let [a, b, c, d] = sums;
    // Lanes: columns 0 to 7 and 16 to 23, 8 to 15 and 24 to 31.
    let (ab, cd) = (_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
    let (low, high) =
        (_mm256_permute2x128_si256::<0x20>(ab, cd), _mm256_permute2x128_si256::<0x31>(ab, cd));
    let out = out.as_mut_ptr();
    // SAFETY: the array has 32 numbers of 16 bits; the stores need no alignment.
    unsafe {
        _mm256_storeu_si256(out.cast(), low);
        _mm256_storeu_si256(out.add(WIDTH / 2).cast(), high);
    }
}

/// See [`crate::resample::split_row`].
#[target_feature(enable = "avx2")]
pub(crate) fn split_row<const N: usize>(row: &[i16], planes: &mut [i16], pitch: usize) {
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

/// Takes 8 pixels of three samples apart. The samples of each channel lie in different places of
/// the three vectors, so they are picked first and then put in order.
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

/// See [`crate::resample::weigh_pixels`].
#[target_feature(enable = "avx2")]
pub(crate) fn weigh_pixels<const N: usize>(
    planes: &[i16],
    pitch: usize,
    taps: &Taps<'_>,
    out: &mut [u8],
) {
    let stride = taps.stride;
    // Pixels in two times four sums; with three channels one sum is left over.
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
        let sums = round_sums(sums, taps.bits + FRACTION);
        let bytes = if N == 3 { sums & 0xFF_FFFF | sums >> 8 & 0xFFFF_FF00_0000 } else { sums };
        let bytes = bytes.to_le_bytes();
        let out = &mut out[done * N..];
        // Two bytes more than two pixels of three: the next ones are made after them.
        match out.first_chunk_mut::<8>() {
            Some(eight) => *eight = bytes,
            None => out[..group * N].copy_from_slice(&bytes[..group * N]),
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

/// Adds up four lanes of each sum and rounds: bytes 0 to 3 and 4 to 7, the first one lowest.
#[inline]
#[target_feature(enable = "avx2")]
fn round_sums([a, b, c, d]: [__m256i; 4], shift: u32) -> u64 {
    let sums = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    let sums = _mm256_add_epi32(sums, _mm256_set1_epi32(1 << (shift - 1)));
    let sums = _mm256_sra_epi32(sums, _mm_cvtsi32_si128(shift.cast_signed()));
    let words = _mm256_packs_epi32(sums, sums);
    let words = _mm256_permute4x64_epi64::<0b10_00>(words);
    let bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_castsi256_si128(words));
    _mm_cvtsi128_si64(bytes).cast_unsigned()
}
