//! The command, for `python -m makeready`.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command with these arguments, of which the first one is its name; gives the code to exit with.
#[pyfunction]
pub(crate) fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| makeready_cli::run(arguments))
}
