//! What a job may cost, checked against headers before any memory that they size is reserved.

use crate::error::{Error, Result};
use crate::picture::geometry::Size;

/// Limits of a job, on by default. A passed limit is a `limit_exceeded` error that names it.
///
/// ```
/// use makeready::{Image, Layout, Limits, Pipeline, Size};
///
/// let image = Image::new(Size::new(100, 100), Layout::Gray, vec![0; 10_000])?;
/// let limits = Limits { max_input_pixels: 5_000, ..Limits::default() };
/// let error = Pipeline::open(image).limits(limits).plan().unwrap_err();
/// assert_eq!(error.limit(), Some("max_input_pixels"));
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an input file. Default 64 MiB.
    pub max_input_bytes: u64,
    /// Pixels of an input. Default 100,000,000.
    pub max_input_pixels: u64,
    /// Width or height of an input in pixels. Default 65,535.
    pub max_input_side: u32,
    /// Inputs of a job. Default 64.
    pub max_inputs: usize,
    /// Pixels of all inputs together. Default 400,000,000.
    pub max_total_pixels: u64,
    /// Pixels of an output, and of every picture on the way to it that a stitch, a resize, a crop or an extend
    /// makes, as the pipeline is written. Default 100,000,000.
    pub max_output_pixels: u64,
    /// Width or height in pixels of those. Default 65,535.
    pub max_output_side: u32,
    /// Outputs of a pass of several pipelines. Default 1,000.
    pub max_outputs: usize,
    /// Pixels that a pass makes: those of every picture on the way, decoded ones and outputs included, as the plan
    /// will run. What decoders leave out does not count. Default 4,000,000,000.
    pub max_work: u64,
    /// Scans of a JPEG. Default 100.
    pub max_jpeg_scans: u32,
    /// Scans times pixels of a JPEG. Default 2,000,000,000.
    pub max_jpeg_scan_pixels: u64,
    /// Bytes of memory a job may need by the plan's own bound. Default 512 MiB.
    pub max_memory: u64,
    /// Bytes of a colour profile; a longer one is skipped, and the picture read all the same. Default 4 MiB.
    pub max_icc_bytes: u64,
    /// Bytes of EXIF data that are read; of longer data the orientation counts if it lies within them. Default 1 MiB.
    pub max_exif_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_input_bytes: 64 << 20,
            max_input_pixels: 100_000_000,
            max_input_side: 65_535,
            max_inputs: 64,
            max_total_pixels: 400_000_000,
            max_output_pixels: 100_000_000,
            max_output_side: 65_535,
            max_outputs: 1000,
            max_work: 4_000_000_000,
            max_jpeg_scans: 100,
            max_jpeg_scan_pixels: 2_000_000_000,
            max_memory: 512 << 20,
            max_icc_bytes: 4 << 20,
            max_exif_bytes: 1 << 20,
        }
    }
}

impl Limits {
    /// `size` as an input.
    pub(crate) fn check_input(&self, size: Size) -> Result<()> {
        check("max_input_side", u64::from(self.max_input_side), longer_side(size))?;
        check("max_input_pixels", self.max_input_pixels, size.pixels())
    }

    /// The stricter of both in every field.
    pub(crate) fn strictest(self, other: Self) -> Self {
        // In full, so that a new limit cannot be forgotten.
        let Self {
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
            max_exif_bytes,
        } = other;
        Self {
            max_input_bytes: self.max_input_bytes.min(max_input_bytes),
            max_input_pixels: self.max_input_pixels.min(max_input_pixels),
            max_input_side: self.max_input_side.min(max_input_side),
            max_inputs: self.max_inputs.min(max_inputs),
            max_total_pixels: self.max_total_pixels.min(max_total_pixels),
            max_output_pixels: self.max_output_pixels.min(max_output_pixels),
            max_output_side: self.max_output_side.min(max_output_side),
            max_outputs: self.max_outputs.min(max_outputs),
            max_work: self.max_work.min(max_work),
            max_jpeg_scans: self.max_jpeg_scans.min(max_jpeg_scans),
            max_jpeg_scan_pixels: self.max_jpeg_scan_pixels.min(max_jpeg_scan_pixels),
            max_memory: self.max_memory.min(max_memory),
            max_icc_bytes: self.max_icc_bytes.min(max_icc_bytes),
            max_exif_bytes: self.max_exif_bytes.min(max_exif_bytes),
        }
    }

    /// `size` as an output, or as a picture on the way to one.
    pub(crate) fn check_output(&self, size: Size) -> Result<()> {
        check("max_output_side", u64::from(self.max_output_side), longer_side(size))?;
        check("max_output_pixels", self.max_output_pixels, size.pixels())
    }
}

fn longer_side(size: Size) -> u64 {
    u64::from(size.width.max(size.height))
}

/// An error unless `actual` is at most `allowed`.
pub(crate) fn check(limit: &'static str, allowed: u64, actual: u64) -> Result<()> {
    if actual > allowed { Err(Error::limit_exceeded(limit, allowed, actual)) } else { Ok(()) }
}
