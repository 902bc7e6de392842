//! The resampler against exact sums, against another resampler, and against itself in other cuts.

mod oracle;

use std::sync::Arc;

use super::*;
use crate::ops::records::SourceBox;
use crate::picture::image::Subsampling;

const KERNELS: [Kernel; 6] = [
    Kernel::Nearest,
    Kernel::Linear,
    Kernel::Cubic,
    Kernel::Mitchell,
    Kernel::Lanczos2,
    Kernel::Lanczos3,
];

const LAYOUTS: [Layout; 7] = [
    Layout::Gray,
    Layout::GrayA,
    Layout::Rgb,
    Layout::Rgba,
    Layout::YCbCr(Subsampling::S444),
    Layout::YCbCr(Subsampling::S422),
    Layout::YCbCr(Subsampling::S420),
];

const SIZES: [(Size, Size); 9] = [
    (Size::new(1, 1), Size::new(5, 3)),
    (Size::new(3, 2), Size::new(1, 1)),
    (Size::new(40, 30), Size::new(40, 30)),
    (Size::new(61, 47), Size::new(13, 9)),
    (Size::new(50, 40), Size::new(97, 83)),
    (Size::new(64, 48), Size::new(31, 96)),
    (Size::new(90, 9), Size::new(90, 4)),
    (Size::new(9, 90), Size::new(3, 90)),
    (Size::new(300, 200), Size::new(2, 3)),
];

fn resize(size: Size, to: Size, kernel: Kernel) -> ResizeOp {
    ResizeOp {
        from: SourceBox::whole(size),
        to,
        window: Rect::whole(to),
        kernel,
        linear: false,
        full_chroma: false,
    }
}

/// A picture of smooth waves, so that no kernel overshoots much, with a little noise.
fn waves(layout: Layout, size: Size, seed: u64) -> Band {
    let mut band = Band::new(layout, size.width, 0..size.height).expect("memory");
    let mut state = seed | 1;
    for (index, plane) in layout.planes().iter().enumerate() {
        let stride = band.stride(index);
        for (at, sample) in band.plane_mut(index).iter_mut().enumerate() {
            let (x, y) = (at % stride / plane.channels as usize, at / stride);
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(at as u64);
            let channel = at % plane.channels as usize + index;
            let phase = x as f64 / (7.0 + channel as f64) + (y as f64 / 9.0).sin() * 3.0;
            let noise = (state >> 40) as f64 / f64::from(1 << 24);
            *sample = byte(128.0 + 90.0 * phase.sin() + 20.0 * noise);
        }
    }
    band
}

/// A picture of noise: every sample from 0 to 255.
fn noise(layout: Layout, size: Size, seed: u64) -> Band {
    let mut band = Band::new(layout, size.width, 0..size.height).expect("memory");
    let mut state = seed;
    for index in 0..layout.planes().len() {
        for sample in band.plane_mut(index) {
            state =
                state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
            *sample = (state >> 56) as u8;
        }
    }
    band
}

#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn byte(value: f64) -> u8 {
    value.round() as u8
}

/// The rows of `band` that `rows` names, as a band.
fn cut(band: &Band, rows: Range<u32>) -> Band {
    let mut part = Band::new(band.layout(), band.width(), rows.clone()).expect("memory");
    for (index, plane) in band.layout().planes().iter().enumerate() {
        let stride = band.stride(index);
        let rows = plane.rows(&rows);
        let bytes = rows.start as usize * stride..rows.end as usize * stride;
        part.plane_mut(index).copy_from_slice(&band.plane(index)[bytes]);
    }
    part
}

/// All output rows, made in bands of `step` rows from source bands of `source_step` rows.
fn run(op: ResizeOp, source: &Band, step: u32, source_step: u32) -> Vec<Vec<u8>> {
    let layout = source.layout();
    let resample = Resample::new(op, source.size(), layout, Level::detect());
    let height = op.window.height;
    let mut planes = vec![Vec::new(); layout.planes().len()];
    let mut start = 0;
    while start < height {
        let end = (start + step.next_multiple_of(layout.row_unit())).min(height);
        let needed = resample.needs(start..end, 0);
        let step = source_step.next_multiple_of(layout.row_unit());
        let bands: Vec<Arc<Band>> = (needed.start / step..needed.end.div_ceil(step))
            .map(|n| n * step..((n + 1) * step).min(source.size().height))
            .map(|rows| Arc::new(cut(source, rows)))
            .collect();
        let mut out = Band::new(op.layout(layout), op.window.width, start..end).expect("memory");
        resample.run(&[BandRows::new(&bands)], &mut out).expect("a resize");
        for (index, plane) in planes.iter_mut().enumerate() {
            plane.extend_from_slice(out.plane(index));
        }
        start = end;
    }
    planes
}

fn whole(op: ResizeOp, source: &Band) -> Vec<Vec<u8>> {
    run(op, source, op.window.height, source.size().height)
}

#[test]
fn bands_do_not_show() {
    for layout in LAYOUTS {
        for (size, to) in SIZES {
            for kernel in [Kernel::Nearest, Kernel::Mitchell, Kernel::Lanczos3] {
                for linear in [false, true] {
                    let op = ResizeOp { linear, ..resize(size, to, kernel) };
                    let source = noise(layout, size, 5);
                    let once = whole(op, &source);
                    for (step, source_step) in [(1, 1), (4, 3), (7, 64)] {
                        let found = run(op, &source, step, source_step);
                        assert!(found == once, "{layout} {size} {to} {kernel:?} {step}");
                    }
                }
            }
        }
    }
}

/// The windowed part of whole planes.
fn part(planes: &[Vec<u8>], layout: Layout, width: u32, window: Rect) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    for (data, plane) in planes.iter().zip(layout.planes()) {
        let channels = plane.channels as usize;
        let columns = window.x / plane.sub_x..(window.x + window.width).div_ceil(plane.sub_x);
        let rows = plane.rows(&window.rows());
        let bytes = columns.start as usize * channels..columns.end as usize * channels;
        let lines = data.chunks_exact(plane.stride(width));
        let lines = lines.skip(rows.start as usize).take(rows.len());
        parts.push(lines.flat_map(|line| line[bytes.clone()].iter().copied()).collect());
    }
    parts
}

/// A source without what `keep` leaves out.
fn crop(source: &Band, keep: Rect) -> Band {
    let layout = source.layout();
    let mut out = Band::new(layout, keep.width, 0..keep.height).expect("memory");
    let planes: Vec<Vec<u8>> =
        (0..layout.planes().len()).map(|index| source.plane(index).to_vec()).collect();
    for (index, data) in part(&planes, layout, source.width(), keep).iter().enumerate() {
        out.plane_mut(index).copy_from_slice(data);
    }
    out
}

#[test]
fn a_window_is_a_crop_of_the_whole_from_the_whole_or_a_part_of_the_source() {
    let windows =
        [(0.0, 0.0, 1.0, 1.0), (0.5, 0.3, 0.2, 0.5), (0.9, 0.9, 0.1, 0.1), (0.0, 0.6, 0.5, 0.1)];
    for layout in LAYOUTS {
        for (size, to) in SIZES {
            let source = noise(layout, size, 9);
            for (kernel, linear) in KERNELS.into_iter().flat_map(|k| [(k, false), (k, true)]) {
                let op = ResizeOp { linear, ..resize(size, to, kernel) };
                let all = whole(op, &source);
                for (x, y, width, height) in windows {
                    // Corners on whole chroma samples.
                    let start = |share: f64, of: u32| byte(share * f64::from(of)) as u32 / 2 * 2;
                    let side = |share: f64, of: u32, start: u32| {
                        (u32::from(byte(share * f64::from(of))).max(1).next_multiple_of(2))
                            .min(of - start)
                    };
                    let (x, y) = (
                        start(x, to.width).min(to.width - 1) / 2 * 2,
                        start(y, to.height).min(to.height - 1) / 2 * 2,
                    );
                    let (width, height) = (side(width, to.width, x), side(height, to.height, y));
                    let window = Rect::new(x, y, width, height);
                    let expected = part(&all, layout, to.width, window);
                    let windowed = ResizeOp { window, ..op };
                    assert!(whole(windowed, &source) == expected, "{layout} {size} {to} {window}");
                    let keep = source_window(&windowed, size, layout);
                    assert!(keep.fits(size));
                    let from = windowed.from.moved_from(keep.x, keep.y);
                    let cropped = whole(ResizeOp { from, ..windowed }, &crop(&source, keep));
                    assert!(cropped == expected, "{layout} {size} {to} {window} {keep} {kernel:?}");
                }
            }
        }
    }
}

/// Chroma that becomes as large as luma is a gray picture of half the size, resized to all of it; a window of it
/// may begin anywhere.
#[test]
fn full_chroma_is_a_resize_of_its_plane() {
    let layout = Layout::YCbCr(Subsampling::S420);
    let full = Layout::YCbCr(Subsampling::S444);
    let sizes =
        [((40, 30), (13, 9)), ((64, 48), (31, 24)), ((90, 8), (45, 4)), ((24, 20), (40, 50))];
    for ((width, height), (to_width, to_height)) in sizes {
        let (size, to) = (Size::new(width, height), Size::new(to_width, to_height));
        for kernel in KERNELS {
            let op = ResizeOp { full_chroma: true, ..resize(size, to, kernel) };
            let source = noise(layout, size, 5);
            let found = whole(op, &source);
            for (index, found) in found.iter().enumerate() {
                let plane = layout.planes()[index].size(size);
                let mut gray =
                    Band::new(Layout::Gray, plane.width, 0..plane.height).expect("memory");
                gray.plane_mut(0).copy_from_slice(source.plane(index));
                let expected = whole(resize(plane, to, kernel), &gray);
                assert!(*found == expected[0], "{size} {to} {kernel:?} plane {index}");
            }
            for window in [Rect::new(3, 1, 5, 3), Rect::new(to_width - 1, to_height - 2, 1, 2)] {
                let windowed = ResizeOp { window, ..op };
                let expected = part(&found, full, to.width, window);
                assert!(whole(windowed, &source) == expected, "{size} {to} {window} {kernel:?}");
                let keep = source_window(&windowed, size, layout);
                let from = windowed.from.moved_from(keep.x, keep.y);
                let cropped = whole(ResizeOp { from, ..windowed }, &crop(&source, keep));
                assert!(cropped == expected, "{size} {to} {window} {keep} {kernel:?}");
            }
        }
    }
}

#[test]
fn plain_pictures_stay_plain() {
    for layout in LAYOUTS {
        for (size, to) in SIZES {
            for kernel in KERNELS {
                for value in (0..=255).step_by(15) {
                    let mut source = Band::new(layout, size.width, 0..size.height).expect("memory");
                    let planes = layout.planes().len();
                    (0..planes).for_each(|index| source.plane_mut(index).fill(value));
                    for linear in [false, true] {
                        let op = ResizeOp { linear, ..resize(size, to, kernel) };
                        let plain = |data: &Vec<u8>| data.iter().all(|&sample| sample == value);
                        assert!(
                            whole(op, &source).iter().all(plain),
                            "{layout} {size} {to} {kernel:?} {value} {linear}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_plain_colour_stays_under_any_alpha() {
    let size = Size::new(29, 17);
    for (to, kernel) in [(Size::new(5, 4), Kernel::Lanczos3), (Size::new(60, 40), Kernel::Cubic)] {
        for linear in [false, true] {
            for alpha in 1..=255 {
                let mut source =
                    Band::new(Layout::Rgba, size.width, 0..size.height).expect("memory");
                let pixels = source.plane_mut(0).as_chunks_mut::<4>().0;
                pixels.fill([alpha, 3, 255, alpha]);
                let op = ResizeOp { linear, ..resize(size, to, kernel) };
                let found = whole(op, &source);
                let same = |pixel: &[u8; 4]| *pixel == [alpha, 3, 255, alpha];
                assert!(
                    found[0].as_chunks::<4>().0.iter().all(same),
                    "{alpha} {linear} {kernel:?}"
                );
            }
        }
    }
}

/// What is transparent has a colour too, which must not bleed.
#[test]
fn transparent_colours_do_not_show() {
    let size = Size::new(32, 32);
    let mut source = Band::new(Layout::Rgba, size.width, 0..size.height).expect("memory");
    for (at, pixel) in source.plane_mut(0).as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *pixel = if at % 32 < 16 { [200, 100, 50, 255] } else { [0, 255, 0, 0] };
    }
    for linear in [false, true] {
        let op = ResizeOp { linear, ..resize(size, Size::new(9, 9), Kernel::Linear) };
        for [r, g, b, a] in whole(op, &source)[0].as_chunks::<4>().0 {
            assert!([*r, *g, *b] == [200, 100, 50] || *a == 0, "{r} {g} {b} {a}");
        }
    }
}

#[test]
fn a_line_keeps_its_place() {
    let size = Size::new(120, 120);
    for at in [0, 17, 60, 101, 119] {
        let mut source = Band::new(Layout::Gray, size.width, 0..size.height).expect("memory");
        for (index, sample) in source.plane_mut(0).iter_mut().enumerate() {
            *sample = if index % 120 == at { 255 } else { 0 };
        }
        for kernel in KERNELS {
            for to in [30, 120, 360] {
                let found = whole(resize(size, Size::new(to, 50), kernel), &source);
                let row = &found[0][..to as usize];
                let brightest = (0..row.len()).max_by_key(|&x| row[x]).expect("a row") as f64;
                // Nearest may miss it.
                if row.iter().any(|&sample| sample > 0) {
                    let centre = (brightest + 0.5) * 120.0 / f64::from(to);
                    let distance = (centre - at as f64 - 0.5).abs();
                    let pixel = (120.0 / f64::from(to)).max(1.0);
                    assert!(distance <= pixel / 2.0 + 1e-9, "{kernel:?} {to} {at}: {centre}");
                }
            }
        }
    }
}
