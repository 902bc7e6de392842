//! Quantisation by rate and distortion: of the two levels around each coefficient, and the places
//! where a block may end, the ones of the lowest price together.
//!
//! Dynamic programming over the three contexts of tokens (Viterbi), after the trellis that H.264
//! encoders and libwebp use.

use makeready_kernels::webp_encode::{Candidates, Numbers, Samples, Steps, TokenCosts, spectrum};

use crate::tables::format::ZIGZAG;

/// The price of a path and its last step.
#[derive(Debug, Clone, Copy)]
struct Node {
    price: i64,
    /// The level here, without its sign.
    level: i16,
    /// The context that the level was coded in.
    from: usize,
}

const NOWHERE: Node = Node { price: i64::MAX / 2, level: 0, from: 0 };

/// Weights of squared errors in 1/256, by position: low frequencies are seen most. By SSIMULACRA2,
/// equal weights gain nothing over plain rounding, and these 1.8 % of the bytes.
const WEIGHTS: [i64; 16] =
    [832, 568, 328, 208, 568, 448, 280, 184, 328, 280, 208, 160, 208, 184, 160, 136];

/// Steps and costs that blocks are quantised by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trellis<'a> {
    pub(crate) costs: &'a TokenCosts,
    pub(crate) steps: &'a Steps,
    /// The price of 1/8 bit in 1/256 of the squared error.
    pub(crate) lambda: i64,
    /// The place of the first level: 1 where DC is left out.
    pub(crate) first: usize,
}

impl Trellis<'_> {
    /// Quantises the coefficients of a block, in the order of coding; `None` where no level is
    /// best.
    pub(crate) fn quantise(&self, coefficients: &[i16; 16], context: usize) -> Option<[i16; 16]> {
        let (costs, first) = (self.costs, self.first);
        let step = |at: usize| i64::from(self.steps.step[usize::from(at > 0)]);
        let size = |at: usize| i64::from(coefficients[at].unsigned_abs());
        let last = (first..16).rev().find(|&at| size(at) * 2 > step(at))?;
        let mut nodes = [[NOWHERE; 3]; 17];
        nodes[first][context].price = 0;
        // All errors count from those of a block without levels.
        let mut best = (i64::from(costs.empty[context]) * self.lambda, None);
        for at in first..=last {
            let (size, step) = (size(at), step(at));
            let lower = size / step;
            let weight = WEIGHTS[ZIGZAG[at]];
            for level in lower..=lower + i64::from((size - lower * step) * 4 > step) {
                let error = (size - level * step).pow(2) - size.pow(2);
                let short = i16::try_from(level).unwrap_or(i16::MAX);
                let index = usize::try_from(level.min(15)).unwrap_or(15);
                let next = index.min(2);
                for from in 0..3 {
                    let rate = i64::from(costs.levels[at][from][index]);
                    let price = nodes[at][from].price + error * weight + rate * self.lambda;
                    if price < nodes[at + 1][next].price {
                        nodes[at + 1][next] = Node { price, level: short, from };
                    }
                }
            }
            for (context, node) in nodes[at + 1].iter().enumerate().skip(1) {
                let end = i64::from(costs.ends[at][context - 1]);
                let price = node.price + end * self.lambda;
                if price < best.0 {
                    best = (price, Some((at, context)));
                }
            }
        }
        let (last, mut context) = best.1?;
        let mut levels = [0; 16];
        for at in (first..=last).rev() {
            let node = nodes[at + 1][context];
            levels[at] = if coefficients[at] < 0 { -node.level } else { node.level };
            context = node.from;
        }
        Some(levels)
    }

    /// Quantises one lane of candidates anew, and brings its errors up to date; gives back the
    /// levels, in the order of coding.
    pub(crate) fn refine(
        &self,
        coefficients: &Numbers,
        lane: usize,
        context: usize,
        candidates: &mut Candidates,
    ) -> [i16; 16] {
        let coefficients = ZIGZAG.map(|place| coefficients.0[place][lane]);
        let path = self.quantise(&coefficients, context);
        let levels = path.unwrap_or([0; 16]);
        let mut distortion = 0;
        for (at, &place) in ZIGZAG.iter().enumerate().skip(self.first) {
            candidates.levels.0[place][lane] = levels[at];
            let restored = i32::from(levels[at]) * i32::from(self.steps.step[place]);
            distortion += (i32::from(coefficients[at]) - restored).pow(2);
        }
        candidates.distortion[lane] = distortion;
        let bit = 1 << lane;
        candidates.nonzero = candidates.nonzero & !bit | if path.is_some() { bit } else { 0 };
        levels
    }
}

/// The coefficients of the differences of a source and a prediction.
pub(crate) fn differences(
    level: makeready_kernels::Level,
    source: &Numbers,
    prediction: &Samples,
) -> Numbers {
    let mut differences = Numbers::ZERO;
    spectrum(level, prediction, &mut differences);
    for (to, from) in differences.0.iter_mut().zip(&source.0) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = from.wrapping_sub(*to).wrapping_add(8) >> 4;
        }
    }
    differences
}
