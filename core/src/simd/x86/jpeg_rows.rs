//! Rows of samples with AVX2: see the scalar ones for what they compute.

use std::arch::x86_64::*;

use crate::simd::scalar::jpeg_rows as scalar;

/// 16 bytes as 16 words.
#[inline]
#[target_feature(enable = "avx2")]
fn widen(bytes: &[u8], at: usize) -> __m256i {
    let bytes: &[u8; 16] = bytes[at..].first_chunk().expect("the callers stop before the end");
    // SAFETY: 16 bytes are there; the load needs no alignment.
    _mm256_cvtepu8_epi16(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}

/// Stores the left and right ones of 16 pairs, in turn.
#[inline]
#[target_feature(enable = "avx2")]
fn store_pairs(left: __m256i, right: __m256i, out: &mut [u8]) {
    let out: &mut [u8; 32] = out.first_chunk_mut().expect("the callers stop before the end");
    let pairs = _mm256_or_si256(left, _mm256_slli_epi16::<8>(right));
    // SAFETY: 32 bytes are there; the store needs no alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), pairs) };
}

/// A row twice as wide.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn upsample_wide(row: &[u8], count: usize, out: &mut [u8]) {
    let whole = if row.len() >= count + 2 { count / 16 * 16 } else { 0 };
    for at in (0..whole).step_by(16) {
        let (left, middle, right) = (widen(row, at), widen(row, at + 1), widen(row, at + 2));
        let middle = _mm256_add_epi16(middle, _mm256_slli_epi16::<1>(middle));
        let left = _mm256_add_epi16(_mm256_add_epi16(middle, left), _mm256_set1_epi16(1));
        let right = _mm256_add_epi16(_mm256_add_epi16(middle, right), _mm256_set1_epi16(2));
        let (left, right) = (_mm256_srli_epi16::<2>(left), _mm256_srli_epi16::<2>(right));
        store_pairs(left, right, &mut out[at * 2..]);
    }
    scalar::upsample_wide(&row[whole..], count - whole, &mut out[whole * 2..]);
}

/// Three times near plus far.
#[inline]
#[target_feature(enable = "avx2")]
fn column_sum(near: &[u8], far: &[u8], at: usize) -> __m256i {
    let near = widen(near, at);
    let near = _mm256_add_epi16(near, _mm256_slli_epi16::<1>(near));
    _mm256_add_epi16(near, widen(far, at))
}

/// A row twice as wide, from the two that it lies between.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn upsample_both(near: &[u8], far: &[u8], count: usize, out: &mut [u8]) {
    let enough = near.len() >= count + 2 && far.len() >= count + 2;
    let whole = if enough { count / 16 * 16 } else { 0 };
    for at in (0..whole).step_by(16) {
        let left = column_sum(near, far, at);
        let middle = column_sum(near, far, at + 1);
        let right = column_sum(near, far, at + 2);
        let middle = _mm256_add_epi16(middle, _mm256_slli_epi16::<1>(middle));
        let left = _mm256_add_epi16(_mm256_add_epi16(middle, left), _mm256_set1_epi16(8));
        let right = _mm256_add_epi16(_mm256_add_epi16(middle, right), _mm256_set1_epi16(7));
        let (left, right) = (_mm256_srli_epi16::<4>(left), _mm256_srli_epi16::<4>(right));
        store_pairs(left, right, &mut out[at * 2..]);
    }
    scalar::upsample_both(&near[whole..], &far[whole..], count - whole, &mut out[whole * 2..]);
}

/// RGB pixels of YCbCr samples, 32 at a time.
///
/// Factors above 1 are split into a whole part and a rest that fits 16 bits with its sign:
/// `1.402 = 1 + 26345 / 65536`, `1.772 = 2 - 14942 / 65536`, `-0.71414 = -1 + 18734 / 65536`.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn ycc_to_rgb(y: &[u8], cb: &[u8], cr: &[u8], out: &mut [u8]) {
    let count = (out.len() / 3).min(y.len()).min(cb.len()).min(cr.len());
    let whole = count / 32 * 32;
    for at in (0..whole).step_by(32) {
        let [r0, g0, b0] = colours(widen(y, at), widen(cb, at), widen(cr, at));
        let [r1, g1, b1] = colours(widen(y, at + 16), widen(cb, at + 16), widen(cr, at + 16));
        // Lanes: pixels 0 to 7 and 16 to 23, 8 to 15 and 24 to 31.
        let [r, g, b] = [
            _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(r0, r1)),
            _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(g0, g1)),
            _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(b0, b1)),
        ];
        let out: &mut [u8; 96] = out[at * 3..].first_chunk_mut().expect("whole is within count");
        store_pixels(r, g, b, out);
    }
    scalar::ycc_to_rgb(&y[whole..], &cb[whole..], &cr[whole..], &mut out[whole * 3..]);
}

/// The colours of 16 pixels, not clamped.
#[inline]
#[target_feature(enable = "avx2")]
fn colours(y: __m256i, cb: __m256i, cr: __m256i) -> [__m256i; 3] {
    let middle = _mm256_set1_epi16(128);
    let (cb, cr) = (_mm256_sub_epi16(cb, middle), _mm256_sub_epi16(cr, middle));
    // (26345 * cr + 32768) >> 16: the high half of twice the product, rounded when halved.
    let twice = _mm256_mulhi_epi16(_mm256_slli_epi16::<1>(cr), _mm256_set1_epi16(26345));
    let rest = _mm256_srai_epi16::<1>(_mm256_add_epi16(twice, _mm256_set1_epi16(1)));
    let r = _mm256_add_epi16(_mm256_add_epi16(y, cr), rest);
    // (-14942 * cb + 32768) >> 16 is what pmulhrsw does with half the factor.
    let rest = _mm256_mulhrs_epi16(cb, _mm256_set1_epi16(-7471));
    let b = _mm256_add_epi16(_mm256_add_epi16(y, _mm256_slli_epi16::<1>(cb)), rest);
    let rest = green_rest(_mm256_unpacklo_epi16(cb, cr), _mm256_unpackhi_epi16(cb, cr));
    let g = _mm256_add_epi16(_mm256_sub_epi16(y, cr), rest);
    [r, g, b]
}

/// `(-22554 * cb + 18734 * cr + 32768) >> 16` of pairs.
#[inline]
#[target_feature(enable = "avx2")]
fn green_rest(low: __m256i, high: __m256i) -> __m256i {
    let factors = _mm256_set1_epi32((18734 << 16) | (-22554 & 0xFFFF));
    let half = _mm256_set1_epi32(32768);
    let low = _mm256_add_epi32(_mm256_madd_epi16(low, factors), half);
    let high = _mm256_add_epi32(_mm256_madd_epi16(high, factors), half);
    _mm256_packs_epi32(_mm256_srai_epi32::<16>(low), _mm256_srai_epi32::<16>(high))
}

/// Stores 32 pixels of three colours.
///
/// Every 16 bytes of the output take bytes of each colour from one 16-byte lane: three shuffles that
/// leave gaps of zeros, put together by `or`.
#[inline]
#[target_feature(enable = "avx2")]
fn store_pixels(r: __m256i, g: __m256i, b: __m256i, out: &mut [u8; 96]) {
    let r0 = _mm256_setr_epi8(
        0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5, //
        0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5,
    );
    let r1 = _mm256_setr_epi8(
        -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1, //
        -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1,
    );
    let r2 = _mm256_setr_epi8(
        -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1, //
        -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1,
    );
    // Green and blue lie one and two bytes behind red.
    let g0 = _mm256_setr_epi8(
        -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, //
        -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1,
    );
    let g1 = _mm256_setr_epi8(
        5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, //
        5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10,
    );
    let g2 = _mm256_setr_epi8(
        -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, //
        -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1,
    );
    let b0 = _mm256_setr_epi8(
        -1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, //
        -1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1,
    );
    let b1 = _mm256_setr_epi8(
        -1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, //
        -1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1,
    );
    let b2 = _mm256_setr_epi8(
        10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, //
        10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15,
    );
    let first = shuffled_or([r, g, b], [r0, g0, b0]);
    let second = shuffled_or([r, g, b], [r1, g1, b1]);
    let third = shuffled_or([r, g, b], [r2, g2, b2]);
    let vectors = [
        _mm256_permute2x128_si256::<0x20>(first, second),
        _mm256_permute2x128_si256::<0x30>(third, first),
        _mm256_permute2x128_si256::<0x31>(second, third),
    ];
    for (at, vector) in vectors.into_iter().enumerate() {
        // SAFETY: three times 32 bytes are 96; the store needs no alignment.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().add(at * 32).cast(), vector) };
    }
}

/// Three shuffles put together.
#[inline]
#[target_feature(enable = "avx2")]
fn shuffled_or([r, g, b]: [__m256i; 3], [x, y, z]: [__m256i; 3]) -> __m256i {
    let rg = _mm256_or_si256(_mm256_shuffle_epi8(r, x), _mm256_shuffle_epi8(g, y));
    _mm256_or_si256(rg, _mm256_shuffle_epi8(b, z))
}

/// Which of the coefficients are not zero, one bit for each.
#[target_feature(enable = "avx2")]
pub(in crate::simd) fn nonzero_mask(coefficients: &[i16; 64]) -> u64 {
    u64::from(nonzero_half(coefficients, 0)) | u64::from(nonzero_half(coefficients, 32)) << 32
}

/// The bits of 32 coefficients.
#[inline]
#[target_feature(enable = "avx2")]
fn nonzero_half(coefficients: &[i16; 64], from: usize) -> u32 {
    let half: &[i16; 32] = coefficients[from..].first_chunk().expect("0 and 32 of 64");
    // SAFETY: twice 16 values are there; the loads need no alignment.
    let (a, b) = unsafe {
        (_mm256_loadu_si256(half.as_ptr().cast()), _mm256_loadu_si256(half.as_ptr().add(16).cast()))
    };
    let zero = _mm256_setzero_si256();
    let zeros = _mm256_packs_epi16(_mm256_cmpeq_epi16(a, zero), _mm256_cmpeq_epi16(b, zero));
    let zeros = _mm256_permute4x64_epi64::<0b11_01_10_00>(zeros);
    !_mm256_movemask_epi8(zeros).cast_unsigned()
}
