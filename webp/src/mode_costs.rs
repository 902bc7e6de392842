//! The bits of modes, and their costs: RFC 6386, sections 8 and 11.

use crate::bool_writer::BoolWriter;
use crate::probabilities::bit_cost;
use crate::tables::mode_probabilities::SUBBLOCK_MODES;
use crate::tokens::Modes;

/// The mode of a block that stands for the mode of a whole macroblock as a context.
pub(crate) const AS_BLOCK: [u8; 4] = [0, 2, 3, 1];

/// The branches that lead to each mode of a macroblock of luma, with their probabilities.
const WHOLE: [&[(bool, u8)]; 4] = [
    &[(true, 145), (false, 156), (false, 163)],
    &[(true, 145), (false, 156), (true, 163)],
    &[(true, 145), (true, 156), (false, 128)],
    &[(true, 145), (true, 156), (true, 128)],
];

/// The branch to blocks with modes of their own.
const OWN_MODES: (bool, u8) = (false, 145);

/// The branches that lead to each mode of chroma.
const CHROMA: [&[(bool, u8)]; 4] = [
    &[(false, 142)],
    &[(true, 142), (false, 114)],
    &[(true, 142), (true, 114), (false, 183)],
    &[(true, 142), (true, 114), (true, 183)],
];

/// The branches that lead to each mode of a block, with the numbers of their probabilities: DC,
/// true motion, vertical, horizontal, left down, right down, vertical right, vertical left,
/// horizontal down, horizontal up.
const BLOCK: [&[(bool, usize)]; 10] = [
    &[(false, 0)],
    &[(true, 0), (false, 1)],
    &[(true, 0), (true, 1), (false, 2)],
    &[(true, 0), (true, 1), (true, 2), (false, 3), (false, 4)],
    &[(true, 0), (true, 1), (true, 2), (true, 3), (false, 6)],
    &[(true, 0), (true, 1), (true, 2), (false, 3), (true, 4), (false, 5)],
    &[(true, 0), (true, 1), (true, 2), (false, 3), (true, 4), (true, 5)],
    &[(true, 0), (true, 1), (true, 2), (true, 3), (true, 6), (false, 7)],
    &[(true, 0), (true, 1), (true, 2), (true, 3), (true, 6), (true, 7), (false, 8)],
    &[(true, 0), (true, 1), (true, 2), (true, 3), (true, 6), (true, 7), (true, 8)],
];

/// Costs of modes in 1/8 bit.
#[derive(Debug)]
pub(crate) struct ModeCosts {
    /// Modes of a whole macroblock of luma.
    pub(crate) whole: [u16; 4],
    /// The announcement that blocks have modes of their own.
    pub(crate) own_modes: u16,
    /// Modes of blocks, by the modes above and to the left.
    pub(crate) blocks: [[[u16; 10]; 10]; 10],
    /// Modes of chroma.
    pub(crate) chroma: [u16; 4],
}

impl ModeCosts {
    /// The costs, which are the same in all pictures.
    pub(crate) fn new() -> Self {
        let eighths = |cost: u16| (cost + 16) / 32;
        let sum = |branches: &[(bool, u8)]| {
            eighths(branches.iter().map(|&(bit, p)| bit_cost(bit, p)).sum())
        };
        let block = |probabilities: &[u8; 9], mode: usize| {
            let branches = BLOCK[mode].iter();
            eighths(branches.map(|&(bit, number)| bit_cost(bit, probabilities[number])).sum())
        };
        Self {
            whole: WHOLE.map(sum),
            own_modes: sum(&[OWN_MODES]),
            blocks: std::array::from_fn(|top| {
                std::array::from_fn(|left| {
                    std::array::from_fn(|mode| block(&SUBBLOCK_MODES[top][left], mode))
                })
            }),
            chroma: CHROMA.map(sum),
        }
    }

    /// The cost of the modes of luma, by the modes of the blocks above and to the left.
    pub(crate) fn of_luma(&self, modes: &Modes, [mut top, mut left]: [[u8; 4]; 2]) -> i64 {
        let Some(whole) = modes.luma else {
            let mut sum = i64::from(self.own_modes);
            for (at, &mode) in modes.blocks.iter().enumerate() {
                let (top, left) = (&mut top[at % 4], &mut left[at / 4]);
                let costs = &self.blocks[usize::from(*top)][usize::from(*left)];
                sum += i64::from(costs[usize::from(mode)]);
                (*top, *left) = (mode, mode);
            }
            return sum;
        };
        i64::from(self.whole[usize::from(whole)])
    }
}

/// Writes the modes of a macroblock, and leaves those of its blocks as contexts.
pub(crate) fn write_modes(
    modes: &Modes,
    top: &mut [u8; 4],
    left: &mut [u8; 4],
    writer: &mut BoolWriter,
) {
    if let Some(mode) = modes.luma {
        for &(bit, probability) in WHOLE[usize::from(mode)] {
            writer.put(bit, probability);
        }
        let block = AS_BLOCK[usize::from(mode)];
        (*top, *left) = ([block; 4], [block; 4]);
    } else {
        writer.put(OWN_MODES.0, OWN_MODES.1);
        for (at, &mode) in modes.blocks.iter().enumerate() {
            let (top, left) = (&mut top[at % 4], &mut left[at / 4]);
            let probabilities = &SUBBLOCK_MODES[usize::from(*top)][usize::from(*left)];
            for &(bit, number) in BLOCK[usize::from(mode)] {
                writer.put(bit, probabilities[number]);
            }
            (*top, *left) = (mode, mode);
        }
    }
    for &(bit, probability) in CHROMA[usize::from(modes.chroma)] {
        writer.put(bit, probability);
    }
}
