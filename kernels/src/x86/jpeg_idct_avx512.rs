//! The inverse DCT to 8x8 samples with AVX-512: see the scalar one for the formulas.
//!
//! ```text
//! dequantise; pair rows (0,4) (1,5) (2,6) (3,7), each in both halves of a vector
//! columns: sums of two products, two outputs at a time, a half each; descale, pack to 16 bits
//! rows: the columns were paired so that packing leaves (0,4) (1,5) (2,6) (3,7) side by side; the same
//! pack to 8 bits, put in order
//! ```
//!
//! In place of transposes, each pass picks its inputs by one permutation of two vectors.

use std::arch::x86_64::{
    __m512i, _mm_storel_epi64, _mm_unpackhi_epi64, _mm512_add_epi32, _mm512_castsi512_si128,
    _mm512_dpwssd_epi32, _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_madd_epi16,
    _mm512_mullo_epi16, _mm512_packs_epi16, _mm512_packs_epi32, _mm512_permutex2var_epi32,
    _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setr_epi32,
    _mm512_srai_epi32, _mm512_sub_epi32, _mm512_unpackhi_epi16, _mm512_unpacklo_epi16,
    _mm512_xor_si512,
};

use super::wide::Number;
use crate::scalar::jpeg_idct::{CONST_BITS, EVEN, ODD, PASS_BITS};

/// Places of 32 bits to pick from two vectors; the second has the places from 16 on.
type Permutation = [i32; 16];

/// The places of the pairs of rows, for the columns' pass.
const ROWS: [Permutation; 4] = [of_rows(0), of_rows(1), of_rows(2), of_rows(3)];
/// The places of the pairs of columns, for the rows' pass.
const COLUMNS: [Permutation; 4] = [of_columns(0), of_columns(1), of_columns(2), of_columns(3)];

/// The lines in the order in which a pass leaves them: four of the first vector, four of the
/// second.
const LINES: [u8; 8] = [0, 4, 1, 5, 3, 7, 2, 6];

/// The place of pair `which` of rows in the interleaved rows: columns 0 to 3 in the first vector, 4
/// to 7 in the second, a quarter a pair. Columns come in the order 0, 4, 1, 5, 2, 6, 3, 7, twice.
const fn of_rows(which: i32) -> Permutation {
    let mut order = [0; 16];
    let (mut at, mut column) = (0, 0);
    while at < 16 {
        order[at] = which * 4 + column % 8 / 2 + column % 2 * 16;
        (at, column) = (at + 1, column + 1);
    }
    order
}

/// The place of pair `which` of columns in the results of the first pass: a quarter has four lines
/// of two outputs, as pairs 0 and 1 or 2 and 3. Lines come in the order of [`LINES`], twice.
const fn of_columns(which: i32) -> Permutation {
    let mut order = [0; 16];
    let (mut at, mut line) = (0, 0);
    while at < 16 {
        let quarter = line % 4 / 2 * 2 + which / 2;
        order[at] = line % 8 / 4 * 16 + quarter * 4 + line % 2 * 2 + which % 2;
        (at, line) = (at + 1, line + 1);
    }
    order
}

/// The places of the samples once they are packed to bytes, row by row.
const SAMPLES: [u8; 64] = {
    // Columns of a quarter, each with four lines.
    let columns: [[usize; 4]; 2] = [[0, 4, 3, 7], [1, 5, 2, 6]];
    let mut order = [0; 64];
    let (mut at, mut place) = (0, 0);
    while at < 64 {
        let column = columns[at / 32][at % 16 / 4];
        let line = LINES[at / 16 % 2 * 4 + at % 4] as usize;
        order[line * 8 + column] = place;
        (at, place) = (at + 1, place + 1);
    }
    order
};

/// The first 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
fn load<T: Number>(from: &[T]) -> __m512i {
    let from = &from[..64 / size_of::<T>()];
    // SAFETY: 64 readable bytes, at any alignment.
    unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
}

/// Two factors for each half, eight times.
#[inline]
#[target_feature(enable = "avx512f")]
fn factors(low: (i16, i16), high: (i16, i16)) -> __m512i {
    let pair = |(a, b): (i16, i16)| i32::from(b) << 16 | i32::from(a) & 0xFFFF;
    let (l, h) = (pair(low), pair(high));
    _mm512_setr_epi32(l, l, l, l, l, l, l, l, h, h, h, h, h, h, h, h)
}

/// Picks four inputs from two vectors.
#[inline]
#[target_feature(enable = "avx512f")]
fn pick([a, b]: [__m512i; 2], orders: &[Permutation; 4]) -> [__m512i; 4] {
    [
        _mm512_permutex2var_epi32(a, load(&orders[0]), b),
        _mm512_permutex2var_epi32(a, load(&orders[1]), b),
        _mm512_permutex2var_epi32(a, load(&orders[2]), b),
        _mm512_permutex2var_epi32(a, load(&orders[3]), b),
    ]
}

/// Eight lines of the transform at once, from pairs of inputs (0,4), (1,5), (2,6), (3,7): outputs
/// 0, 1, 4 and 5, then 3, 2, 7 and 6, descaled and packed to 16 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn transform8<const SHIFT: u32>([x04, x15, x26, x37]: [__m512i; 4]) -> [__m512i; 2] {
    let one = 1 << CONST_BITS;
    let half = _mm512_set1_epi32(1 << (SHIFT - 1));
    let base = _mm512_dpwssd_epi32(half, x04, factors((one, one), (one, -one)));
    let [[a2, a6], [b2, b6]] = EVEN;
    let turn = _mm512_madd_epi16(x26, factors((a2, a6), (b2, b6)));
    let (e01, e32) = (_mm512_add_epi32(base, turn), _mm512_sub_epi32(base, turn));
    let [a, b, c, d] = ODD;
    let o01 = _mm512_madd_epi16(x15, factors((a[0], a[2]), (b[0], b[2])));
    let o01 = _mm512_dpwssd_epi32(o01, x37, factors((a[1], a[3]), (b[1], b[3])));
    let o32 = _mm512_madd_epi16(x15, factors((d[0], d[2]), (c[0], c[2])));
    let o32 = _mm512_dpwssd_epi32(o32, x37, factors((d[1], d[3]), (c[1], c[3])));
    let r01 = _mm512_srai_epi32::<SHIFT>(_mm512_add_epi32(e01, o01));
    let r32 = _mm512_srai_epi32::<SHIFT>(_mm512_add_epi32(e32, o32));
    let r45 = _mm512_srai_epi32::<SHIFT>(_mm512_sub_epi32(e32, o32));
    let r76 = _mm512_srai_epi32::<SHIFT>(_mm512_sub_epi32(e01, o01));
    [_mm512_packs_epi32(r01, r45), _mm512_packs_epi32(r32, r76)]
}

/// The 8x8 transform.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vnni")]
pub(crate) fn idct8(
    coefficients: &[i16; 64],
    quantisation: &[i16; 64],
    out: &mut [u8],
    stride: usize,
) {
    const FIRST: u32 = (CONST_BITS - PASS_BITS).cast_unsigned();
    const SECOND: u32 = (CONST_BITS + PASS_BITS + 3).cast_unsigned();
    assert!(out.len() >= 8 && (out.len() - 8) / 7 >= stride);
    let top = _mm512_mullo_epi16(load(coefficients), load(quantisation));
    let bottom = _mm512_mullo_epi16(load(&coefficients[32..]), load(&quantisation[32..]));
    let rows = [_mm512_unpacklo_epi16(top, bottom), _mm512_unpackhi_epi16(top, bottom)];
    let columns = transform8::<FIRST>(pick(rows, &ROWS));
    let [a, b] = transform8::<SECOND>(pick(columns, &COLUMNS));
    let bytes = _mm512_permutexvar_epi8(load(&SAMPLES), _mm512_packs_epi16(a, b));
    // The bytes have a sign so far.
    let bytes = _mm512_xor_si512(bytes, _mm512_set1_epi8(-128));
    let quarters = [
        _mm512_castsi512_si128(bytes),
        _mm512_extracti32x4_epi32::<1>(bytes),
        _mm512_extracti32x4_epi32::<2>(bytes),
        _mm512_extracti32x4_epi32::<3>(bytes),
    ];
    for (at, lines) in quarters.into_iter().enumerate() {
        // SAFETY: the last line starts at 7 * stride and `out` has 8 bytes from there on.
        unsafe {
            let line = out.as_mut_ptr().add(2 * at * stride);
            _mm_storel_epi64(line.cast(), lines);
            _mm_storel_epi64(line.add(stride).cast(), _mm_unpackhi_epi64(lines, lines));
        }
    }
}
