//! Reads headers.

use pyo3::prelude::*;

use crate::{job, source};

/// Reads the header of an input: what it is, without decoding it, within the default limits.
///
/// Args:
///     source: Anything that ``Pipeline.open`` takes.
///
/// Returns:
///     Its format, width and height in pixels as stored, EXIF orientation, whether it has alpha, and pages.
///
/// Raises:
///     UnsupportedError: The format is none that this build reads.
///     MalformedError, TruncatedError: The file is broken.
///     LimitExceededError: A default limit is passed.
///     IoError: The file cannot be read.
///
/// Example:
///     >>> file = makeready.Pipeline.open(makeready.Image(3, 2, 4, bytes(24))).encode("png").run()
///     >>> probe = makeready.probe(file.data)
///     >>> probe.format, probe.width, probe.height, probe.has_alpha
///     ('png', 3, 2, True)
#[pyfunction]
pub(crate) fn probe<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let input = source::input(source)?;
    // The source outlives the call: what it borrows from Python is let go of with the GIL held.
    let probe = job::run(py, || makeready::probe(input.source.clone()))?;
    py.import("makeready._results")?.getattr("Probe")?.call1((
        probe.format.name(),
        probe.width,
        probe.height,
        probe.orientation,
        probe.has_alpha,
        probe.pages,
    ))
}
