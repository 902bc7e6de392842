//! Short jobs while long ones are in flight, in Rust: `bench-load-rust SECONDS WAY PAGES...`.
//!
//! WAY is `spawn`, the library's queue, or `run`, a thread a job; `inputs` writes the files `$LOAD_PHOTO` and `$LOAD_FULL`. For each
//! number in flight a line of JSON: the times of a thumbnail of a 640x480 JPEG asked for every 10 ms while so many pages are made,
//! the pages a second, and the times of a WebP of 12 megapixels while so many spreads, of two pages each, are made.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
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

/// The print files and the previews of as many pages, each of four tiles.
fn book_pages(tiles: &[Source], count: usize) -> Vec<Pipeline> {
    let page = |tiles: &[Source]| {
        let page = Pipeline::stitch(Stitch::across(2), tiles.iter().cloned());
        [page.clone().encode(Jpeg::quality(90)), page.resize((800, 600)).encode(Jpeg::quality(80))]
    };
    tiles.chunks(4).cycle().take(count).flat_map(page).collect()
}

fn run_pages(pipelines: Vec<Pipeline>, way: Way) -> Result<Vec<Output>> {
    match way {
        Way::Spawn => spawn_all(pipelines).wait(),
        Way::Run => run_all(pipelines),
    }
}

/// Jobs that are made again and again, until they are stopped.
struct Flood {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    loops: Vec<JoinHandle<()>>,
}

impl Flood {
    /// Keeps so many passes of these pipelines in flight.
    fn begin(in_flight: usize, pipelines: &[Pipeline], way: Way) -> Self {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let start = |_| {
            let (pipelines, stop, done) =
                (pipelines.to_vec(), Arc::clone(&stop), Arc::clone(&done));
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    run_pages(pipelines.clone(), way).expect("pages");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let loops = (0..in_flight).map(start).collect();
        thread::sleep(Duration::from_millis(500));
        Self { stop, done, loops }
    }

    fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.loops.into_iter().for_each(|one| one.join().expect("a loop"));
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
    let full =
        Pipeline::stitch(Stitch::across(2), tiles[..4].iter().cloned()).encode(Jpeg::quality(90));
    photo.run()?.write(env::var("LOAD_PHOTO").expect("LOAD_PHOTO"))?;
    full.run()?.write(env::var("LOAD_FULL").expect("LOAD_FULL"))
}

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5.0);
    let word = arguments.next().unwrap_or_default();
    let tiles: Vec<Source> =
        ["left", "right"].into_iter().flat_map(page).map(Source::from).collect();
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
        let flood = Flood::begin(in_flight, &book_pages(&tiles, 1), way);
        let (start, before) = (Instant::now(), flood.done());
        let (mut thumbs, mut larges) = (Vec::new(), Vec::new());
        while start.elapsed().as_secs_f64() < seconds {
            let thumb = Pipeline::open(photo.clone()).resize(Resize::width(160));
            let began = Instant::now();
            run_one(thumb, way)?;
            thumbs.push(began.elapsed());
            thread::sleep(Duration::from_millis(10));
        }
        let rate = (flood.done() - before) as f64 / start.elapsed().as_secs_f64();
        flood.end();
        let flood = Flood::begin(in_flight, &book_pages(&tiles, 2), way);
        let start = Instant::now();
        while start.elapsed().as_secs_f64() < seconds {
            let began = Instant::now();
            run_one(large.clone(), way)?;
            larges.push(began.elapsed());
        }
        flood.end();
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
