//! The example of the README: a page from four tiles, as a print file and a preview.

use makeready::{Jpeg, Pipeline, Stitch, WebP, run_all};

fn main() -> makeready::Result<()> {
    let tiles = ["00", "01", "10", "11"].map(|place| format!("examples/tiles/left-{place}.jpg"));
    let page = Pipeline::stitch(Stitch::across(2), tiles.iter().map(String::as_str));
    let print = page.clone().encode(Jpeg::quality(90));
    let preview = page.resize((800, 600)).encode(WebP::quality(80));
    let outputs = run_all([&print, &preview])?; // every tile is decoded once

    for output in outputs {
        println!("{} {}, {} bytes", output.format, output.size(), output.data.len());
    }
    Ok(())
}
