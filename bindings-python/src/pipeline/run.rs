//! The calls that read the inputs.

use pyo3::prelude::*;

use super::Pipeline;
use crate::image::Image;
use crate::{job, output};

#[pymethods]
impl Pipeline {
    /// Reads the headers of the inputs and says what a run will do and cost; decodes nothing.
    ///
    /// Returns:
    ///     A ``Planned``: size and format of the output, ``peak_memory`` in bytes, and the scale and region of
    ///     each decode.
    ///
    /// Raises:
    ///     MakereadyError: As ``run``, for everything that headers tell.
    ///
    /// Example:
    ///     >>> plan = makeready.Pipeline.open(makeready.Image(64, 48, 3, bytes(9216))).resize(16).plan()
    ///     >>> plan.width, plan.height, plan.format
    ///     (16, 12, 'png')
    fn plan<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        output::planned(py, &job::run(py, || self.core().plan())?)
    }

    /// Shows the plan as written and as it will run.
    ///
    /// Returns:
    ///     Text of several lines, for people.
    ///
    /// Raises:
    ///     MakereadyError: As ``plan``.
    ///
    /// Example:
    ///     >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
    ///     >>> print(dot.flip().flip().explain().splitlines()[-2])
    ///     rules applied: drop_noops x1, fold_orientation x1
    fn explain(&self, py: Python<'_>) -> PyResult<String> {
        job::run(py, || self.core().explain())
    }

    /// Runs the pipeline. Other Python threads go on meanwhile.
    ///
    /// On the main thread the exception of a signal handler, ``KeyboardInterrupt`` for instance, stops the job and
    /// comes out of the call; so it does of ``pixels`` and ``run_all``.
    ///
    /// Returns:
    ///     An ``Output`` with the file as ``data``.
    ///
    /// Raises:
    ///     MakereadyError: Any of its subclasses, with the index of the input at fault as ``input``.
    ///
    /// Example:
    ///     >>> output = makeready.Pipeline.open(makeready.Image(8, 8, 3, bytes(192))).encode("png").run()
    ///     >>> output.data[:4], output.format, output.width
    ///     (b'\x89PNG', 'png', 8)
    fn run<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let run = |token| self.core().clone().cancel(token).run();
        output::output(py, job::run_long(py, run)?)
    }

    /// Runs the pipeline for asyncio; to cancel the task is to cancel the job.
    ///
    /// Jobs run on threads of their own, one a core, and not on those of the loop's default executor; more
    /// jobs wait in the order they came. A deadline counts from the start of the job.
    ///
    /// Returns:
    ///     A coroutine that gives an ``Output``.
    ///
    /// Raises:
    ///     MakereadyError: As ``run``, when it is awaited.
    ///
    /// Example:
    ///     >>> import asyncio
    ///     >>> job = makeready.Pipeline.open(makeready.Image(8, 8, 3, bytes(192))).encode("png")
    ///     >>> asyncio.run(job.run_async()).width
    ///     8
    fn run_async<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("makeready._asyncio")?.getattr("run_async")?.call1((slf,))
    }

    /// Runs the pipeline without its encode.
    ///
    /// Returns:
    ///     An ``Image``: the pixels, which NumPy and Pillow read without a copy.
    ///
    /// Raises:
    ///     MakereadyError: As ``run``.
    ///
    /// Example:
    ///     >>> makeready.Pipeline.open(makeready.Image(2, 1, 1, b"ab")).pixels()
    ///     <makeready.Image 2x1 gray>
    fn pixels(&self, py: Python<'_>) -> PyResult<Image> {
        Image::of(job::run_long(py, |token| self.core().clone().cancel(token).pixels())?)
    }
}
