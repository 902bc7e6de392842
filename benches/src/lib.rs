//! Benches of every stage; `benches/stages.rs` has them.
//!
//! They take the tiles of `examples/tiles`, so that they run on any checkout. Results are throughputs: pixels
//! of the input a second for readers, of the output for writers.

use std::path::Path;

/// One of the eight tiles: 2000x1500, baseline, 4:2:0.
///
/// # Panics
/// When the checkout has no tiles.
#[must_use]
pub fn tile(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/tiles");
    std::fs::read(folder.join(name)).expect("a tile")
}

/// The four tiles of the right page, row by row.
#[must_use]
pub fn page() -> [Vec<u8>; 4] {
    ["00", "01", "10", "11"].map(|place| tile(&format!("right-{place}.jpg")))
}
