//! Running jobs: without the GIL, with panics caught, until somebody cancels or a signal ends them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use makeready::{CancelToken as Token, Pipeline as Core, Result};
use pyo3::prelude::*;

use crate::error::python;
use crate::pipeline::Recipe;
use crate::{interrupt, output};

/// Calls the core without the GIL; errors and panics become exceptions.
pub(crate) fn run<T: Send>(py: Python<'_>, job: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    ended(py.detach(|| catch_unwind(AssertUnwindSafe(job))))
}

/// As [`run`], for jobs that may take long: the job is given a token that signals cancel.
pub(crate) fn run_long<T: Send>(
    py: Python<'_>,
    job: impl FnOnce(Token) -> Result<T> + Send,
) -> PyResult<T> {
    ended(interrupt::run(py, |token| catch_unwind(AssertUnwindSafe(|| job(token))))?)
}

fn ended<T>(outcome: std::thread::Result<Result<T>>) -> PyResult<T> {
    match outcome {
        Ok(result) => result.map_err(python),
        Err(panic) => Err(python(makeready::panicked(&*panic))),
    }
}

/// Runs several pipelines in one pass, and does their common work (inputs, decodes, stitches) once.
///
/// The strictest memory limit, the earliest deadline and any of the cancel tokens count for the whole
/// pass; threads, shrink and optimizations are those of the first pipeline.
///
/// Args:
///     pipelines: Any number of pipelines, at least 1.
///
/// Returns:
///     The outputs, in the order of the pipelines.
///
/// Raises:
///     MakereadyError: As ``Pipeline.run``; the first error ends the whole pass.
///
/// Example:
///     >>> page = makeready.Pipeline.open(makeready.Image(64, 48, 3, bytes(9216)))
///     >>> jobs = [page.encode("jpeg", quality=90), page.resize(16, 12).encode("webp")]
///     >>> [(output.format, output.width) for output in makeready.run_all(jobs)]
///     [('jpeg', 64), ('webp', 16)]
#[pyfunction]
pub(crate) fn run_all<'py>(
    py: Python<'py>,
    pipelines: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let pipelines = all(pipelines)?;
    let cores = cores(&pipelines);
    let outputs = run_long(py, |token| {
        makeready::run_all(cores.into_iter().map(|core| core.clone().cancel(token.clone())))
    })?;
    outputs.into_iter().map(|output| output::output(py, output)).collect()
}

/// Runs several pipelines in one pass, for asyncio; to cancel the task is to cancel the pass.
///
/// Args:
///     pipelines: Any number of pipelines, at least 1.
///
/// Returns:
///     A coroutine that gives the outputs, in the order of the pipelines.
///
/// Raises:
///     MakereadyError: As ``run_all``, when it is awaited.
///
/// Example:
///     >>> import asyncio
///     >>> page = makeready.Pipeline.open(makeready.Image(64, 48, 3, bytes(9216)))
///     >>> jobs = [page.encode("jpeg"), page.resize(16, 12).encode("webp")]
///     >>> [output.width for output in asyncio.run(makeready.run_all_async(jobs))]
///     [64, 16]
#[pyfunction]
pub(crate) fn run_all_async<'py>(pipelines: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    // Here and not at import: asyncio takes longer to import than all of this package.
    pipelines.py().import("makeready._asyncio")?.getattr("run_all_async")?.call1((pipelines,))
}

/// Gives the outputs and the cost of ``run_all``, from the headers of the inputs; decodes nothing.
///
/// Args:
///     pipelines: Any number of pipelines, at least 1.
///
/// Returns:
///     A plan for each, in the order of the pipelines. ``peak_memory``, ``cost`` and ``decodes`` are those of
///     the whole pass.
///
/// Raises:
///     MakereadyError: As ``Pipeline.plan``.
///
/// Example:
///     >>> page = makeready.Pipeline.open(makeready.Image(64, 48, 3, bytes(9216)))
///     >>> [plan.width for plan in makeready.plan_all([page, page.resize(width=16)])]
///     [64, 16]
#[pyfunction]
pub(crate) fn plan_all<'py>(
    py: Python<'py>,
    pipelines: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let pipelines = all(pipelines)?;
    let cores = cores(&pipelines);
    let plans = run(py, || makeready::plan_all(cores))?;
    plans.into_iter().map(|plan| output::planned(py, &plan)).collect()
}

/// Shows the plan of ``run_all``: as written, and as it will run, with common work once.
///
/// Args:
///     pipelines: Any number of pipelines, at least 1.
///
/// Returns:
///     Text of several lines, for people.
///
/// Raises:
///     MakereadyError: As ``Pipeline.plan``.
///
/// Example:
///     >>> page = makeready.Pipeline.open(makeready.Image(64, 48, 3, bytes(9216)))
///     >>> print(makeready.explain_all([page, page.resize(width=16)]).splitlines()[0])
///     plan as written
#[pyfunction]
pub(crate) fn explain_all(py: Python<'_>, pipelines: &Bound<'_, PyAny>) -> PyResult<String> {
    let pipelines = all(pipelines)?;
    let cores = cores(&pipelines);
    run(py, || makeready::explain_all(cores))
}

pub(crate) fn all<'py>(pipelines: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, Recipe>>> {
    pipelines.try_iter()?.map(|pipeline| Ok(pipeline?.cast_into()?)).collect()
}

pub(crate) fn cores<'a>(pipelines: &'a [Bound<'_, Recipe>]) -> Vec<&'a Core> {
    pipelines.iter().map(|pipeline| pipeline.get().core()).collect()
}

/// Makes ready for a fork; the package has it called before each.
#[pyfunction]
pub(crate) fn prepare_fork(py: Python<'_>) {
    py.detach(makeready::prepare_fork);
}

/// Panics, for the test that a panic is an error.
#[cfg(feature = "test-hooks")]
#[pyfunction(name = "_panic")]
pub(crate) fn panic(py: Python<'_>) -> PyResult<()> {
    run(py, || panic!("for a test"))
}

/// Cancels the jobs it was given to, from any thread.
///
/// A token is not pickled: nobody could cancel it on the other side.
///
/// Example:
///     >>> token = makeready.CancelToken()
///     >>> job = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"x")).cancel(token)
///     >>> token.cancel()
///     >>> job.run()
///     Traceback (most recent call last):
///     makeready.JobCancelledError: the job was cancelled
#[pyclass(frozen, module = "makeready")]
#[derive(Default)]
pub(crate) struct CancelToken {
    pub(crate) core: makeready::CancelToken,
}

#[pymethods]
impl CancelToken {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Cancels: running jobs stop within 100 ms, later ones at once.
    fn cancel(&self) {
        self.core.cancel();
    }

    /// Whether somebody cancelled.
    fn is_cancelled(&self) -> bool {
        self.core.is_cancelled()
    }
}
