//! What a PNG says before its pixels: a bounded walk over the chunks up to the first IDAT.
//!
//! The decoder is given only the chunks that this walk has approved (see [`Front::parts`]). So nothing
//! that the `png` crate would inflate, keep or stumble over reaches it: text, colour profiles, EXIF,
//! palettes of a wrong length (`png` 0.18.1 panics there), the frames of an APNG.
//!
//! Chunks that make pixels are held to the format. All others are passed over, whatever is wrong with them:
//! generators and editors leave broken ones behind, and no pixel depends on them.

use std::ops::Range;

use super::super::feed::Part;
use super::chunk::{Chunk, MAX_LENGTH, wrong};
use crate::error::{Error, Result};
use crate::geometry::Size;
use crate::image::Layout;
use crate::limits::Limits;
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
    /// The first wrong checksum of a chunk that makes pixels, in a file that is to be recovered.
    pub(super) damage: Option<Error>,
    recover: bool,
    colour: Colour,
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
                return front.at_pixels(data, at);
            }
            front.add(data, &chunk, limits)?;
            at = chunk.next;
        }
    }

    /// The PNG without all that is not needed for its pixels.
    pub(super) fn into_parts(self) -> Vec<Part> {
        let front = [Part::File(0..SIGNATURE.len()), self.ihdr].into_iter();
        let tables = self.plte.into_iter().chain(self.trns);
        front.chain(tables).chain([Part::File(self.pixels)]).collect()
    }

    /// What the decoder gives.
    pub(super) fn layout(&self) -> Layout {
        let grey = matches!(self.colour, Colour::Gray | Colour::GrayA);
        let alpha = matches!(self.colour, Colour::GrayA | Colour::Rgba) || self.trns.is_some();
        Layout::interleaved(!grey, alpha)
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

    fn add(&mut self, data: &[u8], chunk: &Chunk, limits: &Limits) -> Result<()> {
        match &chunk.name {
            b"PLTE" if self.colour == Colour::Palette => self.palette(data, chunk)?,
            b"PLTE" => {}
            b"tRNS" => self.transparency(data, chunk)?,
            b"eXIf" => {
                if let Ok(exif) = chunk.checked(data) {
                    self.orientation = exif::orientation(exif, limits);
                }
            }
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

    /// Keeps the transparency unless it is one that libpng ignores too: of a wrong length, before the
    /// palette, a second one, or beside an alpha channel.
    fn transparency(&mut self, data: &[u8], chunk: &Chunk) -> Result<()> {
        let length = chunk.body.len();
        let fits = match self.colour {
            Colour::Gray => length == 2,
            Colour::Rgb => length == 6,
            Colour::Palette => (1..=self.plte_entries).contains(&length),
            Colour::GrayA | Colour::Rgba => false,
        };
        if !fits || self.trns.is_some() {
            return Ok(());
        }
        let trns = self.keep(data, chunk)?;
        self.trns = Some(match self.colour {
            // Only the bits of the depth count, and `png` compares all of the low byte.
            Colour::Gray if self.depth < 8 => {
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
        if self.colour == Colour::Palette && self.plte.is_none() {
            return Err(wrong("the file", "chunk", "PLTE before IDAT", "IDAT"));
        }
        self.pixels = at..data.len();
        if self.recover && self.damage.is_none() {
            self.damage = damaged_pixels(data, at);
        }
        Ok(self)
    }
}

/// A chunk that makes pixels as the decoder is given it: with a right checksum, and the error where that is not
/// the file's.
fn kept(data: &[u8], chunk: &Chunk, recover: bool) -> Result<(Part, Option<Error>)> {
    match chunk.checked(data) {
        Ok(_) => Ok((Part::File(chunk.whole()), None)),
        Err(error) if recover => {
            Ok((Part::Own(Chunk::made(chunk.name, &data[chunk.body.clone()])), Some(error)))
        }
        Err(error) => Err(error),
    }
}

/// The first wrong checksum among the chunks of pixels: of a file that is to be recovered its decoder checks none, as
/// it would give up rows that it has.
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
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        Chunk::made(*name, body)
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
        match Front::read(file, &Limits::default(), false) {
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
            assert_eq!(Front::read(&file, &Limits::default(), false)?.layout(), layout, "{name}");
        }
        Ok(())
    }

    #[test]
    fn what_is_wrong_has_its_code() {
        let mut flipped = png(GRAY, &[IDAT]);
        flipped[20] ^= 1;
        let rows: [(&str, Vec<u8>, &str); 18] = [
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
    fn chunks_that_make_no_pixels_cost_no_picture() -> Result<()> {
        let broken = |name: &[u8; 4], body: &[u8]| {
            let mut chunk = chunk(name, body);
            *chunk.last_mut().expect("a checksum") ^= 1;
            chunk
        };
        let palette: &[u8] = &[1, 2, 3, 4];
        let rows: [(&str, [u8; 5], Vec<u8>); 9] = [
            ("eXIf", GRAY, broken(b"eXIf", EXIF_6)),
            ("tIME", GRAY, broken(b"tIME", &[1])),
            ("iCCP", GRAY, broken(b"iCCP", &[0; 40])),
            ("an unknown one", GRAY, broken(b"abCd", &[0; 40])),
            ("a suggested palette", RGB, broken(b"PLTE", &[1, 2, 3])),
            ("a suggested palette of 4 bytes", RGB, chunk(b"PLTE", palette)),
            (
                "two suggested palettes",
                RGB,
                [chunk(b"PLTE", palette), chunk(b"PLTE", &[])].concat(),
            ),
            ("a palette of gray", GRAY, broken(b"PLTE", palette)),
            ("tRNS beside alpha", [8, 6, 0, 0, 0], broken(b"tRNS", &[0; 6])),
        ];
        for (name, rest, middle) in rows {
            let file = [ihdr(3, 2, rest), middle, chunk(b"IDAT", &[])].concat();
            for recover in [false, true] {
                let front = Front::read(&file, &Limits::default(), recover)?;
                assert!(front.damage.is_none(), "{name}");
                assert_eq!(front.orientation, Orientation::NORMAL, "{name}");
                assert_eq!(front.into_parts().len(), 3, "{name}");
            }
        }
        Ok(())
    }

    #[test]
    fn chunks_that_make_pixels_are_held_to_their_checksum() -> Result<()> {
        let file = png(PALETTE, &[(b"PLTE", &[0; 6]), (b"tRNS", &[1]), IDAT]);
        for at in [20, 42, 59] {
            let mut file = file.clone();
            file[at] ^= 1;
            assert_eq!(code(&file), "malformed", "byte {at}");
            let front = Front::read(&file, &Limits::default(), true)?;
            assert_eq!(front.damage.as_ref().map(Error::code), Some("malformed"), "byte {at}");
            assert_eq!(front.layout(), Layout::Rgba, "byte {at}");
        }
        Ok(())
    }

    #[test]
    fn gray_transparency_has_the_bits_of_its_depth() -> Result<()> {
        for (depth, level) in [(1, 1), (2, 3), (4, 15)] {
            let file = png([depth, 0, 0, 0, 0], &[(b"tRNS", &[0xFF; 2]), IDAT]);
            let front = Front::read(&file, &Limits::default(), false)?;
            assert_eq!(front.trns, Some(Part::Own(chunk(b"tRNS", &[0, level]))));
        }
        let file = png(GRAY, &[(b"tRNS", &[0xFF; 2]), IDAT]);
        let front = Front::read(&file, &Limits::default(), false)?;
        assert!(matches!(front.trns, Some(Part::File(_))));
        Ok(())
    }

    #[test]
    fn long_metadata_is_skipped() -> Result<()> {
        let long = [EXIF_6, &[0; 5000]].concat();
        let file = png(GRAY, &[(b"eXIf", &long), (b"iCCP", &[0; 40]), IDAT]);
        let limits = |most| Limits { max_exif_bytes: most, max_icc_bytes: 0, ..Limits::default() };
        for (most, orientation) in [(0, 1), (EXIF_6.len() as u64, 6)] {
            let front = Front::read(&file, &limits(most), false)?;
            assert_eq!(front.orientation.to_exif(), orientation);
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
