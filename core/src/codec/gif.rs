//! GIF, through the `gif` crate: the first frame on its screen.
//!
//! A frame may cover only a part of the screen and may have a colour that stands for nothing: there the
//! picture is clear. A screen that is too small for the frame is enlarged, as Pillow does.

mod blocks;

use std::num::NonZeroU64;

use gif::{DecodingError, MemoryLimit};

use super::feed::{Feed, Watching};
use super::{Caps, Decoder, Format, Header};
use crate::error::{Error, Result};
use crate::geometry::{Rect, Size};
use crate::image::Layout;
use crate::image::band::{Band, zeroed};
use crate::job::Watch;
use crate::orientation::Orientation;
use crate::source::Bytes;
use blocks::Blocks;

/// Reads the blocks before the first frame, and counts the frames.
pub(super) fn header(data: &[u8]) -> Result<Header> {
    let blocks = Blocks::read(data)?;
    let clear = blocks.transparent.is_some() || blocks.frame != Rect::whole(blocks.size);
    Ok(Header {
        format: Format::Gif,
        size: blocks.size,
        layout: Layout::interleaved(true, clear),
        planar: None,
        orientation: Orientation::NORMAL,
        pages: blocks.pages,
        caps: Caps::BANDS,
    })
}

/// An upper bound of what a decode holds: the indices of the frame, and the tables and buffers of the
/// crate.
pub(super) fn decode_memory(header: &Header) -> u64 {
    header.size.pixels() + (64 << 10)
}

pub(super) fn open(bytes: Bytes, header: &Header) -> Result<Box<dyn Decoder>> {
    let blocks = Blocks::read((*bytes).as_ref())?;
    // What stands between the palette and the frame, comments and profiles, the crate would keep.
    let (feed, watching) = Feed::new(bytes, vec![0..blocks.screen_end, blocks.frame_data.clone()]);
    let mut options = gif::DecodeOptions::new();
    options.set_memory_limit(MemoryLimit::Bytes(KEPT));
    let mut reader = options.read_info(feed).map_err(fault)?;
    reader.next_frame_info().map_err(fault)?;
    let palette = colours(reader.palette().map_err(fault)?, blocks.transparent);
    Ok(Box::new(GifDecoder {
        pixels: Pixels::Coming(Box::new(reader)),
        channels: header.layout.channels() as usize,
        palette,
        watching,
        blocks,
    }))
}

/// Bytes that the crate may keep of its own; nothing of what it is given asks for any.
const KEPT: NonZeroU64 = NonZeroU64::new(64 << 10).unwrap();

/// The palette with alpha. An index that it has no colour for is black.
fn colours(palette: &[u8], transparent: Option<u8>) -> [[u8; 4]; 256] {
    let mut colours = [[0, 0, 0, 255]; 256];
    for (to, from) in colours.iter_mut().zip(palette.chunks_exact(3)) {
        to[..3].copy_from_slice(from);
    }
    if let Some(index) = transparent {
        colours[usize::from(index)] = [0; 4];
    }
    colours
}

/// A running decode.
struct GifDecoder {
    pixels: Pixels,
    watching: Watching,
    blocks: Blocks,
    palette: [[u8; 4]; 256],
    channels: usize,
}

/// The frame, before and after it is read.
enum Pixels {
    Coming(Box<gif::Decoder<Feed>>),
    /// Indices, in the order of the file.
    Here(Vec<u8>),
}

impl Decoder for GifDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        self.watching.set(watch);
        let frame = self.blocks.frame;
        let indices = self.pixels.get(frame.size())?;
        let (rows, stride) = (band.rows(), band.stride(0));
        let left = frame.x as usize * self.channels;
        let plane = band.plane_mut(0);
        plane.fill(0);
        for (row, indices) in (0..).zip(indices.chunks_exact(frame.width as usize)) {
            let place = frame.y + self.blocks.row(row);
            if rows.contains(&place) {
                watch.check()?;
                let at = (place - rows.start) as usize * stride + left;
                let pixels = plane[at..].chunks_exact_mut(self.channels);
                for (pixel, &index) in pixels.zip(indices) {
                    pixel.copy_from_slice(&self.palette[usize::from(index)][..self.channels]);
                }
            }
        }
        Ok(())
    }
}

impl Pixels {
    /// Reads all of the frame the first time. Not row by row: `gif` 0.14.2 takes an end of the pixels
    /// for theirs where a code reaches over the end of the row it was asked for.
    fn get(&mut self, size: Size) -> Result<&[u8]> {
        if let Self::Coming(reader) = self {
            let mut indices = zeroed(size.width as usize * size.height as usize)?;
            if !reader.fill_buffer(&mut indices).map_err(fault)? {
                return Err(Error::truncated(format!(
                    "the pixels of the GIF end before those of its frame of {size} do"
                )));
            }
            *self = Self::Here(indices);
        }
        match self {
            Self::Here(indices) => Ok(indices),
            Self::Coming(_) => Err(Error::internal("the pixels of a GIF have gone")),
        }
    }
}

/// What went wrong, in our terms.
#[cold]
fn fault(error: DecodingError) -> Error {
    match error {
        DecodingError::UnexpectedEof => Error::truncated("the GIF ends within its first frame"),
        DecodingError::Io(error) => match error.downcast::<Error>() {
            Ok(stopped) => stopped,
            Err(error) => Error::io("GIF", error),
        },
        DecodingError::OutOfMemory | DecodingError::MemoryLimit => {
            Error::internal("the parts of a GIF that are read need no memory of the crate's")
        }
        error => Error::malformed(format!("GIF: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;
    use std::sync::Arc;

    const PALETTE: [u8; 12] = [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42];

    /// Frames of one screen of 7x11.
    fn file(frames: &[gif::Frame<'_>]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = gif::Encoder::new(&mut file, 7, 11, &PALETTE).expect("an encoder");
        for frame in frames {
            encoder.write_frame(frame).expect("a frame");
        }
        drop(encoder);
        file
    }

    fn frame(left: u16, top: u16, width: u16, height: u16) -> gif::Frame<'static> {
        let pixels = usize::from(width) * usize::from(height);
        let buffer = (0..4).cycle().take(pixels).collect::<Vec<u8>>();
        gif::Frame { left, top, width, height, buffer: Cow::Owned(buffer), ..gif::Frame::default() }
    }

    fn decoded(file: Vec<u8>, step: u32) -> Result<(Header, Vec<u8>)> {
        let header = header(&file)?;
        let mut decoder = open(Arc::new(file), &header)?;
        let mut found = Vec::new();
        for start in (0..header.size.height).step_by(step as usize) {
            let rows = start..(start + step).min(header.size.height);
            let mut band = Band::new(header.layout, header.size.width, rows)?;
            decoder.read(&mut band, &Watch::default())?;
            found.extend_from_slice(band.plane(0));
        }
        Ok((header, found))
    }

    #[test]
    fn a_frame_that_covers_its_screen_is_rgb() -> Result<()> {
        let data = file(&[frame(0, 0, 7, 11), frame(1, 1, 2, 2), frame(0, 0, 1, 1)]);
        let (header, whole) = decoded(data.clone(), 11)?;
        assert_eq!((header.layout, header.pages), (Layout::Rgb, 3));
        let expected = (0..4).cycle().take(77).flat_map(|i| PALETTE[3 * i..3 * i + 3].to_vec());
        assert!(whole.iter().copied().eq(expected));
        assert_eq!(decoded(data, 3)?.1, whole);
        Ok(())
    }

    #[test]
    fn what_a_frame_leaves_is_clear_and_the_screen_grows_with_it() -> Result<()> {
        let mut small = frame(2, 3, 20, 4);
        small.transparent = Some(1);
        let (header, found) = decoded(file(&[small]), 2)?;
        assert_eq!((header.layout, header.size), (Layout::Rgba, Size::new(22, 11)));
        for (at, pixel) in found.chunks_exact(4).enumerate() {
            let (x, y) = (at % 22, at / 22);
            // 20 columns are a multiple of the 4 colours.
            let index = (x + 2) % 4;
            let inside = x >= 2 && (3..7).contains(&y) && index != 1;
            let expected: &[u8] = if inside { &PALETTE[3 * index..3 * index + 3] } else { &[0; 3] };
            assert_eq!(
                (&pixel[..3], pixel[3]),
                (expected, if inside { 255 } else { 0 }),
                "{x} {y}"
            );
        }
        Ok(())
    }

    #[test]
    fn interlaced_rows_find_their_place() -> Result<()> {
        let plain = decoded(file(&[frame(0, 0, 7, 11)]), 11)?.1;
        let mut rows = frame(0, 0, 7, 11);
        let source = rows.buffer.to_vec();
        let order = [0, 8, 4, 2, 6, 10, 1, 3, 5, 7, 9];
        rows.buffer = order.iter().flat_map(|&y| source[y * 7..y * 7 + 7].to_vec()).collect();
        rows.interlaced = true;
        assert_eq!(decoded(file(&[rows]), 4)?.1, plain);
        Ok(())
    }

    #[test]
    fn what_is_wrong_has_its_code() {
        let whole = file(&[frame(0, 0, 7, 11)]);
        let code = |data: &[u8]| match decoded(data.to_vec(), 4) {
            Ok(_) => "ok",
            Err(error) => error.code(),
        };
        assert_eq!(code(&whole), "ok");
        for end in 6..whole.len() - 6 {
            assert_eq!(code(&whole[..end]), "truncated", "{end} of {}", whole.len());
        }
        let changed = |at: usize, byte: u8| [&whole[..at], &[byte], &whole[at + 1..]].concat();
        assert_eq!(code(&changed(6, 0)), "malformed", "a screen without columns");
        assert_eq!(code(&[&whole[..25], b";"].concat()), "malformed", "no frame");
        assert_eq!(code(&changed(25, b'x')), "malformed", "an unknown block");
    }
}
