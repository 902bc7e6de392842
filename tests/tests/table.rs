//! Writes the result and the definition of every case, for a comparison with the tables of other languages
//! (`compare-cases`). A definition gives the same result, and itself again.

use std::fmt::Write;

use makeready::by_name::Definition;
use makeready::{Output, Pipeline, Result, Source};
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

/// The result of a case, and its definition.
fn outcome(case: &Case) -> String {
    let pipeline = case.pipeline();
    let outcome = told(pipeline.clone().and_then(|pipeline| pipeline.run()));
    match pipeline.and_then(|pipeline| pipeline.to_json()) {
        Ok(text) => {
            let again = from_json(&text).expect("a definition");
            assert_eq!(again.to_json().expect("a text"), text);
            let again = case.job.cancel(again);
            assert_eq!(told(again.run()), outcome, "{text}");
            format!("{outcome} {}", without_folder(&text))
        }
        Err(error) => {
            assert!(outcome.starts_with(&format!("error {} ", error.code())), "{error}");
            format!("{outcome} no definition")
        }
    }
}

/// A pipeline whose sources are named by their paths.
fn from_json(text: &str) -> Result<Pipeline> {
    let definition = Definition::read(text, true, &|_| true)?;
    Pipeline::from_json(text, definition.names().iter().map(|name| (name, Source::path(name))))
}

/// A definition whose paths are those below `images/`.
fn without_folder(text: &str) -> String {
    text.replace(&format!("{}/", path("images").display()), "")
}

/// Format, size and hash of an output, or what an error says.
fn told(outcome: Result<Output>) -> String {
    match outcome {
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
