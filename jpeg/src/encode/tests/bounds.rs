//! The bound of memory, and the behaviour at it.

use super::super::bounds::worst;
use super::super::frame::Frame;
use super::{encode, noise, picture, settings};
use crate::{Encoder, EncoderSettings, Error, Format, Plane, Subsampling};

#[test]
fn too_many_tokens_give_the_file_of_the_standard_tables() {
    let (width, height) = (200, 190);
    let data = picture(width, height, 3);
    let best = settings(90, Subsampling::S420);
    let standard = EncoderSettings { optimize_coding: false, ..best.clone() };
    let expected = encode(&data, (width, height), Format::Rgb, &standard, (190, 1)).unwrap();
    for (cut, workers) in [(190, 1), (16, 1), (190, 3), (50, 2)] {
        for budget in [0, 1000, 9000] {
            let mut encoder = Encoder::new(width, height, Format::Rgb, &best, workers).unwrap();
            encoder.file.bounds.tokens = budget;
            for rows in data.chunks(cut * 600) {
                let count = u32::try_from(rows.len() / 600).unwrap();
                encoder.push(rows, 600, count, &|| false).unwrap();
            }
            assert!(encoder.finish(&|| false).unwrap() == expected, "{budget} {cut} {workers}");
        }
    }
}

#[test]
fn beyond_the_bound_is_an_error() {
    let data = noise(160 * 160 * 3, 2);
    for (optimize_coding, progressive) in [(false, false), (true, false), (true, true)] {
        let settings =
            EncoderSettings { optimize_coding, progressive, ..settings(100, Subsampling::S444) };
        let mut encoder = Encoder::new(160, 160, Format::Rgb, &settings, 1).unwrap();
        encoder.file.bounds.file = 20_000;
        encoder.file.output.set_limit(20_000);
        let pushed = encoder.push(&data, 480, 160, &|| false);
        let result = pushed.and_then(|()| encoder.finish(&|| false));
        assert!(matches!(result, Err(Error::Memory(_))), "{result:?}");
    }
}

#[test]
fn the_table_of_noise_is_right() {
    let side = 256u32;
    let samples = 256 * 256;
    let data = noise(samples * 3, 2);
    for quality in (1..=100).step_by(9).chain([80, 85, 95, 98]) {
        let ordinary =
            EncoderSettings { optimize_coding: false, ..settings(quality, Subsampling::S444) };
        let size = |format| {
            let mut encoder = Encoder::new(side, side, format, &ordinary, 1).unwrap();
            let plane =
                |at: usize| Plane { samples: &data[at * samples..][..samples], stride: 256 };
            match format {
                Format::Gray => encoder.push(&data[..samples], 256, side, &|| false).unwrap(),
                Format::Rgb => encoder.push(&data, 768, side, &|| false).unwrap(),
                Format::Planes | Format::Inks => {
                    let planes = [plane(0), plane(1), plane(2)];
                    encoder.push_planes(&planes, side, &|| false).unwrap();
                }
            }
            encoder.finish(&|| false).unwrap().len() as u64
        };
        for format in [Format::Gray, Format::Rgb, Format::Planes] {
            let frame = Frame::new(side, side, format, &ordinary).unwrap();
            let (expected, found) = (worst(&frame, &ordinary, frame.down), size(format));
            assert!(found < expected + 700, "{quality} {format:?}: {found} of {expected}");
            assert!(found > expected * 8 / 10, "{quality} {format:?}: {found} of {expected}");
        }
    }
}

#[test]
fn noise_of_any_size_is_within_the_bound() {
    let sizes = [(1, 1), (8, 8), (17, 9), (3, 100), (64, 64), (300, 210), (1000, 70)];
    for (width, height) in sizes {
        let data = noise(width * height * 3, 2);
        let size = (u32::try_from(width).unwrap(), u32::try_from(height).unwrap());
        let qualities = [1, 50, 80, 95, 100].into_iter().cycle();
        for (quality, bits) in qualities.zip((0..8u8).cycle()).take(40) {
            for (subsampling, workers) in [(Subsampling::S444, 3), (Subsampling::S420, 2)] {
                let settings = EncoderSettings {
                    progressive: bits & 1 == 1,
                    optimize_coding: bits & 2 == 2,
                    trellis: bits & 4 == 4,
                    ..settings(quality, subsampling)
                };
                let file = encode(&data, size, Format::Rgb, &settings, (height, workers));
                assert!(file.is_ok(), "{width}x{height} {settings:?}: {:?}", file.err());
            }
        }
    }
}
