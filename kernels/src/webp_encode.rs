//! The kernels of the WebP encoder (VP8, RFC 6386): prediction, transform, quantisation, the cost
//! of tokens, reconstruction.
//!
//! All of them work on 16 blocks of 4x4 at once, one in each lane: the blocks of a macroblock, or
//! the modes that a block may be predicted by. A vector holds one position of all the blocks, so
//! that transforms and contexts need no shuffles, and every lane is a candidate of its own.

#![allow(unsafe_code, reason = "calls the kernels that need a CPU feature, as the level proves")]

#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{InstructionSet, Level};

pub(super) mod scalar;
mod tables;
#[cfg(test)]
mod tests;

pub(super) use tables::{SUBBLOCK_SOURCES, TEXTURE_WEIGHTS, ZIGZAG};

/// Lanes of a vector.
pub const LANES: usize = 16;

/// Samples of 16 blocks, by position (row by row) and lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C, align(32))]
pub struct Samples(pub [[u8; LANES]; 16]);

impl Samples {
    /// Samples of 0.
    pub const ZERO: Self = Self([[0; LANES]; 16]);
}

/// Coefficients or levels of 16 blocks, by position (row by row) and lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C, align(32))]
pub struct Numbers(pub [[i16; LANES]; 16]);

impl Numbers {
    /// Numbers of 0.
    pub const ZERO: Self = Self([[0; LANES]; 16]);
}

/// Quantisation of the coefficients of a block, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
#[repr(C, align(32))]
pub struct Steps {
    /// The step that a level is multiplied by.
    pub step: [i16; 16],
    /// `65,536 / step`, rounded up.
    pub reciprocal: [u16; 16],
    /// Added to the magnitude of a coefficient before the division.
    pub bias: [u16; 16],
}

impl Steps {
    /// Steps of DC and of AC. `bias` gives the position's share of the step, in 1/256, that is
    /// added before the division: 128 rounds to nearest, less makes a dead zone.
    #[must_use]
    pub fn new(dc: u16, ac: u16, bias: impl Fn(usize) -> u16) -> Self {
        let step = std::array::from_fn(|at| if at == 0 { dc } else { ac }.max(4));
        Self {
            step: step.map(|step| i16::try_from(step).unwrap_or(i16::MAX)),
            reciprocal: step.map(|step| 65535 / step + 1),
            bias: std::array::from_fn(|at| {
                let bias = (u32::from(step[at]) * u32::from(bias(at))) >> 8;
                u16::try_from(bias).unwrap_or(u16::MAX)
            }),
        }
    }
}

/// The cost of tokens of one kind of block, in 1/8 bit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[repr(C, align(32))]
pub struct TokenCosts {
    /// By place in the order of coding, context, and level (15 stands for all above). With the
    /// flag that the block goes on, wherever that is coded.
    pub levels: [[[u8; 16]; 3]; 16],
    /// The end of the block after a last level of 1, or of more.
    pub ends: [[u8; 2]; 16],
    /// A block without levels, by context.
    pub empty: [u8; 3],
}

/// 16 quantised blocks, and how well they stand for their source.
#[derive(Debug, Clone)]
#[repr(C, align(32))]
pub struct Candidates {
    /// The levels. Where DC is left out, its coefficients instead.
    pub levels: Numbers,
    /// The squared errors of the coefficients, summed up: 4 times those of the samples.
    pub distortion: [i32; LANES],
    /// How much magnitude the spectrum of each block loses, weighted by frequency.
    pub texture: [i32; LANES],
    /// Bit `k`: whether block `k` has a level other than 0.
    pub nonzero: u16,
}

impl Candidates {
    /// Empty blocks.
    pub const ZERO: Self =
        Self { levels: Numbers::ZERO, distortion: [0; LANES], texture: [0; LANES], nonzero: 0 };
}

/// The samples along the left and upper edges of a macroblock of luma, or of a block of chroma,
/// of which the first 8 are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C, align(16))]
pub struct Edges {
    /// The row above.
    pub top: [u8; 16],
    /// The column to the left.
    pub left: [u8; 16],
    /// The sample above the left column.
    pub corner: u8,
    /// The value of DC prediction.
    pub dc: u8,
}

/// Brings a macroblock of luma into lanes: row `y` is the 16 samples from `rows[y * stride]` on.
///
/// # Panics
/// If the rows are too few or too short.
pub fn lanes_from_rows(level: Level, rows: &[u8], stride: usize, out: &mut Samples) {
    assert!(rows.len() >= 15 * stride + 16, "rows too short");
    dispatch!(level, webp_layout or scalar: lanes_from_rows(rows, stride, out));
}

/// Brings a macroblock of luma back from lanes into rows.
pub fn rows_from_lanes(level: Level, lanes: &Samples, out: &mut [[u8; 16]; 16]) {
    dispatch!(level, webp_layout or scalar: rows_from_lanes(lanes, out));
}

/// Predicts a block of 4x4 in all ten modes, in the order of RFC 6386, section 8.1. `edge` is the
/// left column from the bottom up, the corner, and the 8 samples above.
pub fn predict_subblock(level: Level, edge: &[u8; 16], out: &mut Samples) {
    dispatch!(level, webp_predict or scalar: predict_subblock(edge, out));
}

/// Predicts a macroblock of luma by DC, vertically, horizontally and by true motion.
pub fn predict_luma(level: Level, edges: &Edges, out: &mut [Samples; 4]) {
    dispatch!(level, webp_predict or scalar: predict_luma(edges, out));
}

/// Predicts the blocks of both planes of chroma: first by DC (lanes 0 to 7) and vertically (8 to
/// 15), then horizontally and by true motion.
pub fn predict_chroma(level: Level, edges: &[Edges; 2], out: &mut [Samples; 2]) {
    dispatch!(level, webp_predict or scalar: predict_chroma(edges, out));
}

/// Transforms the blocks of all lanes: the forward DCT, 16 times the scale of coefficients.
pub fn spectrum(level: Level, samples: &Samples, out: &mut Numbers) {
    dispatch!(level, webp_transform or scalar: spectrum(samples, out));
}

/// How large the coefficients of 8 blocks are, in steps of 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Activity {
    /// Coefficients that are 0, 1, 2 and 3 steps large.
    pub counts: [u16; 4],
    /// The largest one, 31 at most.
    pub largest: u16,
}

/// Measures the differences of a source, given as its [`spectrum`], and a prediction: of the lower
/// 8 lanes and of the upper ones.
#[must_use]
pub fn activity(level: Level, source: &Numbers, prediction: &Samples) -> [Activity; 2] {
    dispatch!(level, webp_transform or scalar: activity(source, prediction))
}

/// Quantises the differences of a source, given as its [`spectrum`], and a prediction.
///
/// `with_dc` says whether DC is quantised with the rest.
pub fn quantise(
    level: Level,
    source: &Numbers,
    prediction: &Samples,
    steps: &Steps,
    with_dc: bool,
    out: &mut Candidates,
) {
    dispatch!(level, webp_transform or scalar: quantise(source, prediction, steps, with_dc, out));
}

/// The cost of the tokens of each block, in 1/8 bit.
///
/// `with_dc` says whether blocks begin with DC. `contexts` has a bit a lane: whether the context
/// is 1 or 2, and whether it is 2.
pub fn token_costs(
    level: Level,
    levels: &Numbers,
    costs: &TokenCosts,
    with_dc: bool,
    contexts: [u16; 2],
    out: &mut [u16; LANES],
) {
    dispatch!(level, webp_costs or scalar: token_costs(levels, costs, with_dc, contexts, out));
}

/// Makes the samples that a decoder makes of levels and a prediction.
pub fn reconstruct(
    level: Level,
    prediction: &Samples,
    levels: &Numbers,
    steps: &[i16; 16],
    out: &mut Samples,
) {
    dispatch!(level, webp_transform or scalar: reconstruct(prediction, levels, steps, out));
}
