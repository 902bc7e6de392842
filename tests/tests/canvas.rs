//! A stitch is its canvas: crops, resizes, colours, borders and seams. And a turn is of its picture.

use std::collections::BTreeSet;

use makeready::{
    Colour, Fit, Image, Jpeg, Kernel, Layout, Optimizations, Pipeline, Rect, Resize, Result,
    Shrink, Size, Stitch,
};
use makeready_tests::image;

fn page_of(tiles: &[Vec<u8>], across: u32) -> Pipeline {
    Pipeline::stitch(Stitch::across(across), tiles.to_vec())
}

/// The stitched canvas as raw pixels.
fn canvas_of(tiles: &[Vec<u8>], across: u32) -> Result<Pipeline> {
    Ok(Pipeline::open(page_of(tiles, across).pixels()?))
}

#[test]
fn stitch_then_resize_is_resizing_the_canvas() -> Result<()> {
    let tiles = ["photo.jpg", "photo-422.jpg", "progressive.jpg", "photo-444.jpg"].map(image);
    let canvas = canvas_of(&tiles, 2)?;
    for resize in [
        Resize::cover(400, 300),
        Resize::cover(300, 300),
        Resize::inside(111, 97),
        Resize::fill(1100, 333).kernel(Kernel::Mitchell),
        Resize::contain(200, 200).kernel(Kernel::Cubic),
        Resize::width(77).linear(true),
    ] {
        let expected =
            canvas.clone().resize(resize).optimizations(Optimizations::none()).pixels()?;
        let off = page_of(&tiles, 2).resize(resize).optimizations(Optimizations::none());
        assert_eq!(off.pixels()?, expected, "{resize:?} with all rules off");
        let unshrunk = page_of(&tiles, 2).resize(resize).shrink(Shrink::Off);
        assert_eq!(unshrunk.pixels()?, expected, "{resize:?} with shrink off");
    }
    Ok(())
}

/// The background of a stitch of planes is the colour that was asked for.
#[test]
fn the_background_of_planes_has_its_colour() -> Result<()> {
    let canvas = Stitch::canvas(600, 400).at([(16, 8)]).background(Colour::rgb(200, 40, 90));
    let page = Pipeline::stitch(canvas, [image("photo.jpg")]).encode(Jpeg::quality(95));
    assert!(page.explain()?.contains("keep_ycbcr x1"));
    let shown = Pipeline::open(page.run()?.data).crop(Rect::new(520, 380, 64, 16)).pixels()?;
    for pixel in shown.data().chunks_exact(3) {
        let apart = pixel.iter().zip([200_u8, 40, 90]).map(|(a, b)| a.abs_diff(b)).max();
        assert!(apart <= Some(3), "{pixel:?}");
    }
    Ok(())
}

/// A tile of one grey with a border of white, one pixel wide, as a JPEG that holds it well.
fn bordered_tile(width: u32, height: u32) -> Result<Vec<u8>> {
    let edge = |x, y| x == 0 || y == 0 || x == width - 1 || y == height - 1;
    let samples = (0..height)
        .flat_map(|y| (0..width).map(move |x| if edge(x, y) { 255 } else { 64 }))
        .collect();
    let image = Image::new(Size::new(width, height), Layout::Gray, samples)?;
    Ok(Pipeline::open(image).encode(Jpeg::quality(100)).run()?.data)
}

/// The mean of every column, and of every row.
fn profiles(image: &Image) -> (Vec<f64>, Vec<f64>) {
    let Size { width, height } = image.size();
    let sample = |x: u32, y: u32| f64::from(image.data()[(y * width + x) as usize]);
    let column = |x| (0..height).map(|y| sample(x, y)).sum::<f64>() / f64::from(height);
    let row = |y| (0..width).map(|x| sample(x, y)).sum::<f64>() / f64::from(width);
    ((0..width).map(column).collect(), (0..height).map(row).collect())
}

/// A one-pixel border around the canvas and along every seam stays where it is at every scale.
#[test]
fn borders_and_seams_keep_their_place_at_every_scale() -> Result<()> {
    let tile = bordered_tile(640, 480)?;
    let page = Pipeline::stitch(Stitch::across(2), vec![tile; 4]);
    let mut scales = BTreeSet::new();
    for (width, shrink) in [
        (1000, Shrink::Fast),
        (640, Shrink::Balanced),
        (640, Shrink::Fast),
        (320, Shrink::Balanced),
        (310, Shrink::Fast),
        (160, Shrink::Fast),
        (150, Shrink::Fast),
        (97, Shrink::Balanced),
    ] {
        let resize = Resize::width(width).fit(Fit::Inside);
        let shrunk = page.clone().resize(resize).shrink(shrink);
        scales.extend(shrunk.plan()?.decodes.iter().map(|decode| decode.scale));
        let full = page.clone().resize(resize).optimizations(Optimizations::none());
        let (columns, rows) = profiles(&shrunk.pixels()?);
        let (columns_full, rows_full) = profiles(&full.pixels()?);
        for (found, expected) in [(columns, columns_full), (rows, rows_full)] {
            let last = expected.len() - 1;
            for place in [0, expected.len() / 2, last] {
                let (found, expected) = (light_at(&found, place), light_at(&expected, place));
                assert!(expected.amount > 10.0, "{width} {shrink:?}: no line at {place}");
                let apart = (found.centre - expected.centre).abs();
                assert!(apart < 0.25, "{width} {shrink:?} at {place}: {found:?}, {expected:?}");
                // At the picture's own edge a clipped kernel and a scaled block weigh a line differently.
                let kept = found.amount / expected.amount;
                assert!((0.6..1.6).contains(&kept), "{width} {shrink:?} at {place}: {kept}");
            }
        }
    }
    assert_eq!(scales, BTreeSet::from([1, 2, 4, 8]));
    Ok(())
}

/// Light above the grey of the tiles.
#[derive(Debug)]
struct Light {
    /// Its sum.
    amount: f64,
    /// Where it lies.
    centre: f64,
}

/// The light of a line near a place of a profile. Rings around a line count with their sign, as they do
/// to the eye.
fn light_at(profile: &[f64], place: usize) -> Light {
    let near = place.saturating_sub(4)..(place + 5).min(profile.len());
    let light = |i: usize| profile[i] - 64.0;
    let amount: f64 = near.clone().map(light).sum();
    Light { amount, centre: near.map(|i| i as f64 * light(i)).sum::<f64>() / amount }
}

/// A crop of a page, at every offset modulo the blocks of its tiles, is that part of the canvas.
#[test]
fn crops_are_parts_of_the_canvas() -> Result<()> {
    let tiles = ["odd.jpg", "photo.jpg", "gray.jpg", "restart.jpg"].map(image);
    let canvas = canvas_of(&tiles, 2)?;
    for step in 0..24 {
        let rect = Rect::new(step * 29, step * 23, 100 + step, 77 + step);
        let found = page_of(&tiles, 2).crop(rect).pixels()?;
        assert_eq!(found, canvas.clone().crop(rect).pixels()?, "{rect}");
    }
    Ok(())
}

/// A picture whose samples tell their place is turned clockwise around its middle, and is of the background where there was nothing.
#[test]
fn a_turn_by_any_angle_takes_each_pixel_from_its_place() -> Result<()> {
    let (width, height) = (41_u32, 27_u32);
    let pixel = |at: u32| [40 + 4 * (at % width), 40 + 6 * (at / width), 0];
    let samples =
        (0..width * height).flat_map(pixel).map(|sample| u8::try_from(sample).expect("a sample"));
    let picture = Image::new(Size::new(width, height), Layout::Rgb, samples.collect())?;
    let mut outside = 0;
    for degrees in [30.0, -12.5, 45.0, 100.0, 190.0, 271.3] {
        let turned = Pipeline::open(picture.clone()).rotate_by(degrees, Colour::WHITE).pixels()?;
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let [from, to] = [Size::new(width, height), turned.size()]
            .map(|size| [f64::from(size.width) / 2.0, f64::from(size.height) / 2.0]);
        let mut inside = 0;
        for (at, found) in (0..).zip(turned.data().as_chunks::<3>().0) {
            let x = f64::from(at % turned.size().width) + 0.5 - to[0];
            let y = f64::from(at / turned.size().width) + 0.5 - to[1];
            let column = x * cosine + y * sine + from[0] - 0.5;
            let row = y * cosine - x * sine + from[1] - 0.5;
            let last = [f64::from(width - 1), f64::from(height - 1)];
            if (0.0..=last[0]).contains(&column) && (0.0..=last[1]).contains(&row) {
                let expected = [40.0 + 4.0 * column, 40.0 + 6.0 * row, 0.0];
                let is_close = |(a, b): (&u8, f64)| (f64::from(*a) - b).abs() <= 1.0;
                let close = found.iter().zip(expected).all(is_close);
                assert!(close, "{degrees}: {found:?} for {expected:?} at {x}, {y}");
                inside += 1;
            } else if column < -1.0 || row < -1.0 || column > last[0] + 1.0 || row > last[1] + 1.0 {
                assert_eq!(*found, [255; 3], "{degrees}: at {x}, {y}");
                outside += 1;
            }
        }
        assert!(inside > 950, "{degrees}: {inside}");
    }
    assert!(outside > 1000, "{outside}");
    Ok(())
}
