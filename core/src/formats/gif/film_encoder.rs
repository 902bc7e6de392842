//! Writes films: each frame as the part of the picture that is new, in a palette of its own or in that of the first frame.
//!
//! Opaque pictures stay on the screen, and pixels that are as before are clear. A picture with alpha
//! leaves the screen clear behind it, as nothing else could take a pixel away.

use std::sync::OnceLock;

use super::super::film::canvas::Disposal;
use super::super::film::changes::{changed, pixels, row};
use super::super::film::growing::Growing;
use super::super::palette::{self, CLEAR, Entry, Indexed, PaletteSettings, has_at_most};
use super::super::{EncodeInput, FilmEncoding, FilmFile, FilmMemory, FrameEncoder, FramePart};
use super::blocks::{APPLICATION, EXTENSION, TRAILER};
use super::encoder::{CODES, Frame, HEAD, largest_image, side};
use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::picture::image::band::Band;
use crate::picture::image::{Image, Layout};
use crate::picture::motion::Motion;
use crate::picture::reserve::reserved_bytes;
use crate::recipe::job::Watch;
use crate::recipe::options::Gif;

/// Hundredths of a second that browsers show as they are; less is shown for ten of them.
const SHORTEST: u64 = 2;

/// Quarters of a byte a pixel that are the most: as in [`largest_image`], made up.
const MOST: u64 = 7;

/// Bytes of a graphic control block, which each frame begins with, and the place of the time in it.
const CONTROL: usize = 8;
const DELAY_AT: usize = 4;
/// The place of the flags of a frame's palette behind that block, and its palette.
const FLAGS_AT: usize = CONTROL + 9;
const PALETTE_AT: usize = FLAGS_AT + 1;

/// Bounds the bytes of a film.
pub(super) fn memory(picture: &EncodeInput, motion: &Motion) -> FilmMemory {
    let EncodeInput { size, layout, .. } = *picture;
    let part = Layout::Rgba.bytes(size) + largest_image(size) * 3 / 2 + HEAD;
    let frame = part + palette::memory(size, Layout::Rgba) + CODES;
    FilmMemory { frame: frame + layout.bytes(size), file: Growing::memory(MOST, size, motion) }
}

/// Begins a film.
pub(super) fn begin(options: &Gif, picture: &EncodeInput, motion: &Motion) -> Result<FilmEncoding> {
    let mut file = Growing::new(MOST, picture.size, motion);
    file.add(b"GIF89a")?;
    file.add([side(picture.size.width)?, side(picture.size.height)?].as_flattened())?;
    let motion = motion.with(options.delay, options.r#loop);
    let frames = Frames { options: *options, first: OnceLock::new() };
    let file = File {
        file,
        plays: motion.plays,
        delay: options.delay,
        palette: Vec::new(),
        time: Time::default(),
        last: None,
    };
    Ok(FilmEncoding { frames: Box::new(frames), file: Box::new(file) })
}

/// Encodes frames.
struct Frames {
    options: Gif,
    /// The palette of the first frame, which is encoded before the others where they may share it.
    first: OnceLock<Vec<Entry>>,
}

impl Frames {
    /// The part, clear where it is as before, unless that would be one colour too many for a palette with all of them.
    fn canvas(
        &self,
        before: Option<&Image>,
        now: &Image,
        place: Rect,
        watch: &Watch,
    ) -> Result<Band> {
        let canvas = part(before, now, place)?;
        let colours = self.options.colours;
        if before.is_none() || has_at_most(&canvas, colours, watch)? {
            return Ok(canvas);
        }
        let whole = part(None, now, place)?;
        Ok(if has_at_most(&whole, colours, watch)? { whole } else { canvas })
    }

    /// The canvas in the palette of the first frame, where that is near enough, else in one of its own.
    ///
    /// In a film with alpha each has a clear colour: others clear the screen behind a frame to the colour of the ground where it
    /// has none. Else the palette that is shared has one, unless that were one colour too many.
    fn indexed(&self, canvas: &Band, alpha: bool, watch: &Watch) -> Result<Indexed> {
        let Gif { colours, dither, inter_palette_max_error: levels, .. } = self.options;
        let makes_shared = levels > 0 && self.first.get().is_none();
        let has_room = || -> Result<bool> {
            Ok(has_at_most(canvas, colours - 1, watch)? || !has_at_most(canvas, colours, watch)?)
        };
        let keeps_clear = alpha || makes_shared && has_room()?;
        let settings = PaletteSettings { colours, dither, half_clear: false, keeps_clear };
        if let Some(first) = self.first.get()
            && let Some(indexed) = Indexed::within(canvas, first, settings, levels, watch)?
        {
            return Ok(indexed);
        }
        let indexed = Indexed::of(canvas, settings, watch)?;
        if makes_shared {
            self.first.get_or_init(|| indexed.palette.clone());
        }
        Ok(indexed)
    }
}

impl FrameEncoder for Frames {
    fn encode(&self, before: Option<&Image>, now: &Image, watch: &Watch) -> Result<FramePart> {
        let alpha = now.layout().has_alpha();
        let whole = Rect::whole(now.size());
        let place = before.map_or(Some(whole), |before| changed(before, now));
        let Some(place) = place.map(|place| if alpha { whole } else { place }) else {
            return Ok(FramePart { place: Rect::new(0, 0, 1, 1), data: Vec::new(), blend: true });
        };
        let canvas = self.canvas(before.filter(|_| !alpha), now, place, watch)?;
        let Indexed { palette, indices } = self.indexed(&canvas, alpha, watch)?;
        drop(canvas);
        let mut data = reserved_bytes(HEAD + largest_image(place.size()))?;
        let frame = Frame {
            place,
            palette: &palette,
            own_palette: true,
            clear: (0..=255).zip(&palette).find(|(_, entry)| **entry == CLEAR).map(|(at, _)| at),
            leaves: Some(if alpha { Disposal::Clear } else { Disposal::Keep }),
            indices: &indices,
        };
        frame.write(&mut data, watch)?;
        data.shrink_to_fit();
        Ok(FramePart { place, data, blend: true })
    }
}

/// A part of a picture as RGBA: clear where it is as it was before.
fn part(before: Option<&Image>, now: &Image, place: Rect) -> Result<Band> {
    let channels = now.layout().channels() as usize;
    let mut band = Band::new(Layout::Rgba, place.width, 0..place.height)?;
    let stride = band.stride(0);
    for (to, y) in band.plane_mut(0).chunks_exact_mut(stride).zip(place.rows()) {
        let here = row(now, place, y);
        let there = before.map_or(here, |before| row(before, place, y));
        let targets = to.as_chunks_mut::<4>().0.iter_mut();
        for (to, (old, new)) in targets.zip(pixels(there, here, channels)) {
            if before.is_none() || old != new {
                *to = rgba(new);
            }
        }
    }
    Ok(band)
}

fn rgba(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [r, g, b] => [r, g, b, 255],
        [r, g, b, alpha] => [r, g, b, alpha],
        _ => CLEAR,
    }
}

/// The time of the film so far, in milliseconds as it was and in hundredths as they are written.
#[derive(Default)]
struct Time {
    was: u64,
    written: u64,
}

impl Time {
    /// Hundredths of the next frame, such that frames begin when they did.
    fn next(&mut self, delay: u32) -> u64 {
        self.was += u64::from(delay);
        let delay = ((self.was + 5) / 10).saturating_sub(self.written).max(SHORTEST);
        self.written += delay;
        delay
    }
}

/// The file as it grows.
struct File {
    file: Growing,
    plays: u32,
    /// The time of every frame, where it is not that of the source.
    delay: Option<u32>,
    /// The palette of the first frame, which is that of the screen.
    palette: Vec<u8>,
    time: Time,
    /// The place of the time of the last frame, and that time.
    last: Option<(usize, u64)>,
}

impl FilmFile for File {
    fn add(&mut self, part: FramePart, delay: u32) -> Result<()> {
        let delay = self.time.next(self.delay.unwrap_or(delay));
        let (at, total) = match self.last.filter(|_| part.data.is_empty()) {
            Some((at, before)) => (at, before + delay),
            None => (self.add_frame(&part.data)?, delay),
        };
        let written = u16::try_from(total).unwrap_or(u16::MAX);
        self.file.data[at..at + 2].copy_from_slice(&written.to_le_bytes());
        self.last = Some((at, total));
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<u8>> {
        self.file.add(&[TRAILER])?;
        Ok(self.file.data)
    }
}

impl File {
    /// Adds a frame and gives the place of its time. The palette of the first is written for the screen,
    /// and those that are the same are left out.
    fn add_frame(&mut self, frame: &[u8]) -> Result<usize> {
        let flags = frame[FLAGS_AT];
        let (head, rest) = frame.split_at(PALETTE_AT);
        let (palette, codes) = rest.split_at(3 << ((flags & 7) + 1));
        if self.last.is_none() {
            self.file.add(&[0xF0 | (flags & 7), 0, 0])?;
            self.file.add(palette)?;
            self.palette = palette.to_vec();
            self.add_plays()?;
        }
        let at = self.file.data.len() + DELAY_AT;
        self.file.add(&head[..FLAGS_AT])?;
        if palette == self.palette {
            self.file.add(&[0])?;
        } else {
            self.file.add(&[flags])?;
            self.file.add(palette)?;
        }
        self.file.add(codes)?;
        Ok(at)
    }

    /// Says how often the film is played: the number counts the times after the first.
    fn add_plays(&mut self) -> Result<()> {
        if self.plays == 1 {
            return Ok(());
        }
        let more = u16::try_from(self.plays.saturating_sub(1)).unwrap_or(u16::MAX).to_le_bytes();
        self.file.add(&[EXTENSION, APPLICATION, 11])?;
        self.file.add(b"NETSCAPE2.0")?;
        self.file.add(&[3, 1, more[0], more[1], 0])
    }
}

#[cfg(test)]
mod tests;
