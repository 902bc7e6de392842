//! Pixels against the plain formulas, and the rows that they are made of.

use super::map::whole;
use super::*;
use crate::ops::resample::weight;
use crate::recipe::options::Real;
use crate::{Image, Pipeline};

/// A sum of the pixels around a place, by the plain formulas.
fn expected(image: &Image, op: &impl Placing, x: u32, y: u32) -> Vec<f64> {
    let map = op.map(image.size()).expect("a map");
    let ((x, y), layout) = (map.source(x.into(), y.into()), image.layout());
    let background = samples(op.background(), layout);
    let channels = layout.channels() as usize;
    let Size { width, height } = image.size();
    let pixel = |column: f64, row: f64| {
        let inside = (0.0..width.into()).contains(&column) && (0.0..height.into()).contains(&row);
        if !inside {
            return &background[..channels];
        }
        let at = (whole(row) * width + whole(column)) as usize * channels;
        &image.data()[at..at + channels]
    };
    let (mut sums, mut total, mut all) = (vec![0.0; channels], 0.0, 0.0);
    let steps = || (-2..=3).map(f64::from);
    for (dx, dy) in steps().flat_map(|dx| steps().map(move |dy| (dx, dy))) {
        let (column, row) = (x.floor() + dx, y.floor() + dy);
        let mut weight = weight(op.kernel(), x - column) * weight(op.kernel(), y - row);
        all += weight;
        let found = pixel(column, row);
        if layout.has_alpha() {
            weight *= f64::from(found[channels - 1]) / 255.0;
        }
        total += weight;
        sums.iter_mut().zip(found).for_each(|(sum, sample)| *sum += weight * f64::from(*sample));
    }
    let by = if layout.has_alpha() { total.max(1e-9) } else { all };
    sums.iter_mut().for_each(|sum| *sum = (*sum / by).clamp(0.0, 255.0));
    if layout.has_alpha() {
        sums[channels - 1] = (total / all * 255.0).clamp(0.0, 255.0);
    }
    sums
}

/// Compares all pixels; places are rounded to parts of a pixel.
fn compare(op: &impl Placing, made: impl Fn(Pipeline) -> Pipeline, within: f64) -> Result<()> {
    for layout in [Layout::Gray, Layout::Rgb, Layout::GrayA, Layout::Rgba] {
        let size = Size::new(23, 17);
        let mut state = 7_u32;
        let mut sample = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let samples = (0..layout.bytes(size)).map(|_| sample()).collect();
        let image = Image::new(size, layout, samples)?;
        let layout = holding(layout, op.background());
        let image = if layout == image.layout() { image } else { continue };
        let found = made(Pipeline::open(image.clone())).pixels()?;
        let to = op.map(size)?.to;
        assert_eq!((found.size(), found.layout()), (to, layout), "{op}");
        let channels = layout.channels() as usize;
        for (at, pixel) in found.data().chunks_exact(channels).enumerate() {
            let at = u32::try_from(at).expect("small");
            let (x, y) = (at % to.width, at / to.width);
            let exact = expected(&image, op, x, y);
            // Pixels that are nearly clear have hardly a colour.
            let clear = layout.has_alpha() && pixel[channels - 1] < 16;
            for (found, exact) in pixel.iter().zip(&exact) {
                let apart = (f64::from(*found) - exact).abs();
                assert!(apart <= within || clear, "{op} {layout} {x},{y}: {found} {exact}");
            }
        }
    }
    Ok(())
}

const BACKGROUNDS: [Colour; 4] = [
    Colour::WHITE,
    Colour::rgb(10, 200, 30),
    Colour::rgba(0, 0, 0, 0),
    Colour::rgba(90, 9, 200, 128),
];

#[test]
fn turned_pixels_are_means_of_those_around_their_place() -> Result<()> {
    for background in BACKGROUNDS {
        for degrees in [1.0, 30.0, 89.0, 91.0, 135.0, 200.5, -45.0, 300.0, 719.0] {
            let turned = |it: Pipeline| it.rotate_by(degrees, background);
            compare(&Rotate::new(degrees, background), turned, 2.5)?;
        }
    }
    Ok(())
}

#[test]
fn leaning_pixels_are_means_of_those_around_their_place() -> Result<()> {
    for background in BACKGROUNDS {
        for (x, y) in [(10.0, 0.0), (0.0, -33.0), (45.0, 20.0), (-70.0, 5.0)] {
            let shear = Pipeline::shear;
            let op = Shear { x: Real::new(x), y: Real::new(y), background };
            // Colours of pixels with little alpha weigh a rounded place more.
            compare(&op, |it| shear(it, x, y, background), 5.0)?;
        }
    }
    Ok(())
}

const MATRICES: [[[f64; 2]; 2]; 6] = [
    [[1.3, 0.2], [-0.4, 0.9]],
    [[-1.0, 0.0], [0.0, 1.0]],
    [[0.5, 0.0], [0.1, 0.4]],
    [[3.0, 1.0], [0.0, 2.0]],
    [[0.0, 1.0], [1.0, 0.0]],
    [[-0.7, -0.2], [0.3, -1.9]],
];

#[test]
fn moved_pixels_are_sums_by_their_kernel() -> Result<()> {
    let kernels =
        [Kernel::Linear, Kernel::Cubic, Kernel::Mitchell, Kernel::Lanczos2, Kernel::Lanczos3];
    for (matrix, kernel) in MATRICES.into_iter().flat_map(|it| kernels.map(|kernel| (it, kernel))) {
        for background in BACKGROUNDS {
            let op = Affine::from(matrix).kernel(kernel).background(background);
            // Sums of noise by weights below 0 and alpha between change fast.
            let within = if kernel == Kernel::Linear { 2.5 } else { 6.0 };
            compare(&op, |it| it.affine(op), within)?;
        }
    }
    Ok(())
}

#[test]
fn the_nearest_pixel_is_one_of_the_picture() -> Result<()> {
    let image = Image::new(Size::new(3, 2), Layout::Gray, vec![1, 2, 3, 4, 5, 6])?;
    let affine = |matrix| Affine::from(matrix).kernel(Kernel::Nearest);
    let made = |matrix| Pipeline::open(image.clone()).affine(affine(matrix)).pixels();
    assert_eq!(made([[-1.0, 0.0], [0.0, -1.0]])?.data(), [6, 5, 4, 3, 2, 1]);
    let twice = made([[2.0, 0.0], [0.0, 1.0]])?;
    assert_eq!(twice.data(), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
    assert_eq!(made([[0.0, 1.0], [1.0, 0.0]])?.data(), [1, 4, 2, 5, 3, 6]);
    Ok(())
}

/// Of each row what its places reach, and nothing before what later rows need.
#[test]
fn rows_that_are_needed_are_in_order_and_enough() -> Result<()> {
    let size = Size::new(40, 31);
    let turns = [0.5, 33.0, 90.5, 120.0, 180.2, 260.0, 359.0];
    let turns = turns.map(|degrees| Rotate::new(degrees, Colour::BLACK).map(size));
    let moves = MATRICES.map(|matrix| Affine::from(matrix).map(size));
    for (map, reach) in turns.into_iter().chain(moves).flat_map(|map| {
        let map = map.expect("a map");
        [1, 2, 3].map(|reach| (map, reach))
    }) {
        let mut before = 0..0;
        for y in 0..map.to.height {
            let needed = map.needed(y..y + 1, reach);
            assert!(needed.start >= before.start && needed.end >= before.end, "{map:?} {y}");
            assert_eq!(map.needed(0..y + 1, reach).end, needed.end);
            for x in 0..map.to.width {
                let row = map.source(x.into(), y.into()).1.floor();
                let rows =
                    (1 - i32::try_from(reach).expect("few"))..=i32::try_from(reach).expect("few");
                for row in rows.map(|by| row + f64::from(by)) {
                    let is_there = (0.0..31.0).contains(&row);
                    assert!(!is_there || needed.contains(&whole(row)), "{map:?} {x},{y}: {row}");
                }
            }
            before = needed;
        }
    }
    Ok(())
}

#[test]
fn what_makes_a_line_or_too_much_is_refused() -> Result<()> {
    let image = Pipeline::open(Image::new(Size::new(8, 8), Layout::Gray, vec![0; 64])?);
    let code = |job: Pipeline| job.plan().expect_err("an error").code();
    for matrix in [
        [[0.0, 0.0], [0.0, 0.0]],
        [[1.0, 2.0], [2.0, 4.0]],
        [[1.0, 1.0], [1.0, 1.000_000_000_1]],
        [[f64::NAN, 0.0], [0.0, 1.0]],
        [[1e12, 0.0], [0.0, 1.0]],
        [[1e-12, 0.0], [0.0, 1.0]],
    ] {
        assert_eq!(code(image.clone().affine(matrix)), "invalid_option", "{matrix:?}");
    }
    for degrees in [90.0, -90.0, 89.1, f64::NAN] {
        assert_eq!(code(image.clone().shear(degrees, 0.0, Colour::BLACK)), "invalid_option");
        assert_eq!(code(image.clone().shear(0.0, degrees, Colour::BLACK)), "invalid_option");
    }
    Ok(())
}

/// Wide kernels on wide pictures are done in bands that take no longer than others.
#[test]
fn bands_are_as_high_as_time_allows() {
    let rows = |op: Affine, width, height| {
        let shape = Shape::new(Size::new(width, height), Layout::Rgb);
        op.rows(shape, Level::detect()).band_rows(64)
    };
    assert_eq!(rows(Affine::from([[1.0, 0.0], [0.0, 0.5]]), 2000, 1500), 64);
    let leaning = Affine::from([[0.01, 5.0], [0.02, 0.01]]).kernel(Kernel::Lanczos3);
    assert_eq!(rows(leaning, 2725, 2225), 13);
    assert_eq!(rows(leaning, 100, 65_000), 1);
}
