//! The main job: eight tiles become the two pages of a spread, each as a print file and a preview, from
//! one decode of each tile.
//!
//! ```text
//! cargo run --release --example spread                        # the tiles of this folder
//! cargo run --release --example spread -- --out DIR TILE...   # eight of your own
//! ```
//!
//! Tiles come in the order left page, right page, each row by row.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use makeready::{Jpeg, Pipeline, Stitch, WebP, explain_all, plan_all, run_all};
use peak_alloc::PeakAlloc;

/// Counts allocated bytes, to show them beside the bound of the plan.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const TILES_A_PAGE: usize = 4;
const PAGES: [&str; 2] = ["left", "right"];

fn main() -> ExitCode {
    match spread() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spread: {error}");
            ExitCode::FAILURE
        }
    }
}

fn spread() -> Result<(), Box<dyn Error>> {
    let (tiles, out) = arguments()?;
    std::fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    for (page, tiles) in PAGES.iter().zip(tiles.chunks(TILES_A_PAGE)) {
        make_page(page, tiles, &out)?;
    }
    Ok(())
}

/// Makes the three files of one page in one pass.
fn make_page(name: &str, tiles: &[PathBuf], out: &Path) -> Result<(), Box<dyn Error>> {
    let page = Pipeline::stitch(Stitch::across(2), tiles.iter().map(PathBuf::as_path));
    let preview = page.clone().resize((800, 600));
    let files = [
        ("print.jpg", page.encode(Jpeg::quality(90))),
        ("preview.webp", preview.clone().encode(WebP::quality(80))),
        ("preview.jpg", preview.encode(Jpeg::quality(80))),
    ];
    let pipelines = || files.iter().map(|(_, pipeline)| pipeline);
    println!("{name} page\n\n{}", explain_all(pipelines())?);
    let bound = plan_all(pipelines())?[0].peak_memory;

    // The tiles were read into memory to see their headers; the bound counts them, so does the peak.
    let held: u64 = tiles.iter().filter_map(|tile| Some(tile.metadata().ok()?.len())).sum();
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage() as u64;
    let outputs = run_all(pipelines())?;
    let peak = ALLOCATOR.peak_usage() as u64 - before + held;

    for ((file, _), output) in files.iter().zip(&outputs) {
        let path = out.join(format!("{name}-{file}"));
        output.write(&path)?;
        println!("{}: {}, {} bytes", path.display(), output.size(), output.data.len());
    }
    let timings = outputs[0].timings;
    println!(
        "wall {:.1?}; work: plan {:.1?}, decode {:.1?}, compose {:.1?}, resample {:.1?}, encode {:.1?}",
        timings.total,
        timings.plan,
        timings.decode,
        timings.compose,
        timings.resample,
        timings.encode
    );
    println!("peak memory {} KiB, bound {} KiB\n", peak / 1024, bound / 1024);
    Ok(())
}

/// The eight tiles and the folder for the files.
fn arguments() -> Result<(Vec<PathBuf>, PathBuf), String> {
    let mut tiles = Vec::new();
    let mut out = PathBuf::from("target/spread");
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--out" {
            out = arguments.next().ok_or("--out needs a folder")?.into();
        } else {
            tiles.push(PathBuf::from(argument));
        }
    }
    if tiles.is_empty() {
        tiles = bundled_tiles();
    }
    let expected = PAGES.len() * TILES_A_PAGE;
    if tiles.len() != expected {
        return Err(format!("a spread takes {expected} tiles, found {}", tiles.len()));
    }
    Ok((tiles, out))
}

fn bundled_tiles() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/tiles");
    let places = ["00", "01", "10", "11"];
    let of_page = |page| places.map(|place| folder.join(format!("{page}-{place}.jpg")));
    PAGES.into_iter().flat_map(of_page).collect()
}
