//! Options by their names, between Python and the core.

use makeready::by_name::{self, Value};
use makeready::{Limits, Open, Optimizations};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PyString, PyTuple};
use pyo3::{IntoPyObjectExt, types::PyBytes};

use crate::error::called;

/// The options that were given, but for the one that is no value; `None` is not given.
pub(crate) fn given(
    options: &Bound<'_, PyDict>,
    apart: Option<&str>,
) -> PyResult<Vec<(String, Value)>> {
    let mut given = Vec::new();
    for (name, value) in options {
        if value.is_none() {
            continue;
        }
        let name = name.cast_into::<PyString>()?;
        let name = name.to_cow()?;
        if apart != Some(&*name) {
            given.push((name.into_owned(), read(&value, LEVELS)?));
        }
    }
    Ok(given)
}

/// Levels of values within a value: places are a list, and each of them a pair. A list may hold itself.
const LEVELS: u32 = 2;

/// Values within a value: more than any option has. An iterator may have no end.
const MOST_VALUES: usize = 100_000;

/// A value, as the core knows them, with so many levels of values within.
fn read(value: &Bound<'_, PyAny>, levels: u32) -> PyResult<Value> {
    if let Ok(yes) = value.cast::<PyBool>() {
        return Ok(Value::Bool(yes.is_true()));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::Text(text.to_cow()?.into_owned()));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Ok(Value::Float(number.value()));
    }
    match value.extract::<i64>() {
        Ok(number) => Ok(Value::Int(number.into())),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => Ok(large(value)),
        Err(_) => read_other(value, levels),
    }
}

/// A whole number of any size.
fn large(value: &Bound<'_, PyAny>) -> Value {
    let digits = value.str().map(|digits| digits.to_string());
    // Of more than some thousand digits Python writes none.
    let digits = digits.unwrap_or_else(|_| "a number of thousands of digits".to_owned());
    digits.parse().map_or_else(|_| Value::Digits(digits.clone()), Value::Int)
}

/// Reads a value that stands for a boolean or a number without being one, as those of NumPy do, or that holds several.
fn read_other(value: &Bound<'_, PyAny>, levels: u32) -> PyResult<Value> {
    if let Ok(yes) = value.extract::<bool>() {
        return Ok(Value::Bool(yes));
    }
    if let Ok(number) = value.extract::<f64>() {
        return Ok(Value::Float(number));
    }
    let is_one = value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyDict>();
    if let (false, 1.., Ok(values)) = (is_one, levels, value.try_iter()) {
        let values = values.take(MOST_VALUES + 1).map(|value| read(&value?, levels - 1));
        let values = values.collect::<PyResult<Vec<_>>>()?;
        if values.len() <= MOST_VALUES {
            return Ok(Value::List(values));
        }
    }
    Ok(Value::Other(value.get_type().name()?.to_string()))
}

/// A value of the core in Python. Numbers that belong together are a tuple.
pub(crate) fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::None => Ok(py.None().into_bound(py)),
        Value::Bool(yes) => yes.into_bound_py_any(py),
        Value::Int(number) => number.into_bound_py_any(py),
        Value::Float(number) | Value::Number(number) => number.into_bound_py_any(py),
        Value::Text(text) | Value::Digits(text) | Value::Other(text) => text.into_bound_py_any(py),
        Value::List(values) => {
            let objects = values.iter().map(|value| object(py, value));
            let objects = objects.collect::<PyResult<Vec<_>>>()?;
            let is_numbers = values.iter().all(|value| matches!(value, Value::Int(_)));
            if is_numbers && !values.is_empty() {
                Ok(PyTuple::new(py, objects)?.into_any())
            } else {
                Ok(PyList::new(py, objects)?.into_any())
            }
        }
        Value::Map(values) => {
            let objects = PyDict::new(py);
            for (name, value) in values {
                objects.set_item(name, object(py, value)?)?;
            }
            Ok(objects.into_any())
        }
    }
}

/// The options in a mapping of their names; `what` says what it is, for messages.
pub(crate) fn mapping(what: &str, given_as: &Bound<'_, PyAny>) -> PyResult<Vec<(String, Value)>> {
    let Ok(items) = given_as.call_method0("items") else {
        let found = given_as.get_type().name()?;
        return Err(PyTypeError::new_err(format!("{what}, found {found}")));
    };
    let options = PyDict::new(given_as.py());
    for item in items.try_iter()? {
        let (name, value): (Bound<'_, PyString>, Bound<'_, PyAny>) = item?.extract()?;
        options.set_item(name, value)?;
    }
    given(&options, None)
}

/// Limits by their names, as `Pipeline.limits` takes them.
pub(crate) fn limits(given_as: &Bound<'_, PyAny>) -> PyResult<Limits> {
    by_name::limits(&mapping("limits are a mapping of names", given_as)?).map_err(called)
}

/// How an input is opened, by those of its options that were given.
pub(crate) fn open<const N: usize>(
    options: [(&str, Option<&Bound<'_, PyAny>>); N],
) -> PyResult<Open> {
    let given = options.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let read =
        |(name, value): (&str, &Bound<'_, PyAny>)| Ok((name.to_owned(), read(value, LEVELS)?));
    by_name::open(&given.map(read).collect::<PyResult<Vec<_>>>()?).map_err(called)
}

/// The names of the rewrite rules that ``Pipeline.optimizations`` can switch, in the order they run.
///
/// Example:
///     >>> "merge_crops" in makeready.optimization_names()
///     True
#[pyfunction]
pub(crate) fn optimization_names() -> Vec<&'static str> {
    Optimizations::names()
}
