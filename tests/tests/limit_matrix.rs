//! Every limit by every format and by every shape of a job: just enough passes, one less is refused by its name. Limits
//! that a tile may not set, and the strictest limits of a pass.

use std::sync::Arc;
use std::time::Duration;

use makeready::by_name::{self, Value};
use makeready::{
    CancelToken, ColourSpace, Encode, Image, Jpeg, Layout, Limits, Meta, Optimizations, Pipeline,
    Png, Priority, Result, Shrink, Size, Stitch, WebP, plan_all, probe, run_all,
};
use makeready_tests::corpus::every_format;
use makeready_tests::image;

/// A file, and the scans that are read of it where it is a JPEG.
struct Input {
    name: &'static str,
    file: Vec<u8>,
    size: Size,
    scans: Option<u32>,
}

impl Input {
    fn new(name: &'static str, file: Vec<u8>) -> Self {
        let size = probe(file.clone()).expect(name).size();
        let is_scan = |pair: &&[u8]| **pair == [0xFF, 0xDA];
        let scans = file.windows(2).filter(is_scan).count();
        let scans = name.contains("jpeg").then(|| u32::try_from(scans).expect("a few scans"));
        Self { name, file, size, scans }
    }
}

/// A file of every format, and of every kind that is read in its own way.
fn inputs() -> Vec<Input> {
    let size = Size::new(24, 20);
    let samples = (0..size.pixels() * 3).map(|i| (i * 37 % 251).to_le_bytes()[0]).collect();
    let picture = Image::new(size, Layout::Rgb, samples).expect("a picture");
    let of = |name, encode: Encode| {
        let written = Pipeline::open(picture.clone()).encode(encode).run().expect(name);
        Input::new(name, written.data)
    };
    let mut inputs = vec![
        of("jpeg of one scan", Jpeg::quality(90).into()),
        of("progressive jpeg", Jpeg::quality(90).progressive(true).into()),
        of("png", Png::default().into()),
        of("webp", WebP::quality(90).into()),
        of("lossless webp", WebP::lossless().into()),
    ];
    let others = every_format()
        .into_iter()
        .filter(|(name, _)| inputs.iter().all(|i| !i.name.contains(name)));
    let others: Vec<_> = others.map(|(name, file)| Input::new(name, file)).collect();
    inputs.extend(others);
    assert_eq!(inputs[0].scans, Some(1));
    assert!(inputs[1].scans > Some(1));
    inputs
}

/// A job of one file at one or more places.
struct Shape {
    name: &'static str,
    inputs: u32,
    /// The output, in widths and heights of the file.
    output: (u32, u32),
    build: fn(&[u8]) -> Pipeline,
}

const SHAPES: [Shape; 3] = [
    Shape {
        name: "single run",
        inputs: 1,
        output: (1, 1),
        build: |file| Pipeline::open(file.to_vec()),
    },
    Shape { name: "stitch", inputs: 2, output: (2, 1), build: |file| row(file) },
    Shape {
        name: "nested stitch",
        inputs: 3,
        output: (2, 2),
        build: |file| {
            Pipeline::stitch(Stitch::across(1), [row(file), Pipeline::open(file.to_vec())])
        },
    },
];

fn row(file: &[u8]) -> Pipeline {
    Pipeline::stitch(Stitch::across(2), [file.to_vec(), file.to_vec()])
}

/// Sets a limit of this name; one that its type cannot hold is as large as that.
fn limited(name: &str, value: u64) -> Limits {
    let of = |value: u64| by_name::limits(&[(name.to_owned(), Value::Int(value.into()))]);
    of(value).or_else(|_| of(u32::MAX.into())).expect("a limit")
}

/// The limits that a job needs on its own, and whether its decoders check each when it runs.
fn needs(input: &Input, shape: &Shape) -> Vec<(&'static str, u64, bool)> {
    let Size { width, height } = input.size;
    let output = Size::new(width * shape.output.0, height * shape.output.1);
    let longer = |size: Size| u64::from(size.width.max(size.height));
    let pixels = input.size.pixels();
    let mut needs = vec![
        ("max_input_bytes", input.file.len() as u64, false),
        ("max_input_pixels", pixels, false),
        ("max_input_side", longer(input.size), false),
        ("max_inputs", shape.inputs.into(), false),
        ("max_total_pixels", pixels * u64::from(shape.inputs), false),
        ("max_output_pixels", output.pixels(), false),
        ("max_output_side", longer(output), false),
    ];
    let scans = input.scans.map(u64::from);
    needs.extend(scans.into_iter().flat_map(|scans| {
        [("max_jpeg_scans", scans, true), ("max_jpeg_scan_pixels", scans * pixels, true)]
    }));
    needs
}

/// Runs `job` alone, and beside another pipeline in both orders: of the same file, and of another one.
fn all_ways(job: &Pipeline, file: &[u8], expected: Option<&str>, what: &str) -> Result<()> {
    let named = |result: Result<()>| result.err().map(|error| error.limit().expect("a limit"));
    assert_eq!(named(job.run().map(drop)), expected, "{what}");
    let other = Pipeline::open(Image::new(Size::new(1, 1), Layout::Gray, vec![9])?);
    for other in [Pipeline::open(file.to_vec()), other] {
        let other = other.encode(Jpeg::quality(70));
        other.run()?;
        assert_eq!(named(run_all([job, &other]).map(drop)), expected, "{what}, first of a pass");
        assert_eq!(named(run_all([&other, job]).map(drop)), expected, "{what}, last of a pass");
    }
    Ok(())
}

#[test]
fn every_limit_holds_for_every_format_in_every_shape() -> Result<()> {
    for input in inputs() {
        for shape in &SHAPES {
            let job = (shape.build)(&input.file).encode(Png::compression_level(0));
            for (limit, need, when_it_runs) in needs(&input, shape) {
                let what = format!("{limit} of {}, {}", input.name, shape.name);
                let with = |value| job.clone().limits(limited(limit, value));
                all_ways(&with(need), &input.file, None, &what)?;
                all_ways(&with(need - 1), &input.file, Some(limit), &what)?;
                let planned = with(need - 1).plan().err().and_then(|error| error.limit());
                assert_eq!(planned, (!when_it_runs).then_some(limit), "{what}, planned");
            }
            // Limits of another format do not hold.
            if input.scans.is_none() {
                for limit in ["max_jpeg_scans", "max_jpeg_scan_pixels"] {
                    job.clone().limits(limited(limit, 0)).run()?;
                }
            }
        }
    }
    Ok(())
}

/// The least value of a limit for a pass as a whole, from the error when the limit is 0.
fn needed(pass: &[Pipeline], limit: &str) -> u64 {
    let mut pass = pass.to_vec();
    pass[0] = pass[0].clone().limits(limited(limit, 0));
    let error = plan_all(&pass).expect_err(limit);
    assert_eq!(error.limit(), Some(limit));
    let text = error.to_string();
    let number = text.rsplit(' ').next().and_then(|word| word.parse().ok());
    number.unwrap_or_else(|| panic!("no number in {text}"))
}

#[test]
fn the_strictest_limit_of_a_pass_holds_in_both_orders() -> Result<()> {
    for input in inputs() {
        for shape in &SHAPES {
            let job = (shape.build)(&input.file).encode(Png::compression_level(0));
            let other = Pipeline::open(input.file.clone()).encode(Jpeg::quality(70));
            for limit in ["max_work", "max_memory", "max_outputs"] {
                let need = needed(&[job.clone(), other.clone()], limit);
                for (strict, lenient) in [(&job, &other), (&other, &job)] {
                    let what = format!("{limit} of {}, {}", input.name, shape.name);
                    let strict = |value| strict.clone().limits(limited(limit, value));
                    run_all([&strict(need), lenient])?;
                    run_all([lenient, &strict(need)])?;
                    // The other one has limits too, and wider ones.
                    let lenient = lenient.clone().limits(limited(limit, need + 1));
                    for pass in [[&strict(need - 1), &lenient], [&lenient, &strict(need - 1)]] {
                        let error = run_all(pass).expect_err(&what);
                        assert_eq!(error.limit(), Some(limit), "{what}");
                        assert_eq!(plan_all(pass).expect_err(&what).limit(), Some(limit));
                    }
                }
            }
        }
    }
    Ok(())
}

#[test]
fn the_earliest_deadline_and_any_token_of_a_pass_hold_in_both_orders() -> Result<()> {
    let job = Pipeline::open(image("photo.jpg")).resize((40, 30));
    let late = job.clone().deadline(Duration::from_secs(3600));
    let cancelled = CancelToken::new();
    cancelled.cancel();
    let other = job.clone().cancel(CancelToken::new());
    for (stopped, other, code) in [
        (job.clone().deadline(Duration::ZERO), &late, "timeout"),
        (job.clone().cancel(cancelled.clone()), &other, "cancelled"),
        (other.clone().cancel(cancelled), &other, "cancelled"),
    ] {
        other.run()?;
        for pass in [[&stopped, other], [other, &stopped]] {
            assert_eq!(run_all(pass).expect_err(code).code(), code);
            assert_eq!(plan_all(pass).expect_err(code).code(), code);
        }
    }
    Ok(())
}

/// A setting that only a whole job can have.
type Setting = (&'static str, fn(Pipeline) -> Pipeline);

const SETTINGS: [Setting; 11] = [
    ("an encode", |tile| tile.encode(Png::default())),
    ("limits", |tile| tile.limits(Limits::default())),
    ("threads", |tile| tile.threads(1)),
    ("a deadline", |tile| tile.deadline(Duration::from_secs(60))),
    ("a cancel token", |tile| tile.cancel(CancelToken::new())),
    ("a shrink", |tile| tile.shrink(Shrink::Off)),
    ("a colour space", |tile| tile.colour(ColourSpace::DisplayP3)),
    ("metadata to keep", |tile| tile.keep([Meta::Exif])),
    ("a density", |tile| tile.density(300)),
    ("a priority", |tile| tile.priority(Priority::High)),
    ("optimizations", |tile| tile.optimizations(Optimizations::none())),
];

#[test]
fn a_tile_with_a_setting_of_a_whole_job_is_refused() -> Result<()> {
    let file: Arc<[u8]> = image("two-red.png").into();
    let tile = || Pipeline::open(file.to_vec());
    for (name, set) in SETTINGS {
        set(tile()).run()?;
        let page = Pipeline::stitch(Stitch::across(2), [tile(), set(tile())]);
        let nested = Pipeline::stitch(Stitch::across(1), [page.clone()]);
        let inner = set(Pipeline::stitch(Stitch::across(1), [tile()]));
        let stitch = Pipeline::stitch(Stitch::across(2), [tile(), inner]);
        for job in [page, nested, stitch] {
            for error in [job.plan().map(drop).unwrap_err(), job.run().map(drop).unwrap_err()] {
                assert_eq!(error.code(), "invalid_option", "{name}");
                assert!(error.to_string().contains(name), "{name}: {error}");
            }
        }
    }
    Ok(())
}
