//! The library's own queue: jobs for asyncio, its settings, its figures.

use std::sync::Mutex;
use std::time::Duration;

use makeready::{Output, Percentiles, by_name};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::ends::Ends;
use crate::error::{called, python};
use crate::job::{all, cores};
use crate::{job, options, output};

/// A job that the queue runs. Nobody outside of the package sees one.
#[pyclass(frozen, module = "makeready._native")]
pub(crate) struct Job(Mutex<Option<makeready::Job<Vec<Output>>>>);

#[pymethods]
impl Job {
    /// Hands pipelines in as one pass, of which `ends` tells by this number.
    #[new]
    fn new(
        py: Python<'_>,
        pipelines: &Bound<'_, PyAny>,
        ends: &Ends,
        number: u64,
    ) -> PyResult<Self> {
        let pipelines = all(pipelines)?;
        let cores: Vec<_> = cores(&pipelines).into_iter().cloned().collect();
        let tell = ends.telling(number)?;
        let job = py.detach(|| {
            let job = makeready::spawn_all(cores);
            job.on_end(tell);
            job
        });
        Ok(Self(Mutex::new(Some(job))))
    }

    /// Gives the outputs, once, after the end.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let job = self.job().take();
        let result = job.and_then(|job| job.take());
        let outputs = result.ok_or_else(|| PyRuntimeError::new_err("the job has no result"))?;
        outputs.map_err(python)?.into_iter().map(|it| output::output(py, it)).collect()
    }

    /// Stops the job, where it has not ended.
    fn cancel(&self, py: Python<'_>) {
        let job = self.job().take();
        py.detach(|| drop(job));
    }
}

impl Job {
    fn job(&self) -> std::sync::MutexGuard<'_, Option<makeready::Job<Vec<Output>>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Sets what all jobs of the process may use together; once, before the first job.
///
/// Args:
///     memory: Bytes that running jobs may hold together, by the bounds of their plans. Default: the variable
///         ``MAKEREADY_MEMORY``, else half of what the machine or the control group has.
///     queue: Jobs that may wait. Default: ``MAKEREADY_QUEUE``, else 1,024.
///     threads: Threads that work on pixels. Default: ``MAKEREADY_THREADS``, else one a core.
///     nice: Steps of ``nice`` by which the threads that work on jobs have less priority than the rest of the process,
///         0 to 19, on Linux. Default: ``MAKEREADY_NICE``, else 0. A service whose event loop and clients share the cores
///         answers sooner then.
///
/// Raises:
///     InvalidOptionError: A value is out of its range, or jobs have run or other settings were made before.
///
/// Example:
///     >>> makeready.configure(threads=0)
///     Traceback (most recent call last):
///     makeready.InvalidOptionError: configure threads is 1 to 1024, found 0
#[pyfunction]
#[pyo3(signature = (*, memory=None, queue=None, threads=None, nice=None))]
pub(crate) fn configure(
    py: Python<'_>,
    memory: Option<Bound<'_, PyAny>>,
    queue: Option<Bound<'_, PyAny>>,
    threads: Option<Bound<'_, PyAny>>,
    nice: Option<Bound<'_, PyAny>>,
) -> PyResult<()> {
    let named = PyDict::new(py);
    for (name, value) in
        [("memory", memory), ("queue", queue), ("threads", threads), ("nice", nice)]
    {
        named.set_item(name, value)?;
    }
    let settings = by_name::queue_settings(&options::given(&named, None)?).map_err(called)?;
    job::run(py, || makeready::configure(settings))
}

/// Gives figures of the jobs of this process so far.
///
/// Returns:
///     Jobs that run and wait, bytes, how jobs ended, and percentiles of their times.
///
/// Example:
///     >>> before = makeready.job_stats().done
///     >>> job = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a")).encode("png")
///     >>> job.run().format, makeready.job_stats().done - before
///     ('png', 1)
#[pyfunction]
pub(crate) fn job_stats(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let stats = py.detach(makeready::job_stats);
    let results = py.import("makeready._results")?;
    let seconds = Duration::as_secs_f64;
    let percentiles = |times: Percentiles| {
        let Percentiles { p50, p95, p99, max, .. } = times;
        let times = (seconds(&p50), seconds(&p95), seconds(&p99), seconds(&max));
        results.getattr("Percentiles")?.call1(times)
    };
    let (wait, run) = (percentiles(stats.wait)?, percentiles(stats.run)?);
    let text = stats.prometheus();
    results.getattr("JobStats")?.call1((
        stats.running,
        stats.waiting,
        stats.reserved,
        stats.budget,
        stats.done,
        stats.failed,
        stats.refused,
        seconds(&stats.predicted_wait),
        wait,
        run,
        text,
    ))
}
