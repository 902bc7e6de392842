//! The cost of a negotiation: microseconds, and memory that does not depend on the header.

use std::time::{Duration, Instant};

use makeready::{Facts, Negotiate, Negotiated, negotiate};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const CHROME: &str = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";

/// One test, as the allocator counts for the whole process.
#[test]
fn a_negotiation_costs_little() {
    let [short, long] = ["image/webp,*/*", &"image/webp,*/*;q=0.5,".repeat(400)].map(bytes);
    assert_eq!(short, long, "bytes for 2 and for 800 ranges");

    let best = (0..200).map(|_| a_hundred()).min().expect("a time") / 100;
    println!("{best:?} for the header of Chrome");
    // Without optimisation across crates, and with checks of overflows, a few times as long.
    let most = if cfg!(debug_assertions) { 20 } else { 2 };
    assert!(best < Duration::from_micros(most), "{best:?}");
}

/// The most bytes that a negotiation holds beside the header.
fn bytes(header: &str) -> usize {
    let client = Negotiate::accept(header);
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let answer = negotiate(client, &Facts::default()).expect("an answer");
    assert_eq!(answer.token, "wjp");
    ALLOCATOR.peak_usage() - before
}

fn a_hundred() -> Duration {
    let start = Instant::now();
    let answer = |_| negotiate(CHROME, &Facts::default()).expect("an answer");
    let answers: Vec<Negotiated> = (0..100).map(answer).collect();
    let time = start.elapsed();
    assert!(answers.iter().all(|answer| answer.token == "wjp"));
    time
}
