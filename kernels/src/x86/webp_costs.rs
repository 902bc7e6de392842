//! The cost of tokens in lanes, in SSE4.1 and AVX2, from one text.
//!
//! ```text
//! for each place in the order of coding, from the last to the first:
//!     cost of the level in each of three contexts, by a shuffle of 16 costs
//!     the one of the level before it, where this block has a level here or later
//!     where the level is the block's last: the cost of the end
//! ```

#![allow(unsafe_code, reason = "vector loads and stores")]

use crate::webp_encode::{LANES, Numbers, TokenCosts, ZIGZAG};

/// Writes the kernel for a level.
macro_rules! kernels {
    ($feature:literal, $level:ident) => {
        use super::*;
        use crate::x86::wide::$level::*;

        /// All bits of the lanes whose bit is set.
        #[inline]
        #[target_feature(enable = $feature)]
        fn expanded(mask: u16) -> V {
            const BITS: [i16; 16] = {
                let mut bits = [0; 16];
                let mut at = 0;
                while at < 16 {
                    bits[at] = (1u16 << at).cast_signed();
                    at += 1;
                }
                bits
            };
            let bits = load(&BITS);
            equal16(and(all16(mask.cast_signed()), bits), bits)
        }

        /// Masks of the levels above 0, and above 1.
        #[inline]
        #[target_feature(enable = $feature)]
        fn contexts(magnitude: V) -> [V; 2] {
            [greater16(magnitude, zero()), greater16(magnitude, all16(1))]
        }

        /// The one of three values that a context selects.
        #[inline]
        #[target_feature(enable = $feature)]
        fn selected(values: [V; 3], contexts: [V; 2]) -> V {
            blend8(blend8(values[0], values[1], contexts[0]), values[2], contexts[1])
        }

        /// See [`crate::webp_encode::token_costs`].
        #[target_feature(enable = $feature)]
        pub(crate) fn token_costs(
            levels: &Numbers,
            costs: &TokenCosts,
            with_dc: bool,
            block_contexts: [u16; 2],
            out: &mut [u16; LANES],
        ) {
            let first = usize::from(!with_dc);
            let outer = [expanded(block_contexts[0]), expanded(block_contexts[1])];
            let (mut sum, mut seen) = (zero(), zero());
            let mut at = 15;
            let mut magnitude = abs16(load(&levels.0[ZIGZAG[15]]));
            let mut own = contexts(magnitude);
            // Places behind the last level of all blocks cost nothing.
            while at > first && byte_mask(own[0]) == 0 {
                at -= 1;
                magnitude = abs16(load(&levels.0[ZIGZAG[at]]));
                own = contexts(magnitude);
            }
            loop {
                // The upper byte of each lane selects nothing.
                let index = or(min16(magnitude, all16(15)), all16(i16::MIN));
                let by_context = &costs.levels[at];
                let values = [
                    shuffle8(both(&by_context[0]), index),
                    shuffle8(both(&by_context[1]), index),
                    shuffle8(both(&by_context[2]), index),
                ];
                let [one, more] = costs.ends[at];
                let end = blend8(all16(i16::from(one)), all16(i16::from(more)), own[1]);
                sum = add16(sum, and_not(seen, and(own[0], end)));
                seen = or(seen, own[0]);
                let is_first = at == first;
                let mut before = outer;
                if !is_first {
                    magnitude = abs16(load(&levels.0[ZIGZAG[at - 1]]));
                    before = contexts(magnitude);
                }
                sum = add16(sum, and(seen, selected(values, before)));
                if is_first {
                    break;
                }
                own = before;
                at -= 1;
            }
            let [a, b, c] = costs.empty;
            let empty = [all16(i16::from(a)), all16(i16::from(b)), all16(i16::from(c))];
            sum = add16(sum, and_not(seen, selected(empty, outer)));
            store(sum, out);
        }
    };
}

/// The kernel for SSE4.1.
pub(crate) mod sse41 {
    kernels!("sse4.1", sse41);
}

/// The kernel for AVX2.
pub(crate) mod avx2 {
    kernels!("avx2", avx2);
}
