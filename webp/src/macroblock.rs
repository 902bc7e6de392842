//! Encodes a macroblock: tries the modes, keeps the best, reconstructs.

mod blocks;
mod chroma;
mod trellis;
mod whole;

use makeready_kernels::Level;
use makeready_kernels::webp_encode::{
    Candidates, Edges, Numbers, Samples, TokenCosts, lanes_from_rows, spectrum,
};

use crate::mode_costs::ModeCosts;
use crate::probabilities::{self, kind};
use crate::quantiser::SegmentQuantiser;
use crate::tables::default_probabilities::TokenProbabilities;
use crate::tables::format::ZIGZAG;
use crate::tokens::{LUMA_DC_BLOCK, Levels, Modes, NonzeroEdge};

/// Costs of tokens by kind of block.
#[derive(Debug)]
pub(crate) struct Costs(pub(crate) [TokenCosts; 4]);

impl Costs {
    /// The costs at these probabilities.
    pub(crate) fn new(probabilities: &TokenProbabilities) -> Self {
        Self([0, 1, 2, 3].map(|kind| probabilities::token_costs(kind, &probabilities[kind])))
    }
}

/// Everything that a macroblock knows of its neighbours.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// The edges of luma and both planes of chroma.
    pub(crate) edges: [Edges; 3],
    /// The samples of luma above and to the right.
    pub(crate) top_right: [u8; 4],
    /// The modes of the blocks above and to the left.
    pub(crate) modes: [[u8; 4]; 2],
    /// Which blocks above and to the left have levels.
    pub(crate) nonzero: [NonzeroEdge; 2],
}

/// The source of a macroblock: luma of 16 rows and 16 columns, chroma of 8 and 8.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// Rows of the three planes, from the macroblock's first sample on.
    pub(crate) planes: [&'a [u8]; 3],
    /// Samples from row to row of luma; chroma has half.
    pub(crate) stride: usize,
}

/// Buffers for one macroblock after another.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) level: Level,
    pub(crate) spectra: [Numbers; 2],
    pub(crate) luma_predictions: [Samples; 4],
    pub(crate) chroma_predictions: [Samples; 2],
    candidates: [Candidates; 2],
    source: Samples,
    /// The decision.
    pub(crate) modes: Modes,
    /// Levels of the decision; blocks that are not in `nonzero` are not filled in.
    pub(crate) levels: Levels,
    /// Blocks that have levels.
    pub(crate) nonzero: u32,
    /// The reconstructed macroblock.
    pub(crate) luma: [[u8; 16]; 16],
    /// Both planes of chroma, reconstructed.
    pub(crate) chroma: [[[u8; 8]; 8]; 2],
}

/// Quantisers and costs that decisions go by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) quantiser: &'a SegmentQuantiser,
    pub(crate) costs: &'a Costs,
    pub(crate) mode_costs: &'a ModeCosts,
    pub(crate) effort: u8,
}

impl Workspace {
    /// Buffers for a level.
    pub(crate) fn new(level: Level) -> Self {
        Self {
            level,
            spectra: [Numbers::ZERO; 2],
            luma_predictions: [Samples::ZERO; 4],
            chroma_predictions: [Samples::ZERO; 2],
            candidates: [Candidates::ZERO; 2],
            source: Samples::ZERO,
            modes: Modes { segment: 0, luma: Some(0), blocks: [0; 16], chroma: 0 },
            levels: [[0; 16]; 25],
            nonzero: 0,
            luma: [[0; 16]; 16],
            chroma: [[[0; 8]; 8]; 2],
        }
    }

    /// Transforms the source.
    pub(crate) fn take_source(&mut self, source: &Source<'_>) {
        lanes_from_rows(self.level, source.planes[0], source.stride, &mut self.source);
        spectrum(self.level, &self.source, &mut self.spectra[0]);
        chroma::lanes(source, &mut self.source);
        spectrum(self.level, &self.source, &mut self.spectra[1]);
    }

    /// Decides on a macroblock whose source was taken, within `mode_bits` eighths of bits for the
    /// modes of luma.
    pub(crate) fn encode(&mut self, around: &Surroundings, rules: &Rules<'_>, mode_bits: i64) {
        self.nonzero = 0;
        let best = whole::choose(self, around, rules);
        let worth = best.distortion >= least_distortion(rules);
        if worth && blocks::choose(self, around, rules, best.score, mode_bits) {
            self.modes.luma = None;
        } else {
            whole::keep(self, best, rules);
        }
        chroma::choose(self, around, rules);
    }

    /// Takes over the levels of a lane as those of a block.
    fn keep_levels(&mut self, block: usize, levels: &Numbers, lane: usize) {
        self.levels[block] = std::array::from_fn(|at| levels.0[ZIGZAG[at]][lane]);
        self.nonzero |= 1 << block;
    }
}

/// The squared errors that a macroblock predicted as a whole must have for blocks to be tried.
fn least_distortion(rules: &Rules<'_>) -> i64 {
    let step = i64::from(rules.quantiser.luma.step[1]);
    // The errors of coefficients that are spread evenly over steps are 1/12 of their square.
    let share = match rules.effort {
        0 => return i64::MAX,
        1 => 14,
        2 => 8,
        3 => 4,
        _ => return 0,
    };
    step * step * share
}

/// Tells whether blocks are quantised by rate and distortion.
fn has_trellis(rules: &Rules<'_>) -> bool {
    rules.effort >= 5
}

/// A price: squared errors and texture, and eighths of bits.
fn score(
    quantiser: &SegmentQuantiser,
    distortion: i64,
    texture: i64,
    rate: i64,
    lambda: i64,
) -> i64 {
    distortion * 256 + texture * quantiser.lambda.texture + rate * lambda
}

/// The cost of the tokens of one block, in the order of coding.
fn block_cost(costs: &TokenCosts, levels: &[i16; 16], context: usize) -> i64 {
    let Some(last) = levels.iter().rposition(|&level| level != 0) else {
        return i64::from(costs.empty[context]);
    };
    let mut context = context;
    let mut sum = i64::from(costs.ends[last][usize::from(levels[last].unsigned_abs() > 1)]);
    for (at, level) in levels.iter().enumerate().take(last + 1) {
        let level = level.unsigned_abs();
        sum += i64::from(costs.levels[at][context][usize::from(level.min(15))]);
        context = usize::from(level.min(2));
    }
    sum
}

const _: () = assert!(LUMA_DC_BLOCK == 24 && kind::LUMA == 3);
