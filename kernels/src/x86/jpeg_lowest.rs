//! The transform of the lowest 4x4 coefficients with SSE4.1, and the same text compiled for AVX2: a
//! block fills no wider vectors.

/// Writes the kernel for a level.
macro_rules! kernels {
    ($feature:literal) => {
        use std::arch::x86_64::*;

        use crate::scalar::jpeg_idct::{CONST_BITS, EVEN, PASS_BITS};

        /// Two rows of four of eight.
        #[inline]
        #[target_feature(enable = $feature)]
        fn two_rows(rows: &[i16; 64], first: usize) -> __m128i {
            let rows = &rows[first * 8..first * 8 + 12];
            // SAFETY: 8 bytes at the start of the rows, and 8 behind the first row.
            unsafe {
                let upper = _mm_loadl_epi64(rows.as_ptr().cast());
                let lower = _mm_loadl_epi64(rows.as_ptr().add(8).cast());
                _mm_unpacklo_epi64(upper, lower)
            }
        }

        /// Two factors for `pmaddwd`, four times.
        #[inline]
        #[target_feature(enable = $feature)]
        fn pair(a: i16, b: i16) -> __m128i {
            _mm_set1_epi32(i32::from(b) << 16 | i32::from(a) & 0xFFFF)
        }

        /// Four lines of the transform at once, from pairs of inputs (0,2) and (1,3): four values a
        /// line, the first two of all lines, then the others.
        #[inline]
        #[target_feature(enable = $feature)]
        fn lines<const SHIFT: i32>(x02: __m128i, x13: __m128i) -> [__m128i; 2] {
            let one = 1 << CONST_BITS;
            let half = _mm_set1_epi32(1 << (SHIFT - 1));
            let sum = _mm_add_epi32(_mm_madd_epi16(x02, pair(one, one)), half);
            let difference = _mm_add_epi32(_mm_madd_epi16(x02, pair(one, -one)), half);
            let e0 = _mm_madd_epi16(x13, pair(EVEN[0][0], EVEN[0][1]));
            let e1 = _mm_madd_epi16(x13, pair(EVEN[1][0], EVEN[1][1]));
            let a = _mm_srai_epi32::<SHIFT>(_mm_add_epi32(sum, e0));
            let b = _mm_srai_epi32::<SHIFT>(_mm_add_epi32(difference, e1));
            let c = _mm_srai_epi32::<SHIFT>(_mm_sub_epi32(difference, e1));
            let d = _mm_srai_epi32::<SHIFT>(_mm_sub_epi32(sum, e0));
            [_mm_packs_epi32(a, b), _mm_packs_epi32(c, d)]
        }

        /// The transform of the lowest 4x4 coefficients.
        #[target_feature(enable = $feature)]
        pub(crate) fn lowest4(
            coefficients: &[i16; 64],
            quantisation: &[i16; 64],
            out: &mut [u8],
            stride: usize,
        ) {
            let r01 = _mm_mullo_epi16(two_rows(coefficients, 0), two_rows(quantisation, 0));
            let r23 = _mm_mullo_epi16(two_rows(coefficients, 2), two_rows(quantisation, 2));
            let (r02, r13) = (_mm_unpacklo_epi16(r01, r23), _mm_unpackhi_epi16(r01, r23));
            let [r01, r23] = lines::<{ CONST_BITS - PASS_BITS }>(r02, r13);
            // In each row columns 0 and 2 first, then 1 and 3, those of both rows side by side.
            let order = _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
            let (r01, r23) = (_mm_shuffle_epi8(r01, order), _mm_shuffle_epi8(r23, order));
            let (c02, c13) = (_mm_unpacklo_epi64(r01, r23), _mm_unpackhi_epi64(r01, r23));
            let [c01, c23] = lines::<{ CONST_BITS + PASS_BITS + 3 }>(c02, c13);
            let columns = _mm_xor_si128(_mm_packs_epi16(c01, c23), _mm_set1_epi8(-128));
            let transposed = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
            let rows = _mm_shuffle_epi8(columns, transposed);
            let rows = [
                _mm_cvtsi128_si32(rows),
                _mm_extract_epi32::<1>(rows),
                _mm_extract_epi32::<2>(rows),
                _mm_extract_epi32::<3>(rows),
            ];
            let out = &mut out[..3 * stride + 4];
            for (at, row) in rows.into_iter().enumerate() {
                out[at * stride..at * stride + 4].copy_from_slice(&row.to_le_bytes());
            }
        }
    };
}

/// The kernel for SSE4.1.
pub(crate) mod sse41 {
    kernels!("sse4.1");
}

/// The kernel for AVX2.
pub(crate) mod avx2 {
    kernels!("avx2");
}
