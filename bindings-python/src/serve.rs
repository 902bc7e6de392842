//! The functions for services, by their names; and the ground of the class `Policy` of `_serve.py`.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use makeready::Policy as Core;
use makeready::by_name::{self, NamedCall};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::error::{called, python};
use crate::options;
use crate::pipeline::Recipe;

/// Calls a function of the core that needs options alone.
#[pyfunction]
pub(crate) fn function<'py>(
    py: Python<'py>,
    name: &str,
    options: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let given = options::given(options, None)?;
    options::object(py, &by_name::function(name, &given).map_err(called)?)
}

/// The options of a policy in JSON.
#[pyfunction]
pub(crate) fn policy_options<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyDict>> {
    named(py, &by_name::policy_options(&Core::from_json(text).map_err(python)?))
}

/// The core's policy.
#[pyclass(frozen, subclass, module = "makeready._native")]
pub(crate) struct PolicyBase {
    core: Core,
}

impl PolicyBase {
    fn options<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        named(py, &by_name::policy_options(&self.core))
    }
}

#[pymethods]
impl PolicyBase {
    #[new]
    #[pyo3(signature = (options, /))]
    fn new(options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let core = by_name::policy(&options::given(options, None)?).map_err(called)?;
        Ok(Self { core })
    }

    /// Its text in JSON.
    fn _to_json(&self) -> String {
        self.core.to_json()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.core == other.core
    }

    /// Of its text, as the core has no hash for numbers with a fraction.
    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        format!("{:?}", self.core).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut shown = Vec::new();
        for (name, value) in &self.options(py)? {
            shown.push(format!("{name}={}", value.repr()?));
        }
        Ok(format!("Policy({})", shown.join(", ")))
    }

    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        (slf.get_type().getattr("_of")?, (slf.get().options(py)?,)).into_pyobject(py)
    }

    /// The policy of these options.
    #[classmethod]
    fn _of<'py>(
        class: &Bound<'py, PyType>,
        options: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.call((), Some(options))
    }

    fn _options<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.options(py)
    }

    fn _renditions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.core.renditions().into_bound_py_any(py)
    }

    fn _guard<'py>(&self, pipeline: Bound<'py, Recipe>) -> PyResult<Bound<'py, PyAny>> {
        called_on(pipeline.into_any(), by_name::policy_calls(&self.core))
    }
}

/// A policy as an argument: a `Policy`, or a mapping of the options of one.
pub(crate) struct GivenPolicy(pub(crate) Core);

impl<'a, 'py> FromPyObject<'a, 'py> for GivenPolicy {
    type Error = PyErr;

    fn extract(given: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(policy) = given.cast::<PolicyBase>() {
            return Ok(Self(policy.get().core.clone()));
        }
        let options = options::mapping("a policy is a Policy or a mapping of names", &given)?;
        by_name::policy(&options).map(Self).map_err(called)
    }
}

/// The pipeline with these calls more.
pub(crate) fn called_on<'py>(
    pipeline: Bound<'py, PyAny>,
    calls: Vec<NamedCall>,
) -> PyResult<Bound<'py, PyAny>> {
    let class = pipeline.get_type();
    calls.iter().try_fold(pipeline, |pipeline, (name, options)| {
        class.call1((&pipeline, name, named(pipeline.py(), options)?))
    })
}

fn named<'py>(
    py: Python<'py>,
    options: &[(String, by_name::Value)],
) -> PyResult<Bound<'py, PyDict>> {
    let named = PyDict::new(py);
    for (name, value) in options {
        named.set_item(name, options::object(py, value)?)?;
    }
    Ok(named)
}
