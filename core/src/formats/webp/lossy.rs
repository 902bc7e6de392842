//! Encodes lossy pictures: colours by the crate `makeready_webp`, alpha by libwebp.

mod alpha;
mod clear_pixels;
pub(super) mod mask;

use std::sync::Arc;

use makeready_kernels::Level;
use makeready_webp::{Encoder as Engine, Error as EngineError, Settings, planes_from_rgb};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::container::{ALPHA, add_chunk, extended_header};
use super::encoder::lossless_memory;
use crate::error::{Error, Result};
use crate::formats::{EncodeInput, Encoder};
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::picture::reserve::reserved;
use crate::recipe::job::Watch;
use crate::recipe::options::WebP;
use clear_pixels::ClearPixels;

/// Rows that are converted at a time: those of a macroblock.
const STRIP: u32 = 16;

/// Bounds the bytes of an encode, the rows that it is given not counted.
pub(super) fn memory(options: &WebP, picture: &EncodeInput) -> u64 {
    let Size { width, height } = picture.size;
    let threads = worthwhile(picture.threads, picture.size);
    // Pixels and planes of a strip.
    let strip = u64::from(width) * u64::from(STRIP) * 6;
    let colours = Engine::memory_bound(width, height, &settings(options), threads) + strip;
    if !picture.layout.has_alpha() {
        return colours;
    }
    // Alpha is coded first. Its chunk stays, and is copied into the file.
    let pixels = picture.size.pixels();
    lossless_memory(options.effort, pixels).max(colours + 2 * pixels)
}

/// The number of threads that there is work for, as each row of macroblocks is two behind the one above.
fn worthwhile(threads: usize, size: Size) -> usize {
    let most = size.height.div_ceil(STRIP).min(size.width.div_ceil(2 * STRIP));
    threads.min(most as usize).max(1)
}

fn settings(options: &WebP) -> Settings {
    Settings { effort: options.effort, ..Settings::new(f32::from(options.quality)) }
}

/// A running encode of the colours of a picture.
pub(super) struct LossyEncoder {
    engine: Engine,
    picture: EncodeInput,
    threads: usize,
    /// Rows that wait for the others of their strip.
    strip: Vec<u8>,
    clear: ClearPixels,
    /// The next row.
    next: u32,
}

impl LossyEncoder {
    pub(super) fn new(options: &WebP, picture: &EncodeInput, level: Level) -> Result<Self> {
        let Size { width, height } = picture.size;
        let engine = Engine::with_level(width, height, settings(options), level);
        let stride = picture.layout.bytes(Size::new(width, 1));
        Ok(Self {
            engine: engine.map_err(unwritable)?,
            picture: *picture,
            threads: worthwhile(picture.threads, picture.size),
            strip: reserved(usize::try_from(stride).unwrap_or(usize::MAX) * STRIP as usize)?,
            clear: ClearPixels::default(),
            next: 0,
        })
    }

    /// Hands the rows of the strip over.
    fn push(&mut self, rows: u32, watch: &Watch) -> Result<()> {
        let EncodeInput { size, layout, .. } = self.picture;
        let (width, channels) = (size.width as usize, layout.channels() as usize);
        if layout == Layout::Rgba {
            self.clear.fill(&mut self.strip, width);
        }
        let planes = planes_from_rgb(&self.strip, width, channels).map_err(unwritable)?;
        self.strip.clear();
        watch.give_way();
        let (threads, stop) = (self.threads, || watch.stopped());
        let pushed =
            self.engine.push(&planes.planes(), rows, &|work| spread(threads, watch, work), &stop);
        pushed.or_else(|error| stopped_or_unwritable(error, watch))
    }

    /// Ends the picture and gives the payload of its chunk.
    fn frame(self, watch: &Watch) -> Result<Vec<u8>> {
        let (threads, stop) = (self.threads, || watch.stopped());
        let frame = self.engine.finish(&|work| spread(threads, watch, work), &stop);
        frame.or_else(|error| stopped_or_unwritable(error, watch).map(|()| Vec::new()))
    }
}

impl Encoder for LossyEncoder {
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()> {
        for y in band.rows() {
            self.strip.extend_from_slice(band.row(0, y));
            self.next += 1;
            if self.next.is_multiple_of(STRIP) || self.next == self.picture.size.height {
                self.push((self.next - 1) % STRIP + 1, watch)?;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>> {
        let size = self.picture.size;
        Chunks { alpha: None, frame: self.frame(watch)? }.file(size)
    }
}

/// Does a piece of work on so many threads of the current pool, or on fewer where other jobs are more urgent.
fn spread(threads: usize, watch: &Watch, work: &(dyn Fn() + Sync)) {
    watch.on_threads(threads, |threads| match threads {
        1 => work(),
        _ => (0..threads).into_par_iter().with_max_len(1).for_each(|_| work()),
    });
}

/// The parts of a file that hold a picture.
pub(super) struct Chunks {
    /// The payload of the chunk of alpha; `None` for a picture that is opaque everywhere.
    alpha: Option<Arc<Vec<u8>>>,
    frame: Vec<u8>,
}

/// Encodes canvases of the same picture: alpha once, colours at any quality.
pub(super) struct CanvasEncoder {
    picture: EncodeInput,
    level: Level,
    alpha: Option<Option<Arc<Vec<u8>>>>,
}

impl CanvasEncoder {
    pub(super) fn new(picture: &EncodeInput, level: Level) -> Self {
        Self { picture: *picture, level, alpha: None }
    }

    /// The same for canvases without alpha beside a chunk of it that is there.
    pub(super) fn with_alpha(self, payload: Vec<u8>) -> Self {
        Self { alpha: Some(Some(Arc::new(payload))), ..self }
    }

    pub(super) fn encode(
        &mut self,
        options: &WebP,
        canvas: &Arc<Band>,
        watch: &Watch,
    ) -> Result<Chunks> {
        let alpha = match &self.alpha {
            Some(alpha) => alpha.clone(),
            None => self.alpha.insert(alpha::payload(canvas, options, watch)?).clone(),
        };
        let mut encoder = LossyEncoder::new(options, &self.picture, self.level)?;
        encoder.write(canvas, watch)?;
        Ok(Chunks { alpha, frame: encoder.frame(watch)? })
    }
}

impl Chunks {
    /// The chunks with their heads, as a frame of a film has them.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = reserved(self.length())?;
        self.add_to(&mut bytes);
        Ok(bytes)
    }

    /// A file of a still picture.
    pub(super) fn file(&self, size: Size) -> Result<Vec<u8>> {
        let head = if self.alpha.is_some() { 12 + 18 } else { 12 };
        let length = head + self.length();
        let announced = u32::try_from(length - 8);
        let announced = announced.map_err(|_| Error::unsupported("a WebP of more than 4 GiB"))?;
        let mut file = reserved(length)?;
        file.extend(b"RIFF");
        file.extend(announced.to_le_bytes());
        file.extend(b"WEBP");
        if self.alpha.is_some() {
            add_chunk(&mut file, *b"VP8X", &extended_header(ALPHA, size));
        }
        self.add_to(&mut file);
        Ok(file)
    }

    fn length(&self) -> usize {
        let chunk = |body: &[u8]| 8 + body.len().next_multiple_of(2);
        self.alpha.as_ref().map_or(0, |alpha| chunk(alpha)) + chunk(&self.frame)
    }

    fn add_to(&self, bytes: &mut Vec<u8>) {
        if let Some(alpha) = &self.alpha {
            add_chunk(bytes, *b"ALPH", alpha);
        }
        add_chunk(bytes, *b"VP8 ", &self.frame);
    }
}

/// The library's error for one of the encoder. The plan has checked all sizes.
fn unwritable(error: EngineError) -> Error {
    match error {
        EngineError::Memory(bytes) => Error::out_of_memory(bytes),
        EngineError::TooLarge => Error::unsupported("a WebP cannot hold so much detail"),
        other => Error::internal(format!("WebP encoder: {other}")),
    }
}

fn stopped_or_unwritable(error: EngineError, watch: &Watch) -> Result<()> {
    match error {
        EngineError::Stopped => watch.check(),
        other => Err(unwritable(other)),
    }
}
