//! Encodes a group of rows side by side, each two macroblocks behind the one above.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use makeready_kernels::Level;

use crate::analysis::Segments;
use crate::edges::{Progress, SharedEdges};
use crate::encoder::{Spread, Stop};
use crate::error::Error;
use crate::macroblock::{Costs, Rules, Workspace};
use crate::mode_costs::ModeCosts;
use crate::probabilities::TokenCounts;
use crate::quantiser::SegmentQuantiser;
use crate::reserve::Heap;
use crate::row::{RowEncoder, SourceRow};
use crate::tokens::RowRecords;

/// The most rows of a group. The costs of tokens are those of the rows before the group, whatever
/// the number of threads.
pub(crate) const GROUP_ROWS: usize = 8;

/// A group of rows.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The number of its first row.
    pub(crate) first: usize,
    pub(crate) rows: &'a [SourceRow],
    pub(crate) segments: &'a Segments,
    pub(crate) quantisers: &'a [SegmentQuantiser; 4],
    pub(crate) costs: &'a Costs,
    pub(crate) mode_costs: &'a ModeCosts,
    pub(crate) edges: &'a SharedEdges,
    /// Eighths of bits that the modes of a macroblock may take.
    pub(crate) mode_bits: i64,
    pub(crate) effort: u8,
    pub(crate) level: Level,
}

/// A row that is encoded.
#[derive(Debug)]
pub(crate) struct RowResult {
    pub(crate) records: RowRecords,
    pub(crate) counts: Heap<TokenCounts>,
    #[cfg(test)]
    pub(crate) picture: crate::test_support::RowPicture,
}

/// The part that threads share.
struct Turns<'a> {
    next: AtomicUsize,
    progress: Vec<Progress>,
    results: Vec<OnceLock<Result<RowResult, Error>>>,
    stopped: AtomicBool,
    stop: Stop<'a>,
}

/// Tells the others when a thread ends early, by a panic of `stop`.
struct Leaving<'a>(&'a AtomicBool, bool);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if !self.1 {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

impl Group<'_> {
    /// Encodes the rows.
    ///
    /// # Errors
    /// `Stopped`, `Memory`.
    pub(crate) fn encode(
        &self,
        spread: Spread<'_>,
        stop: Stop<'_>,
    ) -> Result<Vec<RowResult>, Error> {
        let turns = Turns {
            next: AtomicUsize::new(0),
            progress: self.rows.iter().map(|_| Progress::default()).collect(),
            results: self.rows.iter().map(|_| OnceLock::new()).collect(),
            stopped: AtomicBool::new(false),
            stop,
        };
        if self.rows.len() > 1 {
            spread(&|| self.work(&turns));
        } else {
            self.work(&turns);
        }
        turns
            .results
            .into_iter()
            .map(|result| result.into_inner().unwrap_or(Err(Error::Stopped)))
            .collect()
    }

    /// Takes rows, the uppermost first, until there are no more. The row above is done or being
    /// encoded by a thread that is running, so that nobody waits for ever.
    fn work(&self, turns: &Turns<'_>) {
        let mut work = Workspace::new(self.level);
        let mut leaving = Leaving(&turns.stopped, false);
        loop {
            let row = turns.next.fetch_add(1, Ordering::Relaxed);
            if row >= self.rows.len() || turns.stopped.load(Ordering::Relaxed) {
                break;
            }
            if (turns.stop)() {
                turns.stopped.store(true, Ordering::Relaxed);
                break;
            }
            let result = self.encode_row(row, turns, &mut work);
            let failed = result.is_err();
            let _ = turns.results[row].set(result);
            if failed {
                turns.stopped.store(true, Ordering::Relaxed);
                break;
            }
        }
        leaving.1 = true;
    }

    /// Encodes a row.
    fn encode_row(
        &self,
        row: usize,
        turns: &Turns<'_>,
        work: &mut Workspace,
    ) -> Result<RowResult, Error> {
        let source = &self.rows[row];
        let across = source.flatness.len();
        let first = self.first + row == 0;
        let mut encoder = RowEncoder::new(self.edges, across, first, self.mode_bits);
        let mut records = RowRecords::new();
        let mut counts = Heap::new(TokenCounts::ZERO)?;
        #[cfg(test)]
        let mut picture = crate::test_support::RowPicture::new(across);
        for x in 0..across {
            if row > 0 {
                wait(&turns.progress[row - 1], (x + 2).min(across), &turns.stopped)?;
            }
            let segment = self.segments.map[usize::from(source.flatness[x])];
            let rules = Rules {
                quantiser: &self.quantisers[usize::from(segment)],
                costs: self.costs,
                mode_costs: self.mode_costs,
                effort: self.effort,
            };
            let skip = encoder.macroblock(
                x,
                &source.macroblock(x),
                segment,
                &rules,
                work,
                (&mut records, &mut counts),
            )?;
            #[cfg(test)]
            picture.push(work, rules.quantiser.filter_level, skip);
            #[cfg(not(test))]
            let _ = skip;
            turns.progress[row].set(x + 1);
        }
        records.shrink();
        Ok(RowResult {
            records,
            counts,
            #[cfg(test)]
            picture,
        })
    }
}

/// Waits until so many macroblocks are done.
///
/// # Errors
/// `Stopped`.
fn wait(progress: &Progress, count: usize, stopped: &AtomicBool) -> Result<(), Error> {
    let mut tries = 0u32;
    while !progress.has(count) {
        if stopped.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        tries += 1;
        if tries < 64 {
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
    Ok(())
}
