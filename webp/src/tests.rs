//! Decoders make the picture that the encoder reconstructed.

mod libwebp;

use std::sync::atomic::Ordering::Relaxed;

use makeready_kernels::Level;

use crate::colour::{Planes, planes_from_rgb};
use crate::encoder::{Encoder, Plane, Spread};
use crate::error::Error;
use crate::file::simple_file;
use crate::settings::Settings;
use crate::test_support::filtered;

/// Numbers from a seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    pub(crate) fn below(&mut self, end: u64) -> u32 {
        u32::try_from(self.next() % end).expect("small")
    }
}

/// A picture of one of several kinds.
fn picture(kind: u32, width: u32, height: u32, random: &mut Random) -> Vec<u8> {
    let mut rgb = Vec::new();
    let base = random.next().to_le_bytes();
    for y in 0..height {
        for x in 0..width {
            let noise = random.next().to_le_bytes();
            let pixel = match kind {
                0 => [base[0], base[1], base[2]],
                1 => [noise[0], noise[1], noise[2]],
                2 => [x, y, x + y].map(|v| u8::try_from(v * 3 % 256).expect("byte")),
                3 => [if (x / 5 + y / 3) % 2 == 0 { 0 } else { 255 }; 3],
                4 => [if noise[0] < 128 { 0 } else { 255 }; 3],
                _ => {
                    let wave = f64::from(x * x + y * 7) / 90.0;
                    #[allow(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "0 to 255"
                    )]
                    let value = (127.0 + 90.0 * wave.sin()) as u8;
                    [value, value.wrapping_add(noise[0] % 16), base[0]]
                }
            };
            rgb.extend(pixel);
        }
    }
    rgb
}

/// Encodes a picture and checks it against decoders.
fn check(rgb: &[u8], width: u32, height: u32, settings: Settings) -> Vec<u8> {
    let sharpness = settings.filter_sharpness;
    let note = format!("{width}x{height} {settings:?}");
    let mut encoder = Encoder::new(width, height, settings).expect("encoder");
    let planes = planes_from_rgb(rgb, width as usize, 3).expect("planes");
    let alone = |work: &(dyn Fn() + Sync)| work();
    encoder.push(&planes.planes(), height, &alone, &|| false).expect("rows");
    let frame = encoder.write(&alone, &|| false).expect("frame");
    let file = simple_file(&frame).expect("file");
    let expected = filtered(&encoder.reconstruction, sharpness);
    let [across, down] = [width, height].map(|side| side.div_ceil(16) as usize);
    let found = libwebp::decode(&file).unwrap_or_else(|| panic!("{note} is not decoded"));
    let second = image_webp::vp8::Vp8Decoder::decode_frame(&frame[..]);
    let second = second.unwrap_or_else(|error| panic!("{note}: {error}"));
    assert!([second.ybuf, second.ubuf, second.vbuf] == expected, "{note}: image-webp");
    for (plane, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let half = |side: u32| if plane == 0 { side } else { side.div_ceil(2) } as usize;
        let stride = across * if plane == 0 { 16 } else { 8 };
        assert_eq!(expected.len(), stride * down * if plane == 0 { 16 } else { 8 });
        for y in 0..half(height) {
            let expected = &expected[y * stride..][..half(width)];
            assert!(
                found[y * half(width)..][..half(width)] == *expected,
                "{note}: plane {plane}, row {y}: {:?} {:?}",
                &found[y * half(width)..][..half(width)],
                expected
            );
        }
    }
    file
}

/// Settings from a seed.
fn settings(random: &mut Random) -> Settings {
    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    let quality = random.below(1001) as f32 / 10.0;
    let percent = |number: u32| u8::try_from(number).expect("small");
    Settings {
        effort: percent(random.below(7)),
        spatial_shaping: percent(random.below(5) * 25),
        filter_strength: percent(random.below(5) * 25),
        filter_sharpness: percent(random.below(8)),
        lookahead: random.below(8) * 400,
        partitions: percent(random.below(10)),
        ..Settings::new(quality)
    }
}

#[test]
fn decoders_make_the_reconstruction() {
    let mut random = Random::new(1);
    for (width, height) in [(1, 1), (2, 1), (1, 2), (16, 16), (17, 15), (33, 35), (100, 80)] {
        for kind in 0..6 {
            for quality in [0.0, 30.0, 75.0, 100.0] {
                let rgb = picture(kind, width, height, &mut random);
                check(&rgb, width, height, Settings::new(quality));
            }
        }
    }
}

#[test]
fn decoders_make_the_reconstruction_of_long_pictures() {
    let mut random = Random::new(2);
    for (width, height) in [(16383, 1), (1, 16383), (16383, 17), (3, 4000), (700, 333)] {
        for kind in [1, 5] {
            let rgb = picture(kind, width, height, &mut random);
            check(&rgb, width, height, settings(&mut random));
        }
    }
}

#[test]
fn decoders_make_the_reconstruction_of_any_small_picture() {
    let mut random = Random::new(3);
    for _ in 0..20_000 {
        let (width, height) = (1 + random.below(50), 1 + random.below(50));
        let kind = random.below(6);
        let rgb = picture(kind, width, height, &mut random);
        check(&rgb, width, height, settings(&mut random));
    }
}

/// Encodes in bands of so many rows.
fn encode(
    planes: &Planes,
    size: [u32; 2],
    settings: &Settings,
    level: Level,
    band: u32,
    spread: Spread<'_>,
) -> Vec<u8> {
    let [width, height] = size;
    let mut encoder = Encoder::with_level(width, height, settings.clone(), level).expect("a size");
    let mut done = 0;
    while done < height {
        let count = band.min(height - done);
        let rest = planes.planes().map(|plane| {
            let rows = if plane.stride == width as usize { done } else { done / 2 };
            Plane { samples: &plane.samples[rows as usize * plane.stride..], ..plane }
        });
        encoder.push(&rest, count, spread, &|| false).expect("rows");
        done += count;
    }
    encoder.finish(spread, &|| false).expect("a frame")
}

#[test]
fn bands_levels_and_threads_do_not_show() {
    let mut random = Random::new(4);
    for (width, height) in [(300, 500), (33, 700), (1000, 90)] {
        let rgb = picture(5, width, height, &mut random);
        let planes = planes_from_rgb(&rgb, width as usize, 3).expect("planes");
        let settings = settings(&mut random);
        let of = |level, band, spread: Spread<'_>| {
            encode(&planes, [width, height], &settings, level, band, spread)
        };
        let expected = of(Level::scalar(), height, &|work| work());
        for level in Level::available() {
            assert!(of(level, 2, &|work| work()) == expected, "{level:?}");
        }
        for threads in 2..6 {
            let spread: Spread<'_> = &|work| {
                std::thread::scope(|scope| {
                    for _ in 0..threads {
                        scope.spawn(work);
                    }
                });
            };
            for band in [2, 38, height] {
                assert!(of(Level::detect(), band, spread) == expected, "{threads} threads");
            }
        }
    }
}

#[test]
fn a_stop_ends_the_encoder_at_any_row() {
    let mut random = Random::new(5);
    let rgb = picture(5, 64, 400, &mut random);
    let planes = planes_from_rgb(&rgb, 64, 3).expect("planes");
    for rows in 0..90 {
        let left = std::sync::atomic::AtomicU32::new(rows);
        let stop = || left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_err();
        let two: Spread<'_> = &|work| {
            std::thread::scope(|scope| {
                scope.spawn(work);
                work();
            });
        };
        let mut encoder = Encoder::new(64, 400, Settings::new(75.0)).expect("a size");
        let pushed = encoder.push(&planes.planes(), 400, two, &stop);
        let done = pushed.and_then(|()| encoder.finish(two, &stop).map(drop));
        // 25 rows are encoded, and their tokens and modes are written.
        assert_eq!(done, if rows < 75 { Err(Error::Stopped) } else { Ok(()) }, "{rows} rows");
    }
}

#[test]
fn colours_are_rounded_to_nearest() {
    let corners = [0u8, 1, 85, 127, 128, 200, 254, 255];
    for r in corners {
        for g in corners {
            for b in corners {
                let planes = planes_from_rgb(&[r, g, b, 9], 1, 4).expect("planes");
                let [r, g, b] = [r, g, b].map(|it| f64::from(it) / 255.0);
                let luma = 0.299 * r + 0.587 * g + 0.114 * b;
                let near = |found: u8, exact: f64| (f64::from(found) - exact).abs() < 0.503;
                assert!(near(planes.luma[0], 16.0 + 219.0 * luma));
                assert!(near(planes.chroma[0][0], 128.0 + 224.0 * (b - luma) / 1.772));
                assert!(near(planes.chroma[1][0], 128.0 + 224.0 * (r - luma) / 1.402));
            }
        }
    }
    let gray = planes_from_rgb(&[77; 5 * 3 * 3], 5, 3).expect("planes");
    assert_eq!(gray.chroma, [vec![128; 6], vec![128; 6]]);
    assert!(planes_from_rgb(&[0; 10], 2, 3).is_err());
    assert!(planes_from_rgb(&[0; 10], 1, 2).is_err());
}

#[test]
fn wrong_calls_are_refused() {
    let misuse = |result: Result<(), Error>| matches!(result, Err(Error::Misuse(_)));
    for (width, height) in [(0, 1), (1, 0), (16384, 1), (1, 16384), (u32::MAX, 1)] {
        assert!(misuse(Encoder::new(width, height, Settings::new(75.0)).map(drop)));
    }
    let alone: Spread<'_> = &|work| work();
    let plane = |count: usize, stride| Plane { samples: &[0; 400][..count], stride };
    let mut encoder = Encoder::new(10, 12, Settings::new(75.0)).expect("a size");
    let mut push =
        |luma, chroma, count| encoder.push(&[luma, chroma, chroma], count, alone, &|| false);
    assert!(misuse(push(plane(100, 10), plane(25, 5), 13)));
    assert!(misuse(push(plane(100, 10), plane(25, 5), 3)));
    assert!(misuse(push(plane(99, 10), plane(25, 5), 10)));
    assert!(misuse(push(plane(100, 10), plane(24, 5), 10)));
    assert!(misuse(push(plane(100, 9), plane(25, 5), 10)));
    assert_eq!(push(plane(100, 10), plane(25, 5), 10), Ok(()));
    assert!(misuse(push(plane(30, 10), plane(25, 5), 3)));
    assert!(misuse(encoder.finish(alone, &|| false).map(drop)));
}

/// Noise is what the bounds are made for; [`Encoder`] checks them.
#[test]
fn noise_keeps_within_the_bounds() {
    let mut random = Random::new(9);
    let alone: Spread<'_> = &|work| work();
    for quality in [0, 19, 39, 59, 74, 84, 89, 94, 97, 100] {
        for (kind, size) in [(0, 640), (1, 640), (1, 16), (1, 100)] {
            let mut noise = |count: u32| -> Vec<u8> {
                let mut sample = || match random.next().to_le_bytes()[0] {
                    byte if kind == 0 => byte,
                    ..128 => 0,
                    _ => 255,
                };
                (0..count).map(|_| sample()).collect()
            };
            let half = size / 2;
            let samples = [noise(size * size), noise(half * half), noise(half * half)];
            let plane = |at: usize| Plane {
                samples: &samples[at],
                stride: if at == 0 { size as usize } else { half as usize },
            };
            for effort in [0, 4, 6] {
                #[allow(clippy::cast_precision_loss, reason = "0 to 100")]
                let settings = Settings { effort, ..Settings::new(quality as f32) };
                let bound = Encoder::memory_bound(size, size, &settings, 1);
                let mut encoder = Encoder::new(size, size, settings).expect("a size");
                let planes = [plane(0), plane(1), plane(2)];
                encoder.push(&planes, size, alone, &|| false).expect("within the bound");
                let frame = encoder.finish(alone, &|| false).expect("within the bound");
                assert!((frame.len() as u64) < bound);
            }
        }
    }
}
