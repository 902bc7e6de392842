use super::*;
use crate::formats::Writer;
use crate::formats::film::trial::{Random, played, rgba};

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

/// Without loss films come back to the last bit, however a frame is laid over the one before.
#[test]
fn lossless_films_come_back_with_what_is_new_alone() -> Result<()> {
    let mut random = Random(13);
    let mut blended = [0, 0];
    for number in 0..120_usize {
        let size = Size::new(1 + random.below(40), 1 + random.below(30));
        let layout = [Layout::Rgb, Layout::Rgba][number % 2];
        let data = random.pixels(size.pixels(), layout);
        let mut images = vec![Image::new(size, layout, data)?];
        for _ in 0..=random.below(5) {
            let next = random.next(&images[images.len() - 1])?;
            if changed(&images[images.len() - 1], &next).is_some() {
                images.push(next);
            }
        }
        let motion = Motion { delays: vec![40; images.len()].into(), plays: 0 };
        let picture = EncodeInput { size, layout, threads: 1, band_rows: size.height };
        let options = WebP::lossless().effort(0);
        let FilmEncoding { frames, mut file } = options.film(&picture, &motion, Level::detect())?;
        for (at, image) in images.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| &images[before]);
            let part = frames.encode(before, image, &Watch::default())?;
            blended[number % 2] += usize::from(part.blend);
            file.add(part, 40)?;
        }
        let file = file.finish()?;
        let (found, _) = played(&file, false)?;
        assert_eq!(found.len(), if images.len() > 1 { images.len() } else { 0 });
        let seen = |samples: &[u8], layout| {
            let mut pixels = rgba(samples, layout);
            let (pixels_of_four, _) = pixels.as_chunks_mut::<4>();
            pixels_of_four.iter_mut().filter(|pixel| pixel[3] == 0).for_each(|p| p.fill(0));
            pixels
        };
        for (index, (found, image)) in found.iter().zip(&images).enumerate() {
            let expected = seen(image.data(), layout);
            assert!(seen(found, Layout::Rgba) == expected, "film {number}, frame {index}");
        }
    }
    assert!(blended.iter().all(|&blended| blended > 20), "{blended:?}");
    Ok(())
}

#[test]
fn films_of_noise_stay_within_their_bound() -> Result<()> {
    let size = Size::new(97, 65);
    let mut random = Random(5);
    let layouts = [Layout::Rgb, Layout::Rgba];
    for (layout, at_ends) in layouts.into_iter().flat_map(|one| [(one, true), (one, false)]) {
        let channels = layout.channels() as usize;
        let mut noise = |before: Option<&Image>| {
            // The worst for a lossy file are samples at both ends, for one without loss all of them.
            let sample = |random: &mut Random| match random.once_in(2) {
                true if at_ends => 0,
                false if at_ends => 255 - random.byte() % 2,
                _ => random.byte(),
            };
            let mut data = Vec::new();
            for at in 0..97 * 65_usize {
                // Some pixels are as before.
                match before.filter(|_| random.once_in(50)) {
                    Some(before) => data.extend(&before.data()[at * channels..][..channels]),
                    None => data.extend((0..channels).map(|_| sample(&mut random))),
                }
            }
            Image::new(size, layout, data)
        };
        let first = noise(None)?;
        let second = noise(Some(&first))?;
        let images = [noise(Some(&second))?, first, second];
        let motion = Motion { delays: [40, 40, 40].into(), plays: 0 };
        let picture = EncodeInput { size, layout, threads: 1, band_rows: size.height };
        let lossy = [1, 50, 80, 81, 95, 96, 100].map(WebP::quality);
        for options in lossy.into_iter().chain([WebP::lossless(), WebP::quality(90).mixed(true)]) {
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

/// Two things that move at both ends of a picture are written without the pixels between them, lossy too.
#[test]
fn macroblocks_that_are_as_before_are_left_out() -> Result<()> {
    let size = Size::new(301, 211);
    let mut random = Random(23);
    let ground: Vec<u8> = (0..301 * 211)
        .map(|at: u32| (at % 301 / 2 + at / 301).to_le_bytes()[0] ^ (random.byte() % 8))
        .collect();
    let image = |step: u32| {
        let pixel = |at: u32| {
            let (x, y) = (at % 301, at / 301);
            let near = |left: u32, top: u32| x.wrapping_sub(left) < 20 && y.wrapping_sub(top) < 20;
            if near(step * 5, 3) {
                return [230, 40, 20];
            }
            if near(270 - step * 5, 180) {
                return [20, 60, 220];
            }
            let level = ground[at as usize];
            [level, level / 2 + 60, 200 - level / 2]
        };
        Image::new(size, Layout::Rgb, (0..301 * 211).flat_map(pixel).collect())
    };
    let images = (0..6).map(image).collect::<Result<Vec<_>>>()?;
    let picture = EncodeInput { size, layout: Layout::Rgb, threads: 1, band_rows: size.height };
    let motion = Motion { delays: vec![40; 6].into(), plays: 0 };
    let FilmEncoding { frames, mut file } =
        WebP::quality(80).film(&picture, &motion, Level::detect())?;
    let (mut left_out, mut whole) = (0, 0);
    for (at, image) in images.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &images[before]);
        let part = frames.encode(before, image, &Watch::default())?;
        assert_eq!(part.blend, at > 0);
        if at > 0 {
            left_out += part.data.len();
            whole += frames.encode(None, image, &Watch::default())?.data.len();
        }
        file.add(part, 40)?;
    }
    assert!(2 * left_out < whole, "{left_out} and {whole}");
    let file = file.finish()?;
    let (found, lost) = played(&file, false)?;
    assert_eq!((found.len(), lost), (6, None));
    // Nothing of the frame before stays, and nothing of what is flat below the clear blocks shows.
    for (index, (found, image)) in found.iter().zip(&images).enumerate() {
        let pairs = found.as_chunks::<4>().0.iter().zip(image.data().as_chunks::<3>().0);
        let apart = pairs
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>());
        let apart: Vec<u32> = apart.collect();
        let mean = apart.iter().sum::<u32>() / (3 * 301 * 211);
        let far = apart.iter().filter(|apart| **apart > 150).count();
        assert!(mean < 6 && far < 320, "frame {index}: {mean}, {far}");
    }
    Ok(())
}

/// Where clear pixels are one colour too many for a palette, the part is written whole if that is smaller.
#[test]
fn a_palette_of_256_colours_stays_one() -> Result<()> {
    let size = Size::new(160, 120);
    let mut random = Random(29);
    let colours: Vec<[u8; 3]> =
        (0..256).map(|_| [random.byte(), random.byte(), random.byte()]).collect();
    let mut noise = |before: Option<&Image>| {
        let pixel = |at: usize| match before.filter(|_| at.is_multiple_of(8)) {
            Some(before) => before.data()[at * 3..].first_chunk().copied().unwrap_or_default(),
            None => colours[random.below(256) as usize],
        };
        Image::new(size, Layout::Rgb, (0..160 * 120).flat_map(pixel).collect())
    };
    let first = noise(None)?;
    let second = noise(Some(&first))?;
    let picture = EncodeInput { size, layout: Layout::Rgb, threads: 1, band_rows: size.height };
    let motion = Motion { delays: [40, 40].into(), plays: 0 };
    let FilmEncoding { frames, .. } = WebP::lossless().film(&picture, &motion, Level::detect())?;
    let part = frames.encode(Some(&first), &second, &Watch::default())?;
    // A byte of each pixel, and the palette.
    assert!(!part.blend && part.data.len() < 160 * 120 + 2000, "{}", part.data.len());
    Ok(())
}
