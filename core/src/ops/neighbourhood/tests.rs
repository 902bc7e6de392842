//! Operations on neighbourhoods against sums by their definitions, and against themselves in other cuts.

mod oracle;

use std::sync::Arc;

use super::*;
use crate::picture::image::band::{Band, BandRows};
use crate::recipe::options::Real;

const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba];

/// Single pixels, lines, sides that are smaller than what is reached, and more than is taken at a time.
const SIZES: [Size; 8] = [
    Size::new(1, 1),
    Size::new(1, 9),
    Size::new(13, 1),
    Size::new(2, 3),
    Size::new(31, 17),
    Size::new(7, 40),
    Size::new(150, 9),
    Size::new(400, 3),
];

fn blur(sigma: f64) -> AnyPictureOp {
    Blur { sigma: Real::new(sigma) }.into()
}

fn sharpen(sigma: f64, amount: f64, threshold: u8) -> AnyPictureOp {
    Sharpen::new().sigma(sigma).amount(amount).threshold(threshold).into()
}

fn median(size: u32) -> AnyPictureOp {
    Median { size }.into()
}

fn clahe(width: u32, height: u32, max_slope: u32) -> AnyPictureOp {
    Clahe::from((width, height)).max_slope(max_slope).into()
}

const SOBEL: [[f64; 3]; 3] = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]];

/// Weights without any order, of which none are the same from both sides.
fn wide() -> Convolve {
    Convolve::from([
        [0.5, -3.25, 7.0, 0.0, 1.0, 2.0, -4.0],
        [1.0, 2.0, 3.0, 9.0, -5.0, 0.125, 6.0],
        [-2.0, 0.0, 8.0, 1.5, 4.0, 3.0, 0.25],
    ])
}

/// Each operation, with options that show more.
fn samples() -> Vec<AnyPictureOp> {
    vec![
        blur(0.3),
        blur(1.7),
        blur(40.0),
        sharpen(0.5, 2.0, 0),
        sharpen(1.5, 0.7, 9),
        sharpen(10.0, 10.0, 0),
        median(3),
        median(5),
        median(31),
        Convolve::from(SOBEL).into(),
        Convolve::from(SOBEL).scale(-2.0).offset(127.5).into(),
        wide().into(),
        Convolve::from([[1.0; 31]; 5]).into(),
        clahe(1, 1, 0),
        clahe(5, 9, 0),
        clahe(20, 4, 3),
        clahe(200, 33, 1),
    ]
}

/// A picture of noise, of which some parts are clear and some opaque.
fn noise(layout: Layout, size: Size) -> Arc<Band> {
    let mut band = Band::new(layout, size.width, 0..size.height).expect("memory");
    let mut state = 7_u64;
    for sample in band.plane_mut(0) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        *sample = (state >> 56) as u8;
    }
    if layout.has_alpha() {
        let pixels = band.plane_mut(0).chunks_exact_mut(layout.channels() as usize);
        for (index, pixel) in pixels.enumerate() {
            match (index / 5 % 4, pixel.last_mut()) {
                (0, Some(alpha)) => *alpha = 0,
                (1, Some(alpha)) => *alpha = 255,
                _ => {}
            }
        }
    }
    Arc::new(band)
}

/// The rows of `band` that `rows` names, in bands of `step` rows that begin at multiples of it.
fn cut(band: &Band, rows: Range<u32>, step: u32) -> Vec<Arc<Band>> {
    let (stride, height) = (band.stride(0), band.size().height);
    let bands = (rows.start / step..rows.end.div_ceil(step)).map(|n| {
        let rows = n * step..((n + 1) * step).min(height);
        let mut part = Band::new(band.layout(), band.width(), rows.clone()).expect("memory");
        let bytes = rows.start as usize * stride..rows.end as usize * stride;
        part.plane_mut(0).copy_from_slice(&band.plane(0)[bytes]);
        Arc::new(part)
    });
    bands.collect()
}

/// The picture that an operation makes, in bands of `step` rows.
fn made(op: &AnyPictureOp, source: &Band, step: u32, level: Level) -> Arc<Band> {
    let shape = Shape::new(source.size(), source.layout());
    let Shape { size, layout } = op.op().shape(shape).expect("a shape");
    let rows = op.op().rows(shape, level);
    let mut whole = Band::new(layout, size.width, 0..size.height).expect("memory");
    for start in (0..size.height).step_by(step as usize) {
        let end = (start + step).min(size.height);
        let bands = cut(source, rows.needs(start..end, 0), step);
        let mut out = Band::new(layout, size.width, start..end).expect("memory");
        rows.run(&[BandRows::new(&bands)], &mut out).expect("rows");
        let stride = out.stride(0);
        whole.plane_mut(0)[start as usize * stride..end as usize * stride]
            .copy_from_slice(out.plane(0));
    }
    Arc::new(whole)
}

fn whole(op: &AnyPictureOp, source: &Band) -> Arc<Band> {
    made(op, source, source.size().height, Level::detect())
}

fn part(source: &Arc<Band>, rect: Rect) -> Arc<Band> {
    let mut out = Band::new(source.layout(), rect.width, 0..rect.height).expect("memory");
    let bands = [Arc::clone(source)];
    Crop { rect }.run(&[BandRows::new(&bands)], &mut out).expect("rows");
    Arc::new(out)
}

/// A job has the same bytes in bands of any height, and on any CPU.
#[test]
fn bands_and_levels_do_not_show() {
    for layout in LAYOUTS {
        for size in SIZES {
            let source = noise(layout, size);
            for op in samples() {
                let expected = whole(&op, &source);
                for step in [1, 4, 7] {
                    let found = made(&op, &source, step, Level::detect());
                    assert!(found.plane(0) == expected.plane(0), "{} {layout} {size}", op.op());
                }
                for level in Level::available() {
                    let found = made(&op, &source, size.height, level);
                    assert!(found.plane(0) == expected.plane(0), "{} {layout} {size}", op.op());
                }
            }
        }
    }
}

/// A crop below is a crop above, and so is a crop of that.
#[test]
fn a_crop_passes_through_with_the_pixels_around_it() {
    for layout in LAYOUTS {
        for size in SIZES {
            let source = noise(layout, size);
            let Size { width, height } = size;
            let corner = Rect::new(width - width.div_ceil(3), 0, width.div_ceil(3), 1);
            let middle = Rect::new(width / 3, height / 4, width.div_ceil(3), height.div_ceil(2));
            for op in samples() {
                let expected = whole(&op, &source);
                for rect in [Rect::whole(size), corner, middle] {
                    let Cropped { input, op: cropped } =
                        op.op().cropped(rect, size).expect("a crop passes");
                    let found = whole(&cropped, &part(&source, input));
                    let name = format!("{} {layout} {size} {rect}", op.op());
                    assert_eq!(found.size(), rect.size(), "{name}");
                    assert!(found.plane(0) == part(&expected, rect).plane(0), "{name}");

                    let again = Rect::new(rect.width / 2, rect.height / 2, 1, 1);
                    let Cropped { input: inner, op: cropped } =
                        cropped.op().cropped(again, input.size()).expect("a crop passes");
                    let found = whole(&cropped, &part(&source, inner.within(input)));
                    let dot = part(&expected, again.within(rect));
                    assert!(found.plane(0) == dot.plane(0), "{name} {again}");
                }
            }
        }
    }
}

/// As little as is reached is read.
#[test]
fn a_crop_keeps_as_many_pixels_as_are_reached() {
    let size = Size::new(500, 400);
    let rect = Rect::new(100, 80, 10, 20);
    for (op, input) in [
        (blur(2.0), Rect::new(92, 72, 26, 36)),
        (blur(100.0), Rect::new(0, 0, 500, 400)),
        (sharpen(1.0, 1.0, 0), Rect::new(96, 76, 18, 28)),
        (median(5), Rect::new(98, 78, 14, 24)),
        (wide().into(), Rect::new(97, 79, 16, 22)),
        (clahe(8, 5, 3), Rect::new(96, 78, 18, 24)),
    ] {
        let cropped = op.op().cropped(rect, size).expect("a crop passes");
        assert_eq!(cropped.input, input, "{}", op.op());
        let shape = Shape::new(input.size(), Layout::Rgb);
        let made = cropped.op.op().shape(shape).expect("a shape");
        assert_eq!(made, Shape::new(rect.size(), Layout::Rgb));
    }
}

#[test]
fn plain_pictures_stay_plain() {
    let ops = [blur(0.3), blur(3.0), blur(1000.0), sharpen(10.0, 10.0, 0), median(3), median(9)];
    let ops = ops.into_iter().chain([wide().into(), Convolve::from([[1.0 / 3.0; 3]; 3]).into()]);
    for op in ops {
        for layout in LAYOUTS {
            for value in (1..=255).step_by(2) {
                let mut source = Band::new(layout, 41, 0..5).expect("memory");
                source.plane_mut(0).fill(value);
                let found = whole(&op, &source);
                let plain = found.plane(0).iter().all(|&sample| sample == value);
                assert!(plain, "{} {layout} {value}: {:?}", op.op(), found.plane(0));
            }
        }
    }
}

/// Colours that nobody sees do not bleed, and make no edges.
#[test]
fn clear_pixels_do_not_show() {
    let mut source = Band::new(Layout::Rgba, 20, 0..20).expect("memory");
    for (at, pixel) in source.plane_mut(0).as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *pixel = if at % 20 < 10 { [200, 100, 50, 255] } else { [0, 255, 0, 0] };
    }
    let smooth = Convolve::from([[1.0, 2.0, 1.0]; 3]).into();
    for op in [blur(2.0), smooth, sharpen(2.0, 10.0, 0)] {
        for [r, g, b, a] in whole(&op, &source).plane(0).as_chunks::<4>().0 {
            assert!(*a == 0 || [*r, *g, *b] == [200, 100, 50], "{}: {r} {g} {b} {a}", op.op());
        }
    }
}

/// Hidden colours too, of which the one in the middle of nine could be made anew.
#[test]
fn an_operation_that_changes_nothing_copies() {
    let source = noise(Layout::Rgba, Size::new(9, 5));
    let same = Convolve::from([[0.0; 3], [0.0, -2.0, 0.0], [0.0; 3]]);
    for op in [same.into(), median(1), sharpen(1.0, 0.0, 0)] {
        assert!(op.op().changes_nothing(Shape::new(source.size(), Layout::Rgba)), "{}", op.op());
        assert!(whole(&op, &source).plane(0) == source.plane(0), "{}", op.op());
    }
    for op in [Convolve::from([[0.0; 3], [0.0, 2.0, 0.0], [0.0; 3]]).scale(1.0), wide()] {
        assert!(!op.changes_nothing(Shape::new(source.size(), Layout::Rgba)), "{op}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let kernel = |rows: Vec<Vec<f64>>| AnyPictureOp::from(Convolve::from(rows));
    let of = |weight: f64| Convolve::from([[weight; 3]; 3]);
    let wrong = [
        blur(0.29),
        blur(1000.1),
        blur(f64::NAN),
        sharpen(0.29, 1.0, 0),
        sharpen(10.1, 1.0, 0),
        median(2),
        median(30),
        kernel(Vec::new()),
        kernel(vec![Vec::new(); 3]),
        kernel(vec![vec![1.0; 3]; 2]),
        kernel(vec![vec![1.0; 4]; 3]),
        kernel(vec![vec![1.0; 3]; 33]),
        kernel(vec![vec![1.0; 33]; 3]),
        kernel(vec![vec![1.0; 3], vec![1.0; 5], vec![1.0; 3]]),
        of(f64::NAN).into(),
        of(1e7).into(),
        of(1.0).scale(0.0).into(),
        of(1.0).scale(f64::INFINITY).into(),
        of(1.0).offset(-1e7).into(),
    ];
    for op in wrong {
        let error = op.op().layout(Layout::Rgb).expect_err("an error");
        assert_eq!(error.code(), "invalid_option", "{}: {error}", op.op());
    }
    for op in samples().into_iter().chain([kernel(vec![vec![1.0; 31]; 31])]) {
        assert!(op.op().layout(Layout::Rgb).is_ok(), "{}", op.op());
    }
}

/// Wide filters of wide pictures are made in bands that take no longer than others.
#[test]
fn bands_are_as_high_as_time_allows() {
    let rows = |op: AnyPictureOp, width, height| {
        let shape = Shape::new(Size::new(width, height), Layout::Rgb);
        op.op().rows(shape, Level::detect()).band_rows(64)
    };
    assert_eq!(rows(blur(2.0), 4000, 3000), 64);
    assert_eq!(rows(blur(1000.0), 4000, 3000), 4);
    assert!((4..64).contains(&rows(blur(50.0), 10_000, 3000)));
    assert_eq!(rows(blur(1000.0), 10, 10), 64);
    assert_eq!(rows(clahe(8, 8, 3), 1000, 1500), 64);
    assert_eq!(rows(clahe(1000, 1000, 3), 4000, 3000), 21);
    assert_eq!(rows(clahe(50, 50, 3), 65_535, 100), 1);
}
