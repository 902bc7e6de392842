//! Rows of samples with SSE4.1 and AVX2, from one text: see the scalar ones for the formulas.

/// The place among 16 samples for each of 16 bytes of pixels, where the byte is of the first
/// colour. The other colours lie one and two bytes behind.
const fn gaps(third: usize, colour: usize) -> [u8; 16] {
    let mut order = [0x80; 16];
    let mut at = 0;
    while at < 16 {
        let byte = third * 16 + at;
        if byte % 3 == colour {
            order[at] = (byte / 3).to_le_bytes()[0];
        }
        at += 1;
    }
    order
}

/// The shuffles that bring the samples of a colour to their places, zeros elsewhere: for each 16
/// bytes of 16 pixels and each colour.
const PIXELS: [[[u8; 16]; 3]; 3] = [
    [gaps(0, 0), gaps(0, 1), gaps(0, 2)],
    [gaps(1, 0), gaps(1, 1), gaps(1, 2)],
    [gaps(2, 0), gaps(2, 1), gaps(2, 2)],
];

/// Writes the kernels for a level: `$ops` has the operations on vectors of 32 bytes.
macro_rules! kernels {
    ($feature:literal, $ops:ident) => {
        use super::PIXELS;
        use crate::scalar::jpeg_rows as scalar;
        use crate::x86::wide::$ops::*;

        /// Three times a byte of `near` plus one of `far`, 32 times: 16 bits each, the results of
        /// the low 8 bytes of each half, then of the high ones.
        #[inline]
        #[target_feature(enable = $feature)]
        fn weighted(near: V, far: V) -> [V; 2] {
            let factors = all16((1 << 8) | 3);
            [madd8(low8(near, far), factors), madd8(high8(near, far), factors)]
        }

        /// Stores the left and right ones of 32 pairs by turns.
        #[inline]
        #[target_feature(enable = $feature)]
        fn store_pairs(left: [V; 2], right: [V; 2], out: &mut [u8]) {
            let low = or(left[0], left16::<8>(right[0]));
            let high = or(left[1], left16::<8>(right[1]));
            store(low_halves(low, high), out);
            store(high_halves(low, high), &mut out[32..]);
        }

        /// Adds `half` and takes off the lower bits.
        #[inline]
        #[target_feature(enable = $feature)]
        fn rounded<const BITS: i32>(sums: [V; 2], half: i16) -> [V; 2] {
            let half = all16(half);
            [
                unsigned_right16::<BITS>(add16(sums[0], half)),
                unsigned_right16::<BITS>(add16(sums[1], half)),
            ]
        }

        /// A row twice as wide.
        #[target_feature(enable = $feature)]
        pub(crate) fn upsample_wide(row: &[u8], count: usize, out: &mut [u8]) {
            let whole = if row.len() >= count + 2 { count / 32 * 32 } else { 0 };
            for at in (0..whole).step_by(32) {
                let middle = load(&row[at + 1..]);
                let left = rounded::<2>(weighted(middle, load(&row[at..])), 1);
                let right = rounded::<2>(weighted(middle, load(&row[at + 2..])), 2);
                store_pairs(left, right, &mut out[at * 2..]);
            }
            scalar::upsample_wide(&row[whole..], count - whole, &mut out[whole * 2..]);
        }

        /// Three times the first sums plus the second.
        #[inline]
        #[target_feature(enable = $feature)]
        fn thrice_plus(a: [V; 2], b: [V; 2]) -> [V; 2] {
            [
                add16(add16(a[0], left16::<1>(a[0])), b[0]),
                add16(add16(a[1], left16::<1>(a[1])), b[1]),
            ]
        }

        /// A row twice as wide, from the two that it lies between.
        #[target_feature(enable = $feature)]
        pub(crate) fn upsample_both(near: &[u8], far: &[u8], count: usize, out: &mut [u8]) {
            let enough = near.len() >= count + 2 && far.len() >= count + 2;
            let whole = if enough { count / 32 * 32 } else { 0 };
            for at in (0..whole).step_by(32) {
                let left = weighted(load(&near[at..]), load(&far[at..]));
                let middle = weighted(load(&near[at + 1..]), load(&far[at + 1..]));
                let right = weighted(load(&near[at + 2..]), load(&far[at + 2..]));
                let left = rounded::<4>(thrice_plus(middle, left), 8);
                let right = rounded::<4>(thrice_plus(middle, right), 7);
                store_pairs(left, right, &mut out[at * 2..]);
            }
            let (near, far) = (&near[whole..], &far[whole..]);
            scalar::upsample_both(near, far, count - whole, &mut out[whole * 2..]);
        }

        /// RGB pixels of YCbCr samples, 32 at a time.
        ///
        /// Factors above 1 are split into a whole part and a rest that fits 16 bits with its sign:
        /// `1.402 = 1 + 26345 / 65536`, `1.772 = 2 - 14942 / 65536`, `-0.71414 = -1 + 18734 /
        /// 65536`.
        #[target_feature(enable = $feature)]
        pub(crate) fn ycc_to_rgb(y: &[u8], cb: &[u8], cr: &[u8], out: &mut [u8]) {
            let count = (out.len() / 3).min(y.len()).min(cb.len()).min(cr.len());
            let whole = count / 32 * 32;
            for at in (0..whole).step_by(32) {
                let first = colours(&y[at..], &cb[at..], &cr[at..]);
                let next = at + 16;
                let second = colours(&y[next..], &cb[next..], &cr[next..]);
                let planes = [
                    narrow16_to_bytes(first[0], second[0]),
                    narrow16_to_bytes(first[1], second[1]),
                    narrow16_to_bytes(first[2], second[2]),
                ];
                store_pixels(planes, &mut out[at * 3..][..96]);
            }
            scalar::ycc_to_rgb(&y[whole..], &cb[whole..], &cr[whole..], &mut out[whole * 3..]);
        }

        /// The colours of 16 pixels, not clamped.
        #[inline]
        #[target_feature(enable = $feature)]
        fn colours(y: &[u8], cb: &[u8], cr: &[u8]) -> [V; 3] {
            let y = widen(y);
            let (cb, cr) = (sub16(widen(cb), all16(128)), sub16(widen(cr), all16(128)));
            // (26345 * cr + 32768) >> 16: the high half of twice the product, rounded when halved.
            let twice = multiply_high16(left16::<1>(cr), all16(26345));
            let rest = right16::<1>(add16(twice, all16(1)));
            let r = add16(add16(y, cr), rest);
            // (-14942 * cb + 32768) >> 16: pmulhrsw gives it with half the factor.
            let rest = multiply_rounded16(cb, all16(-7471));
            let b = add16(add16(y, left16::<1>(cb)), rest);
            let rest = pack32(green_rest(low16(cb, cr)), green_rest(high16(cb, cr)));
            let g = add16(sub16(y, cr), rest);
            [r, g, b]
        }

        /// `(-22554 * cb + 18734 * cr + 32768) >> 16` of pairs.
        #[inline]
        #[target_feature(enable = $feature)]
        fn green_rest(pairs: V) -> V {
            let products = madd16(pairs, all32((18734 << 16) | (-22554 & 0xFFFF)));
            right32::<16>(add32(products, all32(32768)))
        }

        /// Stores 32 pixels of three colours.
        ///
        /// Every 16 bytes of the output take bytes of each colour from one half: three shuffles
        /// that leave gaps of zeros, put together by `or`.
        #[inline]
        #[target_feature(enable = $feature)]
        fn store_pixels(planes: [V; 3], out: &mut [u8]) {
            let first = pixels(planes, &PIXELS[0]);
            let second = pixels(planes, &PIXELS[1]);
            let third = pixels(planes, &PIXELS[2]);
            store(low_halves(first, second), out);
            store(outer_halves(third, first), &mut out[32..]);
            store(high_halves(second, third), &mut out[64..]);
        }

        /// Three shuffles put together.
        #[inline]
        #[target_feature(enable = $feature)]
        fn pixels([r, g, b]: [V; 3], [x, y, z]: &[[u8; 16]; 3]) -> V {
            or(or(shuffle8(r, both(x)), shuffle8(g, both(y))), shuffle8(b, both(z)))
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
