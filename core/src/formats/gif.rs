//! GIF: the first frame on its screen or a film of all, codes through `weezl`; written too.
//!
//! A frame may cover only a part of the screen and may have a colour that stands for nothing: there
//! the picture is clear. A screen that is too small for the frame is enlarged, as Pillow does.

mod blocks;
mod encoder;
mod film;
mod film_encoder;
mod pixels;

use std::sync::Arc;

use makeready_kernels::Level;

use super::read::{Reader, Signature};
use super::{Caps, DecodeRequest, Decoder, Details, Film, Header, Opened};
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::picture::orientation::Orientation;
use crate::picture::reserve::probed;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;
use blocks::{Blocks, Frame};
use pixels::FramePixels;

/// Bytes a pixel that the photograph `examples/tiles/right-00.jpg` takes, 1600 wide in 216 colours.
const PHOTOGRAPH: f64 = 0.15;

/// The reader of GIF.
pub(super) struct GifReader;

impl Reader for GifReader {
    fn format(&self) -> Format {
        Format::Gif
    }

    fn signatures(&self) -> &'static [Signature] {
        const { &[Signature::start(b"GIF87a"), Signature::start(b"GIF89a")] }
    }

    fn open(&self, file: Bytes, _: &Limits, _: bool) -> Result<Arc<dyn Opened>> {
        let blocks = Blocks::read((*file).as_ref())?;
        let header = Header {
            format: Format::Gif,
            size: blocks.size,
            layout: blocks.layout(),
            planar: None,
            orientation: Orientation::NORMAL,
            pages: blocks.pages,
            caps: Caps::BANDS,
        };
        Ok(Arc::new(GifFile { file, blocks, header }))
    }

    /// A palette has colour, and alpha where one of its colours is clear.
    fn written_layout(&self, file: &[u8], layout: Layout) -> Layout {
        Blocks::read(file).map_or(layout, |blocks| blocks.layout())
    }
}

/// A GIF whose blocks are known.
struct GifFile {
    file: Bytes,
    blocks: Blocks,
    header: Header,
}

impl Opened for GifFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn details(&self) -> Details {
        let Frame { palette, interlaced, .. } = &self.blocks.first;
        let bits = palette.as_ref().map_or(8, |palette| (palette.len() / 3).ilog2());
        Details {
            bits: u8::try_from(bits).unwrap_or(8),
            progressive: *interlaced,
            ..Details::default()
        }
    }

    /// The indices of the frame, and the tables of `weezl`.
    fn memory(&self, _: &DecodeRequest, _: &Limits) -> Result<u64> {
        Ok(self.header.size.pixels() + (64 << 10))
    }

    /// All of the frame is decoded with its first row.
    fn work(&self, _: &DecodeRequest, rows: u32, work: &mut Work) {
        let samples = self.header.layout.bytes(Size::new(self.header.size.width, rows));
        work.add_for(WorkKind::FileOpen, Format::Gif, 1.0);
        work.add_for(WorkKind::FileCode, Format::Gif, self.frame_bytes() as f64);
        let indices = self.blocks.first.place.size().pixels() as f64;
        work.add_for(WorkKind::FilePixel, Format::Gif, indices);
        work.add_at(WorkKind::PngSample, 1, samples as f64);
    }

    fn content(&self) -> Content {
        let pixels = self.blocks.first.place.size().pixels() as f64;
        Content { palette: true, ..Content::of_file(self.frame_bytes(), pixels * PHOTOGRAPH) }
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        _: Level,
    ) -> Result<Box<dyn Decoder>> {
        // The crate ends the process where memory is missing.
        probed(self.memory(request, limits)?)?;
        let channels = self.header.layout.channels() as usize;
        Ok(Box::new(GifDecoder {
            pixels: FramePixels::new((*self.file).as_ref(), self.blocks.first.clone(), channels)?,
            bytes: Arc::clone(&self.file),
            begun: false,
            damage: None,
            recover: request.recover,
        }))
    }

    fn film(&self, limits: &Limits) -> Result<Option<Arc<dyn Film>>> {
        film::open(&self.file, &self.blocks, limits)
    }
}

impl GifFile {
    /// Bytes of the first frame, as far as the number of frames tells.
    fn frame_bytes(&self) -> usize {
        let bytes = (*self.file).as_ref().len().saturating_sub(self.blocks.first.pixels);
        bytes / self.blocks.pages.max(1) as usize
    }
}

/// A running decode.
struct GifDecoder {
    bytes: Bytes,
    pixels: FramePixels,
    begun: bool,
    /// The reason if some pixels are missing.
    damage: Option<Error>,
    recover: bool,
}

impl Decoder for GifDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        if !std::mem::replace(&mut self.begun, true)
            && let Err(error) = self.pixels.decode((*self.bytes).as_ref(), watch)
        {
            if watch.stopped() || !self.recover {
                return Err(error);
            }
            self.damage = Some(error);
        }
        let (rows, stride) = (band.rows(), band.stride(0));
        let plane = band.plane_mut(0);
        plane.fill(0);
        for (place, indices) in self.pixels.rows() {
            if rows.contains(&place) {
                watch.check()?;
                let at = (place - rows.start) as usize * stride + self.pixels.left();
                self.pixels.write(indices, &mut plane[at..]);
            }
        }
        Ok(())
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

#[cfg(test)]
mod tests;
