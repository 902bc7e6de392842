//! The JPEG engine against libjpeg-turbo: the same bytes in, one thread unless it says otherwise, in turns, medians.
//! libjpeg-turbo always has one thread.
//!
//! ```text
//! cargo run --release --manifest-path benches/yardstick/Cargo.toml -- FILE.jpg...
//! ```
//!
//! Needs cmake and nasm, which libjpeg-turbo is built with. Makeready is measured through its public
//! interface, so that its times have the plan and the copy into an `Image` in them. Both decode to a picture of their
//! own each time.

use std::error::Error;
use std::time::{Duration, Instant};

use makeready::{Jpeg, Layout, Pipeline, Rect, Resize, Shrink, Size, Source, probe};
use turbojpeg::{Compressor, Decompressor, PixelFormat, ScalingFactor, Subsamp};

/// Turns of each contender.
const TURNS: usize = 15;
/// Runs of a turn, as in a service that has one job after the other. The first, of which the ratio is shown as well, may
/// find its threads where the other contender has left them: two may be on one processor for some milliseconds.
const RUNS: usize = 3;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    println!(
        "# The JPEG engine against libjpeg-turbo\n\nMedians of {TURNS} turns of {RUNS} runs; the first of a turn comes right after the other's.\n"
    );
    println!("| file | work | Makeready ms | libjpeg-turbo ms | ratio | of first runs | at most |");
    println!("| --- | --- | --: | --: | --: | --: | --: |");
    for path in std::env::args().skip(1) {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let bytes = std::fs::read(&path)?;
        decodes(name, &bytes)?;
        encodes(name, &bytes)?;
    }
    Ok(())
}

/// Times both in turns and prints a row, with the ratio that is the goal.
fn compare(
    name: &str,
    work: &str,
    goal: f64,
    mut ours: impl FnMut() -> Outcome<()>,
    mut theirs: impl FnMut() -> Outcome<()>,
) -> Outcome<()> {
    let mut times = [Vec::new(), Vec::new()];
    for turn in 0..=TURNS {
        let contenders: [&mut dyn FnMut() -> Outcome<()>; 2] = [&mut ours, &mut theirs];
        for (contender, times) in contenders.into_iter().zip(&mut times) {
            for _ in 0..RUNS {
                let start = Instant::now();
                contender()?;
                // The first turn warms up.
                if turn > 0 {
                    times.push(start.elapsed());
                }
            }
        }
    }
    let ratio_of = |[ours, theirs]: [f64; 2]| ours / theirs;
    let [ours, theirs] = times.each_ref().map(|times| median(times.clone()));
    let first = |times: &Vec<_>| median(times.iter().copied().step_by(RUNS).collect());
    let (ratio, first) = (ratio_of([ours, theirs]), ratio_of(times.each_ref().map(first)));
    let mark = if ratio > goal { "**" } else { "" };
    println!(
        "| {name} | {work} | {ours:.1} | {theirs:.1} | {mark}{ratio:.2}{mark} | {first:.2} | {goal:.2} |"
    );
    Ok(())
}

/// The time includes the drop of the result.
fn done<T>(_: T) -> Outcome<()> {
    Ok(())
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn decodes(name: &str, bytes: &[u8]) -> Outcome<()> {
    let source = Source::from(bytes.to_vec());
    let Size { width, height } = probe(source.clone())?.size();
    let open = Pipeline::open(source).threads(1);
    // The marker of a progressive frame, which coded data do not have in them.
    let progressive = bytes.array_windows().any(|marker| *marker == [0xFF, 0xC2]);
    let eighth = if progressive { 0.15 } else { 0.75 };
    for (scale, goal) in [(1, 1.0), (2, 0.9), (4, 0.9), (8, eighth)] {
        let (w, h) = (width.div_ceil(scale), height.div_ceil(scale));
        // A resize to the size of the scaled decode is that decode and nothing to resample, if no side
        // splits a pixel: ours decodes up to 7 columns and rows less.
        let scaled = if scale == 1 {
            open.clone()
        } else {
            let whole = Rect::new(0, 0, width / 8 * 8, height / 8 * 8);
            let resize = Resize::fill(whole.width / scale, whole.height / scale);
            open.clone().crop(whole).resize(resize).shrink(Shrink::Fast)
        };
        let mut decompressor = Decompressor::new()?;
        decompressor.set_scaling_factor(ScalingFactor::new(1, scale as usize))?;
        compare(
            name,
            &format!("decode 1/{scale}"),
            goal,
            || done(scaled.pixels()?),
            || {
                let mut pixels = vec![0; (w * h * 3) as usize];
                let image = turbojpeg::Image {
                    pixels: pixels.as_mut_slice(),
                    width: w as usize,
                    pitch: w as usize * 3,
                    height: h as usize,
                    format: PixelFormat::RGB,
                };
                decompressor.decompress(bytes, image)?;
                Ok(())
            },
        )?;
    }
    if progressive {
        // All of its scans are read whatever the region.
        return Ok(());
    }
    let region = Rect::new(width * 3 / 4, height * 2 / 3, 600.min(width / 4), 400.min(height / 4));
    let part = open.clone().crop(region);
    compare(
        name,
        "region 600x400, to our whole",
        0.6,
        || done(part.pixels()?),
        || done(open.pixels()?),
    )
}

fn encodes(name: &str, bytes: &[u8]) -> Outcome<()> {
    let image = Pipeline::open(bytes.to_vec()).pixels()?;
    if image.layout() != Layout::Rgb {
        return Ok(());
    }
    let Size { width, height } = image.size();
    let theirs_image = turbojpeg::Image {
        pixels: image.data().to_vec(),
        width: width as usize,
        pitch: width as usize * 3,
        height: height as usize,
        format: PixelFormat::RGB,
    };
    let open = Pipeline::open(image);
    for (optimize, tables, goal) in [(false, "fixed", 1.0), (true, "optimised", 1.1)] {
        let job = open.clone().encode(Jpeg::quality(90).optimize_coding(optimize));
        let mut compressor = Compressor::new()?;
        compressor.set_quality(90)?;
        compressor.set_subsamp(Subsamp::Sub2x2)?;
        compressor.set_optimize(optimize)?;
        for (threads, goal) in [(1, goal), (2, 0.6)] {
            let ours = job.clone().threads(threads);
            let count = if threads == 1 { String::new() } else { format!(" on {threads} threads") };
            compare(
                name,
                &format!("encode q90{count}, {tables} tables"),
                goal,
                || done(ours.run()?),
                || done(compressor.compress_to_vec(theirs_image.as_deref())?),
            )?;
        }
    }
    Ok(())
}
