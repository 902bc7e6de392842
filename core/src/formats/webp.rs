//! WebP: lossy files by the crate `makeready_webp`, and all else through libwebp.

mod blend;
pub(super) mod container;
mod decoder;
mod encoder;
mod ffi;
mod film;
mod frame;
mod lossy;
mod metadata_check;
mod player;
mod work;

use std::borrow::Cow;
use std::sync::Arc;

use makeready_kernels::Level;

use super::read::{Reader, Signature, held};
use super::within_bytes;
use super::{
    Caps, DecodeRequest, Decoder, Details, EncodeInput, EncodeMemory, Encoding, Film, FilmEncoding,
    FilmMemory, Header, Opened, Writer,
};
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::motion::Motion;
use crate::picture::profile::{Profile, check_length};
use crate::picture::reserve::{probed, reserved};
use crate::picture::work::{Content, Work};
use crate::recipe::limits::Limits;
use crate::recipe::options::WebP;
use crate::recipe::source::Bytes;
use container::Container;
#[cfg(test)]
pub(super) use encoder::CURVE;
use encoder::MAX_SIDE;

/// libwebp rescales as it decodes, with a box filter. A region equals a crop of the whole.
const STILL: Caps = Caps { scales: &[1, 2, 4, 8], region: true, bands: false };

/// A lossless picture may hold transparent pixels and yet say that it has no alpha. libwebp ignores
/// this alpha when it decodes, but multiplies colours by it when it rescales.
const OPAQUE_LOSSLESS: Caps = Caps { scales: &[1], ..STILL };

/// The reader of WebP.
pub(super) struct WebpReader;

impl Reader for WebpReader {
    fn format(&self) -> Format {
        Format::WebP
    }

    fn signatures(&self) -> &'static [Signature] {
        const { &[Signature { start: b"RIFF", then: (8, b"WEBP") }] }
    }

    fn open(&self, file: Bytes, limits: &Limits, recover: bool) -> Result<Arc<dyn Opened>> {
        let chunks = Container::read((*file).as_ref(), limits)?;
        let caps = match chunks.lossless && !chunks.layout().has_alpha() {
            _ if chunks.frames > 0 => Caps::WHOLE,
            true => OPAQUE_LOSSLESS,
            false => STILL,
        };
        let header = Header {
            format: Format::WebP,
            size: chunks.size,
            layout: chunks.layout(),
            planar: None,
            orientation: chunks.orientation,
            pages: chunks.frames.max(1),
            // libwebp gives other rows of a damaged file when it crops: a region would not equal a
            // crop.
            caps: Caps { region: caps.region && !recover, ..caps },
        };
        Ok(Arc::new(WebpFile { file, chunks, header }))
    }

    /// libwebp leaves out alpha that is opaque everywhere.
    fn written_layout(&self, file: &[u8], layout: Layout) -> Layout {
        if !layout.has_alpha() {
            return layout;
        }
        Container::read(file, &Limits::default()).map_or(layout, |chunks| chunks.layout())
    }
}

/// The size and the layout of a file.
pub(super) fn canvas(file: &[u8]) -> Result<(Size, Layout)> {
    let chunks = Container::read(file, &Limits::default())?;
    Ok((chunks.size, chunks.layout()))
}

/// A WebP whose chunks are known.
struct WebpFile {
    file: Bytes,
    chunks: Container,
    header: Header,
}

impl Opened for WebpFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn profile(&self, limits: &Limits) -> Result<Profile> {
        let Some(place) = &self.chunks.icc else { return Ok(Profile::Srgb) };
        check_length(place.len(), limits.max_icc_bytes)?;
        let icc = held((*self.file).as_ref(), &self.chunks.icc).unwrap_or_default();
        let mut copy = reserved(icc.len())?;
        copy.extend_from_slice(icc);
        Ok(Profile::Icc(Arc::new(copy)))
    }

    fn details(&self) -> Details {
        let subsampling = (!self.chunks.lossless).then_some("4:2:0");
        Details { subsampling, ..Details::default() }
    }

    fn exif(&self, _: &Limits) -> Result<Option<Cow<'_, [u8]>>> {
        Ok(held((*self.file).as_ref(), &self.chunks.exif).map(Cow::Borrowed))
    }

    fn xmp(&self) -> Option<Result<&[u8]>> {
        held((*self.file).as_ref(), &self.chunks.xmp).map(Ok)
    }

    fn memory(&self, request: &DecodeRequest, _: &Limits) -> Result<u64> {
        Ok(decoder::memory(&self.chunks, &self.header, request))
    }

    fn work(&self, request: &DecodeRequest, _: u32, work: &mut Work) {
        work::decode(&self.chunks, &self.header, request, work);
    }

    fn content(&self) -> Content {
        let pixels = self.chunks.place.size().pixels() as f64;
        let usual = pixels * work::photograph(self.chunks.lossless);
        Content::of_file(self.chunks.pixels.len(), usual)
    }

    fn decode(&self, request: &DecodeRequest, _: &Limits, _: Level) -> Result<Box<dyn Decoder>> {
        // libwebp reports a corrupt file where memory for alpha is missing.
        probed(decoder::memory(&self.chunks, &self.header, request))?;
        decoder::begin(&self.file, &self.chunks, &self.header, request)
    }

    fn film(&self, limits: &Limits) -> Result<Option<Arc<dyn Film>>> {
        player::open(&self.file, &self.chunks, limits)
    }

    fn holds_only_pixels(&self) -> bool {
        metadata_check::holds_only_pixels((*self.file).as_ref())
    }
}

impl Writer for WebP {
    fn max_side(&self) -> u32 {
        MAX_SIDE
    }

    fn layout(&self, layout: Layout) -> Layout {
        Layout::interleaved(true, layout.has_alpha())
    }

    fn memory(&self, picture: &EncodeInput) -> EncodeMemory {
        encoder::memory(self, picture)
    }

    fn work(&self, picture: &EncodeInput, content: Content, work: &mut Work) {
        for _ in 0..within_bytes::usual_encodes(self.max_bytes) {
            work::encode(self, picture, content, work);
        }
    }

    fn begin(&self, picture: &EncodeInput, level: Level) -> Result<Encoding> {
        encoder::begin(self, picture, level)
    }

    fn moves(&self) -> bool {
        true
    }

    fn check_film(&self) -> Result<()> {
        let of_stills = "max_bytes is of still pictures, and this one moves";
        self.max_bytes.map_or(Ok(()), |_| Err(Error::invalid_option(of_stills)))
    }

    fn motion(&self, motion: &Motion) -> Motion {
        motion.with(self.delay, self.r#loop)
    }

    fn film_memory(&self, picture: &EncodeInput, motion: &Motion) -> FilmMemory {
        film::memory(self, picture, motion)
    }

    fn film(&self, picture: &EncodeInput, motion: &Motion, level: Level) -> Result<FilmEncoding> {
        film::begin(self, picture, motion, level)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Image, Layout, Pipeline, Resize, Shrink, Size, WebP};

    /// A shrink in the decoder would multiply colours by an alpha that must not show.
    #[test]
    fn alpha_that_a_lossless_file_denies_does_not_show() {
        let pixels: Vec<u8> = [90, 120, 150, 4].repeat(16 * 16);
        let image = Image::new(Size::new(16, 16), Layout::Rgba, pixels).expect("an image");
        let encoded = Pipeline::open(image).encode(WebP::lossless()).run().expect("a file");
        let mut file = encoded.data;
        // Behind RIFF, WEBP, VP8L, a size each, a signature and two sides of 14 bits.
        assert_eq!((&file[12..16], file[20], file[24]), (&b"VP8L"[..], 0x2f, 0x10));
        file[24] = 0;
        for shrink in [Shrink::Off, Shrink::Fast] {
            let small = Pipeline::open(file.clone()).resize(Resize::width(4)).shrink(shrink);
            let small = small.pixels().expect("pixels");
            assert_eq!(small.data(), [90, 120, 150].repeat(16), "{shrink:?}");
        }
    }
}
