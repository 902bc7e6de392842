use std::path::Path;

use super::*;
use crate::{Encode, Jpeg, Layout, Pipeline, Resize, Subsampling, WebP};

/// A picture's files at all qualities, in the order of their qualities.
struct Files {
    name: String,
    curve: &'static Curve,
    files: Vec<Vec<u8>>,
}

impl Files {
    fn of(name: &str, width: u32, encode: Encode) -> Result<Self> {
        let path = Path::new("../tests/images").join(name);
        let picture = Pipeline::open(path).resize(Resize::width(width)).pixels()?;
        let picture = Pipeline::open(picture);
        let at = |quality| picture.clone().encode(encode.with_quality(quality)).run();
        let files = (1..=100).map(|quality| Ok(at(quality)?.data)).collect::<Result<_>>()?;
        let curve = match encode {
            Encode::WebP(_) => &crate::formats::webp::CURVE,
            _ => &crate::formats::jpeg::CURVE,
        };
        Ok(Self { name: format!("{name} as {encode}"), curve, files })
    }

    fn bytes(&self, quality: u8) -> u64 {
        self.files[usize::from(quality) - 1].len() as u64
    }

    /// The qualities that a search tries, and its result.
    fn search(&self, asked: u8, max_bytes: u64) -> (Vec<u8>, Result<u64>) {
        let mut tried = Vec::new();
        let found = search(max_bytes, 1..=asked, self.curve, |quality| {
            tried.push(quality);
            Ok(self.files[usize::from(quality) - 1].clone())
        });
        (tried, found.map(|file| file.len() as u64))
    }

    /// The quality that a bisection of all qualities finds.
    fn bisected(&self, asked: u8, max_bytes: u64) -> u8 {
        let (mut below, mut above) = (1, asked);
        while above - below > 1 {
            let middle = below.midpoint(above);
            let side = if self.bytes(middle) <= max_bytes { &mut below } else { &mut above };
            *side = middle;
        }
        below
    }
}

fn photographs() -> Result<Vec<Files>> {
    let mut all = Vec::new();
    let full = Jpeg::new().subsampling(Subsampling::S444);
    for (name, width) in [("photo.jpg", 160), ("photo-444.jpg", 120), ("size-500x399.jpg", 140)] {
        all.push(Files::of(name, width, Jpeg::new().into())?);
        all.push(Files::of(name, width, full.into())?);
        all.push(Files::of(name, width, Jpeg::new().progressive(true).into())?);
        all.push(Files::of(name, width, Jpeg::new().optimize_coding(false).into())?);
        all.push(Files::of(name, width, WebP::new().into())?);
        all.push(Files::of(name, width, WebP::new().effort(1).into())?);
    }
    all.push(Files::of("photo.jpg", 140, Jpeg::new().effort(6).into())?);
    all.push(Files::of("gray.jpg", 160, Jpeg::new().into())?);
    all.push(Files::of("rgba.png", 120, WebP::new().into())?);
    Ok(all)
}

#[test]
fn four_encodes_come_near_to_a_bisection() -> Result<()> {
    let (mut behind, mut encodes, mut far) = (Vec::new(), 0, Vec::new());
    for files in photographs()? {
        for asked in [60, 80, 90, 97] {
            let (least, most) = (files.bytes(1), files.bytes(asked));
            for step in 0..24 {
                let max_bytes = least + (most - least) * step / 24;
                let (tried, found) = files.search(asked, max_bytes);
                let found = found?;
                assert!(found <= max_bytes, "{}: {found} of {max_bytes}", files.name);
                assert!(tried.len() <= MOST_ENCODES && tried[0] == asked, "{tried:?}");
                let fits = |quality: &&u8| files.bytes(**quality) <= max_bytes;
                let best = *tried.iter().filter(fits).max().expect("a file that fits");
                assert_eq!(files.bytes(best), found, "{}: {tried:?}", files.name);
                let bisected = files.bisected(asked, max_bytes);
                if best + 3 < bisected {
                    far.push(format!("{}: {max_bytes}: {tried:?} {bisected}", files.name));
                }
                behind.push(i32::from(bisected) - i32::from(best));
                encodes += tried.len();
            }
        }
    }
    let searches = behind.len();
    let mean = f64::from(behind.iter().sum::<i32>()) / searches as f64;
    let worst = behind.iter().max().copied().unwrap_or_default();
    let encodes = encodes as f64 / searches as f64;
    eprintln!(
        "{searches} searches: {encodes:.2} encodes, {mean:.2} behind a bisection in the mean, {worst} at worst, more than 3:\n{}",
        far.join("\n")
    );
    assert!(mean < 0.5 && worst <= 8 && far.len() * 100 <= searches, "{} far behind", far.len());
    Ok(())
}

#[test]
fn the_last_try_is_near_both_ends() {
    for (below, above) in [(1, 2), (1, 3), (40, 44), (40, 48), (40, 49), (40, 97), (1, 100)] {
        for reached in below + 1..above {
            let last = kept_near(reached, below, above);
            assert!(last > below && last < above, "{last} of {below} to {above}");
            assert!(above - 1 - last <= 3 || last == reached, "{last} of {below} to {above}");
            assert!(last - 1 - below <= 3 || above - below > 8, "{last} of {below} to {above}");
        }
    }
}

#[test]
fn a_file_that_fits_is_the_one_asked_for() -> Result<()> {
    let files = Files::of("photo.jpg", 100, Jpeg::new().into())?;
    for max_bytes in [files.bytes(80), files.bytes(80) + 1, u64::MAX] {
        assert_eq!(files.search(80, max_bytes).0, [80]);
    }
    let (tried, found) = files.search(80, files.bytes(80) - 1);
    assert!(tried.len() > 1 && found? < files.bytes(80));
    Ok(())
}

#[test]
fn the_error_names_the_least_bytes() -> Result<()> {
    for encode in [Encode::from(Jpeg::new()), WebP::new().into()] {
        let files = Files::of("photo.jpg", 100, encode)?;
        for (asked, max_bytes) in [(80, files.bytes(1) - 1), (80, 0), (2, 100), (1, 0)] {
            let (tried, found) = files.search(asked, max_bytes);
            let error = found.expect_err("nothing fits");
            assert_eq!((error.code(), error.limit()), ("limit_exceeded", Some("max_bytes")));
            let expected = format!("max_bytes is {max_bytes}, this needs {}", files.bytes(1));
            assert_eq!(error.to_string(), expected);
            assert!(tried.ends_with(&[1]) && tried.len() <= MOST_ENCODES, "{tried:?}");
        }
        let (tried, found) = files.search(80, files.bytes(1));
        assert!(found? <= files.bytes(1), "{tried:?}");
    }
    Ok(())
}

/// Sizes that no picture has must not lead the search out of its range.
#[test]
fn any_sizes_end_the_search() {
    let curve = &crate::formats::jpeg::CURVE;
    let mut state = 1_u32;
    for round in 0..2000_u64 {
        let lowest = if round % 4 == 0 { 40 } else { 1 };
        let mut tried = Vec::new();
        let found = search(round % 50 * 8, lowest..=40 + (round % 61) as u8, curve, |quality| {
            assert!(quality >= lowest && !tried.contains(&quality), "{quality} in {tried:?}");
            tried.push(quality);
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Ok(vec![0; (state >> 23) as usize])
        });
        assert!(tried.len() <= MOST_ENCODES);
        assert!(found.is_ok() || tried.last() == Some(&lowest), "{tried:?}");
    }
}

#[test]
fn curves_rise_and_logarithms_are_right() {
    for curve in [&crate::formats::jpeg::CURVE, &crate::formats::webp::CURVE] {
        assert_eq!((curve.points.first(), curve.at(1)), (Some(&(1, 0)), 0));
        assert_eq!(
            curve.points.last().map(|&(quality, log)| (quality, curve.at(100) == log)),
            Some((100, true))
        );
        assert!((1..100).all(|quality| curve.at(quality) <= curve.at(quality + 1)));
    }
    for (bytes, log) in [(0, 0), (1, 0), (2, 1024), (3, 1623), (1000, 10204), (1 << 40, 40 << 10)] {
        assert_eq!(log2(bytes), log, "{bytes}");
    }
    assert_eq!(log2(u64::MAX), (64 << 10) - 1);
}

/// A lossless file is made once.
#[test]
fn lossless_fits_or_does_not() -> Result<()> {
    let picture = Pipeline::open("../tests/images/rgba.png");
    let file = picture.clone().encode(WebP::lossless()).run()?;
    assert_eq!(file.layout, Layout::Rgba);
    let bytes = file.data.len() as u64;
    let within = |max| picture.clone().encode(WebP::lossless().max_bytes(max)).run();
    assert_eq!(within(bytes)?.data, file.data);
    let error = within(bytes - 1).expect_err("too large");
    assert_eq!(error.to_string(), format!("max_bytes is {}, this needs {bytes}", bytes - 1));
    Ok(())
}
