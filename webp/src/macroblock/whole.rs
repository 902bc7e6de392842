//! Luma predicted as a whole: 16x16 modes.

use makeready_kernels::webp_encode::{
    Numbers, Samples, predict_luma, quantise, reconstruct, rows_from_lanes, token_costs,
};

use super::trellis::{Trellis, differences};
use super::{Rules, Surroundings, Workspace, block_cost, has_trellis, score};
use crate::probabilities::kind;
use crate::quantiser::LumaDcSteps;
use crate::tables::format::ZIGZAG;
use crate::tokens::LUMA_DC_BLOCK;

/// The best mode of a macroblock. Its levels are in the first candidates.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The price, at the exchange rate of the choice between a whole macroblock and blocks.
    pub(crate) score: i64,
    /// The squared errors of the coefficients.
    pub(crate) distortion: i64,
    mode: u8,
    dc: LumaDc,
}

/// The DC of the blocks of a macroblock.
#[derive(Debug, Clone, Copy)]
struct LumaDc {
    /// Levels in the order of coding.
    levels: [i16; 16],
    /// The DC coefficients that a decoder makes of them.
    coefficients: [i16; 16],
}

/// Tries all modes.
pub(crate) fn choose(work: &mut Workspace, around: &Surroundings, rules: &Rules<'_>) -> Choice {
    predict_luma(work.level, &around.edges[0], &mut work.luma_predictions);
    let quantiser = rules.quantiser;
    let mut best: Option<(i64, Choice)> = None;
    for mode in 0..4u8 {
        let prediction = &work.luma_predictions[usize::from(mode)];
        let [kept, candidates] = &mut work.candidates;
        quantise(work.level, &work.spectra[0], prediction, &quantiser.luma, false, candidates);
        let (dc, error) = code_dc(&candidates.levels.0[0], &quantiser.luma_dc);
        let contexts = contexts(candidates.nonzero, around);
        let costs = &rules.costs.0[kind::LUMA_WITHOUT_DC];
        let mut block_costs = [0; 16];
        token_costs(work.level, &candidates.levels, costs, false, contexts, &mut block_costs);
        let context = around.nonzero[0].get(8) + around.nonzero[1].get(8);
        let rate = block_costs.iter().map(|&cost| i64::from(cost)).sum::<i64>()
            + block_cost(&rules.costs.0[kind::LUMA_DC], &dc.levels, context)
            + i64::from(rules.mode_costs.whole[usize::from(mode)]);
        let distortion =
            candidates.distortion.iter().map(|&error| i64::from(error)).sum::<i64>() + error;
        let texture =
            candidates.texture.iter().map(|&texture| i64::from(texture.abs())).sum::<i64>();
        let lambda = &quantiser.lambda;
        let total = score(quantiser, distortion, texture, rate, lambda.whole);
        if best.as_ref().is_none_or(|(best, _)| total < *best) {
            let score = score(quantiser, distortion, texture, rate, lambda.choice);
            best = Some((total, Choice { score, distortion, mode, dc }));
            std::mem::swap(kept, candidates);
        }
    }
    let choice = best.map(|(_, choice)| choice).expect("four modes");
    if has_trellis(rules) { refine(work, choice, around, rules) } else { choice }
}

/// Quantises the blocks of the best mode anew.
fn refine(
    work: &mut Workspace,
    choice: Choice,
    around: &Surroundings,
    rules: &Rules<'_>,
) -> Choice {
    let prediction = &work.luma_predictions[usize::from(choice.mode)];
    let coefficients = differences(work.level, &work.spectra[0], prediction);
    let candidates = &mut work.candidates[0];
    let quantiser = rules.quantiser;
    let costs = &rules.costs.0[kind::LUMA_WITHOUT_DC];
    let lambda = quantiser.lambda.trellis;
    let trellis = Trellis { costs, steps: &quantiser.luma, lambda, first: 1 };
    let rate = |nonzero: u16, levels: &Numbers| {
        let contexts = contexts(nonzero, around);
        let mut costs_of_blocks = [0; 16];
        token_costs(work.level, levels, costs, false, contexts, &mut costs_of_blocks);
        costs_of_blocks.iter().map(|&cost| i64::from(cost)).sum::<i64>()
    };
    let sum = |distortion: &[i32; 16]| distortion.iter().map(|&it| i64::from(it)).sum::<i64>();
    let before = (sum(&candidates.distortion), rate(candidates.nonzero, &candidates.levels));
    for block in 0..16 {
        let [any, both] = contexts(candidates.nonzero, around);
        let context = usize::from(any >> block & 1) + usize::from(both >> block & 1);
        trellis.refine(&coefficients, block, context, candidates);
    }
    let distortion = sum(&candidates.distortion) - before.0;
    let rate = rate(candidates.nonzero, &candidates.levels) - before.1;
    let change = score(quantiser, distortion, 0, rate, quantiser.lambda.choice);
    Choice { score: choice.score + change, distortion: choice.distortion + distortion, ..choice }
}

/// Keeps the best mode and reconstructs the macroblock.
pub(crate) fn keep(work: &mut Workspace, choice: Choice, rules: &Rules<'_>) {
    work.modes.luma = Some(choice.mode);
    let mut levels = Numbers::ZERO;
    std::mem::swap(&mut levels, &mut work.candidates[0].levels);
    let nonzero = work.candidates[0].nonzero;
    levels.0[0] = [0; 16];
    for block in (0..16).filter(|block| nonzero >> block & 1 == 1) {
        work.keep_levels(block, &levels, block);
    }
    work.levels[LUMA_DC_BLOCK] = choice.dc.levels;
    if choice.dc.levels != [0; 16] {
        work.nonzero |= 1 << LUMA_DC_BLOCK;
    }
    levels.0[0] = choice.dc.coefficients;
    let prediction = &work.luma_predictions[usize::from(choice.mode)];
    let mut samples = Samples::ZERO;
    let steps = &rules.quantiser.luma_without_dc;
    reconstruct(work.level, prediction, &levels, steps, &mut samples);
    rows_from_lanes(work.level, &samples, &mut work.luma);
}

/// The contexts of 16 blocks: whether a neighbour above or to the left has levels, and whether
/// both have.
fn contexts(nonzero: u16, around: &Surroundings) -> [u16; 2] {
    let [top, left] = around.nonzero.map(|edge| edge.0 & 15);
    let spread = left & 1 | (left & 2) << 3 | (left & 4) << 6 | (left & 8) << 9;
    let (top, left) = (nonzero << 4 | top, (nonzero << 1) & 0xEEEE | spread);
    [top | left, top & left]
}

/// The Walsh-Hadamard transform of four numbers; it is its own inverse, but for a factor of 4.
fn hadamard(v: [i32; 4]) -> [i32; 4] {
    let (a, b, c, d) = (v[0] + v[3], v[1] + v[2], v[1] - v[2], v[0] - v[3]);
    [a + b, c + d, a - b, d - c]
}

/// The transform of a 4x4 square of numbers.
fn hadamard_square(mut v: [i32; 16]) -> [i32; 16] {
    for x in 0..4 {
        let column = hadamard(std::array::from_fn(|y| v[y * 4 + x]));
        for (y, value) in column.into_iter().enumerate() {
            v[y * 4 + x] = value;
        }
    }
    for row in v.as_chunks_mut::<4>().0 {
        *row = hadamard(*row);
    }
    v
}

/// Quantises the DC coefficients of 16 blocks; gives also the squared errors.
fn code_dc(coefficients: &[i16; 16], steps: &LumaDcSteps) -> (LumaDc, i64) {
    let transformed = hadamard_square(coefficients.map(i32::from));
    let mut levels = [0; 16];
    let mut restored = [0; 16];
    for (level, &place) in levels.iter_mut().zip(&ZIGZAG) {
        let kind = usize::from(place > 0);
        let value = (transformed[place] + 1) >> 1;
        let magnitude = (value.abs() + steps.bias[kind]) / steps.step[kind];
        let signed = if value < 0 { -magnitude } else { magnitude };
        *level = i16::try_from(signed).unwrap_or(0);
        restored[place] = signed * steps.step[kind];
    }
    let restored = hadamard_square(restored).map(|value| (value + 3) >> 3);
    let pairs = restored.iter().zip(coefficients);
    let error = pairs.map(|(&restored, &wanted)| i64::from(restored - i32::from(wanted)).pow(2));
    let coefficients = restored.map(|value| i16::try_from(value).unwrap_or(0));
    (LumaDc { levels, coefficients }, error.sum())
}
