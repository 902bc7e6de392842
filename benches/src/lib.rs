//! Benches of every stage; `benches/stages.rs` has them.
//!
//! They take the tiles of `examples/tiles`, so that they run on any checkout. Results are throughputs: pixels
//! of the input a second for readers, of the output for writers.

use std::path::Path;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// One of the eight tiles: 2000x1500, baseline, 4:2:0.
///
/// # Panics
/// When the checkout has no tiles.
#[must_use]
pub fn tile(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/tiles");
    std::fs::read(folder.join(name)).expect("a tile")
}

/// The four tiles of a page, `"left"` or `"right"`, row by row.
#[must_use]
pub fn page(side: &str) -> [Vec<u8>; 4] {
    ["00", "01", "10", "11"].map(|place| tile(&format!("{side}-{place}.jpg")))
}

/// The CPU time of this process, all threads and the system together: what others take does not count.
#[must_use]
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    // The clock is never below 0, nor its nanoseconds above a second.
    let part = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), part)
}
