//! Reads headers.

use pyo3::prelude::*;

use crate::output::milliseconds;
use crate::{job, options, source};

/// Reads the header of an input within limits, without decoding the input.
///
/// Args:
///     source: Anything that ``Pipeline.open`` takes.
///     limits: A mapping of the names of ``Pipeline.limits`` to numbers; limits of inputs and of metadata count.
///         Default: the default limits.
///
/// Returns:
///     Its format, width and height in pixels as stored, EXIF orientation, whether it has alpha, its pages, and
///     whether, how long and how often it moves.
///
/// Raises:
///     UnsupportedError: The format is none that this build reads.
///     MalformedError, TruncatedError: The file is broken.
///     LimitExceededError: A limit is passed.
///     InvalidOptionError: There is no limit of that name, or a number is negative or too large for any picture.
///     IoError: The file cannot be read.
///
/// Example:
///     >>> file = makeready.Pipeline.open(makeready.Image(3, 2, 4, bytes(24))).encode("png").run()
///     >>> probe = makeready.probe(file.data)
///     >>> probe.format, probe.width, probe.height, probe.has_alpha
///     ('png', 3, 2, True)
///     >>> makeready.probe(file.data, limits={"max_input_side": 2})
///     Traceback (most recent call last):
///     makeready.LimitExceededError: input 0: max_input_side is 2, this needs 3
#[pyfunction]
#[pyo3(signature = (source, *, limits=None))]
pub(crate) fn probe<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
    limits: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let input = source::input(source)?;
    let limits = limits.map(options::limits).transpose()?.unwrap_or_default();
    // The source outlives the call: bytes that it borrows from Python are released with the GIL held.
    let probe = job::run(py, || makeready::probe_with(input.source.clone(), &limits))?;
    py.import("makeready._results")?.getattr("Probe")?.call1((
        probe.format.name(),
        probe.width,
        probe.height,
        probe.orientation,
        probe.has_alpha,
        probe.pages,
        probe.animated,
        milliseconds(probe.duration),
        probe.r#loop,
    ))
}
