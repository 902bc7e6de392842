//! Compares the tables that the runners of the three languages wrote: every case, the same outcome.
//!
//! A line is a case's name, a tab, and its outcome: `png 4x4 sha256:...`, `error CODE limit=... input=...`, and then its
//! definition; or `left out: REASON` where a language cannot run it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use makeready_tests::{case, path};

const LANGUAGES: [&str; 3] = ["rust", "python", "node"];

type Table = BTreeMap<String, String>;

fn main() -> ExitCode {
    let tables = match LANGUAGES.map(read).into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(tables) => tables,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let (mut equal, mut wrong) = (0, 0);
    for case in case::all() {
        let outcomes: Vec<Option<&String>> =
            tables.iter().map(|table| table.get(&case.name)).collect();
        let left_out = |outcome: &Option<&String>| {
            outcome.is_some_and(|outcome| outcome.starts_with("left out: "))
        };
        let run: Vec<_> = outcomes.iter().filter(|outcome| !left_out(outcome)).collect();
        for (language, outcome) in LANGUAGES.iter().zip(&outcomes).filter(|(_, o)| left_out(o)) {
            println!("{language}: {} {}", case.name, outcome.map_or("", String::as_str));
        }
        if run.iter().all(|outcome| outcome.is_some() && *outcome == run[0]) {
            equal += 1;
        } else {
            wrong += 1;
            for (language, outcome) in LANGUAGES.iter().zip(&outcomes) {
                let outcome = outcome.map_or("no line", String::as_str);
                println!("{}: {language}: {outcome}", case.name);
            }
        }
    }
    println!("cases in {}: {equal} the same, {wrong} not", LANGUAGES.join(", "));
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(language: &str) -> Result<Table, String> {
    let file = path("../target/cases").join(format!("{language}.tsv"));
    let text = std::fs::read_to_string(&file)
        .map_err(|error| format!("{language} has no table yet: {}: {error}", file.display()))?;
    let line = |line: &str| {
        let (name, outcome) = line.split_once('\t')?;
        Some((name.to_owned(), outcome.to_owned()))
    };
    text.lines().map(|text| line(text).ok_or_else(|| format!("{language}: {text}"))).collect()
}
