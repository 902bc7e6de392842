//! Resampling of opaque samples as they are, in fixed point.
//!
//! ```text
//! for each output row:
//!     the weighted sum of the source rows it is made from, straight from their bands
//!     taken apart into planes, where pixels have several samples
//!     the weighted sums along it
//! ```

use std::ops::Range;

use super::job::{Job, first_of, reserved};
use crate::error::Result;
use crate::simd::{Level, resample as simd};

/// Bytes that [`run`] reserves for a plane of which the window reaches `columns`.
pub(super) fn scratch(columns: u64, channels: u64, behind: u64) -> u64 {
    let planes = if channels > 1 { 2 * channels * (columns + behind) } else { 0 };
    2 * (columns * channels + behind) + planes
}

/// Makes the rows of a plane of `N` samples a pixel.
pub(super) fn run<const N: usize>(job: &Job<'_>, out: &mut [u8]) -> Result<()> {
    let level = Level::detect();
    let taps = job.across.row();
    let columns = job.columns.len();
    let pitch = columns + taps.stride;
    // A row of one plane is read in whole strides as it is.
    let behind = if N == 1 { taps.stride } else { 0 };
    let mut row = reserved(columns * N + behind, 0_i16)?;
    let mut planes = reserved(if N == 1 || job.same_columns { 0 } else { N * pitch }, 0_i16)?;
    for (index, out) in out.chunks_exact_mut(job.window * N).enumerate() {
        let (range, weights) = job.down.trimmed(job.first_row + index);
        let rows = &job.rows[within(&range, job.first_source)];
        let bits = job.down.bits();
        simd::weigh_rows(level, rows, weights, bits, &mut row[..columns * N]);
        if job.same_columns {
            simd::round_row(level, &row, out);
        } else if N == 1 {
            simd::weigh_pixels::<N>(level, &row, pitch, &taps, out);
        } else {
            simd::split_row::<N>(level, &row, &mut planes, pitch);
            simd::weigh_pixels::<N>(level, &planes, pitch, &taps, out);
        }
    }
    Ok(())
}

/// A range of source rows as one of the rows at hand, which begin at `first`.
fn within(range: &Range<u32>, first: u32) -> Range<usize> {
    first_of(range.start, first)..first_of(range.end, first)
}
