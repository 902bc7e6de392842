//! Signed paths.

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBool, PyString};

use crate::error::{invalid_option, python};

/// Signs a path with the first of the keys, so that ``verify`` gives it back until it expires.
///
/// To exchange keys, put the new one first and keep the old one until all that it signed has expired.
///
/// Args:
///     path: The path, with its query if it has one and without a fragment; at most 8,192 bytes.
///     keys: A mapping of names to secrets, of which the first one signs. A name is 1 to 64 letters, digits,
///         ``-`` and ``_``; a secret is 16 bytes or more, or a string of so many.
///     expires: When the signature expires, in whole seconds since 1970.
///
/// Returns:
///     The path with ``e`` (when it expires), ``k`` (the name of the key) and ``s`` (an HMAC-SHA-256 of all
///     before it) added to its query.
///
/// Raises:
///     InvalidOptionError: There is no key, or a name, a secret or the path is none of these.
///
/// Example:
///     >>> keys = {"2026-11": "an example of a secret"}
///     >>> signed = makeready.sign("/v1/a.jpg/w-320.webp", keys, 4_000_000_000)
///     >>> signed.rpartition("&s=")[0]
///     '/v1/a.jpg/w-320.webp?e=4000000000&k=2026-11'
///     >>> makeready.verify(signed, keys)
///     '/v1/a.jpg/w-320.webp'
#[pyfunction]
pub(crate) fn sign(path: &str, keys: Keys, expires: Seconds) -> PyResult<String> {
    makeready::sign(path, &keys.0, expires.0).map_err(python)
}

/// Gives the path that was signed with one of the keys, where it has not expired.
///
/// Args:
///     signed: The result of ``sign``, as the client sent it.
///     keys: The mapping of ``sign``; any of its keys may have signed.
///
/// Returns:
///     The path as it was signed.
///
/// Raises:
///     ForbiddenError: The signature is missing, wrong or expired, or of another key.
///     InvalidOptionError: A name or a secret of a key is none.
///
/// Example:
///     >>> makeready.verify("/v1/a.jpg/w-320.webp", {"2026-11": "an example of a secret"})
///     Traceback (most recent call last):
///     makeready.ForbiddenError: the signature is missing
#[pyfunction]
pub(crate) fn verify(signed: &str, keys: Keys) -> PyResult<String> {
    makeready::verify(signed, &keys.0).map_err(python)
}

/// Names and secrets in their order.
pub(crate) struct Keys(Vec<(PyBackedStr, Secret)>);

/// The bytes of a secret.
enum Secret {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Keys {
    type Error = PyErr;

    fn extract(given: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let Ok(items) = given.call_method0("items") else {
            let found = given.get_type().name()?;
            let text = format!("keys are a mapping of names to secrets, found {found}");
            return Err(PyTypeError::new_err(text));
        };
        let mut keys = Vec::new();
        for item in items.try_iter()? {
            let (name, secret): (PyBackedStr, Bound<'_, PyAny>) = item?.extract()?;
            keys.push((name, read(&secret)?));
        }
        Ok(Self(keys))
    }
}

fn read(secret: &Bound<'_, PyAny>) -> PyResult<Secret> {
    if secret.is_instance_of::<PyString>() {
        return Ok(Secret::Text(secret.extract()?));
    }
    secret.extract().map(Secret::Bytes).map_err(|_| match secret.get_type().name() {
        Ok(found) => PyTypeError::new_err(format!("a secret is str or bytes, found {found}")),
        Err(error) => error,
    })
}

/// Seconds since 1970.
pub(crate) struct Seconds(u64);

impl<'a, 'py> FromPyObject<'a, 'py> for Seconds {
    type Error = PyErr;

    fn extract(given: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if given.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err("expires is a whole number, found bool"));
        }
        given.extract().map(Self).map_err(|error: PyErr| {
            if error.is_instance_of::<PyOverflowError>(given.py()) {
                let most = u64::MAX;
                return invalid_option(format!("expires is a whole number of 0 to {most}"));
            }
            error
        })
    }
}
