//! The cost that plans tell against the CPU time of their runs. One test, because that time is of the whole process: a WebP of
//! many pixels is encoded on a thread of its own.
//!
//! Rates are those of another core and of a release build, so times are compared by the median of their ratios.

mod cost {
    pub(crate) mod jobs;
}

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use cost::jobs::{self, Job};
use makeready::{Result, plan_all, run_all};
use rustix::time::{ClockId, clock_gettime};

/// The CPU time of this process, which a busy machine hardly changes.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// Microseconds of CPU of a run: the least of three, of short ones the least of more.
fn measured(job: &Job) -> Result<f64> {
    let mut least = f64::INFINITY;
    let begin = cpu_time();
    // The first also makes what is made once a process.
    for run in 0.. {
        let before = cpu_time();
        run_all(&job.pipelines)?;
        let after = cpu_time();
        least = least.min(after - before);
        if run >= 2 && (run >= 12 || after - begin > 10_000.0) {
            break;
        }
    }
    Ok(least)
}

/// A job with its two times in microseconds.
struct Timed {
    job: Job,
    predicted: f64,
    measured: f64,
}

impl Timed {
    /// How many times too much was told, by what the median job tells of this machine.
    fn ratio(&self, machine: f64) -> f64 {
        self.predicted * machine / self.measured
    }

    /// A time of more than a millisecond that is off by more than four times.
    fn wrong(&self, machine: f64) -> bool {
        self.predicted.max(self.measured) > 1000.0 && !(0.25..=4.0).contains(&self.ratio(machine))
    }
}

/// Ranks of values; those of equal ones do not matter here, as times differ.
fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, at) in order.into_iter().enumerate() {
        ranks[at] = rank as f64;
    }
    ranks
}

/// Spearman's correlation of the two times of all jobs.
fn spearman(jobs: &[Timed]) -> f64 {
    let (a, b) = (ranks(jobs.iter().map(|j| j.predicted)), ranks(jobs.iter().map(|j| j.measured)));
    let squares: f64 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
    let count = jobs.len() as f64;
    1.0 - 6.0 * squares / (count * (count * count - 1.0))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn plans_know_how_long_they_take() -> Result<()> {
    let mut timed = Vec::new();
    for job in jobs::tasks().into_iter().chain(jobs::random(200)) {
        let predicted = plan_all(&job.pipelines)?[0].cost as f64;
        let measured = measured(&job)?;
        timed.push(Timed { job, predicted, measured });
    }
    assert!(timed.len() >= 200, "{} jobs", timed.len());
    let machine = median(timed.iter().map(|job| job.measured / job.predicted).collect());
    // The least of a few is too long where another program had the core or its caches for all of them: later it has not.
    for slow in &mut timed {
        for _ in 0..50 {
            if !slow.wrong(machine) {
                break;
            }
            thread::sleep(Duration::from_millis(200));
            slow.measured = slow.measured.min(measured(&slow.job)?);
        }
    }
    timed.sort_by(|a, b| a.ratio(machine).total_cmp(&b.ratio(machine)));
    if std::env::var_os("COST_LIST").is_some() {
        for Timed { job, predicted, measured } in &timed {
            eprintln!(
                "{:.2} {predicted:.0} {measured:.0} {}",
                predicted * machine / measured,
                job.name
            );
        }
    }
    let mut kinds: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    timed.iter().for_each(|job| kinds.entry(job.job.kind).or_default().push(job.ratio(machine)));
    for (kind, ratios) in kinds {
        let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
        eprintln!("{kind}: {} jobs, {least:.2} to {most:.2}", ratios.len());
    }
    let spearman = spearman(&timed);
    eprintln!("{} jobs, Spearman {spearman:.3}, this machine {machine:.2}", timed.len());
    let told = |Timed { job, predicted, measured }: &Timed| {
        format!("{}: told {:.0}, took {measured:.0}", job.name, predicted * machine)
    };
    let wrong: Vec<String> = timed.iter().filter(|job| job.wrong(machine)).map(told).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(spearman >= 0.9, "{spearman}");
    Ok(())
}
