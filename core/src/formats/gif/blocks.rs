//! Finds the parts of a GIF: a bounded walk over its blocks without a look at pixels.

use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};
use crate::formats::film::canvas::Disposal;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;

/// Signature and screen descriptor.
const SCREEN: usize = 13;
pub(super) const EXTENSION: u8 = 0x21;
pub(super) const IMAGE: u8 = 0x2C;
pub(super) const TRAILER: u8 = 0x3B;
pub(super) const GRAPHIC_CONTROL: u8 = 0xF9;
pub(super) const APPLICATION: u8 = 0xFF;

/// Milliseconds of a frame whose file asks for 10 or less, as browsers show it.
const SHORTEST: u32 = 100;

/// The facts before the pixels of the first frame.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    /// The size of the screen, enlarged to hold the first frame.
    pub(super) size: Size,
    pub(super) first: Frame,
    /// Frames that begin in the file.
    pub(super) pages: u32,
}

/// The facts before the pixels of a frame.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// Its place on the screen; only the first surely lies inside.
    pub(super) place: Rect,
    pub(super) interlaced: bool,
    /// The index whose pixels are clear.
    pub(super) transparent: Option<u8>,
    /// The place of its palette, its own or the screen's. Without one, indices are levels of gray, as
    /// in Pillow.
    pub(super) palette: Option<Range<usize>>,
    /// The place where its pixels begin: the size of their codes, then blocks.
    pub(super) pixels: usize,
    /// Milliseconds that it is shown.
    pub(super) delay: u32,
    pub(super) disposal: Disposal,
}

impl Blocks {
    /// Walks over the whole file; anything after the first frame may be cut or broken.
    pub(super) fn read(data: &[u8]) -> Result<Self> {
        let (mut walk, first) = Walk::begin(data)?;
        let Rect { x, y, width, height } = first.place;
        let size = Size::new(walk.screen.width.max(x + width), walk.screen.height.max(y + height));
        let mut pages = 1;
        while let Ok(Some(_)) = walk.next_frame() {
            pages += 1;
        }
        Ok(Self { size, first, pages })
    }

    /// The layout of the first picture: gray without a palette, with alpha where it may be clear.
    pub(super) fn layout(&self) -> Layout {
        let clear = self.first.transparent.is_some() || self.first.place != Rect::whole(self.size);
        Layout::interleaved(self.first.palette.is_some(), clear)
    }
}

impl Frame {
    /// The row of the frame that comes as number `row` in the file: every 8th, every 8th from the
    /// 4th, every 4th from the 2nd, every 2nd from the 1st.
    pub(super) fn row(&self, row: u32) -> u32 {
        if !self.interlaced {
            return row;
        }
        let mut before = 0;
        for (first, step) in [(0, 8), (4, 8), (2, 4)] {
            let rows = self.place.height.saturating_sub(first).div_ceil(step);
            if row < before + rows {
                return first + (row - before) * step;
            }
            before += rows;
        }
        1 + (row - before) * 2
    }
}

/// The graphic control block before a frame.
#[derive(Debug, Clone, Copy)]
struct Control {
    transparent: Option<u8>,
    delay: u32,
    disposal: Disposal,
}

impl Control {
    const NONE: Self = Self { transparent: None, delay: SHORTEST, disposal: Disposal::Keep };

    /// A shorter block than there should be says nothing.
    fn of(block: &[u8]) -> Self {
        let [4..=u8::MAX, flags, low, high, index, ..] = *block else { return Self::NONE };
        let delay = 10 * u32::from(u16::from_le_bytes([low, high]));
        Self {
            transparent: (flags & 1 == 1).then_some(index),
            delay: if delay > 10 { delay } else { SHORTEST },
            disposal: match flags >> 2 & 7 {
                2 => Disposal::Clear,
                3 => Disposal::Restore,
                _ => Disposal::Keep,
            },
        }
    }
}

/// A place in the file, between blocks.
pub(super) struct Walk<'a> {
    data: &'a [u8],
    at: usize,
    screen: Size,
    /// The palette of the screen, which may have no colours.
    palette: Range<usize>,
    /// How often the film is played, 0 for ever, as far as the file has said.
    pub(super) plays: u32,
}

impl<'a> Walk<'a> {
    /// Reads up to the pixels of the first frame.
    pub(super) fn begin(data: &'a [u8]) -> Result<(Self, Frame)> {
        let mut walk = Self { data, at: 0, screen: Size::new(0, 0), palette: 0..0, plays: 1 };
        let screen = *walk.take::<SCREEN>()?;
        walk.screen = Size::new(short(&screen, 6), short(&screen, 8));
        walk.palette = walk.at..walk.at + palette_bytes(screen[10]);
        walk.skip(walk.palette.len())?;
        let control = walk.find_image()?;
        let first = walk.frame(control)?;
        if first.place.width == 0 || first.place.height == 0 {
            return Err(Error::malformed(format!(
                "first frame of a GIF: expected sides of 1 or more, found {}",
                first.place.size()
            )));
        }
        Ok((walk, first))
    }

    /// Goes on from the pixels of one frame to those of the next. `None` where there is no other: at
    /// the end of the film or the file, within those pixels, or where something else follows.
    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>> {
        let passed = self.skip(1).and_then(|()| self.sub_blocks());
        if passed.is_err() || self.at == self.data.len() {
            return Ok(None);
        }
        match self.find_image() {
            Ok(control) => self.frame(control).map(Some),
            Err(error) if error.kind() == ErrorKind::Malformed => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a descriptor and passes the palette by.
    fn frame(&mut self, control: Control) -> Result<Frame> {
        let image = *self.take::<9>()?;
        let place =
            Rect::new(short(&image, 0), short(&image, 2), short(&image, 4), short(&image, 6));
        let own = self.at..self.at + palette_bytes(image[8]);
        self.skip(own.len())?;
        let palettes = [own, self.palette.clone()];
        let Control { transparent, delay, disposal } = control;
        Ok(Frame {
            place,
            interlaced: image[8] & 0x40 != 0,
            transparent,
            palette: palettes.into_iter().find(|palette| !palette.is_empty()),
            pixels: self.at,
            delay,
            disposal,
        })
    }

    fn take<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let found = rest.first_chunk().ok_or_else(|| self.cut())?;
        self.at += N;
        Ok(found)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take::<1>().map(|&[byte]| byte)
    }

    fn skip(&mut self, bytes: usize) -> Result<()> {
        if self.data.len() - self.at < bytes {
            return Err(self.cut());
        }
        self.at += bytes;
        Ok(())
    }

    fn sub_blocks(&mut self) -> Result<()> {
        loop {
            match self.byte()? {
                0 => return Ok(()),
                length => self.skip(usize::from(length))?,
            }
        }
    }

    /// Walks past the separator of the next image. Gives the last graphic control block before it.
    fn find_image(&mut self) -> Result<Control> {
        let mut control = Control::NONE;
        loop {
            match self.byte()? {
                IMAGE => return Ok(control),
                EXTENSION => {
                    let (label, from) = (self.byte()?, self.at);
                    self.sub_blocks()?;
                    let block = &self.data[from..self.at];
                    match label {
                        GRAPHIC_CONTROL => control = Control::of(block),
                        APPLICATION => self.plays = plays(block).unwrap_or(self.plays),
                        _ => {}
                    }
                }
                TRAILER => return Err(Error::malformed("a GIF without a frame")),
                found => {
                    return Err(Error::malformed(format!(
                        "block of a GIF: expected an image, an extension or the end, found {found:#04x}"
                    )));
                }
            }
        }
    }

    #[cold]
    fn cut(&self) -> Error {
        Error::truncated(format!("the GIF ends after {} bytes, before its pixels", self.data.len()))
    }
}

/// How often an application block says that a film is played: its number counts the times after the
/// first.
fn plays(block: &[u8]) -> Option<u32> {
    let of = |name: &[u8]| block.strip_prefix(&[11]).and_then(|rest| rest.strip_prefix(name));
    match *of(b"NETSCAPE2.0").or_else(|| of(b"ANIMEXTS1.0"))? {
        [3, 1, 0, 0, ..] => Some(0),
        [3, 1, low, high, ..] => Some(1 + u32::from(u16::from_le_bytes([low, high]))),
        _ => None,
    }
}

fn short(data: &[u8], at: usize) -> u32 {
    u32::from(data[at]) | u32::from(data[at + 1]) << 8
}

/// Bytes of the palette that the flags of a descriptor announce.
fn palette_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interlaced_rows_come_in_four_passes() {
        let of = |height, interlaced| Frame {
            place: Rect::new(0, 0, 1, height),
            interlaced,
            transparent: None,
            palette: None,
            pixels: 0,
            delay: SHORTEST,
            disposal: Disposal::Keep,
        };
        let order = |height| (0..height).map(|row| of(height, true).row(row)).collect::<Vec<_>>();
        assert_eq!(order(1), [0]);
        assert_eq!(order(3), [0, 2, 1]);
        assert_eq!(order(9), [0, 8, 4, 2, 6, 1, 3, 5, 7]);
        for height in 1..70 {
            let mut rows = order(height);
            rows.sort_unstable();
            assert!(rows.into_iter().eq(0..height), "{height}");
        }
        assert_eq!(of(9, false).row(5), 5);
    }
}
