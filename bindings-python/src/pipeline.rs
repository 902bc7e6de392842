//! The pipeline: each method converts its options and calls the core's of the same name.

mod ops;
mod run;
mod settings;

use std::sync::Arc;

use makeready::{Open, Pipeline as Core};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use crate::options::{Whole, arrangement, colour, narrow, pair, set, word};
use crate::record::{Call, call};
use crate::source;

/// A recipe: inputs, the operations on them in the order written, and what comes out.
///
/// Begin with ``Pipeline.open`` or ``Pipeline.stitch``. Calls only record; each gives a new pipeline and leaves
/// the old one as it was. Nothing is read before ``plan``, ``explain``, ``run`` or ``pixels``, which also
/// check all options, once. A pipeline may be used by any number of threads at the same time.
///
/// Pipelines are equal when they were made by the same calls. They can be pickled, with their inputs: the bytes
/// of files, paths as they are, and pixels; not with a cancel token.
///
/// Example:
///     >>> tile = makeready.Image(40, 30, 3, bytes(3600))
///     >>> page = makeready.Pipeline.stitch([tile] * 4, across=2)
///     >>> preview = page.resize(16, 12).encode("jpeg", quality=80).run()
///     >>> preview.width, preview.height, preview.content_type
///     (16, 12, 'image/jpeg')
#[pyclass(frozen, module = "makeready")]
pub(crate) struct Pipeline {
    core: Core,
    calls: Vec<Arc<Call>>,
}

impl Pipeline {
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// A pipeline with one operation or setting more.
    fn then(&self, call: Arc<Call>, change: impl FnOnce(Core) -> Core) -> Self {
        let mut calls = Vec::with_capacity(self.calls.len() + 1);
        calls.extend(self.calls.iter().map(Arc::clone));
        calls.push(call);
        Self { core: change(self.core.clone()), calls }
    }
}

#[pymethods]
impl Pipeline {
    /// One input.
    ///
    /// Args:
    ///     source: A file as ``bytes`` (borrowed, not copied), as another buffer of bytes or as an open binary
    ///         file (both are read whole, here and now; a file that can be sought in from its start, wherever it
    ///         stands, any other from where it is); a path as ``str`` or ``PathLike`` (a
    ///         regular file, read anew by each plan and run and held only while that lasts); or
    ///         pixels: a ``makeready.Image``, a Pillow image, or a NumPy array of uint8, ``(height, width)`` or
    ///         ``(height, width, channels)`` with 1 to 4 channels: gray, gray and alpha, RGB, RGBA.
    ///     page: Which page or frame, counted from 0. Default 0; this build has the first one only.
    ///     auto_orient: Whether the EXIF orientation is applied. Default true.
    ///     on_error: What to do with a file that is truncated or corrupt after its header: ``"fail"`` (default),
    ///         or ``"recover"``: give the rows that can be had, the rest black, or clear where there is alpha.
    ///
    /// Raises:
    ///     InvalidOptionError: An array or a Pillow image has a type or shape that is no picture, or a buffer has
    ///         items that are no bytes.
    ///     IoError: There is no memory for a copy.
    ///     TypeError: The source is nothing of these.
    ///
    /// Example:
    ///     >>> makeready.Pipeline.open(makeready.Image(4, 2, 1, bytes(8))).plan().width
    ///     4
    #[staticmethod]
    #[pyo3(signature = (source, *, page=None, auto_orient=None, on_error=None))]
    fn open(
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        page: Option<Whole<'_>>,
        auto_orient: Option<bool>,
        on_error: Option<&str>,
    ) -> PyResult<Self> {
        let source::Input { source: input, record: source } = source::input(source)?;
        let page = narrow("page", page)?;
        let mut options = Open::default();
        set(&mut options.page, page);
        set(&mut options.auto_orient, auto_orient);
        set(&mut options.on_error, word(on_error)?);
        let call = call!(py, "open", source, page, auto_orient, on_error);
        Ok(Self { core: Core::open_with(input, options), calls: vec![call] })
    }

    /// Several inputs as one picture: a grid (``across``) or a canvas (``canvas`` and ``at``).
    ///
    /// Args:
    ///     inputs: Each anything that ``open`` takes, or a pipeline with its own operations.
    ///     across: A grid, row by row, so many cells across; at least 1.
    ///     gap: Pixels between neighbouring cells of a grid. Default 0.
    ///     canvas: A canvas of ``(width, height)`` pixels.
    ///     at: The left top corner ``(x, y)`` of each input on the canvas; later ones lie on top.
    ///     background: Fills what no input covers: ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default
    ///         opaque black; with an alpha below 255 the output has alpha. It does not lie under clear pixels of
    ///         an input: those stay clear where the output can hold it, and ``flatten`` is the way to be rid of
    ///         alpha.
    ///     position: Where a smaller input lies in its cell of a grid: centre (default), north, north_east, east,
    ///         south_east, south, south_west, west, north_west.
    ///
    /// Raises:
    ///     InvalidOptionError: A value is none of these; neither or both of ``across`` and ``canvas``.
    ///
    /// Example:
    ///     >>> dot = makeready.Image(1, 1, 1, bytes([200]))
    ///     >>> row = makeready.Pipeline.stitch([dot, dot], across=2, gap=1, background="#fff")
    ///     >>> list(row.pixels().tobytes())
    ///     [200, 255, 200]
    #[staticmethod]
    #[pyo3(signature = (inputs, *, across=None, gap=None, canvas=None, at=None, background=None, position=None))]
    #[allow(clippy::too_many_arguments, reason = "the keywords of a Python call")]
    fn stitch(
        py: Python<'_>,
        inputs: &Bound<'_, PyAny>,
        across: Option<Whole<'_>>,
        gap: Option<Whole<'_>>,
        canvas: Option<Bound<'_, PyAny>>,
        at: Option<Bound<'_, PyAny>>,
        background: Option<&str>,
        position: Option<&str>,
    ) -> PyResult<Self> {
        let (across, gap) = (narrow("across", across)?, narrow("gap", gap)?);
        let canvas = canvas.map(|canvas| pair("canvas", &canvas)).transpose()?;
        let places = |at: Bound<'_, PyAny>| {
            at.try_iter()?.map(|place| pair("a place", &place?)).collect::<PyResult<Vec<_>>>()
        };
        let at = at.map(places).transpose()?;
        let mut stitch = arrangement(across, canvas)?;
        set(&mut stitch.gap, gap);
        set(&mut stitch.at, at.clone());
        set(&mut stitch.background, background.map(colour).transpose()?);
        set(&mut stitch.position, word(position)?);
        let (cores, inputs) = stitch_inputs(inputs)?;
        let call = call!(py, "stitch", inputs, across, gap, canvas, at, background, position);
        Ok(Self { core: Core::stitch(stitch, cores), calls: vec![call] })
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        if self.calls.len() != other.calls.len() {
            return Ok(false);
        }
        for (call, other) in self.calls.iter().zip(&other.calls) {
            if !call.same(other, py)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let calls = self.calls.iter().map(|call| call.show(py)).collect::<PyResult<Vec<_>>>()?;
        Ok(format!("Pipeline{}", calls.concat()))
    }

    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let calls = slf.get().calls.iter().map(|call| call.state(py));
        let calls = PyTuple::new(py, calls.collect::<PyResult<Vec<_>>>()?)?;
        (slf.get_type().getattr("_replay")?, (calls,)).into_pyobject(py)
    }

    /// The pipeline that these calls make.
    #[staticmethod]
    fn _replay<'py>(calls: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let mut pipeline = calls.py().get_type::<Self>().into_any();
        for call in calls {
            type Parts<'py> = (Bound<'py, PyString>, Bound<'py, PyTuple>, Bound<'py, PyDict>);
            let (name, arguments, options): Parts<'_> = call.extract()?;
            pipeline = pipeline.call_method(name, arguments, Some(&options))?;
        }
        Ok(pipeline)
    }
}

/// The inputs of a stitch, and what is written down of them.
fn stitch_inputs<'py>(inputs: &Bound<'py, PyAny>) -> PyResult<(Vec<Core>, Bound<'py, PyTuple>)> {
    if inputs.is_instance_of::<PyString>() || inputs.is_instance_of::<PyBytes>() {
        return Err(PyTypeError::new_err("the inputs of a stitch are several, found one"));
    }
    let (mut cores, mut records) = (Vec::new(), Vec::new());
    for input in inputs.try_iter()? {
        let input = input?;
        if let Ok(pipeline) = input.cast::<Pipeline>() {
            cores.push(pipeline.get().core.clone());
            records.push(input.unbind());
        } else {
            let source::Input { source, record } = source::input(&input)?;
            cores.push(source.into());
            records.push(record);
        }
    }
    Ok((cores, PyTuple::new(inputs.py(), records)?))
}
