use makeready_kernels::Level;

use super::*;
use crate::formats::Writer;
use crate::formats::film::trial::{Random, film_of, played, rgba};
use crate::picture::geometry::Size;

fn written(options: &Gif, images: &[Image], motion: &Motion) -> Result<Vec<u8>> {
    let (size, layout) = (images[0].size(), images[0].layout());
    let picture = EncodeInput { size, layout, threads: 1, band_rows: size.height };
    let FilmEncoding { frames, mut file } = options.film(&picture, motion, Level::detect())?;
    for (at, image) in images.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &images[before]);
        let part = frames.encode(before, image, &Watch::default())?;
        file.add(part, motion.delays[at])?;
    }
    file.finish()
}

/// The same pixels as a GIF can have them: opaque or clear.
fn seen(samples: &[u8], layout: Layout) -> Vec<u8> {
    let mut pixels = rgba(samples, layout);
    for pixel in pixels.as_chunks_mut::<4>().0 {
        pixel[3] = if pixel[3] < 128 { 0 } else { 255 };
        if pixel[3] == 0 {
            pixel.fill(0);
        }
    }
    pixels
}

#[test]
fn films_of_few_colours_come_back() -> Result<()> {
    let mut random = Random(3);
    for number in 0..200_u32 {
        let size = Size::new(1 + random.below(40), 1 + random.below(30));
        let layout = [Layout::Rgb, Layout::Rgba][number as usize % 2];
        let channels = layout.channels() as usize;
        let mut images = vec![Image::new(size, layout, random.pixels(size.pixels(), layout))?];
        for _ in 0..=random.below(5) {
            let mut data = images[images.len() - 1].data().to_vec();
            let colours = random.pixels(8, layout);
            for _ in 0..random.below(40) {
                let at = random.below(size.width * size.height) as usize * channels;
                let from = random.below(8) as usize * channels;
                data[at..at + channels].copy_from_slice(&colours[from..from + channels]);
            }
            images.push(Image::new(size, layout, data)?);
        }
        let delays = images.iter().map(|_| 20 + random.below(60)).collect();
        let motion = Motion { delays, plays: number % 4 };
        let file = written(&Gif::new(), &images, &motion)?;
        let mut different: Vec<&Image> = Vec::new();
        for image in &images {
            if different.last().is_none_or(|last| changed(last, image).is_some()) {
                different.push(image);
            }
        }
        let Some(film) = film_of(&file, false)? else {
            assert_eq!(different.len(), 1);
            continue;
        };
        assert_eq!(film.motion().plays, motion.plays, "film {number}");
        assert!(film.motion().duration().abs_diff(motion.duration()) <= 5, "film {number}");
        let (found, _) = played(&file, false)?;
        assert_eq!(found.len(), different.len(), "film {number}");
        for (found, image) in found.iter().zip(different) {
            let expected = seen(image.data(), layout);
            assert!(seen(found, Layout::Rgba) == expected, "film {number} of {size} {layout}");
        }
    }
    Ok(())
}

#[test]
fn options_of_a_film_take_the_place_of_those_of_its_source() -> Result<()> {
    let of = |sample| Image::new(Size::new(2, 1), Layout::Rgb, vec![sample, 9, 9, 9, 9, 9]);
    let motion = Motion { delays: [40, 50, 60].into(), plays: 2 };
    let images = [of(1)?, of(2)?, of(3)?];
    let options = Gif::new().with_loop(Some(7)).with_delay(Some(30));
    let film = film_of(&written(&options, &images, &motion)?, false)?.expect("a film");
    assert_eq!(*film.motion(), Motion { delays: [30, 30, 30].into(), plays: 7 });
    let film = film_of(&written(&Gif::new(), &images, &motion)?, false)?.expect("a film");
    assert_eq!(*film.motion(), motion);
    Ok(())
}

/// A frame is clear where it changes nothing, and an equal palette is not written again.
#[test]
fn a_frame_holds_what_is_new() -> Result<()> {
    let size = Size::new(100, 80);
    let mut random = Random(11);
    let noise = random.pixels(size.pixels(), Layout::Rgb);
    let image = |data: &[u8]| Image::new(size, Layout::Rgb, data.to_vec());
    let mut other = noise.clone();
    for at in [3 * (10 * 100 + 20), 3 * (70 * 100 + 90)] {
        other[at..at + 3].fill(200);
    }
    let motion = Motion { delays: [40, 40, 40].into(), plays: 0 };
    let still = written(&Gif::new(), &[image(&noise)?; 1], &motion)?.len();
    let same = written(&Gif::new(), &[image(&noise)?, image(&noise)?], &motion)?.len();
    let film = written(&Gif::new(), &[image(&noise)?, image(&other)?], &motion)?.len();
    assert_eq!(same, still);
    assert!(film < still + 200, "{film} and {still}");
    Ok(())
}

/// Frames that are near to the first have its palette, and what they leave is clear in it.
#[test]
fn frames_share_the_palette_of_the_first() -> Result<()> {
    let size = Size::new(64, 48);
    let image = |shift: u32, square: u32| {
        let pixel = |at: u32| {
            let (x, y) = (at % 64, at / 64);
            let new = x / 16 == square && y > 30;
            let level = if new { 200 - y } else { x * 3 + y + shift };
            [level, 128 + y, 255 - x].map(|sample| sample.to_le_bytes()[0])
        };
        Image::new(size, Layout::Rgb, (0..64 * 48).flat_map(pixel).collect())
    };
    let images = [image(0, 0)?, image(0, 1)?, image(0, 3)?, image(90, 2)?];
    let motion = Motion { delays: [40; 4].into(), plays: 0 };
    let palettes = |most| -> Result<(usize, usize)> {
        let options = Gif::new().with_colours(64).with_inter_palette_max_error(most);
        let file = written(&options, &images, &motion)?;
        let (found, lost) = played(&file, false)?;
        assert_eq!((found.len(), lost), (4, None));
        for (found, image) in found.iter().zip(&images) {
            let apart = |(found, was): (&[u8; 4], &[u8])| {
                found.iter().zip(was).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
            };
            let pairs = found.as_chunks::<4>().0.iter().zip(image.data().chunks_exact(3));
            let mean = pairs.map(apart).sum::<u64>() / (3 * 64 * 48);
            assert!(mean < 20, "{mean} at {most}");
        }
        let mut decoder = gif::DecodeOptions::new();
        decoder.set_color_output(gif::ColorOutput::Indexed);
        let mut decoder = decoder.read_info(&file[..]).expect("a GIF for others");
        let mut own = 0;
        while let Some(frame) = decoder.read_next_frame().expect("a frame for others") {
            own += usize::from(frame.palette.is_some());
        }
        Ok((own, file.len()))
    };
    let (apart, shared) = (palettes(0)?, palettes(8)?);
    assert_eq!((apart.0, shared.0), (3, 1));
    assert!(shared.1 < apart.1, "{shared:?} {apart:?}");
    Ok(())
}

/// A clear colour takes the place of none that a frame needs.
#[test]
fn as_many_colours_as_there_may_be_stay_exact() -> Result<()> {
    let size = Size::new(40, 30);
    let levels = [0, 255, 90, 170];
    for colours in [2, 3, 4] {
        let image = |step: usize| {
            let pixel = |at: usize| [levels[(at / 100 + at % (step + 2)) % colours]; 3];
            Image::new(size, Layout::Rgb, (0..40 * 30).flat_map(pixel).collect())
        };
        let images = [image(0)?, image(1)?, image(2)?];
        let motion = Motion { delays: [40; 3].into(), plays: 0 };
        for most in [0, 1, 255] {
            let options = Gif::new().with_colours(u32::try_from(colours).unwrap_or(2));
            let file = written(&options.with_inter_palette_max_error(most), &images, &motion)?;
            let (found, _) = played(&file, false)?;
            for (found, image) in found.iter().zip(&images) {
                let expected = seen(image.data(), Layout::Rgb);
                assert!(seen(found, Layout::Rgba) == expected, "{colours} colours, {most}");
            }
        }
    }
    Ok(())
}

/// Others clear the screen behind a frame that has no clear colour to the colour of the ground.
#[test]
fn every_frame_of_a_clear_film_has_a_clear_colour() -> Result<()> {
    let size = Size::new(20, 10);
    let image = |step: usize| {
        let alpha = |at: usize| if step == 1 || at % 20 > 5 { 255 } else { 0 };
        let pixel = |at: usize| [[0, 255][at % 2], 90, 9, alpha(at)];
        Image::new(size, Layout::Rgba, (0..200).flat_map(pixel).collect())
    };
    let images = [image(0)?, image(1)?, image(2)?];
    let motion = Motion { delays: [40; 3].into(), plays: 0 };
    for (colours, levels) in [(2, 0), (3, 0), (256, 0), (256, 9)] {
        let options = Gif::new().with_colours(colours).with_inter_palette_max_error(levels);
        let file = written(&options, &images, &motion)?;
        let mut decoder = gif::DecodeOptions::new();
        decoder.set_color_output(gif::ColorOutput::Indexed);
        let mut decoder = decoder.read_info(&file[..]).expect("a GIF for others");
        while let Some(frame) = decoder.read_next_frame().expect("a frame for others") {
            assert!(frame.transparent.is_some(), "{colours} colours");
        }
    }
    Ok(())
}

#[test]
fn frames_begin_when_they_did() {
    let mut time = Time::default();
    let delays = [33, 33, 34, 16, 16, 16, 1000, 0];
    assert_eq!(delays.map(|delay| time.next(delay)), [3, 4, 3, 2, 2, 2, 99, 2]);
}
