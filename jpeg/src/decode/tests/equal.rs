//! Several ways to the same pixels: regions, cuts of rows, levels, planes.

use super::{has_corpora, *};
use crate::PlaneMut;

/// Files of every kind: sampling, restarts, progressive, several scans, colour models.
const KINDS: [&str; 16] = [
    "corpora/jpeg-matrix/cjpeg_321x243_both_odd_420.jpg",
    "corpora/jpeg-matrix/cjpeg_321x243_both_odd_422.jpg",
    "corpora/jpeg-matrix/cjpeg_33x31_444.jpg",
    "corpora/jpeg-matrix/derived_227x149_progressive_restart2.jpg",
    "corpora/jpeg-matrix/derived_227x149_restart4.jpg",
    "corpora/jpeg-matrix/derived_grayscale_restart2.jpg",
    "corpora/jpeg-matrix/photo_640x480_420_rst.jpg",
    "corpora/jpeg-matrix/photo_320x240_420_prog.jpg",
    "corpora/jpeg-matrix/zune_non_interleaved_420_64x64.jpg",
    "corpora/jpeg-matrix/zune_non_interleaved_440_64x64.jpg",
    "corpora/jpeg-matrix/zune_sampling_factors_400x225.jpg",
    "corpora/jpeg-matrix/zune_weird_sampling_600x320.jpg",
    "corpora/jpeg-matrix/zune_grayscale_progressive_900x675.jpg",
    "corpora/jpeg-matrix/pil_cmyk.jpg",
    "corpora/jpeg-valid/restarts.jpg",
    "corpora/jpeg-valid/ycck.jpg",
];

/// A random part of an image; the first ones touch its corners.
fn region(random: &mut Random, number: u32, width: u32, height: u32) -> Region {
    let mut side = |all: u32, low: bool, high: bool| {
        let start = if low { 0 } else { random.below(all) };
        let len = if high { all - start } else { 1 + random.below(all - start) };
        (start, len)
    };
    let (x, width) = side(width, number & 1 != 0, number & 2 != 0);
    let (y, height) = side(height, number & 4 != 0, number & 8 != 0);
    Region { x, y, width, height }
}

/// A part of rows of pixels.
fn crop(pixels: &[u8], width: u32, pixel: usize, region: Region) -> Vec<u8> {
    let line = width as usize * pixel;
    let rows = region.y as usize..(region.y + region.height) as usize;
    let columns = region.x as usize * pixel..(region.x + region.width) as usize * pixel;
    rows.flat_map(|row| pixels[row * line..][columns.clone()].to_vec()).collect()
}

#[test]
fn a_region_is_a_crop_of_the_whole() {
    if !has_corpora() {
        return;
    }
    for (seed, name) in (1..).zip(KINDS) {
        let data = load(name);
        let header = read_header(&data).expect(name);
        let mut random = Random::new(seed);
        for scale in SCALES {
            for format in [Format::Rgb, Format::Gray] {
                let request = whole(&header, scale, format);
                let Ok(all) = rows(&data, &header, request, Level::detect(), u32::MAX) else {
                    assert_eq!((format, header.components.len()), (Format::Gray, 4), "{name}");
                    continue;
                };
                let pixel = all.len() / (request.region.width * request.region.height) as usize;
                for number in 0..24 {
                    let Region { width, height, .. } = request.region;
                    let region = region(&mut random, number, width, height);
                    let part = Request { region, ..request };
                    let found = rows(&data, &header, part, Level::detect(), 7).expect(name);
                    let expected = crop(&all, width, pixel, region);
                    assert!(found == expected, "{name} {scale:?} {format:?} {region:?}");
                }
            }
        }
    }
}

#[test]
fn cuts_of_rows_do_not_show() {
    if !has_corpora() {
        return;
    }
    for name in KINDS {
        let data = load(name);
        let header = read_header(&data).expect(name);
        for scale in SCALES {
            let request = whole(&header, scale, Format::Rgb);
            let all = rows(&data, &header, request, Level::detect(), u32::MAX).expect(name);
            for step in [1, 3, 16, 64] {
                let cut = rows(&data, &header, request, Level::detect(), step).expect(name);
                assert!(cut == all, "{name} {scale:?} {step}");
            }
        }
    }
}

#[test]
fn levels_do_not_show() {
    if !has_corpora() {
        return;
    }
    for name in KINDS {
        let data = load(name);
        let header = read_header(&data).expect(name);
        for scale in SCALES {
            let request = whole(&header, scale, Format::Rgb);
            let scalar = rows(&data, &header, request, Level::scalar(), 9).expect(name);
            for level in Level::available() {
                let found = rows(&data, &header, request, level, 9).expect(name);
                assert!(found == scalar, "{name} {scale:?} {level:?}");
            }
        }
    }
}

/// All planes of a request, `step` rows at a time.
fn planes(data: &[u8], header: &Header, request: Request, step: u32) -> Vec<Vec<u8>> {
    let sizes = request.plane_sizes(header).expect("sizes");
    let mut decoder = Decoder::new(data, header.clone(), request).expect("a decoder");
    let mut out: Vec<_> = sizes.iter().map(|size| vec![0; (size.0 * size.1) as usize]).collect();
    let mut at = vec![0; sizes.len()];
    let max = header.max_sampling().1;
    let mut done = 0;
    while done < request.region.height {
        let count = step.min(request.region.height - done);
        let mut parts: Vec<_> = out
            .iter_mut()
            .zip(&sizes)
            .zip(&at)
            .map(|((out, size), &at)| PlaneMut { samples: &mut out[at..], stride: size.0 as usize })
            .collect();
        decoder.read_planes(&mut parts, count, &|| false).expect("planes");
        done += count;
        for ((at, size), component) in at.iter_mut().zip(&sizes).zip(&header.components) {
            let rows = (done * u32::from(component.v)).div_ceil(max).min(size.1);
            *at = (rows * size.0) as usize;
        }
    }
    out
}

#[test]
fn planes_are_luma_and_chroma_at_their_own_sizes() {
    if !has_corpora() {
        return;
    }
    for name in KINDS.iter().take(12) {
        let data = load(name);
        let header = read_header(&data).expect(name);
        let (h, v) = header.max_sampling();
        for scale in SCALES {
            let request = whole(&header, scale, Format::Planes);
            let Region { width, height, .. } = request.region;
            let all = planes(&data, &header, request, height);
            assert_eq!(all.len(), header.components.len());
            for (plane, component) in all.iter().zip(&header.components) {
                let columns = (width * u32::from(component.h)).div_ceil(h);
                let rows = (height * u32::from(component.v)).div_ceil(v);
                assert_eq!(plane.len() as u32, columns * rows, "{name} {scale:?}");
            }
            assert!(planes(&data, &header, request, v * 2) == all, "{name} {scale:?}");
            let (y, x) = (height / 2 / v * v, width / 3 / h * h);
            let region = Region { x, y, width: width - x, height: height - y };
            let part = planes(&data, &header, Request { region, ..request }, v * 3);
            for ((part, all), component) in part.iter().zip(&all).zip(&header.components) {
                let scaled = |n: u32, factor: u8, max: u32| (n * u32::from(factor)).div_ceil(max);
                let columns = scaled(width, component.h, h);
                let region = Region {
                    x: scaled(x, component.h, h),
                    y: scaled(y, component.v, v),
                    width: columns - scaled(x, component.h, h),
                    height: scaled(height, component.v, v) - scaled(y, component.v, v),
                };
                assert!(*part == crop(all, columns, 1, region), "{name} {scale:?}");
            }
            if scale == Scale::Full
                && header.components.iter().all(|component| (component.h, component.v) == (1, 1))
            {
                let luma = pixels(&data, scale, Format::Gray).expect(name);
                assert!(all[0] == luma, "{name} {scale:?}");
            }
        }
    }
}

#[test]
fn a_poll_stops_within_a_row_of_mcus() {
    if !has_corpora() {
        return;
    }
    for name in [KINDS[0], KINDS[7]] {
        let data = load(name);
        let header = read_header(&data).expect(name);
        let request = whole(&header, Scale::Full, Format::Rgb);
        let stride = header.width as usize * 3;
        let mut out = vec![0; stride * header.height as usize];
        let asked = std::cell::Cell::new(0);
        for stop in [1, 5, 14] {
            asked.set(0);
            let mut decoder = Decoder::new(&data[..], header.clone(), request).expect(name);
            let poll = || {
                asked.set(asked.get() + 1);
                asked.get() >= stop
            };
            let result = decoder.read_rows(&mut out, stride, header.height, &poll);
            assert_eq!((result, asked.get()), (Err(Error::Stopped), stop), "{name}");
        }
    }
}

#[test]
fn limits_and_misuse_are_errors() {
    if !has_corpora() {
        return;
    }
    let data = load(KINDS[7]);
    let header = read_header(&data).expect("a header");
    let request = whole(&header, Scale::Full, Format::Rgb);
    let mut out = vec![0; (header.width * header.height * 3) as usize];
    let mut read = |request: Request, stride: usize, rows: u32| {
        let mut decoder = Decoder::new(&data[..], header.clone(), request)?;
        decoder.read_rows(&mut out, stride, rows, &|| false)
    };
    let stride = header.width as usize * 3;
    for request in
        [Request { max_scans: 3, ..request }, Request { max_scan_pixels: 99_999, ..request }]
    {
        assert!(matches!(
            read(request, stride, 1),
            Err(Error::Scans { .. } | Error::ScanPixels { .. })
        ));
    }
    let outside = Region { x: 1, ..request.region };
    for (request, stride, rows) in [
        (Request { region: outside, ..request }, stride, 1),
        (request, stride - 1, 1),
        (request, stride, header.height + 1),
        (request, stride * 2, header.height),
        (Request { format: Format::Planes, ..request }, stride, 1),
    ] {
        assert!(matches!(read(request, stride, rows), Err(Error::Misuse(_))));
    }
}
