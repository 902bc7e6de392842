//! Results of runs and plans, as the classes of `makeready._results`.

use std::path::PathBuf;
use std::time::Duration;

use makeready::{Output, Planned, PlannedDecode, Rect};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::{error, memory};

/// An `Output`; its data is moved into `bytes`, which everything in Python takes.
pub(crate) fn output(py: Python<'_>, output: Output) -> PyResult<Bound<'_, PyAny>> {
    let times = output.timings;
    let timings =
        [times.plan, times.decode, times.compose, times.resample, times.encode, times.total];
    let results = py.import("makeready._results")?;
    let [plan, decode, compose, resample, encode, total] = timings.map(|time| time.as_secs_f64());
    let timings = (plan, decode, compose, resample, encode, total);
    let timings = results.getattr("Timings")?.call1(timings)?;
    let data = memory::moved(py, output.data)?;
    results.getattr("Output")?.call1((
        data,
        output.format.name(),
        output.content_type,
        output.width,
        output.height,
        output.frames,
        output.layout.to_string(),
        output.vary,
        PyTuple::new(py, output.warnings)?,
        timings,
    ))
}

/// Writes the file of an `Output`.
#[pyfunction]
pub(crate) fn write_file(
    py: Python<'_>,
    path: PathBuf,
    data: &[u8],
    durable: bool,
) -> PyResult<()> {
    py.detach(|| makeready::write_file(&path, data, durable)).map_err(error::python)
}

/// A `Planned`.
pub(crate) fn planned<'py>(py: Python<'py>, plan: &Planned) -> PyResult<Bound<'py, PyAny>> {
    let results = py.import("makeready._results")?;
    let class = results.getattr("PlannedDecode")?;
    let decode = |decode: &PlannedDecode| {
        let Rect { x, y, width, height } = decode.region;
        class.call1((decode.input, decode.scale, (x, y, width, height)))
    };
    let decodes = plan.decodes.iter().map(decode).collect::<PyResult<Vec<_>>>()?;
    let Planned { width, height, frames, peak_memory, cost, looks, .. } = *plan;
    let decodes = PyList::new(py, decodes)?;
    let (format, layout) = (plan.format.name(), plan.layout.to_string());
    let duration = milliseconds(plan.duration);
    let picture =
        (width, height, format, frames, duration, layout, peak_memory, cost, looks, decodes);
    results.getattr("Planned")?.call1(picture)
}

/// Whole milliseconds of a time that has no others.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
