//! HEIC against libheif: `images/heic/make.py` makes each file, and a PNG of what libheif reads in it. One test at a time,
//! because the heap is that of the whole process.

#![cfg(all(feature = "heic", target_os = "linux", target_env = "gnu"))]

use std::sync::{Mutex, MutexGuard};

use makeready::{
    Format, Image, Layout, Limits, OnError, Open, Pipeline, Rect, Result, Size, Source, probe,
    probe_exif,
};
use makeready_test_heap as heap;
use makeready_tests::compare::difference;
use makeready_tests::image;

/// A file, its size, and how far samples may be from libheif's: the mean, and one. Chroma that is thinned out is made larger
/// in another way.
type Row = (&'static str, (u32, u32), f64, u8);

const FILES: &[Row] = &[
    ("rgb-444", (45, 37), 0.5, 2),
    ("rgb", (101, 67), 2.0, 64),
    ("limited", (101, 67), 2.0, 64),
    ("lossless", (45, 37), 0.0, 0),
    ("rgba", (45, 37), 0.5, 2),
    ("gray", (45, 37), 0.0, 0),
    ("ten-bits", (45, 37), 0.5, 2),
    ("metadata", (37, 45), 0.5, 2),
    ("grid", (700, 560), 0.5, 8),
    ("grid-alpha", (700, 560), 0.5, 8),
];

/// Where four tiles meet.
const MIDDLE: Rect = Rect::new(480, 480, 64, 64);

static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn file(name: &str) -> Vec<u8> {
    image(&format!("heic/{name}.heic"))
}

fn pixels(name: &str) -> Result<Image> {
    Pipeline::open(file(name)).pixels()
}

#[test]
fn files_show_what_libheif_reads() -> Result<()> {
    let _alone = alone();
    for &(name, (width, height), mean, max) in FILES {
        assert_eq!(probe(file(name))?.format, Format::Heic);
        let plan = Pipeline::open(file(name)).plan()?;
        assert_eq!(plan.size(), Size::new(width, height), "{name}");
        let mut picture = Pipeline::open(file(name));
        if name.starts_with("grid") {
            picture = picture.crop(MIDDLE);
        }
        let found = picture.pixels()?;
        let expected = Pipeline::open(image(&format!("heic/{name}.png"))).pixels()?;
        let apart = difference(&found, &expected);
        assert!(apart.mean <= mean && apart.max <= max, "{name}: {apart:?}");
    }
    Ok(())
}

#[test]
fn a_region_is_that_part_of_the_picture() -> Result<()> {
    let _alone = alone();
    for &(name, ..) in FILES {
        let open = || Pipeline::open_with(file(name), Open::new().auto_orient(false));
        let whole = open().pixels()?;
        let Size { width, height } = whole.size();
        for (x, y) in [(0, 0), (0, 9), (13, 0), (15, 14), (width - 1, height - 1)] {
            let part = Rect::new(x, y, (width - x).min(20), (height - y).min(5));
            let expected = Pipeline::open(whole.clone()).crop(part).pixels()?;
            assert_eq!(open().crop(part).pixels()?, expected, "{name} {part}");
        }
    }
    Ok(())
}

/// The size in a box says nothing of the codes; where limits allow it, the bound of memory refuses it.
#[test]
fn a_picture_that_is_cropped_from_a_huge_one_is_refused() {
    let _alone = alone();
    let mut huge = file("rgb-444");
    let at = huge.windows(4).position(|name| name == b"ispe").expect("the box of its size");
    huge[at + 8..at + 16].fill(0xFF);
    let code = |limits| Pipeline::open(huge.clone()).limits(limits).run().unwrap_err().code();
    assert_eq!(code(Limits::default()), "limit_exceeded");
    let most = u64::MAX;
    let sides = Limits { max_input_side: u32::MAX, max_output_side: u32::MAX, ..Limits::default() };
    let pixels = Limits { max_input_pixels: most, max_total_pixels: most, ..sides };
    assert_eq!(code(Limits { max_output_pixels: most, ..pixels }), "limit_exceeded");
}

#[test]
fn what_is_not_pixels_is_read() -> Result<()> {
    let _alone = alone();
    let stored = Pipeline::open_with(file("metadata"), Open::new().auto_orient(false)).pixels()?;
    assert_eq!(stored.size(), Size::new(45, 37));
    let found = probe_exif(file("metadata"), &Limits::default())?;
    assert_eq!(found.orientation, 6);
    assert!(
        found.exif.as_ref().is_some_and(|exif| exif.make.as_deref() == Some("Acme"))
            && found.profile.is_some(),
        "{found:?}"
    );
    assert_eq!(probe(file("ten-bits"))?.bits, 10);
    assert_eq!(probe(file("gray"))?.layout, Layout::Gray);
    assert_eq!(probe(file("grid-alpha"))?.layout, Layout::Rgba);
    Ok(())
}

#[test]
fn a_profile_is_as_long_as_its_limit_at_most() -> Result<()> {
    let _alone = alone();
    let warnings = |max_icc_bytes| {
        let limits = Limits { max_icc_bytes, ..Limits::default() };
        Pipeline::open(file("metadata")).limits(limits).run().map(|output| output.warnings)
    };
    // The file's colour box holds `prof`, then a profile, whose first number is its length.
    let bytes = file("metadata");
    let at = bytes.windows(8).position(|it| it == b"colrprof").expect("a profile") + 8;
    let length = bytes[at..at + 4].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    assert_eq!(warnings(length)?, warnings(Limits::default().max_icc_bytes)?);
    let long = warnings(length - 1)?.concat();
    assert!(long.contains(&format!("has {length} bytes, max_icc_bytes is")), "{long}");
    Ok(())
}

/// Every decode, of a part too, and with all rows kept.
#[test]
fn no_decode_holds_more_than_its_plan_says() -> Result<()> {
    let _alone = alone();
    let others = [("large", (509, 411), 0.0, 0), ("bad/many-units", (101, 67), 0.0, 0)];
    for &(name, (width, height), ..) in FILES.iter().chain(&others) {
        let whole = Rect::new(0, 0, width, height);
        for part in [whole, Rect::new(width / 2, height / 2, width / 3, 1)] {
            let job = Pipeline::open(file(name)).crop(part).threads(1);
            let bound = job.plan()?.peak_memory;
            drop(job.run()?);
            heap::forget_peak();
            let before = heap::held();
            drop(job.run()?);
            let held = (heap::peak() - before) as u64;
            assert!(held <= bound, "{name} {part}: held {held}, bound {bound}");
            println!("{name} {part}: {:.2} of the bound", held as f64 / bound as f64);
        }
    }
    Ok(())
}

#[test]
fn damage_gives_a_picture_or_a_typed_error() -> Result<()> {
    let _alone = alone();
    let (mut pictures, mut errors) = (0, 0);
    for (name, step) in [("rgb-444", 5), ("rgba", 5), ("metadata", 7), ("grid-alpha", 211)] {
        let whole = file(name);
        let cuts = (0..whole.len()).step_by(step).map(|end| whole[..end].to_vec());
        let flips = (0..whole.len()).step_by(step).flat_map(|at| {
            [0x01, 0x80, 0xFF].map(|bits| {
                let mut damaged = whole.clone();
                damaged[at] ^= bits;
                damaged
            })
        });
        for damaged in cuts.chain(flips) {
            let limits = Limits { max_input_pixels: 1_000_000, ..Limits::default() };
            for on_error in [OnError::Fail, OnError::Recover] {
                let open = Open::new().on_error(on_error);
                let job = Pipeline::open_with(damaged.clone(), open).limits(limits).threads(1);
                let Ok(plan) = job.plan() else { continue };
                heap::forget_peak();
                let before = heap::held();
                match job.pixels() {
                    Ok(_) => pictures += 1,
                    Err(error) => {
                        let codes = ["malformed", "truncated", "unsupported", "limit_exceeded"];
                        assert!(codes.contains(&error.code()), "{name}: {error}");
                        errors += 1;
                    }
                }
                let held = (heap::peak() - before) as u64;
                assert!(held <= plan.peak_memory, "{name}: {held} of {}", plan.peak_memory);
            }
        }
    }
    assert!(pictures > 500 && errors > 100, "{pictures} pictures, {errors} errors");
    Ok(())
}

#[test]
fn tiles_that_are_damaged_are_lost_alone() -> Result<()> {
    let _alone = alone();
    let part =
        |image: &Image, x, y| Pipeline::open(image.clone()).crop(Rect::new(x, y, 188, 48)).pixels();
    let (whole, expected) = (file("grid"), pixels("grid")?);
    let mut lost = 0;
    for at in (whole.len() / 2..whole.len()).step_by(97) {
        let mut damaged = whole.clone();
        damaged[at..(at + 4).min(whole.len())].fill(0xFF);
        if Pipeline::open(damaged.clone()).run().is_ok() {
            continue;
        }
        let open = Open::new().on_error(OnError::Recover);
        let output = Pipeline::open_with(damaged.clone(), open).run()?;
        assert_eq!(output.warnings.len(), 1, "byte {at}");
        let found = Pipeline::open_with(damaged, open).pixels()?;
        let mut others = 0;
        for (x, y) in [(0, 0), (512, 0), (0, 512), (512, 512)] {
            others += u32::from(part(&found, x, y)? != part(&expected, x, y)?);
        }
        assert!(others <= 1, "byte {at}: {others} tiles");
        lost += others;
    }
    assert!(lost > 3, "{lost} tiles lost");
    Ok(())
}

/// Units of two bytes, of which the crate would note more than ten times as much.
#[test]
fn codes_of_very_many_units_are_refused() {
    let _alone = alone();
    let mut many = file("rgb-444");
    let place = |word: &[u8]| {
        many.windows(word.len()).position(|found| found == word).expect("a box") + word.len()
    };
    let (codes, boxes) = (place(b"mdat"), place(b"iloc"));
    let offset = u32::try_from(codes).expect("a small file").to_be_bytes();
    let found = many[boxes..codes].windows(4).position(|found| found == offset).expect("a place");
    let at = boxes + found;
    let (start, units) = (many.len() + 8, [0, 0, 0, 2, 0x40, 1].repeat(100_000));
    let numbers = [start, units.len()].map(|number| u32::try_from(number).expect("small"));
    // The place, the number of parts and the place in it, and the length.
    many[at..at + 4].copy_from_slice(&numbers[0].to_be_bytes());
    many[at + 10..at + 14].copy_from_slice(&numbers[1].to_be_bytes());
    // A box to its end.
    many.extend(b"\0\0\0\0mdat");
    many.extend(units);
    let error = Pipeline::open(many).pixels().unwrap_err();
    assert!(error.code() == "malformed" && error.to_string().contains("units"), "{error}");
}

/// A picture of 81 pixels is one of 81 tiles of codes for 45x37; one of 25 has codes for each.
#[test]
fn small_files_of_very_many_tiles_are_refused() -> Result<()> {
    let _alone = alone();
    let error = Pipeline::open(file("bad/shared-tile")).pixels().unwrap_err();
    assert!(error.code() == "unsupported" && error.to_string().contains("share"), "{error}");
    let tiles = |limit| {
        let limits = Limits { max_input_pixels: limit, ..Limits::default() };
        Pipeline::open(file("bad/small-tiles")).limits(limits).pixels()
    };
    // 64x64 for each tile at least.
    assert_eq!(tiles(25 * 4096)?.size(), Size::new(5, 5));
    let error = tiles(25 * 4096 - 1).unwrap_err();
    assert_eq!((error.code(), error.limit()), ("limit_exceeded", Some("max_input_pixels")));
    Ok(())
}

/// Its EXIF data are told to be two parts of 2 MB each, which nobody is to put together.
#[test]
fn items_in_several_parts_are_not_put_together() -> Result<()> {
    let _alone = alone();
    let mut parts = file("bad/exif-in-parts");
    parts.extend(b"\0\0\0\0mdat");
    parts.resize(4 << 20, 0);
    let source = Source::from(parts);
    heap::forget_peak();
    let before = heap::held();
    let found = probe_exif(source, &Limits::default())?;
    let held = heap::peak() - before;
    assert!(found.exif.is_none() && held < 1 << 20, "held {held}, {found:?}");
    Ok(())
}
