//! What a PNG says before its pixels: a bounded walk over the chunks up to the first IDAT.
//!
//! The decoder is given only the chunks that this walk has approved (see [`Front::parts`]). So nothing
//! that the `png` crate would inflate, keep or stumble over reaches it: text, colour profiles, EXIF,
//! palettes of a wrong length (`png` 0.18.1 panics there), the frames of an APNG.

use std::ops::Range;

use super::chunk::{Chunk, MAX_LENGTH, wrong};
use crate::error::{Error, Result};
use crate::geometry::Size;
use crate::image::Layout;
use crate::limits::{Limits, check};
use crate::orientation::Orientation;
use crate::probe::exif;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The five colour types, by their number in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayA = 4,
    Rgba = 6,
}

impl Colour {
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

/// What stands before the pixels.
#[derive(Debug)]
pub(super) struct Front {
    pub(super) size: Size,
    pub(super) interlaced: bool,
    pub(super) orientation: Orientation,
    colour: Colour,
    /// From the signature to the end of IHDR.
    ihdr: Range<usize>,
    /// The palette, where the pixels need it; a suggested one is left out.
    plte: Range<usize>,
    plte_entries: usize,
    /// The transparency, where it can be used.
    trns: Range<usize>,
    /// From the first IDAT to the end of the file.
    pixels: Range<usize>,
}

impl Front {
    /// Walks to the first IDAT.
    pub(super) fn read(data: &[u8], limits: &Limits) -> Result<Self> {
        let ihdr = Chunk::at(data, SIGNATURE.len())?;
        let mut front = Self::ihdr(data, &ihdr)?;
        let mut at = ihdr.next;
        loop {
            let chunk = Chunk::at(data, at)?;
            if chunk.name == *b"IDAT" {
                return front.at_pixels(at..data.len());
            }
            front.add(data, &chunk, limits)?;
            at = chunk.next;
        }
    }

    /// Ranges of the file that make the PNG without all that is not needed for its pixels.
    pub(super) fn parts(&self) -> [Range<usize>; 4] {
        [self.ihdr.clone(), self.plte.clone(), self.trns.clone(), self.pixels.clone()]
    }

    /// What the decoder gives.
    pub(super) fn layout(&self) -> Layout {
        let grey = matches!(self.colour, Colour::Gray | Colour::GrayA);
        let alpha = matches!(self.colour, Colour::GrayA | Colour::Rgba) || !self.trns.is_empty();
        Layout::interleaved(!grey, alpha)
    }

    fn ihdr(data: &[u8], chunk: &Chunk) -> Result<Self> {
        if chunk.name != *b"IHDR" {
            return Err(wrong("the file", "first chunk", "IHDR", chunk.text()));
        }
        let body = chunk.checked(data)?;
        let &[w0, w1, w2, w3, h0, h1, h2, h3, depth, colour, compression, filter, interlace] = body
        else {
            return Err(wrong("IHDR", "length", "13", body.len()));
        };
        let colour = Colour::of(colour)?;
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
            colour,
            ihdr: 0..chunk.next,
            plte: 0..0,
            plte_entries: 0,
            trns: 0..0,
            pixels: 0..0,
        })
    }

    fn add(&mut self, data: &[u8], chunk: &Chunk, limits: &Limits) -> Result<()> {
        match &chunk.name {
            b"PLTE" => self.palette(data, chunk)?,
            b"tRNS" => self.transparency(data, chunk)?,
            b"eXIf" => {
                check("max_exif_bytes", limits.max_exif_bytes, chunk.body.len() as u64)?;
                self.orientation = exif::orientation(chunk.checked(data)?);
            }
            b"iCCP" => check("max_icc_bytes", limits.max_icc_bytes, chunk.body.len() as u64)?,
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
            _ => {}
        }
        Ok(())
    }

    fn palette(&mut self, data: &[u8], chunk: &Chunk) -> Result<()> {
        let length = chunk.checked(data)?.len();
        if length == 0 || length > 768 || length % 3 != 0 {
            return Err(wrong("PLTE", "length", "a multiple of 3 from 3 to 768", length));
        }
        if !self.plte.is_empty() {
            return Err(Error::malformed("a PNG with two PLTE chunks"));
        }
        if self.colour == Colour::Palette {
            self.plte = chunk.whole();
            self.plte_entries = length / 3;
        }
        Ok(())
    }

    /// Keeps the transparency unless it is one that libpng ignores too: of a wrong length, before the
    /// palette, a second one, or beside an alpha channel.
    fn transparency(&mut self, data: &[u8], chunk: &Chunk) -> Result<()> {
        let length = chunk.checked(data)?.len();
        let fits = match self.colour {
            Colour::Gray => length == 2,
            Colour::Rgb => length == 6,
            Colour::Palette => (1..=self.plte_entries).contains(&length),
            Colour::GrayA | Colour::Rgba => false,
        };
        if fits && self.trns.is_empty() {
            self.trns = chunk.whole();
        }
        Ok(())
    }

    fn at_pixels(mut self, pixels: Range<usize>) -> Result<Self> {
        if self.colour == Colour::Palette && self.plte.is_empty() {
            return Err(wrong("the file", "chunk", "PLTE before IDAT", "IDAT"));
        }
        self.pixels = pixels;
        Ok(self)
    }
}

fn side(what: &str, found: u32) -> Result<u32> {
    if (1..=MAX_LENGTH).contains(&found) {
        return Ok(found);
    }
    Err(wrong("IHDR", what, format!("1 to {MAX_LENGTH}"), found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let named = [&name[..], body].concat();
        [&length.to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
    }

    fn ihdr(width: u32, height: u32, rest: [u8; 5]) -> Vec<u8> {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        [SIGNATURE, &chunk(b"IHDR", &[&sides[..], &rest].concat())].concat()
    }

    fn png(rest: [u8; 5], chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut file = ihdr(3, 2, rest);
        for (name, body) in chunks {
            file.extend(chunk(name, body));
        }
        file
    }

    const EXIF_6: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
    const IDAT: (&[u8; 4], &[u8]) = (b"IDAT", &[]);
    const GRAY: [u8; 5] = [8, 0, 0, 0, 0];
    const PALETTE: [u8; 5] = [8, 3, 0, 0, 0];
    const RGB: [u8; 5] = [16, 2, 0, 0, 0];

    fn code(file: &[u8]) -> &'static str {
        match Front::read(file, &Limits::default()) {
            Ok(_) => "ok",
            Err(error) => error.code(),
        }
    }

    #[test]
    fn layouts_follow_colour_type_and_transparency() -> Result<()> {
        let palette: (&[u8; 4], &[u8]) = (b"PLTE", &[1, 2, 3, 4, 5, 6]);
        let rows: [(&str, Vec<u8>, Layout); 9] = [
            ("gray", png(GRAY, &[IDAT]), Layout::Gray),
            ("gray with tRNS", png(GRAY, &[(b"tRNS", &[0, 9]), IDAT]), Layout::GrayA),
            ("gray with a short tRNS", png(GRAY, &[(b"tRNS", &[0]), IDAT]), Layout::Gray),
            ("gray with alpha", png([16, 4, 0, 0, 1], &[IDAT]), Layout::GrayA),
            ("rgb with tRNS", png(RGB, &[(b"tRNS", &[0; 6]), IDAT]), Layout::Rgba),
            ("rgb with a palette", png(RGB, &[palette, IDAT]), Layout::Rgb),
            ("palette", png(PALETTE, &[palette, IDAT]), Layout::Rgb),
            ("palette with tRNS", png(PALETTE, &[palette, (b"tRNS", &[0, 9]), IDAT]), Layout::Rgba),
            ("a long tRNS", png(PALETTE, &[palette, (b"tRNS", &[0; 3]), IDAT]), Layout::Rgb),
        ];
        for (name, file, layout) in rows {
            assert_eq!(Front::read(&file, &Limits::default())?.layout(), layout, "{name}");
        }
        Ok(())
    }

    #[test]
    fn what_is_wrong_has_its_code() {
        let mut flipped = png(GRAY, &[IDAT]);
        flipped[20] ^= 1;
        let rows: [(&str, Vec<u8>, &str); 19] = [
            ("whole", png(GRAY, &[IDAT]), "ok"),
            ("no width", [ihdr(0, 2, GRAY), chunk(b"IDAT", &[])].concat(), "malformed"),
            ("too high", [ihdr(1, 1 << 31, GRAY), chunk(b"IDAT", &[])].concat(), "malformed"),
            ("colour type 1", png([8, 1, 0, 0, 0], &[IDAT]), "malformed"),
            ("depth 4 with colour type 2", png([4, 2, 0, 0, 0], &[IDAT]), "malformed"),
            ("compression 1", png([8, 0, 1, 0, 0], &[IDAT]), "malformed"),
            ("interlace 2", png([8, 0, 0, 0, 2], &[IDAT]), "malformed"),
            ("a bit flipped in IHDR", flipped, "malformed"),
            ("no palette", png(PALETTE, &[IDAT]), "malformed"),
            ("an empty palette", png(PALETTE, &[(b"PLTE", &[]), IDAT]), "malformed"),
            ("a palette of 4 bytes", png(PALETTE, &[(b"PLTE", &[0; 4]), IDAT]), "malformed"),
            ("a palette of 257 colours", png(PALETTE, &[(b"PLTE", &[0; 771]), IDAT]), "malformed"),
            ("an odd palette beside rgb", png(RGB, &[(b"PLTE", &[0; 4]), IDAT]), "malformed"),
            ("two headers", png(GRAY, &[(b"IHDR", &[0; 13]), IDAT]), "malformed"),
            ("no pixels", png(GRAY, &[(b"IEND", &[])]), "malformed"),
            ("the header alone", png(GRAY, &[]), "truncated"),
            ("cut in a chunk", png(GRAY, &[(b"tEXt", &[0; 9])])[..40].to_vec(), "truncated"),
            ("a critical chunk", png(GRAY, &[(b"CgBI", &[]), IDAT]), "unsupported"),
            ("a name that is none", png(GRAY, &[(b"a\0bc", &[]), IDAT]), "malformed"),
        ];
        for (name, file, expected) in rows {
            assert_eq!(code(&file), expected, "{name}");
        }
    }

    #[test]
    fn metadata_is_limited_by_name() -> Result<()> {
        let file = png(GRAY, &[(b"eXIf", EXIF_6), (b"iCCP", &[0; 40]), IDAT]);
        assert_eq!(Front::read(&file, &Limits::default())?.orientation.to_exif(), 6);
        let no_exif = Limits { max_exif_bytes: 10, ..Limits::default() };
        let no_icc = Limits { max_icc_bytes: 39, ..Limits::default() };
        for (limits, name) in [(no_exif, "max_exif_bytes"), (no_icc, "max_icc_bytes")] {
            let error = Front::read(&file, &limits).err();
            assert_eq!(error.and_then(|error| error.limit()), Some(name));
        }
        Ok(())
    }

    #[test]
    fn every_prefix_is_truncated() {
        let file = png(PALETTE, &[(b"PLTE", &[0; 6]), (b"tRNS", &[1]), (b"eXIf", EXIF_6)]);
        for end in SIGNATURE.len()..file.len() {
            assert_eq!(code(&file[..end]), "truncated", "{end} bytes");
        }
    }
}
