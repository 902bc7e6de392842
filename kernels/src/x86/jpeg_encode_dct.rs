//! The encoder's forward DCT and quantisation in SSE4.1 and AVX2, from one text.
//!
//! A vector holds a row of 8 numbers of 16 bits; in AVX2 the upper half does the same for the next
//! block to the right. Products are 32 bits wide, so the results are those of the scalar code.

#![allow(unsafe_code, reason = "vector loads and stores")]

use crate::jpeg_encode::{QuantisedBlock, Quantiser, ZIGZAG};

/// The byte shuffles that bring 16 coefficients in natural order to their places among 16 in zigzag
/// order, zeros elsewhere, for each 16 of both.
const SHUFFLES: [[[u8; 16]; 4]; 4] = {
    let mut shuffles = [[[0x80; 16]; 4]; 4];
    let mut at = 0;
    while at < 64 {
        let natural = ZIGZAG[at] as usize;
        shuffles[at / 16][natural / 16][at % 16] = ZIGZAG[at] % 16;
        at += 1;
    }
    shuffles
};

/// Writes the kernel for one vector type: `$ops` has the intrinsics under common names, `$many` is
/// how many blocks lie in a vector.
macro_rules! kernel {
    ($feature:literal, $ops:ident, $many:literal) => {
        use super::{QuantisedBlock, Quantiser, SHUFFLES, $ops::*};

        /// Transforms blocks side by side, `$many` at a time; gives back the number done.
        #[target_feature(enable = $feature)]
        pub(super) fn forward(
            samples: &[u8],
            stride: usize,
            quantiser: &Quantiser,
            out: &mut [QuantisedBlock],
        ) -> usize {
            let mut done = 0;
            for blocks in out.as_chunks_mut::<$many>().0 {
                let mut rows = [zero(); 8];
                for (y, row) in rows.iter_mut().enumerate() {
                    let from = &samples[y * stride + done * 8..][..$many * 8];
                    *row = sub16(widen(from), all16(128));
                }
                let rows = pass::<true>(transpose(rows));
                let rows = pass::<false>(transpose(rows));
                // Tables known to stay the same are widened to 32 bits before the loop, and with
                // them the compiler does not see products of 16 bits any more: 1.2 times as slow.
                let quantiser = std::hint::black_box(quantiser);
                finish(quantise(rows, quantiser), blocks);
                done += $many;
            }
            done
        }

        /// Transposes 8x8 numbers.
        #[target_feature(enable = $feature)]
        fn transpose(r: [V; 8]) -> [V; 8] {
            let a = [low16(r[0], r[1]), low16(r[2], r[3]), low16(r[4], r[5]), low16(r[6], r[7])];
            let b =
                [high16(r[0], r[1]), high16(r[2], r[3]), high16(r[4], r[5]), high16(r[6], r[7])];
            let c = [low32(a[0], a[1]), high32(a[0], a[1]), low32(b[0], b[1]), high32(b[0], b[1])];
            let d = [low32(a[2], a[3]), high32(a[2], a[3]), low32(b[2], b[3]), high32(b[2], b[3])];
            [
                low64(c[0], d[0]),
                high64(c[0], d[0]),
                low64(c[1], d[1]),
                high64(c[1], d[1]),
                low64(c[2], d[2]),
                high64(c[2], d[2]),
                low64(c[3], d[3]),
                high64(c[3], d[3]),
            ]
        }

        /// The 8-point DCT down the columns; the first pass leaves two fraction bits, the second
        /// takes them off.
        #[target_feature(enable = $feature)]
        fn pass<const FIRST: bool>(v: [V; 8]) -> [V; 8] {
            let s = [add16(v[0], v[7]), add16(v[1], v[6]), add16(v[2], v[5]), add16(v[3], v[4])];
            let d = [sub16(v[0], v[7]), sub16(v[1], v[6]), sub16(v[2], v[5]), sub16(v[3], v[4])];
            let (s0, s3) = (add16(s[0], s[3]), sub16(s[0], s[3]));
            let (s1, s2) = (add16(s[1], s[2]), sub16(s[1], s[2]));
            let plain = |sum| {
                if FIRST { left16::<2>(sum) } else { right16::<2>(add16(sum, all16(2))) }
            };
            let even = interleaved(s3, s2);
            let ends = interleaved(d[0], d[3]);
            let middles = interleaved(d[1], d[2]);
            let both = interleaved(add16(d[3], d[1]), add16(d[2], d[0]));
            let z3 = products(both, 9633 - 16069, 9633);
            let z4 = products(both, 9633, 9633 - 3196);
            [
                plain(add16(s0, s1)),
                narrow::<FIRST>(sum(products(ends, 12299 - 7373, -7373), z4)),
                narrow::<FIRST>(products(even, 4433 + 6270, 4433)),
                narrow::<FIRST>(sum(products(middles, 25172 - 20995, -20995), z3)),
                plain(sub16(s0, s1)),
                narrow::<FIRST>(sum(products(middles, -20995, 16819 - 20995), z4)),
                narrow::<FIRST>(products(even, 4433, 4433 - 15137)),
                narrow::<FIRST>(sum(products(ends, -7373, 2446 - 7373), z3)),
            ]
        }

        /// Pairs of one number of each.
        #[target_feature(enable = $feature)]
        fn interleaved(first: V, second: V) -> [V; 2] {
            [low16(first, second), high16(first, second)]
        }

        /// The first of each pair times `a` plus the second times `b`.
        #[target_feature(enable = $feature)]
        fn products(pairs: [V; 2], a: i16, b: i16) -> [V; 2] {
            let factors = all32((i32::from(b) << 16) | (i32::from(a) & 0xFFFF));
            [madd16(pairs[0], factors), madd16(pairs[1], factors)]
        }

        /// Sums of 32 bits.
        #[target_feature(enable = $feature)]
        fn sum(a: [V; 2], b: [V; 2]) -> [V; 2] {
            [add32(a[0], b[0]), add32(a[1], b[1])]
        }

        /// Drops the fraction bits of the constants, with rounding, and narrows to 16 bits.
        #[target_feature(enable = $feature)]
        fn narrow<const FIRST: bool>(sums: [V; 2]) -> V {
            if FIRST {
                let round = all32(1 << 10);
                pack32(right32::<11>(add32(sums[0], round)), right32::<11>(add32(sums[1], round)))
            } else {
                let round = all32(1 << 14);
                pack32(right32::<15>(add32(sums[0], round)), right32::<15>(add32(sums[1], round)))
            }
        }

        /// Divides by the steps, a half away from zero.
        ///
        /// The second factors fit 15 bits and are multiplied with a sign: between two unsigned
        /// products the compiler keeps 32 bits, for which it multiplies the slow way.
        #[target_feature(enable = $feature)]
        fn quantise(rows: [V; 8], quantiser: &Quantiser) -> [V; 8] {
            let mut out = rows;
            for (y, row) in out.iter_mut().enumerate() {
                let biased = add16(abs16(*row), steps(&quantiser.bias, y));
                let high = multiply_high(biased, steps(&quantiser.reciprocal, y));
                *row = sign16(multiply_signed(high, steps(&quantiser.scale, y)), *row);
            }
            out
        }

        /// Fills in the blocks.
        #[target_feature(enable = $feature)]
        fn finish(rows: [V; 8], blocks: &mut [QuantisedBlock; $many]) {
            for (y, row) in rows.into_iter().enumerate() {
                store_row(row, y, blocks);
            }
            let clamped_rows = [
                pack16(rows[0], rows[1]),
                pack16(rows[2], rows[3]),
                pack16(rows[4], rows[5]),
                pack16(rows[6], rows[7]),
            ];
            let mut masks = [0u64; $many];
            for (at, shuffles) in SHUFFLES.iter().enumerate() {
                let mut zigzag = zero();
                for (from, shuffle) in clamped_rows.iter().zip(shuffles) {
                    zigzag = or(zigzag, shuffle8(*from, both(shuffle)));
                }
                store_zigzag(zigzag, at, blocks);
                let zeros = byte_mask(equal8(zigzag, zero()));
                for (block, mask) in masks.iter_mut().enumerate() {
                    *mask |= u64::from(!(zeros >> (16 * block)) & 0xFFFF) << (16 * at);
                }
            }
            for (block, mask) in blocks.iter_mut().zip(masks) {
                block.nonzero = mask;
            }
        }
    };
}

/// The operations of SSE4.1: one block.
mod ops_sse41 {
    pub(super) use std::arch::x86_64::{
        __m128i as V, _mm_abs_epi16 as abs16, _mm_add_epi16 as add16, _mm_add_epi32 as add32,
        _mm_cmpeq_epi8 as equal8, _mm_madd_epi16 as madd16, _mm_mulhi_epi16 as multiply_signed,
        _mm_mulhi_epu16 as multiply_high, _mm_or_si128 as or, _mm_packs_epi16 as pack16,
        _mm_packs_epi32 as pack32, _mm_set1_epi16 as all16, _mm_set1_epi32 as all32,
        _mm_setzero_si128 as zero, _mm_shuffle_epi8 as shuffle8, _mm_sign_epi16 as sign16,
        _mm_slli_epi16 as left16, _mm_srai_epi16 as right16, _mm_srai_epi32 as right32,
        _mm_sub_epi16 as sub16, _mm_unpackhi_epi16 as high16, _mm_unpackhi_epi32 as high32,
        _mm_unpackhi_epi64 as high64, _mm_unpacklo_epi16 as low16, _mm_unpacklo_epi32 as low32,
        _mm_unpacklo_epi64 as low64,
    };
    use std::arch::x86_64::{
        _mm_cvtepu8_epi16, _mm_loadl_epi64, _mm_loadu_si128, _mm_movemask_epi8, _mm_storeu_si128,
    };

    use super::QuantisedBlock;

    /// 8 samples as 16-bit numbers.
    #[target_feature(enable = "sse4.1")]
    pub(super) fn widen(samples: &[u8]) -> V {
        let samples = &samples[..8];
        // SAFETY: 8 readable bytes, at any alignment.
        _mm_cvtepu8_epi16(unsafe { _mm_loadl_epi64(samples.as_ptr().cast()) })
    }

    /// Row `y` of a table.
    #[target_feature(enable = "sse4.1")]
    pub(super) fn steps(table: &[u16; 64], y: usize) -> V {
        let row = &table[y * 8..][..8];
        // SAFETY: 16 readable bytes, at any alignment.
        unsafe { _mm_loadu_si128(row.as_ptr().cast()) }
    }

    /// A shuffle as a vector.
    #[target_feature(enable = "sse4.1")]
    pub(super) fn both(shuffle: &[u8; 16]) -> V {
        // SAFETY: 16 readable bytes, at any alignment.
        unsafe { _mm_loadu_si128(shuffle.as_ptr().cast()) }
    }

    /// The top bits of the bytes.
    #[target_feature(enable = "sse4.1")]
    pub(super) fn byte_mask(value: V) -> u32 {
        _mm_movemask_epi8(value).cast_unsigned()
    }

    /// Writes row `y` of coefficients.
    #[target_feature(enable = "sse4.1")]
    pub(super) fn store_row(row: V, y: usize, blocks: &mut [QuantisedBlock; 1]) {
        let to = &mut blocks[0].coefficients[y * 8..][..8];
        // SAFETY: 16 writable bytes, at any alignment.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), row) }
    }

    /// Writes 16 coefficients in zigzag order, from `16 * at` on.
    #[target_feature(enable = "sse4.1")]
    pub(super) fn store_zigzag(zigzag: V, at: usize, blocks: &mut [QuantisedBlock; 1]) {
        let to = &mut blocks[0].clamped_zigzag[at * 16..][..16];
        // SAFETY: 16 writable bytes, at any alignment.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), zigzag) }
    }
}

/// The operations of AVX2: two blocks side by side, the left one in the lower half.
mod ops_avx2 {
    pub(super) use std::arch::x86_64::{
        __m256i as V, _mm256_abs_epi16 as abs16, _mm256_add_epi16 as add16,
        _mm256_add_epi32 as add32, _mm256_cmpeq_epi8 as equal8, _mm256_madd_epi16 as madd16,
        _mm256_mulhi_epi16 as multiply_signed, _mm256_mulhi_epu16 as multiply_high,
        _mm256_or_si256 as or, _mm256_packs_epi16 as pack16, _mm256_packs_epi32 as pack32,
        _mm256_set1_epi16 as all16, _mm256_set1_epi32 as all32, _mm256_setzero_si256 as zero,
        _mm256_shuffle_epi8 as shuffle8, _mm256_sign_epi16 as sign16, _mm256_slli_epi16 as left16,
        _mm256_srai_epi16 as right16, _mm256_srai_epi32 as right32, _mm256_sub_epi16 as sub16,
        _mm256_unpackhi_epi16 as high16, _mm256_unpackhi_epi32 as high32,
        _mm256_unpackhi_epi64 as high64, _mm256_unpacklo_epi16 as low16,
        _mm256_unpacklo_epi32 as low32, _mm256_unpacklo_epi64 as low64,
    };
    use std::arch::x86_64::{
        _mm_loadu_si128, _mm_storeu_si128, _mm256_broadcastsi128_si256, _mm256_castsi256_si128,
        _mm256_cvtepu8_epi16, _mm256_extracti128_si256, _mm256_movemask_epi8,
    };

    use super::QuantisedBlock;

    /// 16 samples as 16-bit numbers.
    #[target_feature(enable = "avx2")]
    pub(super) fn widen(samples: &[u8]) -> V {
        let samples = &samples[..16];
        // SAFETY: 16 readable bytes, at any alignment.
        _mm256_cvtepu8_epi16(unsafe { _mm_loadu_si128(samples.as_ptr().cast()) })
    }

    /// Row `y` of a table, for both blocks.
    #[target_feature(enable = "avx2")]
    pub(super) fn steps(table: &[u16; 64], y: usize) -> V {
        let row = &table[y * 8..][..8];
        // SAFETY: 16 readable bytes, at any alignment.
        _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(row.as_ptr().cast()) })
    }

    /// A shuffle for both blocks.
    #[target_feature(enable = "avx2")]
    pub(super) fn both(shuffle: &[u8; 16]) -> V {
        // SAFETY: 16 readable bytes, at any alignment.
        _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(shuffle.as_ptr().cast()) })
    }

    /// The top bits of the bytes.
    #[target_feature(enable = "avx2")]
    pub(super) fn byte_mask(value: V) -> u32 {
        _mm256_movemask_epi8(value).cast_unsigned()
    }

    /// Writes row `y` of coefficients.
    #[target_feature(enable = "avx2")]
    pub(super) fn store_row(row: V, y: usize, blocks: &mut [QuantisedBlock; 2]) {
        let [left, right] = blocks;
        let left = &mut left.coefficients[y * 8..][..8];
        let right = &mut right.coefficients[y * 8..][..8];
        // SAFETY: 16 writable bytes each, at any alignment.
        unsafe {
            _mm_storeu_si128(left.as_mut_ptr().cast(), _mm256_castsi256_si128(row));
            _mm_storeu_si128(right.as_mut_ptr().cast(), _mm256_extracti128_si256::<1>(row));
        }
    }

    /// Writes 16 coefficients in zigzag order, from `16 * at` on.
    #[target_feature(enable = "avx2")]
    pub(super) fn store_zigzag(zigzag: V, at: usize, blocks: &mut [QuantisedBlock; 2]) {
        let [left, right] = blocks;
        let left = &mut left.clamped_zigzag[at * 16..][..16];
        let right = &mut right.clamped_zigzag[at * 16..][..16];
        // SAFETY: 16 writable bytes each, at any alignment.
        unsafe {
            _mm_storeu_si128(left.as_mut_ptr().cast(), _mm256_castsi256_si128(zigzag));
            _mm_storeu_si128(right.as_mut_ptr().cast(), _mm256_extracti128_si256::<1>(zigzag));
        }
    }
}

/// One block at a time.
mod sse41 {
    kernel!("sse4.1", ops_sse41, 1);
}

/// Two blocks at a time.
mod avx2 {
    kernel!("avx2", ops_avx2, 2);
}

/// See [`crate::jpeg_encode::forward`].
#[target_feature(enable = "sse4.1")]
pub(crate) fn forward_sse41(
    samples: &[u8],
    stride: usize,
    quantiser: &Quantiser,
    out: &mut [QuantisedBlock],
) {
    sse41::forward(samples, stride, quantiser, out);
}

/// See [`crate::jpeg_encode::forward`].
#[target_feature(enable = "avx2")]
pub(crate) fn forward_avx2(
    samples: &[u8],
    stride: usize,
    quantiser: &Quantiser,
    out: &mut [QuantisedBlock],
) {
    let done = avx2::forward(samples, stride, quantiser, out);
    sse41::forward(&samples[(done * 8).min(samples.len())..], stride, quantiser, &mut out[done..]);
}
