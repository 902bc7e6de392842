//! Vectors of 32 bytes, each two registers of SSE4.1.

use std::arch::x86_64::*;

use super::{Number, load_half};

/// The low and the high half.
pub(crate) type V = [__m128i; 2];

/// Operations that do the same with each half of one or two vectors.
macro_rules! each_half {
    ($($name:ident $(<$shift:ident>)? = $intrinsic:ident($($value:ident),+);)+) => {$(
        /// The intrinsic for each half.
        #[inline]
        #[target_feature(enable = "sse4.1")]
        pub(crate) fn $name $(<const $shift: i32>)? ($($value: V),+) -> V {
            [
                $intrinsic $(::<$shift>)? ($($value[0]),+),
                $intrinsic $(::<$shift>)? ($($value[1]),+),
            ]
        }
    )+};
}

each_half! {
    abs16 = _mm_abs_epi16(a);
    add16 = _mm_add_epi16(a, b);
    add32 = _mm_add_epi32(a, b);
    add_neighbours32 = _mm_hadd_epi32(a, b);
    and = _mm_and_si128(a, b);
    and_not = _mm_andnot_si128(a, b);
    blend8 = _mm_blendv_epi8(a, b, mask);
    equal16 = _mm_cmpeq_epi16(a, b);
    greater16 = _mm_cmpgt_epi16(a, b);
    high16 = _mm_unpackhi_epi16(a, b);
    high32 = _mm_unpackhi_epi32(a, b);
    high64 = _mm_unpackhi_epi64(a, b);
    high8 = _mm_unpackhi_epi8(a, b);
    left16<BITS> = _mm_slli_epi16(a);
    left32<BITS> = _mm_slli_epi32(a);
    low16 = _mm_unpacklo_epi16(a, b);
    low32 = _mm_unpacklo_epi32(a, b);
    low64 = _mm_unpacklo_epi64(a, b);
    low8 = _mm_unpacklo_epi8(a, b);
    madd16 = _mm_madd_epi16(a, b);
    madd8 = _mm_maddubs_epi16(a, b);
    max16 = _mm_max_epi16(a, b);
    min16 = _mm_min_epi16(a, b);
    multiply16 = _mm_mullo_epi16(a, b);
    multiply_high16 = _mm_mulhi_epi16(a, b);
    multiply_high_unsigned16 = _mm_mulhi_epu16(a, b);
    multiply_rounded16 = _mm_mulhrs_epi16(a, b);
    or = _mm_or_si128(a, b);
    pack16 = _mm_packs_epi16(a, b);
    pack32 = _mm_packs_epi32(a, b);
    right16<BITS> = _mm_srai_epi16(a);
    right32<BITS> = _mm_srai_epi32(a);
    shuffle32<ORDER> = _mm_shuffle_epi32(a);
    shuffle8 = _mm_shuffle_epi8(a, b);
    sign16 = _mm_sign_epi16(a, b);
    sub16 = _mm_sub_epi16(a, b);
    sub32 = _mm_sub_epi32(a, b);
    unsigned_right16<BITS> = _mm_srli_epi16(a);
    unsigned_right32<BITS> = _mm_srli_epi32(a);
    xor = _mm_xor_si128(a, b);
}

/// The same number everywhere.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn all8(value: i8) -> V {
    [_mm_set1_epi8(value); 2]
}

/// The same number everywhere.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn all16(value: i16) -> V {
    [_mm_set1_epi16(value); 2]
}

/// The same number everywhere.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn all32(value: i32) -> V {
    [_mm_set1_epi32(value); 2]
}

/// Zeros everywhere.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn zero() -> V {
    [_mm_setzero_si128(); 2]
}

/// The first 32 bytes, or 16 numbers.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn load<T: Number>(from: &[T]) -> V {
    let (low, high) = from.split_at(16 / size_of::<T>());
    [load_half(low), load_half(high)]
}

/// Writes the first 32 bytes.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn store<T: Number>(value: V, to: &mut [T]) {
    let to = &mut to[..32 / size_of::<T>()];
    // SAFETY: twice 16 writable bytes, at any alignment.
    unsafe {
        _mm_storeu_si128(to.as_mut_ptr().cast(), value[0]);
        _mm_storeu_si128(to.as_mut_ptr().cast::<__m128i>().add(1), value[1]);
    }
}

/// The first 16 bytes as numbers of 16 bits.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn widen(from: &[u8]) -> V {
    let bytes = load_half(from);
    [_mm_cvtepu8_epi16(bytes), _mm_unpackhi_epi8(bytes, _mm_setzero_si128())]
}

/// 16 bytes in each half.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn both<T: Number>(from: &[T]) -> V {
    [load_half(from); 2]
}

/// A vector of two halves.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn join(low: __m128i, high: __m128i) -> V {
    [low, high]
}

/// The low and the high half.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn halves(value: V) -> [__m128i; 2] {
    value
}

/// The low halves of two vectors.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn low_halves(a: V, b: V) -> V {
    [a[0], b[0]]
}

/// The high halves of two vectors.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn high_halves(a: V, b: V) -> V {
    [a[1], b[1]]
}

/// The low half of `a` and the high half of `b`.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn outer_halves(a: V, b: V) -> V {
    [a[0], b[1]]
}

/// Numbers of 16 bits of the low half and of the high half by turns.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn interleave_halves16([low, high]: V) -> V {
    [_mm_unpacklo_epi16(low, high), _mm_unpackhi_epi16(low, high)]
}

/// The numbers of `a`, then the ones of `b`, held to 16 bits.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn narrow32(a: V, b: V) -> V {
    [_mm_packs_epi32(a[0], a[1]), _mm_packs_epi32(b[0], b[1])]
}

/// The numbers of `a`, then the ones of `b`, held to 8 bits with a sign.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn narrow16(a: V, b: V) -> V {
    [_mm_packs_epi16(a[0], a[1]), _mm_packs_epi16(b[0], b[1])]
}

/// The numbers of `a`, then the ones of `b`, held to 0 to 255.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn narrow16_to_bytes(a: V, b: V) -> V {
    [_mm_packus_epi16(a[0], a[1]), _mm_packus_epi16(b[0], b[1])]
}

/// The 32-bit numbers of four vectors, one after another, held to 0 to 255.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn narrow32_to_bytes([a, b, c, d]: [V; 4]) -> V {
    narrow16_to_bytes(narrow32(a, b), narrow32(c, d))
}

/// The top bits of the bytes.
#[inline]
#[target_feature(enable = "sse4.1")]
pub(crate) fn byte_mask(value: V) -> u32 {
    let (low, high) = (_mm_movemask_epi8(value[0]), _mm_movemask_epi8(value[1]));
    (low | high << 16).cast_unsigned()
}
