//! Writes the result of every case, for a comparison with the tables of other languages (`compare-cases`).

use std::fmt::Write;

use makeready_tests::case::{self, Case};
use makeready_tests::path;
use sha2::{Digest, Sha256};

#[test]
fn every_case_has_a_line() {
    let mut lines: Vec<String> =
        case::all().iter().map(|case| format!("{}\t{}\n", case.name, outcome(case))).collect();
    lines.sort();
    let folder = path("../target/cases");
    std::fs::create_dir_all(&folder).expect("a folder for tables");
    std::fs::write(folder.join("rust.tsv"), lines.concat()).expect("a table");
}

/// Format, size and hash of the output, or code, limit and input of the error.
fn outcome(case: &Case) -> String {
    match case.pipeline().and_then(|pipeline| pipeline.run()) {
        Ok(output) => {
            let mut hash = String::new();
            for byte in Sha256::digest(&output.data) {
                write!(hash, "{byte:02x}").expect("a string takes it");
            }
            let (format, width, height) = (output.format, output.width, output.height);
            format!("{format} {width}x{height} sha256:{hash}")
        }
        Err(error) => {
            let input = error.input().map_or_else(|| "-".to_owned(), |input| input.to_string());
            format!("error {} limit={} input={input}", error.code(), error.limit().unwrap_or("-"))
        }
    }
}
