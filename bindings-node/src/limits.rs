//! Limits by their names.

use makeready::Limits;
use napi::bindgen_prelude::Unknown;

use crate::error::Fault;
use crate::options::set;
use crate::reader::Reader;

pub(crate) fn limits(options: Option<Unknown<'_>>) -> Result<Limits, Fault> {
    let mut options = Reader::new("limits", options)?;
    let mut limits = Limits::default();
    set(&mut limits.max_input_bytes, options.whole("maxInputBytes")?);
    set(&mut limits.max_input_pixels, options.whole("maxInputPixels")?);
    set(&mut limits.max_input_side, options.whole("maxInputSide")?);
    set(&mut limits.max_inputs, options.whole("maxInputs")?);
    set(&mut limits.max_total_pixels, options.whole("maxTotalPixels")?);
    set(&mut limits.max_output_pixels, options.whole("maxOutputPixels")?);
    set(&mut limits.max_output_side, options.whole("maxOutputSide")?);
    set(&mut limits.max_outputs, options.whole("maxOutputs")?);
    set(&mut limits.max_work, options.whole("maxWork")?);
    set(&mut limits.max_jpeg_scans, options.whole("maxJpegScans")?);
    set(&mut limits.max_jpeg_scan_pixels, options.whole("maxJpegScanPixels")?);
    set(&mut limits.max_memory, options.whole("maxMemory")?);
    set(&mut limits.max_icc_bytes, options.whole("maxIccBytes")?);
    set(&mut limits.max_exif_bytes, options.whole("maxExifBytes")?);
    options.finish()?;
    Ok(limits)
}
