//! The calls that made a pipeline, kept so that it can be pickled, compared and shown.

use std::sync::Arc;

use makeready::by_name::Value;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::options;

/// A call of a method: its name, and the options that were given.
pub(crate) struct Call {
    name: &'static str,
    /// An option that is an object of Python: an input, inputs, a token.
    object: Option<(&'static str, Py<PyAny>)>,
    options: Vec<(String, Value)>,
}

impl Call {
    pub(crate) fn new(
        name: &'static str,
        object: Option<(&'static str, Py<PyAny>)>,
        options: Vec<(String, Value)>,
    ) -> Arc<Self> {
        Arc::new(Self { name, object, options })
    }

    /// Its name, the arguments that can only be given by place, and the others.
    pub(crate) fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let (mut places, names) = (Vec::new(), PyDict::new(py));
        if let Some((name, object)) = &self.object {
            names.set_item(name, object)?;
        }
        for (name, value) in &self.options {
            let value = options::object(py, value)?;
            if self.is_by_place(name) {
                places.push(value);
            } else {
                names.set_item(name, value)?;
            }
        }
        (self.name, PyTuple::new(py, places)?, names).into_pyobject(py)
    }

    /// The switch of all rules, beside which any name may be that of a rule.
    fn is_by_place(&self, option: &str) -> bool {
        self.name == "optimizations" && option == "all"
    }

    pub(crate) fn same(&self, other: &Self, py: Python<'_>) -> PyResult<bool> {
        let same_objects = match (&self.object, &other.object) {
            (Some((_, a)), Some((_, b))) => a.bind(py).eq(b)?,
            (a, b) => a.is_none() && b.is_none(),
        };
        Ok(same_objects && self.name == other.name && self.same_options(other))
    }

    /// Tells whether the options are the same, in any order.
    fn same_options(&self, other: &Self) -> bool {
        let has = |option| other.options.contains(option);
        self.options.len() == other.options.len() && self.options.iter().all(has)
    }

    /// As it would be written, but for the bytes of files.
    pub(crate) fn show(&self, py: Python<'_>) -> PyResult<String> {
        let mut shown = Vec::new();
        if let Some((name, object)) = &self.object {
            shown.push(format!("{name}={}", show(object.bind(py))?));
        }
        for (name, value) in &self.options {
            let value = show(&options::object(py, value)?)?;
            shown.push(if self.is_by_place(name) { value } else { format!("{name}={value}") });
        }
        Ok(format!(".{}({})", self.name, shown.join(", ")))
    }
}

fn show(value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(format!("<{} bytes>", bytes.as_bytes().len()));
    }
    if let Ok(values) = value.cast::<PyDict>() {
        let pairs =
            values.iter().map(|(name, value)| Ok(format!("{}: {}", name.repr()?, show(&value)?)));
        return Ok(format!("{{{}}}", pairs.collect::<PyResult<Vec<_>>>()?.join(", ")));
    }
    match value.cast::<PyTuple>() {
        Ok(values) if values.iter().any(|value| !value.is_instance_of::<pyo3::types::PyInt>()) => {
            let values = values.iter().map(|value| show(&value)).collect::<PyResult<Vec<_>>>()?;
            Ok(format!("[{}]", values.join(", ")))
        }
        _ => Ok(value.repr()?.to_string()),
    }
}
