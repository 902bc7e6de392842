//! What both forms of the resampler are given: the rows of one plane of a band, and their weights.

use std::ops::Range;

use super::weights::Weights;
use makeready_kernels::Level;

/// The rows of a plane of one band.
pub(super) struct Job<'a> {
    /// Source rows from `first_source` on, of each the columns that the window reaches.
    pub(super) rows: &'a [&'a [u8]],
    pub(super) first_source: u32,
    /// The first output row, counted from that of the window.
    pub(super) first_row: usize,
    /// Output pixels of a row.
    pub(super) window: usize,
    /// The source columns that the window reaches.
    pub(super) columns: Range<u32>,
    /// Whether the output has the source's columns.
    pub(super) same_columns: bool,
    pub(super) across: &'a Weights,
    pub(super) down: &'a Weights,
    /// Whose kernels are used.
    pub(super) level: Level,
}
