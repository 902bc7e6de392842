//! Finds the parts of a GIF: a bounded walk over its blocks without a look at pixels.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};

/// Signature and screen descriptor.
const SCREEN: usize = 13;
const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;
const GRAPHIC_CONTROL: u8 = 0xF9;

/// The facts before the pixels of the first frame.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    /// The size of the screen, enlarged to hold the first frame.
    pub(super) size: Size,
    /// The place of the first frame.
    pub(super) frame: Rect,
    pub(super) interlaced: bool,
    /// The index whose pixels are clear.
    pub(super) transparent: Option<u8>,
    /// Frames that begin in the file.
    pub(super) pages: u32,
    /// The place of the palette of the first frame, its own or the screen's. Without one, indices
    /// are levels of gray, as in Pillow.
    pub(super) palette: Option<Range<usize>>,
    /// The place where the pixels of the first frame begin: the size of their codes, then blocks.
    pub(super) pixels: usize,
}

impl Blocks {
    /// Walks over the whole file; anything after the first frame may be cut or broken.
    pub(super) fn read(data: &[u8]) -> Result<Self> {
        let mut walk = Walk { data, at: 0 };
        let screen = *walk.take::<SCREEN>()?;
        let screen_size = Size::new(short(&screen, 6), short(&screen, 8));
        let of_screen = walk.at..walk.at + palette_bytes(screen[10]);
        walk.skip(of_screen.len())?;
        let transparent = walk.find_image()?;
        let image = *walk.take::<9>()?;
        let frame =
            Rect::new(short(&image, 0), short(&image, 2), short(&image, 4), short(&image, 6));
        if frame.width == 0 || frame.height == 0 {
            return Err(Error::malformed(format!(
                "first frame of a GIF: expected sides of 1 or more, found {}",
                frame.size()
            )));
        }
        let of_frame = walk.at..walk.at + palette_bytes(image[8]);
        // Sixteen bits each: the sums are far from the end of `u32`.
        let size = Size::new(
            screen_size.width.max(frame.x + frame.width),
            screen_size.height.max(frame.y + frame.height),
        );
        Ok(Self {
            size,
            frame,
            interlaced: image[8] & 0x40 != 0,
            transparent,
            pages: 1 + walk.later_images(image[8]),
            pixels: of_frame.end,
            palette: [of_frame, of_screen].into_iter().find(|palette| !palette.is_empty()),
        })
    }

    /// The row of the frame that comes as number `row` in the file: every 8th, every 8th from the
    /// 4th, every 4th from the 2nd, every 2nd from the 1st.
    pub(super) fn row(&self, row: u32) -> u32 {
        if !self.interlaced {
            return row;
        }
        let mut before = 0;
        for (first, step) in [(0, 8), (4, 8), (2, 4)] {
            let rows = self.frame.height.saturating_sub(first).div_ceil(step);
            if row < before + rows {
                return first + (row - before) * step;
            }
            before += rows;
        }
        1 + (row - before) * 2
    }
}

/// A place in the file.
struct Walk<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
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

    /// Walks past the separator of the next image. Gives the transparent index that the last
    /// graphic control block before it set.
    fn find_image(&mut self) -> Result<Option<u8>> {
        let mut transparent = None;
        loop {
            match self.byte()? {
                IMAGE => return Ok(transparent),
                EXTENSION if self.byte()? == GRAPHIC_CONTROL => {
                    let from = self.at;
                    self.sub_blocks()?;
                    transparent = match self.data[from..self.at] {
                        [length, flags, _, _, index, ..] if length >= 4 && flags & 1 == 1 => {
                            Some(index)
                        }
                        _ => None,
                    };
                }
                EXTENSION => self.sub_blocks()?,
                TRAILER => return Err(Error::malformed("a GIF without a frame")),
                found => {
                    return Err(Error::malformed(format!(
                        "block of a GIF: expected an image, an extension or the end, found {found:#04x}"
                    )));
                }
            }
        }
    }

    /// Counts the images behind the pixels of the first, as far as the file goes.
    fn later_images(&mut self, flags: u8) -> u32 {
        let mut flags = flags;
        let mut images = 0;
        while let Some(next) = self.next_image(flags) {
            flags = next;
            images += 1;
        }
        images
    }

    /// The flags of the next image, after the palette and the pixels of this one.
    fn next_image(&mut self, flags: u8) -> Option<u8> {
        self.skip(palette_bytes(flags) + 1).ok()?;
        self.sub_blocks().ok()?;
        self.find_image().ok()?;
        self.take::<9>().ok().map(|image| image[8])
    }

    #[cold]
    fn cut(&self) -> Error {
        Error::truncated(format!("the GIF ends after {} bytes, before its pixels", self.data.len()))
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
        let of = |height, interlaced| Blocks {
            size: Size::new(1, height),
            frame: Rect::new(0, 0, 1, height),
            interlaced,
            transparent: None,
            pages: 1,
            palette: None,
            pixels: 0,
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
