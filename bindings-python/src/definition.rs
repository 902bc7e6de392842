//! Definitions: JSON, and sources by their names.

use std::collections::HashSet;

use makeready::Pipeline as Core;
use makeready::by_name::Definition as Read;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use crate::pipeline::Recipe;
use crate::{job, source};

/// A definition that was read: a pipeline for each output.
#[pyclass(frozen, module = "makeready._native")]
pub(crate) struct Definition {
    pub(crate) cores: Vec<Core>,
    text: Py<PyString>,
    /// Sources in use, by their names, as immutable as the pipelines.
    sources: Py<PyDict>,
}

impl Definition {
    /// Reads a text with its sources, where there is `one` output to be as such.
    pub(crate) fn read(
        text: &Bound<'_, PyAny>,
        sources: &Bound<'_, PyAny>,
        one: bool,
    ) -> PyResult<Self> {
        let py = text.py();
        let text = text.cast::<PyString>()?;
        let given = py.get_type::<PyDict>().call1((sources,))?.cast_into::<PyDict>()?;
        let mut names = HashSet::new();
        for name in given.keys() {
            names.insert(name.cast_into::<PyString>()?.to_cow()?.into_owned());
        }
        let json = text.to_cow()?;
        let read = job::run(py, || Read::read(&json, one, &|name| names.contains(name)))?;
        let (mut inputs, used) = (Vec::new(), PyDict::new(py));
        for name in read.names() {
            let value = given.as_any().get_item(name)?;
            let source::Input { source, record } = source::input(&value)?;
            inputs.push(source);
            used.set_item(name, record)?;
        }
        let cores = job::run(py, || read.pipelines(&inputs))?;
        Ok(Self { cores, text: text.clone().unbind(), sources: used.unbind() })
    }

    pub(crate) fn sources(&self, py: Python<'_>) -> Py<PyAny> {
        self.sources.clone_ref(py).into_any()
    }
}

#[pymethods]
impl Definition {
    #[new]
    #[pyo3(signature = (text, sources, /))]
    fn new(text: &Bound<'_, PyAny>, sources: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::read(text, sources, false)
    }

    fn __len__(&self) -> usize {
        self.cores.len()
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        let same_text = self.text.bind(py).as_any().eq(other.text.bind(py))?;
        Ok(same_text && self.sources.bind(py).eq(other.sources.bind(py))?)
    }

    fn __repr__(&self) -> String {
        format!("<definition of {} outputs>", self.cores.len())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, this) = (slf.py(), slf.get());
        let class: Bound<'py, PyType> = slf.get_type();
        (class, (this.text.clone_ref(py), this.sources.clone_ref(py))).into_pyobject(py)
    }
}

/// Writes several pipelines, the outputs of one pass, as one definition.
///
/// The beginning and the settings that all of them share are in it once.
///
/// Args:
///     pipelines: Any number of pipelines, at least 1.
///
/// Returns:
///     JSON, for ``pipelines_from_json``.
///
/// Raises:
///     InvalidOptionError: As ``Pipeline.to_json``; there is no pipeline at all.
///
/// Example:
///     >>> page = makeready.Pipeline.open("page.png")
///     >>> makeready.pipelines_to_json([page.encode("jpeg"), page.encode("webp")])
///     '{"version":1,"input":"page.png","outputs":[{"encode":{"format":"jpeg"}},{"encode":{"format":"webp"}}]}'
#[pyfunction]
pub(crate) fn pipelines_to_json(py: Python<'_>, pipelines: &Bound<'_, PyAny>) -> PyResult<String> {
    let pipelines = job::all(pipelines)?;
    let cores = job::cores(&pipelines);
    job::run(py, || makeready::pipelines_to_json(cores))
}

/// The definition of one pipeline.
pub(crate) fn to_json(py: Python<'_>, recipe: &Recipe) -> PyResult<String> {
    job::run(py, || recipe.core().to_json())
}
