//! Macroblocks of rows into lanes and back, in SSE4.1 and AVX2, from one text.

#![allow(unsafe_code, reason = "vector loads and stores")]

use std::arch::x86_64::*;

use crate::webp_encode::Samples;

/// Columns 0, 4, 8, 12, then 1, 5, 9, 13 and so on: its own inverse.
const COLUMNS: [u8; 16] = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];

/// Writes the kernels for a level. Rows have 16 bytes, half a vector of the other kernels: both
/// levels use the same instructions.
macro_rules! kernels {
    ($feature:literal) => {
        use super::*;

        /// Transposes 4x4 numbers of 32 bits.
        #[inline]
        #[target_feature(enable = $feature)]
        fn transpose(v: [__m128i; 4]) -> [__m128i; 4] {
            let (a, b) = (_mm_unpacklo_epi32(v[0], v[1]), _mm_unpackhi_epi32(v[0], v[1]));
            let (c, d) = (_mm_unpacklo_epi32(v[2], v[3]), _mm_unpackhi_epi32(v[2], v[3]));
            [
                _mm_unpacklo_epi64(a, c),
                _mm_unpackhi_epi64(a, c),
                _mm_unpacklo_epi64(b, d),
                _mm_unpackhi_epi64(b, d),
            ]
        }

        #[inline]
        #[target_feature(enable = $feature)]
        fn load(from: &[u8]) -> __m128i {
            let from = &from[..16];
            // SAFETY: 16 readable bytes, at any alignment.
            unsafe { _mm_loadu_si128(from.as_ptr().cast()) }
        }

        #[inline]
        #[target_feature(enable = $feature)]
        fn store(value: __m128i, to: &mut [u8; 16]) {
            // SAFETY: 16 writable bytes, at any alignment.
            unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), value) }
        }

        /// See [`crate::webp_encode::lanes_from_rows`].
        #[target_feature(enable = $feature)]
        pub(crate) fn lanes_from_rows(rows: &[u8], stride: usize, out: &mut Samples) {
            let columns = load(&COLUMNS);
            for y in 0..4 {
                let mut v = [_mm_setzero_si128(); 4];
                for (block, v) in v.iter_mut().enumerate() {
                    *v = _mm_shuffle_epi8(load(&rows[(block * 4 + y) * stride..]), columns);
                }
                for (x, v) in transpose(v).into_iter().enumerate() {
                    store(v, &mut out.0[y * 4 + x]);
                }
            }
        }

        /// See [`crate::webp_encode::rows_from_lanes`].
        #[target_feature(enable = $feature)]
        pub(crate) fn rows_from_lanes(lanes: &Samples, out: &mut [[u8; 16]; 16]) {
            let columns = load(&COLUMNS);
            for y in 0..4 {
                let mut v = [_mm_setzero_si128(); 4];
                for (x, v) in v.iter_mut().enumerate() {
                    *v = load(&lanes.0[y * 4 + x]);
                }
                for (block, v) in transpose(v).into_iter().enumerate() {
                    store(_mm_shuffle_epi8(v, columns), &mut out[block * 4 + y]);
                }
            }
        }
    };
}

/// The kernels for SSE4.1.
pub(crate) mod sse41 {
    kernels!("sse4.1");
}

/// The kernels for AVX2.
pub(crate) mod avx2 {
    kernels!("avx2");
}
