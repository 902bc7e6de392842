//! Encodes a picture as a GIF of one frame, its codes through `weezl`.

use makeready_kernels::Level;
use weezl::encode::Encoder as Codes;
use weezl::{BitOrder, LzwStatus};

use super::super::film::canvas::Disposal;
use super::super::palette::{self, CLEAR, Entry, Indexed, PaletteSettings};
use super::super::{
    EncodeInput, EncodeMemory, Encoding, FilmEncoding, FilmMemory, WholeEncoder, Writer,
};
use super::blocks::{EXTENSION, GRAPHIC_CONTROL, IMAGE, TRAILER};
use super::film_encoder;
use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::picture::motion::Motion;
use crate::picture::reserve::{probed, reserved_bytes};
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::options::Gif;

/// Bytes that `weezl` takes for its codes at most.
pub(super) const CODES: u64 = 1 << 20;

/// Bytes of a file beside its pixels: the screen and two palettes.
pub(super) const HEAD: u64 = 2 << 10;

/// Indices between two questions to the watch.
const STRIDE: usize = 1 << 16;

impl Writer for Gif {
    /// The format has 16 bits for it.
    fn max_side(&self) -> u32 {
        0xFFFF
    }

    /// Palettes are of colours.
    fn layout(&self, layout: Layout) -> Layout {
        Layout::interleaved(true, layout.has_alpha())
    }

    fn memory(&self, picture: &EncodeInput) -> EncodeMemory {
        let EncodeInput { size, layout, .. } = *picture;
        let file = HEAD + largest_image(size);
        // A much smaller file is moved to a place of its size.
        let encode = palette::memory(size, layout) + file + file / 2 + CODES;
        EncodeMemory::of_canvas(layout.bytes(size), encode)
    }

    fn work(&self, picture: &EncodeInput, content: Content, work: &mut Work) {
        palette::work(picture, content, work);
        work.add(WorkKind::GifCode, picture.size.pixels() as f64);
    }

    fn begin(&self, _: &EncodeInput, _: Level) -> Result<Encoding> {
        Ok(Encoding::Whole(Box::new(GifEncoder { options: *self })))
    }

    fn moves(&self) -> bool {
        true
    }

    fn motion(&self, motion: &Motion) -> Motion {
        motion.with(self.delay, self.r#loop)
    }

    fn film_memory(&self, picture: &EncodeInput, motion: &Motion) -> FilmMemory {
        film_encoder::memory(picture, motion)
    }

    fn film(&self, picture: &EncodeInput, motion: &Motion, _: Level) -> Result<FilmEncoding> {
        film_encoder::begin(self, picture, motion)
    }
}

/// Bytes of an image that cannot be compressed: 12 bits an index, and a byte more in 255.
pub(super) fn largest_image(size: Size) -> u64 {
    size.pixels() * 3 / 2 + size.pixels() / 64 + 64
}

/// An encode to come.
struct GifEncoder {
    options: Gif,
}

impl WholeEncoder for GifEncoder {
    fn encode(self: Box<Self>, canvas: Band, watch: &Watch) -> Result<Vec<u8>> {
        let size = canvas.size();
        let Gif { colours, dither, .. } = self.options;
        let settings = PaletteSettings { colours, dither, half_clear: false, keeps_clear: false };
        let Indexed { palette, indices } = Indexed::of(&canvas, settings, watch)?;
        drop(canvas);
        let mut file = reserved_bytes(HEAD + largest_image(size))?;
        write_screen(&mut file, size, &palette)?;
        let frame = Frame {
            place: Rect::whole(size),
            palette: &palette,
            own_palette: false,
            clear: (0..=255).zip(&palette).find(|(_, entry)| **entry == CLEAR).map(|(at, _)| at),
            leaves: None,
            indices: &indices,
        };
        frame.write(&mut file, watch)?;
        file.push(TRAILER);
        if file.len() < file.capacity() / 2 {
            file.shrink_to_fit();
        }
        Ok(file)
    }
}

/// Writes the signature and the screen with its palette.
fn write_screen(file: &mut Vec<u8>, size: Size, palette: &[Entry]) -> Result<()> {
    file.extend(b"GIF89a");
    file.extend([side(size.width)?, side(size.height)?].as_flattened());
    // A palette, of samples of 8 bits; the first colour is the ground; pixels are square.
    file.extend([0xF0 | (bits(palette) - 1), 0, 0]);
    write_palette(file, palette);
    Ok(())
}

/// A picture on a part of the screen.
pub(super) struct Frame<'a> {
    pub(super) place: Rect,
    pub(super) palette: &'a [Entry],
    /// Tells whether the palette is written with it, in place of the screen's.
    pub(super) own_palette: bool,
    /// The index whose pixels are clear.
    pub(super) clear: Option<u8>,
    /// The screen after the frame, in a film.
    pub(super) leaves: Option<Disposal>,
    pub(super) indices: &'a [u8],
}

impl Frame<'_> {
    /// Writes the frame into room for [`largest_image`].
    pub(super) fn write(&self, file: &mut Vec<u8>, watch: &Watch) -> Result<()> {
        if self.clear.is_some() || self.leaves.is_some() {
            let disposal = match self.leaves {
                None => 0,
                Some(Disposal::Keep) => 1,
                Some(Disposal::Clear) => 2,
                Some(Disposal::Restore) => 3,
            };
            let flags = disposal << 2 | u8::from(self.clear.is_some());
            let index = self.clear.unwrap_or(0);
            file.extend([EXTENSION, GRAPHIC_CONTROL, 4, flags, 0, 0, index, 0]);
        }
        let Rect { x, y, width, height } = self.place;
        file.push(IMAGE);
        file.extend([side(x)?, side(y)?, side(width)?, side(height)?].as_flattened());
        let bits = bits(self.palette);
        file.push(if self.own_palette { 0x80 | (bits - 1) } else { 0 });
        if self.own_palette {
            write_palette(file, self.palette);
        }
        write_codes(file, bits.max(2), self.indices, watch)
    }
}

/// Bits of an index.
fn bits(palette: &[Entry]) -> u8 {
    (1..8).find(|&bits| palette.len() <= 1 << bits).unwrap_or(8)
}

/// Writes the colours, and black up to a power of two.
fn write_palette(file: &mut Vec<u8>, palette: &[Entry]) {
    file.extend(palette.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]));
    file.extend(std::iter::repeat_n(0, 3 * ((1 << bits(palette)) - palette.len())));
}

/// Writes the size of the codes, and the codes in blocks of 255 bytes.
fn write_codes(file: &mut Vec<u8>, size: u8, indices: &[u8], watch: &Watch) -> Result<()> {
    // The crate ends the process where memory is missing.
    probed(CODES)?;
    file.push(size);
    let mut codes = Codes::new(BitOrder::Lsb, size);
    let mut block = [0; 255];
    let mut filled = 0;
    for part in indices.chunks(STRIDE) {
        watch.check()?;
        let mut part = part;
        while !part.is_empty() {
            let step = codes.encode_bytes(part, &mut block[filled..]);
            step.status.map_err(|error| Error::internal(format!("GIF: {error}")))?;
            part = &part[step.consumed_in..];
            filled += step.consumed_out;
            write_full(file, &block, &mut filled);
        }
    }
    codes.finish();
    loop {
        let step = codes.encode_bytes(&[], &mut block[filled..]);
        filled += step.consumed_out;
        if matches!(step.status, Ok(LzwStatus::Done)) {
            break;
        }
        write_full(file, &block, &mut filled);
    }
    if filled > 0 {
        write_block(file, &block[..filled]);
    }
    file.push(0);
    Ok(())
}

/// Writes a block that is full, so that the next one begins.
fn write_full(file: &mut Vec<u8>, block: &[u8; 255], filled: &mut usize) {
    if *filled == block.len() {
        write_block(file, block);
        *filled = 0;
    }
}

fn write_block(file: &mut Vec<u8>, block: &[u8]) {
    file.push(block.len().to_le_bytes()[0]);
    file.extend_from_slice(block);
}

/// A side or a place in the 16 bits that the format has for it.
pub(super) fn side(side: u32) -> Result<[u8; 2]> {
    let side =
        u16::try_from(side).map_err(|_| Error::internal(format!("a GIF with a side of {side}")))?;
    Ok(side.to_le_bytes())
}

#[cfg(test)]
mod tests;
