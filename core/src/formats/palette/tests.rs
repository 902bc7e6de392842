use super::*;
use crate::{Gif, Image, Pipeline, Png};

/// A picture of 64x48 whose samples are functions of their place.
fn canvas(layout: Layout, sample: impl Fn(usize, usize, usize) -> usize) -> Result<Band> {
    let mut band = Band::new(layout, 64, 0..48)?;
    let channels = layout.channels() as usize;
    for (at, to) in band.plane_mut(0).iter_mut().enumerate() {
        let (pixel, channel) = (at / channels, at % channels);
        *to = sample(pixel % 64, pixel / 64, channel).to_le_bytes()[0];
    }
    Ok(band)
}

fn indexed(canvas: &Band, colours: u32, dither: f64, half_clear: bool) -> Result<Indexed> {
    Indexed::of(canvas, settings(colours, dither, half_clear), &Watch::default())
}

fn settings(colours: u32, dither: f64, half_clear: bool) -> PaletteSettings {
    let dither = Strength::new(dither);
    PaletteSettings { colours, dither, half_clear, keeps_clear: false }
}

/// The pixels as the palette has them.
fn shown(indexed: &Indexed) -> Vec<Entry> {
    indexed.indices.iter().map(|&index| indexed.palette[usize::from(index)]).collect()
}

fn pixels(canvas: &Band) -> Vec<Entry> {
    Pixels { canvas, half_clear: true }.rows().flatten().collect()
}

#[test]
fn few_colours_are_taken_as_they_are() -> Result<()> {
    for layout in [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba] {
        for colours in [2, 3, 16, 17, 255, 256] {
            let picture =
                canvas(layout, |x, y, channel| (x + y * 64) % colours * (5 + channel * 4))?;
            let distinct: std::collections::BTreeSet<Entry> =
                pixels(&picture).into_iter().collect();
            let found =
                indexed(&picture, u32::try_from(distinct.len().max(2)).unwrap_or(0), 1.0, true)?;
            assert_eq!(found.palette.len(), distinct.len(), "{layout} {colours}");
            assert_eq!(shown(&found), pixels(&picture), "{layout} {colours}");
        }
    }
    Ok(())
}

#[test]
fn many_colours_become_no_more_than_asked_for_and_stay_near() -> Result<()> {
    let picture = canvas(Layout::Rgb, |x, y, channel| [x * 4, y * 5, (x + y) * 2][channel])?;
    let mut errors = Vec::new();
    for colours in [2, 16, 64, 256] {
        let found = indexed(&picture, colours, 0.0, true)?;
        assert!(
            found.palette.len() <= colours as usize && found.palette.len() > colours as usize / 2
        );
        let apart = |(one, other): (Entry, Entry)| {
            i64::from(point::apart(point::of(one), point::of(other)))
        };
        let error: i64 = shown(&found).into_iter().zip(pixels(&picture)).map(apart).sum();
        errors.push(error / (64 * 48));
    }
    assert!(errors.is_sorted_by(|more, less| more > &(2 * less)), "{errors:?}");
    // Less than 8 levels of lightness.
    assert!(errors[3] < (8 * 16) * (8 * 16), "{errors:?}");
    Ok(())
}

/// The mean of dots is the colour that the palette lacks; without dither it is another one.
#[test]
fn dither_keeps_the_mean() -> Result<()> {
    let picture = canvas(Layout::Gray, |x, y, _| if y < 4 { x % 2 * 255 } else { 80 + x / 16 })?;
    let mean = |dither| -> Result<f64> {
        let found = shown(&indexed(&picture, 2, dither, true)?);
        let below: f64 = found[64 * 8..].iter().map(|entry| f64::from(entry[0])).sum();
        Ok(below / (64.0 * 40.0))
    };
    let flat = canvas(Layout::Gray, |x, y, _| if (x + y * 64) < 5 { x * 50 } else { 100 })?;
    assert_eq!(shown(&indexed(&flat, 6, 1.0, true)?), pixels(&flat));
    assert!((mean(1.0)? - 81.5).abs() < (mean(0.0)? - 81.5).abs() + 1.0);
    Ok(())
}

#[test]
fn opaque_pixels_stay_opaque_and_clear_ones_clear() -> Result<()> {
    let alpha = |x: usize| (x * 6).saturating_sub(40).min(255);
    let picture =
        canvas(Layout::Rgba, |x, y, channel| [x * 4, y * 5, (x * y) % 251, alpha(x)][channel])?;
    let found = shown(&indexed(&picture, 64, 1.0, true)?);
    for (entry, pixel) in found.iter().zip(pixels(&picture)) {
        assert!(pixel != CLEAR || *entry == CLEAR);
        assert!(pixel[3] < 255 || entry[3] == 255, "{entry:?} for {pixel:?}");
    }
    let found = shown(&indexed(&picture, 64, 1.0, false)?);
    for (entry, pixel) in found.iter().zip(pixels(&picture)) {
        assert_eq!(entry[3], if pixel[3] < 128 { 0 } else { 255 });
    }
    Ok(())
}

/// A picture that is near to a palette gets it, with its clear pixels; one that is farther does not.
#[test]
fn a_palette_is_shared_as_far_as_pixels_are_near() -> Result<()> {
    let slope = |shift: usize| {
        canvas(Layout::Rgba, move |x, y, channel| {
            let alpha = if x + y < shift { 0 } else { 255 };
            [x * 3 + shift, y * 4, 90 + shift, alpha][channel]
        })
    };
    let kept = PaletteSettings { keeps_clear: true, ..settings(32, 1.0, false) };
    let first = Indexed::of(&slope(0)?, kept, &Watch::default())?;
    assert!(first.palette.len() <= 32);
    assert_eq!(first.palette[0], CLEAR);
    let shared = |shift, levels| {
        Indexed::within(&slope(shift)?, &first.palette, kept, levels, &Watch::default())
    };
    let near = shared(3, 12)?.expect("a picture that is near");
    assert_eq!(near.palette, first.palette);
    for (entry, pixel) in shown(&near).iter().zip(pixels(&slope(3)?)) {
        assert_eq!(entry[3], pixel[3]);
    }
    assert!(shared(3, 1)?.is_none() && shared(60, 12)?.is_none() && shared(60, 255)?.is_some());
    // A palette of two has room for a clear colour too, and few colours are kept as they are.
    let two = PaletteSettings { colours: 2, ..kept };
    assert_eq!(Indexed::of(&slope(0)?, two, &Watch::default())?.palette.len(), 2);
    let flat = canvas(Layout::Rgb, |x, _, channel| if channel == 0 { x / 60 } else { 7 })?;
    let found = Indexed::of(&flat, kept, &Watch::default())?;
    assert_eq!(found.palette, [CLEAR, [0, 7, 7, 255], [1, 7, 7, 255]]);
    assert_eq!(shown(&found), pixels(&flat));
    Ok(())
}

#[test]
fn the_nearest_is_the_nearest() -> Result<()> {
    let level = |at: u32| at.wrapping_mul(2_654_435_761).to_be_bytes();
    let mut palette: Vec<Entry> = (1..200).map(level).collect();
    sort(&mut palette);
    let nearest = nearest::Nearest::new(&palette)?;
    for at in 500..1500 {
        let point = point::of(level(at));
        let apart = |entry: &Entry| point::apart(point::of(*entry), point);
        let least = palette.iter().map(apart).min();
        let found = nearest.find(point, (at % 199).to_le_bytes()[0]);
        assert_eq!(Some(apart(&palette[usize::from(found)])), least);
    }
    Ok(())
}

/// Both formats give back what a palette shows, at every depth of its indices.
#[test]
fn files_come_back() -> Result<()> {
    for layout in [Layout::Gray, Layout::Rgb, Layout::Rgba] {
        for colours in [2, 3, 4, 5, 16, 17, 200] {
            let size = Size::new(37, 23);
            let sample = |at: usize| match at % layout.channels() as usize {
                3 => [0, 255][at / 4 % colours % 2],
                channel => (at / layout.channels() as usize) % colours * (1 + channel % 2),
            };
            let data = (0..size.width as usize * size.height as usize * layout.channels() as usize)
                .map(|at| sample(at).to_le_bytes()[0])
                .collect();
            let image = Image::new(size, layout, data)?;
            let expected = canvas_of(&image)?;
            let open = || Pipeline::open(image.clone());
            for file in [open().encode(Png::new().palette(true)), open().encode(Gif::new())] {
                let found = Pipeline::open(file.run()?.data).pixels()?;
                assert_eq!(pixels(&canvas_of(&found)?), pixels(&expected), "{layout} {colours}");
            }
        }
    }
    Ok(())
}

fn canvas_of(image: &Image) -> Result<Band> {
    let Size { width, height } = image.size();
    let mut band = Band::new(image.layout(), width, 0..height)?;
    band.plane_mut(0).copy_from_slice(image.data());
    Ok(band)
}
