//! Finds the parts of a WebP: a bounded walk over the chunks of its RIFF container.

use std::ops::Range;

use super::super::read::held;
use super::ffi::{self, Features};
use super::frame::Frame;
use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::orientation::Orientation;
use crate::recipe::limits::Limits;

/// `RIFF`, a size, `WEBP`.
pub(in crate::formats) const RIFF: usize = 12;
/// Name and length of a chunk.
const HEAD: usize = 8;
/// The bits of the flags of a VP8X chunk: for an animation, XMP, EXIF data, alpha and a colour profile.
pub(in crate::formats) const ANIMATION: u8 = 0x02;
pub(in crate::formats) const XMP: u8 = 0x04;
pub(in crate::formats) const EXIF: u8 = 0x08;
pub(in crate::formats) const ALPHA: u8 = 0x10;
pub(in crate::formats) const ICC: u8 = 0x20;

/// The filter of an alpha plane that predicts from the left.
const HORIZONTAL: u8 = 1;

/// The facts that the chunks tell.
#[derive(Debug, Clone)]
pub(super) struct Container {
    /// The size of the picture, or of the canvas of an animation.
    pub(super) size: Size,
    /// Frames of an animation; 0 of a still picture.
    pub(super) frames: u32,
    /// How often the animation is played, 0 for ever.
    pub(super) plays: u32,
    pub(super) orientation: Orientation,
    /// The place of the colour profile, which may reach past the end of a cut file.
    pub(super) icc: Option<Range<usize>>,
    /// The place of the EXIF data, as far as the file has them.
    pub(super) exif: Option<Range<usize>>,
    /// The place of the XMP packet, in the same way.
    pub(super) xmp: Option<Range<usize>>,
    /// The bytes of the file up to the end of its pixels, or the bytes of its first frame.
    pub(super) pixels: Range<usize>,
    /// Whether the pixels go on behind the end of the file.
    pub(super) cut: bool,
    /// The place of the pixels on the canvas.
    pub(super) place: Rect,
    pub(super) lossless: bool,
    /// Whether alpha rows are predicted from the row above in a way that libwebp forgets when it
    /// crops: the "horizontal" filter takes the first sample of a row from there.
    pub(super) alpha_from_above: bool,
    alpha: bool,
}

impl Container {
    /// Walks over the whole file; anything after the pixels may be cut.
    pub(super) fn read(data: &[u8], limits: &Limits) -> Result<Self> {
        let chunks = Chunks::of(data, limits)?;
        if chunks.flags & ANIMATION != 0 { chunks.animation(data) } else { chunks.still(data) }
    }

    /// The layout that the decoder gives.
    pub(super) fn layout(&self) -> Layout {
        Layout::interleaved(true, self.alpha || self.place.size() != self.size)
    }
}

/// The chunks of interest.
#[derive(Debug, Default)]
struct Chunks {
    /// Flags and canvas of the VP8X chunk, zeros without one.
    flags: u8,
    canvas: (u32, u32),
    orientation: Orientation,
    exif: Option<Range<usize>>,
    xmp: Option<Range<usize>>,
    icc: Option<Range<usize>>,
    alpha: bool,
    /// A still picture's pixels, as far as they are announced.
    pixels: Range<usize>,
    alpha_from_above: bool,
    frames: u32,
    plays: u32,
    first_frame: Range<usize>,
}

impl Chunks {
    fn of(data: &[u8], limits: &Limits) -> Result<Self> {
        let mut found = Self::default();
        for (name, body) in chunks(data)? {
            found.add(data, name, body)?;
        }
        let [exif, xmp] = [&found.exif, &found.xmp].map(|it| held(data, it).unwrap_or_default());
        found.orientation = Orientation::told(exif, xmp, limits.max_exif_bytes);
        Ok(found)
    }

    fn add(&mut self, data: &[u8], name: &[u8], body: Range<usize>) -> Result<()> {
        let held = data.get(body.clone());
        let rest = body.start..body.end.min(data.len());
        match name {
            b"VP8X" if self.canvas == (0, 0) => {
                let side = |at| le(held?, at, 3).map(|side| side + 1);
                self.flags = held.and_then(|held| held.first()).copied().unwrap_or(0);
                self.canvas = side(4).zip(side(7)).ok_or_else(|| cut(data))?;
            }
            // Only the first one of each counts, and only if the file announces one.
            b"EXIF" if self.flags & EXIF != 0 && self.exif.is_none() => self.exif = Some(rest),
            b"XMP " if self.flags & XMP != 0 && self.xmp.is_none() => self.xmp = Some(rest),
            b"ANIM" => {
                self.plays = held.and_then(|held| le(held, 4, 2)).unwrap_or(self.plays);
            }
            b"ICCP" if self.flags & ICC != 0 && self.icc.is_none() => self.icc = Some(body),
            b"ANMF" => {
                self.frames += 1;
                if self.frames == 1 {
                    self.first_frame = body;
                }
            }
            // Decoders do not look for alpha behind the pixels.
            b"ALPH" if self.pixels.is_empty() => {
                if std::mem::replace(&mut self.alpha, true) {
                    return Err(two_alphas());
                }
                let filter = held.and_then(|held| held.first()).map(|flags| flags >> 2 & 3);
                self.alpha_from_above = filter == Some(HORIZONTAL);
            }
            b"VP8 " | b"VP8L" if self.pixels.is_empty() => self.pixels = body,
            _ => {}
        }
        Ok(())
    }

    fn still(self, data: &[u8]) -> Result<Container> {
        let Features { size, alpha, lossless } = ffi::features(data)?;
        // In a cut file the chunk of the pixels may not have begun.
        let announced = if self.pixels.is_empty() { data.len() + 1 } else { self.pixels.end };
        Ok(Container {
            size,
            frames: 0,
            plays: 0,
            orientation: self.orientation,
            icc: self.icc,
            exif: self.exif,
            xmp: self.xmp,
            pixels: 0..announced.min(data.len()),
            cut: announced > data.len(),
            place: Rect::whole(size),
            lossless,
            alpha_from_above: self.alpha_from_above,
            alpha,
        })
    }

    fn animation(self, data: &[u8]) -> Result<Container> {
        if self.frames == 0 {
            return Err(Error::malformed("an animated WebP without a frame"));
        }
        let canvas = Size::new(self.canvas.0, self.canvas.1);
        let frame = Frame::read(data, self.first_frame, canvas)?;
        Ok(Container {
            size: canvas,
            frames: self.frames,
            plays: self.plays,
            orientation: self.orientation,
            icc: self.icc,
            exif: self.exif,
            xmp: self.xmp,
            pixels: frame.pixels,
            cut: frame.cut,
            place: frame.place,
            lossless: frame.lossless,
            alpha_from_above: false,
            alpha: frame.alpha,
        })
    }
}

/// The chunks of a file, as far as it announces any.
pub(super) fn chunks(data: &[u8]) -> Result<impl Iterator<Item = (&[u8], Range<usize>)>> {
    let end = announced(data).ok_or_else(|| cut(data))?;
    Ok(parts(&data[..data.len().min(end)], RIFF))
}

/// The bytes that the file announces.
pub(super) fn announced(data: &[u8]) -> Option<usize> {
    le(data, 4, 4).map(|length| (length as usize).saturating_add(HEAD))
}

/// The chunks from `at` on: their names, and where their data lies, which may reach past the end.
pub(super) fn parts(data: &[u8], mut at: usize) -> impl Iterator<Item = (&[u8], Range<usize>)> {
    std::iter::from_fn(move || {
        let length = le(data, at + 4, 4)?;
        let name = &data[at..at + 4];
        let body = at + HEAD..(at + HEAD).saturating_add(length as usize);
        at = body.end.saturating_add(body.len() % 2);
        Some((name, body))
    })
}

/// Adds a chunk to the end of a file.
pub(in crate::formats) fn add_chunk(to: &mut Vec<u8>, name: [u8; 4], body: &[u8]) {
    to.extend(name);
    to.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    to.extend_from_slice(body);
    to.extend(&[0][..body.len() % 2]);
}

/// The body of a VP8X chunk.
pub(in crate::formats) fn extended_header(flags: u8, canvas: Size) -> [u8; 10] {
    let [w0, w1, w2, _] = (canvas.width - 1).to_le_bytes();
    let [h0, h1, h2, _] = (canvas.height - 1).to_le_bytes();
    [flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]
}

/// The bytes before the pixels of a lossy file.
pub(super) fn bytes_before_pixels(file: &[u8]) -> u64 {
    let pixels = parts(file, RIFF).find(|(name, _)| *name == b"VP8 ");
    pixels.map_or(0, |(_, body)| body.start as u64)
}

/// The error of a second alpha, as libwebp would take the last one.
#[cold]
pub(super) fn two_alphas() -> Error {
    Error::malformed("a WebP with two alpha planes for one picture")
}

/// A little-endian number of `bytes` bytes.
pub(super) fn le(data: &[u8], at: usize, bytes: usize) -> Option<u32> {
    let digits = data.get(at..at.checked_add(bytes)?)?;
    Some(digits.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte)))
}

#[cold]
pub(super) fn cut(data: &[u8]) -> Error {
    Error::truncated(format!("the WebP ends after {} bytes, before its pixels", data.len()))
}
