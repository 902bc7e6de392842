//! Writes films: each frame as the part of the picture that is new.
//!
//! ```text
//! RIFF WEBP VP8X ANIM, then for each frame: ANMF (place, time, blend) ALPH? VP8 or VP8L
//! ```
//!
//! A frame that lasts has no part of its own: the frame before is shown longer.

use std::sync::Arc;

use makeready_kernels::Level;

use super::container::{ALPHA, ANIMATION, RIFF, add_chunk, extended_header, parts};
use super::encoder;
use super::lossy::CanvasEncoder;
use crate::error::{Error, Result};
use crate::formats::film::changes::{changed, part};
use crate::formats::film::growing::Growing;
use crate::formats::{EncodeInput, FilmEncoding, FilmFile, FilmMemory, FrameEncoder, FramePart};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::Band;
use crate::picture::image::{Image, Layout};
use crate::picture::motion::Motion;
use crate::picture::reserve::reserved;
use crate::recipe::job::Watch;
use crate::recipe::options::WebP;

/// The longest time of a frame in milliseconds: the format has 24 bits for it.
const MAX_DELAY: u32 = 0xFF_FFFF;
/// The bit of a frame's flags that makes its clear pixels clear, and not those of the frame before.
const OVERWRITE: u8 = 0x02;

/// Bounds the bytes of a film.
pub(super) fn memory(options: &WebP, picture: &EncodeInput, motion: &Motion) -> FilmMemory {
    let samples = picture.layout.bytes(picture.size);
    let lossy = encoder::encode_memory(&options.losslessly(false), picture);
    let lossless = encoder::encode_memory(&options.losslessly(true), picture);
    let encode = match (options.mixed, options.is_lossless()) {
        (true, _) => lossy.max(lossless),
        (false, true) => lossless,
        (false, false) => lossy,
    };
    // The part that is new, and the files of both ways.
    let frame = 3 * samples + encode;
    FilmMemory { frame, file: Growing::memory(most(options, picture.layout), picture.size, motion) }
}

/// Quarters of a byte a pixel that are the most, by the noise of a test.
fn most(options: &WebP, layout: Layout) -> u64 {
    let lossless = options.is_lossless() || options.mixed;
    let alpha = if layout.has_alpha() && !lossless { 5 } else { 0 };
    let pixel = match options.quality {
        _ if lossless => 4 * u64::from(layout.channels()) + 1,
        ..=80 => 5,
        81..=95 => 6,
        _ => 7,
    };
    pixel + alpha
}

/// Begins a film.
pub(super) fn begin(
    options: &WebP,
    picture: &EncodeInput,
    motion: &Motion,
    level: Level,
) -> Result<FilmEncoding> {
    let EncodeInput { size, layout, .. } = *picture;
    let alpha = if layout.has_alpha() { ALPHA } else { 0 };
    let mut file = Growing::new(most(options, layout), size, motion);
    let mut head = b"RIFF\0\0\0\0WEBP".to_vec();
    add_chunk(&mut head, *b"VP8X", &extended_header(ANIMATION | alpha, size));
    file.add(&head)?;
    file.add(b"ANIM")?;
    file.add(&6_u32.to_le_bytes())?;
    // A clear background, which browsers ignore.
    file.add(&[0; 4])?;
    let plays = motion.with(None, options.r#loop).plays;
    file.add(&u16::try_from(plays).unwrap_or(u16::MAX).to_le_bytes())?;
    Ok(FilmEncoding {
        frames: Box::new(Frames { options: *options, size, level }),
        file: Box::new(File { file, delay: options.delay, last: None }),
    })
}

pub(super) fn three_bytes(number: u32) -> [u8; 3] {
    let [a, b, c, _] = number.to_le_bytes();
    [a, b, c]
}

/// Encodes frames.
struct Frames {
    options: WebP,
    size: Size,
    level: Level,
}

impl FrameEncoder for Frames {
    fn encode(&self, before: Option<&Image>, now: &Image, watch: &Watch) -> Result<FramePart> {
        let whole = Rect::whole(self.size);
        let place = before.map_or(Some(whole), |before| changed(before, now));
        let Some(place) = place.map(from_even) else {
            return Ok(FramePart { place: Rect::new(0, 0, 1, 1), data: Vec::new(), blend: false });
        };
        let data = self.smallest(&Arc::new(part(now, place)?), watch)?;
        Ok(FramePart { place, data, blend: false })
    }
}

impl Frames {
    /// The chunks of a picture, lossy or lossless, of both the smaller where that is asked for.
    fn smallest(&self, part: &Arc<Band>, watch: &Watch) -> Result<Vec<u8>> {
        let (size, layout) = (part.size(), part.layout());
        let picture = EncodeInput { size, layout, threads: 1, band_rows: size.height };
        let encode = |options: &WebP| match options.is_lossless() {
            true => chunks(&encoder::lossless(options, part, watch)?),
            false => CanvasEncoder::new(&picture, self.level).encode(options, part, watch)?.bytes(),
        };
        let first = encode(&self.options)?;
        if !self.options.mixed {
            return Ok(first);
        }
        let other = encode(&self.options.losslessly(!self.options.is_lossless()))?;
        Ok(if other.len() < first.len() { other } else { first })
    }
}

/// The same rectangle from an even column and row on: a frame can begin nowhere else.
fn from_even(place: Rect) -> Rect {
    let Rect { x, y, width, height } = place;
    Rect::new(x & !1, y & !1, width + x % 2, height + y % 2)
}

/// The chunks of a still picture that hold its pixels.
pub(super) fn chunks(file: &[u8]) -> Result<Vec<u8>> {
    let mut chunks = reserved(file.len())?;
    for (name, body) in parts(file, RIFF) {
        if matches!(name, b"ALPH" | b"VP8 " | b"VP8L") {
            let end = body.end + body.len() % 2;
            chunks.extend_from_slice(&file[body.start - 8..end.min(file.len())]);
        }
    }
    Ok(chunks)
}

/// The file as it grows.
struct File {
    file: Growing,
    /// The time of every frame, where it is not that of the source.
    delay: Option<u32>,
    /// The place of the time of the last frame, and that time.
    last: Option<(usize, u32)>,
}

impl FilmFile for File {
    fn add(&mut self, part: FramePart, delay: u32) -> Result<()> {
        let delay = self.delay.unwrap_or(delay);
        if let Some((at, before)) = self.last.filter(|_| part.data.is_empty()) {
            let longer = before.saturating_add(delay).min(MAX_DELAY);
            self.file.data[at..at + 3].copy_from_slice(&three_bytes(longer));
            self.last = Some((at, longer));
            return Ok(());
        }
        let FramePart { place, data, blend } = part;
        let length = 16 + data.len();
        self.file.add(b"ANMF")?;
        self.file.add(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes())?;
        for number in [place.x / 2, place.y / 2, place.width - 1, place.height - 1] {
            self.file.add(&three_bytes(number))?;
        }
        let delay = delay.min(MAX_DELAY);
        self.last = Some((self.file.data.len(), delay));
        self.file.add(&three_bytes(delay))?;
        self.file.add(&[if blend { 0 } else { OVERWRITE }])?;
        self.file.add(&data)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<u8>> {
        let length = u32::try_from(self.file.data.len() - 8);
        let length = length.map_err(|_| Error::unsupported("a WebP of more than 4 GiB"))?;
        self.file.data[4..8].copy_from_slice(&length.to_le_bytes());
        Ok(self.file.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Writer;
    use crate::formats::film::trial::Random;

    #[test]
    fn a_whole_frame_is_as_a_still_picture() -> Result<()> {
        let size = Size::new(160, 120);
        let mut random = Random(9);
        let noise = (0..160 * 120 * 3).map(|_| random.byte()).collect();
        let image = Image::new(size, Layout::Rgb, noise)?;
        let motion = Motion { delays: [40].into(), plays: 0 };
        let picture = EncodeInput { size, layout: Layout::Rgb, threads: 1, band_rows: 120 };
        for options in [WebP::quality(80), WebP::quality(95), WebP::lossless()] {
            let FilmEncoding { frames, .. } = options.film(&picture, &motion, Level::detect())?;
            let frame = frames.encode(None, &image, &Watch::default())?;
            let still = crate::Pipeline::open(image.clone()).encode(options).run()?;
            assert!(frame.data == chunks(&still.data)?, "{options:?}");
        }
        Ok(())
    }

    #[test]
    fn films_of_noise_stay_within_their_bound() -> Result<()> {
        let size = Size::new(97, 65);
        let mut random = Random(5);
        for layout in [Layout::Rgb, Layout::Rgba] {
            let count = usize::try_from(layout.bytes(size)).unwrap_or(0);
            let mut noise = || {
                // The worst for a lossy file are samples at both ends.
                let sample = |_| if random.once_in(2) { 0 } else { 255 - random.byte() % 2 };
                Image::new(size, layout, (0..count).map(sample).collect())
            };
            let images = [noise()?, noise()?, noise()?];
            let motion = Motion { delays: [40, 40, 40].into(), plays: 0 };
            let picture = EncodeInput { size, layout, threads: 1, band_rows: size.height };
            let lossy = [1, 50, 80, 81, 95, 96, 100].map(WebP::quality);
            for options in
                lossy.into_iter().chain([WebP::lossless(), WebP::quality(90).mixed(true)])
            {
                let FilmEncoding { frames, mut file } =
                    options.film(&picture, &motion, Level::detect())?;
                for (at, image) in images.iter().enumerate() {
                    let before = at.checked_sub(1).map(|before| &images[before]);
                    file.add(frames.encode(before, image, &Watch::default())?, 40)?;
                }
                let bytes = file.finish()?.len() as u64;
                let most = memory(&options, &picture, &motion).file;
                assert!(bytes <= most, "{layout} {options:?}: {bytes} of {most}");
                println!("{layout} quality {}: {:.2}", options.quality, bytes as f64 / most as f64);
            }
        }
        Ok(())
    }
}
