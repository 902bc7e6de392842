//! Figures of the content of a picture, and stand-ins of a few bytes.

use makeready::{ChannelStats, Placeholder};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::python;
use crate::job;
use crate::pipeline::part;

/// Gives figures of what a picture shows, as it would be written; of a film, of its first frame.
///
/// The whole picture is in memory: a resize before makes figures of a large one cheap, but smooths them.
///
/// Args:
///     picture: A ``Pipeline``, or anything that ``Pipeline.open`` takes.
///
/// Returns:
///     Figures of each channel, entropy, sharpness, the most frequent colour, and whether it is opaque.
///
/// Raises:
///     MakereadyError: As ``Pipeline.run``.
///
/// Example:
///     >>> stats = makeready.stats(makeready.Image(2, 1, 1, bytes([0, 10])))
///     >>> stats.channels
///     (ChannelStats(min=0, max=10, mean=5.0, deviation=5.0),)
///     >>> stats.is_opaque, stats.entropy, stats.dominant
///     (True, 1.0, '#050505')
#[pyfunction]
#[pyo3(signature = (picture, /))]
pub(crate) fn stats<'py>(
    py: Python<'py>,
    picture: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    // The record holds what the core borrows: it is released with the GIL held.
    let (core, _record) = part(picture)?;
    let stats = job::run_long(py, |token| makeready::stats(core.clone().cancel(token)))?;
    let results = py.import("makeready._results")?;
    let class = results.getattr("ChannelStats")?;
    let channel = |channel: &ChannelStats| {
        class.call1((channel.min, channel.max, channel.mean, channel.deviation))
    };
    let channels = stats.channels.iter().map(channel).collect::<PyResult<Vec<_>>>()?;
    let channels = PyTuple::new(py, channels)?;
    let dominant = stats.dominant.to_string();
    let fields = (channels, stats.is_opaque, stats.entropy, stats.sharpness, dominant);
    results.getattr("Stats")?.call1(fields)
}

/// Makes a stand-in of a few bytes for a picture, which a page shows until the picture is there; of a film, of its first frame.
///
/// Args:
///     picture: A ``Pipeline``, or anything that ``Pipeline.open`` takes.
///     kind: ``"thumbhash"``, a ThumbHash in Base64: about 30 characters, with the proportions of the picture and
///         its alpha; ``"blurhash"``, a BlurHash of 4 by 3 components, or 3 by 4 of an upright picture, clear pixels white;
///         or ``"data-uri"``, a WebP of at most 16 by 16 pixels, which a browser shows without a script.
///
/// Returns:
///     The stand-in as a text.
///
/// Raises:
///     InvalidOptionError: There is no such kind.
///     MakereadyError: As ``Pipeline.run``.
///
/// Example:
///     >>> white = makeready.Image(40, 30, 3, bytes([255]) * 3600)
///     >>> len(makeready.placeholder(white, kind="blurhash"))
///     28
#[pyfunction]
#[pyo3(signature = (picture, /, kind="thumbhash"))]
pub(crate) fn placeholder(
    py: Python<'_>,
    picture: &Bound<'_, PyAny>,
    kind: &str,
) -> PyResult<String> {
    let kind: Placeholder = kind.parse().map_err(python)?;
    let (core, _record) = part(picture)?;
    job::run_long(py, |token| makeready::placeholder_as(core.clone().cancel(token), kind))
}
