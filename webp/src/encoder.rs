//! The encoder: rows in, a frame out.
//!
//! ```text
//! rows -> rows of macroblocks -> measures -> segments -> modes and levels -> records   (as they come)
//! records -> probabilities -> bits                                                     (at the end)
//! ```

use std::collections::VecDeque;

use makeready_kernels::Level;

use crate::analysis::Segments;
use crate::bounds::Bounds;
use crate::edges::SharedEdges;
use crate::error::Error;
use crate::frame::{self, FrameHeader};
use crate::group::{GROUP_ROWS, Group};
use crate::macroblock::{Costs, Workspace};
use crate::mode_costs::ModeCosts;
use crate::probabilities::TokenCounts;
use crate::quantiser::{ChromaOffsets, SegmentQuantiser, chroma_offsets};
use crate::reserve::{Heap, reserve};
use crate::row::SourceRow;
use crate::settings::Settings;
use crate::tables::default_probabilities::DEFAULT;
use crate::tokens::RowRecords;

/// Asked before every row of macroblocks, from any thread: true stops the encoder.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// Calls a closure on as many threads as the encoder is to use, once or more in all, and returns
/// when all calls have. The calls share the work; one alone does all of it.
///
/// ```
/// use makeready_webp::Spread;
///
/// let two_threads: Spread<'_> = &|work| {
///     std::thread::scope(|scope| {
///         scope.spawn(|| work());
///         work();
///     });
/// };
/// # let _ = two_threads;
/// ```
pub type Spread<'a> = &'a dyn Fn(&(dyn Fn() + Sync));

/// Rows of a plane of 8 bits.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// The samples.
    pub samples: &'a [u8],
    /// Samples from the start of a row to the start of the next one.
    pub stride: usize,
}

/// An encoder: takes the rows from top to bottom, and gives out the frame at the end.
///
/// ```
/// use makeready_webp::{Encoder, Error, Plane, Settings};
///
/// let mut encoder = Encoder::new(40, 20, Settings::new(75.0))?;
/// let luma = Plane { samples: &[90; 40 * 10], stride: 40 };
/// let chroma = Plane { samples: &[128; 20 * 5], stride: 20 };
/// let alone = |work: &(dyn Fn() + Sync)| work();
/// encoder.push(&[luma, chroma, chroma], 10, &alone, &|| false)?; // the upper half
/// encoder.push(&[luma, chroma, chroma], 10, &alone, &|| false)?;
/// let frame = encoder.finish(&alone, &|| false)?;
/// assert_eq!(frame[3..6], [0x9D, 0x01, 0x2A]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Encoder {
    settings: Settings,
    size: [u16; 2],
    across: usize,
    down: usize,
    work: Heap<Workspace>,
    /// Rows of samples taken.
    taken: usize,
    /// The row of macroblocks that samples are coming for.
    coming: SourceRow,
    /// The last whole row of macroblocks, where it is not in `waiting` any more.
    previous: Option<SourceRow>,
    /// Rows that are measured and not encoded.
    waiting: VecDeque<SourceRow>,
    histogram: Heap<[u32; 256]>,
    chroma_busyness: i64,
    plan: Option<Plan>,
    edges: SharedEdges,
    mode_costs: Heap<ModeCosts>,
    costs: Heap<Costs>,
    counts: Heap<TokenCounts>,
    records: Vec<RowRecords>,
    /// Bytes of the records of tokens.
    token_bytes: usize,
    #[cfg(test)]
    pub(crate) reconstruction: Vec<crate::test_support::RowPicture>,
}

/// Segments and their quantisers, once they are known.
#[derive(Debug)]
struct Plan {
    segments: Segments,
    chroma: ChromaOffsets,
    quantisers: Heap<[SegmentQuantiser; 4]>,
}

impl Encoder {
    /// Begins a picture of `width` by `height` pixels, 1 to 16,383 each.
    ///
    /// # Errors
    /// `Misuse` for another size, `Memory`.
    pub fn new(width: u32, height: u32, settings: Settings) -> Result<Self, Error> {
        Self::with_level(width, height, settings, Level::detect())
    }

    /// Begins a picture like [`Encoder::new`], with the vector instructions of `level`. The frame
    /// does not depend on it.
    ///
    /// # Errors
    /// The same as [`Encoder::new`].
    pub fn with_level(
        width: u32,
        height: u32,
        settings: Settings,
        level: Level,
    ) -> Result<Self, Error> {
        let side = |side: u32| match u16::try_from(side) {
            Ok(side @ 1..=16383) => Ok(side),
            _ => Err(Error::Misuse(format!("a side of a WebP is 1 to 16383 pixels, not {side}"))),
        };
        let size = [side(width)?, side(height)?];
        let [across, down] = size.map(|side| usize::from(side).div_ceil(16));
        Ok(Self {
            settings,
            size,
            across,
            down,
            work: Heap::new(Workspace::new(level))?,
            taken: 0,
            coming: SourceRow::new(across)?,
            previous: None,
            waiting: VecDeque::new(),
            histogram: Heap::new([0; 256])?,
            chroma_busyness: 0,
            plan: None,
            edges: SharedEdges::new(across)?,
            mode_costs: Heap::new(ModeCosts::new())?,
            costs: Heap::new(Costs::new(&DEFAULT))?,
            counts: Heap::new(TokenCounts::ZERO)?,
            records: Vec::new(),
            token_bytes: 0,
            #[cfg(test)]
            reconstruction: Vec::new(),
        })
    }

    /// The most bytes of memory that an encoder on so many threads takes, the frame included. 0 for
    /// a picture that cannot be encoded.
    ///
    /// The bound is that of the worst noise with a margin. An encoder is held to it: for a picture
    /// made to need more it gives [`Error::Memory`].
    ///
    /// ```
    /// use makeready_webp::{Encoder, Settings};
    ///
    /// let bound = |side| Encoder::memory_bound(side, side, &Settings::new(80.0), 2);
    /// assert!(bound(800) < 6 << 20 && bound(20_000) == 0);
    /// ```
    #[must_use]
    pub fn memory_bound(width: u32, height: u32, settings: &Settings, threads: usize) -> u64 {
        let side = |side: u32| match side {
            1..=16383 => Some(side.div_ceil(16) as usize),
            _ => None,
        };
        let size = side(width).zip(side(height));
        size.map_or(0, |(across, down)| Bounds::new(settings).total([across, down], threads))
    }

    /// Takes the next `count` rows: luma, and half as many rows and columns of both planes of
    /// chroma, rounded up. `count` is even but at the end of the picture.
    ///
    /// # Errors
    /// `Misuse` for planes that are too small, an odd count and rows too many; `Memory`;
    /// `Stopped` where `stop` gave true. After the last two the encoder is of no use.
    pub fn push(
        &mut self,
        planes: &[Plane<'_>; 3],
        count: u32,
        spread: Spread<'_>,
        stop: Stop<'_>,
    ) -> Result<(), Error> {
        let height = usize::from(self.size[1]);
        let end = self.taken.saturating_add(count as usize);
        if end > height || count % 2 == 1 && end != height {
            return Err(Error::Misuse(format!("{count} rows after {} of {height}", self.taken)));
        }
        self.check(planes, count as usize)?;
        let start = self.taken;
        while self.taken < end {
            let from = self.taken - start;
            let rows = (16 - self.taken % 16).min(end - self.taken);
            self.copy(planes, from, rows);
            self.taken += rows;
            if self.taken.is_multiple_of(16) || self.taken == height {
                self.complete_row()?;
                self.encode(spread, stop)?;
            }
        }
        Ok(())
    }

    /// Checks that planes have the rows.
    fn check(&self, planes: &[Plane<'_>; 3], count: usize) -> Result<(), Error> {
        for (number, plane) in planes.iter().enumerate() {
            let half = |side: usize| if number == 0 { side } else { side.div_ceil(2) };
            let (width, rows) = (half(usize::from(self.size[0])), half(count));
            let least = rows.saturating_sub(1).saturating_mul(plane.stride).saturating_add(width);
            if rows > 1 && plane.stride < width || rows > 0 && plane.samples.len() < least {
                return Err(Error::Misuse(format!("plane {number} has too few samples")));
            }
        }
        Ok(())
    }

    /// Copies rows of planes, from row `from` on, and repeats the last column.
    fn copy(&mut self, planes: &[Plane<'_>; 3], from: usize, count: usize) {
        for (number, plane) in planes.iter().enumerate() {
            let half = |side: usize| if number == 0 { side } else { side.div_ceil(2) };
            let width = half(usize::from(self.size[0]));
            let first = if number == 0 { self.taken % 16 } else { self.taken % 16 / 2 };
            let from = if number == 0 { from } else { from / 2 };
            for y in 0..half(count) {
                let row = self.coming.row_mut(number, first + y);
                row[..width].copy_from_slice(&plane.samples[(from + y) * plane.stride..][..width]);
                let last = row[width - 1];
                row[width..].fill(last);
            }
        }
    }

    /// Repeats the last rows up to a whole row of macroblocks, and measures it.
    fn complete_row(&mut self) -> Result<(), Error> {
        let rows = (self.taken - 1) % 16 + 1;
        for plane in 0..3 {
            let (rows, size) = if plane == 0 { (rows, 16) } else { (rows.div_ceil(2), 8) };
            for y in rows..size {
                self.coming.repeat_row(plane, rows - 1, y);
            }
        }
        let above = self.waiting.back().or(self.previous.as_ref());
        let mut row = std::mem::replace(&mut self.coming, SourceRow::new(0)?);
        let busyness = row.analyse(above, &mut self.work);
        for &flatness in &row.flatness {
            self.histogram[usize::from(flatness)] += 1;
        }
        self.chroma_busyness += busyness;
        self.coming = match self.previous.take() {
            Some(spare) => spare,
            None => SourceRow::new(self.across)?,
        };
        let no_room = |_| Error::Memory(size_of::<SourceRow>() as u64);
        self.waiting.try_reserve(1).map_err(no_room)?;
        self.waiting.push_back(row);
        Ok(())
    }

    /// Finds the segments, if that has not been done.
    fn make_plan(&mut self) -> Result<(), Error> {
        let count = self.histogram.iter().map(|&count| i64::from(count)).sum::<i64>();
        let busyness = self.chroma_busyness.checked_div(count).unwrap_or(0);
        let chroma = chroma_offsets(&self.settings, i32::try_from(busyness).unwrap_or(0));
        let segments = Segments::new(&self.histogram);
        let quantisers =
            segments.characters.map(|it| SegmentQuantiser::new(&self.settings, it, chroma));
        self.plan = Some(Plan { segments, chroma, quantisers: Heap::new(quantisers)? });
        Ok(())
    }

    /// Encodes the groups of rows that are whole.
    fn encode(&mut self, spread: Spread<'_>, stop: Stop<'_>) -> Result<(), Error> {
        let is_all = self.taken == usize::from(self.size[1]);
        if self.plan.is_none() {
            let samples = self.waiting.len() * self.across * 256;
            if !is_all
                && (samples < self.settings.lookahead as usize || self.waiting.len() < GROUP_ROWS)
            {
                return Ok(());
            }
            self.make_plan()?;
        }
        loop {
            let done = self.records.len();
            let wanted = group_size(done).min(self.down - done);
            if wanted == 0 || self.waiting.len() < wanted {
                return Ok(());
            }
            if let Some(plan) = &mut self.plan {
                plan.segments.follow(&self.histogram);
            }
            self.encode_group(wanted, spread, stop)?;
        }
    }

    /// Encodes the next rows, side by side, and learns from them.
    fn encode_group(
        &mut self,
        rows: usize,
        spread: Spread<'_>,
        stop: Stop<'_>,
    ) -> Result<(), Error> {
        let Some(plan) = &self.plan else { return Ok(()) };
        let group = Group {
            first: self.records.len(),
            rows: &self.waiting.make_contiguous()[..rows],
            segments: &plan.segments,
            quantisers: &plan.quantisers,
            costs: &self.costs,
            mode_costs: &self.mode_costs,
            edges: &self.edges,
            mode_bits: mode_bits(self.across * self.down),
            effort: self.settings.effort.min(6),
            level: self.work.level,
        };
        reserve(&mut self.records, rows)?;
        let results = group.encode(spread, stop)?;
        self.token_bytes += results.iter().map(|it| it.records.token_bytes()).sum::<usize>();
        let macroblocks = self.across * (self.records.len() + rows);
        Bounds::new(&self.settings).check_records(self.token_bytes, macroblocks)?;
        for result in results {
            self.counts.add(&result.counts);
            self.records.push(result.records);
            #[cfg(test)]
            self.reconstruction.push(result.picture);
        }
        *self.costs = Costs::new(&self.counts.probabilities());
        self.previous = self.waiting.drain(..rows).next_back();
        Ok(())
    }

    /// Ends the picture and gives out the VP8 frame: the payload of a `VP8 ` chunk.
    ///
    /// # Errors
    /// `Misuse` before the last row, `TooLarge`, `Memory`, `Stopped`.
    pub fn finish(mut self, spread: Spread<'_>, stop: Stop<'_>) -> Result<Vec<u8>, Error> {
        self.write(spread, stop)
    }

    /// Writes the frame.
    pub(crate) fn write(&mut self, spread: Spread<'_>, stop: Stop<'_>) -> Result<Vec<u8>, Error> {
        let Some(plan) = self.plan.as_ref().filter(|_| self.records.len() == self.down) else {
            return Err(Error::Misuse(format!("{} of {} rows", self.taken, self.size[1])));
        };
        let used = (0..4).filter(|&at| self.records.iter().any(|row| row.segments[at] > 0));
        let base = used.map(|at| &plan.quantisers[at]).max_by_key(|it| it.filter_level);
        let header = FrameHeader {
            size: self.size,
            quantisers: &plan.quantisers,
            base: base.unwrap_or(&plan.quantisers[0]),
            chroma: plan.chroma,
            filter_sharpness: self.settings.filter_sharpness,
            log_partitions: self.settings.log_partitions(),
            level: self.work.level,
            bounds: Bounds::new(&self.settings),
        };
        frame::write(&header, &self.records, &self.counts, spread, stop)
    }
}

/// The rows of macroblocks of the group that begins after `done`: few at first, so that the
/// costs of tokens are soon those of the picture.
fn group_size(done: usize) -> usize {
    (done.max(1)).next_power_of_two().min(GROUP_ROWS)
}

/// Eighths of bits that the modes of luma of a macroblock may take, so that all modes fit the
/// first partition: 512 KiB, less room for the header and other modes.
fn mode_bits(macroblocks: usize) -> i64 {
    let eighths = (500 << 10) * 8 * 8 / macroblocks.max(1);
    // The modes of chroma, the segment and the flag of skipping take up to 6 bits.
    i64::try_from(eighths).unwrap_or(i64::MAX) - 48
}
