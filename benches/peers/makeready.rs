//! The worker for Makeready: reads one JSON request a line, runs it, answers in one line. README.md has the protocol.

use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use makeready::{
    Format, Gif, Jpeg, Limits, Normalize, Open, Output, Overlay, Pipeline, Png, Position, Quarter,
    Rect, Resize, Result, Sharpen, Shrink, Source, Stitch, WebP, run_all,
};
use serde_json::{Value, json};

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> std::result::Result<(), Failure> {
    let threads = std::env::var("PEER_THREADS").ok().and_then(|count| count.parse().ok());
    let mut inputs: Vec<Source> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let answer = match request["load"].as_array() {
            Some(paths) => {
                inputs = load(paths)?;
                json!({ "versions": { "Makeready": env!("CARGO_PKG_VERSION") } })
            }
            None => run(&request, &inputs, threads)?,
        };
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// Reads every file once; a file named twice is one source.
fn load(paths: &[Value]) -> std::result::Result<Vec<Source>, Failure> {
    let mut read: HashMap<&str, Source> = HashMap::new();
    let mut sources = Vec::new();
    for path in paths {
        let path = path.as_str().ok_or("a path is a string")?;
        if !read.contains_key(path) {
            let bytes: Arc<[u8]> = std::fs::read(path)?.into();
            read.insert(path, Source::from(bytes));
        }
        sources.push(read[path].clone());
    }
    Ok(sources)
}

fn run(
    request: &Value,
    inputs: &[Source],
    threads: Option<usize>,
) -> std::result::Result<Value, Failure> {
    let task = request["task"].as_str().ok_or("task is a string")?;
    let shrink = if request["variant"] == "fast" { Shrink::Fast } else { Shrink::Balanced };
    let repeat = usize::try_from(request["repeat"].as_u64().unwrap_or(1))?;
    let flight = usize::try_from(request["flight"].as_u64().unwrap_or(1))?;
    let quality = request["quality"].as_u64().map(u8::try_from).transpose()?;
    let once = || {
        let pipelines = pipelines(task, inputs, quality).into_iter().map(|pipeline| {
            let pipeline = pipeline.shrink(shrink);
            match threads {
                Some(count) => pipeline.threads(count),
                None => pipeline,
            }
        });
        run_all(pipelines)
    };
    let begin = Instant::now();
    let outputs = in_flight(repeat, flight, &once)?;
    let ms = begin.elapsed().as_secs_f64() * 1e3;
    if let Some(path) = request["out"].as_str() {
        for (index, output) in outputs.iter().enumerate() {
            output.write(format!("{path}.{index}"))?;
        }
    }
    let bytes: usize = outputs.iter().map(|output| output.data.len()).sum();
    Ok(json!({ "ms": ms, "bytes": bytes }))
}

/// Runs `once` so often, at most `flight` at a time; gives the outputs of the last.
fn in_flight<F>(repeat: usize, flight: usize, once: &F) -> Result<Vec<Output>>
where
    F: Fn() -> Result<Vec<Output>> + Sync,
{
    if flight <= 1 {
        for _ in 1..repeat {
            once()?;
        }
        return once();
    }
    let begun = AtomicUsize::new(0);
    let worker = || {
        let mut last = Ok(Vec::new());
        while last.is_ok() && begun.fetch_add(1, Ordering::Relaxed) < repeat {
            last = once();
        }
        last
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..flight).map(|_| scope.spawn(worker)).collect();
        let mut outputs = Vec::new();
        for worker in workers {
            outputs = worker.join().expect("a worker does not panic")?;
        }
        Ok(outputs)
    })
}

/// The pipelines of a task, as one pass; `quality` replaces the usual 80.
fn pipelines(task: &str, inputs: &[Source], quality: Option<u8>) -> Vec<Pipeline> {
    let (jpeg, webp) = (Jpeg::quality(quality.unwrap_or(80)), WebP::quality(quality.unwrap_or(80)));
    let first = || Pipeline::open(inputs[0].clone());
    let limits = Limits { max_frames: 2000, max_input_bytes: 1 << 30, ..Limits::default() };
    let drawn = |format| Pipeline::open_with(inputs[0].clone(), Open::default().formats([format]));
    let film = || {
        let open = Open::default().animated(true);
        Pipeline::open_with(inputs[0].clone(), open).limits(limits)
    };
    let film_webp = WebP::quality(quality.unwrap_or(75));
    let page = |tiles: &[Source]| Pipeline::stitch(Stitch::across(2), tiles.iter().cloned());
    let preview = |page: Pipeline| page.resize((800, 600));
    match task {
        "preview_jpeg" => vec![preview(page(inputs)).encode(jpeg)],
        "preview_webp" => vec![preview(page(inputs)).encode(webp)],
        "print_jpeg" => vec![page(inputs).encode(Jpeg::quality(90))],
        "spread" => inputs
            .chunks(4)
            .map(page)
            .flat_map(|page| {
                let print = page.clone().encode(Jpeg::quality(90));
                [print, preview(page).encode(jpeg)]
            })
            .collect(),
        "books" => inputs.chunks(4).map(|tiles| preview(page(tiles)).encode(jpeg)).collect(),
        "full_jpeg" | "p3_print" => vec![first().encode(Jpeg::quality(90))],
        "thumb_jpeg" | "prog_thumb" | "p3_thumb" => {
            vec![first().resize(Resize::width(320)).encode(jpeg)]
        }
        "thumb_webp" => vec![first().resize(Resize::width(320)).encode(webp)],
        "hd_webp" => vec![first().resize(Resize::width(1600)).encode(webp)],
        "tiff_thumb" | "tiff_lzw" | "bmp_thumb" => {
            vec![first().resize(Resize::width(320)).encode(jpeg)]
        }
        "svg_logo" => vec![drawn(Format::Svg).resize((512, 512)).encode(Png::compression_level(6))],
        "pdf_thumb" | "pdf_scan_thumb" => {
            vec![drawn(Format::Pdf).resize(Resize::width(320)).encode(jpeg)]
        }
        "sharp_jpeg" => vec![first().resize((720, 588)).encode(jpeg)],
        "few_bytes" => {
            let few = Jpeg::quality(80).progressive(true).effort(6);
            vec![first().resize((720, 588)).encode(few)]
        }
        "sharpen" => {
            let sharpen = Sharpen::new().sigma(1.0);
            vec![first().resize((720, 588)).sharpen(sharpen).encode(jpeg)]
        }
        "blur" => vec![first().resize((720, 588)).blur(3.0).encode(jpeg)],
        "grayscale" => vec![first().resize((720, 588)).grayscale().encode(jpeg)],
        "linear_light" => {
            vec![first().resize(Resize::cover(720, 588).linear(true)).encode(jpeg)]
        }
        "normalize" => {
            vec![first().resize((720, 588)).normalize(Normalize::new()).encode(jpeg)]
        }
        "attention" | "entropy" => {
            let place = if task == "attention" { Position::Attention } else { Position::Entropy };
            vec![first().resize(Resize::cover(360, 588).position(place)).encode(jpeg)]
        }
        "composite" => {
            let logo = Overlay::new().position(Position::SouthEast);
            vec![first().resize((720, 588)).overlay(inputs[1].clone(), logo).encode(jpeg)]
        }
        "rotate" => vec![first().rotate(Quarter::One).resize((720, 588)).encode(jpeg)],
        "crop" => vec![first().crop(Rect::new(3000, 2000, 600, 400)).encode(jpeg)],
        "png_png" => vec![first().resize((720, 540)).encode(Png::compression_level(6))],
        "gif_webp" | "gif_webp_150" | "gif_webp_1007" | "webp_webp" => {
            vec![film().resize(Resize::width(320)).encode(film_webp)]
        }
        "gif_to_webp" => vec![film().encode(film_webp)],
        "gif_gif" => vec![film().resize(Resize::width(320)).encode(Gif::new())],
        "fixed_cost" => vec![first().resize((4, 4)).encode(Png::compression_level(6))],
        _ => Vec::new(),
    }
}
