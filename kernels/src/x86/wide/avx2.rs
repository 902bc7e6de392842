//! Vectors of 32 bytes, each a register of AVX2.

use std::arch::x86_64::*;
pub(crate) use std::arch::x86_64::{
    __m256i as V, _mm256_abs_epi16 as abs16, _mm256_add_epi16 as add16, _mm256_add_epi32 as add32,
    _mm256_and_si256 as and, _mm256_andnot_si256 as and_not, _mm256_blendv_epi8 as blend8,
    _mm256_cmpeq_epi16 as equal16, _mm256_cmpgt_epi16 as greater16,
    _mm256_hadd_epi32 as add_neighbours32, _mm256_madd_epi16 as madd16,
    _mm256_maddubs_epi16 as madd8, _mm256_max_epi16 as max16, _mm256_min_epi16 as min16,
    _mm256_mulhi_epi16 as multiply_high16, _mm256_mulhi_epu16 as multiply_high_unsigned16,
    _mm256_mulhrs_epi16 as multiply_rounded16, _mm256_mullo_epi16 as multiply16,
    _mm256_or_si256 as or, _mm256_packs_epi16 as pack16, _mm256_packs_epi32 as pack32,
    _mm256_set1_epi8 as all8, _mm256_set1_epi16 as all16, _mm256_set1_epi32 as all32,
    _mm256_setzero_si256 as zero, _mm256_shuffle_epi8 as shuffle8,
    _mm256_shuffle_epi32 as shuffle32, _mm256_sign_epi16 as sign16, _mm256_slli_epi16 as left16,
    _mm256_slli_epi32 as left32, _mm256_srai_epi16 as right16, _mm256_srai_epi32 as right32,
    _mm256_srli_epi16 as unsigned_right16, _mm256_srli_epi32 as unsigned_right32,
    _mm256_sub_epi16 as sub16, _mm256_sub_epi32 as sub32, _mm256_unpackhi_epi8 as high8,
    _mm256_unpackhi_epi16 as high16, _mm256_unpackhi_epi32 as high32,
    _mm256_unpackhi_epi64 as high64, _mm256_unpacklo_epi8 as low8, _mm256_unpacklo_epi16 as low16,
    _mm256_unpacklo_epi32 as low32, _mm256_unpacklo_epi64 as low64, _mm256_xor_si256 as xor,
};

use super::{Number, load_half};

/// The first 32 bytes, or 16 numbers.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn load<T: Number>(from: &[T]) -> V {
    let from = &from[..32 / size_of::<T>()];
    // SAFETY: 32 readable bytes, at any alignment.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

/// Writes the first 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn store<T: Number>(value: V, to: &mut [T]) {
    let to = &mut to[..32 / size_of::<T>()];
    // SAFETY: 32 writable bytes, at any alignment.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), value) }
}

/// The first 16 bytes as numbers of 16 bits.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn widen(from: &[u8]) -> V {
    _mm256_cvtepu8_epi16(load_half(from))
}

/// 16 bytes in each half.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn both<T: Number>(from: &[T]) -> V {
    _mm256_broadcastsi128_si256(load_half(from))
}

/// A vector of two halves.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn join(low: __m128i, high: __m128i) -> V {
    _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high)
}

/// The low and the high half.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn halves(value: V) -> [__m128i; 2] {
    [_mm256_castsi256_si128(value), _mm256_extracti128_si256::<1>(value)]
}

/// The low halves of two vectors.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn low_halves(a: V, b: V) -> V {
    _mm256_permute2x128_si256::<0x20>(a, b)
}

/// The high halves of two vectors.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn high_halves(a: V, b: V) -> V {
    _mm256_permute2x128_si256::<0x31>(a, b)
}

/// The low half of `a` and the high half of `b`.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn outer_halves(a: V, b: V) -> V {
    _mm256_permute2x128_si256::<0x30>(a, b)
}

/// Numbers of 16 bits of the low half and of the high half by turns.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn interleave_halves16(value: V) -> V {
    let order = both(&[0u8, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15]);
    _mm256_shuffle_epi8(in_order(value), order)
}

/// The numbers of `a`, then the ones of `b`, held to 16 bits.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn narrow32(a: V, b: V) -> V {
    in_order(_mm256_packs_epi32(a, b))
}

/// The numbers of `a`, then the ones of `b`, held to 8 bits with a sign.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn narrow16(a: V, b: V) -> V {
    in_order(_mm256_packs_epi16(a, b))
}

/// The numbers of `a`, then the ones of `b`, held to 0 to 255.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn narrow16_to_bytes(a: V, b: V) -> V {
    in_order(_mm256_packus_epi16(a, b))
}

/// The 32-bit numbers of four vectors, one after another, held to 0 to 255.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn narrow32_to_bytes([a, b, c, d]: [V; 4]) -> V {
    let bytes = _mm256_packus_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
    _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))
}

/// Puts quarters that were packed half by half in order, the first of each half in front.
#[inline]
#[target_feature(enable = "avx2")]
fn in_order(packed: V) -> V {
    _mm256_permute4x64_epi64::<0b11_01_10_00>(packed)
}

/// The top bits of the bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn byte_mask(value: V) -> u32 {
    _mm256_movemask_epi8(value).cast_unsigned()
}
