//! Figures of the jobs of a process: how many, how long, how they ended.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// The jobs of the process so far.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct JobStats {
    /// Jobs that run.
    pub running: usize,
    /// Jobs that wait.
    pub waiting: usize,
    /// Bytes that running jobs may hold together, by the bounds of their plans.
    pub reserved: u64,
    /// Bytes that they may hold at most.
    pub budget: u64,
    /// Jobs that gave their outputs.
    pub done: u64,
    /// Jobs that ended with an error, by its code.
    pub failed: BTreeMap<&'static str, u64>,
    /// Jobs that were refused as `busy`; they are not among those that failed.
    pub refused: u64,
    /// The time that a job handed in now would wait, by the predictions of those before it.
    pub predicted_wait: Duration,
    /// Times from the hand-in of a job to its start.
    pub wait: Percentiles,
    /// Times from the start of a job to its end.
    pub run: Percentiles,
}

/// Times of jobs, within 5 %.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Percentiles {
    /// Half of the jobs took no longer.
    pub p50: Duration,
    /// 95 of 100 took no longer.
    pub p95: Duration,
    /// 99 of 100 took no longer.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
}

impl JobStats {
    /// The figures as a text that Prometheus reads.
    ///
    /// ```
    /// let text = makeready::job_stats().prometheus();
    /// assert!(text.contains("# TYPE makeready_jobs_running gauge\nmakeready_jobs_running "));
    /// ```
    #[must_use]
    pub fn prometheus(&self) -> String {
        let mut text = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, values: &[(String, f64)]| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP makeready_{name} {help}");
            let _ = writeln!(text, "# TYPE makeready_{name} {kind}");
            for (labels, value) in values {
                let _ = writeln!(text, "makeready_{name}{labels} {value}");
            }
        };
        let one = |value: f64| [(String::new(), value)];
        metric("jobs_running", "gauge", "Jobs that run.", &one(self.running as f64));
        metric("jobs_waiting", "gauge", "Jobs that wait.", &one(self.waiting as f64));
        let reserved = one(self.reserved as f64);
        metric("reserved_bytes", "gauge", "Bytes that running jobs may hold.", &reserved);
        metric(
            "budget_bytes",
            "gauge",
            "Bytes that they may hold at most.",
            &one(self.budget as f64),
        );
        metric(
            "jobs_done_total",
            "counter",
            "Jobs that gave their outputs.",
            &one(self.done as f64),
        );
        let failed =
            self.failed.iter().map(|(code, n)| (format!("{{code=\"{code}\"}}"), *n as f64));
        let failed: Vec<_> = failed.collect();
        metric("jobs_failed_total", "counter", "Jobs that ended with an error.", &failed);
        let refused = one(self.refused as f64);
        metric("jobs_refused_total", "counter", "Jobs that were refused as busy.", &refused);
        let predicted = one(self.predicted_wait.as_secs_f64());
        metric("predicted_wait_seconds", "gauge", "The time that a job would wait.", &predicted);
        for (name, help, times) in [
            ("job_wait_seconds", "Times from the hand-in of a job to its start.", self.wait),
            ("job_run_seconds", "Times from the start of a job to its end.", self.run),
        ] {
            let quantiles =
                [("0.5", times.p50), ("0.95", times.p95), ("0.99", times.p99), ("1", times.max)];
            let quantile = |(at, time): (&str, Duration)| {
                (format!("{{quantile=\"{at}\"}}"), time.as_secs_f64())
            };
            metric(name, "gauge", help, &quantiles.map(quantile));
        }
        text
    }
}

/// Counts of what has ended.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) done: u64,
    failed: BTreeMap<&'static str, u64>,
    pub(super) refused: u64,
    pub(super) wait: Histogram,
    pub(super) run: Histogram,
}

impl Counts {
    /// Counts the end of a job.
    pub(super) fn end(&mut self, error: Option<&Error>) {
        match error {
            None => self.done += 1,
            Some(error) if error.kind() == ErrorKind::Busy => self.refused += 1,
            Some(error) => *self.failed.entry(error.code()).or_default() += 1,
        }
    }

    pub(super) fn fill(&self, stats: &mut JobStats) {
        stats.done = self.done;
        stats.failed.clone_from(&self.failed);
        stats.refused = self.refused;
        stats.wait = self.wait.percentiles();
        stats.run = self.run.percentiles();
    }
}

/// Steps of a doubling.
const STEPS: u32 = 16;

/// Times in classes of 1/16 of a doubling, from 1 microsecond on.
#[derive(Debug)]
pub(super) struct Histogram {
    classes: [u64; 40 * STEPS as usize],
    max: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { classes: [0; 40 * STEPS as usize], max: Duration::ZERO }
    }
}

impl Histogram {
    pub(super) fn add(&mut self, time: Duration) {
        self.max = self.max.max(time);
        let micros = (time.as_secs_f64() * 1e6).max(1.0);
        #[allow(clippy::cast_possible_truncation, reason = "a cast to a whole number saturates")]
        let class = (micros.log2() * f64::from(STEPS)) as usize;
        self.classes[class.min(self.classes.len() - 1)] += 1;
    }

    fn percentiles(&self) -> Percentiles {
        let at = |part: f64| self.percentile(part);
        Percentiles { p50: at(0.50), p95: at(0.95), p99: at(0.99), max: self.max }
    }

    /// The upper end of the class of this part, and no more than the longest time.
    fn percentile(&self, part: f64) -> Duration {
        let all: u64 = self.classes.iter().sum();
        let wanted = all as f64 * part;
        let mut below = 0;
        for (class, count) in (1_u32..).zip(self.classes) {
            below += count;
            if count > 0 && below as f64 >= wanted {
                let micros = (f64::from(class) / f64::from(STEPS)).exp2();
                return Duration::from_secs_f64(micros / 1e6).min(self.max);
            }
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_5_percent() {
        let mut times = Histogram::default();
        assert_eq!(times.percentiles(), Percentiles::default());
        for millis in 1..=1000 {
            times.add(Duration::from_millis(millis));
        }
        let found = times.percentiles();
        for (found, expected) in [(found.p50, 0.5), (found.p95, 0.95), (found.p99, 0.99)] {
            let ratio = found.as_secs_f64() / expected;
            assert!((1.0..1.05).contains(&ratio), "{found:?} for {expected}");
        }
        assert_eq!(found.max, Duration::from_secs(1));
        times.add(Duration::ZERO);
        times.add(Duration::from_secs(1 << 30));
        assert_eq!(times.percentiles().max, Duration::from_secs(1 << 30));
    }
}
