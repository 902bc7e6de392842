//! The encoder's colour conversion and downsampling in AVX2.

#![allow(unsafe_code, reason = "vector loads and stores")]

use std::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm256_add_epi16, _mm256_add_epi32, _mm256_castsi128_si256,
    _mm256_inserti128_si256, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_packus_epi16, _mm256_packus_epi32, _mm256_permute4x64_epi64,
    _mm256_permutevar8x32_epi32, _mm256_set1_epi8, _mm256_set1_epi32, _mm256_setr_epi8,
    _mm256_setr_epi32, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srli_epi16,
    _mm256_srli_epi32, _mm256_storeu_si256,
};

use crate::simd::jpeg_encode::scalar;

/// Pixels that one turn of the colour conversion makes.
const PIXELS: usize = 32;

/// The sums of a group of 8 pixels times 2^16, 4 pixels a lane: Y, Cb, Cr.
type Sums = [__m256i; 3];

/// See [`crate::simd::jpeg_encode::rgb_to_ycc`]; `rgb` has at least three bytes for each of the
/// others, which are of one length.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn rgb_to_ycc(rgb: &[u8], luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
    let mut at = 0;
    // The last load of a turn takes 4 bytes more than it uses.
    while luma.len() - at >= PIXELS && rgb.len() - at * 3 >= PIXELS * 3 + 4 {
        let from = &rgb[at * 3..][..PIXELS * 3 + 4];
        let groups: [Sums; 4] =
            [sums(&from[..28]), sums(&from[24..52]), sums(&from[48..76]), sums(&from[72..100])];
        store(pack(groups.map(|sums| sums[0])), &mut luma[at..]);
        store(pack(groups.map(|sums| sums[1])), &mut blue[at..]);
        store(pack(groups.map(|sums| sums[2])), &mut red[at..]);
        at += PIXELS;
    }
    scalar::rgb_to_ycc(&rgb[at * 3..], &mut luma[at..], &mut blue[at..], &mut red[at..]);
}

/// Two 16-bit factors for a pair of neighbours, the first in the low half.
#[target_feature(enable = "avx2")]
fn factors(first: i16, second: i16) -> __m256i {
    _mm256_set1_epi32((i32::from(second) << 16) | (i32::from(first) & 0xFFFF))
}

/// Converts 8 pixels, the first 24 of 28 bytes.
///
/// Each pixel becomes a pair (R, G) and a pair (B, G) of 16-bit numbers. The factor of G in Y,
/// 38470, does not fit in 16 signed bits and is split into 22086 and 16384; a factor of one half is
/// a shift.
#[target_feature(enable = "avx2")]
fn sums(from: &[u8]) -> Sums {
    let low = load(&from[..16]);
    let high = load(&from[12..28]);
    let bytes = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
    let z = -1;
    let red_green = _mm256_setr_epi8(
        0, z, 1, z, 3, z, 4, z, 6, z, 7, z, 9, z, 10, z, 0, z, 1, z, 3, z, 4, z, 6, z, 7, z, 9, z,
        10, z,
    );
    let blue_green = _mm256_setr_epi8(
        2, z, 1, z, 5, z, 4, z, 8, z, 7, z, 11, z, 10, z, 2, z, 1, z, 5, z, 4, z, 8, z, 7, z, 11,
        z, 10, z,
    );
    let rg = _mm256_shuffle_epi8(bytes, red_green);
    let bg = _mm256_shuffle_epi8(bytes, blue_green);
    let half_red = _mm256_srli_epi32::<1>(_mm256_slli_epi32::<16>(rg));
    let half_blue = _mm256_srli_epi32::<1>(_mm256_slli_epi32::<16>(bg));
    let middle = _mm256_set1_epi32((128 << 16) + (1 << 15) - 1);
    let y = _mm256_add_epi32(
        _mm256_madd_epi16(rg, factors(19595, 22086)),
        _mm256_madd_epi16(bg, factors(7471, 16384)),
    );
    let u = _mm256_add_epi32(_mm256_madd_epi16(rg, factors(-11059, -21709)), half_blue);
    let v = _mm256_add_epi32(_mm256_madd_epi16(bg, factors(-5329, -27439)), half_red);
    [
        _mm256_add_epi32(y, _mm256_set1_epi32(1 << 15)),
        _mm256_add_epi32(u, middle),
        _mm256_add_epi32(v, middle),
    ]
}

/// The integer parts of four groups as 32 bytes in order.
#[target_feature(enable = "avx2")]
fn pack(groups: [__m256i; 4]) -> __m256i {
    let [a, b, c, d] = groups.map(|sum| _mm256_srli_epi32::<16>(sum));
    let bytes = _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d));
    _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))
}

/// Sums of each two neighbours among 32 samples.
#[target_feature(enable = "avx2")]
fn pairs(samples: &[u8]) -> __m256i {
    _mm256_maddubs_epi16(load_32(samples), _mm256_set1_epi8(1))
}

/// See [`crate::simd::jpeg_encode::halve_width`]; `row` is exactly twice as long as `out`.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn halve_width(row: &[u8], out: &mut [u8]) {
    let bias = _mm256_set1_epi32(1 << 16);
    let mut at = 0;
    while out.len() - at >= 32 {
        let from = &row[at * 2..][..64];
        let left = _mm256_srli_epi16::<1>(_mm256_add_epi16(pairs(&from[..32]), bias));
        let right = _mm256_srli_epi16::<1>(_mm256_add_epi16(pairs(&from[32..]), bias));
        store(interleave(left, right), &mut out[at..]);
        at += 32;
    }
    scalar::halve_width(&row[at * 2..], &mut out[at..]);
}

/// See [`crate::simd::jpeg_encode::halve_both`]; both rows are exactly twice as long as `out`.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn halve_both(top: &[u8], bottom: &[u8], out: &mut [u8]) {
    let bias = _mm256_set1_epi32((2 << 16) | 1);
    let mut at = 0;
    while out.len() - at >= 32 {
        let (top, bottom) = (&top[at * 2..][..64], &bottom[at * 2..][..64]);
        let left = _mm256_add_epi16(pairs(&top[..32]), pairs(&bottom[..32]));
        let right = _mm256_add_epi16(pairs(&top[32..]), pairs(&bottom[32..]));
        let left = _mm256_srli_epi16::<2>(_mm256_add_epi16(left, bias));
        let right = _mm256_srli_epi16::<2>(_mm256_add_epi16(right, bias));
        store(interleave(left, right), &mut out[at..]);
        at += 32;
    }
    scalar::halve_both(&top[at * 2..], &bottom[at * 2..], &mut out[at..]);
}

/// Two vectors of 16-bit numbers below 256 as 32 bytes in order.
#[target_feature(enable = "avx2")]
fn interleave(left: __m256i, right: __m256i) -> __m256i {
    _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(left, right))
}

/// The first 16 bytes.
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8]) -> __m128i {
    let bytes = &bytes[..16];
    // SAFETY: 16 readable bytes, at any alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

/// The first 32 bytes.
#[target_feature(enable = "avx2")]
fn load_32(bytes: &[u8]) -> __m256i {
    let bytes = &bytes[..32];
    // SAFETY: 32 readable bytes, at any alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Writes the first 32 bytes.
#[target_feature(enable = "avx2")]
fn store(value: __m256i, bytes: &mut [u8]) {
    let bytes = &mut bytes[..32];
    // SAFETY: 32 writable bytes, at any alignment.
    unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), value) }
}
