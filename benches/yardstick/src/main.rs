//! The JPEG engine against libjpeg-turbo: the same bytes in, one thread, in turns, medians.
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

use makeready::{Image, Jpeg, Layout, Pipeline, Rect, Resize, Shrink, Size, Source, probe};
use turbojpeg::{Compressor, Decompressor, PixelFormat, ScalingFactor, Subsamp};

/// Turns of each contender.
const TURNS: usize = 15;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    println!("| file | work | makeready ms | libjpeg-turbo ms | ratio |\n|---|---|---|---|---|");
    for path in std::env::args().skip(1) {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let bytes = std::fs::read(&path)?;
        decodes(name, &bytes)?;
        encodes(name, &bytes)?;
    }
    Ok(())
}

/// Times both in turns and prints a row.
fn compare(
    name: &str,
    work: &str,
    mut ours: impl FnMut() -> Outcome<()>,
    mut theirs: impl FnMut() -> Outcome<()>,
) -> Outcome<()> {
    let mut times = [Vec::new(), Vec::new()];
    for turn in 0..=TURNS {
        let start = Instant::now();
        ours()?;
        let middle = Instant::now();
        theirs()?;
        // The first turn warms up.
        if turn > 0 {
            times[0].push(middle - start);
            times[1].push(middle.elapsed());
        }
    }
    let [ours, theirs] = times.map(|times| median(times).as_secs_f64() * 1e3);
    println!("| {name} | {work} | {ours:.1} | {theirs:.1} | {:.2} |", ours / theirs);
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn decodes(name: &str, bytes: &[u8]) -> Outcome<()> {
    let source = Source::from(bytes.to_vec());
    let Size { width, height } = probe(source.clone())?.size();
    let open = Pipeline::open(source).threads(1);
    for scale in [1, 2, 4, 8] {
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
            || Ok(drop(open_pixels(&scaled)?)),
            || {
                let mut pixels = vec![0; (w * h * 3) as usize];
                let image = turbojpeg::Image {
                    pixels: pixels.as_mut_slice(),
                    width: w as usize,
                    pitch: w as usize * 3,
                    height: h as usize,
                    format: PixelFormat::RGB,
                };
                Ok(decompressor.decompress(bytes, image)?)
            },
        )?;
    }
    let region = Rect::new(width * 3 / 4, height * 2 / 3, 600.min(width / 4), 400.min(height / 4));
    let part = open.clone().crop(region);
    compare(
        name,
        "our region 600x400 to our whole",
        || Ok(drop(open_pixels(&part)?)),
        || Ok(drop(open_pixels(&open)?)),
    )
}

fn open_pixels(pipeline: &Pipeline) -> makeready::Result<Image> {
    pipeline.pixels()
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
    for optimize in [false, true] {
        let job = open.clone().encode(Jpeg::quality(90).optimize_coding(optimize));
        let one = job.clone().threads(1);
        let mut compressor = Compressor::new()?;
        compressor.set_quality(90)?;
        compressor.set_subsamp(Subsamp::Sub2x2)?;
        compressor.set_optimize(optimize)?;
        let tables = if optimize { "optimised" } else { "fixed" };
        compare(
            name,
            &format!("encode q90, {tables} tables"),
            || Ok(drop(one.run()?)),
            || Ok(drop(compressor.compress_to_vec(theirs_image.as_deref())?)),
        )?;
        let two = job.threads(2);
        compare(
            name,
            &format!("our encode q90 on 2 threads to 1, {tables} tables"),
            || Ok(drop(two.run()?)),
            || Ok(drop(one.run()?)),
        )?;
    }
    Ok(())
}
