//! The calls that made a pipeline, kept so that it can be pickled, compared and shown.

use std::sync::Arc;

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

/// A call of a method: its name, and the arguments that were given.
pub(crate) struct Call {
    name: &'static str,
    /// What can only be given by place; `None` for most methods, which record all by name.
    first: Option<bool>,
    options: Py<PyDict>,
}

impl Call {
    pub(crate) fn new(
        name: &'static str,
        first: Option<bool>,
        options: Bound<'_, PyDict>,
    ) -> Arc<Self> {
        Arc::new(Self { name, first, options: options.unbind() })
    }

    /// Its name and arguments; the dictionary is a copy, so that nobody can change a pipeline through it.
    pub(crate) fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let first = PyTuple::new(py, self.first)?;
        (self.name, first, self.options.bind(py).copy()?).into_pyobject(py)
    }

    pub(crate) fn same(&self, other: &Self, py: Python<'_>) -> PyResult<bool> {
        Ok((self.name, self.first) == (other.name, other.first)
            && self.options.bind(py).eq(&other.options)?)
    }

    /// As it would be written, but for the bytes of files.
    pub(crate) fn show(&self, py: Python<'_>) -> PyResult<String> {
        let mut options = Vec::new();
        options.extend(self.first.map(|first| if first { "True" } else { "False" }.to_owned()));
        for (name, value) in self.options.bind(py) {
            options.push(format!("{name}={}", show(&value)?));
        }
        Ok(format!(".{}({})", self.name, options.join(", ")))
    }
}

fn show(value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(format!("<{} bytes>", bytes.as_bytes().len()));
    }
    if let Ok(values) = value.cast::<PyTuple>() {
        let values = values.iter().map(|value| show(&value)).collect::<PyResult<Vec<_>>>()?;
        return Ok(format!("[{}]", values.join(", ")));
    }
    Ok(value.repr()?.to_string())
}

/// Writes down an option, if it was given.
pub(crate) fn note<'py>(
    options: &Bound<'py, PyDict>,
    name: &str,
    value: impl IntoPyObject<'py>,
) -> PyResult<()> {
    let value = value.into_bound_py_any(options.py())?;
    if value.is_none() { Ok(()) } else { options.set_item(name, value) }
}

/// The call of a method with some of the variables around it as its options.
macro_rules! call {
    ($py:expr, $name:literal $(, $option:ident)*) => {{
        let options = pyo3::types::PyDict::new($py);
        $($crate::record::note(&options, stringify!($option), $option)?;)*
        $crate::record::Call::new($name, None, options)
    }};
}
pub(crate) use call;
