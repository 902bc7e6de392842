//! Luma predicted block by block: 4x4 modes.

use makeready_kernels::webp_encode::{
    Candidates, Numbers, Samples, predict_subblock, quantise, reconstruct, token_costs,
};

use super::trellis::{Trellis, differences};
use super::{Rules, Surroundings, Workspace, block_cost, has_trellis, score};
use crate::probabilities::kind;
use crate::tables::format::ZIGZAG;

/// Rows and columns of luma around a macroblock: the row above and the column to the left first.
type Around = [[u8; 21]; 17];

/// The modes of blocks.
const MODES: usize = 10;

/// Tries to beat the price of a whole macroblock; gives back whether it could. Then modes, levels
/// and samples are those of the blocks.
pub(crate) fn choose(
    work: &mut Workspace,
    around: &Surroundings,
    rules: &Rules<'_>,
    to_beat: i64,
    mode_bits: i64,
) -> bool {
    let mut samples = samples_around(around);
    let [mut top_modes, mut left_modes] = around.modes;
    let [mut top_nonzero, mut left_nonzero] = around.nonzero.map(|edge| edge.0 & 15);
    let mut total = i64::from(rules.mode_costs.own_modes) * rules.quantiser.lambda.choice;
    let mut mode_rate = 0;
    let mut nonzero = 0;
    for block in 0..16 {
        let (x, y) = (block % 4, block / 4);
        let context = (top_nonzero >> x & 1) + (left_nonzero >> y & 1);
        let costs = &rules.mode_costs.blocks[usize::from(top_modes[x])][usize::from(left_modes[y])];
        let best = choose_mode(work, &edge(&samples, x * 4, y * 4), block, context, costs, rules);
        total += best.score;
        mode_rate += i64::from(costs[best.mode]);
        if total >= to_beat || mode_rate > mode_bits {
            return false;
        }
        for (y, row) in best.samples.as_chunks::<4>().0.iter().enumerate() {
            samples[block / 4 * 4 + 1 + y][x * 4 + 1..][..4].copy_from_slice(row);
        }
        let mode = u8::try_from(best.mode).unwrap_or(0);
        work.modes.blocks[block] = mode;
        (top_modes[x], left_modes[y]) = (mode, mode);
        top_nonzero = top_nonzero & !(1 << x) | u16::from(best.nonzero) << x;
        left_nonzero = left_nonzero & !(1 << y) | u16::from(best.nonzero) << y;
        nonzero |= u32::from(best.nonzero) << block;
    }
    work.nonzero = nonzero;
    for (row, from) in work.luma.iter_mut().zip(&samples[1..]) {
        row.copy_from_slice(&from[1..17]);
    }
    true
}

/// The samples around the macroblock. Blocks of the last column take the ones above and to the
/// right of the macroblock in every row: RFC 6386, section 12.3.
fn samples_around(around: &Surroundings) -> Around {
    let edges = &around.edges[0];
    let mut samples = [[0; 21]; 17];
    samples[0][0] = edges.corner;
    samples[0][1..17].copy_from_slice(&edges.top);
    for row in [0, 4, 8, 12] {
        samples[row][17..].copy_from_slice(&around.top_right);
    }
    for (row, &left) in samples[1..].iter_mut().zip(&edges.left) {
        row[0] = left;
    }
    samples
}

/// The edge of the block whose upper left sample is at a place.
fn edge(samples: &Around, x: usize, y: usize) -> [u8; 16] {
    let mut edge = [0; 16];
    for (at, sample) in edge[..4].iter_mut().enumerate() {
        *sample = samples[y + 4 - at][x];
    }
    edge[4..13].copy_from_slice(&samples[y][x..x + 9]);
    edge
}

/// The best mode of a block. The levels are with the workspace.
struct Choice {
    score: i64,
    mode: usize,
    nonzero: bool,
    samples: [u8; 16],
}

/// Tries all modes of a block.
fn choose_mode(
    work: &mut Workspace,
    edge: &[u8; 16],
    block: usize,
    context: u16,
    mode_costs: &[u16; MODES],
    rules: &Rules<'_>,
) -> Choice {
    let mut predictions = Samples::ZERO;
    predict_subblock(work.level, edge, &mut predictions);
    let source = Numbers(work.spectra[0].0.map(|lanes| [lanes[block]; 16]));
    let candidates = &mut work.candidates[1];
    let quantiser = rules.quantiser;
    quantise(work.level, &source, &predictions, &quantiser.luma, true, candidates);
    let contexts = [[0, 0], [u16::MAX, 0], [u16::MAX, u16::MAX]][usize::from(context)];
    let mut costs = [0; 16];
    let kind = &rules.costs.0[kind::LUMA];
    token_costs(work.level, &candidates.levels, kind, true, contexts, &mut costs);
    let price = |mode: usize, lambda: i64| {
        let rate = i64::from(costs[mode]) + i64::from(mode_costs[mode]);
        let texture = i64::from(candidates.texture[mode].abs());
        score(quantiser, i64::from(candidates.distortion[mode]), texture, rate, lambda)
    };
    let mut mode = (0..MODES).min_by_key(|&mode| price(mode, quantiser.lambda.blocks)).unwrap_or(0);
    let mut score = price(mode, quantiser.lambda.choice);
    if has_trellis(rules) {
        let prices = std::array::from_fn(|mode| price(mode, quantiser.lambda.blocks));
        (mode, score) =
            refine(work, &source, &predictions, &prices, usize::from(context), mode_costs, rules);
    }
    let candidates = &mut work.candidates[1];
    let nonzero = candidates.nonzero >> mode & 1 == 1;
    let samples = if nonzero {
        work.levels[block] = std::array::from_fn(|at| candidates.levels.0[ZIGZAG[at]][mode]);
        restore(work.level, &predictions, candidates, mode, &quantiser.luma.step)
    } else {
        predictions.0.map(|lanes| lanes[mode])
    };
    Choice { score, mode, nonzero, samples }
}

/// Quantises the most promising modes anew; gives back the best of them and its price.
fn refine(
    work: &mut Workspace,
    source: &Numbers,
    predictions: &Samples,
    prices: &[i64; MODES],
    context: usize,
    mode_costs: &[u16; MODES],
    rules: &Rules<'_>,
) -> (usize, i64) {
    let coefficients = differences(work.level, source, predictions);
    let candidates = &mut work.candidates[1];
    let lambda = &rules.quantiser.lambda;
    let costs = &rules.costs.0[kind::LUMA];
    let trellis = Trellis { costs, steps: &rules.quantiser.luma, lambda: lambda.trellis, first: 0 };
    let mut order: [usize; MODES] = std::array::from_fn(|mode| mode);
    order.sort_unstable_by_key(|&mode| prices[mode]);
    let count = if rules.effort == 5 { 1 } else { 4 };
    let mut best = (i64::MAX, 0, 0);
    for &mode in &order[..count] {
        let levels = trellis.refine(&coefficients, mode, context, candidates);
        let rate = block_cost(costs, &levels, context) + i64::from(mode_costs[mode]);
        let (distortion, texture) = (candidates.distortion[mode], candidates.texture[mode]);
        let price = |lambda| {
            let texture = i64::from(texture.abs());
            score(rules.quantiser, i64::from(distortion), texture, rate, lambda)
        };
        if price(lambda.blocks) < best.0 {
            best = (price(lambda.blocks), mode, price(lambda.choice));
        }
    }
    (best.1, best.2)
}

/// The samples of one lane.
fn restore(
    level: makeready_kernels::Level,
    predictions: &Samples,
    candidates: &Candidates,
    lane: usize,
    steps: &[i16; 16],
) -> [u8; 16] {
    let mut samples = Samples::ZERO;
    reconstruct(level, predictions, &candidates.levels, steps, &mut samples);
    samples.0.map(|lanes| lanes[lane])
}
