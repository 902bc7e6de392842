//! A Gaussian filter of rows of numbers, down and then across.
//!
//! ```text
//! for every block of columns:
//!     the rows that are needed, as numbers
//!     for every output row: their weighted sums
//! for every output row:
//!     a pixel more on either side for each that the filter reaches
//!     the weighted sums of the row moved by a pixel at a time
//! ```
//!
//! It reaches four times its standard deviation, beyond which six of 100,000 parts of a Gaussian lie. Weights and sums
//! are in floating point: with the weights of a resize, of 16 bits, a wide one would be a few steps high.

use std::ops::Range;

use makeready_kernels::Level;

use super::numbers::{add, pad};
use super::{around, line_at};
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::reserve::{filled, reserved};
use crate::picture::work::{Work, WorkKind};

/// Columns that are taken at a time on the way down: as many rows of them as a filter of some pixels needs stay in the
/// cache.
const COLUMNS: usize = 128;

/// Numbers of a row that are taken at a time on the way across.
const ACROSS: usize = 1024;

/// The most products of a band, about 10 ms of them: a job is to stop in time.
const PRODUCTS: u64 = 1 << 28;

/// The fewest rows of a band all the same, as each needs many rows of the source anew.
const ROWS: u32 = 4;

/// A filter of a picture.
pub(super) struct Gaussian {
    sigma: f64,
    size: Size,
    /// Numbers of a pixel.
    channels: usize,
    level: Level,
}

impl Gaussian {
    pub(super) fn new(sigma: f64, size: Size, channels: usize, level: Level) -> Self {
        Self { sigma, size, channels, level }
    }

    /// The rows of the source that rows are made from.
    pub(super) fn needs(&self, rows: Range<u32>) -> Range<u32> {
        around(rows, reach(self.sigma), self.size.height)
    }

    /// Makes rows. `widen` makes the numbers of some pixels of a row of the source, `take` is given every row.
    pub(super) fn run(
        &self,
        rows: Range<u32>,
        widen: impl Fn(u32, Range<usize>, &mut [f32]),
        mut take: impl FnMut(u32, &[f32]),
    ) -> Result<()> {
        let channels = self.channels;
        let len = self.size.width as usize * channels;
        let sums = self.down(rows.clone(), widen)?;
        let weights = weights(self.sigma, self.size.width)?;
        let margin = weights.len() / 2;
        let mut padded = filled(0.0, len + 2 * margin * channels)?;
        let mut row = filled(0.0, len)?;
        for (y, sums) in rows.zip(sums.chunks_exact(len)) {
            pad(sums, channels, margin, &mut padded);
            row.fill(0.0);
            for (index, block) in row.chunks_mut(ACROSS).enumerate() {
                let (at, len) = (index * ACROSS, block.len());
                let moved = |tap: usize| &padded[at + tap * channels..][..len];
                add(self.level, &weights, moved, block);
            }
            take(y, &row);
        }
        Ok(())
    }

    /// The weighted sums of the columns.
    fn down(
        &self,
        rows: Range<u32>,
        widen: impl Fn(u32, Range<usize>, &mut [f32]),
    ) -> Result<Vec<f32>> {
        let Size { width, height } = self.size;
        let (width, channels) = (width as usize, self.channels);
        let weights = weights(self.sigma, height)?;
        let reach = seen(self.sigma, height);
        let needed = self.needs(rows.clone());
        let pitch = COLUMNS.min(width) * channels;
        let mut block = filled(0.0, needed.len() * pitch)?;
        let mut sums = filled(0.0, rows.len() * width * channels)?;
        for start in (0..width).step_by(COLUMNS) {
            let columns = start..(start + COLUMNS).min(width);
            let len = columns.len() * channels;
            for (y, row) in needed.clone().zip(block.chunks_exact_mut(pitch)) {
                widen(y, columns.clone(), &mut row[..len]);
            }
            let sums = sums.chunks_exact_mut(width * channels);
            for (y, sums) in rows.clone().zip(sums) {
                let row = |tap: usize| {
                    let at = line_at(y, tap, reach, height) - needed.start;
                    &block[at as usize * pitch..][..len]
                };
                add(self.level, &weights, row, &mut sums[start * channels..][..len]);
            }
        }
        Ok(sums)
    }

    /// Rows of a band, of which `most` are the usual.
    pub(super) fn band_rows(&self, most: u32) -> u32 {
        let row = u64::from(self.size.width) * self.channels as u64 * self.taps();
        u32::try_from(PRODUCTS / row.max(1)).unwrap_or(most).max(ROWS).min(most)
    }

    /// An upper bound of the bytes that `rows` rows reserve.
    pub(super) fn scratch(&self, rows: u32) -> u64 {
        let Size { width, height } = self.size;
        let (across, down) = (seen(self.sigma, width), seen(self.sigma, height));
        let needed = u64::from(rows.saturating_add(2 * down).min(height));
        let row = u64::from(width) + 2 * u64::from(across) + u64::from(width);
        let numbers = u64::from(rows) * u64::from(width)
            + needed * u64::from(width).min(COLUMNS as u64)
            + row;
        // A weight has 4 bytes, and 8 while it is made.
        4 * self.channels as u64 * numbers + 12 * self.taps()
    }

    /// Adds the work of making so many rows in bands of `band_rows`.
    pub(super) fn work(&self, rows: u32, band_rows: u32, work: &mut Work) {
        let row = f64::from(self.size.width) * self.channels as f64;
        let bands = f64::from(rows.div_ceil(band_rows.max(1)));
        let reach = f64::from(seen(self.sigma, self.size.height));
        let rows = f64::from(rows);
        work.add_at(WorkKind::ResampleSource, 1, (rows + bands * 2.0 * reach) * row);
        work.add_at(WorkKind::Neighbour, 0, rows * row * self.taps() as f64);
        work.add_at(WorkKind::ResampleOut, 1, rows * row);
    }

    /// Weights down and across.
    fn taps(&self) -> u64 {
        let taps = |side| 2 * u64::from(seen(self.sigma, side)) + 1;
        taps(self.size.width) + taps(self.size.height)
    }
}

/// The pixels that a filter reaches on either side of one.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
pub(super) fn reach(sigma: f64) -> u32 {
    (4.0 * sigma) as u32
}

/// The pixels of a line of `side` that it reaches on either side of one. All farther ones are the one at an edge.
fn seen(sigma: f64, side: u32) -> u32 {
    reach(sigma).min(side - 1)
}

/// The weights of the pixels around one in a line of `side`, from the one on the left that is the farthest. Pixels that
/// are farther still have theirs added to it, as beyond an edge all are that one.
#[allow(clippy::cast_possible_truncation, reason = "a number of 0 to 1, rounded")]
fn weights(sigma: f64, side: u32) -> Result<Vec<f32>> {
    let (reach, seen) = (reach(sigma), seen(sigma, side));
    let mut sums = filled(0.0_f64, 2 * seen as usize + 1)?;
    for step in 0..=2 * reach {
        let far = f64::from(step.abs_diff(reach)) / sigma;
        let at = (step + seen).saturating_sub(reach).min(2 * seen);
        sums[at as usize] += exp_of_minus(far * far / 2.0);
    }
    let total: f64 = sums.iter().sum();
    let mut weights = reserved(sums.len())?;
    weights.extend(sums.iter().map(|sum| (sum / total) as f32));
    Ok(weights)
}

/// The exponential function of `-x`, for `x` of 0 to 8. Only additions, multiplications and divisions are used, so that
/// a weight is the same number on every platform; the function of a C library is not.
fn exp_of_minus(x: f64) -> f64 {
    // The Taylor series of a 16th of it, of which the first term left out is below the last bit of a double.
    let x = x / 16.0;
    let root = (1..=14).rev().fold(1.0, |sum, n| 1.0 - x / f64::from(n) * sum);
    (0..4).fold(root, |power, _| power * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_function_is_that_of_the_library() {
        for step in 0..=8000 {
            let x = f64::from(step) / 1000.0;
            assert!((exp_of_minus(x) / (-x).exp() - 1.0).abs() < 1e-14, "{x}");
        }
    }

    #[test]
    fn weights_are_those_of_the_curve_and_sum_to_one() -> Result<()> {
        for sigma in [0.3, 0.5, 1.0, 2.7, 31.0, 1000.0] {
            for side in [1, 2, 3, 50, 65_535] {
                let weights = weights(sigma, side)?;
                assert_eq!(weights.len() as u64, 2 * u64::from(seen(sigma, side)) + 1);
                let sum: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
                assert!((sum - 1.0).abs() < 1e-6, "{sigma} {side}: {sum}");
                assert!(weights.iter().eq(weights.iter().rev()), "{sigma} {side}");
            }
            let weights = weights(sigma, u32::MAX)?;
            let middle = weights.len() / 2;
            for (at, weight) in weights.iter().enumerate() {
                let far = at.abs_diff(middle) as f64 / sigma;
                let share = f64::from(weight / weights[middle]);
                assert!((share - (-far * far / 2.0).exp()).abs() < 1e-6, "{sigma} {at}");
            }
        }
        Ok(())
    }

    /// A picture that is shorter than the filter reaches has as many weights as it has pixels to either side.
    #[test]
    fn weights_beyond_a_picture_are_those_of_its_edges() -> Result<()> {
        assert_eq!(weights(5.0, 1)?, [1.0]);
        let [left, middle, right] = weights(5.0, 2)?[..] else { panic!("three weights") };
        assert!((middle - 0.0798).abs() < 1e-4 && left == right, "{left} {middle} {right}");
        Ok(())
    }
}
