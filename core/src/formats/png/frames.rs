//! The frames of an APNG: a bounded walk over all chunks of the file.
//!
//! ```text
//! IHDR acTL fcTL? IDAT.. then for each frame: fcTL fdAT..
//! ```
//!
//! IDAT is the first frame if an fcTL stands before it, and else no part of the film.

use std::ops::Range;

use super::chunk::{Chunk, MAX_LENGTH, cut, wrong};
use super::front::SIGNATURE;
use crate::error::{Error, Result};
use crate::formats::film::canvas::Disposal;
use crate::picture::geometry::{Rect, Size};

/// Bytes of the number before the data of a fdAT chunk.
const NUMBER: usize = 4;

/// The facts before the pixels of a frame.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) place: Rect,
    /// Nanoseconds that it is shown.
    pub(super) nanoseconds: u64,
    pub(super) disposal: Disposal,
    /// Tells whether it is blended over what was there before.
    pub(super) over: bool,
    /// The chunks of its pixels.
    pub(super) chunks: Range<usize>,
    /// Bytes of its pixels, compressed.
    pub(super) bytes: usize,
}

/// A place in the file, between chunks.
pub(super) struct Walk<'a> {
    data: &'a [u8],
    at: usize,
    canvas: Size,
    /// Frames that the file announces, and those that were found.
    pub(super) announced: u32,
    found: u32,
    /// How often the film is played, 0 for ever.
    pub(super) plays: u32,
    /// The number of the next fcTL or fdAT chunk.
    number: u32,
    /// The frame whose pixels come next.
    control: Option<Frame>,
}

impl<'a> Walk<'a> {
    /// Begins in a file that announces a film before its first IDAT; else it is a still picture.
    pub(super) fn begin(data: &'a [u8], canvas: Size) -> Option<Self> {
        let mut at = SIGNATURE.len();
        loop {
            let chunk = Chunk::at(data, at).ok()?;
            at = chunk.next;
            match &chunk.name {
                b"IDAT" => return None,
                b"acTL" => {
                    let (announced, plays) = announcement(chunk.checked(data).ok()?)?;
                    let at = SIGNATURE.len();
                    let (found, number, control) = (0, 0, None);
                    return Some(Self {
                        data,
                        at,
                        canvas,
                        announced,
                        found,
                        plays,
                        number,
                        control,
                    });
                }
                _ => {}
            }
        }
    }

    /// Goes on to the next frame. `None` behind the last that the file announces.
    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>> {
        while self.found < self.announced {
            let chunk = Chunk::at(self.data, self.at)?;
            self.at = chunk.next;
            match &chunk.name {
                b"fcTL" => self.control(&chunk)?,
                b"IDAT" | b"fdAT" => {
                    if let Some(frame) = self.pixels(&chunk)? {
                        self.found += 1;
                        return Ok(Some(frame));
                    }
                }
                b"IEND" => {
                    return Err(wrong("acTL", "number of frames", self.found, self.announced));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Counts the frames up to the first that is damaged.
    pub(super) fn count(mut self) -> u32 {
        while let Ok(Some(_)) = self.next_frame() {}
        self.found
    }

    fn control(&mut self, chunk: &Chunk) -> Result<()> {
        let body = chunk.checked(self.data)?;
        self.numbered(chunk, body)?;
        if self.control.is_some() {
            return Err(wrong("fcTL", "next chunk", "IDAT or fdAT", "fcTL"));
        }
        let [_, width, height, x, y] =
            four_bytes(body).ok_or_else(|| wrong("fcTL", "length", 26, body.len()))?;
        let &[n0, n1, d0, d1, disposal, blend] = &body[20..] else {
            return Err(wrong("fcTL", "length", 26, body.len()));
        };
        let place = Rect::new(x, y, width, height);
        if !place.fits(self.canvas) {
            return Err(wrong("fcTL", "place", format!("one within {}", self.canvas), place));
        }
        // Nothing is there to be put back before the first frame.
        let disposal = match disposal {
            0 => Disposal::Keep,
            2 if self.found > 0 => Disposal::Restore,
            1 | 2 => Disposal::Clear,
            found => return Err(wrong("fcTL", "disposal", "at most 2", found)),
        };
        if blend > 1 {
            return Err(wrong("fcTL", "blend", "at most 1", blend));
        }
        let [numerator, denominator] = [[n0, n1], [d0, d1]].map(u16::from_be_bytes);
        let denominator = if denominator == 0 { 100 } else { denominator.into() };
        self.control = Some(Frame {
            place,
            nanoseconds: u64::from(numerator) * 1_000_000_000 / denominator,
            disposal,
            over: blend == 1,
            chunks: 0..0,
            bytes: 0,
        });
        Ok(())
    }

    /// Walks over the chunks of pixels from `first` on. `None` for those of no frame.
    fn pixels(&mut self, first: &Chunk) -> Result<Option<Frame>> {
        let start = first.whole().start;
        self.at = start;
        let mut bytes = 0;
        while let Ok(chunk) = Chunk::at(self.data, self.at) {
            if chunk.name != first.name {
                break;
            }
            let body = pixels(self.data, &chunk);
            if chunk.name == *b"fdAT" {
                self.numbered(&chunk, &self.data[self.data.len().min(chunk.body.start)..])?;
            }
            bytes += body.len();
            self.at = chunk.next;
        }
        if bytes > MAX_LENGTH as usize {
            return Err(Error::unsupported("a frame of more than 2 GiB in an APNG"));
        }
        let chunks = start..self.at;
        match self.control.take() {
            None if first.name == *b"IDAT" => Ok(None),
            None => Err(wrong("fdAT", "chunk before", "fcTL", "none")),
            Some(frame) if first.name == *b"IDAT" && frame.place != Rect::whole(self.canvas) => {
                Err(wrong("fcTL", "place before IDAT", self.canvas, frame.place))
            }
            Some(frame) => Ok(Some(Frame { chunks, bytes, ..frame })),
        }
    }

    /// Holds the number at the start of a chunk to the order of the file.
    fn numbered(&mut self, chunk: &Chunk, body: &[u8]) -> Result<()> {
        let found = body.first_chunk().map(|digits| u32::from_be_bytes(*digits));
        if found.is_none() && chunk.next > self.data.len() {
            return Err(cut(self.data, &chunk.text()));
        }
        if found != Some(self.number) || chunk.body.len() < NUMBER {
            let found = found.map_or_else(|| "none".to_owned(), |found| found.to_string());
            return Err(wrong(&chunk.text(), "number", self.number, found));
        }
        self.number += 1;
        Ok(())
    }
}

/// The compressed pixels in a chunk, as far as the file has them.
pub(super) fn pixels<'a>(data: &'a [u8], chunk: &Chunk) -> &'a [u8] {
    let before = if chunk.name == *b"fdAT" { NUMBER } else { 0 };
    data.get(chunk.body.start + before..chunk.body.end.min(data.len())).unwrap_or_default()
}

/// Frames and plays of an acTL chunk that is one.
fn announcement(body: &[u8]) -> Option<(u32, u32)> {
    let [frames, plays] = four_bytes(body)?;
    (body.len() == 8 && frames > 0).then_some((frames, plays))
}

/// The numbers of four bytes at the start.
fn four_bytes<const N: usize>(body: &[u8]) -> Option<[u32; N]> {
    let numbers = body.as_chunks::<4>().0.get(..N)?;
    Some(std::array::from_fn(|at| u32::from_be_bytes(numbers[at])))
}
