//! The plan's bound of memory against a counting heap, which is that of the whole process: parts run in processes of their own.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

use makeready_test_heap as heap;

mod memory {
    pub(super) mod workloads;
}

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use makeready::{
    Encode, Format, Gif, Image, Jpeg, Layout, Meta, Pipeline, Png, Rect, Resize, Result, Size,
    Stitch, Subsampling, WebP, plan_all, run_all,
};
use makeready_tests::bytes::riff;
use makeready_tests::case;
use makeready_tests::corpus::corpus;

/// Bytes that a pass holds at most, its outputs included.
fn measured(pipelines: &[Pipeline]) -> Result<u64> {
    heap::forget_peak();
    let before = heap::held();
    let outputs = run_all(pipelines)?;
    let peak = heap::peak();
    drop(outputs);
    Ok(peak.saturating_sub(before) as u64)
}

/// Starts the pools and makes everything that is made once a process.
fn warm_up() -> Result<()> {
    for case in case::all().iter().filter(|case| case.expect.error.is_none()) {
        case.pipeline()?.run()?;
    }
    Ok(())
}

#[test]
fn no_run_holds_more_than_its_plan_says() {
    let parts = ["cases_hold_no_more", "noise_holds_no_more"].map(|part| {
        let mut child = Command::new(std::env::current_exe().expect("this test"));
        child.args(["--ignored", "--exact", part, "--nocapture"]).stdout(Stdio::piped());
        (part, child.spawn().expect("a process"))
    });
    for (part, child) in parts {
        let output = child.wait_with_output().expect("an end");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && told.contains("1 passed"), "{part}: {told}");
    }
}

#[test]
#[ignore = "in a process of its own"]
fn cases_hold_no_more() -> Result<()> {
    warm_up()?;
    let mut checked = 0;
    for case in case::all().iter().filter(|case| case.expect.error.is_none()) {
        for threads in [1, 2, 8] {
            let pipelines = [case.pipeline()?.threads(threads)];
            let bound = plan_all(&pipelines)?[0].peak_memory;
            let peak = measured(&pipelines)?;
            assert!(peak <= bound, "{} on {threads}: held {peak}, bound {bound}", case.name);
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked}");
    memory::workloads::workloads_hold_no_more()
}

#[test]
#[ignore = "in a process of its own"]
fn noise_holds_no_more() -> Result<()> {
    warm_up()?;
    encodes_hold_no_more()?;
    searches_hold_no_more()?;
    metadata_hold_no_more()?;
    raw_pictures_are_not_counted()?;
    tasks_hold_at_least_half_of_the_bound()
}

/// The pictures that take the most memory of an encoder: noise, and such that is just not too busy for a
/// WebP in one pass.
fn encodes_hold_no_more() -> Result<()> {
    for (size, field, contrast) in [
        ((1, 1), 1, 127),
        ((16, 900), 1, 127),
        ((900, 16), 3, 72),
        ((320, 240), 1, 127),
        ((320, 240), 2, 127),
        ((320, 240), 3, 127),
        ((320, 240), 3, 70),
        ((1001, 703), 1, 127),
        ((1001, 703), 2, 47),
        ((1001, 703), 3, 70),
    ] {
        let image = noise(Size::new(size.0, size.1), field, contrast)?;
        for quality in [1, 50, 80, 100] {
            for (name, encode) in [
                ("jpeg", Encode::from(Jpeg::quality(quality))),
                ("jpeg 4:4:4", Jpeg::quality(quality).subsampling(Subsampling::S444).into()),
                ("jpeg progressive", Jpeg::quality(quality).progressive(true).into()),
                ("jpeg effort 6", Jpeg::quality(quality).effort(6).into()),
                ("webp", WebP::quality(quality).into()),
                ("webp lossless", WebP::lossless().into()),
                ("webp effort 1", WebP::quality(quality).effort(1).into()),
                ("png", Png::default().into()),
                ("png palette", Png::new().palette(true).into()),
                ("gif", Gif::new().into()),
            ] {
                for threads in [1, 2, 4] {
                    let job = Pipeline::open(image.clone()).encode(encode).threads(threads);
                    let bound = job.plan()?.peak_memory;
                    let peak = measured(&[job])?;
                    assert!(
                        peak <= bound,
                        "{name} {quality} of {size:?} {field} {contrast} on {threads}: held {peak}, bound {bound}"
                    );
                }
            }
        }
    }
    let tile = Pipeline::open(noise(Size::new(1000, 750), 1, 127)?);
    let tile = tile.encode(Jpeg::quality(100)).run()?.data;
    let page = Pipeline::stitch(Stitch::across(2), [0, 1, 2, 3].map(|_| tile.clone()));
    let preview = page.clone().resize((800, 600));
    let spread = [
        page.encode(Jpeg::quality(90)),
        preview.clone().encode(Jpeg::quality(80)),
        preview.encode(WebP::default()),
    ];
    for outputs in [0..1, 0..2, 1..3, 0..3] {
        for threads in [1, 2, 4] {
            let jobs: Vec<_> =
                spread[outputs.clone()].iter().map(|job| job.clone().threads(threads)).collect();
            let (bound, peak) = (plan_all(&jobs)?[0].peak_memory, measured(&jobs)?);
            assert!(peak <= bound, "{outputs:?} on {threads}: held {peak}, bound {bound}");
        }
    }
    Ok(())
}

/// Small pictures with as many metadata as are kept.
fn metadata_hold_no_more() -> Result<()> {
    let dot = Pipeline::open(Image::new(Size::new(1, 1), Layout::Rgb, vec![90; 3])?);
    let pixels = dot.encode(WebP::lossless()).run()?.data[12..].to_vec();
    // A comment of the user, and a packet of XMP, of which a JPEG has room for 65 kB each.
    for length in [60_000, 1_000_000] {
        let head =
            [&b"II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0"[..], &u32::to_le_bytes(length)].concat();
        let exif = [&head, &[26, 0, 0, 0, 0, 0, 0, 0][..], &vec![b'x'; length as usize]].concat();
        let extended = riff(b"VP8X", &[0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let [exif, xmp] = [(b"EXIF", exif), (b"XMP ", vec![b'x'; length as usize])]
            .map(|(name, body)| riff(name, &body));
        let file = riff(b"RIFF", &[&b"WEBP"[..], &extended, &pixels, &exif, &xmp].concat());
        let open = Pipeline::open(file).keep([Meta::Exif, Meta::Xmp]);
        for encode in [Jpeg::new().into(), Png::new().into(), Encode::from(WebP::new())] {
            let job = open.clone().density(300).encode(encode).threads(1);
            let (bound, peak) = (job.plan()?.peak_memory, measured(std::slice::from_ref(&job))?);
            assert!(peak <= bound, "{length} {encode:?}: held {peak}, bound {bound}");
            let kept = job.run()?.data.len();
            let fits = encode.format() != Format::Jpeg || length == 60_000;
            assert_eq!(kept > 2 * length as usize, fits, "{length} {encode:?}: {kept}");
        }
    }
    Ok(())
}

/// Encodes of noise that are made anew, at other qualities, with the best file so far beside them.
fn searches_hold_no_more() -> Result<()> {
    let encodes: [fn(u8) -> Encode; 3] = [
        |quality| Jpeg::quality(quality).into(),
        |quality| Jpeg::quality(quality).progressive(true).into(),
        |quality| WebP::quality(quality).into(),
    ];
    let within = |encode, max_bytes| match encode {
        Encode::Jpeg(jpeg) => jpeg.max_bytes(max_bytes).into(),
        Encode::WebP(webp) => webp.max_bytes(max_bytes).into(),
        other => other,
    };
    for (size, field, contrast) in [((320, 240), 1, 127), ((1001, 703), 3, 70)] {
        let picture = Pipeline::open(noise(Size::new(size.0, size.1), field, contrast)?);
        for encode in encodes {
            let bytes = |quality| -> Result<u64> {
                Ok(picture.clone().encode(encode(quality)).run()?.data.len() as u64)
            };
            let (least, most) = (bytes(1)?, bytes(95)?);
            for part in [1, 8, 15] {
                let encode: Encode = within(encode(95), least + (most - least) * part / 16);
                for threads in [1, 2, 4] {
                    let job = picture.clone().encode(encode).threads(threads);
                    let bound = job.plan()?.peak_memory;
                    let peak = measured(&[job])?;
                    assert!(
                        peak <= bound,
                        "{encode} of {size:?} on {threads}: held {peak}, bound {bound}"
                    );
                }
            }
        }
    }
    Ok(())
}

/// The rows of a raw picture are the caller's: neither held nor part of the bound.
fn raw_pictures_are_not_counted() -> Result<()> {
    let size = Size::new(1000, 3000);
    let image = noise(size, 1, 127)?;
    let bytes = image.data().len() as u64;
    for threads in [1, 2] {
        let job = Pipeline::open(image.clone()).encode(Jpeg::quality(50)).threads(threads);
        let (bound, peak) = (job.plan()?.peak_memory, measured(&[job])?);
        assert!(
            peak <= bound && bound < bytes / 2,
            "on {threads}: held {peak}, bound {bound} of {bytes}"
        );
    }
    Ok(())
}

/// Fields of so many pixels square, each sample below or above the middle by chance.
fn noise(size: Size, field: u32, contrast: u8) -> Result<Image> {
    let sample = |i: u32| {
        let (x, y) = (i / 3 % size.width / field, i / 3 / size.width / field);
        let mixed = (u64::from(x) << 32 | u64::from(y) << 2 | u64::from(i % 3))
            .wrapping_add(1)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        if mixed >> 63 == 1 { 128 + contrast } else { 128 - contrast }
    };
    Image::new(size, Layout::Rgb, (0..size.width * size.height * 3).map(sample).collect())
}

/// The tasks that performance is measured on. How much two threads hold at a time is up to the scheduler, and on a busy machine it
/// is up to a sixth less than on an idle one. On one thread the order of all work is fixed, and so is the memory held: there the
/// bound is at most twice that. Of the bound on two threads the plan alone can tell: it is little more.
fn tasks_hold_at_least_half_of_the_bound() -> Result<()> {
    let Some(photos) = corpus("photos") else { return Ok(()) };
    let mut wrong = Vec::new();
    let mut bounds = BTreeMap::new();
    for (name, pipelines) in tasks(&photos) {
        let on = |threads| -> Result<(u64, Vec<Pipeline>)> {
            let jobs: Vec<_> = pipelines.iter().map(|job| job.clone().threads(threads)).collect();
            Ok((plan_all(&jobs)?[0].peak_memory, jobs))
        };
        let ((bound, jobs), (bound_of_two, jobs_of_two)) = (on(1)?, on(2)?);
        let (peak, peak_of_two) = (measured(&jobs)?, measured(&jobs_of_two)?);
        let ratio = bound as f64 / peak as f64;
        let more = bound_of_two as f64 / bound as f64;
        eprintln!("{name}: held {peak}, bound {bound}, {ratio:.3}; on two threads {more:.3}");
        // One thread makes one page of the spread after the other, two make both at a time.
        let tight = match name {
            "spread" => bound <= 2 * bounds["page"],
            // The bound of a small WebP is that of noise, which is much of so small a job: held to its bytes.
            "thumb_webp" => bound <= 1_140_000,
            _ => ratio <= 2.0,
        };
        // Measured are 1.36 and less, for a few more bands; jobs that keep little else are held to their bytes.
        let little_more = match name {
            "preview_webp" => bound_of_two <= 5_660_000,
            "thumb_webp" => bound_of_two <= 1_680_000,
            _ => more <= 1.4,
        };
        if peak > bound || !tight {
            wrong.push(format!("{name}: held {peak}, bound {bound}, {ratio:.3}"));
        }
        if peak_of_two > bound_of_two || !little_more {
            wrong.push(format!("{name} on 2: held {peak_of_two}, bound {bound_of_two}"));
        }
        bounds.insert(name, bound);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

fn tasks(photos: &Path) -> Vec<(&'static str, Vec<Pipeline>)> {
    let bytes = |name: &str| std::fs::read(photos.join(name)).expect("a photo");
    let open = |name: &str| Pipeline::open(bytes(name));
    let tiles = ["00", "01", "10", "11"].map(|place| bytes(&format!("eleph_{place}.jpg")));
    let page = Pipeline::stitch(Stitch::across(2), tiles.clone());
    // Eight tiles of four photographs: a byte after its end makes a file another one.
    let other = tiles.clone().map(|tile| [tile, vec![0]].concat());
    let spread = [tiles.clone(), other].into_iter().flat_map(|tiles| {
        let page = Pipeline::stitch(Stitch::across(2), tiles);
        let preview = page.clone().resize((800, 600)).encode(Jpeg::quality(80));
        [page.encode(Jpeg::quality(90)), preview]
    });
    let preview = page.clone().resize((800, 600));
    let full = open("eleph_full.jpg");
    vec![
        ("preview_jpeg", vec![preview.clone().encode(Jpeg::quality(80))]),
        ("preview_webp", vec![preview.clone().encode(WebP::quality(80))]),
        ("print_jpeg", vec![page.clone().encode(Jpeg::quality(90))]),
        ("page", vec![page.encode(Jpeg::quality(90)), preview.encode(Jpeg::quality(80))]),
        ("spread", spread.collect()),
        ("thumb_jpeg", vec![full.clone().resize(Resize::width(320)).encode(Jpeg::quality(80))]),
        ("thumb_webp", vec![full.clone().resize(Resize::width(320)).encode(WebP::quality(80))]),
        ("hd_webp", vec![full.clone().resize(Resize::width(1600)).encode(WebP::quality(80))]),
        (
            "sharp_jpeg",
            vec![open("bench-2725x2225.jpg").resize((720, 588)).encode(Jpeg::quality(80))],
        ),
        ("prog_thumb", vec![open("prog.jpg").resize(Resize::width(320)).encode(Jpeg::quality(80))]),
        ("crop", vec![full.crop(Rect::new(3000, 2000, 600, 400)).encode(Jpeg::quality(80))]),
        ("png_png", vec![open("alpha-2048x1536.png").resize((720, 540)).encode(Png::default())]),
    ]
}
