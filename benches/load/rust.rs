//! Short jobs while long ones are in flight, in Rust: `bench-load-rust SECONDS WAY PAGES...`.
//!
//! WAY is `spawn`, the library's queue, or `run`, a thread a job; `inputs` writes the files `$LOAD_PHOTO` and `$LOAD_FULL`. For each number of pages in flight a line of JSON: the
//! times of a thumbnail of a 640x480 JPEG asked for every 10 ms, and the pages a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use makeready::{Jpeg, Output, Pipeline, Resize, Result, Source, Stitch, WebP, run_all, spawn_all};
use makeready_benches::page;
use serde_json::json;

/// How the jobs are run.
#[derive(Clone, Copy)]
enum Way {
    Spawn,
    Run,
}

/// A print file and a preview of four tiles.
fn book_page(tiles: &[Source]) -> [Pipeline; 2] {
    let page = Pipeline::stitch(Stitch::across(2), tiles.iter().cloned());
    [page.clone().encode(Jpeg::quality(90)), page.resize((800, 600)).encode(Jpeg::quality(80))]
}

fn run_page(tiles: &[Source], way: Way) -> Result<Vec<Output>> {
    match way {
        Way::Spawn => spawn_all(book_page(tiles)).wait(),
        Way::Run => run_all(book_page(tiles)),
    }
}

fn run_one(pipeline: Pipeline, way: Way) -> Result<Output> {
    match way {
        Way::Spawn => pipeline.spawn().wait(),
        Way::Run => pipeline.run(),
    }
}

/// The time below which a part of sorted times lies, in milliseconds.
fn percentile(times: &[Duration], part: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, reason = "an index of a list")]
    let at = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len());
    times[at - 1].as_secs_f64() * 1000.0
}

/// Writes the photographs that all contenders are given: 640x480, and 4000x3000 for a job of about 120 ms.
fn write_inputs(tiles: &[Source]) -> Result<()> {
    let photo = Pipeline::open(tiles[0].clone()).resize((640, 480)).encode(Jpeg::quality(85));
    let full = Pipeline::stitch(Stitch::across(2), tiles.iter().cloned()).encode(Jpeg::quality(90));
    photo.run()?.write(env::var("LOAD_PHOTO").expect("LOAD_PHOTO"))?;
    full.run()?.write(env::var("LOAD_FULL").expect("LOAD_FULL"))
}

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5.0);
    let word = arguments.next().unwrap_or_default();
    let tiles: Vec<Source> = page().into_iter().map(Source::from).collect();
    let way = match word.as_str() {
        "inputs" => return write_inputs(&tiles),
        "run" => Way::Run,
        _ => Way::Spawn,
    };
    let read = |name: &str| std::fs::read(env::var(name).expect(name)).expect(name);
    let photo = Source::from(read("LOAD_PHOTO"));
    let large =
        Pipeline::open(read("LOAD_FULL")).resize(Resize::width(900)).encode(WebP::quality(80));
    run_one(large.clone(), way)?;
    for in_flight in arguments.filter_map(|text| text.parse::<usize>().ok()) {
        let stop = Arc::new(AtomicBool::new(false));
        let pages = Arc::new(AtomicUsize::new(0));
        let loops: Vec<_> = (0..in_flight)
            .map(|_| {
                let (tiles, stop, pages) = (tiles.clone(), Arc::clone(&stop), Arc::clone(&pages));
                thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        run_page(&tiles, way).expect("a page");
                        pages.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(500));
        let (start, before) = (Instant::now(), pages.load(Ordering::Relaxed));
        let (mut thumbs, mut larges) = (Vec::new(), Vec::new());
        while start.elapsed().as_secs_f64() < seconds {
            let thumb = Pipeline::open(photo.clone()).resize(Resize::width(160));
            let began = Instant::now();
            run_one(thumb, way)?;
            thumbs.push(began.elapsed());
            thread::sleep(Duration::from_millis(10));
        }
        let rate = (pages.load(Ordering::Relaxed) - before) as f64 / start.elapsed().as_secs_f64();
        let start = Instant::now();
        while start.elapsed().as_secs_f64() < seconds {
            let began = Instant::now();
            run_one(large.clone(), way)?;
            larges.push(began.elapsed());
        }
        stop.store(true, Ordering::Relaxed);
        loops.into_iter().for_each(|page| page.join().expect("a loop"));
        thumbs.sort_unstable();
        larges.sort_unstable();
        let figures = json!({
            "pages": in_flight,
            "thumb_p50": percentile(&thumbs, 0.5),
            "thumb_p99": percentile(&thumbs, 0.99),
            "large_p50": percentile(&larges, 0.5),
            "large_p95": percentile(&larges, 0.95),
            "pages_a_second": rate,
        });
        println!("{figures}");
    }
    Ok(())
}
