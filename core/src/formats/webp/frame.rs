//! The head of a frame of an animation, and the chunks of its pixels.

use std::ops::Range;

use super::container::{cut, le, parts, two_alphas};
use super::ffi::{self, Features};
use crate::error::{Error, Result};
use crate::formats::film::canvas::Disposal;
use crate::picture::geometry::{Rect, Size};

/// Place, size, time and flags before the chunks.
const HEAD: usize = 16;
/// The bit of the flags for a place that is clear when the frame has been shown.
const CLEARS: u8 = 0x01;
/// The bit for pixels that are not blended with those before.
const OVERWRITES: u8 = 0x02;

/// The facts before the pixels of a frame.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) place: Rect,
    /// Milliseconds that it is shown.
    pub(super) delay: u32,
    pub(super) disposal: Disposal,
    /// Tells whether no pixel of the frame before shows through it.
    pub(super) overwrites: bool,
    pub(super) alpha: bool,
    pub(super) lossless: bool,
    /// The chunks of its pixels, as far as the file has them.
    pub(super) pixels: Range<usize>,
    /// Tells whether the pixels go on behind the end of the file.
    pub(super) cut: bool,
}

impl Frame {
    /// Reads the frame in the body of a chunk, which may reach past the end of the file.
    pub(super) fn read(data: &[u8], body: Range<usize>, canvas: Size) -> Result<Self> {
        let head = data.get(body.start..).unwrap_or_default();
        let number = |at, bytes| le(head, at, bytes).ok_or_else(|| cut(data));
        let place =
            Rect::new(2 * number(0, 3)?, 2 * number(3, 3)?, number(6, 3)? + 1, number(9, 3)? + 1);
        let flags = head.get(HEAD - 1).copied().ok_or_else(|| cut(data))?;
        let pixels = (body.start + HEAD).min(body.end)..body.end.min(data.len());
        if alphas(data, &pixels) > 1 {
            return Err(two_alphas());
        }
        let Features { size, alpha, lossless } =
            ffi::features(data.get(pixels.clone()).ok_or_else(|| cut(data))?)?;
        if size != place.size() || !place.fits(canvas) {
            return Err(Error::malformed(format!(
                "frame of an animated WebP: expected {place} on a canvas of {canvas}, found {size}"
            )));
        }
        Ok(Self {
            place,
            delay: number(12, 3)?,
            disposal: if flags & CLEARS != 0 { Disposal::Clear } else { Disposal::Keep },
            overwrites: flags & OVERWRITES != 0 || !alpha,
            alpha,
            lossless,
            pixels,
            cut: body.end > data.len(),
        })
    }
}

/// Alpha planes before the pixels that they belong to.
fn alphas(data: &[u8], pixels: &Range<usize>) -> usize {
    let names = parts(&data[..pixels.end], pixels.start).map(|(name, _)| name);
    names
        .take_while(|name| !matches!(*name, b"VP8 " | b"VP8L"))
        .filter(|name| *name == b"ALPH")
        .count()
}
