//! Holds a file to its `max_bytes`: encodes one picture at several qualities, and gives the best file that fits.
//!
//! ```text
//! encode at the quality asked for; a file that fits is the answer
//! up to three times, while qualities lie between the best that fits and the lowest that does not:
//!     lay the curve of a usual picture through the files so far
//!     encode at the quality where it meets max_bytes, and keep a file that fits
//! the last of them is quality 1 where nothing fits yet
//! ```
//! A bisection takes seven encodes, as it learns one bit of each file. The curve learns the size.
//! All arithmetic is in whole numbers: the choice of a quality is the same on every machine.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{EncodeMemory, WholeEncoder};
use crate::error::{Error, Result};
use crate::picture::image::band::Band;
use crate::recipe::job::Watch;

/// Encodes of a picture at most.
const MOST_ENCODES: usize = 4;

/// The unit of logarithms: a doubling of the bytes.
const DOUBLING: i64 = 1024;

/// The bytes of a file by its quality.
pub(super) struct Curve {
    /// The bytes of a file that are the same at every quality.
    pub(super) fixed: fn(&[u8]) -> u64,
    /// Qualities from 1 to 100, and the logarithm of the other bytes of a usual picture, in 1024ths of
    /// a doubling from those of quality 1 on. It rises, in straight lines.
    pub(super) points: &'static [(u8, i64)],
}

/// The bytes held by an encoder of a `canvas` that takes `encode` bytes for a file. The best file so
/// far lies beside the next encode.
pub(super) fn memory(canvas: u64, encode: u64, max_bytes: u64) -> EncodeMemory {
    EncodeMemory { writing: canvas, finishing: canvas + encode + max_bytes.min(encode) }
}

/// The encodes that an output takes in the usual case: one, or a search.
pub(super) fn usual_encodes(max_bytes: Option<u64>) -> usize {
    if max_bytes.is_some() { 3 } else { 1 }
}

/// An encoder that chooses its quality.
pub(super) struct WithinBytes<E> {
    pub(super) max_bytes: u64,
    /// The qualities to choose from; the last one is asked for.
    pub(super) qualities: RangeInclusive<u8>,
    pub(super) curve: &'static Curve,
    /// Encodes the canvas at a quality.
    pub(super) encode: E,
}

impl<E: FnMut(u8, &Arc<Band>, &Watch) -> Result<Vec<u8>> + Send> WholeEncoder for WithinBytes<E> {
    fn encode(mut self: Box<Self>, canvas: Band, watch: &Watch) -> Result<Vec<u8>> {
        let canvas = Arc::new(canvas);
        search(self.max_bytes, self.qualities.clone(), self.curve, |quality| {
            watch.check()?;
            (self.encode)(quality, &canvas, watch)
        })
    }
}

/// Finds the best file of at most `max_bytes`.
fn search(
    max_bytes: u64,
    qualities: RangeInclusive<u8>,
    curve: &Curve,
    mut encode: impl FnMut(u8) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let (lowest, asked) = qualities.into_inner();
    let file = encode(asked)?;
    let fixed = (curve.fixed)(&file);
    let first = Try::new(asked, &file, fixed);
    if first.bytes <= max_bytes {
        return Ok(file);
    }
    drop(file);
    let target = log2(max_bytes.saturating_sub(fixed));
    let mut search =
        Search { curve, max_bytes, target, lowest, below: None, above: first, before: None };
    let (mut best, mut smallest) = (None, first.bytes);
    for left in (1..MOST_ENCODES).rev() {
        let Some(quality) = search.next(left) else { break };
        let file = encode(quality)?;
        let found = Try::new(quality, &file, fixed);
        smallest = smallest.min(found.bytes);
        if search.learn(found) {
            best = Some(file);
        }
    }
    best.ok_or_else(|| Error::limit_exceeded("max_bytes", max_bytes, smallest))
}

/// A file that was made.
#[derive(Debug, Clone, Copy)]
struct Try {
    quality: u8,
    bytes: u64,
    /// The logarithm of the bytes that depend on quality.
    log: i64,
}

impl Try {
    fn new(quality: u8, file: &[u8], fixed: u64) -> Self {
        let bytes = file.len() as u64;
        Self { quality, bytes, log: log2(bytes.saturating_sub(fixed)) }
    }
}

/// The files so far, of a picture that is too large at the quality asked for.
struct Search<'a> {
    curve: &'a Curve,
    max_bytes: u64,
    /// The logarithm of `max_bytes`, as of a file's bytes.
    target: i64,
    lowest: u8,
    /// The best file that fits.
    below: Option<Try>,
    /// The file of the lowest quality that does not fit, and the one before it.
    above: Try,
    before: Option<Try>,
}

impl Search<'_> {
    /// The quality to try next, with so many encodes left; `None` where no better one is likely.
    fn next(&self, left: usize) -> Option<u8> {
        let last = left == 1;
        let above = self.curve.at(self.above.quality);
        let (goal, lowest) = match self.below {
            // The next quality has about 2 % more bytes.
            Some(below) if below.bytes >= self.max_bytes - self.max_bytes / 100 => return None,
            Some(below) => {
                let from = self.curve.at(below.quality);
                let rise = (self.above.log - below.log).max(1);
                let mut part = (self.target - below.log).clamp(0, rise);
                if last {
                    // The last one should fit rather than come close.
                    part -= part.min(rise - part) * 3 / 20;
                }
                (from + part * (above - from) / rise, below.quality + 1)
            }
            None if last => (0, self.lowest),
            None => {
                let over = (self.above.log - self.target).max(0);
                // A file that fits brings more than one that just does not, all the more once one has
                // not.
                let drop = match self.before {
                    None => over + over / 12 + DOUBLING / 25,
                    Some(before) => {
                        let run = (self.curve.at(before.quality) - above).max(1);
                        let rise = (before.log - self.above.log).clamp(run / 4, run * 5 / 4).max(1);
                        (over + over * 3 / 10 + DOUBLING / 12) * run / rise
                    }
                };
                (above - drop, self.lowest)
            }
        };
        let between = lowest..self.above.quality;
        let reached = between.clone().rev().find(|&quality| self.curve.at(quality) <= goal);
        let reached = reached.or_else(|| between.clone().next())?;
        match self.below {
            Some(below) if last => Some(kept_near(reached, below.quality, between.end)),
            _ => Some(reached),
        }
    }

    /// Takes in a file; tells whether it fits.
    fn learn(&mut self, found: Try) -> bool {
        let fits = found.bytes <= self.max_bytes;
        if fits {
            self.below = Some(found);
        } else {
            self.before = Some(std::mem::replace(&mut self.above, found));
        }
        fits
    }
}

/// The quality of the last try, moved so that the answer is at most 3 away from the best: above it if it
/// fits, and from a bracket of up to 8 also if it does not.
fn kept_near(quality: u8, below: u8, above: u8) -> u8 {
    let (from, to) = (above.saturating_sub(4).max(below + 1), (below + 4).min(above - 1));
    if from <= to { quality.clamp(from, to) } else { quality.min(from) }
}

impl Curve {
    /// The logarithm of the bytes at a quality.
    fn at(&self, quality: u8) -> i64 {
        let upper = self.points.partition_point(|&(point, _)| point < quality);
        let upper = upper.clamp(1, self.points.len() - 1);
        let ((from, low), (to, high)) = (self.points[upper - 1], self.points[upper]);
        low + (high - low) * (i64::from(quality) - i64::from(from))
            / (i64::from(to) - i64::from(from))
    }
}

/// The logarithm to base 2, in 1024ths.
fn log2(bytes: u64) -> i64 {
    let bytes = bytes.max(1);
    let whole = bytes.ilog2();
    // From 1 up to 2, in units of 2^-31: each square moves a digit before the point.
    let mut rest = (bytes << (63 - whole)) >> 32;
    let mut log = i64::from(whole);
    for _ in 0..DOUBLING.ilog2() {
        rest = (rest * rest) >> 31;
        let digit = rest >> 32;
        log = log << 1 | i64::from(digit == 1);
        rest >>= digit;
    }
    log
}

#[cfg(test)]
mod tests;
