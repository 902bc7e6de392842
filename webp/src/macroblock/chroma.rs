//! Chroma: one of four modes for both planes.

use makeready_kernels::webp_encode::{
    Numbers, Samples, predict_chroma, quantise, reconstruct, token_costs,
};

use super::{Rules, Source, Surroundings, Workspace, score};
use crate::probabilities::kind;

/// Brings chroma into lanes, 4 blocks of each plane, and all of them twice.
pub(crate) fn lanes(source: &Source<'_>, out: &mut Samples) {
    let stride = source.stride / 2;
    for (at, lanes) in out.0.iter_mut().enumerate() {
        for block in 0..8 {
            let plane = source.planes[1 + block / 4];
            let (x, y) = (block % 2 * 4 + at % 4, block % 4 / 2 * 4 + at / 4);
            let sample = plane[y * stride + x];
            (lanes[block], lanes[block + 8]) = (sample, sample);
        }
    }
}

/// Tries all modes, keeps the best and reconstructs chroma.
pub(crate) fn choose(work: &mut Workspace, around: &Surroundings, rules: &Rules<'_>) {
    let [_, blue, red] = around.edges;
    predict_chroma(work.level, &[blue, red], &mut work.chroma_predictions);
    let quantiser = rules.quantiser;
    let mut best = (i64::MAX, 0);
    // In the order of the format's modes: DC and vertical, horizontal and true motion.
    for pair in 0..2 {
        let prediction = &work.chroma_predictions[pair];
        let candidates = &mut work.candidates[pair];
        quantise(work.level, &work.spectra[1], prediction, &quantiser.chroma, true, candidates);
        let contexts = contexts(candidates.nonzero, around);
        let mut costs = [0; 16];
        let kind = &rules.costs.0[kind::CHROMA];
        token_costs(work.level, &candidates.levels, kind, true, contexts, &mut costs);
        for half in 0..2 {
            let lanes = half * 8..half * 8 + 8;
            let mode = pair * 2 + half;
            let rate = costs[lanes.clone()].iter().map(|&cost| i64::from(cost)).sum::<i64>()
                + i64::from(rules.mode_costs.chroma[mode]);
            let errors = &candidates.distortion[lanes];
            let distortion = errors.iter().map(|&error| i64::from(error)).sum::<i64>();
            let score = score(quantiser, distortion, 0, rate, quantiser.lambda.chroma);
            if score < best.0 {
                best = (score, mode);
            }
        }
    }
    keep(work, best.1, rules);
}

/// Keeps a mode and reconstructs chroma.
fn keep(work: &mut Workspace, mode: usize, rules: &Rules<'_>) {
    let (pair, lane) = (mode / 2, mode % 2 * 8);
    work.modes.chroma = u8::try_from(mode).unwrap_or(0);
    let nonzero = work.candidates[pair].nonzero >> lane;
    let mut levels = Numbers::ZERO;
    std::mem::swap(&mut levels, &mut work.candidates[pair].levels);
    for block in (0..8).filter(|block| nonzero >> block & 1 == 1) {
        work.keep_levels(16 + block, &levels, lane + block);
    }
    let mut samples = Samples::ZERO;
    let steps = &rules.quantiser.chroma.step;
    reconstruct(work.level, &work.chroma_predictions[pair], &levels, steps, &mut samples);
    for (at, lanes) in samples.0.iter().enumerate() {
        for block in 0..8 {
            let (x, y) = (block % 2 * 4 + at % 4, block % 4 / 2 * 4 + at / 4);
            work.chroma[block / 4][y][x] = lanes[lane + block];
        }
    }
}

/// The contexts of 4 blocks of each plane, in both halves of the lanes.
fn contexts(nonzero: u16, around: &Surroundings) -> [u16; 2] {
    let [top, left] = around.nonzero.map(|edge| edge.0 >> 4);
    let top = top & 3 | (top & 12) << 2;
    let left = left & 1 | (left & 2) << 1 | (left & 4) << 2 | (left & 8) << 3;
    let (top, left) = (top * 0x0101, left * 0x0101);
    let top = (nonzero & 0x3333) << 2 | top;
    let left = (nonzero & 0x5555) << 1 | left;
    [top | left, top & left]
}
