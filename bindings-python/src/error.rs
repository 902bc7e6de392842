//! Errors of the core as exceptions: the class by the code, with the input and the limit as attributes.

use std::io::{self, Write};
use std::panic;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// The classes of `makeready._errors` by their codes.
static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// Looks the classes up. At import, so that no fork meets it half done.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<()> {
    let classes = py.import("makeready._errors")?.getattr("BY_CODE")?.cast_into::<PyDict>()?;
    // A second import of the module finds the same classes.
    let _ = CLASSES.set(py, classes.unbind());
    Ok(())
}

/// Makes every panic be reported in one line.
///
/// The hook of Rust itself shows a backtrace where `RUST_BACKTRACE` is set. It reserves megabytes for that under a lock,
/// and where it does not get them it waits for this very lock: the call would never end. This library has the Rust
/// runtime for itself, so that no panic of another one comes here.
pub(crate) fn report_panics_in_a_line() {
    panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("no message");
        // Nothing is to be done where nobody can be told.
        let _ = match panic.location() {
            Some(place) => writeln!(io::stderr(), "makeready panicked at {place}: {text}"),
            None => writeln!(io::stderr(), "makeready panicked: {text}"),
        };
    }));
}

/// The exception of an error of the core.
#[cold]
pub(crate) fn python(error: makeready::Error) -> PyErr {
    raise(error.code(), error.to_string(), error.input(), error.limit())
}

/// For values that no type of the core can hold, so that it cannot refuse them.
#[cold]
pub(crate) fn invalid_option(message: String) -> PyErr {
    raise("invalid_option", message, None, None)
}

/// A caught panic.
#[cold]
pub(crate) fn panicked(panic: &(dyn std::any::Any + Send)) -> PyErr {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    raise("internal", format!("panicked: {text}"), None, None)
}

/// An exception by its code.
#[cold]
pub(crate) fn raise(
    code: &str,
    message: String,
    input: Option<usize>,
    limit: Option<&str>,
) -> PyErr {
    Python::attach(|py| {
        let class = CLASSES.get(py).map(|classes| classes.bind(py).as_any().get_item(code));
        let class = class.unwrap_or_else(|| py.import("makeready._errors")?.getattr("BY_CODE"));
        match class.and_then(|class| class.call1((message, input, limit))) {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        }
    })
}
