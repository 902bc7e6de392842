//! What comes out, and what holds for a job as a whole.

use std::time::Duration;

use makeready::{Limits, Optimizations};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::Pipeline;
use crate::error::{invalid_option, python};
use crate::job::CancelToken;
use crate::options::{EncodeOptions, Whole, narrow, set};
use crate::record::{Call, call};

#[pymethods]
impl Pipeline {
    /// Sets the output's format and its options.
    ///
    /// Without it the output has the format of the first input, PNG for formats that are not written.
    ///
    /// Args:
    ///     format: jpeg, png or webp.
    ///     quality: JPEG and WebP: 1 to 100. Default 80.
    ///     subsampling: JPEG: ``"4:4:4"``, ``"4:2:2"`` or ``"4:2:0"`` (default).
    ///     progressive: JPEG: whether the file shows a coarse picture first. Default false.
    ///     optimize_coding: JPEG: whether Huffman tables are fitted to the picture. Default true.
    ///     compression_level: PNG: 0 (stored) to 9 (smallest). Default 6.
    ///     lossless: WebP: whether every sample comes back as it was. Default false.
    ///     effort: WebP: 0 (fast) to 6 (smallest). Default 4.
    ///
    /// Raises:
    ///     InvalidOptionError: A word is none of these, or the format has no such option; a number that is out of
    ///         its range is found by ``plan`` and ``run``.
    ///     UnsupportedError: This build does not write the format.
    ///
    /// Example:
    ///     >>> picture = makeready.Pipeline.open(makeready.Image(8, 8, 3, bytes(192)))
    ///     >>> picture.encode("webp", lossless=True).run().content_type
    ///     'image/webp'
    #[pyo3(signature = (format, *, quality=None, subsampling=None, progressive=None, optimize_coding=None, compression_level=None, lossless=None, effort=None))]
    #[allow(clippy::too_many_arguments, reason = "the keywords of a Python call")]
    fn encode(
        &self,
        py: Python<'_>,
        format: &str,
        quality: Option<Whole<'_>>,
        subsampling: Option<&str>,
        progressive: Option<bool>,
        optimize_coding: Option<bool>,
        compression_level: Option<Whole<'_>>,
        lossless: Option<bool>,
        effort: Option<Whole<'_>>,
    ) -> PyResult<Self> {
        let (quality, effort) = (narrow("quality", quality)?, narrow("effort", effort)?);
        let compression_level = narrow("compression_level", compression_level)?;
        let call = call!(
            py,
            "encode",
            format,
            quality,
            subsampling,
            progressive,
            optimize_coding,
            compression_level,
            lossless,
            effort
        );
        let options = EncodeOptions {
            quality,
            subsampling,
            progressive,
            optimize_coding,
            compression_level,
            lossless,
            effort,
        };
        let encode = options.of(format)?;
        Ok(self.then(call, |core| core.encode(encode)))
    }

    /// Sets what the job may cost. Limits that are not given have their defaults; a second call takes the place
    /// of the first.
    ///
    /// Args:
    ///     max_input_bytes: Bytes of an input file. Default 64 MiB.
    ///     max_input_pixels: Pixels of an input. Default 100,000,000.
    ///     max_input_side: Width or height of an input in pixels. Default 65,535.
    ///     max_inputs: Inputs of a job. Default 64.
    ///     max_total_pixels: Pixels of all inputs together. Default 400,000,000.
    ///     max_output_pixels: Pixels of an output, and of every picture on the way to it that a stitch, a resize, a crop
    ///         or an extend makes, as the pipeline is written. Default 100,000,000.
    ///     max_output_side: Width or height in pixels of those. Default 65,535.
    ///     max_outputs: Outputs of a pass of several pipelines. Default 1,000.
    ///     max_work: Pixels that a pass makes: those of every picture on the way, decoded ones and outputs included, as
    ///         the plan will run. Default 4,000,000,000.
    ///     max_jpeg_scans: Scans of a JPEG. Default 100.
    ///     max_jpeg_scan_pixels: Scans times pixels of a JPEG. Default 2,000,000,000.
    ///     max_memory: Bytes of memory a job may need by the plan's own bound. Default 512 MiB.
    ///     max_icc_bytes: Bytes of a colour profile. Default 4 MiB.
    ///     max_exif_bytes: Bytes of EXIF data. Default 1 MiB.
    ///
    /// Raises:
    ///     InvalidOptionError: A number is negative or too large for any picture.
    ///
    /// Example:
    ///     >>> picture = makeready.Pipeline.open(makeready.Image(100, 100, 1, bytes(10_000)))
    ///     >>> try:
    ///     ...     picture.limits(max_input_pixels=5_000).plan()
    ///     ... except makeready.LimitExceededError as error:
    ///     ...     print(error.limit)
    ///     max_input_pixels
    #[pyo3(signature = (*, max_input_bytes=None, max_input_pixels=None, max_input_side=None, max_inputs=None, max_total_pixels=None, max_output_pixels=None, max_output_side=None, max_outputs=None, max_work=None, max_jpeg_scans=None, max_jpeg_scan_pixels=None, max_memory=None, max_icc_bytes=None, max_exif_bytes=None))]
    #[allow(clippy::too_many_arguments, reason = "the keywords of a Python call")]
    fn limits(
        &self,
        py: Python<'_>,
        max_input_bytes: Option<Whole<'_>>,
        max_input_pixels: Option<Whole<'_>>,
        max_input_side: Option<Whole<'_>>,
        max_inputs: Option<Whole<'_>>,
        max_total_pixels: Option<Whole<'_>>,
        max_output_pixels: Option<Whole<'_>>,
        max_output_side: Option<Whole<'_>>,
        max_outputs: Option<Whole<'_>>,
        max_work: Option<Whole<'_>>,
        max_jpeg_scans: Option<Whole<'_>>,
        max_jpeg_scan_pixels: Option<Whole<'_>>,
        max_memory: Option<Whole<'_>>,
        max_icc_bytes: Option<Whole<'_>>,
        max_exif_bytes: Option<Whole<'_>>,
    ) -> PyResult<Self> {
        let mut limits = Limits::default();
        macro_rules! set_limits {
            ($($name:ident),*) => {{
                $(
                    let $name = narrow(stringify!($name), $name)?;
                    set(&mut limits.$name, $name);
                )*
                call!(py, "limits" $(, $name)*)
            }};
        }
        let call = set_limits!(
            max_input_bytes,
            max_input_pixels,
            max_input_side,
            max_inputs,
            max_total_pixels,
            max_output_pixels,
            max_output_side,
            max_outputs,
            max_work,
            max_jpeg_scans,
            max_jpeg_scan_pixels,
            max_memory,
            max_icc_bytes,
            max_exif_bytes
        );
        Ok(self.then(call, |core| core.limits(limits)))
    }

    /// Sets the threads the job may use at a time. Output bytes never depend on it.
    ///
    /// Args:
    ///     count: 1 to 1024; 1 runs on the calling thread alone. Default: as many as the machine has cores,
    ///         shared by all jobs of the process.
    ///
    /// Raises:
    ///     InvalidOptionError: By ``plan`` and ``run``, for any other number.
    ///
    /// Example:
    ///     >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
    ///     >>> dot.threads(1).pixels().tobytes()
    ///     b'a'
    fn threads(&self, py: Python<'_>, count: Whole<'_>) -> PyResult<Self> {
        let count = count.narrow::<usize>("threads")?;
        Ok(self.then(call!(py, "threads", count), |core| core.threads(count)))
    }

    /// Stops the job with a ``timeout`` error when it has run so long.
    ///
    /// Args:
    ///     seconds: 0 or more. Default: never.
    ///
    /// Raises:
    ///     InvalidOptionError: The number is negative, not finite, or too large for any clock.
    ///
    /// Example:
    ///     >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
    ///     >>> dot.deadline(0).run()
    ///     Traceback (most recent call last):
    ///     makeready.DeadlineError: the deadline of the job has passed
    fn deadline(&self, py: Python<'_>, seconds: &Bound<'_, PyAny>) -> PyResult<Self> {
        let out_of_range =
            || invalid_option(format!("a deadline is 0 seconds or more, found {seconds}"));
        let seconds = seconds.extract::<f64>().map_err(|error| {
            if error.is_instance_of::<PyOverflowError>(py) { out_of_range() } else { error }
        })?;
        let after = Duration::try_from_secs_f64(seconds).map_err(|_| out_of_range())?;
        Ok(self.then(call!(py, "deadline", seconds), |core| core.deadline(after)))
    }

    /// Stops the job with a ``cancelled`` error when the token is cancelled. A job may have several tokens, each
    /// of which stops it.
    ///
    /// Args:
    ///     token: A ``CancelToken``.
    ///
    /// Example:
    ///     >>> token = makeready.CancelToken()
    ///     >>> job = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a")).cancel(token)
    ///     >>> job.pixels().tobytes()
    ///     b'a'
    fn cancel(&self, py: Python<'_>, token: &Bound<'_, CancelToken>) -> PyResult<Self> {
        Ok(self.then(call!(py, "cancel", token), |core| core.cancel(token.get().core.clone())))
    }

    /// Sets how much of a shrink the decoders may take over, where they can decode at 1/2, 1/4 or 1/8.
    ///
    /// Args:
    ///     mode: ``"off"``: decode in full; ``"balanced"`` (default): leave a factor of at least 2 to the
    ///         resampler, as good as a full decode to the eye; ``"fast"``: leave a factor of at least 1, fastest,
    ///         a little softer.
    ///
    /// Raises:
    ///     InvalidOptionError: For any other word.
    ///
    /// Example:
    ///     >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
    ///     >>> dot.shrink("fast").pixels().tobytes()
    ///     b'a'
    fn shrink(&self, py: Python<'_>, mode: &str) -> PyResult<Self> {
        let shrink = mode.parse().map_err(python)?;
        Ok(self.then(call!(py, "shrink", mode), |core| core.shrink(shrink)))
    }

    /// Switches rewrite rules of the plan on or off. All are on by default.
    ///
    /// Args:
    ///     every: All rules at once.
    ///     rules: Single rules by name, see ``optimization_names``.
    ///
    /// Raises:
    ///     InvalidOptionError: There is no rule of that name.
    ///
    /// Example:
    ///     >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
    ///     >>> as_written = dot.optimizations(False)
    ///     >>> all_but_one = dot.optimizations(merge_crops=False)
    ///     >>> only_one = dot.optimizations(False, merge_crops=True)
    #[pyo3(signature = (every=true, /, **rules))]
    fn optimizations(
        &self,
        py: Python<'_>,
        every: bool,
        rules: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let mut optimizations = if every { Optimizations::all() } else { Optimizations::none() };
        let rules = rules.map_or_else(|| Ok(PyDict::new(py)), |rules| rules.copy())?;
        for (name, on) in &rules {
            let name = name.cast::<PyString>()?.to_cow()?.into_owned();
            optimizations = optimizations.with(&name, on.extract()?).map_err(python)?;
        }
        let call = Call::new("optimizations", Some(every), rules);
        Ok(self.then(call, |core| core.optimizations(optimizations)))
    }
}
