//! Puts the library under pressure: little memory, little time, faults of the system, many jobs. It must never
//! abort, hang, or give something wrong.

mod bombs;
mod faults;
mod inputs;
mod jobs;
mod process;
mod run;
mod soak;

use std::process::ExitCode;

use inputs::Inputs;
use jobs::Data;

/// As in the bindings.
#[global_allocator]
static HEAP: makeready::Reserve = makeready::Reserve;

const USAGE: &str = "usage: makeready-pressure run|bombs [PART OF A NAME], or faults, soak, all [RUNTIMES];
RUNTIMES are Python with the package installed, and Node. PRESSURE_SECONDS is how long each language soaks.";

/// How many checks passed, and the faults of the others.
#[derive(Default)]
struct Tally {
    passed: usize,
    faults: Vec<String>,
}

impl Tally {
    fn pass(&mut self, count: usize) {
        self.passed += count;
    }

    /// Keeps a fault for the end, and tells it at once.
    fn fail(&mut self, what: &str) {
        println!("FAILED {what}");
        self.faults.push(what.to_owned());
    }

    fn check(&mut self, what: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(fault) => self.fail(&format!("{what}: {fault}")),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut tally = Tally::default();
    let inner = match words.as_slice() {
        [run::JOB, name] => Some(run::job(name, None)),
        [run::JOB, name, room] => Some(run::job(name, Some(room.parse().expect("bytes")))),
        [soak::RUST] => Some(soak::rust()),
        [faults::WRITE] => Some(faults::write()),
        _ => None,
    };
    if let Some(result) = inner {
        return result.map_or_else(
            |fault| {
                eprintln!("{fault}");
                ExitCode::FAILURE
            },
            |()| ExitCode::SUCCESS,
        );
    }
    let data = Data::read();
    Inputs::new().make(&data.inputs).expect("inputs");
    match words.as_slice() {
        ["run"] => run::run(&data, "", &mut tally),
        ["run", part] => run::run(&data, part, &mut tally),
        ["bombs"] => bombs::run(&data, "", &mut tally),
        ["bombs", part] => bombs::run(&data, part, &mut tally),
        ["faults", python, node] => faults::run([python, node], &mut tally),
        ["soak", python, node] => soak::run([python, node], &mut tally),
        ["all", python, node] => {
            run::run(&data, "", &mut tally);
            bombs::run(&data, "", &mut tally);
            faults::run([python, node], &mut tally);
            soak::run([python, node], &mut tally);
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    println!();
    for fault in &tally.faults {
        println!("FAILED {fault}");
    }
    println!("{} passed, {} failed", tally.passed, tally.faults.len());
    ExitCode::from(u8::from(!tally.faults.is_empty()))
}
