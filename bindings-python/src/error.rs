//! Errors of the core as exceptions: the class by the code, with the input and the limit as attributes.

use makeready::by_name::{self, CallError};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// The classes of `makeready._errors` by their codes.
static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// Looks the classes up. At import, so that no fork meets it half done.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<()> {
    let classes = py.import("makeready._errors")?.getattr("BY_CODE")?.cast_into::<PyDict>()?;
    for (code, class) in classes.iter() {
        class.setattr("http_status", by_name::http_status(code.extract()?))?;
    }
    // A second import of the module finds the same classes.
    let _ = CLASSES.set(py, classes.unbind());
    Ok(())
}

/// The exception of an error of the core.
#[cold]
pub(crate) fn python(error: makeready::Error) -> PyErr {
    let about = About {
        input: error.input(),
        limit: error.limit(),
        parameter: error.parameter(),
        retry_after: error.retry_after().map(|time| time.as_secs_f64()),
    };
    raise(error.code(), error.to_string(), &about)
}

/// The exception of a call by name: a value of the wrong type is a `TypeError`, as Python users expect.
#[cold]
pub(crate) fn called(error: CallError) -> PyErr {
    match error {
        CallError::Type { .. } => PyTypeError::new_err(error.to_string()),
        other => python(other.into()),
    }
}

/// For values that no type of the core can hold, so that it cannot refuse them.
#[cold]
pub(crate) fn invalid_option(message: String) -> PyErr {
    raise("invalid_option", message, &About::default())
}

/// The attributes of an exception.
#[derive(Default)]
pub(crate) struct About<'a> {
    input: Option<usize>,
    limit: Option<&'a str>,
    parameter: Option<&'a str>,
    retry_after: Option<f64>,
}

/// An exception by its code.
#[cold]
pub(crate) fn raise(code: &str, message: String, about: &About<'_>) -> PyErr {
    Python::attach(|py| {
        let class = CLASSES.get(py).map(|classes| classes.bind(py).as_any().get_item(code));
        let class = class.unwrap_or_else(|| py.import("makeready._errors")?.getattr("BY_CODE"));
        let About { input, limit, parameter, retry_after } = *about;
        let given = (message, input, limit, retry_after, parameter);
        match class.and_then(|class| class.call1(given)) {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        }
    })
}
