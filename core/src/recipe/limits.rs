//! What a job may cost, checked against headers before any memory that they size is reserved.

use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::recipe::options::table::options;

/// Makes the limits of their table, and the stricter of two.
macro_rules! limits {
    ($(#[$meta:meta])* pub struct Limits {$(
        $(#[doc = $doc:literal])+
        $limit:ident ($setter:ident): $Type:ty = $default:expr;
    )+}) => {
        options! {
            $(#[$meta])*
            pub struct Limits {$(
                $(#[doc = $doc])+
                $limit ($setter): $Type = $default;
            )+}
        }

        impl Limits {
            /// The stricter of both in every field.
            pub(crate) fn strictest(self, other: Self) -> Self {
                Self { $($limit: self.$limit.min(other.$limit),)+ }
            }
        }
    };
}

limits! {
    /// Limits of a job, on by default. A passed limit is a `limit_exceeded` error that names it.
    ///
    /// ```
    /// use makeready::{Image, Layout, Limits, Pipeline, Size};
    ///
    /// let image = Image::new(Size::new(100, 100), Layout::Gray, vec![0; 10_000])?;
    /// let limits = Limits { max_input_pixels: 5_000, ..Limits::default() };
    /// let error = Pipeline::open(image).limits(limits).plan().unwrap_err();
    /// assert_eq!(error.limit(), Some("max_input_pixels"));
    /// assert_eq!(limits, Limits::new().with_max_input_pixels(5_000));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Limits {
        /// Bytes of an input file.
        max_input_bytes (with_max_input_bytes): u64 = 64 << 20;
        /// Pixels of an input.
        max_input_pixels (with_max_input_pixels): u64 = 100_000_000;
        /// Width or height of an input in pixels.
        max_input_side (with_max_input_side): u32 = 65_535;
        /// Inputs of a job.
        max_inputs (with_max_inputs): usize = 64;
        /// Pixels of all inputs together.
        max_total_pixels (with_max_total_pixels): u64 = 400_000_000;
        /// Pixels of an output, and of every picture on the way to it that a stitch, a resize, a crop or an extend makes,
        /// as the pipeline is written.
        max_output_pixels (with_max_output_pixels): u64 = 100_000_000;
        /// Width or height in pixels of an output, and of those pictures on the way to it.
        max_output_side (with_max_output_side): u32 = 65_535;
        /// Outputs of a pass of several pipelines.
        max_outputs (with_max_outputs): usize = 1000;
        /// Pixels that a pass makes: those of every picture on the way, decoded ones and outputs included, as the plan
        /// will run, without what decoders leave out.
        max_work (with_max_work): u64 = 4_000_000_000;
        /// Scans of a JPEG.
        max_jpeg_scans (with_max_jpeg_scans): u32 = 100;
        /// Scans times pixels of a JPEG.
        max_jpeg_scan_pixels (with_max_jpeg_scan_pixels): u64 = 2_000_000_000;
        /// Frames of a picture that moves.
        max_frames (with_max_frames): u32 = 1000;
        /// Pages of a file that has them; one is read.
        max_pages (with_max_pages): u32 = 10_000;
        /// Pixels of a picture that moves: those of its canvas, times its frames.
        max_animation_pixels (with_max_animation_pixels): u64 = 1_000_000_000;
        /// Bytes of memory a job may need by the plan's own bound.
        max_memory (with_max_memory): u64 = 512 << 20;
        /// Bytes of a colour profile; a longer one is skipped, and the picture read all the same.
        max_icc_bytes (with_max_icc_bytes): u64 = 4 << 20;
        /// Bytes of EXIF data, and of XMP, that are read; of longer data counts as much as lies within them, and it is not kept.
        max_exif_bytes (with_max_exif_bytes): u64 = 1 << 20;
    }
}

impl Limits {
    /// `size` as an input.
    pub(crate) fn check_input(&self, size: Size) -> Result<()> {
        check("max_input_side", u64::from(self.max_input_side), longer_side(size))?;
        check("max_input_pixels", self.max_input_pixels, size.pixels())
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
