//! Writes films: each frame as the part of the picture that is new.
//!
//! ```text
//! RIFF WEBP VP8X ANIM, then for each frame: ANMF (place, time, blend) ALPH? VP8 or VP8L
//! ```
//!
//! A frame that lasts has no part of its own: the frame before is shown longer. Within its part a frame is clear where it is
//! as before: in pixels without loss, in macroblocks with it.

use std::cmp::Ordering;
use std::sync::Arc;

use makeready_kernels::Level;

use super::container::{ALPHA, ANIMATION, RIFF, add_chunk, extended_header, parts};
use super::encoder;
use super::lossy::CanvasEncoder;
use super::lossy::mask::{BLOCK, Blocks};
use crate::error::{Error, Result};
use crate::formats::film::changes::{changed, news, part, row};
use crate::formats::film::growing::Growing;
use crate::formats::palette::has_at_most;
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
/// The place of the flags of the file, one of which says that some frame has alpha.
const FLAGS_AT: usize = 20;
/// The bit of a frame's flags that makes its clear pixels clear, and not those of the frame before.
const OVERWRITE: u8 = 0x02;

/// Macroblocks from which on it pays to leave those that are as before out of a lossy frame: to say where they are takes
/// about a hundred bytes.
const FEWEST_SAME_BLOCKS: usize = 16;
/// Pixels as before in which one of so many is to be, so that a lossless frame leaves them out.
const SHARE_OF_SAME: usize = 16;

/// The most colours that a lossless frame writes as indices.
const PALETTE: u32 = 256;

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
    // The part that is new, with alpha where clear pixels may stand for those before, and the files of both ways.
    let blended = match options.is_lossless() || options.mixed {
        true => Layout::Rgba.bytes(picture.size),
        false => 0,
    };
    let frame = 3 * samples + blended + encode;
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
        let lossless = self.options.is_lossless();
        if lossless && !self.options.mixed {
            return self.lossless(before, now, place, watch);
        }
        let lossy = self.lossy(before, now, place, watch)?;
        if !self.options.mixed {
            return Ok(lossy);
        }
        let other = self.lossless(before, now, place, watch)?;
        Ok(match other.data.len().cmp(&lossy.data.len()) {
            Ordering::Less => other,
            Ordering::Equal if lossless => other,
            _ => lossy,
        })
    }
}

impl Frames {
    /// The part with loss, clear in the macroblocks where it is as before, if those are many.
    fn lossy(
        &self,
        before: Option<&Image>,
        now: &Image,
        place: Rect,
        watch: &Watch,
    ) -> Result<FramePart> {
        let (size, layout) = (place.size(), now.layout());
        let picture = EncodeInput { size, layout, threads: 1, band_rows: size.height };
        let (options, mut part) = (self.options.losslessly(false), part(now, place)?);
        let mut encoder = CanvasEncoder::new(&picture, self.level);
        let same = before.map(|before| same_blocks(before, now, place)).transpose()?.flatten();
        let blend = same.is_some();
        if let Some(same) = same {
            flatten(&mut part, &same);
            encoder = encoder.with_alpha(same.payload()?);
        }
        let chunks = encoder.encode(&options, &Arc::new(part), watch)?;
        Ok(FramePart { place, data: chunks.bytes()?, blend })
    }

    /// The part without loss, clear where it is as before: equal pixels take next to nothing.
    fn lossless(
        &self,
        before: Option<&Image>,
        now: &Image,
        place: Rect,
        watch: &Watch,
    ) -> Result<FramePart> {
        let whole = part(now, place)?;
        let news = before.map(|before| news(before, now, place)).transpose()?.flatten();
        let Some(news) = news else { return self.lossless_part(whole, place, watch) };
        // Pixels as before may bring colours that the frame has not, and clear ones are one colour more.
        let has_palette = |band| has_at_most(band, PALETTE, watch);
        match (has_palette(&news)?, has_palette(&whole)?) {
            (true, false) => self.blended(news, place, watch),
            (false, true) => {
                let blended = self.blended(news, place, watch)?;
                let whole = self.lossless_part(whole, place, watch)?;
                Ok(if whole.data.len() < blended.data.len() { whole } else { blended })
            }
            _ if leaves_much_out(&news) => self.blended(news, place, watch),
            _ => self.lossless_part(whole, place, watch),
        }
    }

    fn blended(&self, news: Band, place: Rect, watch: &Watch) -> Result<FramePart> {
        Ok(FramePart { blend: true, ..self.lossless_part(news, place, watch)? })
    }

    fn lossless_part(&self, canvas: Band, place: Rect, watch: &Watch) -> Result<FramePart> {
        let options = self.options.losslessly(true);
        let data = chunks(&encoder::lossless(&options, &Arc::new(canvas), watch)?)?;
        Ok(FramePart { place, data, blend: false })
    }
}

/// Tells whether so many pixels are clear that to say which costs less than what they show.
fn leaves_much_out(news: &Band) -> bool {
    let pixels = news.plane(0).as_chunks::<4>().0;
    SHARE_OF_SAME * pixels.iter().filter(|pixel| pixel[3] == 0).count() >= pixels.len()
}

/// The blocks of a part that are as before, if those are many. None of a picture with alpha, some of whose pixels would let
/// those below show through.
fn same_blocks(before: &Image, now: &Image, place: Rect) -> Result<Option<Blocks>> {
    if now.layout().has_alpha() {
        return Ok(None);
    }
    let mut same = Blocks::opaque(place.size())?;
    let (across, block) = (same.across(), BLOCK as usize * now.layout().channels() as usize);
    let mut rows = place.rows();
    for clear in same.clear.chunks_mut(across) {
        clear.fill(true);
        for y in rows.by_ref().take(BLOCK as usize) {
            let pairs = row(before, place, y).chunks(block).zip(row(now, place, y).chunks(block));
            clear.iter_mut().zip(pairs).for_each(|(clear, (old, new))| *clear &= old == new);
        }
    }
    let count = same.clear.iter().filter(|clear| **clear).count();
    Ok((count >= FEWEST_SAME_BLOCKS).then_some(same))
}

/// Gives the quarters of clear blocks the mean of their pixels each: they do not show, and what is beside them is near.
fn flatten(part: &mut Band, clear: &Blocks) {
    let (width, channels) = (part.size().width as usize, part.layout().channels() as usize);
    let (stride, quarter) = (part.stride(0), BLOCK as usize / 2);
    for (down, rows) in part.plane_mut(0).chunks_mut(stride * quarter).enumerate() {
        let blocks = &clear.clear[down / 2 * clear.across()..];
        for left in (0..width).step_by(quarter).filter(|left| blocks[left / BLOCK as usize]) {
            let columns = left * channels..(left + quarter).min(width) * channels;
            for channel in 0..channels {
                let samples = columns.clone().skip(channel).step_by(channels);
                let (mut sum, mut count) = (0_u32, 0_u32);
                for row in rows.chunks(stride) {
                    sum += samples.clone().map(|at| u32::from(row[at])).sum::<u32>();
                    count += u32::try_from(samples.clone().count()).unwrap_or(0);
                }
                let mean = u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX);
                for row in rows.chunks_mut(stride) {
                    samples.clone().for_each(|at| row[at] = mean);
                }
            }
        }
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
        if blend {
            self.file.data[FLAGS_AT] |= ALPHA;
        }
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
mod tests;
