//! Intra prediction in lanes, in SSE4.1 and AVX2, from one text.

#![allow(unsafe_code, reason = "vector loads and stores")]

use std::arch::x86_64::*;

use crate::webp_encode::{Edges, SUBBLOCK_SOURCES, Samples};

/// The sources of a 4x4 prediction as shuffles of the three groups of 16 candidates, zeros where
/// a candidate is of another group.
const SHUFFLES: [[[u8; 16]; 3]; 16] = {
    let mut shuffles = [[[0x80; 16]; 3]; 16];
    let mut at = 0;
    while at < 16 {
        let mut lane = 0;
        while lane < 16 {
            let source = SUBBLOCK_SOURCES[at][lane];
            shuffles[at][source as usize / 16][lane] = source % 16;
            lane += 1;
        }
        at += 1;
    }
    shuffles
};

/// Column `x` of the four blocks of each row of blocks.
const fn columns(x: u8) -> [u8; 16] {
    let mut shuffle = [0; 16];
    let mut lane = 0;
    while lane < 16 {
        #[allow(clippy::cast_possible_truncation, reason = "0 to 3")]
        let block = (lane % 4) as u8;
        shuffle[lane] = block * 4 + x;
        lane += 1;
    }
    shuffle
}

/// Row `y` of the block in each lane.
const fn rows(y: u8) -> [u8; 16] {
    let mut shuffle = [0; 16];
    let mut lane = 0;
    while lane < 16 {
        #[allow(clippy::cast_possible_truncation, reason = "0 to 3")]
        let block = (lane / 4) as u8;
        shuffle[lane] = block * 4 + y;
        lane += 1;
    }
    shuffle
}

const COLUMNS: [[u8; 16]; 4] = [columns(0), columns(1), columns(2), columns(3)];
const ROWS: [[u8; 16]; 4] = [rows(0), rows(1), rows(2), rows(3)];

/// Two planes of 2x2 blocks, twice: columns and rows of each lane's block, of a vector with 8
/// samples of the first plane and 8 of the second.
const fn chroma(step: usize, offset: u8) -> [u8; 16] {
    let mut shuffle = [0; 16];
    let mut lane = 0;
    while lane < 16 {
        #[allow(clippy::cast_possible_truncation, reason = "0 to 12")]
        let start = (lane % 8 / 4 * 8 + lane / step % 2 * 4) as u8;
        shuffle[lane] = start + offset;
        lane += 1;
    }
    shuffle
}

const CHROMA_COLUMNS: [[u8; 16]; 4] = [chroma(1, 0), chroma(1, 1), chroma(1, 2), chroma(1, 3)];
const CHROMA_ROWS: [[u8; 16]; 4] = [chroma(2, 0), chroma(2, 1), chroma(2, 2), chroma(2, 3)];

/// Writes the kernels for a level; both use vectors of 16 bytes, a byte a lane.
macro_rules! kernels {
    ($feature:literal) => {
        use super::*;

        #[inline]
        #[target_feature(enable = $feature)]
        fn load(from: &[u8; 16]) -> __m128i {
            // SAFETY: 16 readable bytes, at any alignment.
            unsafe { _mm_loadu_si128(from.as_ptr().cast()) }
        }

        #[inline]
        #[target_feature(enable = $feature)]
        fn store(value: __m128i, to: &mut [u8; 16]) {
            // SAFETY: 16 writable bytes, at any alignment.
            unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), value) }
        }

        /// `top + left - corner`, held to bytes; the difference is given as 16-bit halves.
        #[inline]
        #[target_feature(enable = $feature)]
        fn motion(top: __m128i, slope: [__m128i; 2]) -> __m128i {
            let zero = _mm_setzero_si128();
            _mm_packus_epi16(
                _mm_add_epi16(_mm_unpacklo_epi8(top, zero), slope[0]),
                _mm_add_epi16(_mm_unpackhi_epi8(top, zero), slope[1]),
            )
        }

        /// `left - corner` as 16-bit halves.
        #[inline]
        #[target_feature(enable = $feature)]
        fn slope(left: __m128i, corner: __m128i) -> [__m128i; 2] {
            let zero = _mm_setzero_si128();
            [
                _mm_sub_epi16(_mm_unpacklo_epi8(left, zero), _mm_unpacklo_epi8(corner, zero)),
                _mm_sub_epi16(_mm_unpackhi_epi8(left, zero), _mm_unpackhi_epi8(corner, zero)),
            ]
        }

        /// See [`crate::webp_encode::predict_subblock`].
        #[target_feature(enable = $feature)]
        pub(crate) fn predict_subblock(edge: &[u8; 16], out: &mut Samples) {
            let mut ends = *edge;
            (ends[13], ends[14], ends[15]) = (edge[12], edge[12], edge[12]);
            let v = load(&ends);
            let after = _mm_srli_si128::<1>(v);
            let first = _mm_setr_epi8(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
            let before = _mm_shuffle_epi8(v, first);
            // The mean of the outer two, rounded down, then with the middle one, rounded up.
            let odd = _mm_and_si128(_mm_xor_si128(before, after), _mm_set1_epi8(1));
            let outer = _mm_sub_epi8(_mm_avg_epu8(before, after), odd);
            let means_of_3 = _mm_avg_epu8(v, outer);
            let means_of_2 = _mm_avg_epu8(v, after);
            let sum = _mm_sad_epu8(
                _mm_shuffle_epi8(
                    v,
                    _mm_setr_epi8(0, 1, 2, 3, 5, 6, 7, 8, -1, -1, -1, -1, -1, -1, -1, -1),
                ),
                _mm_setzero_si128(),
            );
            let dc = (_mm_cvtsi128_si32(sum) + 4) >> 3;
            let single = _mm_insert_epi8::<13>(means_of_2, dc);
            let single = _mm_insert_epi8::<12>(single, i32::from(edge[0]));
            let top =
                _mm_shuffle_epi8(v, _mm_setr_epi8(5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8));
            let left =
                _mm_shuffle_epi8(v, _mm_setr_epi8(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0));
            let corner = _mm_shuffle_epi8(v, _mm_set1_epi8(4));
            let motion = motion(top, slope(left, corner));
            for (out, shuffles) in out.0.iter_mut().zip(&SHUFFLES) {
                let a = _mm_shuffle_epi8(means_of_3, load(&shuffles[0]));
                let b = _mm_shuffle_epi8(single, load(&shuffles[1]));
                let c = _mm_shuffle_epi8(motion, load(&shuffles[2]));
                store(_mm_or_si128(_mm_or_si128(a, b), c), out);
            }
        }

        /// See [`crate::webp_encode::predict_luma`].
        #[target_feature(enable = $feature)]
        pub(crate) fn predict_luma(edges: &Edges, out: &mut [Samples; 4]) {
            let (top, left) = (load(&edges.top), load(&edges.left));
            let corner = _mm_set1_epi8(edges.corner.cast_signed());
            let dc = _mm_set1_epi8(edges.dc.cast_signed());
            for y in 0..4 {
                let left = _mm_shuffle_epi8(left, load(&ROWS[y]));
                let slope = slope(left, corner);
                for x in 0..4 {
                    let top = _mm_shuffle_epi8(top, load(&COLUMNS[x]));
                    let at = y * 4 + x;
                    store(dc, &mut out[0].0[at]);
                    store(top, &mut out[1].0[at]);
                    store(left, &mut out[2].0[at]);
                    store(motion(top, slope), &mut out[3].0[at]);
                }
            }
        }

        /// See [`crate::webp_encode::predict_chroma`].
        #[target_feature(enable = $feature)]
        pub(crate) fn predict_chroma(edges: &[Edges; 2], out: &mut [Samples; 2]) {
            let [blue, red] = edges;
            let top = _mm_unpacklo_epi64(load(&blue.top), load(&red.top));
            let left = _mm_unpacklo_epi64(load(&blue.left), load(&red.left));
            let planes = |blue: u8, red: u8| {
                let (blue, red) = (u32::from(blue) * 0x0101_0101, u32::from(red) * 0x0101_0101);
                let (blue, red) = (blue.cast_signed(), red.cast_signed());
                _mm_setr_epi32(blue, red, blue, red)
            };
            let corner = planes(blue.corner, red.corner);
            let dc = planes(blue.dc, red.dc);
            for y in 0..4 {
                let left = _mm_shuffle_epi8(left, load(&CHROMA_ROWS[y]));
                let slope = slope(left, corner);
                for x in 0..4 {
                    let top = _mm_shuffle_epi8(top, load(&CHROMA_COLUMNS[x]));
                    let at = y * 4 + x;
                    store(_mm_unpacklo_epi64(dc, top), &mut out[0].0[at]);
                    store(_mm_unpacklo_epi64(left, motion(top, slope)), &mut out[1].0[at]);
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
