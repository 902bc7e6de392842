//! The encoder: rows in, a file out.
//!
//! ```text
//! rows -> tile (colour, downsampling) -> blocks (DCT, quantisation) -> bits        standard tables
//!                                                                   -> tokens -> bits    best ones
//!                                                                   -> coefficients -> scans
//! ```
//! The rows of MCUs of a push are coded side by side, each into a stream of bits of its own; the
//! streams are joined in turn bit by bit, without restart markers. A row needs the DC coefficients
//! of the last blocks of the one above it, and computes them itself. Bytes depend neither on the
//! number of workers nor on how the rows are cut into pushes.

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
pub(crate) mod trellis;
pub(crate) mod turns;
pub(crate) mod walk;
pub(crate) mod worker;

use self::bounds::Bounds;
use self::file::File;
use self::frame::Frame;
use self::input_rows::{InputRows, PlaneRows};
use self::quantisation::Quantisation;
use self::settings::{EncoderSettings, SyncPoll};
use self::turns::in_turns;
use self::worker::{Mode, Push, RowResult, Worker, Workers};
use crate::error::Error;
use crate::samples::{Format, Plane};
use makeready_kernels::Level;

/// An encoder: takes the rows from top to bottom, and gives out the file at the end.
///
/// ```
/// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format};
///
/// let mut settings = EncoderSettings::new(85);
/// settings.progressive = true;
/// let bound = Encoder::memory_bound(100, 80, Format::Rgb, &settings, 1, 80);
/// let mut encoder = Encoder::new(100, 80, Format::Rgb, &settings, 1)?;
/// let rows = [70; 100 * 3 * 40];
/// encoder.push(&rows, 100 * 3, 40, &|| false)?; // the upper half
/// assert!(matches!(encoder.push(&rows, 100 * 3, 41, &|| false), Err(Error::Misuse(_))));
/// encoder.push(&rows, 100 * 3, 40, &|| false)?;
/// let file = encoder.finish(&|| false)?;
/// assert!(file.starts_with(&[0xFF, 0xD8]) && file.len() as u64 <= bound);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Encoder {
    quantisation: Quantisation,
    workers: Workers,
    /// Rows that do not make a row of MCUs yet, of each plane.
    waiting: [Vec<u8>; 3],
    /// Rows taken.
    rows: usize,
    file: File,
    failed: bool,
}

impl Encoder {
    /// Begins a picture of `width` by `height` pixels, up to 65,535 each, given as rows of
    /// `format`.
    ///
    /// `workers` is the number of rows of MCUs that are coded at a time, in the current pool of
    /// rayon (see `rayon::ThreadPool::install`). With 1, rayon is not touched. Every worker has
    /// buffers of its own.
    ///
    /// # Errors
    /// `Misuse` where size or metadata do not fit in a file, `Memory`.
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format};
    ///
    /// let settings = EncoderSettings::new(85);
    /// assert!(Encoder::new(640, 480, Format::Gray, &settings, 2).is_ok());
    /// let wrong = Encoder::new(0, 480, Format::Gray, &settings, 2);
    /// assert!(matches!(wrong, Err(Error::Misuse(_))));
    /// ```
    pub fn new(
        width: u32,
        height: u32,
        format: Format,
        settings: &EncoderSettings,
        workers: usize,
    ) -> Result<Self, Error> {
        Self::with_level(width, height, format, settings, workers, Level::detect())
    }

    /// Begins a picture like [`Encoder::new`], with the vector instructions of `level`. The file
    /// does not depend on it.
    ///
    /// # Errors
    /// The same as [`Encoder::new`].
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format, Level};
    ///
    /// let file = |level| {
    ///     let settings = EncoderSettings::new(85);
    ///     let mut encoder = Encoder::with_level(8, 8, Format::Gray, &settings, 1, level)?;
    ///     encoder.push(&[70; 64], 8, 8, &|| false)?;
    ///     encoder.finish(&|| false)
    /// };
    /// assert_eq!(file(Level::scalar())?, file(Level::detect())?);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_level(
        width: u32,
        height: u32,
        format: Format,
        settings: &EncoderSettings,
        workers: usize,
        level: Level,
    ) -> Result<Self, Error> {
        let frame = Frame::new(width, height, format, settings)?;
        segments::check(settings)?;
        let steps = [0, 1].map(|class| quantisation::steps(settings, class));
        let workers = workers.clamp(1, frame.down);
        let bounds = Bounds::new(&frame, settings, workers);
        Ok(Self {
            quantisation: Quantisation::new(&steps, settings.trellis),
            workers: Workers::new(&frame, workers, level, &bounds)?,
            waiting: Default::default(),
            rows: 0,
            file: File::new(&frame, settings, &steps, &bounds)?,
            failed: false,
        })
    }

    /// The most bytes of memory that an encoder takes, the file included, if it is pushed `cut`
    /// rows at a time. 0 for a picture that cannot be encoded.
    ///
    /// The bound is that of the worst noise with a margin. An encoder is held to it: for a picture
    /// made to need more it gives [`Error::Memory`].
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Format};
    ///
    /// let settings = EncoderSettings::new(85);
    /// let bound = |width, workers| {
    ///     Encoder::memory_bound(width, 3000, Format::Rgb, &settings, workers, 64)
    /// };
    /// assert!(bound(4000, 1) < bound(4000, 8));
    /// assert_eq!(bound(70_000, 1), 0);
    /// ```
    #[must_use]
    pub fn memory_bound(
        width: u32,
        height: u32,
        format: Format,
        settings: &EncoderSettings,
        workers: usize,
        cut: u32,
    ) -> u64 {
        Frame::new(width, height, format, settings).map_or(0, |frame| {
            let workers = workers.clamp(1, frame.down);
            let whole = cut >= height || (cut as usize).is_multiple_of(frame.mcu().1);
            let bounds = Bounds::new(&frame, settings, workers);
            bounds.total(workers, whole) + Workers::memory(workers, bounds.buffers)
        })
    }

    /// Takes the next `count` rows, gray or RGB, each from a multiple of `stride` bytes on. `poll`
    /// gives true to stop; it is asked before every row of MCUs, from any of the threads.
    ///
    /// # Errors
    /// `Misuse` for planes, a buffer too small or more rows than the picture has; `Stopped` when
    /// `poll` gave true; `Memory`. After any error but for a wrong call, the encoder takes nothing
    /// more.
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format};
    ///
    /// let mut encoder = Encoder::new(16, 16, Format::Gray, &EncoderSettings::new(85), 1)?;
    /// let rows = [70; 20 * 16]; // 16 pixels of each 20 bytes
    /// encoder.push(&rows, 20, 7, &|| false)?;
    /// assert_eq!(encoder.push(&rows, 20, 9, &|| true), Err(Error::Stopped));
    /// assert!(matches!(encoder.push(&rows, 20, 9, &|| false), Err(Error::Misuse(_))));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn push(
        &mut self,
        rows: &[u8],
        stride: usize,
        count: u32,
        poll: SyncPoll<'_>,
    ) -> Result<(), Error> {
        if self.file.frame.format == Format::Planes {
            return Err(out_of_order());
        }
        let none = Plane { samples: &[], stride: 0 };
        self.take(&[Plane { samples: rows, stride }, none, none], count, poll)
    }

    /// Takes the next `count` rows of luma, and the rows of chroma that belong to them. Where
    /// chroma is half as high, `count` is even but for the end of the picture.
    ///
    /// # Errors
    /// The same as [`Self::push`].
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format, Plane, read_header};
    ///
    /// // 4:2:0, the default: chroma of half the width and height.
    /// let mut encoder = Encoder::new(20, 10, Format::Planes, &EncoderSettings::new(85), 1)?;
    /// let luma = Plane { samples: &[90; 20 * 10], stride: 20 };
    /// let chroma = Plane { samples: &[128; 10 * 5], stride: 10 };
    /// encoder.push_planes(&[luma, chroma, chroma], 10, &|| false)?;
    /// let header = read_header(&encoder.finish(&|| false)?)?;
    /// assert_eq!((header.width, header.height, header.max_sampling()), (20, 10, (2, 2)));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn push_planes(
        &mut self,
        planes: &[Plane<'_>; 3],
        count: u32,
        poll: SyncPoll<'_>,
    ) -> Result<(), Error> {
        let end = self.rows.saturating_add(count as usize);
        let whole = (count as usize).is_multiple_of(self.file.frame.factors.1);
        if self.file.frame.format != Format::Planes || !whole && end != self.file.frame.height {
            return Err(out_of_order());
        }
        self.take(planes, count, poll)
    }

    /// Checks new rows, codes whole rows of MCUs and lets the rest wait.
    fn take(
        &mut self,
        planes: &[Plane<'_>; 3],
        count: u32,
        poll: SyncPoll<'_>,
    ) -> Result<(), Error> {
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
        let waiting = std::mem::take(&mut self.waiting);
        match self.input_rows(&waiting, planes, count as usize) {
            Ok(rows) => self.code_input(&rows, count as usize, poll),
            Err(error) => {
                self.waiting = waiting;
                Err(error)
            }
        }
    }

    /// Codes the whole rows of MCUs of `rows`, of which `count` are new, and lets the rest wait.
    fn code_input(
        &mut self,
        rows: &InputRows<'_>,
        count: usize,
        poll: SyncPoll<'_>,
    ) -> Result<(), Error> {
        self.failed = true;
        self.rows += count;
        let first = self.file.done;
        let Frame { height, down, .. } = self.file.frame;
        let mcu_height = self.file.frame.mcu().1;
        let end = if self.rows == height { down } else { self.rows / mcu_height };
        self.code(rows, end, poll)?;
        if self.rows < height {
            self.waiting = rows.copy_from(&self.file.frame, (end - first) * mcu_height)?;
        }
        self.failed = false;
        Ok(())
    }

    /// Joins the rows that wait and the new ones, once these are known to be there.
    fn input_rows<'a>(
        &self,
        waiting: &'a [Vec<u8>; 3],
        planes: &[Plane<'a>; 3],
        count: usize,
    ) -> Result<InputRows<'a>, Error> {
        let mut rows = InputRows::default();
        let widths = self.file.frame.rows();
        for (plane, width) in widths.into_iter().enumerate().filter(|&(_, width)| width > 0) {
            let count = count.div_ceil(self.file.frame.luma_rows(plane));
            let Plane { samples, stride } = planes[plane];
            let expected = (count - 1).saturating_mul(stride).saturating_add(width);
            if count > 1 && stride < width {
                return Err(short_rows(width, stride));
            }
            if samples.len() < expected {
                return Err(short_rows(expected, samples.len()));
            }
            rows.0[plane] =
                PlaneRows { head: &waiting[plane], body: samples, stride, count, width };
        }
        Ok(rows)
    }

    /// Codes the rows of MCUs up to `end`; `rows` begin with the first that is not done.
    fn code(&mut self, rows: &InputRows<'_>, end: usize, poll: SyncPoll<'_>) -> Result<(), Error> {
        let first = self.file.done;
        while self.file.done < end {
            let File { frame, mode, done, dc, .. } = self.file;
            let quantisation = &self.quantisation;
            let push =
                Push { frame: &frame, quantisation, rows, first, known: (done, dc), mode, poll };
            let make = |worker: &mut Worker, result: &mut RowResult, row| {
                worker.code_row(&push, result, row)
            };
            let Workers { workers, results } = &mut self.workers;
            in_turns(workers, results, done..end, &mut self.file, make, File::collect)?;
            if self.file.has_too_many_tokens() {
                self.file.give_up_tokens(&mut self.workers, poll)?;
            }
        }
        Ok(())
    }

    /// Does what [`Encoder::finish`] has to do before the end of the file, until `pause` gives true:
    /// asked before every row of MCUs or scan, from any of the threads. Tells whether all is done.
    /// Where the best tables are looked for, that is a pass over the whole picture.
    ///
    /// # Errors
    /// The same as [`Encoder::finish`].
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format};
    ///
    /// let mut settings = EncoderSettings::new(85);
    /// settings.optimize_coding = true;
    /// let mut encoder = Encoder::new(8, 8, Format::Gray, &settings, 1)?;
    /// encoder.push(&[70; 64], 8, 8, &|| false)?;
    /// assert!(!encoder.code_rest(&|| false, &|| true)?);
    /// assert!(encoder.code_rest(&|| false, &|| false)?);
    /// assert!(encoder.finish(&|| false)?.ends_with(&[0xFF, 0xD9]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn code_rest(&mut self, poll: SyncPoll<'_>, pause: SyncPoll<'_>) -> Result<bool, Error> {
        if self.failed {
            return Err(out_of_order());
        }
        if self.rows != self.file.frame.height {
            return Err(self.wrong_rows(self.rows as u64));
        }
        self.failed = true;
        let done = match self.file.mode {
            Mode::Direct => true,
            Mode::Tokens => self.file.code_tokens(&mut self.workers, poll, pause)?,
            Mode::Coefficients => self.file.code_scans(&mut self.workers, poll, pause)?,
        };
        self.failed = false;
        Ok(done)
    }

    /// Ends the file and gives it out. `poll` is asked as in [`Encoder::push`].
    ///
    /// # Errors
    /// `Misuse` before the last row or after an error; `Stopped` and `Memory` as [`Encoder::push`].
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format};
    ///
    /// let encoder = || Encoder::new(8, 8, Format::Gray, &EncoderSettings::new(85), 1);
    /// assert!(matches!(encoder()?.finish(&|| false), Err(Error::Misuse(_))));
    /// let mut encoder = encoder()?;
    /// encoder.push(&[70; 64], 8, 8, &|| false)?;
    /// assert!(encoder.finish(&|| false)?.ends_with(&[0xFF, 0xD9]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn finish(mut self, poll: SyncPoll<'_>) -> Result<Vec<u8>, Error> {
        self.code_rest(poll, &|| false)?;
        let Self { mut file, .. } = self;
        file.output.pad()?;
        segments::end(&mut file.output)?;
        Ok(file.output.into_bytes())
    }

    /// The error of a number of rows.
    fn wrong_rows(&self, found: u64) -> Error {
        Error::Misuse(format!("{found} rows, expected {}", self.file.frame.height))
    }
}

/// The error of a call that the format or an earlier failure rules out.
fn out_of_order() -> Error {
    Error::Misuse("call out of order".into())
}

/// The error of a buffer shorter than its rows, or a stride shorter than a row.
fn short_rows(expected: usize, found: usize) -> Error {
    Error::Misuse(format!("rows of {found} bytes, expected {expected}"))
}
