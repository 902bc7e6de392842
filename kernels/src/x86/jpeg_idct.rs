//! Inverse DCTs with SSE4.1 and AVX2, from one text: see the scalar ones for the formulas.
//!
//! ```text
//! dequantise; pair rows (0,4) (2,6) (1,5) (3,7), eight columns a vector
//! columns: sums of two products (pmaddwd) in 32 bits, descale, pack to 16 bits
//! transpose; the same for the rows; transpose; pack to 8 bits
//! ```

/// Writes the kernels for a level: `$ops` has the operations on vectors of 32 bytes.
macro_rules! kernels {
    ($feature:literal, $ops:ident) => {
        use std::arch::x86_64::{
            _mm_cvtsi128_si32, _mm_extract_epi32, _mm_storel_epi64, _mm_unpackhi_epi64,
        };

        use crate::scalar::jpeg_idct::{CONST_BITS, EVEN, EVEN4, ODD, ODD2, ODD4, PASS_BITS};
        use crate::x86::wide::$ops::*;

        /// Divides by a power of two, rounding halves up.
        #[inline]
        #[target_feature(enable = $feature)]
        fn descale<const SHIFT: i32>(value: V) -> V {
            right32::<SHIFT>(add32(value, all32(1 << (SHIFT - 1))))
        }

        /// Two factors for `pmaddwd`, eight times.
        #[inline]
        #[target_feature(enable = $feature)]
        fn pair(a: i16, b: i16) -> V {
            all32(i32::from(b) << 16 | i32::from(a) & 0xFFFF)
        }

        /// Interleaves the columns of the rows in `a` with the ones in `b`: two vectors of pairs,
        /// one a row.
        #[inline]
        #[target_feature(enable = $feature)]
        fn pairs(a: V, b: V) -> [V; 2] {
            let (low, high) = (low16(a, b), high16(a, b));
            [low_halves(low, high), high_halves(low, high)]
        }

        /// Descales 8x8 values of 32 bits, packs them to 16 and transposes them: lines 0 and 4, 1
        /// and 5, 2 and 6, 3 and 7 of the result.
        #[inline]
        #[target_feature(enable = $feature)]
        fn transpose<const SHIFT: i32>(x: [V; 8]) -> [V; 4] {
            let p = [
                pack32(descale::<SHIFT>(x[0]), descale::<SHIFT>(x[4])),
                pack32(descale::<SHIFT>(x[1]), descale::<SHIFT>(x[5])),
                pack32(descale::<SHIFT>(x[2]), descale::<SHIFT>(x[6])),
                pack32(descale::<SHIFT>(x[3]), descale::<SHIFT>(x[7])),
            ];
            let (a, b) = (low16(p[0], p[1]), high16(p[0], p[1]));
            let (c, d) = (low16(p[2], p[3]), high16(p[2], p[3]));
            let (e, f) = (low32(a, c), high32(a, c));
            let (g, h) = (low32(b, d), high32(b, d));
            [low64(e, g), high64(e, g), low64(f, h), high64(f, h)]
        }

        /// Eight lines of the 8x8 transform at once, from pairs of inputs (0,4), (1,5), (2,6),
        /// (3,7). Not descaled.
        #[inline]
        #[target_feature(enable = $feature)]
        fn transform8([x04, x15, x26, x37]: [V; 4]) -> [V; 8] {
            let one = 1 << CONST_BITS;
            let sum = madd16(x04, pair(one, one));
            let difference = madd16(x04, pair(one, -one));
            let e0 = madd16(x26, pair(EVEN[0][0], EVEN[0][1]));
            let e1 = madd16(x26, pair(EVEN[1][0], EVEN[1][1]));
            let even =
                [add32(sum, e0), add32(difference, e1), sub32(difference, e1), sub32(sum, e0)];
            let odd = [
                odd_sum(x15, x37, ODD[0]),
                odd_sum(x15, x37, ODD[1]),
                odd_sum(x15, x37, ODD[2]),
                odd_sum(x15, x37, ODD[3]),
            ];
            [
                add32(even[0], odd[0]),
                add32(even[1], odd[1]),
                add32(even[2], odd[2]),
                add32(even[3], odd[3]),
                sub32(even[3], odd[3]),
                sub32(even[2], odd[2]),
                sub32(even[1], odd[1]),
                sub32(even[0], odd[0]),
            ]
        }

        /// A sum of four products, with inputs (1,5) and (3,7).
        #[inline]
        #[target_feature(enable = $feature)]
        fn odd_sum(x15: V, x37: V, c: [i16; 4]) -> V {
            add32(madd16(x15, pair(c[0], c[2])), madd16(x37, pair(c[1], c[3])))
        }

        /// The inputs of the columns' pass, dequantised: pairs of rows (0,4), (1,5), (2,6), (3,7).
        #[inline]
        #[target_feature(enable = $feature)]
        fn column_pairs(coefficients: &[i16; 64], quantisation: &[i16; 64]) -> [V; 4] {
            let r01 = multiply16(load(coefficients), load(quantisation));
            let r23 = multiply16(load(&coefficients[16..]), load(&quantisation[16..]));
            let r45 = multiply16(load(&coefficients[32..]), load(&quantisation[32..]));
            let r67 = multiply16(load(&coefficients[48..]), load(&quantisation[48..]));
            let [x04, x15] = pairs(r01, r45);
            let [x26, x37] = pairs(r23, r67);
            [x04, x15, x26, x37]
        }

        /// The 8x8 transform.
        #[target_feature(enable = $feature)]
        pub(crate) fn idct8(
            coefficients: &[i16; 64],
            quantisation: &[i16; 64],
            out: &mut [u8],
            stride: usize,
        ) {
            const COLUMNS: i32 = CONST_BITS - PASS_BITS;
            const ROWS: i32 = CONST_BITS + PASS_BITS + 3;
            assert!(out.len() >= 8 && (out.len() - 8) / 7 >= stride);
            let x = transform8(column_pairs(coefficients, quantisation));
            let x = transpose::<COLUMNS>(x);
            let x = transform8([
                interleave_halves16(x[0]),
                interleave_halves16(x[1]),
                interleave_halves16(x[2]),
                interleave_halves16(x[3]),
            ]);
            let x = transpose::<ROWS>(x);
            let [r01, r45] = halves(samples(pack16(x[0], x[1])));
            let [r23, r67] = halves(samples(pack16(x[2], x[3])));
            for (at, lines) in [r01, r23, r45, r67].into_iter().enumerate() {
                // SAFETY: the last line starts at 7 * stride and `out` has 8 bytes from there on.
                unsafe {
                    let line = out.as_mut_ptr().add(2 * at * stride);
                    _mm_storel_epi64(line.cast(), lines);
                    _mm_storel_epi64(line.add(stride).cast(), _mm_unpackhi_epi64(lines, lines));
                }
            }
        }

        /// Samples of bytes with a sign.
        #[inline]
        #[target_feature(enable = $feature)]
        fn samples(bytes: V) -> V {
            xor(bytes, all8(-128))
        }

        /// The reduced transform to 4x4.
        #[target_feature(enable = $feature)]
        pub(crate) fn idct4(
            coefficients: &[i16; 64],
            quantisation: &[i16; 64],
            out: &mut [u8],
            stride: usize,
        ) {
            const COLUMNS: i32 = CONST_BITS - PASS_BITS + 1;
            const ROWS: i32 = CONST_BITS + PASS_BITS + 3 + 1;
            assert!(out.len() >= 4 && (out.len() - 4) / 3 >= stride);
            let [x04, x15, x26, x37] = column_pairs(coefficients, quantisation);
            let base = madd16(x04, pair(2 << CONST_BITS, 0));
            let turn = madd16(x26, pair(EVEN4[0], EVEN4[1]));
            let (e0, e1) = (add32(base, turn), sub32(base, turn));
            let (o0, o1) = (odd_sum(x15, x37, ODD4[0]), odd_sum(x15, x37, ODD4[1]));
            let r0 = descale::<COLUMNS>(add32(e0, o0));
            let r1 = descale::<COLUMNS>(add32(e1, o1));
            let r2 = descale::<COLUMNS>(sub32(e1, o1));
            let r3 = descale::<COLUMNS>(sub32(e0, o0));
            // A line a half.
            let a = descale::<ROWS>(across4(narrow32(r0, r2)));
            let b = descale::<ROWS>(across4(narrow32(r1, r3)));
            // Lines 0 and 1, then 2 and 3.
            let words = pack32(a, b);
            let [r01, r23] = halves(samples(pack16(words, words)));
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

        /// One line of the 4x4 transform a half.
        #[inline]
        #[target_feature(enable = $feature)]
        fn across4(lines: V) -> V {
            const ONE: i16 = 2 << CONST_BITS;
            let [[a1, a3, a5, a7], [b1, b3, b5, b7]] = ODD4;
            let [e2, e6] = EVEN4;
            // Four of eight sums of a line: factors for each pair of its inputs, then added across.
            let s0 = madd16(lines, both(&[ONE, a1, e2, a3, 0, a5, e6, a7]));
            let s1 = madd16(lines, both(&[ONE, b1, -e2, b3, 0, b5, -e6, b7]));
            let s2 = madd16(lines, both(&[ONE, -b1, -e2, -b3, 0, -b5, -e6, -b7]));
            let s3 = madd16(lines, both(&[ONE, -a1, e2, -a3, 0, -a5, e6, -a7]));
            add_neighbours32(add_neighbours32(s0, s1), add_neighbours32(s2, s3))
        }

        /// The reduced transform to 2x2.
        #[target_feature(enable = $feature)]
        pub(crate) fn idct2(
            coefficients: &[i16; 64],
            quantisation: &[i16; 64],
            out: &mut [u8],
            stride: usize,
        ) {
            const ONE: i16 = 2 << CONST_BITS;
            const COLUMNS: i32 = CONST_BITS - PASS_BITS + 2;
            const ROWS: i32 = CONST_BITS + PASS_BITS + 3 + 2;
            assert!(out.len() >= 2 && out.len() - 2 >= stride);
            let [x04, x15, _, x37] = column_pairs(coefficients, quantisation);
            let base = left32::<1>(madd16(x04, pair(ONE, 0)));
            let odd = odd_sum(x15, x37, ODD2);
            let r0 = descale::<COLUMNS>(add32(base, odd));
            let r1 = descale::<COLUMNS>(sub32(base, odd));
            let lines = narrow32(r0, r1);
            // A line a half: the first input alone, and the sum of the odd ones.
            let [c1, c3, c5, c7] = ODD2;
            let base = madd16(lines, both(&[ONE, 0, 0, 0, 0, 0, 0, 0]));
            let odd = madd16(lines, both(&[0, c1, 0, c3, 0, c5, 0, c7]));
            let sums = add_neighbours32(left32::<1>(base), odd);
            let sums = add_neighbours32(sums, sums);
            let base = shuffle32::<0b00_00_00_00>(sums);
            let odd = shuffle32::<0b01_01_01_01>(sums);
            let both = low32(add32(base, odd), sub32(base, odd));
            let words = pack32(descale::<ROWS>(both), zero());
            let [first, second] = halves(samples(pack16(words, words)));
            let (first, second) = (_mm_cvtsi128_si32(first), _mm_cvtsi128_si32(second));
            let (first, second) = (first.to_le_bytes(), second.to_le_bytes());
            out[..2].copy_from_slice(&first[..2]);
            out[stride..stride + 2].copy_from_slice(&second[..2]);
        }
    };
}

/// The kernels for SSE4.1.
pub(crate) mod sse41 {
    kernels!("sse4.1", sse41);
}

/// The kernels for AVX2.
pub(crate) mod avx2 {
    kernels!("avx2", avx2);
}
