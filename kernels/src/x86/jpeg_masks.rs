//! Masks of the coefficients of a block that stand out, one bit for each, with SSE4.1 and AVX2,
//! from one text.

/// Writes the kernels for a level: `$ops` has the operations on vectors of 32 bytes.
macro_rules! kernels {
    ($feature:literal, $ops:ident) => {
        use crate::x86::wide::$ops::*;

        /// The bits of numbers that are -1; the others are 0.
        #[inline]
        #[target_feature(enable = $feature)]
        fn mask(tested: [V; 4]) -> u64 {
            let low = byte_mask(narrow16(tested[0], tested[1]));
            let high = byte_mask(narrow16(tested[2], tested[3]));
            u64::from(low) | u64::from(high) << 32
        }

        /// See [`crate::jpeg_encode::at_least`].
        #[target_feature(enable = $feature)]
        pub(crate) fn at_least(values: &[i16; 64], threshold: i16) -> u64 {
            let [a, b, c, d] = vectors(values);
            let below = all16(threshold - 1);
            mask([
                greater16(abs16(a), below),
                greater16(abs16(b), below),
                greater16(abs16(c), below),
                greater16(abs16(d), below),
            ])
        }

        /// All values, as vectors.
        #[inline]
        #[target_feature(enable = $feature)]
        fn vectors(values: &[i16; 64]) -> [V; 4] {
            [load(values), load(&values[16..]), load(&values[32..]), load(&values[48..])]
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
