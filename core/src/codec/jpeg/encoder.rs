//! The JPEG encoder: rows in, a file out.
//!
//! ```text
//! rows -> tile (colour, downsampling) -> blocks (DCT, quantisation) -> bits        standard tables
//!                                                                   -> tokens -> bits    best ones
//!                                                                   -> coefficients -> scans
//! ```
//! A push is cut into strips of whole rows of MCUs that are worked on side by side, each into a
//! stream of bits of its own; the streams are joined bit by bit, without restart markers. What a
//! strip needs of the one above it, the DC coefficients of its last blocks, it computes itself.
//! Bytes depend neither on the number of strips nor on how the rows are cut into pushes.

use bits::Output;
use frame::Frame;
use lane::{Job, Lane, Mode, each};
use memory::Bounds;
use source::{Rows, Source};

pub(crate) use error::EncodeError;
pub(crate) use options::{Input, Plane, Poll, Settings, Subsampling};

use crate::simd::Level;
use crate::simd::jpeg_encode::Quantiser;

mod bits;
mod direct;
mod error;
mod frame;
mod huffman;
mod lane;
mod memory;
mod options;
mod progressive;
mod second_pass;
mod segments;
mod source;
mod tables;
#[cfg(test)]
mod tests;
mod tile;
mod tokens;
mod walk;

/// Rows of MCUs that a worker does before the streams are joined: bounds what is in flight.
const ROUND: usize = 2;

/// An encoder that takes the rows from top to bottom.
#[derive(Debug)]
pub(crate) struct Encoder {
    frame: Frame,
    settings: Settings,
    steps: [[u8; 64]; 2],
    quantisers: [Quantiser; 2],
    lanes: Vec<Lane>,
    mode: Mode,
    /// Rows that do not make a row of MCUs yet, of each plane.
    kept: [Vec<u8>; 3],
    /// Rows taken.
    rows: usize,
    /// Rows of MCUs done.
    done: usize,
    dc: walk::Dc,
    output: Output,
    /// Restart markers written.
    restarts: usize,
    token_rows: Vec<Vec<u8>>,
    coefficient_rows: Vec<Vec<i16>>,
    bounds: Bounds,
    /// Bytes of the tokens that lie between the passes.
    tokens: u64,
    failed: bool,
}

impl Encoder {
    /// As [`Encoder::with_level`], with the best kernels.
    #[cfg(test)]
    pub(crate) fn new(
        width: u32,
        height: u32,
        input: Input,
        settings: Settings,
        lanes: usize,
    ) -> Result<Self, EncodeError> {
        Self::with_level(width, height, input, settings, lanes, Level::detect())
    }

    /// The bytes of memory that an encoder takes at most when it is pushed `cut` rows at a time, the
    /// file included; [`memory`] says for which pictures, and what becomes of the others. 0 for a
    /// picture that cannot be encoded.
    pub(crate) fn memory(
        width: u32,
        height: u32,
        input: Input,
        settings: &Settings,
        lanes: usize,
        cut: u32,
    ) -> u64 {
        Frame::new(width, height, input, settings).map_or(0, |frame| {
            let lanes = lanes.clamp(1, frame.down);
            let whole = (cut as usize).is_multiple_of(frame.mcu().1);
            Bounds::new(&frame, settings, lanes).total(lanes, whole)
        })
    }

    /// An encoder for a picture of this size, with the kernels of `level`. `lanes` is how many pieces the
    /// work of a push is split into, in the current pool of rayon; with 1, rayon is not touched.
    ///
    /// # Errors
    /// Where size or metadata do not fit in a file, or memory is short.
    pub(crate) fn with_level(
        width: u32,
        height: u32,
        input: Input,
        settings: Settings,
        lanes: usize,
        level: Level,
    ) -> Result<Self, EncodeError> {
        let frame = Frame::new(width, height, input, &settings)?;
        segments::check(&settings)?;
        let steps = [0, 1].map(|class| tables::quantisation(settings.quality, class));
        let lanes = lanes.clamp(1, frame.down);
        let bounds = Bounds::new(&frame, &settings, lanes);
        let mode = match (settings.progressive, settings.optimize_coding) {
            (true, _) => Mode::Keep,
            (false, true) => Mode::Tokens,
            (false, false) => Mode::Direct,
        };
        let mut encoder = Self {
            frame,
            quantisers: steps.each_ref().map(Quantiser::new),
            steps,
            lanes: (0..lanes)
                .map(|_| Lane::new(&frame, level, &bounds))
                .collect::<Result<_, _>>()?,
            mode,
            kept: Default::default(),
            rows: 0,
            done: 0,
            dc: walk::Dc::default(),
            output: Output::default(),
            restarts: 0,
            token_rows: Vec::new(),
            coefficient_rows: Vec::new(),
            bounds,
            tokens: 0,
            failed: false,
            settings,
        };
        encoder.output.set_limit(bounds.file);
        segments::header(&mut encoder.output, &frame, &encoder.settings, &encoder.steps)?;
        match mode {
            Mode::Direct => encoder.start_scan(&tables::DC, &tables::AC)?,
            Mode::Tokens => memory::reserve(&mut encoder.token_rows, frame.down)?,
            Mode::Keep => memory::reserve(&mut encoder.coefficient_rows, frame.down)?,
        }
        Ok(encoder)
    }

    /// Takes the next `count` rows, grey or RGB, each from a multiple of `stride` bytes on. `poll`
    /// says whether to stop; it is asked before every row of MCUs.
    ///
    /// # Errors
    /// As [`EncodeError`] says. After any error but for a wrong call, the encoder takes nothing
    /// more.
    pub(crate) fn push(
        &mut self,
        rows: &[u8],
        stride: usize,
        count: u32,
        poll: Poll<'_>,
    ) -> Result<(), EncodeError> {
        if self.frame.input == Input::Planes {
            return Err(EncodeError::OutOfOrder);
        }
        let none = Plane { data: &[], stride: 0 };
        self.take(&[Plane { data: rows, stride }, none, none], count, poll)
    }

    /// Takes the next `count` rows of luma and those of chroma that belong to them. Where chroma is
    /// half as high, `count` is even but for the end of the picture.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub(crate) fn push_planes(
        &mut self,
        planes: &[Plane<'_>; 3],
        count: u32,
        poll: Poll<'_>,
    ) -> Result<(), EncodeError> {
        let end = self.rows.saturating_add(count as usize);
        let whole = (count as usize).is_multiple_of(self.frame.factors.1);
        if self.frame.input != Input::Planes || !whole && end != self.frame.height {
            return Err(EncodeError::OutOfOrder);
        }
        self.take(planes, count, poll)
    }

    /// Checks new rows, codes what makes whole rows of MCUs and keeps the rest.
    fn take(
        &mut self,
        planes: &[Plane<'_>; 3],
        count: u32,
        poll: Poll<'_>,
    ) -> Result<(), EncodeError> {
        if self.failed {
            return Err(EncodeError::OutOfOrder);
        }
        if count == 0 {
            return Ok(());
        }
        let found = self.rows as u64 + u64::from(count);
        if found > self.frame.height as u64 {
            return Err(self.wrong_rows(found));
        }
        let kept = std::mem::take(&mut self.kept);
        let source = match self.source(&kept, planes, count as usize) {
            Ok(source) => source,
            Err(error) => {
                self.kept = kept;
                return Err(error);
            }
        };
        self.failed = true;
        self.rows += count as usize;
        let first = self.done;
        let down = self.frame.mcu().1;
        let end = if self.rows == self.frame.height { self.frame.down } else { self.rows / down };
        self.code(&source, end, poll)?;
        if self.rows < self.frame.height {
            self.kept = source.keep(&self.frame, (end - first) * down)?;
        }
        self.failed = false;
        Ok(())
    }

    /// The rows that wait and the new ones, once these are known to be there.
    fn source<'a>(
        &self,
        kept: &'a [Vec<u8>; 3],
        planes: &[Plane<'a>; 3],
        count: usize,
    ) -> Result<Source<'a>, EncodeError> {
        let mut source = Source::default();
        for (plane, width) in self.frame.rows().into_iter().enumerate().filter(|&(_, w)| w > 0) {
            let count = count.div_ceil(self.frame.luma_rows(plane));
            let Plane { data, stride } = planes[plane];
            let expected = (count - 1).saturating_mul(stride).saturating_add(width);
            if count > 1 && stride < width {
                return Err(EncodeError::ShortRows { expected: width, found: stride });
            }
            if data.len() < expected {
                return Err(EncodeError::ShortRows { expected, found: data.len() });
            }
            source.0[plane] = Rows { head: &kept[plane], body: data, stride, count, width };
        }
        Ok(source)
    }

    /// Codes the rows of MCUs up to `end`; the source begins with the first that is not done.
    fn code(&mut self, source: &Source<'_>, end: usize, poll: Poll<'_>) -> Result<(), EncodeError> {
        let first = self.done;
        while self.done < end {
            // Alone, one row at a time: the strip stays in the cache.
            let round = if self.lanes.len() == 1 { 1 } else { ROUND * self.lanes.len() };
            let rows = self.done..end.min(self.done + round);
            let (frame, mode) = (self.frame, self.mode);
            let quantisers = &self.quantisers;
            let job = Job { frame: &frame, quantisers, source, first, mode, poll };
            let each_rows = rows.len().div_ceil(self.lanes.len());
            let used = rows.len().div_ceil(each_rows);
            let dc = self.dc;
            each(&mut self.lanes[..used], |at, lane| {
                let from = rows.start + at * each_rows;
                let to = rows.end.min(from + each_rows);
                lane.work(&job, from..to, (at == 0).then_some(dc))
            })?;
            self.done = rows.end;
            self.dc = self.lanes[used - 1].dc;
            self.collect(used, poll)?;
        }
        Ok(())
    }

    /// Takes what the first `used` lanes made.
    fn collect(&mut self, used: usize, poll: Poll<'_>) -> Result<(), EncodeError> {
        if self.mode == Mode::Direct {
            return self.join(0..used);
        }
        for lane in &mut self.lanes[..used] {
            self.tokens += lane.token_rows.iter().map(|row| row.len() as u64).sum::<u64>();
            self.token_rows.append(&mut lane.token_rows);
            self.coefficient_rows.append(&mut lane.coefficient_rows);
        }
        if self.tokens > self.bounds.tokens {
            self.give_up_tokens(poll)?;
        }
        Ok(())
    }

    /// Ends the file and gives it out.
    ///
    /// # Errors
    /// [`EncodeError::WrongRows`] before the last row, and as [`Self::push`].
    pub(crate) fn finish(mut self, poll: Poll<'_>) -> Result<Vec<u8>, EncodeError> {
        if self.failed {
            return Err(EncodeError::OutOfOrder);
        }
        if self.rows != self.frame.height {
            return Err(self.wrong_rows(self.rows as u64));
        }
        match self.mode {
            Mode::Direct => {}
            Mode::Tokens => self.code_tokens(poll)?,
            Mode::Keep => self.code_scans(poll)?,
        }
        self.output.pad()?;
        segments::end(&mut self.output)?;
        Ok(self.output.into_bytes())
    }

    /// The error of a number of rows.
    fn wrong_rows(&self, found: u64) -> EncodeError {
        let narrow = |rows: u64| u32::try_from(rows).unwrap_or(u32::MAX);
        EncodeError::WrongRows { expected: narrow(self.frame.height as u64), found: narrow(found) }
    }
}
