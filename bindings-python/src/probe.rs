//! Reads headers.

use makeready::{Exif, Probe};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::output::milliseconds;
use crate::{job, options, source};

/// Reads the header of an input within limits, without decoding the input.
///
/// Args:
///     source: Anything that ``Pipeline.open`` takes.
///     limits: A mapping of the names of ``Pipeline.limits`` to numbers; limits of inputs and of metadata count.
///         Default: the default limits.
///     exif: Whether the EXIF fields that people sort by are read too: time, camera, place. Default: False.
///     formats, page, density: As of ``Pipeline.open``: the formats that a file may have, the page of a PDF or a TIFF, and the
///         dots an inch at which an SVG or a PDF has its size.
///
/// Returns:
///     The facts of its header: format, width and height in pixels as stored, orientation, and more.
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
///     >>> probe.layout, probe.bits, probe.density, probe.profile, probe.exif
///     ('rgba', 8, None, None, None)
///     >>> makeready.probe(file.data, limits={"max_input_side": 2})
///     Traceback (most recent call last):
///     makeready.LimitExceededError: input 0: max_input_side is 2, this needs 3
#[pyfunction]
#[pyo3(signature = (source, *, limits=None, exif=false, formats=None, page=None, density=None))]
pub(crate) fn probe<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
    limits: Option<&Bound<'py, PyAny>>,
    exif: bool,
    formats: Option<&Bound<'py, PyAny>>,
    page: Option<&Bound<'py, PyAny>>,
    density: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let input = source::input(source)?;
    let limits = limits.map(options::limits).transpose()?.unwrap_or_default();
    let open = options::open([("formats", formats), ("page", page), ("density", density)])?;
    // The source outlives the call: bytes that it borrows from Python are released with the GIL held.
    let probe = job::run(py, || makeready::probe_as(input.source.clone(), &open, &limits))?;
    value(py, probe, exif)
}

fn value(py: Python<'_>, probe: Probe, with_exif: bool) -> PyResult<Bound<'_, PyAny>> {
    let results = py.import("makeready._results")?;
    let exif = probe.exif.filter(|_| with_exif).map(|exif| {
        let Exif { taken, make, model, latitude, longitude, altitude, .. } = exif;
        results.getattr("Exif")?.call1((taken, make, model, latitude, longitude, altitude))
    });
    let fields = PyDict::new(py);
    fields.set_item("format", probe.format.name())?;
    fields.set_item("width", probe.width)?;
    fields.set_item("height", probe.height)?;
    fields.set_item("orientation", probe.orientation)?;
    fields.set_item("layout", probe.layout.to_string())?;
    fields.set_item("has_alpha", probe.has_alpha)?;
    fields.set_item("bits", probe.bits)?;
    fields.set_item("pages", probe.pages)?;
    fields.set_item("animated", probe.animated)?;
    fields.set_item("duration", milliseconds(probe.duration))?;
    fields.set_item("loop", probe.r#loop)?;
    fields.set_item("density", probe.density)?;
    fields.set_item("profile", probe.profile)?;
    fields.set_item("progressive", probe.progressive)?;
    fields.set_item("subsampling", probe.subsampling)?;
    fields.set_item("exif", exif.transpose()?)?;
    results.getattr("Probe")?.call((), Some(&fields))
}
