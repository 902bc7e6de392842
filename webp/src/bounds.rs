//! Bounds the memory that an encoder takes.
//!
//! No useful bound holds for every picture: one made for the purpose might take twice as much as
//! noise. So the bound is that of the worst noise (each sample 0 or 255 by chance) with a margin,
//! and it is enforced: an encoder that would need more gives [`Error::Memory`].

use crate::bool_writer::BoolWriter;
use crate::error::Error;
use crate::group::GROUP_ROWS;
use crate::macroblock::Workspace;
use crate::probabilities::TokenCounts;
use crate::settings::Settings;

/// Bytes that noise takes a macroblock: records of tokens and the frame, from a quality on, with a
/// margin of 8 %. A test measures them anew.
const NOISE: [(f32, u64, u64); 9] = [
    (0.0, 450, 200),
    (20.0, 450, 235),
    (40.0, 450, 252),
    (60.0, 450, 272),
    (75.0, 450, 290),
    (85.0, 450, 320),
    (90.0, 455, 358),
    (95.0, 480, 386),
    (98.0, 490, 404),
];

/// Bytes of the records of modes of a macroblock and of its contexts at most.
const MODES: u64 = 9 + 2;
/// Bytes of the samples of a macroblock, and of their measure.
const SOURCE: u64 = 384 + 1;
/// Bytes that chance and headers add in a small picture.
const SLACK: u64 = 3 << 10;

/// The most bytes that parts of an encoder may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Bytes of the records of tokens of a macroblock.
    records: u64,
    /// Bytes of the frame of a macroblock.
    frame: u64,
}

impl Bounds {
    /// The bounds at a quality.
    pub(crate) fn new(settings: &Settings) -> Self {
        let at = NOISE.iter().rev().find(|&&(quality, ..)| settings.quality >= quality);
        let &(_, records, frame) = at.unwrap_or(&NOISE[0]);
        Self { records, frame }
    }

    /// Checks the bytes of the records of tokens of so many macroblocks.
    ///
    /// # Errors
    /// `Memory`.
    pub(crate) fn check_records(self, bytes: usize, macroblocks: usize) -> Result<(), Error> {
        within(bytes, self.records, macroblocks)
    }

    /// Checks the bytes of a partition of tokens of so many macroblocks.
    ///
    /// # Errors
    /// `Memory`.
    pub(crate) fn check_tokens(self, bytes: usize, macroblocks: usize) -> Result<(), Error> {
        within(bytes, self.frame, macroblocks)
    }

    /// The most bytes that an encoder of so many macroblocks takes.
    pub(crate) fn total(self, [across, down]: [usize; 2], threads: usize) -> u64 {
        let (across, down) = (across as u64, down as u64);
        let macroblocks = across * down;
        let (group, threads) = (GROUP_ROWS as u64, threads as u64);
        // Rows that are coming, the one before them, and the group whose records are in the making.
        let source = (group.min(down) + 2) * across * SOURCE;
        // Edges, and modes above the row that is written.
        let edges = across * (40 + 4);
        let workers = threads * size_of::<Workspace>() as u64;
        let counts = (group + 2) * size_of::<TokenCounts>() as u64;
        // Buffers grow by a quarter; those of rows are copied to others of their size when they are done.
        let row = across * (self.records + MODES);
        let growing = group * row / 4 + group.min(threads) * row;
        let partitions = macroblocks * self.frame + SLACK * 9;
        let spare = partitions / 16 + BoolWriter::STEP as u64 * 9;
        // Rows wait, as many as are looked at ahead, and become records; records become partitions row by row; of
        // partitions the frame is put together.
        let coded = macroblocks * self.records.max(SOURCE);
        let written = macroblocks * self.records + growing;
        let phases = [
            coded + growing + SLACK,
            written.max(partitions + spare + growing),
            partitions + spare + partitions,
        ];
        let most = phases.into_iter().max().unwrap_or_default();
        source + edges + macroblocks * MODES + workers + counts + most + (16 << 10)
    }
}

/// Checks bytes against a bound a macroblock.
fn within(bytes: usize, each: u64, macroblocks: usize) -> Result<(), Error> {
    let bytes = bytes as u64;
    if bytes > macroblocks as u64 * each + SLACK { Err(Error::Memory(bytes)) } else { Ok(()) }
}
