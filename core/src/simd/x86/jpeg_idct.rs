//! Inverse DCTs with AVX2: see the scalar ones for what they compute.
//!
//! ```text
//! dequantise; pair rows (0,4) (2,6) (1,5) (3,7), eight columns a vector
//! columns: sums of two products (pmaddwd) in 32 bits, descale, pack to 16 bits
//! transpose; the same for the rows; transpose; pack to 8 bits
//! ```

use std::arch::x86_64::*;

use crate::simd::scalar::jpeg_idct::{CONST_BITS, EVEN, EVEN4, ODD, ODD2, ODD4, PASS_BITS};

/// Rounding and shift of a descale.
macro_rules! descale {
    ($value:expr, $shift:expr) => {
        _mm256_srai_epi32::<{ $shift }>(_mm256_add_epi32(
            $value,
            _mm256_set1_epi32(1 << ($shift - 1)),
        ))
    };
}

/// Two factors for `pmaddwd`, eight times.
#[inline]
#[target_feature(enable = "avx2")]
fn pair(a: i16, b: i16) -> __m256i {
    let both = u32::from(a.cast_unsigned()) | u32::from(b.cast_unsigned()) << 16;
    _mm256_set1_epi32(both.cast_signed())
}

/// Rows `2 * at` and `2 * at + 1` of coefficients times quantisation.
#[inline]
#[target_feature(enable = "avx2")]
fn rows(coefficients: &[i16; 64], quantisation: &[i16; 64], at: usize) -> __m256i {
    assert!(at < 4);
    // SAFETY: 16 values from `at * 16` on are within 64; the loads need no alignment.
    let (c, q) = unsafe {
        (
            _mm256_loadu_si256(coefficients.as_ptr().add(at * 16).cast()),
            _mm256_loadu_si256(quantisation.as_ptr().add(at * 16).cast()),
        )
    };
    _mm256_mullo_epi16(c, q)
}

/// Interleaves the columns of the rows in `a` with those in `b`: two vectors of pairs, one a row.
#[inline]
#[target_feature(enable = "avx2")]
fn pairs(a: __m256i, b: __m256i) -> [__m256i; 2] {
    let (low, high) = (_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b));
    [_mm256_permute2x128_si256::<0x20>(low, high), _mm256_permute2x128_si256::<0x31>(low, high)]
}

/// Transposes 8x8 values of 32 bits, packed to 16: lines 0 and 4, 1 and 5, 2 and 6, 3 and 7 of the result.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(x: [__m256i; 8]) -> [__m256i; 4] {
    let p: [__m256i; 4] = [
        _mm256_packs_epi32(x[0], x[4]),
        _mm256_packs_epi32(x[1], x[5]),
        _mm256_packs_epi32(x[2], x[6]),
        _mm256_packs_epi32(x[3], x[7]),
    ];
    let (a, b) = (_mm256_unpacklo_epi16(p[0], p[1]), _mm256_unpackhi_epi16(p[0], p[1]));
    let (c, d) = (_mm256_unpacklo_epi16(p[2], p[3]), _mm256_unpackhi_epi16(p[2], p[3]));
    let (e, f) = (_mm256_unpacklo_epi32(a, c), _mm256_unpackhi_epi32(a, c));
    let (g, h) = (_mm256_unpacklo_epi32(b, d), _mm256_unpackhi_epi32(b, d));
    [
        _mm256_unpacklo_epi64(e, g),
        _mm256_unpackhi_epi64(e, g),
        _mm256_unpacklo_epi64(f, h),
        _mm256_unpackhi_epi64(f, h),
    ]
}

/// Interleaves the two lines of a vector.
#[inline]
#[target_feature(enable = "avx2")]
fn interleaved(lines: __m256i) -> __m256i {
    let order = _mm256_setr_epi8(
        0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15, //
        0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
    );
    _mm256_shuffle_epi8(_mm256_permute4x64_epi64::<0b11_01_10_00>(lines), order)
}

/// Eight lines of the 8x8 transform at once, from pairs of inputs (0,4), (1,5), (2,6), (3,7). Not descaled.
#[inline]
#[target_feature(enable = "avx2")]
fn transform8([x04, x15, x26, x37]: [__m256i; 4]) -> [__m256i; 8] {
    let one = 1 << CONST_BITS;
    let sum = _mm256_madd_epi16(x04, pair(one, one));
    let difference = _mm256_madd_epi16(x04, pair(one, -one));
    let e0 = _mm256_madd_epi16(x26, pair(EVEN[0][0], EVEN[0][1]));
    let e1 = _mm256_madd_epi16(x26, pair(EVEN[1][0], EVEN[1][1]));
    let even = [
        _mm256_add_epi32(sum, e0),
        _mm256_add_epi32(difference, e1),
        _mm256_sub_epi32(difference, e1),
        _mm256_sub_epi32(sum, e0),
    ];
    let odd = [
        odd_sum(x15, x37, ODD[0]),
        odd_sum(x15, x37, ODD[1]),
        odd_sum(x15, x37, ODD[2]),
        odd_sum(x15, x37, ODD[3]),
    ];
    [
        _mm256_add_epi32(even[0], odd[0]),
        _mm256_add_epi32(even[1], odd[1]),
        _mm256_add_epi32(even[2], odd[2]),
        _mm256_add_epi32(even[3], odd[3]),
        _mm256_sub_epi32(even[3], odd[3]),
        _mm256_sub_epi32(even[2], odd[2]),
        _mm256_sub_epi32(even[1], odd[1]),
        _mm256_sub_epi32(even[0], odd[0]),
    ]
}

/// A sum of four products, with inputs (1,5) and (3,7).
#[inline]
#[target_feature(enable = "avx2")]
fn odd_sum(x15: __m256i, x37: __m256i, c: [i16; 4]) -> __m256i {
    let a = _mm256_madd_epi16(x15, pair(c[0], c[2]));
    _mm256_add_epi32(a, _mm256_madd_epi16(x37, pair(c[1], c[3])))
}

/// The inputs of the columns' pass: pairs of rows (0,4), (1,5), (2,6), (3,7).
#[inline]
#[target_feature(enable = "avx2")]
fn column_pairs(coefficients: &[i16; 64], quantisation: &[i16; 64]) -> [__m256i; 4] {
    let [r01, r23, r45, r67] = [
        rows(coefficients, quantisation, 0),
        rows(coefficients, quantisation, 1),
        rows(coefficients, quantisation, 2),
        rows(coefficients, quantisation, 3),
    ];
    let [x04, x15] = pairs(r01, r45);
    let [x26, x37] = pairs(r23, r67);
    [x04, x15, x26, x37]
}

/// The 8x8 transform.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn idct8(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    const COLUMNS: i32 = CONST_BITS - PASS_BITS;
    const ROWS: i32 = CONST_BITS + PASS_BITS + 3;
    assert!(out.len() >= 8 && (out.len() - 8) / 7 >= stride);
    let x = transform8(column_pairs(coefficients, quantisation));
    let x = transpose([
        descale!(x[0], COLUMNS),
        descale!(x[1], COLUMNS),
        descale!(x[2], COLUMNS),
        descale!(x[3], COLUMNS),
        descale!(x[4], COLUMNS),
        descale!(x[5], COLUMNS),
        descale!(x[6], COLUMNS),
        descale!(x[7], COLUMNS),
    ]);
    let x =
        transform8([interleaved(x[0]), interleaved(x[1]), interleaved(x[2]), interleaved(x[3])]);
    let x = transpose([
        descale!(x[0], ROWS),
        descale!(x[1], ROWS),
        descale!(x[2], ROWS),
        descale!(x[3], ROWS),
        descale!(x[4], ROWS),
        descale!(x[5], ROWS),
        descale!(x[6], ROWS),
        descale!(x[7], ROWS),
    ]);
    let middle = _mm256_set1_epi8(-128);
    let r0145 = _mm256_xor_si256(_mm256_packs_epi16(x[0], x[1]), middle);
    let r2367 = _mm256_xor_si256(_mm256_packs_epi16(x[2], x[3]), middle);
    let lines = [
        _mm256_castsi256_si128(r0145),
        _mm256_castsi256_si128(r2367),
        _mm256_extracti128_si256::<1>(r0145),
        _mm256_extracti128_si256::<1>(r2367),
    ];
    for (at, lines) in lines.into_iter().enumerate() {
        // SAFETY: the last line starts at 7 * stride and `out` has 8 bytes from there on.
        unsafe {
            let line = out.as_mut_ptr().add(2 * at * stride);
            _mm_storel_epi64(line.cast(), lines);
            _mm_storel_epi64(line.add(stride).cast(), _mm_unpackhi_epi64(lines, lines));
        }
    }
}

/// Four (of eight) sums of a line: `factors` for each pair of its inputs, then added across.
#[inline]
#[target_feature(enable = "avx2")]
fn line_factors(c: [i16; 8]) -> __m256i {
    let [a, b, c, d, e, f, g, h] = c;
    _mm256_setr_epi16(a, b, c, d, e, f, g, h, a, b, c, d, e, f, g, h)
}

/// The reduced transform to 4x4.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn idct4(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    const COLUMNS: i32 = CONST_BITS - PASS_BITS + 1;
    const ROWS: i32 = CONST_BITS + PASS_BITS + 3 + 1;
    assert!(out.len() >= 4 && (out.len() - 4) / 3 >= stride);
    let [x04, x15, x26, x37] = column_pairs(coefficients, quantisation);
    let base = _mm256_madd_epi16(x04, pair(2 << CONST_BITS, 0));
    let turn = _mm256_madd_epi16(x26, pair(EVEN4[0], EVEN4[1]));
    let (e0, e1) = (_mm256_add_epi32(base, turn), _mm256_sub_epi32(base, turn));
    let (o0, o1) = (odd_sum(x15, x37, ODD4[0]), odd_sum(x15, x37, ODD4[1]));
    let r0 = descale!(_mm256_add_epi32(e0, o0), COLUMNS);
    let r1 = descale!(_mm256_add_epi32(e1, o1), COLUMNS);
    let r2 = descale!(_mm256_sub_epi32(e1, o1), COLUMNS);
    let r3 = descale!(_mm256_sub_epi32(e0, o0), COLUMNS);
    // Lanes hold half a line each: put the lines together, one a lane.
    let r02 = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(r0, r2));
    let r13 = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(r1, r3));
    let a = descale!(across4(r02), ROWS);
    let b = descale!(across4(r13), ROWS);
    // Lines 0 and 1, then 2 and 3.
    let words = _mm256_packs_epi32(a, b);
    let bytes = _mm256_packs_epi16(words, words);
    let bytes = _mm256_xor_si256(bytes, _mm256_set1_epi8(-128));
    let r01 = _mm256_castsi256_si128(bytes);
    let r23 = _mm256_extracti128_si256::<1>(bytes);
    let lines = [
        _mm_cvtsi128_si32(r01),
        _mm_extract_epi32::<1>(r01),
        _mm_cvtsi128_si32(r23),
        _mm_extract_epi32::<1>(r23),
    ];
    for (at, line) in lines.into_iter().enumerate() {
        out[at * stride..at * stride + 4].copy_from_slice(&line.to_le_bytes());
    }
}

/// One line of the 4x4 transform a lane.
#[inline]
#[target_feature(enable = "avx2")]
fn across4(lines: __m256i) -> __m256i {
    const ONE: i16 = 2 << CONST_BITS;
    let [[a1, a3, a5, a7], [b1, b3, b5, b7]] = ODD4;
    let [e2, e6] = EVEN4;
    let s0 = _mm256_madd_epi16(lines, line_factors([ONE, a1, e2, a3, 0, a5, e6, a7]));
    let s1 = _mm256_madd_epi16(lines, line_factors([ONE, b1, -e2, b3, 0, b5, -e6, b7]));
    let s2 = _mm256_madd_epi16(lines, line_factors([ONE, -b1, -e2, -b3, 0, -b5, -e6, -b7]));
    let s3 = _mm256_madd_epi16(lines, line_factors([ONE, -a1, e2, -a3, 0, -a5, e6, -a7]));
    _mm256_hadd_epi32(_mm256_hadd_epi32(s0, s1), _mm256_hadd_epi32(s2, s3))
}

/// The reduced transform to 2x2.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn idct2(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    const COLUMNS: i32 = CONST_BITS - PASS_BITS + 2;
    const ROWS: i32 = CONST_BITS + PASS_BITS + 3 + 2;
    assert!(out.len() >= 2 && out.len() - 2 >= stride);
    let [x04, x15, _, x37] = column_pairs(coefficients, quantisation);
    let base = _mm256_slli_epi32::<1>(_mm256_madd_epi16(x04, pair(2 << CONST_BITS, 0)));
    let odd = odd_sum(x15, x37, ODD2);
    let r0 = descale!(_mm256_add_epi32(base, odd), COLUMNS);
    let r1 = descale!(_mm256_sub_epi32(base, odd), COLUMNS);
    let lines = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(r0, r1));
    // A line a lane: the first input alone, and the sum of the odd ones.
    let [c1, c3, c5, c7] = ODD2;
    let base = _mm256_madd_epi16(lines, line_factors([2 << CONST_BITS, 0, 0, 0, 0, 0, 0, 0]));
    let odd = _mm256_madd_epi16(lines, line_factors([0, c1, 0, c3, 0, c5, 0, c7]));
    let sums = _mm256_hadd_epi32(_mm256_slli_epi32::<1>(base), odd);
    let sums = _mm256_hadd_epi32(sums, sums);
    let (base, odd) =
        (_mm256_shuffle_epi32::<0b00_00_00_00>(sums), _mm256_shuffle_epi32::<0b01_01_01_01>(sums));
    let even = _mm256_add_epi32(base, odd);
    let both = _mm256_unpacklo_epi32(even, _mm256_sub_epi32(base, odd));
    let words = _mm256_packs_epi32(descale!(both, ROWS), _mm256_setzero_si256());
    let bytes = _mm256_packs_epi16(words, words);
    let bytes = _mm256_xor_si256(bytes, _mm256_set1_epi8(-128));
    let first = _mm_cvtsi128_si32(_mm256_castsi256_si128(bytes)).to_le_bytes();
    let second = _mm_cvtsi128_si32(_mm256_extracti128_si256::<1>(bytes)).to_le_bytes();
    out[..2].copy_from_slice(&first[..2]);
    out[stride..stride + 2].copy_from_slice(&second[..2]);
}
