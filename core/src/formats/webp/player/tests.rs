use makeready_kernels::Level;

use super::super::ffi::oracle;
use super::super::film::{chunks, three_bytes};
use crate::error::Result;
use crate::formats::film::trial::{Random, assert_damage, film_of, played};
use crate::formats::{EncodeInput, FilmEncoding, Writer};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::{Image, Layout};
use crate::picture::motion::Motion;
use crate::recipe::job::Watch;
use crate::{Pipeline, WebP};

/// A frame as it is written: where, how long, its flags, and the chunks of its pixels.
struct Written {
    place: Rect,
    delay: u32,
    flags: u8,
    chunks: Vec<u8>,
}

/// The chunks of a picture, lossy or lossless.
fn pixels(size: Size, alpha: bool, random: &mut Random) -> Result<Vec<u8>> {
    let layout = Layout::interleaved(true, alpha);
    let data = random.pixels(size.pixels(), layout);
    let options = if random.once_in(2) { WebP::lossless() } else { WebP::quality(60) };
    let image = Image::new(size, layout, data)?;
    chunks(&Pipeline::open(image).encode(options.effort(0)).run()?.data)
}

fn frame(canvas: Size, random: &mut Random) -> Result<Written> {
    let place = if random.once_in(3) {
        Rect::whole(canvas)
    } else {
        let [x, y] = [canvas.width, canvas.height].map(|side| 2 * random.below(side / 2));
        let (width, height) = (canvas.width - x, canvas.height - y);
        Rect::new(x, y, 1 + random.below(width), 1 + random.below(height))
    };
    let alpha = !random.once_in(3);
    Ok(Written {
        place,
        delay: random.below(300),
        flags: random.below(4).to_le_bytes()[0],
        chunks: pixels(place.size(), alpha, random)?,
    })
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(0);
    [&name[..], &length.to_le_bytes(), body, &vec![0; body.len() % 2]].concat()
}

fn file(canvas: Size, plays: u16, frames: &[Written]) -> Vec<u8> {
    let sides = [canvas.width, canvas.height].map(|side| three_bytes(side - 1)).concat();
    let mut body = chunk(b"VP8X", &[&[0x12, 0, 0, 0][..], &sides].concat());
    body.extend(chunk(b"ANIM", &[&[9, 8, 7, 255][..], &plays.to_le_bytes()].concat()));
    for Written { place, delay, flags, chunks } in frames {
        let Rect { x, y, width, height } = *place;
        let numbers = [x / 2, y / 2, width - 1, height - 1, *delay].map(three_bytes).concat();
        body.extend(chunk(b"ANMF", &[&numbers[..], &[*flags], chunks].concat()));
    }
    chunk(b"RIFF", &[b"WEBP", &body[..]].concat())
}

fn random_film(random: &mut Random) -> Result<(Size, Vec<Written>)> {
    let size = Size::new(2 + random.below(23), 2 + random.below(18));
    let count = 2 + random.below(7);
    Ok((size, (0..count).map(|_| frame(size, random)).collect::<Result<_>>()?))
}

/// Every disposal, blend and place, lossy and lossless, clear and opaque.
#[test]
fn frames_are_those_of_libwebp() -> Result<()> {
    let mut random = Random(1);
    for number in 0..300 {
        let (size, frames) = random_film(&mut random)?;
        let plays = u16::try_from(number % 4).unwrap_or(0);
        let file = file(size, plays, &frames);
        let expected = oracle::frames(&file).unwrap_or_default();
        let (found, lost) = played(&file, false)?;
        assert_eq!((found.len(), expected.len(), lost), (frames.len(), frames.len(), None));
        let motion = film_of(&file, false)?.map(|film| film.motion().clone());
        assert_eq!(motion.as_ref().map(|motion| motion.plays), Some(plays.into()));
        let delays = motion.map_or_else(Vec::new, |motion| motion.delays.to_vec());
        let mut time = 0;
        for (index, ((end, canvas), found)) in expected.iter().zip(&found).enumerate() {
            time += i32::try_from(delays[index]).unwrap_or(-1);
            assert_eq!(*end, time, "film {number}, frame {index}");
            assert!(canvas == found, "film {number}, frame {index} of {size}");
        }
    }
    Ok(())
}

/// A file of three frames, the second of which is damaged.
#[test]
fn damage_has_its_code_and_leaves_other_frames() -> Result<()> {
    let mut random = Random(2);
    let size = Size::new(40, 30);
    let part = |x, y, random: &mut Random| -> Result<Written> {
        let chunks = pixels(Size::new(20, 16), true, random)?;
        Ok(Written { place: Rect::new(x, y, 20, 16), delay: 40, flags: 0, chunks })
    };
    let of = |second: &dyn Fn(&mut Written)| -> Result<Vec<u8>> {
        let mut random = Random(3);
        let mut frames =
            [part(0, 0, &mut random)?, part(8, 6, &mut random)?, part(2, 4, &mut random)?];
        second(&mut frames[1]);
        Ok(file(size, 0, &frames))
    };
    let whole = of(&|_| {})?;
    assert_eq!(played(&whole, false)?.0.len(), 3);
    assert_damage("beyond the right edge", &of(&|it| it.place.x = 22)?, "malformed", 1);
    assert_damage("beyond the lower edge", &of(&|it| it.place.y = 16)?, "malformed", 1);
    assert_damage("of another size", &of(&|it| it.place.width = 18)?, "malformed", 1);
    assert_damage("without pixels", &of(&|it| it.chunks.clear())?, "truncated", 1);
    assert_damage("cut", &whole[..whole.len() - 9], "truncated", 3);
    let corrupt = of(&|it| {
        let middle = it.chunks.len() / 2;
        it.chunks[middle..].fill(0xFF);
    })?;
    let (frames, lost) = played(&corrupt, true)?;
    assert_eq!((frames.len(), lost.is_some()), (3, true));
    let expected = played(&whole, false)?.0;
    assert!(frames[0] == expected[0] && frames[1] != expected[1]);
    let one = file(size, 0, &[part(0, 0, &mut random)?]);
    assert!(film_of(&one, false)?.is_none());
    Ok(())
}

/// A file of a few kilobytes that would take hours.
#[test]
fn films_beyond_the_limits_are_refused() -> Result<()> {
    let chunks = pixels(Size::new(1, 1), true, &mut Random(4))?;
    let frame =
        |flags| Written { place: Rect::new(0, 0, 1, 1), delay: 0, flags, chunks: chunks.clone() };
    for (canvas, count, limit) in [
        (Size::new(2, 2), 1000, None),
        (Size::new(2, 2), 1001, Some("max_frames")),
        (Size::new(2, 2), 10_000, Some("max_frames")),
        (Size::new(9_000, 9_000), 20, Some("max_animation_pixels")),
    ] {
        let frames: Vec<_> = (0..count).map(|_| frame(1)).collect();
        let found = film_of(&file(canvas, 0, &frames), false);
        assert_eq!(found.err().and_then(|error| error.limit()), limit, "{count} on {canvas}");
    }
    Ok(())
}

#[test]
fn options_of_a_film_take_the_place_of_those_of_its_source() -> Result<()> {
    let of = |level| Image::new(Size::new(2, 1), Layout::Rgb, vec![level; 6]);
    let motion = Motion { delays: [40, 50].into(), plays: 2 };
    let picture =
        EncodeInput { size: Size::new(2, 1), layout: Layout::Rgb, threads: 1, band_rows: 1 };
    for (options, delays, plays) in [
        (WebP::lossless(), [40, 50], 2),
        (WebP::lossless().with_loop(Some(7)).with_delay(Some(25)), [25, 25], 7),
    ] {
        let FilmEncoding { frames, mut file } = options.film(&picture, &motion, Level::detect())?;
        let (first, second) = (of(1)?, of(200)?);
        file.add(frames.encode(None, &first, &Watch::default())?, 40)?;
        file.add(frames.encode(Some(&first), &second, &Watch::default())?, 50)?;
        let film = film_of(&file.finish()?, false)?.map(|film| film.motion().clone());
        assert_eq!(film, Some(Motion { delays: delays.into(), plays }));
    }
    Ok(())
}
