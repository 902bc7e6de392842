//! Runs properties on changed files for some seconds: `--seconds N`, `--property NAME`, `--seed N`, and of
//! `--seeds TEXT` only those with the text in their paths; or on the files that are named.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use makeready_fuzz::mutate::{XorShift, mutate};
use makeready_fuzz::{PROPERTIES, Property, seeds};

/// An input this slow is a failure: limits are there to prevent it. Large, because machines are shared.
const SLOW: Duration = Duration::from_secs(10);

const USAGE: &str =
    "usage: makeready-fuzz [--seconds N] [--property NAME] [--seed N] [--seeds TEXT] [FILE...]";

/// The options of the command line.
struct Request {
    seconds: f64,
    seed: u64,
    /// The text of the paths of seeds that are used; all have the empty one.
    seeds: String,
    properties: Vec<(&'static str, Property)>,
    files: Vec<String>,
}

/// The property and input that run now, for the panic hook.
static CURRENT: Mutex<String> = Mutex::new(String::new());

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
}

fn main() -> ExitCode {
    let request = match request(std::env::args().skip(1)) {
        Ok(request) => request,
        Err(what) => {
            eprintln!("{what}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    std::panic::set_hook(Box::new(|info| {
        let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        eprintln!("{current}: {info}");
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            eprintln!("{backtrace}");
        }
    }));
    let mut counts = Counts::default();
    if request.files.is_empty() {
        fuzz(&request, &mut counts);
    } else {
        replay(&request, &mut counts);
    }
    let properties = request.properties.len();
    println!("fuzz: {properties} properties, {} passed, {} failed", counts.passed, counts.failed);
    ExitCode::from(u8::from(counts.failed > 0))
}

fn request(mut words: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut request = Request {
        seconds: 30.0,
        seed: 1,
        seeds: String::new(),
        properties: PROPERTIES.to_vec(),
        files: Vec::new(),
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        let bad = |error: &dyn std::fmt::Display| format!("{word}: {error}");
        match word.as_str() {
            "--seconds" => request.seconds = value()?.parse().map_err(|error| bad(&error))?,
            "--seed" => request.seed = value()?.parse().map_err(|error| bad(&error))?,
            "--seeds" => request.seeds = value()?,
            "--property" => {
                let name = value()?;
                request.properties.retain(|(known, _)| *known == name);
                if request.properties.is_empty() {
                    let names = PROPERTIES.map(|(name, _)| name).join(", ");
                    return Err(format!("a property is one of {names}, found {name}"));
                }
            }
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            _ => request.files.push(word),
        }
    }
    Ok(request)
}

/// Runs every property for an equal share of the time, on a new input each time.
fn fuzz(request: &Request, counts: &mut Counts) {
    let mut seeds = seeds::all();
    seeds.retain(|seed| seed.path.to_string_lossy().contains(&request.seeds));
    assert!(!seeds.is_empty(), "no seeds");
    let share = request.seconds / request.properties.len() as f64;
    println!("{} seeds, seed {}, {share:.0} s a property", seeds.len(), request.seed);
    for &property in &request.properties {
        // Anew for each, so that one alone meets the same inputs as after others.
        let mut random = XorShift::new(request.seed);
        let mut found = Counts::default();
        let start = Instant::now();
        while start.elapsed().as_secs_f64() < share {
            let seed = &seeds[random.place(seeds.len())];
            let other = &seeds[random.place(seeds.len())];
            let data = mutate(&seed.bytes, &other.bytes, &mut random);
            run(property, &seed.path.display().to_string(), &data, &mut found);
        }
        println!("{}: {} passed, {} failed", property.0, found.passed, found.failed);
        counts.passed += found.passed;
        counts.failed += found.failed;
    }
}

fn replay(request: &Request, counts: &mut Counts) {
    for file in &request.files {
        match std::fs::read(file) {
            Ok(data) => request.properties.iter().for_each(|&property| {
                run(property, file, &data, counts);
            }),
            Err(error) => {
                eprintln!("{file}: {error}");
                counts.failed += 1;
            }
        }
    }
}

fn run((name, property): (&str, Property), from: &str, data: &[u8], counts: &mut Counts) {
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = format!("{name}, from {from}");
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| property(data)));
    let slow = start.elapsed() > SLOW;
    if slow {
        eprintln!("{name}, from {from}: took {:?}", start.elapsed());
    }
    if outcome.is_ok() && !slow {
        counts.passed += 1;
        return;
    }
    counts.failed += 1;
    match keep(name, data) {
        Ok(path) => eprintln!("reproducer: {path}"),
        Err(error) => eprintln!("the reproducer cannot be written: {error}"),
    }
    // Once more, as the backtrace pushes it out of logs that keep the end alone.
    if let Err(panic) = outcome {
        eprintln!("{name}, from {from}: {}", message(panic.as_ref()));
    }
}

fn message(panic: &dyn Any) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// Writes a failing input, under a name that tells its property and its bytes.
fn keep(name: &str, data: &[u8]) -> std::io::Result<String> {
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let path = seeds::crashes().join(format!("{name}-{hash:016x}"));
    std::fs::create_dir_all(seeds::crashes())?;
    std::fs::write(&path, data)?;
    Ok(path.display().to_string())
}
