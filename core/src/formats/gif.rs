//! GIF: the first frame on its screen, its pixels through `weezl`.
//!
//! A frame may cover only a part of the screen and may have a colour that stands for nothing: there
//! the picture is clear. A screen that is too small for the frame is enlarged, as Pillow does.

mod blocks;

use std::sync::Arc;

use makeready_kernels::Level;
use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

use super::read::{Reader, Signature};
use super::{Caps, DecodeRequest, Decoder, Header, Opened};
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, zeroed};
use crate::picture::orientation::Orientation;
use crate::picture::reserve::probed;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;
use blocks::Blocks;

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
        let clear = blocks.transparent.is_some() || blocks.frame != Rect::whole(blocks.size);
        let header = Header {
            format: Format::Gif,
            size: blocks.size,
            layout: Layout::interleaved(blocks.palette.is_some(), clear),
            planar: None,
            orientation: Orientation::NORMAL,
            pages: blocks.pages,
            caps: Caps::BANDS,
        };
        Ok(Arc::new(GifFile { file, blocks, header }))
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

    /// The indices of the frame, and the tables of `weezl`.
    fn memory(&self, _: &DecodeRequest, _: &Limits) -> Result<u64> {
        Ok(self.header.size.pixels() + (64 << 10))
    }

    /// All of the frame is decoded with its first row.
    fn work(&self, _: &DecodeRequest, rows: u32, work: &mut Work) {
        let samples = self.header.layout.bytes(Size::new(self.header.size.width, rows));
        work.add_for(WorkKind::FileOpen, Format::Gif, 1.0);
        work.add_for(WorkKind::FileCode, Format::Gif, self.frame_bytes() as f64);
        let indices = self.blocks.frame.size().pixels() as f64;
        work.add_for(WorkKind::FilePixel, Format::Gif, indices);
        work.add_at(WorkKind::PngSample, 1, samples as f64);
    }

    fn content(&self) -> Content {
        let pixels = self.blocks.frame.size().pixels() as f64;
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
        let palette = match &self.blocks.palette {
            None => grays(),
            Some(range) => match (*self.file).as_ref().get(range.clone()) {
                Some(colours) => of_colours(colours),
                None => return Err(cut(&self.blocks)),
            },
        };
        Ok(Box::new(GifDecoder {
            channels: self.header.layout.channels() as usize,
            clear: self.blocks.transparent,
            palette,
            indices: Vec::new(),
            decoded: 0,
            damage: None,
            recover: request.recover,
            blocks: self.blocks.clone(),
            bytes: Arc::clone(&self.file),
        }))
    }
}

impl GifFile {
    /// Bytes of the first frame, as far as the number of frames tells.
    fn frame_bytes(&self) -> usize {
        let bytes = (*self.file).as_ref().len().saturating_sub(self.blocks.pixels);
        bytes / self.blocks.pages.max(1) as usize
    }
}

/// The pixel of each index, in a layout without alpha; alpha is added behind it.
type Palette = [[u8; 3]; 256];

/// Makes the palette of the colours in a file; an index without a colour is black.
fn of_colours(colours: &[u8]) -> Palette {
    let mut palette = [[0; 3]; 256];
    for (to, from) in palette.iter_mut().zip(colours.as_chunks::<3>().0) {
        *to = *from;
    }
    palette
}

/// Makes the palette whose indices are levels of gray.
fn grays() -> Palette {
    let mut palette = [[0; 3]; 256];
    for (to, level) in palette.iter_mut().zip(0..=255) {
        to[0] = level;
    }
    palette
}

/// A running decode.
struct GifDecoder {
    bytes: Bytes,
    blocks: Blocks,
    palette: Palette,
    /// The index whose pixels are clear.
    clear: Option<u8>,
    channels: usize,
    /// The indices of the frame in the order of the file; empty before the first call.
    indices: Vec<u8>,
    /// The number of indices that the file has.
    decoded: usize,
    /// The reason if some are missing.
    damage: Option<Error>,
    recover: bool,
}

impl Decoder for GifDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let frame = self.blocks.frame;
        if self.indices.is_empty() {
            self.indices = zeroed(frame.width as usize * frame.height as usize)?;
            if let Err(error) = self.decode(watch) {
                if watch.stopped() || !self.recover {
                    return Err(error);
                }
                self.damage = Some(error);
            }
        }
        let (rows, stride) = (band.rows(), band.stride(0));
        let left = frame.x as usize * self.channels;
        let plane = band.plane_mut(0);
        plane.fill(0);
        for (row, indices) in (0..).zip(self.indices[..self.decoded].chunks(frame.width as usize)) {
            let place = frame.y + self.blocks.row(row);
            if rows.contains(&place) {
                watch.check()?;
                let at = (place - rows.start) as usize * stride + left;
                self.write(indices, &mut plane[at..]);
            }
        }
        Ok(())
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

impl GifDecoder {
    /// Decodes the indices of the frame. Bytes behind the last index do not matter: many files lack
    /// the end of the codes, of the blocks or of the file, and every reader shows them.
    fn decode(&mut self, watch: &Watch) -> Result<()> {
        let data = (*self.bytes).as_ref();
        let mut at = self.blocks.pixels;
        let size = *data.get(at).ok_or_else(|| cut(&self.blocks))?;
        if !(1..=11).contains(&size) {
            return Err(Error::malformed(format!(
                "code size of a GIF: expected 1 to 11, found {size}"
            )));
        }
        let mut codes =
            Configuration::new(BitOrder::Lsb, size).with_yield_on_full_buffer(true).build();
        at += 1;
        loop {
            watch.check()?;
            let length = usize::from(*data.get(at).ok_or_else(|| cut(&self.blocks))?);
            let mut block = &data[at + 1..data.len().min(at + 1 + length)];
            at += 1 + length;
            if length == 0 {
                return Err(self.too_few());
            }
            loop {
                let step = codes.decode_bytes(block, &mut self.indices[self.decoded..]);
                self.decoded += step.consumed_out;
                block = &block[step.consumed_in..];
                if self.decoded == self.indices.len() {
                    return Ok(());
                }
                match step.status {
                    Ok(LzwStatus::Done) => return Err(self.too_few()),
                    Err(error) => return Err(Error::malformed(format!("GIF: {error}"))),
                    Ok(LzwStatus::NoProgress) => break,
                    // Goes on even if no index came of it: a code may have cleared the table.
                    Ok(LzwStatus::Ok) => {}
                }
            }
        }
    }

    /// Writes pixels of one row.
    fn write(&self, indices: &[u8], target: &mut [u8]) {
        let colours = if self.channels < 3 { 1 } else { 3 };
        for (pixel, &index) in target.chunks_exact_mut(self.channels).zip(indices) {
            if self.clear != Some(index) {
                let (colour, alpha) = pixel.split_at_mut(colours);
                colour.copy_from_slice(&self.palette[usize::from(index)][..colours]);
                alpha.fill(255);
            }
        }
    }

    #[cold]
    fn too_few(&self) -> Error {
        Error::truncated(format!(
            "the pixels of the GIF end after {}, before those of its frame of {} do",
            self.decoded,
            self.blocks.frame.size()
        ))
    }
}

#[cold]
fn cut(blocks: &Blocks) -> Error {
    Error::truncated(format!("the GIF ends within its first frame of {}", blocks.frame.size()))
}

#[cfg(test)]
mod tests;
