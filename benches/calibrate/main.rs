//! Measures how long each kind of work takes on this machine, and writes the table of rates of the core.
//!
//! ```text
//! measure: every job, in release, on one thread, in CPU time; rounds of all jobs, so that a busy moment meets each;
//!          the median of the rounds
//! fit:     the rates, none below 0, whose sums over the work of each job are nearest to its time, by ratio
//! write:   core/src/run/cost/rates.rs
//! ```
//! `make calibrate` runs it. With a path as its argument it also writes the times and the amounts of all jobs there.

mod fit;
mod jobs;

use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use makeready::Pipeline;
use makeready::calibration::{kinds, work};
use makeready_benches::cpu_time;

/// Rounds of all jobs.
const ROUNDS: usize = 5;
/// Nanoseconds that a job is repeated for in a round.
const ENOUGH: f64 = 4e6;

/// A job that is measured.
struct Job {
    name: String,
    pipeline: Pipeline,
    /// Ends with pixels, not with a file.
    pixels: bool,
}

impl Job {
    /// Nanoseconds of CPU time of a run.
    fn time(&self) -> makeready::Result<f64> {
        let begin = cpu_time();
        let mut runs = 0.0;
        loop {
            if self.pixels {
                self.pipeline.pixels()?;
            } else {
                self.pipeline.run()?;
            }
            runs += 1.0;
            let spent = (cpu_time() - begin).as_secs_f64() * 1e9;
            if spent >= ENOUGH {
                return Ok(spent / runs);
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    for (format, bytes) in jobs::photograph()? {
        eprintln!("a photograph takes {bytes:.2} bytes a pixel as {format}");
    }
    let jobs = jobs::all()?;
    let mut amounts = Vec::new();
    for job in &jobs {
        amounts.push(work(&job.pipeline, job.pixels)?);
    }
    let mut rounds = vec![Vec::new(); jobs.len()];
    for round in 0..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        for (job, times) in jobs.iter().zip(&mut rounds) {
            let time = job.time()?;
            // The first round warms up.
            if round > 0 {
                times.push(time);
            }
        }
    }
    let times: Vec<f64> = rounds.into_iter().map(median).collect();
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, dump(&jobs, &times, &amounts)?)?;
    }
    let rates = fit::fit(&amounts, &times);
    let mut ratios: Vec<(f64, &str)> = Vec::new();
    for ((job, amounts), time) in jobs.iter().zip(&amounts).zip(&times) {
        let predicted: f64 = amounts.iter().zip(&rates).map(|(amount, rate)| amount * rate).sum();
        ratios.push((predicted / time, &job.name));
    }
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (ratio, name) in ratios.iter().take(10).chain(ratios.iter().rev().take(10)) {
        eprintln!("{ratio:.2} {name}");
    }
    let unmeasured: Vec<String> = unmeasured(&amounts);
    if !unmeasured.is_empty() {
        return Err(format!("no job does any of: {}", unmeasured.join(", ")).into());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/run/cost/rates.rs");
    std::fs::write(&path, table(&rates)?)?;
    eprintln!("{} jobs, wrote {}", jobs.len(), path.display());
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Names of the levels that no job has work of. Of `file_open` and its like a format with kinds of its own has none.
fn unmeasured(amounts: &[Vec<f64>]) -> Vec<String> {
    let levels = kinds().iter().flat_map(|(name, levels)| (0..*levels).map(move |l| (name, l)));
    let without = levels.enumerate().filter(|(at, _)| amounts.iter().all(|of| of[*at] == 0.0));
    let without = without.filter(|(_, (name, _))| !name.starts_with("file_"));
    without.map(|(_, (name, level))| format!("{name} {level}")).collect()
}

/// The source of the table.
fn table(rates: &[f64]) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "//! Nanoseconds of one core that each kind of work takes, by its levels. Written by `make calibrate`.\n\n",
    );
    writeln!(text, "/// A rate for every level of every kind of work, in the order of the kinds.")?;
    writeln!(text, "pub(super) const RATES: [(&str, &[f64]); {}] = [", kinds().len())?;
    let mut rates = rates.iter();
    for (name, levels) in kinds() {
        let of: Vec<String> = rates.by_ref().take(*levels).map(|rate| digits(*rate)).collect();
        writeln!(text, "    (\"{name}\", &[{}]),", of.join(", "))?;
    }
    text.push_str("];\n");
    Ok(text)
}

/// Four digits of a number, which is more than a measurement has.
fn digits(rate: f64) -> String {
    if rate <= 0.0 {
        return "0.0".to_owned();
    }
    let has_four = |&places: &u8| rate * 10_f64.powi(places.into()) >= 1000.0;
    let places = usize::from((1..8).find(has_four).unwrap_or(8));
    format!("{rate:.places$}")
}

/// The times and the amounts of all jobs, a line each.
fn dump(jobs: &[Job], times: &[f64], amounts: &[Vec<f64>]) -> Result<String, std::fmt::Error> {
    let mut text = String::from("job\ttime");
    for (name, levels) in kinds() {
        for level in 0..*levels {
            write!(text, "\t{name} {level}")?;
        }
    }
    text.push('\n');
    for ((job, time), amounts) in jobs.iter().zip(times).zip(amounts) {
        let amounts: Vec<String> = amounts.iter().map(ToString::to_string).collect();
        writeln!(text, "{}\t{time}\t{}", job.name, amounts.join("\t"))?;
    }
    Ok(text)
}
