//! Pixel operations on bands: every output row is a pure function of some input rows.
//!
//! No operation keeps state or knows of bands before or after its own, so that the executor may make
//! rows in any cut and order, on any thread, and always gets the same bytes.

pub(crate) mod alpha;
pub(crate) mod colour;
pub(crate) mod crop;
pub(crate) mod extend;
pub(crate) mod orient;
pub(crate) mod records;
pub(crate) mod resample;
pub(crate) mod stitch;

use std::ops::Range;

use crate::error::Result;
use crate::picture::image::band::{Band, Rows};

/// An operation of the executor.
pub(crate) trait RowOp: Send + Sync {
    /// The rows of input `port` that output rows `rows` are made from; empty where none are. For later
    /// rows it begins no earlier.
    fn needs(&self, rows: Range<u32>, port: usize) -> Range<u32>;

    /// Makes the rows of `out` from those rows of each input.
    fn run(&self, inputs: &[Rows<'_>], out: &mut Band) -> Result<()>;

    /// Rows of its bands, of which `most` are the usual: fewer where a row takes many rows of input.
    fn band_rows(&self, most: u32) -> u32 {
        most
    }

    /// An upper bound of the bytes that [`run`](Self::run) reserves for `rows` output rows.
    fn scratch(&self, _rows: u32) -> u64 {
        0
    }

    /// An upper bound of the bytes that it keeps from the first run on.
    fn held(&self) -> u64 {
        0
    }

    /// What its time counts as.
    fn kind(&self) -> Kind {
        Kind::Compose
    }
}

/// Kinds of operations, told apart in the timings of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Puts pixels in their place, or changes each by itself.
    Compose,
    /// Makes pixels from their neighbourhood.
    Resample,
}
