//! Bounds the memory that an encoder takes.
//!
//! No useful bound holds for every picture: one made for the purpose might take twice as much as
//! noise. So the bound is that of the worst noise (each sample 0 or 255 by chance) with a margin,
//! and it is enforced: an encoder that would need more gives [`Error::Memory`].

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
/// Bytes that chance and headers add in a small picture.
const SLACK: u64 = 8 << 10;

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
    pub(crate) fn total(
        self,
        settings: &Settings,
        [across, down]: [usize; 2],
        threads: usize,
    ) -> u64 {
        let (across, down) = (across as u64, down as u64);
        let macroblocks = across * down;
        let lookahead = u64::from(settings.lookahead) / (across * 256) + 1;
        let rows = lookahead.max(GROUP_ROWS as u64).min(down) + 2;
        let source = rows * across * 385;
        // Edges, and modes above the row that is written.
        let edges = across * (40 + 4);
        // Buffers grow by a quarter; those of rows are cut to size when they are done.
        let group = GROUP_ROWS as u64;
        let growing = group * across * (self.records + MODES) / 4;
        let records = macroblocks * (self.records + MODES) + growing + SLACK;
        let workers = threads as u64 * size_of::<Workspace>() as u64;
        let counts = (group + 2) * size_of::<TokenCounts>() as u64;
        // Partitions, and the frame that they are put together in.
        let partitions = macroblocks * self.frame + SLACK * 9;
        let frame = partitions + partitions / 4 + partitions;
        source + edges + records + workers + counts + frame + (64 << 10)
    }
}

/// Checks bytes against a bound a macroblock.
fn within(bytes: usize, each: u64, macroblocks: usize) -> Result<(), Error> {
    let bytes = bytes as u64;
    if bytes > macroblocks as u64 * each + SLACK { Err(Error::Memory(bytes)) } else { Ok(()) }
}
