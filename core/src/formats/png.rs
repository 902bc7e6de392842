//! PNG, through the `png` crate.
//!
//! Every colour type and depth is read as 8 bits a sample: palettes and fewer bits are expanded, of
//! 16 bits the high byte is kept, as libvips does. Gray stays gray. The frames of an APNG are a film; its
//! picture is the one that readers show who know of none.

pub(super) mod chunk;
mod decoder;
mod encoder;
mod film;
mod filter;
mod frames;
mod front;
mod indexed;
mod metadata_check;
mod notes;
mod player;
mod profile;
pub(super) mod xmp;

use std::borrow::Cow;
use std::sync::Arc;

use makeready_kernels::Level;

use super::palette;
use super::read::{Reader, Signature};
use super::{
    Caps, DecodeRequest, Decoder, Details, EncodeInput, EncodeMemory, Encoding, Film, FilmEncoding,
    FilmMemory, Header, Opened, Writer,
};
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::motion::Motion;
use crate::picture::profile::Profile;
use crate::picture::reserve::probed;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::limits::Limits;
use crate::recipe::options::Png;
use crate::recipe::source::Bytes;
use frames::Walk;
use front::Front;

/// The longest side: the format has 31 bits for it.
const MAX_SIDE: u32 = 0x7FFF_FFFF;

/// Bytes a sample that the photographs of `examples/tiles` take in the mean, 1600 wide, at level 6.
const PHOTOGRAPH: f64 = 0.57;

/// Bytes from the first IDAT on of a picture of one pixel, as this library writes it: it has no
/// detail.
const ONE_PIXEL: usize = 54;

/// The reader of PNG.
pub(super) struct PngReader;

impl Reader for PngReader {
    fn format(&self) -> Format {
        Format::Png
    }

    fn signatures(&self) -> &'static [Signature] {
        const { &[Signature::start(front::SIGNATURE)] }
    }

    fn open(&self, file: Bytes, limits: &Limits, recover: bool) -> Result<Arc<dyn Opened>> {
        let data = (*file).as_ref();
        let front = Front::read(data, limits, recover)?;
        let pages = Walk::begin(data, front.size).map_or(1, Walk::count).max(1);
        let header = Header {
            format: Format::Png,
            size: front.size,
            layout: front.layout(),
            planar: None,
            orientation: front.orientation,
            pages,
            caps: if front.interlaced { Caps::WHOLE } else { Caps::BANDS },
        };
        Ok(Arc::new(PngFile { file, front, header }))
    }

    /// A palette has colour, and alpha where one of its colours has any.
    fn written_layout(&self, file: &[u8], layout: Layout) -> Layout {
        let front = Front::read(file, &Limits::default(), false);
        front.map_or(layout, |front| front.layout())
    }
}

/// A PNG whose chunks are known up to the first of its pixels.
struct PngFile {
    file: Bytes,
    front: Front,
    header: Header,
}

impl Opened for PngFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn profile(&self, limits: &Limits) -> Result<Profile> {
        self.front.colour_chunks.profile((*self.file).as_ref(), limits)
    }

    fn details(&self) -> Details {
        Details {
            bits: self.front.depth(),
            density: self.front.notes.density(),
            says_srgb: self.front.colour_chunks.says_srgb(),
            progressive: self.front.interlaced,
            subsampling: None,
        }
    }

    fn exif(&self, limits: &Limits) -> Result<Option<Cow<'_, [u8]>>> {
        self.front.notes.exif((*self.file).as_ref(), limits)
    }

    fn xmp(&self) -> Option<Result<&[u8]>> {
        xmp::packet((*self.file).as_ref())
    }

    fn memory(&self, request: &DecodeRequest, _: &Limits) -> Result<u64> {
        Ok(decoder::memory(&self.header, request))
    }

    fn work(&self, _: &DecodeRequest, rows: u32, work: &mut Work) {
        let Size { width, height } = self.front.size;
        let read = f64::from(rows) / f64::from(height);
        let samples = self.header.layout.bytes(Size::new(width, rows)) as f64;
        work.add(WorkKind::PngOpen, 1.0);
        let stored = self.front.pixel_bytes() as u64 >= self.front.row_bytes();
        let inflated = self.front.pixel_bytes() as f64 * read;
        work.add_at(WorkKind::PngInflate, usize::from(stored), inflated);
        work.add(WorkKind::PngRow, self.front.row_bytes() as f64 * read);
        work.add_at(WorkKind::PngSample, usize::from(!self.front.is_plain()), samples);
        if self.front.interlaced {
            work.add(WorkKind::PngInterlace, self.front.size.pixels() as f64);
        }
    }

    fn content(&self) -> Content {
        let usual = self.front.row_bytes() as f64 * PHOTOGRAPH;
        let bytes = self.front.pixel_bytes().saturating_sub(ONE_PIXEL);
        let content = Content::of_file(bytes, usual);
        Content { palette: self.front.has_palette(), ..content }
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        _: Level,
    ) -> Result<Box<dyn Decoder>> {
        // The crate ends the process where memory is missing.
        probed(decoder::memory(&self.header, request))?;
        decoder::begin(&self.file, &self.front, request, limits)
    }

    fn film(&self, limits: &Limits) -> Result<Option<Arc<dyn Film>>> {
        player::open(self, limits)
    }

    fn holds_only_pixels(&self) -> bool {
        metadata_check::holds_only_pixels((*self.file).as_ref())
    }
}

impl Writer for Png {
    fn max_side(&self) -> u32 {
        MAX_SIDE
    }

    /// Palettes are of colours.
    fn layout(&self, layout: Layout) -> Layout {
        if self.palette { Layout::interleaved(true, layout.has_alpha()) } else { layout }
    }

    fn memory(&self, picture: &EncodeInput) -> EncodeMemory {
        if self.palette {
            return indexed::memory(picture.size, picture.layout);
        }
        encoder::memory(picture.size, picture.layout)
    }

    fn work(&self, picture: &EncodeInput, content: Content, work: &mut Work) {
        let level = usize::from(self.compression_level);
        let bytes = if self.palette {
            palette::work(picture, content, work);
            picture.size.pixels() as f64
        } else {
            picture.layout.bytes(picture.size) as f64
        };
        work.add_at(WorkKind::PngBegin, level, 1.0);
        work.add_at(WorkKind::PngDeflate, level, bytes);
        work.add_at(WorkKind::PngDetail, level, bytes * content.detail);
    }

    fn begin(&self, picture: &EncodeInput, _: Level) -> Result<Encoding> {
        if self.palette {
            let encoder = indexed::IndexedEncoder { options: *self };
            return Ok(Encoding::Whole(Box::new(encoder)));
        }
        probed(self.memory(picture).writing)?;
        encoder::begin(self, picture.size, picture.layout).map(Encoding::Bands)
    }
    fn moves(&self) -> bool {
        true
    }

    fn check_film(&self) -> Result<()> {
        let of_stills =
            "a palette is of still pictures, as its frames would share one: this one moves";
        if self.palette { Err(Error::invalid_option(of_stills)) } else { Ok(()) }
    }

    fn motion(&self, motion: &Motion) -> Motion {
        motion.with(self.delay, self.r#loop)
    }

    fn film_memory(&self, picture: &EncodeInput, motion: &Motion) -> FilmMemory {
        film::memory(picture, motion)
    }

    fn film(&self, picture: &EncodeInput, motion: &Motion, _: Level) -> Result<FilmEncoding> {
        film::begin(self, picture, motion)
    }
}
