//! The front of a PNG: a bounded walk over its chunks up to the first IDAT.
//!
//! The decoder is given only the chunks that this walk has approved (see [`Front::parts`]). So it
//! never meets chunks that the `png` crate would inflate, keep or stumble over: text, colour
//! profiles, EXIF, palettes of a wrong length (`png` 0.18.1 panics there), the frames of an APNG.
//!
//! Chunks that make pixels are held to the format. All others are passed over, whatever is wrong
//! with them: generators and editors leave broken ones behind, and no pixel depends on them.

use std::ops::Range;

use super::super::part_stream::Part;
use super::chunk::{Chunk, MAX_LENGTH, wrong};
use super::notes::Notes;
use super::profile::ColourChunks;
use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::orientation::Orientation;
use crate::recipe::limits::Limits;

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The five colour types, by their number in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColourType {
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayA = 4,
    Rgba = 6,
}

impl ColourType {
    fn of(number: u8) -> Result<Self> {
        [Self::Gray, Self::Rgb, Self::Palette, Self::GrayA, Self::Rgba]
            .into_iter()
            .find(|&colour| colour as u8 == number)
            .ok_or_else(|| wrong("IHDR", "colour type", "0, 2, 3, 4 or 6", number))
    }

    const fn depths(self) -> &'static [u8] {
        match self {
            Self::Gray => &[1, 2, 4, 8, 16],
            Self::Palette => &[1, 2, 4, 8],
            Self::Rgb | Self::GrayA | Self::Rgba => &[8, 16],
        }
    }
}

/// The chunks before the pixels.
#[derive(Debug, Clone)]
pub(super) struct Front {
    pub(super) size: Size,
    pub(super) interlaced: bool,
    pub(super) orientation: Orientation,
    pub(super) colour_chunks: ColourChunks,
    pub(super) notes: Notes,
    /// The first wrong checksum of a chunk that makes pixels, in a file that is to be recovered.
    pub(super) damage: Option<Error>,
    recover: bool,
    colour: ColourType,
    depth: u8,
    ihdr: Part,
    /// The palette, where the pixels need it; a suggested one is left out.
    plte: Option<Part>,
    plte_entries: usize,
    /// The transparency, where it can be used.
    trns: Option<Part>,
    /// From the first IDAT to the end of the file.
    pixels: Range<usize>,
}

impl Front {
    /// Walks to the first IDAT. With `recover` wrong checksums are no error.
    pub(super) fn read(data: &[u8], limits: &Limits, recover: bool) -> Result<Self> {
        let ihdr = Chunk::at(data, SIGNATURE.len())?;
        let mut front = Self::ihdr(data, &ihdr, recover)?;
        let mut at = ihdr.next;
        loop {
            let chunk = Chunk::at(data, at)?;
            if chunk.name == *b"IDAT" {
                front.orientation = front.notes.orientation(data, limits)?;
                return front.at_pixels(data, at);
            }
            front.add(data, &chunk)?;
            at = chunk.next;
        }
    }

    /// The parts of the PNG that its pixels need.
    pub(super) fn parts(&self) -> Vec<Part> {
        let front = [Part::File(0..SIGNATURE.len()), self.ihdr.clone()].into_iter();
        front.chain(self.tables().cloned()).chain([Part::File(self.pixels.clone())]).collect()
    }

    /// The same with an end behind the last chunk, where the file ends there or before the next has a head.
    pub(super) fn parts_with_end(&self, data: &[u8]) -> Option<Vec<Part>> {
        let mut at = self.pixels.start;
        while let Ok(chunk) = Chunk::at(data, at) {
            if chunk.next > data.len() || chunk.name == *b"IEND" {
                return None;
            }
            at = chunk.next;
        }
        let mut parts = self.parts();
        parts.pop();
        parts.extend([Part::File(self.pixels.start..at), Part::Own(Chunk::made(*b"IEND", &[]))]);
        Some(parts)
    }

    /// The palette and the transparency, where the pixels need them.
    fn tables(&self) -> impl Iterator<Item = &Part> {
        self.plte.iter().chain(&self.trns)
    }

    /// The chunks before the pixels of a PNG of another size, whose pixels have the same form.
    pub(super) fn of_size(&self, data: &[u8], size: Size) -> Vec<u8> {
        let sides = [size.width, size.height].map(u32::to_be_bytes);
        let form = [self.depth, self.colour as u8, 0, 0, self.interlaced.into()];
        let ihdr = Chunk::made(*b"IHDR", &[&sides.concat(), &form[..]].concat());
        let tables = self.tables().map(|part| part.bytes(data));
        [SIGNATURE, &ihdr].into_iter().chain(tables).collect::<Vec<_>>().concat()
    }

    /// The layout that the decoder gives.
    pub(super) fn layout(&self) -> Layout {
        let gray = matches!(self.colour, ColourType::Gray | ColourType::GrayA);
        let alpha =
            matches!(self.colour, ColourType::GrayA | ColourType::Rgba) || self.trns.is_some();
        Layout::interleaved(!gray, alpha)
    }

    /// Bytes of all rows before they are samples, each with its filter.
    pub(super) fn row_bytes(&self) -> u64 {
        let channels = match self.colour {
            ColourType::Gray | ColourType::Palette => 1,
            ColourType::GrayA => 2,
            ColourType::Rgb => 3,
            ColourType::Rgba => 4,
        };
        let bits = u64::from(self.size.width) * channels * u64::from(self.depth);
        (1 + bits.div_ceil(8)) * u64::from(self.size.height)
    }

    /// Rows hold the samples that the decoder gives.
    pub(super) fn is_plain(&self) -> bool {
        self.depth == 8 && self.colour != ColourType::Palette && self.trns.is_none()
    }

    /// Bits of a sample, or of an index.
    pub(super) fn depth(&self) -> u8 {
        self.depth
    }

    pub(super) fn has_palette(&self) -> bool {
        self.colour == ColourType::Palette
    }

    /// Bytes from the first IDAT to the end of the file.
    pub(super) fn pixel_bytes(&self) -> usize {
        self.pixels.len()
    }

    fn ihdr(data: &[u8], chunk: &Chunk, recover: bool) -> Result<Self> {
        if chunk.name != *b"IHDR" {
            return Err(wrong("the file", "first chunk", "IHDR", chunk.text()));
        }
        let (ihdr, damage) = kept(data, chunk, recover)?;
        let body = &data[chunk.body.clone()];
        let &[w0, w1, w2, w3, h0, h1, h2, h3, depth, colour, compression, filter, interlace] = body
        else {
            return Err(wrong("IHDR", "length", "13", body.len()));
        };
        let colour = ColourType::of(colour)?;
        if !colour.depths().contains(&depth) {
            let expected =
                format!("one of {:?} with colour type {}", colour.depths(), colour as u8);
            return Err(wrong("IHDR", "bit depth", expected, depth));
        }
        let methods = [("compression", compression, 0), ("filter", filter, 0)];
        for (what, found, most) in methods.into_iter().chain([("interlace", interlace, 1)]) {
            if found > most {
                return Err(wrong("IHDR", what, format!("at most {most}"), found));
            }
        }
        Ok(Self {
            size: Size::new(
                side("width", u32::from_be_bytes([w0, w1, w2, w3]))?,
                side("height", u32::from_be_bytes([h0, h1, h2, h3]))?,
            ),
            interlaced: interlace == 1,
            orientation: Orientation::NORMAL,
            colour_chunks: ColourChunks::default(),
            notes: Notes::default(),
            damage,
            recover,
            colour,
            depth,
            ihdr,
            plte: None,
            plte_entries: 0,
            trns: None,
            pixels: 0..0,
        })
    }

    fn add(&mut self, data: &[u8], chunk: &Chunk) -> Result<()> {
        match &chunk.name {
            b"PLTE" if self.colour == ColourType::Palette => self.palette(data, chunk)?,
            b"PLTE" => {}
            b"tRNS" => self.transparency(data, chunk)?,
            b"eXIf" | b"tEXt" | b"iTXt" | b"pHYs" => self.notes.add(data, chunk),
            b"IHDR" => return Err(Error::malformed("a PNG with two IHDR chunks")),
            b"IEND" => return Err(wrong("the file", "chunk", "IDAT before IEND", "IEND")),
            name if name[0].is_ascii_uppercase() => {
                return Err(Error::unsupported(format!(
                    "a PNG that needs the chunk {}",
                    chunk.text()
                )));
            }
            name if !name.iter().all(u8::is_ascii_alphabetic) => {
                return Err(wrong("the file", "chunk name", "four letters", chunk.text()));
            }
            // They count before the palette alone.
            _ if self.plte.is_none() => self.colour_chunks.add(data, chunk),
            _ => {}
        }
        Ok(())
    }

    fn palette(&mut self, data: &[u8], chunk: &Chunk) -> Result<()> {
        let length = chunk.body.len();
        if self.plte.is_some() && self.recover {
            self.damage.get_or_insert_with(two_palettes);
            return Ok(());
        }
        let plte = self.keep(data, chunk)?;
        if length == 0 || length > 768 || !length.is_multiple_of(3) {
            return Err(wrong("PLTE", "length", "a multiple of 3 from 3 to 768", length));
        }
        if self.plte.is_some() {
            return Err(two_palettes());
        }
        self.plte = Some(plte);
        self.plte_entries = length / 3;
        Ok(())
    }

    /// Keeps the transparency unless libpng ignores it too: of a wrong length, before the palette,
    /// a second one, or beside an alpha channel.
    fn transparency(&mut self, data: &[u8], chunk: &Chunk) -> Result<()> {
        let length = chunk.body.len();
        let fits = match self.colour {
            ColourType::Gray => length == 2,
            ColourType::Rgb => length == 6,
            ColourType::Palette => (1..=self.plte_entries).contains(&length),
            ColourType::GrayA | ColourType::Rgba => false,
        };
        if !fits || self.trns.is_some() {
            return Ok(());
        }
        let trns = self.keep(data, chunk)?;
        self.trns = Some(match self.colour {
            // Only the bits of the depth count, and `png` compares all of the low byte.
            ColourType::Gray if self.depth < 8 => {
                let level = data[chunk.body.end - 1] & ((1 << self.depth) - 1);
                Part::Own(Chunk::made(chunk.name, &[0, level]))
            }
            _ => trns,
        });
        Ok(())
    }

    /// Keeps a chunk that makes pixels.
    fn keep(&mut self, data: &[u8], chunk: &Chunk) -> Result<Part> {
        let (part, damage) = kept(data, chunk, self.recover)?;
        self.damage = self.damage.take().or(damage);
        Ok(part)
    }

    fn at_pixels(mut self, data: &[u8], at: usize) -> Result<Self> {
        if self.colour == ColourType::Palette && self.plte.is_none() {
            return Err(wrong("the file", "chunk", "PLTE before IDAT", "IDAT"));
        }
        self.pixels = at..data.len();
        if self.recover && self.damage.is_none() {
            self.damage = damaged_pixels(data, at);
        }
        Ok(self)
    }
}

/// Prepares a chunk of pixels for the decoder, with a right checksum. The error comes along where
/// the file has a wrong one.
fn kept(data: &[u8], chunk: &Chunk, recover: bool) -> Result<(Part, Option<Error>)> {
    match chunk.checked(data) {
        Ok(_) => Ok((Part::File(chunk.whole()), None)),
        Err(error) if recover => {
            Ok((Part::Own(Chunk::made(chunk.name, &data[chunk.body.clone()])), Some(error)))
        }
        Err(error) => Err(error),
    }
}

/// The first wrong checksum among the chunks of pixels. In a file that is to be recovered the
/// decoder checks none, as it would give up rows that it has.
fn damaged_pixels(data: &[u8], mut at: usize) -> Option<Error> {
    loop {
        let chunk = Chunk::at(data, at).ok().filter(|chunk| chunk.name == *b"IDAT")?;
        if chunk.next > data.len() {
            return None;
        }
        if let Err(error) = chunk.checked(data) {
            return Some(error);
        }
        at = chunk.next;
    }
}

#[cold]
fn two_palettes() -> Error {
    Error::malformed("a PNG with two PLTE chunks")
}

fn side(what: &str, found: u32) -> Result<u32> {
    if (1..=MAX_LENGTH).contains(&found) {
        return Ok(found);
    }
    Err(wrong("IHDR", what, format!("1 to {MAX_LENGTH}"), found))
}

#[cfg(test)]
mod tests;
