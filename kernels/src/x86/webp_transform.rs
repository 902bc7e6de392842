//! Transforms, quantisation and reconstruction in lanes, in SSE4.1 and AVX2, from one text.
//!
//! A vector is one position of 16 blocks, 16 bits each, so that both passes of a transform are
//! plain additions and multiplications of whole vectors.

#![allow(unsafe_code, reason = "vector loads and stores")]

use crate::webp_encode::{
    Activity, Candidates, Numbers, Samples, Steps, TEXTURE_WEIGHTS,
    scalar::{COSINE, SINE},
};

/// Writes the kernels for a level.
macro_rules! kernels {
    ($feature:literal, $level:ident) => {
        use super::*;
        use crate::x86::wide::$level::*;

        /// The DCT of four numbers, without scaling.
        #[inline]
        #[target_feature(enable = $feature)]
        fn forward(v: [V; 4]) -> [V; 4] {
            let (a, b) = (add16(v[0], v[3]), add16(v[1], v[2]));
            let (c, d) = (sub16(v[1], v[2]), sub16(v[0], v[3]));
            let (sine, cosine) = (all16(SINE), all16(COSINE));
            [
                add16(a, b),
                add16(add16(multiply_rounded16(c, sine), d), multiply_rounded16(d, cosine)),
                sub16(a, b),
                sub16(sub16(multiply_rounded16(d, sine), c), multiply_rounded16(c, cosine)),
            ]
        }

        /// The spectrum of samples.
        #[inline]
        #[target_feature(enable = $feature)]
        fn transformed(samples: &Samples) -> [V; 16] {
            let mut v = [zero(); 16];
            for y in 0..4 {
                let row = &samples.0[y * 4..][..4];
                let row = forward([
                    left16::<3>(widen(&row[0])),
                    left16::<3>(widen(&row[1])),
                    left16::<3>(widen(&row[2])),
                    left16::<3>(widen(&row[3])),
                ]);
                v[y * 4..][..4].copy_from_slice(&row);
            }
            for x in 0..4 {
                let column = forward([v[x], v[4 + x], v[8 + x], v[12 + x]]);
                (v[x], v[4 + x], v[8 + x], v[12 + x]) =
                    (column[0], column[1], column[2], column[3]);
            }
            v
        }

        /// See [`crate::webp_encode::spectrum`].
        #[target_feature(enable = $feature)]
        pub(crate) fn spectrum(samples: &Samples, out: &mut Numbers) {
            for (to, value) in out.0.iter_mut().zip(transformed(samples)) {
                store(value, to);
            }
        }

        /// See [`crate::webp_encode::activity`].
        #[target_feature(enable = $feature)]
        pub(crate) fn activity(source: &Numbers, prediction: &Samples) -> [Activity; 2] {
            let predicted = transformed(prediction);
            let mut largest = zero();
            let mut counts = [zero(); 4];
            for (source, predicted) in source.0.iter().zip(predicted) {
                let difference = add16(sub16(load(source), predicted), all16(8));
                let size = unsigned_right16::<3>(abs16(right16::<4>(difference)));
                largest = max16(largest, size);
                counts[0] = sub16(counts[0], equal16(size, zero()));
                counts[1] = sub16(counts[1], equal16(size, all16(1)));
                counts[2] = sub16(counts[2], equal16(size, all16(2)));
                counts[3] = sub16(counts[3], equal16(size, all16(3)));
            }
            let mut lanes = [[0i16; 16]; 5];
            store(largest, &mut lanes[4]);
            for (to, count) in lanes.iter_mut().zip(counts) {
                store(count, to);
            }
            let mut out = [Activity::default(); 2];
            for (half, out) in out.iter_mut().enumerate() {
                for (sum, lanes) in out.counts.iter_mut().zip(&lanes) {
                    *sum = lanes[half * 8..][..8].iter().sum::<i16>().cast_unsigned();
                }
                let lanes = lanes[4][half * 8..][..8].iter();
                out.largest = lanes.fold(0, |most, &size| most.max(size)).min(31).cast_unsigned();
            }
            out
        }

        /// Sums of the products of two neighbouring positions, in two parts of the lanes.
        #[inline]
        #[target_feature(enable = $feature)]
        fn add_products(sums: [V; 2], a: [V; 2], b: [V; 2]) -> [V; 2] {
            let low = madd16(low16(a[0], a[1]), low16(b[0], b[1]));
            let high = madd16(high16(a[0], a[1]), high16(b[0], b[1]));
            [add32(sums[0], low), add32(sums[1], high)]
        }

        /// Writes sums in the order of lanes.
        #[inline]
        #[target_feature(enable = $feature)]
        fn store_sums(sums: [V; 2], out: &mut [i32; 16]) {
            store(low_halves(sums[0], sums[1]), &mut out[..8]);
            store(high_halves(sums[0], sums[1]), &mut out[8..]);
        }

        /// A quantised position: level, error and magnitude lost.
        #[inline]
        #[target_feature(enable = $feature)]
        fn quantised(source: V, predicted: V, steps: &Steps, at: usize) -> [V; 3] {
            let coefficient = right16::<4>(add16(sub16(source, predicted), all16(8)));
            let biased = add16(abs16(coefficient), all16(steps.bias[at].cast_signed()));
            let reciprocal = all16(steps.reciprocal[at].cast_signed());
            let level = sign16(multiply_high_unsigned16(biased, reciprocal), coefficient);
            let error = sub16(coefficient, multiply16(level, all16(steps.step[at])));
            let whole = right16::<4>(add16(source, all16(8)));
            [level, error, sub16(abs16(whole), abs16(sub16(whole, error)))]
        }

        /// See [`crate::webp_encode::quantise`].
        #[target_feature(enable = $feature)]
        pub(crate) fn quantise(
            source: &Numbers,
            prediction: &Samples,
            steps: &Steps,
            with_dc: bool,
            out: &mut Candidates,
        ) {
            let predicted = transformed(prediction);
            let mut distortion = [zero(); 2];
            let mut texture = [zero(); 2];
            let mut any = zero();
            for at in (0..16).step_by(2) {
                let mut first = quantised(load(&source.0[at]), predicted[at], steps, at);
                if at == 0 && !with_dc {
                    let difference = add16(sub16(load(&source.0[0]), predicted[0]), all16(8));
                    store(right16::<4>(difference), &mut out.levels.0[0]);
                    first = [zero(); 3];
                } else {
                    store(first[0], &mut out.levels.0[at]);
                }
                let second = quantised(load(&source.0[at + 1]), predicted[at + 1], steps, at + 1);
                store(second[0], &mut out.levels.0[at + 1]);
                any = or(any, or(first[0], second[0]));
                let errors = [first[1], second[1]];
                distortion = add_products(distortion, errors, errors);
                let weights = [all16(TEXTURE_WEIGHTS[at]), all16(TEXTURE_WEIGHTS[at + 1])];
                texture = add_products(texture, [first[2], second[2]], weights);
            }
            store_sums(distortion, &mut out.distortion);
            store_sums(texture, &mut out.texture);
            let zeros = equal16(any, zero());
            #[allow(clippy::cast_possible_truncation, reason = "the lower half")]
            let mask = byte_mask(narrow16(zeros, zeros)) as u16;
            out.nonzero = !mask;
        }

        /// The inverse DCT of four numbers: RFC 6386, section 14.3. 35,468 does not fit 16 bits
        /// with a sign: 65,536 less, and the number itself once more.
        #[inline]
        #[target_feature(enable = $feature)]
        fn inverse(v: [V; 4]) -> [V; 4] {
            let (a, b) = (add16(v[0], v[2]), sub16(v[0], v[2]));
            let (large, small) = (all16(20091), all16(-30068));
            let c = sub16(
                add16(multiply_high16(v[1], small), v[1]),
                add16(multiply_high16(v[3], large), v[3]),
            );
            let d = add16(
                add16(multiply_high16(v[1], large), v[1]),
                add16(multiply_high16(v[3], small), v[3]),
            );
            [add16(a, d), add16(b, c), sub16(b, c), sub16(a, d)]
        }

        /// See [`crate::webp_encode::reconstruct`].
        #[target_feature(enable = $feature)]
        pub(crate) fn reconstruct(
            prediction: &Samples,
            levels: &Numbers,
            steps: &[i16; 16],
            out: &mut Samples,
        ) {
            let mut v = [zero(); 16];
            for ((v, level), &step) in v.iter_mut().zip(&levels.0).zip(steps) {
                *v = multiply16(load(level), all16(step));
            }
            for x in 0..4 {
                let column = inverse([v[x], v[4 + x], v[8 + x], v[12 + x]]);
                (v[x], v[4 + x], v[8 + x], v[12 + x]) =
                    (column[0], column[1], column[2], column[3]);
            }
            let rows = v.as_chunks::<4>().0.iter().zip(prediction.0.as_chunks::<4>().0);
            for ((v, prediction), out) in rows.zip(out.0.as_chunks_mut::<4>().0) {
                let row = inverse([add16(v[0], all16(4)), v[1], v[2], v[3]]);
                let a = add16(widen(&prediction[0]), right16::<3>(row[0]));
                let b = add16(widen(&prediction[1]), right16::<3>(row[1]));
                let c = add16(widen(&prediction[2]), right16::<3>(row[2]));
                let d = add16(widen(&prediction[3]), right16::<3>(row[3]));
                let out = out.as_flattened_mut();
                store(narrow16_to_bytes(a, b), out);
                store(narrow16_to_bytes(c, d), &mut out[32..]);
            }
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
