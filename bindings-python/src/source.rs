//! Inputs from Python, as sources of the core.

use std::path::PathBuf;
use std::sync::Arc;

use makeready::{Layout, Size, Source};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyMemoryView, PyString};

use crate::error::{invalid_option, python};
use crate::image::Image;
use crate::memory;

/// An input: the source that the core reads, and a record of it, as immutable as the pipeline.
pub(crate) struct Input {
    pub(crate) source: Source,
    pub(crate) record: Py<PyAny>,
}

/// Reads an argument as an input: `bytes` are borrowed; anything that may change later is copied here.
pub(crate) fn input(value: &Bound<'_, PyAny>) -> PyResult<Input> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(file(bytes.clone()));
    }
    if let Ok(image) = value.cast::<Image>() {
        return Ok(pixels(image));
    }
    if value.is_instance_of::<PyString>() || value.hasattr("__fspath__")? {
        return path(value);
    }
    if is_pillow_image(value)? {
        return Ok(pixels(&from_pillow(value)?));
    }
    if value.hasattr("__array_interface__")? {
        return pixels_of_array(value);
    }
    if PyMemoryView::from(value).is_ok() {
        return Ok(file(memory::file(value)?));
    }
    if value.hasattr("read")? {
        return read(value);
    }
    Err(PyTypeError::new_err(format!(
        "an input is bytes or another buffer, a path, a binary file, a makeready.Image, a Pillow image or \
         a NumPy array, found {}",
        value.get_type().name()?
    )))
}

/// The bytes of a file, without a copy.
fn file(bytes: Bound<'_, PyBytes>) -> Input {
    let record = bytes.clone().into_any().unbind();
    Input { source: Source::shared(PyBackedBytes::from(bytes)), record }
}

fn path(value: &Bound<'_, PyAny>) -> PyResult<Input> {
    let path: PathBuf = value.extract()?;
    let record = path.as_os_str().into_pyobject(value.py())?.into_any().unbind();
    Ok(Input { source: Source::path(path), record })
}

fn pixels(image: &Bound<'_, Image>) -> Input {
    let source = Source::from(Arc::clone(&image.get().core));
    Input { source, record: image.clone().into_any().unbind() }
}

/// Reads an open binary file: all of it where it can be sought in, as Pillow does, else from where it is.
fn read(value: &Bound<'_, PyAny>) -> PyResult<Input> {
    let seekable = value.getattr_opt("seekable")?.map(|seekable| seekable.call0()?.is_truthy());
    if seekable.transpose()?.unwrap_or(false) {
        value.call_method1("seek", (0,))?;
    }
    let data = value.call_method0("read")?;
    let bytes = data.cast_into::<PyBytes>().map_err(|error| {
        let found = error.into_inner().get_type();
        PyTypeError::new_err(format!("a file that is open as binary gives bytes, found {found}"))
    })?;
    Ok(file(bytes))
}

/// Whether it is an image of Pillow; where nobody has loaded Pillow, it is not.
fn is_pillow_image(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let modules = value.py().import("sys")?.getattr("modules")?;
    match modules.call_method1("get", ("PIL.Image",))? {
        module if module.is_none() => Ok(false),
        module => value.is_instance(&module.getattr("Image")?),
    }
}

/// The pixels of an image of Pillow, which converts those that have no layout here itself.
fn from_pillow<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Image>> {
    let pillow = value.py().import("makeready._pillow")?;
    Ok(pillow.getattr("pixels")?.call1((value,))?.cast_into()?)
}

/// The samples of an array, `(height, width)` or `(height, width, channels)`.
fn pixels_of_array(value: &Bound<'_, PyAny>) -> PyResult<Input> {
    let py = value.py();
    let Ok(samples) = PyBuffer::<u8>::get(value) else {
        return Err(not_pixels(value));
    };
    let (height, width, channels) = match *samples.shape() {
        [height, width] => (height, width, 1),
        [height, width, channels] => (height, width, channels),
        _ => return Err(not_pixels(value)),
    };
    let narrow = |side: usize| u32::try_from(side).map_err(|_| not_pixels(value));
    let size = Size::new(narrow(width)?, narrow(height)?);
    let layout = Layout::from_channels(narrow(channels)?).map_err(python)?;
    let image = Image::new(size, layout, memory::samples(value)?)?;
    Ok(pixels(&Bound::new(py, image)?))
}

#[cold]
fn not_pixels(value: &Bound<'_, PyAny>) -> PyErr {
    let text = |name| value.getattr(name).map_or_else(|_| "none".into(), |found| found.to_string());
    invalid_option(format!(
        "an array of pixels is uint8 of shape (height, width) or (height, width, channels), found {} of \
         shape {}; for the bytes of a file give array.tobytes()",
        text("dtype"),
        text("shape"),
    ))
}
