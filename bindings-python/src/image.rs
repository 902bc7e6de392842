//! Raw pixels, which NumPy and Pillow read without a copy.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;

use makeready::{Layout, Size};
use pyo3::exceptions::{PyBufferError, PyOverflowError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::error::{invalid_option, python};
use crate::memory;

/// Raw pixels: rows from top to bottom, pixels from left to right, samples interleaved, 8 bits a sample, no
/// padding between rows.
///
/// Samples are sRGB-encoded values of 0 to 255; alpha is straight (not premultiplied), 255 is opaque. It has
/// the buffer protocol and ``__array_interface__``: ``numpy.asarray(image)`` shares its memory. The shape is
/// ``(height, width)`` for gray pixels and ``(height, width, channels)`` for others.
///
/// Args:
///     width: Pixels in a row, 1 or more.
///     height: Rows, 1 or more.
///     channels: Samples a pixel: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA.
///     data: ``width * height * channels`` bytes, or another buffer of so many bytes; they are copied.
///
/// Raises:
///     InvalidOptionError: A side is 0, there is no such number of channels, or the data has another length or
///         items that are no bytes.
///     IoError: There is no memory for the copy.
///
/// Example:
///     >>> image = makeready.Image(2, 1, 3, bytes([255, 0, 0, 0, 0, 255]))
///     >>> image.layout, memoryview(image)[0, 1, 2]
///     ('rgb', 255)
#[pyclass(frozen, module = "makeready")]
pub(crate) struct Image {
    pub(crate) core: Arc<makeready::Image>,
    /// Height, width, channels. Kept here, because a view points at it.
    shape: [isize; 3],
    /// Bytes from one row, pixel and sample to the next.
    strides: [isize; 3],
}

impl Image {
    pub(crate) fn new(size: Size, layout: Layout, data: Vec<u8>) -> PyResult<Self> {
        Self::of(makeready::Image::new(size, layout, data).map_err(python)?)
    }

    pub(crate) fn of(core: makeready::Image) -> PyResult<Self> {
        let Size { width, height } = core.size();
        let [height, width, channels] = [height, width, core.layout().channels()];
        let (row, channels) = (u64::from(width) * u64::from(channels), isize::try_from(channels)?);
        Ok(Self {
            shape: [isize::try_from(height)?, isize::try_from(width)?, channels],
            strides: [isize::try_from(row)?, channels, 1],
            core: Arc::new(core),
        })
    }

    /// Gray pixels have no third dimension: so Pillow and NumPy have it.
    fn dimensions(&self) -> usize {
        if self.shape[2] == 1 { 2 } else { 3 }
    }
}

#[pymethods]
impl Image {
    #[new]
    fn from_data(
        width: &Bound<'_, PyAny>,
        height: &Bound<'_, PyAny>,
        channels: &Bound<'_, PyAny>,
        data: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let size = Size::new(side("width", width)?, side("height", height)?);
        let layout = Layout::from_channels(side("channels", channels)?).map_err(python)?;
        Self::new(size, layout, memory::samples(data)?)
    }

    /// Pixels in a row.
    #[getter]
    fn width(&self) -> u32 {
        self.core.size().width
    }

    /// Rows.
    #[getter]
    fn height(&self) -> u32 {
        self.core.size().height
    }

    /// Samples a pixel.
    #[getter]
    fn channels(&self) -> u32 {
        self.core.layout().channels()
    }

    /// The meaning of the samples: ``"gray"``, ``"gray+alpha"``, ``"rgb"`` or ``"rgba"``.
    #[getter]
    fn layout(&self) -> String {
        self.core.layout().to_string()
    }

    /// ``(height, width)`` or ``(height, width, channels)``, as NumPy has it.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.shape[..self.dimensions()])
    }

    /// The array interface of NumPy, version 3; it points at the memory of this image.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("typestr", "|u1")?;
        interface.set_item("shape", self.shape(py)?)?;
        interface.set_item("data", (self.core.data().as_ptr().addr(), true))?;
        Ok(interface)
    }

    /// A copy of the samples.
    ///
    /// Example:
    ///     >>> makeready.Image(2, 1, 1, b"ab").tobytes()
    ///     b'ab'
    fn tobytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        memory::bytes(py, self.core.data())
    }

    /// The same picture as an image of Pillow, which must be installed.
    ///
    /// Pillow shares the memory of gray and RGBA pixels; it stores others in another way and copies them.
    ///
    /// Returns:
    ///     A ``PIL.Image.Image`` of mode L, LA, RGB or RGBA.
    ///
    /// Example:
    ///     >>> makeready.Image(2, 1, 4, bytes(8)).to_pillow().mode
    ///     'RGBA'
    fn to_pillow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("makeready._pillow")?.getattr("image")?.call1((slf,))
    }

    fn __eq__(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.core, &other.core) || self.core == other.core
    }

    fn __repr__(&self) -> String {
        format!("<makeready.Image {} {}>", self.core.size(), self.core.layout())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let image = slf.get();
        let data = image.tobytes(slf.py())?;
        let arguments = (image.width(), image.height(), image.channels(), data);
        (slf.get_type(), arguments).into_pyobject(slf.py())
    }

    /// Fills a view of the pixels, read-only.
    #[allow(unsafe_code, reason = "the buffer protocol is a C structure filled through a pointer")]
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        // SAFETY: Python gives a view to be filled. One without an object says that it was not.
        unsafe { (*view).obj = ptr::null_mut() };
        let asks = |flag: c_int| flags & flag == flag;
        let image = slf.get();
        if asks(ffi::PyBUF_WRITABLE) {
            return Err(PyBufferError::new_err("the pixels of an image are read-only"));
        }
        if asks(ffi::PyBUF_F_CONTIGUOUS) && !asks(ffi::PyBUF_C_CONTIGUOUS) {
            return Err(PyBufferError::new_err("the pixels of an image lie row by row"));
        }
        let dimensions = if asks(ffi::PyBUF_ND) { image.dimensions() } else { 1 };
        let pointer = |wanted: bool, values: &[isize; 3]| {
            if wanted { values.as_ptr().cast_mut() } else { ptr::null_mut() }
        };
        // SAFETY: Python gives a view to be filled. All that it points at is static, or in this object, which is
        // frozen and which `obj` keeps alive. A holder of a read-only view does not write through its pointers, so
        // that they may come from shared references.
        unsafe {
            (*view).buf = image.core.data().as_ptr().cast_mut().cast::<c_void>();
            (*view).len = image.core.data().len().cast_signed();
            (*view).readonly = 1;
            (*view).itemsize = 1;
            (*view).format =
                if asks(ffi::PyBUF_FORMAT) { c"B".as_ptr().cast_mut() } else { ptr::null_mut() };
            (*view).ndim = c_int::try_from(dimensions)?;
            (*view).shape = pointer(asks(ffi::PyBUF_ND), &image.shape);
            (*view).strides = pointer(asks(ffi::PyBUF_STRIDES), &image.strides);
            (*view).suboffsets = ptr::null_mut();
            (*view).internal = ptr::null_mut();
            (*view).obj = slf.into_any().into_ptr();
        }
        Ok(())
    }
}

/// A number that a picture has, as an `int` or a value that stands for one. A number out of range is an `invalid_option`
/// error that names it, not an `OverflowError`.
fn side(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u32> {
    let number = match value.extract::<i64>() {
        Err(error) if !error.is_instance_of::<PyOverflowError>(value.py()) => return Err(error),
        number => number.ok().and_then(|number| u32::try_from(number).ok()),
    };
    number.ok_or_else(|| {
        invalid_option(format!("{name} is at least 0 and at most {}, found {value}", u32::MAX))
    })
}
