//! Workloads beside their bounds.

use makeready::{
    Encode, Image, Jpeg, Open, Optimizations, Pipeline, Png, Quarter, Rect, Resize, Result, Shrink,
    Size, Stitch, WebP, plan_all,
};

use crate::{measured, noise};

/// Jobs that make each term of the bound the largest.
pub(crate) fn workloads_hold_no_more() -> Result<()> {
    let photo = noise(Size::new(640, 480), 3, 70)?;
    let file = |image: &Image, encode: Encode| -> Result<Vec<u8>> {
        Ok(Pipeline::open(image.clone()).encode(encode).run()?.data)
    };
    let jpeg = file(&photo, Jpeg::quality(80).into())?;
    let png = file(&photo, Png::compression_level(1).into())?;
    let webp = file(&photo, WebP::quality(80).effort(0).into())?;
    // Of a small region less is held than a bound is too high by.
    let fields = noise(Size::new(2000, 1500), 100, 30)?;
    let large = file(&fields, WebP::quality(80).effort(0).into())?;
    let lossless = file(&fields, WebP::lossless().effort(0).into())?;
    let high = file(&noise(Size::new(600, 6000), 3, 70)?, Jpeg::quality(80).into())?;
    let film = |file: &Vec<u8>| Pipeline::open_with(file.clone(), Open::default().animated(true));
    let moving =
        film(&std::fs::read("images/animated.gif").expect("a test image")).resize((640, 480));
    let lossy_film = moving.clone().encode(WebP::quality(80).effort(0)).run()?.data;
    let lossless_film = moving.clone().encode(WebP::lossless().effort(0)).run()?.data;
    let png_film = moving.encode(Png::compression_level(1)).run()?.data;
    let column = |file: &Vec<u8>, count| {
        Pipeline::stitch(Stitch::across(1), (0..count).map(|_| file.clone()))
    };
    let page = |file: &Vec<u8>| Pipeline::stitch(Stitch::across(2), vec![file.clone(); 4]);
    let turned = |file: &Vec<u8>| Pipeline::open(file.clone()).rotate(Quarter::One);
    let all_rows = |job: Pipeline| job.encode(Jpeg::quality(80));
    let slow = Png::compression_level(9);
    let best = WebP::lossless().effort(2);
    let region = Rect::new(40, 60, 1900, 1400);
    let workloads: Vec<(&str, Vec<Pipeline>)> = vec![
        ("rows of many tiles below one another", vec![all_rows(column(&jpeg, 48))]),
        ("rows of many tiles that come whole", vec![all_rows(column(&webp, 12))]),
        (
            "turned tiles",
            vec![all_rows(Pipeline::stitch(
                Stitch::across(1),
                [turned(&jpeg), turned(&png), turned(&jpeg)],
            ))],
        ),
        ("a region of a webp", vec![all_rows(Pipeline::open(large).crop(region))]),
        ("a region of a lossless webp", vec![all_rows(Pipeline::open(lossless).crop(region))]),
        (
            "several webps of one page",
            (0..3)
                .map(|width| page(&png).crop(Rect::new(0, 0, 1280 - width, 960)).encode(best))
                .collect(),
        ),
        (
            "webps of one stitch as they are",
            vec![
                page(&png).encode(best),
                page(&png).flop().encode(best),
                page(&png).encode(WebP::lossless().effort(1)),
            ],
        ),
        (
            "rows above a crop",
            vec![
                Pipeline::open(high.clone())
                    .crop(Rect::new(0, 5900, 600, 100))
                    .encode(Jpeg::quality(80))
                    .optimizations(Optimizations::none()),
            ],
        ),
        (
            "a slow output beside a fast one",
            vec![
                Pipeline::open(high.clone()).encode(slow),
                Pipeline::open(high.clone()).encode(Jpeg::quality(60)),
            ],
        ),
        (
            "a slow output of a stitch beside a fast one",
            vec![column(&jpeg, 10).encode(Jpeg::quality(60)), column(&jpeg, 10).encode(slow)],
        ),
        (
            "weights of an extreme ratio across",
            vec![Pipeline::open(high.clone()).resize(Resize::fill(1, 6000)).encode(slow)],
        ),
        (
            "weights of an extreme ratio down",
            vec![Pipeline::open(high).resize(Resize::fill(600, 1)).encode(slow)],
        ),
        (
            "weights of an enlargement",
            vec![all_rows(Pipeline::open(jpeg.clone()).resize(Resize::fill(6000, 30)))],
        ),
        (
            "a resize whose kernel reaches far",
            vec![all_rows(column(&png, 4).resize(Resize::fill(60, 45)).shrink(Shrink::Off))],
        ),
        ("a film of webp", vec![film(&lossy_film).encode(WebP::quality(50))]),
        ("a film of lossless webp", vec![film(&lossless_film).encode(Png::compression_level(1))]),
        ("a film of png", vec![film(&png_film).encode(Png::compression_level(0))]),
        ("a small film of png", vec![film(&png_film).resize((40, 30)).encode(WebP::lossless())]),
    ];
    let mut wrong = Vec::new();
    for (name, jobs) in workloads {
        for threads in [1, 2, 8] {
            let jobs: Vec<_> = jobs.iter().map(|job| job.clone().threads(threads)).collect();
            let bound = plan_all(&jobs)?[0].peak_memory;
            // Which bands live side by side is up to the threads.
            let mut peak = 0;
            for _ in 0..if threads == 1 { 1 } else { 3 } {
                peak = peak.max(measured(&jobs)?);
            }
            eprintln!("{name} on {threads}: held {} KiB, bound {} KiB", peak >> 10, bound >> 10);
            if peak > bound {
                wrong.push(format!("{name} on {threads}: held {peak}, bound {bound}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
