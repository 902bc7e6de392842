//! Copies between Python and the core. Each may find no memory, which is an `io` error as in the core: by themselves
//! Rust would abort and PyO3 would panic.

#![allow(unsafe_code, reason = "buffers of Python are read, and bytes written, through pointers")]

use std::slice;

use makeready_kernels::heap;
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::PyMemoryError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView};

use crate::error::{About, invalid_option, raise};

/// An output that is larger is never there twice. To give memory back that the next job asks for again costs up to a
/// millisecond a MiB, which is much of the time that a job with a small output takes.
const LARGE: usize = 4 << 20;

/// Bytes of a large output that are copied before their memory is given back. A multiple of every page.
const CHUNK: usize = 256 << 10;

/// A copy of `data`.
pub(crate) fn bytes<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    filled(py, data.len(), |target| {
        // SAFETY: there are as many bytes at `target`, which nobody else knows.
        unsafe { target.copy_from_nonoverlapping(data.as_ptr(), data.len()) };
    })
}

/// The same bytes as `data`. The memory of a large one is given back from its end while it is copied: the bound of a job
/// counts its output once.
pub(crate) fn moved(py: Python<'_>, mut data: Vec<u8>) -> PyResult<Bound<'_, PyBytes>> {
    if data.len() <= LARGE {
        return bytes(py, &data);
    }
    filled(py, data.len(), |target| {
        while !data.is_empty() {
            let start = data.len().saturating_sub(CHUNK);
            let part = &data[start..];
            let length = part.len();
            // SAFETY: `target` has room for all of `data`, so for a part of it at the same place.
            unsafe { target.add(start).copy_from_nonoverlapping(part.as_ptr(), length) };
            data.truncate(start);
            if start > 0 {
                heap::give_back(&mut data.spare_capacity_mut()[..length]);
            }
        }
    })
}

/// `bytes` of a length, of which `fill` writes every byte.
fn filled(
    py: Python<'_>,
    length: usize,
    fill: impl FnOnce(*mut u8),
) -> PyResult<Bound<'_, PyBytes>> {
    let size = isize::try_from(length).map_err(|_| out_of_memory(length))?;
    // SAFETY: without a source Python gives bytes that are not filled yet, or an exception.
    let bytes = unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyBytes_FromStringAndSize(std::ptr::null(), size))
    };
    let bytes = bytes.map_err(|error| reserved(py, error, length))?.cast_into::<PyBytes>()?;
    // SAFETY: it is `bytes`, and nobody else has seen it yet.
    fill(unsafe { ffi::PyBytes_AsString(bytes.as_ptr()) }.cast());
    Ok(bytes)
}

/// The bytes of a file in a buffer.
pub(crate) fn file<'py>(buffer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let (py, length) = (buffer.py(), of_bytes(buffer)?.len_bytes());
    let bytes = PyMemoryView::from(buffer)?.call_method0("tobytes");
    Ok(bytes.map_err(|error| reserved(py, error, length))?.cast_into()?)
}

/// A copy of the samples in a buffer, row by row.
pub(crate) fn samples(buffer: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let view = of_bytes(buffer)?;
    if view.is_c_contiguous() {
        // SAFETY: it has so many bytes in one piece, which stay while `view` does and are copied with the GIL held.
        let samples =
            unsafe { slice::from_raw_parts(view.buf_ptr().cast::<u8>(), view.len_bytes()) };
        return copy(samples);
    }
    let mut samples = reserve(view.len_bytes())?;
    if let Ok(view) = view.as_typed::<u8>() {
        samples.resize(view.len_bytes(), 0);
        view.copy_to_slice(buffer.py(), &mut samples)?;
    } else {
        samples.extend_from_slice(file(buffer)?.as_bytes());
    }
    Ok(samples)
}

/// A view of a buffer whose items are bytes. Others are most probably pixels or numbers, and no file.
fn of_bytes(buffer: &Bound<'_, PyAny>) -> PyResult<PyUntypedBuffer> {
    // Not of the buffer itself: ctypes gives no strides, which a memory view adds.
    let view = PyUntypedBuffer::get(PyMemoryView::from(buffer)?.as_any())?;
    let format = view.format().to_bytes();
    match format.strip_prefix(b"@").or(format.strip_prefix(b"<")).unwrap_or(format) {
        b"B" | b"b" | b"c" => Ok(view),
        _ => Err(invalid_option(format!(
            "a buffer has bytes as items, format B, b or c, found {} of format {}",
            buffer.get_type().name()?,
            view.format().to_string_lossy(),
        ))),
    }
}

fn copy(data: &[u8]) -> PyResult<Vec<u8>> {
    let mut copy = reserve(data.len())?;
    copy.extend_from_slice(data);
    Ok(copy)
}

fn reserve(length: usize) -> PyResult<Vec<u8>> {
    let mut room = Vec::new();
    heap::try_reserve_exact(&mut room, length).map_err(|_| out_of_memory(length))?;
    Ok(room)
}

/// The error for a reservation that failed in Python.
fn reserved(py: Python<'_>, error: PyErr, length: usize) -> PyErr {
    if error.is_instance_of::<PyMemoryError>(py) { out_of_memory(length) } else { error }
}

#[cold]
fn out_of_memory(bytes: usize) -> PyErr {
    raise("io", format!("could not reserve {bytes} bytes of memory"), &About::default())
}
