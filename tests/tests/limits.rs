//! Limits of passes: the pipeline that each counts for, pictures on the way, work, nesting, and the time that planning takes.

use std::time::{Duration, Instant};

use makeready::{
    CancelToken, Colour, Edges, Error, Image, Jpeg, Layout, Limits, Pipeline, Png, Quarter, Rect,
    Resize, Result, Size, Stitch, plan_all, run_all,
};
use makeready_tests::image;

fn gray(width: u32, height: u32, level: u8) -> Result<Image> {
    let size = Size::new(width, height);
    let bytes = usize::try_from(size.pixels()).expect("a small picture");
    Image::new(size, Layout::Gray, vec![level; bytes])
}

/// The limit that an error names.
fn named<T: std::fmt::Debug>(result: Result<T>) -> Option<&'static str> {
    result.expect_err("a limit is passed").limit()
}

/// A limit with a value that is too strict for the pictures of `pass`.
type Strict = (&'static str, fn(&mut Limits));

/// Every limit that can be passed beside another pipeline with its own.
const STRICT: [Strict; 10] = [
    ("max_input_bytes", |limits| limits.max_input_bytes = 1000),
    ("max_input_pixels", |limits| limits.max_input_pixels = 1000),
    ("max_input_side", |limits| limits.max_input_side = 100),
    ("max_total_pixels", |limits| limits.max_total_pixels = 1000),
    ("max_output_pixels", |limits| limits.max_output_pixels = 1000),
    ("max_output_side", |limits| limits.max_output_side = 100),
    ("max_jpeg_scans", |limits| limits.max_jpeg_scans = 2),
    ("max_jpeg_scan_pixels", |limits| limits.max_jpeg_scan_pixels = 1000),
    ("max_memory", |limits| limits.max_memory = 10_000),
    ("max_work", |limits| limits.max_work = 1000),
];

#[test]
fn a_strict_limit_holds_beside_any_other_pipeline() -> Result<()> {
    let file = image("progressive.jpg");
    // The one with the least memory of all must not bring its other limits along.
    let other = Limits { max_memory: 300 << 20, ..Limits::default() };
    for (name, set) in STRICT {
        let mut limits = Limits::default();
        set(&mut limits);
        // Of the same file, whose decode they share, and of another.
        for lenient in [Pipeline::open(file.clone()), Pipeline::open(gray(300, 200, 9)?)] {
            let lenient = lenient.limits(other).encode(Png::default());
            let strict = Pipeline::open(file.clone()).limits(limits).encode(Jpeg::quality(70));
            lenient.run()?;
            assert_eq!(named(strict.run()), Some(name), "alone");
            assert_eq!(named(run_all([&lenient, &strict])), Some(name), "{name} is the second");
            assert_eq!(named(run_all([&strict, &lenient])), Some(name), "{name} is the first");
        }
    }
    Ok(())
}

#[test]
fn limits_of_one_pipeline_do_not_hold_for_the_inputs_of_another() -> Result<()> {
    let strict = Limits {
        max_input_pixels: 100,
        max_input_side: 10,
        max_output_pixels: 100,
        max_output_side: 10,
        max_total_pixels: 100,
        max_input_bytes: 10,
        max_jpeg_scans: 1,
        max_memory: 300 << 20,
        ..Limits::default()
    };
    let small = Pipeline::open(gray(10, 10, 7)?).limits(strict);
    let large = Pipeline::open(image("progressive.jpg")).encode(Png::default());
    run_all([&small, &large])?;
    run_all([&large, &small])?;
    Ok(())
}

#[test]
fn pictures_on_the_way_are_held_to_the_limits_of_outputs() -> Result<()> {
    let limits = Limits { max_output_pixels: 10_000, max_output_side: 200, ..Limits::default() };
    let dot = || Pipeline::open(gray(10, 10, 9).expect("a picture")).limits(limits);
    let tiles = |count, across| {
        let tiles = (0..count).map(|_| gray(50, 50, 9).expect("a picture"));
        Pipeline::stitch(Stitch::across(across), tiles).limits(limits)
    };
    let wide = Edges { left: 1_000_000, ..Edges::default() };
    let small = Resize::fill(4, 4);
    let cases = [
        (dot().resize(Resize::fill(101, 100)), "max_output_pixels"),
        (dot().resize(Resize::fill(201, 4)), "max_output_side"),
        (dot().extend(wide, Colour::BLACK), "max_output_side"),
        (dot().extend(Edges::all(46), Colour::BLACK), "max_output_pixels"),
        (dot().resize(Resize::contain(150, 150)), "max_output_pixels"),
        (tiles(5, 5), "max_output_side"),
        (tiles(6, 3), "max_output_pixels"),
        (
            Pipeline::open(gray(300, 300, 9)?).limits(limits).crop(Rect::new(0, 0, 150, 150)),
            "max_output_pixels",
        ),
        (
            Pipeline::stitch(Stitch::across(1), [Pipeline::open(gray(9, 9, 9)?).resize((120, 99))])
                .limits(limits),
            "max_output_pixels",
        ),
    ];
    for (large, name) in cases {
        let back = large.clone().resize(small);
        let error = back.plan().expect_err(name);
        assert_eq!(error.limit(), Some(name), "{large:?}: {error}");
    }
    // Sizes exactly at the limit, and inputs, which have limits of their own.
    dot().resize(Resize::fill(100, 100)).resize(small).run()?;
    tiles(4, 4).resize(small).run()?;
    let turned = Pipeline::open(gray(300, 300, 9)?).limits(limits).rotate(Quarter::One);
    turned.resize(small).run()?;
    Ok(())
}

#[test]
fn large_pictures_from_next_to_nothing_are_too_much_work() -> Result<()> {
    let layer = |level| {
        let dot = Pipeline::open(gray(1, 1, level).expect("a picture"));
        dot.resize(Resize::fill(10_000, 10_000))
    };
    let stack = |layers| {
        let places = vec![(0, 0); usize::from(layers)];
        let stitch = Stitch::canvas(10_000, 10_000).at(places);
        Pipeline::stitch(stitch, (0..layers).map(layer)).resize((100, 100))
    };
    let error = stack(64).plan().unwrap_err();
    assert_eq!((error.code(), error.limit()), ("limit_exceeded", Some("max_work")), "{error}");
    let memory = Limits { max_memory: 2 << 30, ..Limits::default() };
    stack(64).limits(Limits { max_work: 7_000_000_000, ..memory }).plan()?;
    stack(32).limits(memory).plan()?;
    // 10x10 decoded, 20x20 resized, 20x20 encoded.
    let job = Pipeline::open(gray(10, 10, 9)?).resize((20, 20));
    job.clone().limits(Limits { max_work: 900, ..Limits::default() }).run()?;
    let limits = Limits { max_work: 899, ..Limits::default() };
    assert_eq!(
        job.limits(limits).run().unwrap_err().to_string(),
        "max_work is 899, this needs 900"
    );
    Ok(())
}

/// The largest task of the benches: eight tiles of 3 megapixels to the prints and previews of two pages.
#[test]
fn a_spread_passes_the_limit_of_work_twenty_times_over() -> Result<()> {
    let tile = Pipeline::open(gray(2000, 1500, 90)?).encode(Jpeg::quality(85)).run()?.data;
    let mut jobs = Vec::new();
    for page in 0..2_u8 {
        let tiles = (0..4).map(|at| {
            // Tiles of different bytes, so that only the work of a spread is shared.
            let mut tile = tile.clone();
            tile.extend([page, at]);
            tile
        });
        let page = Pipeline::stitch(Stitch::across(2), tiles);
        jobs.push(page.clone().encode(Jpeg::quality(90)));
        jobs.push(page.resize((800, 600)).encode(Jpeg::quality(80)));
    }
    let limits = Limits { max_work: Limits::default().max_work / 20, ..Limits::default() };
    plan_all(jobs.iter().map(|job| job.clone().limits(limits)))?;
    Ok(())
}

#[test]
fn stitches_nest_a_hundred_deep() -> Result<()> {
    let nested = |depth: usize| {
        let start = Pipeline::open(gray(1, 1, 200).expect("a picture"));
        (0..depth).fold(start, |inner, _| Pipeline::stitch(Stitch::across(1), [inner]))
    };
    assert_eq!(nested(100).pixels()?.data(), [200]);
    for deep in [nested(101), nested(100_000)] {
        let copy = deep.clone();
        drop(deep);
        assert!(format!("{copy:?}").len() < 1000);
        for result in [copy.plan().map(drop), copy.explain().map(drop), copy.run().map(drop)] {
            let error = result.unwrap_err();
            assert_eq!(error.code(), "invalid_option");
            assert_eq!(error.to_string(), "stitches are nested at most 100 deep");
        }
    }
    Ok(())
}

/// Each level holds the level below twice: copied, 40 of them would fill any memory.
#[test]
fn pipelines_share_their_inputs() -> Result<()> {
    let mut page = Pipeline::open(gray(1, 1, 200)?);
    for _ in 0..40 {
        page = Pipeline::stitch(Stitch::across(1), [page.clone(), page]);
    }
    assert_eq!(named(page.plan()), Some("max_inputs"));
    Ok(())
}

#[test]
fn operations_on_a_picture_are_counted() -> Result<()> {
    let turned = |times: usize| {
        let start = Pipeline::open(gray(2, 1, 200).expect("a picture"));
        (0..times).fold(start, |inner, _| inner.flip())
    };
    turned(1000).run()?;
    assert!(turned(1000).explain()?.contains("orient"));
    let inside = Pipeline::stitch(Stitch::across(1), [turned(1000)]);
    for job in [turned(1001), turned(200_000), inside] {
        assert_eq!(job.plan().unwrap_err().code(), "invalid_option");
    }
    Ok(())
}

/// Small jobs of different files, or sizes of one.
fn small_jobs(count: u32, one_file: bool) -> Result<Vec<Pipeline>> {
    let limits = Limits { max_outputs: usize::MAX, max_memory: u64::MAX, ..Limits::default() };
    let job = |index: u32| {
        let number = if one_file { 0 } else { index };
        // A file that differs in its last bytes, of one length.
        let mut file = image("photo.jpg");
        file.extend(number.to_be_bytes());
        let width = 20 + index % 30;
        Pipeline::open(file).limits(limits).resize(Resize::width(width)).encode(Jpeg::quality(80))
    };
    Ok((0..count).map(job).collect())
}

#[test]
fn planning_takes_no_longer_for_each_of_many_outputs() -> Result<()> {
    for one_file in [false, true] {
        let few = small_jobs(300, one_file)?;
        let many = small_jobs(3000, one_file)?;
        let seconds = |jobs: &[Pipeline]| -> Result<f64> {
            let start = Instant::now();
            assert_eq!(
                makeready::explain_all(jobs)?.matches("encode jpeg").count(),
                jobs.len() * 2
            );
            Ok(start.elapsed().as_secs_f64())
        };
        // The best of three: other work on the machine may delay some.
        let best = |jobs: &[Pipeline]| -> Result<f64> {
            let rounds = (0..3).map(|_| seconds(jobs)).collect::<Result<Vec<_>>>()?;
            Ok(rounds.into_iter().fold(f64::MAX, f64::min))
        };
        let (few, many) = (best(&few)?, best(&many)?);
        eprintln!("one file {one_file}: 300 outputs in {few:.3} s, 3000 in {many:.3} s");
        assert!(many < 30.0 * few, "one file {one_file}: {few} s for 300, {many} s for 3000");
    }
    Ok(())
}

#[test]
fn planning_stops_at_the_deadline_and_when_cancelled() -> Result<()> {
    let deadline = Duration::from_millis(20);
    let mut jobs = small_jobs(3000, false)?;
    jobs[0] = jobs[0].clone().deadline(deadline);
    for what in 0..3 {
        let start = Instant::now();
        let error: Error = match what {
            0 => run_all(&jobs).map(drop).unwrap_err(),
            1 => plan_all(&jobs).map(drop).unwrap_err(),
            _ => makeready::explain_all(&jobs).map(drop).unwrap_err(),
        };
        assert_eq!(error.code(), "timeout");
        let late = start.elapsed().saturating_sub(deadline);
        assert!(late < Duration::from_millis(100), "{late:?} late");
    }
    let token = CancelToken::new();
    token.cancel();
    let job = Pipeline::open(gray(2, 2, 1)?).cancel(token);
    assert_eq!(job.plan().unwrap_err().code(), "cancelled");
    assert_eq!(job.explain().unwrap_err().code(), "cancelled");
    Ok(())
}

#[test]
fn outputs_of_a_pass_are_limited() -> Result<()> {
    let memory = Limits { max_memory: 2 << 30, ..Limits::default() };
    let dot = Pipeline::open(gray(1, 1, 1)?).limits(memory);
    let thousand = vec![dot.clone(); 1000];
    assert_eq!(plan_all(&thousand)?.len(), 1000);
    let more = vec![dot.clone(); 1001];
    assert_eq!(named(run_all(&more)), Some("max_outputs"));
    assert_eq!(named(plan_all(&more)), Some("max_outputs"));
    let two = Limits { max_outputs: 2, ..Limits::default() };
    assert_eq!(named(run_all([dot.clone(), dot.clone().limits(two), dot])), Some("max_outputs"));
    Ok(())
}
