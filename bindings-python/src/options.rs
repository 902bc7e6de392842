//! What Python gives as options, in the types of the core.

use std::str::FromStr;

use makeready::{Colour, Encode, Error, Limits, Optimizations, Stitch};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;

use crate::error::{invalid_option, python};

/// An `int`, or what stands for one, of any size: one that is out of range is an `invalid_option` error that
/// names it, not an `OverflowError`.
pub(crate) struct Whole<'py>(Bound<'py, PyAny>);

impl<'py> FromPyObject<'_, 'py> for Whole<'py> {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match value.extract::<i64>() {
            Err(error) if !error.is_instance_of::<PyOverflowError>(value.py()) => Err(error),
            _ => Ok(Self(value.to_owned())),
        }
    }
}

/// An integer type that options have.
pub(crate) trait Integer: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr> {
    const LARGEST: u64;
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Integer for $integer {
            const LARGEST: u64 = <$integer>::MAX as u64;
        }
    )*};
}

integers!(u8, u32, u64, usize);

impl Whole<'_> {
    /// The number, which the type of the option can hold or else is out of every range.
    pub(crate) fn narrow<T: Integer>(&self, name: &str) -> PyResult<T> {
        self.0.extract().map_err(|_| {
            invalid_option(format!(
                "{name} is at least 0 and at most {}, found {}",
                T::LARGEST,
                self.0
            ))
        })
    }
}

/// [`Whole::narrow`] of an option that may be left out.
pub(crate) fn narrow<T: Integer>(name: &str, value: Option<Whole<'_>>) -> PyResult<Option<T>> {
    value.map(|value| value.narrow(name)).transpose()
}

/// Two numbers: a tuple, a list or another sequence.
pub(crate) fn pair(name: &str, value: &Bound<'_, PyAny>) -> PyResult<(u32, u32)> {
    match value.extract::<Vec<Whole<'_>>>()?.as_slice() {
        [first, second] => Ok((first.narrow(name)?, second.narrow(name)?)),
        other => Err(invalid_option(format!("{name} is two numbers, found {}", other.len()))),
    }
}

/// What a word stands for.
pub(crate) fn word<T: FromStr<Err = Error>>(word: Option<&str>) -> PyResult<Option<T>> {
    word.map(str::parse).transpose().map_err(python)
}

pub(crate) fn colour(text: &str) -> PyResult<Colour> {
    Colour::parse(text).map_err(python)
}

/// A grid or a canvas, before its other options.
pub(crate) fn arrangement(across: Option<u32>, canvas: Option<(u32, u32)>) -> PyResult<Stitch> {
    match (across, canvas) {
        (Some(across), None) => Ok(Stitch::across(across)),
        (None, Some((width, height))) => Ok(Stitch::canvas(width, height)),
        (None, None) => {
            Err(invalid_option("a stitch is given `across` or `canvas`, found neither".into()))
        }
        (Some(_), Some(_)) => {
            Err(invalid_option("a stitch is given `across` or `canvas`, found both".into()))
        }
    }
}

/// The options of an encode as given.
pub(crate) struct EncodeOptions<'a> {
    pub(crate) quality: Option<u8>,
    pub(crate) subsampling: Option<&'a str>,
    pub(crate) progressive: Option<bool>,
    pub(crate) optimize_coding: Option<bool>,
    pub(crate) compression_level: Option<u8>,
    pub(crate) lossless: Option<bool>,
    pub(crate) effort: Option<u8>,
}

impl EncodeOptions<'_> {
    /// Sets what was given; an option that the format does not have is refused, not ignored.
    pub(crate) fn of(mut self, format: &str) -> PyResult<Encode> {
        let mut encode: Encode = format.parse().map_err(python)?;
        match &mut encode {
            Encode::Jpeg(jpeg) => {
                set(&mut jpeg.quality, self.quality.take());
                set(&mut jpeg.subsampling, word(self.subsampling.take())?);
                set(&mut jpeg.progressive, self.progressive.take());
                set(&mut jpeg.optimize_coding, self.optimize_coding.take());
            }
            Encode::Png(png) => set(&mut png.compression_level, self.compression_level.take()),
            Encode::WebP(webp) => {
                set(&mut webp.quality, self.quality.take());
                set(&mut webp.lossless, self.lossless.take());
                set(&mut webp.effort, self.effort.take());
            }
            _ => return Err(invalid_option(format!("{format} has no options here yet"))),
        }
        let left = [
            ("quality", self.quality.is_some()),
            ("subsampling", self.subsampling.is_some()),
            ("progressive", self.progressive.is_some()),
            ("optimize_coding", self.optimize_coding.is_some()),
            ("compression_level", self.compression_level.is_some()),
            ("lossless", self.lossless.is_some()),
            ("effort", self.effort.is_some()),
        ];
        match left.into_iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(invalid_option(format!("{format} has no option {name}"))),
            None => Ok(encode),
        }
    }
}

/// Limits by their names, as `Pipeline.limits` takes them.
pub(crate) fn limits(given: &Bound<'_, PyAny>) -> PyResult<Limits> {
    let Ok(items) = given.call_method0("items") else {
        let found = given.get_type().name()?;
        return Err(PyTypeError::new_err(format!("limits are a mapping of names, found {found}")));
    };
    let mut limits = Limits::default();
    for item in items.try_iter()? {
        let (name, value): (String, Option<Whole<'_>>) = item?.extract()?;
        macro_rules! set_limit {
            ($($limit:ident)*) => {
                match name.as_str() {
                    $(stringify!($limit) => set(&mut limits.$limit, narrow(&name, value)?),)*
                    _ => {
                        let names = [$(stringify!($limit)),*].join(", ");
                        return Err(invalid_option(format!("limits are {names}, found {name}")));
                    }
                }
            };
        }
        set_limit!(
            max_input_bytes max_input_pixels max_input_side max_inputs max_total_pixels
            max_output_pixels max_output_side max_outputs max_work max_jpeg_scans
            max_jpeg_scan_pixels max_memory max_icc_bytes max_exif_bytes
        );
    }
    Ok(limits)
}

/// Sets an option that was given.
pub(crate) fn set<T>(option: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *option = given;
    }
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
