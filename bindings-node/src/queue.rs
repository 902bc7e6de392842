//! The library's own queue: its settings and its figures.

use std::time::Duration;

use makeready::{Percentiles, Settings};
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use crate::error::{Given, guard};
use crate::options::options;

/// Times of jobs in milliseconds.
#[napi(object, object_from_js = false)]
pub struct Times {
    /// Half of the jobs took no longer.
    pub p50: f64,
    /// 95 of 100 took no longer.
    pub p95: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// An error code, and how many jobs ended with it.
#[napi(object, object_from_js = false)]
pub struct Failed {
    /// The code.
    pub code: &'static str,
    /// The jobs.
    pub jobs: f64,
}

/// The jobs of the process so far.
#[napi(object, object_from_js = false)]
pub struct JobStats {
    /// Jobs that run.
    pub running: u32,
    /// Jobs that wait.
    pub waiting: u32,
    /// Bytes that running jobs may hold together.
    pub reserved: f64,
    /// Bytes that they may hold at most.
    pub budget: f64,
    /// Jobs that gave their outputs.
    pub done: f64,
    /// Jobs that ended with an error.
    pub failed: Vec<Failed>,
    /// Jobs that were refused as busy.
    pub refused: f64,
    /// Milliseconds that a job handed in now would wait.
    pub predicted_wait: f64,
    /// From the hand-in of a job to its start.
    pub wait: Times,
    /// From the start of a job to its end.
    pub run: Times,
    /// The same as a text for Prometheus.
    pub text: String,
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

impl From<Percentiles> for Times {
    fn from(times: Percentiles) -> Self {
        Self { p50: ms(times.p50), p95: ms(times.p95), p99: ms(times.p99), max: ms(times.max) }
    }
}

/// Sets what all jobs of the process may use together.
#[napi]
pub fn configure(settings: Option<Unknown<'_>>) -> Given<()> {
    guard(|| {
        let given = options("configure", &makeready::by_name::queue_settings_fields(), [settings])?;
        let settings: Settings = makeready::by_name::queue_settings(&given)?;
        Ok(makeready::configure(settings)?)
    })
}

/// Figures of the jobs of this process so far.
#[napi]
pub fn job_stats() -> Given<JobStats> {
    guard(|| {
        let stats = makeready::job_stats();
        let text = stats.prometheus();
        let count = |jobs: usize| u32::try_from(jobs).unwrap_or(u32::MAX);
        let failed = |(code, jobs): (&'static str, u64)| Failed { code, jobs: jobs as f64 };
        Ok(JobStats {
            running: count(stats.running),
            waiting: count(stats.waiting),
            reserved: stats.reserved as f64,
            budget: stats.budget as f64,
            done: stats.done as f64,
            failed: stats.failed.into_iter().map(failed).collect(),
            refused: stats.refused as f64,
            predicted_wait: ms(stats.predicted_wait),
            wait: stats.wait.into(),
            run: stats.run.into(),
            text,
        })
    })
}
