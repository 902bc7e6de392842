//! The interface of formats that are written: a writer, a running encode.

use makeready_kernels::Level;

use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::Band;
use crate::picture::image::{Image, Layout, Subsampling};
use crate::picture::motion::Motion;
use crate::picture::work::{Content, Work};
use crate::recipe::job::Watch;

/// A format that can be written, with its options.
pub(crate) trait Writer {
    /// The longest side that the format can hold.
    fn max_side(&self) -> u32;

    /// The layout that it encodes for a picture of `layout`.
    fn layout(&self, layout: Layout) -> Layout;

    /// Tells whether it takes planes of this subsampling as they are.
    fn takes_planes(&self, _: Subsampling) -> bool {
        false
    }

    /// Bounds the bytes that an encode of `picture` holds.
    fn memory(&self, picture: &EncodeInput) -> EncodeMemory;

    /// Adds the work of an encode of `picture`, which shows `content`.
    fn work(&self, picture: &EncodeInput, content: Content, work: &mut Work);

    /// Begins an encode, with the kernels of `level` where they are the library's own.
    fn begin(&self, picture: &EncodeInput, level: Level) -> Result<Encoding>;

    /// Tells whether it can hold a film.
    fn moves(&self) -> bool {
        false
    }

    /// An error of options that no film can have.
    fn check_film(&self) -> Result<()> {
        Ok(())
    }

    /// The time of the film that it writes of one with `motion`.
    fn motion(&self, motion: &Motion) -> Motion {
        motion.clone()
    }

    /// Bounds the bytes that a film of such frames takes.
    fn film_memory(&self, _: &EncodeInput, _: &Motion) -> FilmMemory {
        FilmMemory::default()
    }

    /// Begins a film of such frames, with the kernels of `level` where they are the library's own.
    fn film(&self, _: &EncodeInput, _: &Motion, _: Level) -> Result<FilmEncoding> {
        Err(Error::internal("a film in a format that does not move"))
    }
}

/// The picture that an encoder is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EncodeInput {
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    /// Threads that it may use in the current rayon pool; 1 is the calling thread alone.
    pub(crate) threads: usize,
    /// Rows of a band.
    pub(crate) band_rows: u32,
}

/// A running encode.
pub(crate) trait Encoder: Send {
    /// Takes the next rows, in order.
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()>;
    /// Does what is left to do after the last row, until `pause` gives true. Tells whether that is all.
    fn code_rest(&mut self, _: &Watch, _pause: Poll<'_>) -> Result<bool> {
        Ok(true)
    }
    /// Ends the encode and gives the file.
    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>>;
}

/// A question that any of the threads may ask.
pub(crate) type Poll<'a> = &'a (dyn Fn() -> bool + Sync);

/// An encode that begins when it has the whole canvas.
pub(crate) trait WholeEncoder: Send {
    /// Encodes the canvas and gives the file.
    fn encode(self: Box<Self>, canvas: Band, watch: &Watch) -> Result<Vec<u8>>;
}

/// A begun encode, by the form of its input.
pub(crate) enum Encoding {
    /// Takes bands of rows as they come.
    Bands(Box<dyn Encoder>),
    /// Takes the whole canvas at once.
    Whole(Box<dyn WholeEncoder>),
}

/// A begun film.
pub(crate) struct FilmEncoding {
    pub(crate) frames: Box<dyn FrameEncoder>,
    pub(crate) file: Box<dyn FilmFile>,
}

/// Encodes the frames of a film, side by side.
pub(crate) trait FrameEncoder: Send + Sync {
    /// Encodes what is new in a frame.
    fn encode(&self, before: Option<&Image>, now: &Image, watch: &Watch) -> Result<FramePart>;
}

/// The part of a frame that is new, encoded.
pub(crate) struct FramePart {
    pub(crate) place: Rect,
    /// Empty where nothing is new.
    pub(crate) data: Vec<u8>,
    /// Tells whether clear pixels leave what was there before.
    pub(crate) blend: bool,
}

/// The file of a film, put together frame by frame.
pub(crate) trait FilmFile: Send {
    /// Adds the next frame, to be shown so many milliseconds.
    fn add(&mut self, part: FramePart, delay: u32) -> Result<()>;
    /// Gives the file.
    fn finish(self: Box<Self>) -> Result<Vec<u8>>;
}

/// Upper bounds of the bytes that the encode of a film holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FilmMemory {
    /// Bytes of the encode of one frame, what comes of it included.
    pub(crate) frame: u64,
    /// Bytes of the file.
    pub(crate) file: u64,
}

/// Upper bounds of the bytes that an encode holds besides the bands it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EncodeMemory {
    /// Bytes while it takes rows.
    pub(crate) writing: u64,
    /// Bytes after the last row, its output included; at least `writing`.
    pub(crate) finishing: u64,
}

impl EncodeMemory {
    /// The same bytes from beginning to end.
    pub(crate) fn always(bytes: u64) -> Self {
        Self { writing: bytes, finishing: bytes }
    }

    /// The bytes of the whole `canvas`, and those of the encode that it is given to.
    pub(crate) fn of_canvas(canvas: u64, encode: u64) -> Self {
        Self { writing: canvas, finishing: canvas + encode }
    }
}
