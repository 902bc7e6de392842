//! More work than the machine can do: what is taken in ends in time and within the memory, what is refused is told so.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use makeready::{Jpeg, Pipeline, Settings, Source, Stitch, configure, job_stats, spawn_all};
use makeready_tests::path;

const BUDGET: u64 = 256 << 20;

/// One test at a time: they count what the process holds.
static ALONE: LazyLock<Mutex<()>> = LazyLock::new(|| {
    configure(Settings::new().memory(BUDGET).threads(2)).expect("before the first job");
    Mutex::new(())
});

/// Print file and preview of a page of four tiles, or the preview alone.
fn page(print: bool) -> Vec<Pipeline> {
    let tile = |name| std::fs::read(path("../examples/tiles").join(name)).expect("a tile");
    let tiles = ["left-00.jpg", "left-01.jpg", "left-10.jpg", "left-11.jpg"].map(tile);
    let page = Pipeline::stitch(Stitch::across(2), tiles.map(Source::from));
    let preview = page.clone().resize((800, 600)).encode(Jpeg::quality(80));
    if print { vec![page.encode(Jpeg::quality(90)), preview] } else { vec![preview] }
}

/// The resident memory of this process, in bytes; none where that is not told.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib << 10)
}

/// Hands in a thousand passes at once.
fn crowd(pipelines: &[Pipeline]) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    spawn_all(pipelines.to_vec()).wait().expect("files");
    let idle = resident();
    let before = job_stats();
    let start = Instant::now();
    let jobs: Vec<_> = (0..1000).map(|_| spawn_all(pipelines.to_vec())).collect();
    let handed_in = start.elapsed();
    let (mut most, mut held) = (0, 0);
    let (mut done, mut refused) = (0_u64, 0_u64);
    for job in jobs {
        match job.wait() {
            Ok(outputs) => done += u64::from(outputs.len() == pipelines.len()),
            Err(error) => {
                assert_eq!(error.code(), "busy", "{error}");
                assert!(error.retry_after().is_some());
                refused += 1;
            }
        }
        most = most.max(resident().unwrap_or(0));
        held = held.max(job_stats().reserved);
    }
    let took = start.elapsed();
    let above = most.saturating_sub(idle.unwrap_or(0));
    println!(
        "1,000 passes handed in within {handed_in:.0?}: {done} done, {refused} refused in {took:.1?}; \
         {} MiB above idle, {} MiB reserved at most, budget {} MiB",
        above >> 20,
        held >> 20,
        BUDGET >> 20
    );
    assert_eq!(done + refused, 1000);
    assert!(done > 300, "{done}");
    // Outputs that wait to be taken are the caller's, and come on top.
    assert!(held <= BUDGET && above <= BUDGET, "{held} reserved, {above} held");
    let after = job_stats();
    assert_eq!((after.done - before.done, after.refused - before.refused), (done, refused));
}

/// Asks four times as often as the machine can answer, for so long.
fn storm(seconds: u64) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let deadline = Duration::from_secs(1);
    let pipelines: Vec<_> = page(false).into_iter().map(|one| one.deadline(deadline)).collect();
    // As many as it can do, without more than a few at a time.
    let start = Instant::now();
    let mut calm = 0;
    while start.elapsed() < Duration::from_secs(3) {
        let jobs: Vec<_> = (0..8).map(|_| spawn_all(pipelines.clone())).collect();
        calm += jobs.into_iter().filter_map(|job| job.wait().ok()).count();
    }
    let peak = calm as f64 / start.elapsed().as_secs_f64();
    let ends = Arc::new(Mutex::new(Vec::new()));
    let between = Duration::from_secs_f64(0.25 / peak);
    let start = Instant::now();
    let mut jobs = Vec::new();
    for number in 0_u32.. {
        let due = start + between * number;
        if due >= start + Duration::from_secs(seconds) {
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let (job, begun, ends) = (spawn_all(pipelines.clone()), Instant::now(), Arc::clone(&ends));
        job.on_end(move || ends.lock().expect("no panic").push(begun.elapsed()));
        jobs.push(job);
    }
    let asked = jobs.len();
    let mut refused = std::collections::BTreeMap::new();
    let mut done = Vec::new();
    let results: Vec<_> = jobs.into_iter().map(|job| job.wait()).collect();
    let took = start.elapsed();
    for result in results {
        match result {
            Ok(outputs) => done.extend(outputs),
            Err(error) => *refused.entry(error.code()).or_insert(0) += 1,
        }
    }
    let ends = ends.lock().expect("no panic");
    let late = ends.iter().filter(|took| **took > deadline + Duration::from_millis(50)).count();
    let goodput = done.len() as f64 / took.as_secs_f64();
    println!(
        "{asked} asked in {seconds} s, 4 times what the machine does ({peak:.1} a second): {goodput:.1} a second done, \
         {late} ended late, refused: {refused:?}"
    );
    assert!(refused.keys().all(|code| ["busy", "timeout"].contains(code)), "{refused:?}");
    assert!(late * 100 <= asked, "{late} of {asked}");
    assert!(goodput >= 0.75 * peak, "{goodput} of {peak}");
}

#[test]
fn a_thousand_previews_at_once_stay_within_the_budget() {
    crowd(&page(false));
}

#[test]
#[ignore = "takes a minute"]
fn a_thousand_pages_at_once_stay_within_the_budget() {
    crowd(&page(true));
}

#[test]
fn a_storm_leaves_what_is_taken_in_in_time() {
    storm(4);
}

#[test]
#[ignore = "takes half a minute"]
fn a_long_storm_leaves_what_is_taken_in_in_time() {
    storm(20);
}
