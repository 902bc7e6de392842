//! Compares the encoder with libwebp: bytes, SSIMULACRA2 and CPU time, from the same planes.
//!
//! ```text
//! yardstick-webp [--effort N] [--method N] [--filter N] [--shaping N] [--quick] [--times N]
//!                [--threads N] [--level N] PICTURE[:WIDTHxHEIGHT]...
//! ```
#![allow(unsafe_code, reason = "calls libwebp")]

use std::error::Error;
use std::path::Path;

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use libwebp_sys::{
    WebPConfig, WebPDecodeRGB, WebPEncode, WebPFree, WebPMemoryWrite, WebPMemoryWriter,
    WebPMemoryWriterClear, WebPMemoryWriterInit, WebPPicture, WebPPictureAlloc, WebPPictureFree,
};
use makeready::{Colour, Pipeline, Size};
use makeready_webp::{Encoder, Level, Planes, Settings, planes_from_rgb, simple_file};
use rustix::time::{ClockId, clock_gettime};

struct Picture {
    name: String,
    rgb: Vec<u8>,
    width: u32,
    height: u32,
    planes: Planes,
}

struct Options {
    effort: u8,
    method: i32,
    qualities: Vec<f32>,
    times: usize,
    filter: u8,
    shaping: u8,
    /// More than 1 measures wall time.
    threads: usize,
    level: Level,
    pictures: Vec<Picture>,
}

/// One encoder's results at one quality.
#[derive(Clone, Copy, Default)]
struct Point {
    bytes: f64,
    score: f64,
    seconds: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let count = options.pictures.len() as f64;
    let mut rates = 0.0;
    let mut sums = vec![[Point::default(); 2]; options.qualities.len()];
    let mut ratios = vec![[0.0; 3]; options.qualities.len()];
    println!("picture: bd-rate %; then bytes ratio, score difference, CPU ratio by quality");
    for picture in &options.pictures {
        let mut points = [Vec::new(), Vec::new()];
        let mut line = String::new();
        for (at, &quality) in options.qualities.iter().enumerate() {
            let [theirs, ours] = measure(picture, quality, &options)?;
            let (bytes, score) = (ours.bytes / theirs.bytes, ours.score - theirs.score);
            let seconds = ours.seconds / theirs.seconds;
            line += &format!(" {quality}:{bytes:.3},{score:+.2},{seconds:.2}");
            for (sum, value) in ratios[at].iter_mut().zip([bytes.ln(), score, seconds]) {
                *sum += value / count;
            }
            for (sum, point) in sums[at].iter_mut().zip([theirs, ours]) {
                sum.seconds += point.seconds;
                sum.score += point.score / count;
                sum.bytes += point.bytes;
            }
            points[0].push((theirs.score, theirs.bytes.ln()));
            points[1].push((ours.score, ours.bytes.ln()));
        }
        let rate = bd_rate(&points[0], &points[1]);
        rates += rate / count;
        println!("{:28} {rate:+.2}%{line}", picture.name);
    }
    println!("mean bd-rate {rates:+.2}%");
    for ((quality, [theirs, ours]), ratio) in options.qualities.iter().zip(&sums).zip(&ratios) {
        println!(
            "q {quality}: bytes {:.4}, score {:+.3} ({:.2}), CPU {:.3} ({:.1} ms to {:.1})",
            ratio[0].exp(),
            ratio[1],
            theirs.score,
            ours.seconds / theirs.seconds,
            ours.seconds * 1e3,
            theirs.seconds * 1e3,
        );
    }
    Ok(())
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        effort: 4,
        method: 4,
        qualities: vec![30.0, 40.0, 50.0, 60.0, 75.0, 85.0, 90.0, 95.0],
        times: 1,
        filter: 60,
        shaping: 50,
        threads: 1,
        level: Level::detect(),
        pictures: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().unwrap_or_default().parse::<u8>();
        match argument.as_str() {
            "--effort" => options.effort = number()?,
            "--method" => options.method = number()?.into(),
            "--times" => options.times = number()?.into(),
            "--filter" => options.filter = number()?,
            "--shaping" => options.shaping = number()?,
            "--threads" => options.threads = number()?.into(),
            "--level" => options.level = Level::available()[usize::from(number()?)],
            "--quick" => options.qualities = vec![30.0, 50.0, 75.0, 90.0],
            _ => options.pictures.push(open(&argument)?),
        }
    }
    Ok(options)
}

/// Opens a picture, and reduces it where a size is given.
fn open(argument: &str) -> Result<Picture, Box<dyn Error>> {
    let (path, size) = argument.split_once(':').unwrap_or((argument, ""));
    let mut pipeline = Pipeline::open(Path::new(path)).flatten(Colour::WHITE);
    if let Some((width, height)) = size.split_once('x') {
        pipeline = pipeline.resize((width.parse()?, height.parse()?));
    }
    let image = pipeline.pixels()?;
    let Size { width, height } = image.size();
    let rgb = image.into_data();
    let planes = planes_from_rgb(&rgb, width as usize, 3)?;
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    Ok(Picture { name: format!("{name}:{width}x{height}"), rgb, width, height, planes })
}

fn now(threads: usize) -> f64 {
    let clock = if threads > 1 { ClockId::Monotonic } else { ClockId::ThreadCPUTime };
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Encodes by both, by turns, and scores the results.
fn measure(
    picture: &Picture,
    quality: f32,
    options: &Options,
) -> Result<[Point; 2], Box<dyn Error>> {
    let mut seconds = [Vec::new(), Vec::new()];
    let mut files = [Vec::new(), Vec::new()];
    for _ in 0..options.times {
        let start = now(options.threads);
        files[0] = libwebp(picture, quality, options.method)?;
        let middle = now(options.threads);
        let settings = Settings {
            effort: options.effort,
            filter_strength: options.filter,
            spatial_shaping: options.shaping,
            ..Settings::new(quality)
        };
        let mut encoder =
            Encoder::with_level(picture.width, picture.height, settings, options.level)?;
        let spread = |work: &(dyn Fn() + Sync)| {
            std::thread::scope(|scope| {
                (1..options.threads).for_each(|_| drop(scope.spawn(work)));
                work();
            });
        };
        encoder.push(&picture.planes.planes(), picture.height, &spread, &|| false)?;
        files[1] = simple_file(&encoder.finish(&spread, &|| false)?)?;
        seconds[0].push(middle - start);
        seconds[1].push(now(options.threads) - middle);
    }
    let mut points = [Point::default(); 2];
    for ((point, file), seconds) in points.iter_mut().zip(&files).zip(&mut seconds) {
        seconds.sort_by(f64::total_cmp);
        *point = Point {
            bytes: file.len() as f64,
            score: score(picture, file)?,
            seconds: seconds[seconds.len() / 2],
        };
    }
    Ok(points)
}

fn score(picture: &Picture, file: &[u8]) -> Result<f64, Box<dyn Error>> {
    let (mut width, mut height) = (0, 0);
    // SAFETY: the file is readable, and libwebp gives width * height * 3 bytes.
    let decoded = unsafe {
        let start = WebPDecodeRGB(file.as_ptr(), file.len(), &raw mut width, &raw mut height);
        assert!(!start.is_null(), "not decoded");
        let bytes = std::slice::from_raw_parts(start, picture.rgb.len()).to_vec();
        WebPFree(start.cast());
        bytes
    };
    let slice = |bytes| {
        let stride = picture.width as usize * 3;
        PixelSlice::new(bytes, picture.width, picture.height, stride, PixelDescriptor::RGB8_SRGB)
    };
    Ok(compute_ssimulacra2(&slice(&picture.rgb)?, &slice(&decoded)?)?)
}

fn libwebp(picture: &Picture, quality: f32, method: i32) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut config = WebPConfig::new().map_err(|()| "config")?;
    config.quality = quality;
    config.method = method;
    let mut target = WebPPicture::new().map_err(|()| "picture")?;
    (target.width, target.height) = (picture.width.cast_signed(), picture.height.cast_signed());
    // SAFETY: libwebp allocates the planes, of rows as long as its strides say, and the writer.
    unsafe {
        assert!(WebPPictureAlloc(&raw mut target) != 0, "no memory");
        let [luma, blue, red] = picture.planes.planes();
        let copies = [
            (luma, target.y, target.y_stride),
            (blue, target.u, target.uv_stride),
            (red, target.v, target.uv_stride),
        ];
        for (plane, to, stride) in copies {
            for (y, row) in plane.samples.chunks_exact(plane.stride).enumerate() {
                let to = to.add(y * usize::try_from(stride)?);
                std::ptr::copy_nonoverlapping(row.as_ptr(), to, row.len());
            }
        }
        let mut writer = std::mem::MaybeUninit::<WebPMemoryWriter>::uninit();
        WebPMemoryWriterInit(writer.as_mut_ptr());
        target.writer = Some(WebPMemoryWrite);
        target.custom_ptr = writer.as_mut_ptr().cast();
        let done = WebPEncode(&raw const config, &raw mut target);
        assert!(done != 0, "not encoded");
        let writer = writer.assume_init_mut();
        let file = std::slice::from_raw_parts(writer.mem, writer.size).to_vec();
        WebPMemoryWriterClear(writer);
        WebPPictureFree(&raw mut target);
        Ok(file)
    }
}

/// The mean difference in bytes at equal scores, in percent, over the scores that both reach.
fn bd_rate(reference: &[(f64, f64)], other: &[(f64, f64)]) -> f64 {
    let low = reference[0].0.max(other[0].0);
    let high = reference[reference.len() - 1].0.min(other[other.len() - 1].0);
    let at = |points: &[(f64, f64)], score: f64| {
        let next = points.iter().position(|point| point.0 >= score).unwrap_or(points.len() - 1);
        let (a, b) = (points[next.max(1) - 1], points[next.max(1)]);
        a.1 + (b.1 - a.1) * (score - a.0) / (b.0 - a.0)
    };
    let steps = 200;
    let scores = (0..=steps).map(|step| low + (high - low) * f64::from(step) / f64::from(steps));
    let differences = scores.map(|score| at(other, score) - at(reference, score));
    ((differences.sum::<f64>() / f64::from(steps + 1)).exp() - 1.0) * 100.0
}
