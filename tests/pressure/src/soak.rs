//! Mixed jobs, good and bad, for a while in each language: the memory of a process must come to rest.
//!
//! A soak is a process that prints `JOBS RESIDENT` now and then, jobs so far and resident bytes, and nothing else.

mod mixed;

use std::process::Command;
use std::time::{Duration, Instant};

use crate::Tally;
use crate::process::{Ended, start, status, wait_for_child};

pub(crate) use mixed::Mixed;

/// The name of the command that soaks in this process.
pub(crate) const RUST: &str = "soak-rust";

/// How long, where `PRESSURE_SECONDS` says nothing.
const SECONDS: f64 = 60.0;
/// Bytes that a job may leave behind, by the slope of a line through the second half: in bytes, and in all of that half. Both
/// must be passed for a fault, as a page more here or there makes a slope of few jobs.
const SLOPE: f64 = 256.0;
const GROWTH: f64 = 12.0 * 1_048_576.0;

fn seconds() -> f64 {
    let set = std::env::var("PRESSURE_SECONDS").ok();
    set.map_or(SECONDS, |text| text.parse().expect("PRESSURE_SECONDS is a number"))
}

/// Soaks in this process.
///
/// # Errors
/// Of a job whose end is not the one of its kind.
pub(crate) fn rust() -> Result<(), String> {
    let jobs = Mixed::new().map_err(|error| format!("{error:?}"))?;
    let (end, mut number) = (Instant::now() + Duration::from_secs_f64(seconds()), 0);
    let mut told = Instant::now();
    while Instant::now() < end {
        jobs.run(number)?;
        number += 1;
        if told.elapsed() > Duration::from_millis(200) {
            println!("{number} {}", status("VmRSS"));
            told = Instant::now();
        }
    }
    Ok(())
}

/// Soaks in all languages at the same time.
pub(crate) fn run([python, node]: [&str; 2], tally: &mut Tally) {
    let scripts = makeready_tests::path("pressure");
    let this = std::env::current_exe().expect("this program");
    let mut rust = Command::new(this);
    rust.arg(RUST);
    let mut in_python = Command::new(python);
    in_python.arg(scripts.join("soak.py"));
    let mut in_node = Command::new(node);
    in_node.arg("--expose-gc").arg(scripts.join("soak.mjs"));
    println!(
        "\nsoak of {:.0} s: jobs, MiB held at last, bytes a job over the second half",
        seconds()
    );
    let all = [("rust", rust), ("python", in_python), ("node", in_node)];
    let patience = Duration::from_secs_f64(seconds() * 1.5 + 30.0);
    let all = all.map(|(name, mut command)| {
        // One arena: when a thread first takes memory of another is chance, and a step of megabytes.
        command.env("PRESSURE_SECONDS", seconds().to_string()).env("MALLOC_ARENA_MAX", "1");
        (name, start(&mut command))
    });
    for (name, child) in all {
        let ended = wait_for_child(child, patience);
        tally.check(&format!("soak in {name}"), result(name, &ended));
    }
}

fn result(name: &str, ended: &Ended) -> Result<(), String> {
    if let Some(fault) = ended.fault() {
        return Err(fault);
    }
    let samples: Vec<Sample> = ended.stdout.lines().filter_map(Sample::read).collect();
    let half = &samples[samples.len() / 2..];
    let (Some(first), Some(last)) = (half.first(), half.last()) else {
        return Err(format!("said nothing: {}", ended.stdout));
    };
    if half.len() < 5 {
        return Err(format!("too few samples: {}", half.len()));
    }
    let slope = slope(half);
    let grown = slope * (last.jobs - first.jobs);
    println!("{name:8} {:7} {:7.1} {slope:8.1}", last.jobs, last.resident / 1_048_576.0);
    if slope > SLOPE && grown > GROWTH {
        return Err(format!("grew by {slope:.0} bytes a job, by {grown:.0} in {} jobs", last.jobs));
    }
    Ok(())
}

/// Resident bytes after so many jobs.
struct Sample {
    jobs: f64,
    resident: f64,
}

impl Sample {
    fn read(line: &str) -> Option<Self> {
        let (jobs, resident) = line.split_once(' ')?;
        Some(Self { jobs: jobs.parse().ok()?, resident: resident.parse().ok()? })
    }
}

/// That of the line with the least squares.
fn slope(samples: &[Sample]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&Sample) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (jobs, resident) = (mean(|it| it.jobs), mean(|it| it.resident));
    let (mut products, mut squares) = (0.0, 0.0);
    for sample in samples {
        products += (sample.jobs - jobs) * (sample.resident - resident);
        squares += (sample.jobs - jobs).powi(2);
    }
    products / squares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_that_of_the_line() {
        let sample = |jobs| Sample { jobs, resident: 1e6 + 300.0 * jobs };
        let samples: Vec<Sample> = (10..40).map(f64::from).map(sample).collect();
        assert!((slope(&samples) - 300.0).abs() < 1e-6);
    }

    #[test]
    fn growth_is_a_fault_and_rest_is_none() {
        let said = |bytes: u64| {
            let line = |n: u64| format!("{} {}\n", n * 100, (50 << 20) + n * 100 * bytes);
            Ended {
                status: Some(std::process::ExitStatus::default()),
                stdout: (0..1000).map(line).collect(),
                stderr: String::new(),
                took: Duration::ZERO,
            }
        };
        assert!(result("rest", &said(20)).is_ok());
        assert!(result("growth", &said(600)).unwrap_err().contains("600 bytes a job"));
    }
}
