//! Files against an independent decoder, against libjpeg-turbo's own bytes, and against each other.

use std::sync::atomic::{AtomicU32, Ordering};

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::markers;
use crate::{Encoder, EncoderSettings, Error, Format, Plane, Subsampling};
use makeready_kernels::Level;

mod bounds;
mod pauses;

const ALL: [Subsampling; 3] = [Subsampling::S444, Subsampling::S422, Subsampling::S420];

/// Ordinary settings.
fn settings(quality: u8, subsampling: Subsampling) -> EncoderSettings {
    EncoderSettings { subsampling, optimize_coding: true, ..EncoderSettings::new(quality) }
}

/// Smooth slopes with a fine texture; `channels` bytes a pixel.
fn picture(width: u32, height: u32, channels: u32) -> Vec<u8> {
    let sample = |x: u32, y: u32, c: u32| {
        let slope = x * (3 + c) + y * (5 - c) + c * 40;
        let texture = (x * 7919 + y.wrapping_mul(104_729) + c * 13) % 31 + (x * y) % (17 + c);
        ((slope / 2 + texture) % 256).to_le_bytes()[0]
    };
    (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| (0..channels).map(move |c| sample(x, y, c))))
        .collect()
}

/// Bytes by chance; a chance of one in `rarity` to be 255, else 0, or any byte with 0.
fn noise(count: usize, rarity: u8) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let byte = state.to_be_bytes()[1];
        if rarity == 0 {
            byte
        } else if byte.is_multiple_of(rarity) {
            255
        } else {
            0
        }
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// Encodes in pushes of `cut` rows.
fn encode(
    data: &[u8],
    (width, height): (u32, u32),
    format: Format,
    settings: &EncoderSettings,
    (cut, workers): (usize, usize),
) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder::new(width, height, format, settings, workers)?;
    let stride = width as usize * if format == Format::Gray { 1 } else { 3 };
    for rows in data.chunks(cut * stride) {
        let count = u32::try_from(rows.len() / stride).unwrap();
        encoder.push(rows, stride, count, &|| false)?;
    }
    encoder.finish(&|| false)
}

/// Decodes with another decoder, to the colours of the format.
fn decode(file: &[u8], format: Format) -> (usize, usize, Vec<u8>) {
    let colour = if format == Format::Gray { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = DecoderOptions::default().jpeg_set_out_colorspace(colour);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    let pixels = decoder.decode().expect("another decoder reads it");
    let (width, height) = decoder.dimensions().expect("it has a size");
    (width, height, pixels)
}

/// The mean difference of samples.
fn distance(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

/// The error of a wrong call.
fn misuse(text: &str) -> Error {
    Error::Misuse(text.into())
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// Size, format, quality, subsampling, progressive, optimised, restart interval, and the hash of
/// the file that libjpeg-turbo 3.1 made of [`picture`] with these settings.
type Golden = (u32, u32, Format, u8, Subsampling, bool, bool, u16, u64);

#[test]
fn files_are_those_of_libjpeg_turbo() {
    use Format::{Gray, Rgb};
    use Subsampling::{S420, S422, S444};
    let goldens: &[Golden] = &[
        (1, 1, Rgb, 1, S444, false, false, 0, 0xFFD6_9CC6_D0B0_976B),
        (1, 1, Rgb, 25, S422, true, true, 0, 0xAC55_9E56_4069_1555),
        (8, 8, Rgb, 75, S422, false, false, 0, 0x27FE_9120_40E1_8583),
        (8, 8, Rgb, 85, S420, true, true, 0, 0xFCC6_20FD_2880_7E9D),
        (17, 9, Rgb, 95, S420, false, true, 3, 0x4D07_8A15_BFAC_260E),
        (17, 9, Rgb, 100, S444, true, true, 3, 0x30E8_937C_AB47_D434),
        (64, 48, Gray, 25, S444, false, true, 0, 0xAC51_0CAE_8D69_C619),
        (64, 48, Gray, 50, S444, true, true, 0, 0x9AA4_9083_41BD_58E9),
        (33, 100, Rgb, 85, S422, false, false, 1, 0x5B37_E88A_58D1_B293),
        (33, 100, Rgb, 90, S420, true, true, 1, 0xCFB4_5011_0422_AA29),
        (257, 31, Rgb, 100, S420, false, false, 0, 0x0829_B668_5113_ADA5),
        (257, 31, Rgb, 1, S444, true, true, 0, 0x0E03_79E9_E24D_6AC9),
        (300, 40, Rgb, 50, S444, false, true, 0, 0xFA73_95BB_410F_C815),
        (300, 40, Rgb, 75, S422, true, true, 0, 0xE04C_30A8_0CBC_1090),
        (31, 17, Rgb, 90, S422, false, true, 3, 0x5786_667C_1641_3F38),
        (31, 17, Rgb, 95, S420, true, true, 3, 0x29E8_61D4_A73D_001F),
        (519, 65, Gray, 1, S444, false, false, 0, 0xD679_BB2C_CF3B_8FA8),
        (519, 65, Gray, 25, S444, true, true, 0, 0xEA38_701B_BC07_5CC3),
        (40, 40, Rgb, 75, S444, false, false, 1, 0xF09D_C1C1_289D_1854),
        (40, 40, Rgb, 85, S422, true, true, 1, 0xEDA4_567F_3A06_82AE),
        (100, 10, Rgb, 95, S422, false, true, 0, 0xDE38_49B1_1610_A5B9),
        (100, 10, Rgb, 100, S420, true, true, 0, 0xF30E_928E_AF02_5796),
        (16, 33, Rgb, 25, S420, false, true, 0, 0x1570_9A69_EC56_F561),
        (16, 33, Rgb, 50, S444, true, true, 0, 0xCACA_F8C2_73EE_62BE),
    ];
    for &(width, height, format, quality, subsampling, progressive, optimize, restart, expected) in
        goldens
    {
        let channels = if format == Gray { 1 } else { 3 };
        let settings = EncoderSettings {
            progressive,
            optimize_coding: optimize,
            restart_interval: restart,
            ..settings(quality, subsampling)
        };
        let data = picture(width, height, channels);
        let file = encode(&data, (width, height), format, &settings, (16, 1)).unwrap();
        assert_eq!(hash(&file), expected, "{width} x {height} {format:?} {settings:?}");
    }
}

#[test]
fn every_setting_on_odd_sizes() {
    let mut count = 0;
    for side in 1..=40u32 {
        let (width, height) = (side, 41 - side);
        for subsampling in ALL {
            for bits in 0..16u8 {
                let bit = |at: u8| bits >> at & 1 == 1;
                let format = if bit(0) { Format::Gray } else { Format::Rgb };
                let settings = EncoderSettings {
                    progressive: bit(1),
                    optimize_coding: bit(2),
                    restart_interval: if bit(3) { 2 } else { 0 },
                    ..settings(95, subsampling)
                };
                let data = picture(width, height, if bit(0) { 1 } else { 3 });
                let file = encode(&data, (width, height), format, &settings, (7, 2)).unwrap();
                let (w, h, pixels) = decode(&file, format);
                assert_eq!((w, h), (width as usize, height as usize));
                if format == Format::Gray || subsampling == Subsampling::S444 {
                    let error = distance(&data, &pixels);
                    assert!(error < 8.0, "{width} x {height}, {error}, {settings:?}");
                }
                count += 1;
            }
        }
    }
    assert_eq!(count, 40 * 3 * 16);
}

#[test]
fn bytes_depend_on_neither_cuts_nor_workers() {
    let (width, height) = (299, 163);
    let data = picture(width, height, 3);
    for subsampling in ALL {
        for bits in 0..16u8 {
            let settings = EncoderSettings {
                progressive: bits & 1 == 1,
                optimize_coding: bits & 2 == 2,
                restart_interval: if bits & 4 == 4 { 5 } else { 0 },
                trellis: bits & 8 == 8,
                ..settings(85, subsampling)
            };
            let run = |ways| encode(&data, (width, height), Format::Rgb, &settings, ways).unwrap();
            let expected = run((163, 1));
            for cut in [1, 3, 8, 16, 64, 163] {
                for workers in [1, 2, 3, 8] {
                    assert!(run((cut, workers)) == expected, "{cut} {workers} {settings:?}");
                }
            }
        }
    }
}

#[test]
fn levels_give_the_same_file() {
    let (width, height) = (531, 75);
    for data in [picture(width, height, 3), noise(531 * 75 * 3, 0), noise(531 * 75 * 3, 2)] {
        for quality in [1, 30, 75, 100] {
            for (subsampling, trellis) in ALL.into_iter().flat_map(|it| [(it, false), (it, true)]) {
                let file = |level| {
                    let settings = EncoderSettings { trellis, ..settings(quality, subsampling) };
                    let mut encoder =
                        Encoder::with_level(width, height, Format::Rgb, &settings, 1, level)
                            .unwrap();
                    encoder.push(&data, 531 * 3, height, &|| false).unwrap();
                    encoder.finish(&|| false).unwrap()
                };
                let expected = file(Level::scalar());
                for level in Level::available() {
                    assert!(file(level) == expected, "{level:?} {quality} {subsampling:?}");
                }
            }
        }
    }
}

#[test]
fn noise_at_every_quality_decodes() {
    let (width, height) = (65, 50);
    for rarity in [0, 2, 40] {
        let data = noise(65 * 50, rarity);
        for quality in 1..=100 {
            for bits in 0..8u8 {
                let settings = EncoderSettings {
                    progressive: bits & 1 == 1,
                    optimize_coding: bits & 2 == 2,
                    trellis: bits & 4 == 4,
                    ..settings(quality, Subsampling::S444)
                };
                let file = encode(&data, (65, 50), Format::Gray, &settings, (50, 1)).unwrap();
                let (w, h, pixels) = decode(&file, Format::Gray);
                assert_eq!((w, h), (width, height));
                assert!(quality < 100 || distance(&data, &pixels) < 0.6, "{settings:?}");
            }
        }
    }
}

#[test]
fn planes_give_the_file_of_the_pixels_they_are() {
    // Gray RGB: its planes are known.
    let (width, height) = (37u32, 29u32);
    let gray = picture(width, height, 1);
    let rgb: Vec<u8> = gray.iter().flat_map(|&value| [value; 3]).collect();
    let middle = vec![128; 37 * 29];
    for subsampling in ALL {
        let settings = settings(90, subsampling);
        let expected = encode(&rgb, (width, height), Format::Rgb, &settings, (29, 1)).unwrap();
        for cut in [2usize, 4, 16, 30] {
            let mut encoder = Encoder::new(width, height, Format::Planes, &settings, 2).unwrap();
            for rows in gray.chunks(cut * 37) {
                let plane = |data, stride| Plane { samples: data, stride };
                let planes = [plane(rows, 37), plane(&middle[..], 40), plane(&middle[..], 39)];
                let count = u32::try_from(rows.len() / 37).unwrap();
                if cut * 40 <= middle.len() {
                    encoder.push_planes(&planes, count, &|| false).unwrap();
                } else {
                    let planes = [planes[0], plane(&middle[..], 37), plane(&middle[..], 37)];
                    encoder.push_planes(&planes, count, &|| false).unwrap();
                }
            }
            assert!(encoder.finish(&|| false).unwrap() == expected, "{cut} {subsampling:?}");
        }
    }
}

#[test]
fn stops_within_a_row_of_mcus() {
    let data = picture(64, 640, 3);
    for workers in [1, 2] {
        for progressive in [false, true] {
            let settings = EncoderSettings { progressive, ..settings(80, Subsampling::S420) };
            let asked = AtomicU32::new(0);
            let poll = || asked.fetch_add(1, Ordering::Relaxed) >= 3;
            let mut encoder = Encoder::new(64, 640, Format::Rgb, &settings, workers).unwrap();
            assert_eq!(encoder.push(&data, 192, 640, &poll), Err(Error::Stopped));
            assert!(asked.load(Ordering::Relaxed) <= 5);
            assert_eq!(encoder.push(&data, 192, 1, &|| false), Err(misuse("call out of order")));
            assert_eq!(encoder.finish(&|| false), Err(misuse("call out of order")));
        }
    }
}

#[test]
fn the_second_pass_stops_too() {
    let data = picture(64, 64, 3);
    for progressive in [false, true] {
        let settings = EncoderSettings { progressive, ..settings(80, Subsampling::S420) };
        let mut encoder = Encoder::new(64, 64, Format::Rgb, &settings, 1).unwrap();
        encoder.push(&data, 192, 64, &|| false).unwrap();
        assert_eq!(encoder.finish(&|| true), Err(Error::Stopped));
    }
}

#[test]
fn wrong_calls_are_errors() {
    let ordinary = settings(80, Subsampling::S420);
    let new = |width, height, settings: &EncoderSettings| {
        Encoder::new(width, height, Format::Rgb, settings, 1)
    };
    assert_eq!(new(0, 4, &ordinary).err(), Some(misuse("width or height is 0")));
    let too_large = misuse("65536 x 1 is more than 65535 in width or height");
    assert_eq!(new(65_536, 1, &ordinary).err(), Some(too_large));
    let exif = EncoderSettings { exif: Some(vec![0; 65_528]), ..ordinary.clone() };
    assert_eq!(new(4, 4, &exif).err(), Some(misuse("metadata of 65528 bytes do not fit")));

    let mut encoder = new(4, 4, &ordinary).unwrap();
    let go = || false;
    let rows = [0; 48];
    let short = misuse("rows of 47 bytes, expected 48");
    assert_eq!(encoder.push(&rows[..47], 12, 4, &go), Err(short));
    let narrow = misuse("rows of 11 bytes, expected 12");
    assert_eq!(encoder.push(&rows, 11, 4, &go), Err(narrow));
    let many = misuse("5 rows, expected 4");
    assert_eq!(encoder.push(&rows, 0, 5, &go), Err(many));
    let none = Plane { samples: &[], stride: 0 };
    assert_eq!(encoder.push_planes(&[none; 3], 2, &go), Err(misuse("call out of order")));
    encoder.push(&rows, 12, 4, &go).unwrap();
    assert!(encoder.finish(&go).is_ok());

    let early = new(4, 4, &ordinary).unwrap();
    assert_eq!(early.finish(&go), Err(misuse("0 rows, expected 4")));
}

#[test]
fn metadata_lie_in_their_segments() {
    let icc: Vec<u8> = picture(150, 1000, 1);
    let settings = EncoderSettings {
        icc: Some(icc.clone()),
        exif: Some(b"II*\0metadata".to_vec()),
        ..settings(80, Subsampling::S420)
    };
    let file = encode(&picture(9, 9, 3), (9, 9), Format::Rgb, &settings, (9, 1)).unwrap();
    let mut decoder = JpegDecoder::new(ZCursor::new(&file));
    decoder.decode_headers().unwrap();
    assert_eq!(decoder.icc_profile(), Some(icc));
    assert_eq!(decoder.exif().map(Vec::as_slice), Some(&b"II*\0metadata"[..]));
}

#[test]
fn the_longest_sides_work() {
    for (width, height) in [(65_535, 1), (1, 65_535)] {
        let data = picture(width, height, 1);
        for progressive in [false, true] {
            let settings = EncoderSettings { progressive, ..settings(75, Subsampling::S444) };
            let file = encode(&data, (width, height), Format::Gray, &settings, (9, 3)).unwrap();
            let marker = if progressive { markers::SOF2 } else { markers::SOF0 };
            let at = file.windows(2).position(|two| two == [0xFF, marker]).unwrap();
            let size = [height, width].map(|side| side.to_be_bytes());
            assert_eq!(file[at + 5..at + 9], [size[0][2], size[0][3], size[1][2], size[1][3]]);
        }
    }
}
