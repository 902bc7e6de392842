//! Resampling of opaque samples as they are, in fixed point.
//!
//! ```text
//! for each output row:
//!     the weighted sum of the source rows it is made from, straight from their bands
//!     taken apart into planes, where pixels have several samples
//!     the weighted sums along it
//! ```

use std::ops::Range;

use super::job::Job;
use crate::error::Result;
use crate::picture::reserve::filled;
use makeready_kernels::Level;
use makeready_kernels::resample::{self as simd, ROW_GROUP, RowTaps};

/// Bytes that [`run`] reserves for a plane of which the window reaches `columns`.
pub(super) fn scratch(columns: u64, channels: u64, behind: u64) -> u64 {
    let planes = if channels > 1 { 2 * channels * (columns + behind) } else { 0 };
    2 * (ROW_GROUP as u64 * columns * channels + behind) + planes
}

/// Makes the rows of a plane of `N` samples a pixel.
pub(super) fn run<const N: usize>(job: &Job<'_>, out: &mut [u8]) -> Result<()> {
    let level = job.level;
    let taps = job.across.row();
    let columns = job.columns.len();
    let pitch = columns + taps.stride;
    // Room behind the last row: where there is one plane, it is read in whole strides as it is.
    let mut sums = filled(0_i16, ROW_GROUP * columns * N + taps.stride)?;
    let mut planes = filled(0_i16, if N == 1 || job.same_columns { 0 } else { N * pitch })?;
    for (index, out) in out.chunks_mut(ROW_GROUP * job.window * N).enumerate() {
        let rows = index * ROW_GROUP..index * ROW_GROUP + out.len() / (job.window * N);
        weigh_rows(level, job, rows, columns * N, &mut sums);
        for (index, out) in out.chunks_exact_mut(job.window * N).enumerate() {
            let row = &sums[index * columns * N..];
            if job.same_columns {
                simd::round_row(level, row, out);
            } else if N == 1 {
                simd::weigh_pixels::<N>(level, &row[..pitch], pitch, &taps, out);
            } else {
                simd::split_row::<N>(level, &row[..columns * N], &mut planes, pitch);
                simd::weigh_pixels::<N>(level, &planes, pitch, &taps, out);
            }
        }
    }
    Ok(())
}

/// The weighted sums of source rows for output rows `rows`, each of `len` samples.
fn weigh_rows(level: Level, job: &Job<'_>, rows: Range<usize>, len: usize, sums: &mut [i16]) {
    let first_source = job.down.of(job.first_row + rows.start).0.start;
    let last_source = job.down.of(job.first_row + rows.end - 1).0.end;
    let mut taps = [RowTaps { first: 0, weights: &[] }; ROW_GROUP];
    for (taps, row) in taps.iter_mut().zip(rows.clone()) {
        let (range, weights) = job.down.trimmed(job.first_row + row);
        *taps = RowTaps { first: (range.start - first_source) as usize, weights };
    }
    let (start, end) = (first_source - job.first_source, last_source - job.first_source);
    let sources = &job.rows[start as usize..end as usize];
    simd::weigh_rows(level, sources, &taps[..rows.len()], job.down.bits(), len, sums);
}
