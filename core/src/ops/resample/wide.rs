//! Resampling of samples with alpha, or in linear light, in floating point.
//!
//! Colours are weighed by their alpha, so that what is transparent does not bleed: they are multiplied
//! by it before and divided by it after (Porter and Duff, 1984). A product of two bytes needs 16 bits,
//! and a division by a small alpha all of them: a plain colour keeps its value under any alpha.
//!
//! ```text
//! for every four source rows:
//!     for every block of columns:
//!         make them linear and premultiplied
//!         add them, times their weights, to every output row that they are a part of
//!     for each output row that is complete: the weighted sums along it; back to samples
//! ```
//!
//! So a source row is made floating-point once a band, and few rows are at a time.

use std::collections::VecDeque;

use super::job::Job;
use super::light;
use crate::error::Result;
use crate::picture::reserve::{filled, reserved};
use makeready_kernels::{Level, resample as simd};

/// Source rows that are taken at a time.
const GROUP: usize = 4;

/// Columns that are taken at a time: those of four source rows and of the output rows they are a part of stay
/// in the innermost cache.
const BLOCK: usize = 256;

/// How samples become numbers that may be added, and the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    /// As they are, and premultiplied: without alpha, fixed point is enough.
    Encoded,
    /// In linear light.
    Linear,
}

/// Bytes that [`run`] reserves for `rows` output rows of a plane of which the window reaches `columns`, when
/// `open` of them are open at a time.
pub(super) fn scratch(
    columns: u64,
    channels: u64,
    behind: u64,
    window: u64,
    (rows, open): (u64, u64),
) -> u64 {
    let lists = 2 * rows * size_of::<Vec<f32>>() as u64;
    let samples = open * (columns + behind) + (GROUP * BLOCK) as u64 + window;
    lists + 4 * channels * samples
}

/// Makes the rows of a plane of `N` samples a pixel, the last of which is alpha if there are two or four.
pub(super) fn run<const N: usize>(job: &Job<'_>, curve: Curve, out: &mut [u8]) -> Result<()> {
    let level = job.level;
    let columns = job.columns.len();
    let count = out.len() / (job.window * N);
    let mut work = Rows {
        group: filled(0.0, GROUP * BLOCK * N)?,
        open: VecDeque::from(reserved(count)?),
        spare: reserved(count)?,
        across: filled(0.0, job.window * N)?,
        row_len: (columns + job.across.float_row().stride) * N,
    };
    let (mut begun, mut done) = (0, 0);
    for (index, rows) in job.rows.chunks(GROUP).enumerate() {
        let first = job.first_source as usize + index * GROUP;
        let end = first + rows.len();
        while begun < count && (job.down.of(job.first_row + begun).0.start as usize) < end {
            work.begin()?;
            begun += 1;
        }
        for from in (0..columns).step_by(BLOCK) {
            let samples = from * N..(from + BLOCK).min(columns) * N;
            let len = samples.len();
            for (row, wide) in rows.iter().zip(work.group.chunks_exact_mut(BLOCK * N)) {
                widen::<N>(level, &row[samples.clone()], curve, &mut wide[..len]);
            }
            for (row, sums) in (done..).zip(&mut work.open) {
                add_group::<N>(
                    level,
                    job,
                    row,
                    first..end,
                    &work.group,
                    &mut sums[samples.clone()],
                );
            }
        }
        while done < begun && job.down.of(job.first_row + done).0.end as usize <= end {
            let out = &mut out[done * job.window * N..][..job.window * N];
            work.finish::<N>(level, job, curve, out);
            done += 1;
        }
    }
    Ok(())
}

/// The rows in work.
struct Rows {
    /// A block of source rows, widened.
    group: Vec<f32>,
    /// Sums of the output rows that are begun and not complete.
    open: VecDeque<Vec<f32>>,
    /// Rows to be used again.
    spare: Vec<Vec<f32>>,
    /// An output row before its samples are made.
    across: Vec<f32>,
    /// Samples of a row of sums: the columns, and as many behind them as are read.
    row_len: usize,
}

impl Rows {
    /// Begins the next output row with zeros.
    fn begin(&mut self) -> Result<()> {
        let row = match self.spare.pop() {
            Some(mut row) => {
                row.fill(0.0);
                row
            }
            None => filled(0.0, self.row_len)?,
        };
        self.open.push_back(row);
        Ok(())
    }

    /// Makes the samples of the first open row.
    fn finish<const N: usize>(
        &mut self,
        level: Level,
        job: &Job<'_>,
        curve: Curve,
        out: &mut [u8],
    ) {
        let Some(sums) = self.open.pop_front() else { return };
        if job.same_columns {
            narrow::<N>(level, &sums[..out.len()], curve, out);
        } else {
            simd::add_pixels::<N>(level, &sums, &job.across.float_row(), &mut self.across);
            narrow::<N>(level, &self.across, curve, out);
        }
        self.spare.push(sums);
    }
}

/// Adds those of source rows `group` that output row `row` is made from, in the columns of `sums`.
fn add_group<const N: usize>(
    level: Level,
    job: &Job<'_>,
    row: usize,
    group: std::ops::Range<usize>,
    samples: &[f32],
    sums: &mut [f32],
) {
    let (range, weights) = job.down.floats_of(job.first_row + row);
    let (start, end) = (range.start as usize, range.end as usize);
    let (first, last) = (start.max(group.start), end.min(group.end));
    if first >= last {
        return;
    }
    let mut rows: [&[f32]; GROUP] = [&[]; GROUP];
    for (at, y) in (first..last).enumerate() {
        rows[at] = &samples[(y - group.start) * BLOCK * N..][..sums.len()];
    }
    simd::add_rows(level, &rows[..last - first], &weights[first - start..last - start], sums);
}

/// Whether the last of `N` samples is alpha.
const fn has_alpha(n: usize) -> bool {
    n == 2 || n == 4
}

/// Samples as numbers: linear where asked for, premultiplied where there is alpha.
fn widen<const N: usize>(level: Level, row: &[u8], curve: Curve, out: &mut [f32]) {
    if curve == Curve::Encoded {
        return simd::premultiply::<N>(level, row, out);
    }
    let linear = &*light::LINEAR;
    for (to, from) in out.as_chunks_mut::<N>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        *to = from.map(|sample| linear[usize::from(sample)]);
        if has_alpha(N) {
            let alpha = f32::from(from[N - 1]);
            to.iter_mut().for_each(|sample| *sample *= alpha);
            to[N - 1] = alpha;
        }
    }
}

/// The way back from [`widen`]. Where nothing is to be seen, all samples are 0.
fn narrow<const N: usize>(level: Level, row: &[f32], curve: Curve, out: &mut [u8]) {
    if curve == Curve::Encoded {
        return simd::unpremultiply::<N>(level, row, out);
    }
    for (to, from) in out.as_chunks_mut::<N>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        let alpha = from[N - 1];
        if !has_alpha(N) {
            *to = from.map(light::encoded);
        } else if alpha + 0.5 < 1.0 {
            *to = [0; N];
        } else {
            *to = from.map(|sample| light::encoded(sample / alpha));
            to[N - 1] = rounded(alpha);
        }
    }
}

/// The nearest byte.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn rounded(sample: f32) -> u8 {
    (sample + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A colour of a fifth of the light under alphas around those that are rounded otherwise.
    #[test]
    fn linear_light_is_divided_by_alpha_and_both_are_rounded() {
        for (alpha, expected) in [
            (0.0, [0, 0]),
            (0.49, [0, 0]),
            (0.5, [124, 1]),
            (1.49, [124, 1]),
            (1.5, [124, 2]),
            (127.6, [124, 128]),
            (255.0, [124, 255]),
        ] {
            let mut out = [9, 9];
            narrow::<2>(Level::detect(), &[0.2 * alpha, alpha], Curve::Linear, &mut out);
            assert_eq!(out, expected, "{alpha}");
        }
        let mut out = [9, 9, 9];
        narrow::<3>(Level::detect(), &[0.0, 0.2, 1.0], Curve::Linear, &mut out);
        assert_eq!(out, [0, 124, 255]);
        let mut wide = [0.0; 4];
        widen::<2>(Level::detect(), &[255, 128, 0, 7], Curve::Linear, &mut wide);
        assert_eq!(wide, [128.0, 128.0, 0.0, 7.0]);
    }
}
