//! Writes films: each frame as the part of the picture that is new.
//!
//! ```text
//! IHDR acTL fcTL IDAT, then for each other frame: fcTL fdAT, and IEND
//! ```
//!
//! A frame that lasts has no part of its own: the frame before is shown longer.

use super::MAX_SIDE;
use super::chunk::Chunk;
use super::encoder;
use super::front::SIGNATURE;
use crate::error::Result;
use crate::formats::film::changes::{changed, news, part};
use crate::formats::film::growing::Growing;
use crate::formats::{
    EncodeInput, FilmEncoding, FilmFile, FilmMemory, FrameEncoder, FramePart, Writer,
};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::Band;
use crate::picture::image::{Image, Layout};
use crate::picture::motion::Motion;
use crate::picture::reserve::probed;
use crate::recipe::job::Watch;
use crate::recipe::options::Png;

/// Parts of a second in which times are written, the finest that holds a time first.
const DENOMINATORS: [u16; 4] = [1000, 100, 10, 1];
/// The place of the time in the data of an fcTL chunk.
const TIME: usize = 20;

/// Bounds the bytes of a film.
pub(super) fn memory(picture: &EncodeInput, motion: &Motion) -> FilmMemory {
    let EncodeInput { size, layout, .. } = *picture;
    // The part that is new, as it is and with clear pixels, and both as files.
    let frame = 2 * layout.bytes(size) + 2 * encoder::memory(size, layout).finishing;
    FilmMemory { frame, file: Growing::memory(most(layout), size, motion) }
}

/// Quarters of a byte a pixel that are the most: a byte a sample and one a row, and an eighth for codes that find
/// nothing to save.
fn most(layout: Layout) -> u64 {
    4 * (u64::from(layout.channels()) + 1) * 9 / 8
}

/// Begins a film.
pub(super) fn begin(options: &Png, picture: &EncodeInput, motion: &Motion) -> Result<FilmEncoding> {
    let EncodeInput { size, layout, .. } = *picture;
    let film = Growing::new(most(layout), size, motion);
    let mut file = File { film, delay: options.delay, frames: 0, number: 0, last: None };
    file.film.add(SIGNATURE)?;
    let form = [8, encoder::colour(layout)? as u8, 0, 0, 0];
    let [width, height] = [size.width, size.height].map(u32::to_be_bytes);
    file.chunk(*b"IHDR", &[&width, &height, &form])?;
    let plays = options.motion(motion).plays.min(MAX_SIDE);
    file.chunk(*b"acTL", &[&[0; 4], &plays.to_be_bytes()])?;
    Ok(FilmEncoding { frames: Box::new(Frames { options: *options, size }), file: Box::new(file) })
}

/// Encodes frames.
struct Frames {
    options: Png,
    size: Size,
}

impl FrameEncoder for Frames {
    fn encode(&self, before: Option<&Image>, now: &Image, watch: &Watch) -> Result<FramePart> {
        let whole = Rect::whole(self.size);
        let place = before.map_or(Some(whole), |before| changed(before, now));
        let Some(place) = place else {
            return Ok(FramePart { place: Rect::new(0, 0, 1, 1), data: Vec::new(), blend: false });
        };
        let data = self.compressed(&part(now, place)?, watch)?;
        // All frames have the layout of the file.
        let over = before.filter(|_| now.layout().has_alpha());
        let over = over.map(|before| news(before, now, place)).transpose()?.flatten();
        if let Some(news) = over {
            let over = self.compressed(&news, watch)?;
            if over.len() < data.len() {
                return Ok(FramePart { place, data: over, blend: true });
            }
        }
        Ok(FramePart { place, data, blend: false })
    }
}

impl Frames {
    /// The compressed pixels of a picture.
    fn compressed(&self, band: &Band, watch: &Watch) -> Result<Vec<u8>> {
        // The crate ends the process where memory is missing.
        probed(encoder::memory(band.size(), band.layout()).finishing)?;
        let mut encoder = encoder::begin(&self.options, band.size(), band.layout())?;
        encoder.write(band, watch)?;
        let mut file = encoder.finish(watch)?;
        let (mut at, mut length) = (SIGNATURE.len(), 0);
        while at < file.len() {
            let chunk = Chunk::at(&file, at)?;
            at = chunk.next;
            if chunk.name == *b"IDAT" {
                file.copy_within(chunk.body.clone(), length);
                length += chunk.body.len();
            }
        }
        file.truncate(length);
        Ok(file)
    }
}

/// The file as it grows.
struct File {
    film: Growing,
    /// The time of every frame, where it is not that of the source.
    delay: Option<u32>,
    frames: u32,
    /// The number of the next fcTL or fdAT chunk.
    number: u32,
    /// The place of the last fcTL chunk, and the time in it.
    last: Option<(usize, u32)>,
}

impl FilmFile for File {
    fn add(&mut self, part: FramePart, delay: u32) -> Result<()> {
        let delay = self.delay.unwrap_or(delay);
        if let Some((at, before)) = self.last.filter(|_| part.data.is_empty()) {
            let longer = before.saturating_add(delay);
            self.last = Some((at, longer));
            return self.put(at, TIME, &fraction(longer));
        }
        let FramePart { place, data, blend } = part;
        self.last = Some((self.film.data.len(), delay));
        let number = self.next_number();
        let sides = [place.width, place.height, place.x, place.y].map(u32::to_be_bytes).concat();
        self.chunk(*b"fcTL", &[&number, &sides, &fraction(delay), &[0, blend.into()]])?;
        if self.frames == 0 {
            self.chunk(*b"IDAT", &[&data])?;
        } else {
            let number = self.next_number();
            self.chunk(*b"fdAT", &[&number, &data])?;
        }
        self.frames += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<u8>> {
        let frames = self.frames.to_be_bytes();
        let head = Chunk::at(&self.film.data, SIGNATURE.len())?;
        self.put(head.next, 0, &frames)?;
        self.chunk(*b"IEND", &[])?;
        Ok(self.film.data)
    }
}

impl File {
    fn next_number(&mut self) -> [u8; 4] {
        let number = self.number;
        self.number += 1;
        number.to_be_bytes()
    }

    /// Adds a chunk.
    fn chunk(&mut self, name: [u8; 4], body: &[&[u8]]) -> Result<()> {
        let length: usize = body.iter().map(|part| part.len()).sum();
        let start = self.film.data.len();
        self.film.add(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes())?;
        self.film.add(&name)?;
        body.iter().try_for_each(|part| self.film.add(part))?;
        let checksum = crc32fast::hash(&self.film.data[start + 4..]);
        self.film.add(&checksum.to_be_bytes())
    }

    /// Puts other bytes into the chunk at `start`, whose checksum follows.
    fn put(&mut self, start: usize, at: usize, bytes: &[u8]) -> Result<()> {
        let data = &mut self.film.data;
        let Chunk { body, next, .. } = Chunk::at(data, start)?;
        data[body.start + at..][..bytes.len()].copy_from_slice(bytes);
        let checksum = crc32fast::hash(&data[start + 4..body.end]);
        data[body.end..next].copy_from_slice(&checksum.to_be_bytes());
        Ok(())
    }
}

/// Milliseconds as a fraction of seconds: exact up to 65 s, the nearest there is beyond.
fn fraction(milliseconds: u32) -> [u8; 4] {
    let of = |parts: u16| {
        let number = (u64::from(milliseconds) * u64::from(parts) + 500) / 1000;
        u16::try_from(number).ok().map(|number| (number, parts))
    };
    let (number, parts) = DENOMINATORS.into_iter().find_map(of).unwrap_or((u16::MAX, 1));
    let ([a, b], [c, d]) = (number.to_be_bytes(), parts.to_be_bytes());
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use makeready_kernels::Level;

    use super::*;
    use crate::formats::film::trial::{Random, film_of, played, rgba};

    fn written(options: &Png, images: &[Image], motion: &Motion) -> Result<(Vec<u8>, usize)> {
        let (size, layout) = (images[0].size(), images[0].layout());
        let picture = EncodeInput { size, layout, threads: 1, band_rows: size.height };
        let FilmEncoding { frames, mut file } = options.film(&picture, motion, Level::detect())?;
        let mut blended = 0;
        for (at, image) in images.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| &images[before]);
            let part = frames.encode(before, image, &Watch::default())?;
            blended += usize::from(part.blend);
            file.add(part, motion.delays[at])?;
        }
        Ok((file.finish()?, blended))
    }

    /// Red, green, blue and alpha, where nothing is to be seen as zeros.
    fn seen(samples: &[u8], layout: Layout) -> Vec<u8> {
        let mut pixels = rgba(samples, layout);
        let clear = pixels.as_chunks_mut::<4>().0.iter_mut().filter(|pixel| pixel[3] == 0);
        clear.for_each(|pixel| pixel.fill(0));
        pixels
    }

    #[test]
    fn films_come_back_in_every_layout() -> Result<()> {
        let mut random = Random(7);
        let mut blended = 0;
        for number in 0..200_u32 {
            let size = Size::new(1 + random.below(40), 1 + random.below(30));
            let layout =
                [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba][number as usize % 4];
            let data = random.pixels(size.pixels(), layout);
            let mut images = vec![Image::new(size, layout, data)?];
            for _ in 0..=random.below(5) {
                images.push(random.next(&images[images.len() - 1])?);
            }
            let delays = images.iter().map(|_| random.below(70_000)).collect();
            let motion = Motion { delays, plays: number % 3 };
            let options = Png::compression_level(number.to_le_bytes()[0] % 10);
            let (file, over) = written(&options, &images, &motion)?;
            blended += over;
            let Some(film) = film_of(&file, false)? else {
                assert!(images.iter().all(|image| changed(&images[0], image).is_none()));
                continue;
            };
            assert_eq!(film.motion().plays, motion.plays);
            // Times beyond 65 s are written in parts of ten milliseconds.
            let apart = film.motion().duration().abs_diff(motion.duration());
            assert!(apart <= 5 * images.len() as u64, "film {number}: {apart} ms");
            let mut different: Vec<&Image> = Vec::new();
            for image in &images {
                if different.last().is_none_or(|last| changed(last, image).is_some()) {
                    different.push(image);
                }
            }
            let (found, _) = played(&file, false)?;
            assert_eq!(found.len(), different.len(), "film {number}");
            for (found, image) in found.iter().zip(different) {
                let expected = seen(image.data(), layout);
                assert!(seen(found, Layout::Rgba) == expected, "film {number} of {size} {layout}");
            }
            let again = png::Decoder::new(std::io::Cursor::new(&file)).read_info();
            let mut again = again.expect("a PNG for others");
            let mut pixels = vec![0; again.output_buffer_size().expect("a size")];
            for _ in 0..found.len() {
                again.next_frame(&mut pixels).expect("a frame for others");
            }
        }
        assert!(blended > 20, "{blended}");
        Ok(())
    }

    #[test]
    fn options_of_a_film_take_the_place_of_those_of_its_source() -> Result<()> {
        let of = |sample| Image::new(Size::new(2, 1), Layout::Gray, vec![sample, 9]);
        let motion = Motion { delays: [40, 50, 60].into(), plays: 2 };
        let images = [of(1)?, of(2)?, of(3)?];
        let options = Png::new().with_loop(Some(7)).with_delay(Some(25));
        let film = film_of(&written(&options, &images, &motion)?.0, false)?.expect("a film");
        assert_eq!(*film.motion(), Motion { delays: [25, 25, 25].into(), plays: 7 });
        let film = film_of(&written(&Png::new(), &images, &motion)?.0, false)?.expect("a film");
        assert_eq!(*film.motion(), motion);
        Ok(())
    }

    #[test]
    fn times_are_exact_up_to_65_seconds() {
        for (milliseconds, number, parts) in [
            (0, 0, 1000),
            (33, 33, 1000),
            (65_535, 65_535, 1000),
            (65_536, 6554, 100),
            (655_354, 65_535, 100),
            (655_356, 6554, 10),
            (6_553_600, 6554, 1),
            (u32::MAX, 65_535, 1),
        ] {
            let [number, parts] = [number, parts].map(u16::to_be_bytes);
            assert_eq!(fraction(milliseconds), [number, parts].concat()[..], "{milliseconds}");
        }
    }
}
