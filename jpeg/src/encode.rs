//! The JPEG encoder: rows in, a file out.
//!
//! ```text
//! rows -> tile (colour, downsampling) -> blocks (DCT, quantisation) -> bits        standard tables
//!                                                                   -> tokens -> bits    best ones
//!                                                                   -> coefficients -> scans
//! ```
//! The rows of MCUs of a push are worked on side by side, each into a stream of bits of its own; the
//! streams are joined in turn bit by bit, without restart markers. What a row needs of the one above
//! it, the DC coefficients of its last blocks, it computes itself. Bytes depend neither on the number
//! of lanes nor on how the rows are cut into pushes.

pub(crate) mod bounds;
pub(crate) mod entropy;
pub(crate) mod file;
pub(crate) mod frame;
pub(crate) mod input_rows;
pub(crate) mod progressive;
pub(crate) mod quantisation;
pub(crate) mod segments;
pub(crate) mod settings;
#[cfg(test)]
mod tests;
pub(crate) mod tile;
pub(crate) mod turns;
pub(crate) mod walk;
pub(crate) mod worker;

use bounds::Bounds;
use file::File;
use frame::Frame;
use input_rows::{Rows, Source};
use turns::in_turns;
use worker::{Crew, Job, Lane, Made, Mode};

pub(crate) use settings::Poll;
pub use settings::{Input, Plane, Settings, Subsampling};

use crate::error::Error;
use makeready_kernels::Level;
use makeready_kernels::jpeg_encode::Quantiser;

/// An encoder that takes the rows from top to bottom.
#[derive(Debug)]
pub struct Encoder {
    quantisers: [Quantiser; 2],
    crew: Crew,
    /// Rows that do not make a row of MCUs yet, of each plane.
    kept: [Vec<u8>; 3],
    /// Rows taken.
    rows: usize,
    file: File,
    failed: bool,
}

impl Encoder {
    /// As [`Encoder::with_level`], with the best kernels.
    #[cfg(test)]
    pub fn new(
        width: u32,
        height: u32,
        input: Input,
        settings: Settings,
        lanes: usize,
    ) -> Result<Self, Error> {
        Self::with_level(width, height, input, &settings, lanes, Level::detect())
    }

    /// The bytes of memory that an encoder takes at most when it is pushed `cut` rows at a time, the
    /// file included; [`memory`] says for which pictures, and what becomes of the others. 0 for a
    /// picture that cannot be encoded.
    pub fn memory(
        width: u32,
        height: u32,
        input: Input,
        settings: &Settings,
        lanes: usize,
        cut: u32,
    ) -> u64 {
        Frame::new(width, height, input, settings).map_or(0, |frame| {
            let lanes = lanes.clamp(1, frame.down);
            let whole = cut >= height || (cut as usize).is_multiple_of(frame.mcu().1);
            Bounds::new(&frame, settings, lanes).total(lanes, whole)
        })
    }

    /// An encoder for a picture of this size, with the kernels of `level`. `lanes` is how many rows of MCUs are worked
    /// on at a time, in the current pool of rayon; with 1, rayon is not touched.
    ///
    /// # Errors
    /// Where size or metadata do not fit in a file, or memory is short.
    pub fn with_level(
        width: u32,
        height: u32,
        input: Input,
        settings: &Settings,
        lanes: usize,
        level: Level,
    ) -> Result<Self, Error> {
        let frame = Frame::new(width, height, input, settings)?;
        segments::check(settings)?;
        let steps = [0, 1].map(|class| quantisation::quantisation(settings.quality, class));
        let lanes = lanes.clamp(1, frame.down);
        let bounds = Bounds::new(&frame, settings, lanes);
        Ok(Self {
            quantisers: steps.each_ref().map(Quantiser::new),
            crew: Crew::new(&frame, lanes, level, &bounds)?,
            kept: Default::default(),
            rows: 0,
            file: File::new(&frame, settings, &steps, &bounds)?,
            failed: false,
        })
    }

    /// Takes the next `count` rows, grey or RGB, each from a multiple of `stride` bytes on. `poll`
    /// says whether to stop; it is asked before every row of MCUs.
    ///
    /// # Errors
    /// As [`Error`] says. After any error but for a wrong call, the encoder takes nothing
    /// more.
    pub fn push(
        &mut self,
        rows: &[u8],
        stride: usize,
        count: u32,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        if self.file.frame.input == Input::Planes {
            return Err(out_of_order());
        }
        let none = Plane { data: &[], stride: 0 };
        self.take(&[Plane { data: rows, stride }, none, none], count, poll)
    }

    /// Takes the next `count` rows of luma and those of chroma that belong to them. Where chroma is
    /// half as high, `count` is even but for the end of the picture.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn push_planes(
        &mut self,
        planes: &[Plane<'_>; 3],
        count: u32,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        let end = self.rows.saturating_add(count as usize);
        let whole = (count as usize).is_multiple_of(self.file.frame.factors.1);
        if self.file.frame.input != Input::Planes || !whole && end != self.file.frame.height {
            return Err(out_of_order());
        }
        self.take(planes, count, poll)
    }

    /// Checks new rows, codes what makes whole rows of MCUs and keeps the rest.
    fn take(&mut self, planes: &[Plane<'_>; 3], count: u32, poll: Poll<'_>) -> Result<(), Error> {
        if self.failed {
            return Err(out_of_order());
        }
        if count == 0 {
            return Ok(());
        }
        let found = self.rows as u64 + u64::from(count);
        if found > self.file.frame.height as u64 {
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
        let first = self.file.done;
        let down = self.file.frame.mcu().1;
        let end = if self.rows == self.file.frame.height {
            self.file.frame.down
        } else {
            self.rows / down
        };
        self.code(&source, end, poll)?;
        if self.rows < self.file.frame.height {
            self.kept = source.keep(&self.file.frame, (end - first) * down)?;
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
    ) -> Result<Source<'a>, Error> {
        let mut source = Source::default();
        for (plane, width) in self.file.frame.rows().into_iter().enumerate().filter(|&(_, w)| w > 0)
        {
            let count = count.div_ceil(self.file.frame.luma_rows(plane));
            let Plane { data, stride } = planes[plane];
            let expected = (count - 1).saturating_mul(stride).saturating_add(width);
            if count > 1 && stride < width {
                return Err(short_rows(width, stride));
            }
            if data.len() < expected {
                return Err(short_rows(expected, data.len()));
            }
            source.0[plane] = Rows { head: &kept[plane], body: data, stride, count, width };
        }
        Ok(source)
    }

    /// Codes the rows of MCUs up to `end`; the source begins with the first that is not done.
    fn code(&mut self, source: &Source<'_>, end: usize, poll: Poll<'_>) -> Result<(), Error> {
        let first = self.file.done;
        while self.file.done < end {
            let File { frame, mode, done, dc, .. } = self.file;
            let quantisers = &self.quantisers;
            let job =
                Job { frame: &frame, quantisers, source, first, known: (done, dc), mode, poll };
            let work = |lane: &mut Lane, made: &mut Made, row| lane.work(&job, made, row);
            let Crew { lanes, made } = &mut self.crew;
            in_turns(lanes, made, done..end, &mut self.file, work, File::collect)?;
            if self.file.has_too_many_tokens() {
                self.file.give_up_tokens(&mut self.crew, poll)?;
            }
        }
        Ok(())
    }

    /// Ends the file and gives it out.
    ///
    /// # Errors
    /// [`Error::Misuse`] before the last row, and as [`Self::push`].
    pub fn finish(self, poll: Poll<'_>) -> Result<Vec<u8>, Error> {
        if self.failed {
            return Err(out_of_order());
        }
        if self.rows != self.file.frame.height {
            return Err(self.wrong_rows(self.rows as u64));
        }
        let Self { mut crew, mut file, .. } = self;
        match file.mode {
            Mode::Direct => {}
            Mode::Tokens => file.code_tokens(&mut crew, poll)?,
            Mode::Keep => file.code_scans(&mut crew, poll)?,
        }
        file.output.pad()?;
        segments::end(&mut file.output)?;
        Ok(file.output.into_bytes())
    }

    /// The error of a number of rows.
    fn wrong_rows(&self, found: u64) -> Error {
        Error::Misuse(format!("{found} rows, expected {}", self.file.frame.height))
    }
}

/// The error of a call that the input or an earlier failure rules out.
fn out_of_order() -> Error {
    Error::Misuse("call out of order".into())
}

/// The error of a buffer shorter than its rows, or a stride shorter than a row.
fn short_rows(expected: usize, found: usize) -> Error {
    Error::Misuse(format!("rows of {found} bytes, expected {expected}"))
}
