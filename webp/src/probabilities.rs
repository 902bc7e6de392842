//! Token probabilities: from counts, and into costs.

use makeready_kernels::webp_encode::TokenCosts;

use crate::tables::default_probabilities::{DEFAULT, TokenProbabilities};
use crate::tables::format::{BANDS, BIT_COST, CATEGORY_BASES, CATEGORY_BITS};
use crate::tables::update_probabilities::UPDATE;

/// The kinds of blocks, as RFC 6386 numbers them.
pub(crate) mod kind {
    /// Luma whose DC is coded with the macroblock's.
    pub(crate) const LUMA_WITHOUT_DC: usize = 0;
    /// The DC of the blocks of a macroblock.
    pub(crate) const LUMA_DC: usize = 1;
    /// Chroma.
    pub(crate) const CHROMA: usize = 2;
    /// Luma with its own DC.
    pub(crate) const LUMA: usize = 3;
}

/// The token that ends a block, in [`TokenCounts`].
pub(crate) const END: usize = 0;

/// How often each token was coded, by kind of block, band, context and token. Context 3 is that of
/// 0 where the flag that the block goes on is not coded: after a level of 0. Tokens are the end, 0
/// to 4, and the six categories.
#[derive(Debug, Clone)]
pub(crate) struct TokenCounts(pub(crate) [[[[u32; 12]; 4]; 8]; 4]);

impl TokenCounts {
    /// Counts of 0.
    pub(crate) const ZERO: Self = Self([[[[0; 12]; 4]; 8]; 4]);

    /// Adds other counts.
    pub(crate) fn add(&mut self, other: &Self) {
        let sums = self.0.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        for (sum, count) in
            sums.iter_mut().zip(other.0.as_flattened().as_flattened().as_flattened())
        {
            *sum += count;
        }
    }

    /// How often each branch of the token tree was 0 and 1.
    fn branches(&self, kind: usize, band: usize, context: usize) -> [[u64; 2]; 11] {
        let sum = |counts: &[u32]| counts.iter().map(|&count| u64::from(count)).sum::<u64>();
        let mut tokens = self.0[kind][band][context];
        let goes_on = [u64::from(tokens[END]), sum(&tokens[1..])];
        if context == 0 {
            for (token, count) in tokens.iter_mut().zip(self.0[kind][band][3]) {
                *token += count;
            }
        }
        let count = |at: usize| u64::from(tokens[at]);
        [
            goes_on,
            [count(1), sum(&tokens[2..])],
            [count(2), sum(&tokens[3..])],
            [sum(&tokens[3..6]), sum(&tokens[6..])],
            [count(3), sum(&tokens[4..6])],
            [count(4), count(5)],
            [sum(&tokens[6..8]), sum(&tokens[8..])],
            [count(6), count(7)],
            [sum(&tokens[8..10]), sum(&tokens[10..])],
            [count(8), count(9)],
            [count(10), count(11)],
        ]
    }

    /// The probabilities that code these counts in the fewest bits, the header included.
    pub(crate) fn probabilities(&self) -> TokenProbabilities {
        let mut best = DEFAULT;
        for (kind, bands) in best.iter_mut().enumerate() {
            for (band, contexts) in bands.iter_mut().enumerate() {
                for (context, probabilities) in contexts.iter_mut().enumerate() {
                    let branches = self.branches(kind, band, context);
                    for (at, (probability, counts)) in
                        probabilities.iter_mut().zip(branches).enumerate()
                    {
                        let update = UPDATE[kind][band][context][at];
                        *probability = better(*probability, counts, update);
                    }
                }
            }
        }
        best
    }
}

/// The probability of 0 for a number of bits of 0 and 1.
pub(crate) fn probability(counts: [u64; 2]) -> u8 {
    let total = counts[0] + counts[1];
    let scaled = (counts[0] * 256 + total / 2).checked_div(total).unwrap_or(255);
    u8::try_from(scaled.clamp(1, 255)).unwrap_or(255)
}

/// The old probability, or the one of the counts where it pays for its announcement.
fn better(old: u8, counts: [u64; 2], update: u8) -> u8 {
    let new = probability(counts);
    let cost = |probability: u8| {
        counts[0] * u64::from(bit_cost(false, probability))
            + counts[1] * u64::from(bit_cost(true, probability))
    };
    let announced = u64::from(bit_cost(true, update)) + 8 * 256;
    let kept = u64::from(bit_cost(false, update));
    if cost(new) + announced < cost(old) + kept { new } else { old }
}

/// The cost of a bit in 1/256 bit.
pub(crate) fn bit_cost(bit: bool, probability: u8) -> u16 {
    let index = if bit { 256 - usize::from(probability) } else { usize::from(probability) };
    BIT_COST[index.min(255)]
}

/// The cost of a level in 1/256 bit, its sign included and the flag that the block goes on left
/// out.
pub(crate) fn level_cost(level: u16, p: &[u8; 11]) -> u32 {
    let cost =
        |bits: &[(bool, u8)]| bits.iter().map(|&(bit, p)| u32::from(bit_cost(bit, p))).sum::<u32>();
    if level == 0 {
        return cost(&[(false, p[1])]);
    }
    let more = |bits| 256 + cost(&[(true, p[1]), (true, p[2])]) + cost(bits);
    match level {
        1 => 256 + cost(&[(true, p[1]), (false, p[2])]),
        2 => more(&[(false, p[3]), (false, p[4])]),
        3 | 4 => more(&[(false, p[3]), (true, p[4]), (level == 4, p[5])]),
        _ => {
            let category = category(level);
            let (high, low) = (category >= 4, category % 2 == 1);
            let tree = match category {
                0 | 1 => more(&[(true, p[3]), (false, p[6]), (low, p[7])]),
                _ => more(&[
                    (true, p[3]),
                    (true, p[6]),
                    (high, p[8]),
                    (low, p[if high { 10 } else { 9 }]),
                ]),
            };
            let extra = CATEGORY_BITS[category];
            let rest = level - CATEGORY_BASES[category];
            let bits = extra.iter().rev().enumerate();
            tree + bits.map(|(at, &p)| u32::from(bit_cost(rest >> at & 1 == 1, p))).sum::<u32>()
        }
    }
}

/// The category of a level of 5 or more.
pub(crate) fn category(level: u16) -> usize {
    CATEGORY_BASES.iter().rposition(|&base| level >= base).unwrap_or(0)
}

/// The costs of the tokens of one kind of block.
pub(crate) fn token_costs(kind: usize, probabilities: &[[[u8; 11]; 3]; 8]) -> TokenCosts {
    let first = usize::from(kind == kind::LUMA_WITHOUT_DC);
    let eighths = |cost: u32| u8::try_from((cost + 16) / 32).unwrap_or(u8::MAX);
    let flag = |bit: bool, band: usize, context: usize| {
        u32::from(bit_cost(bit, probabilities[band][context][0]))
    };
    let mut costs = TokenCosts { levels: [[[0; 16]; 3]; 16], ends: [[0; 2]; 16], empty: [0; 3] };
    for at in first..16 {
        let band = BANDS[at];
        for (context, p) in probabilities[band].iter().enumerate() {
            let coded = context > 0 || at == first;
            let goes_on = if coded { flag(true, band, context) } else { 0 };
            for (level, cost) in costs.levels[at][context].iter_mut().enumerate() {
                let level = u16::try_from(level).unwrap_or(15);
                *cost = eighths(goes_on + level_cost(level, p));
            }
        }
        if at < 15 {
            let next = BANDS[at + 1];
            costs.ends[at] = [eighths(flag(false, next, 1)), eighths(flag(false, next, 2))];
        }
    }
    costs.empty = std::array::from_fn(|context| eighths(flag(false, BANDS[first], context)));
    costs
}
