//! The request of a caller of the decoder.

use super::header::Header;
use crate::error::Error;
use crate::samples::Format;

/// Asks the caller whether to stop.
pub(crate) type Poll<'a> = &'a dyn Fn() -> bool;

/// The scale at which an image is decoded. A side of `n` samples becomes `ceil(n / divisor)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scale {
    /// 1/1.
    Full,
    /// 1/2.
    Half,
    /// 1/4.
    Quarter,
    /// 1/8.
    Eighth,
}

impl Scale {
    /// The number that a side is divided by.
    ///
    /// ```
    /// use makeready_jpeg::Scale;
    ///
    /// assert_eq!([Scale::Full, Scale::Eighth].map(Scale::divisor), [1, 8]);
    /// ```
    #[must_use]
    pub const fn divisor(self) -> u32 {
        match self {
            Self::Full => 1,
            Self::Half => 2,
            Self::Quarter => 4,
            Self::Eighth => 8,
        }
    }

    /// Samples a side that a block of the component with the highest sampling factors becomes.
    pub(crate) const fn block_side(self) -> u32 {
        8 / self.divisor()
    }
}

/// A rectangle in pixels of the scaled image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    /// The first column.
    pub x: u32,
    /// The first row.
    pub y: u32,
    /// Columns, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
}

/// A part of an image to decode, and limits on its scans.
///
/// Start from [`Request::whole`] and change fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The scale of the output.
    pub scale: Scale,
    /// The part of the scaled image that is wanted.
    pub region: Region,
    /// The samples that come out.
    pub format: Format,
    /// The most scans a file may have. Default 100.
    pub max_scans: u32,
    /// The most pixels all scans together may cover. Default 2,000,000,000.
    pub max_scan_pixels: u64,
    /// Whether damaged entropy-coded data gives the part of the picture that it holds instead of an
    /// error. The rest is filled as libjpeg fills it. Damaged headers are an error either way.
    /// Default `false`.
    pub recover: bool,
}

impl Request {
    /// The whole image at a scale, with the default limits.
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Format, Request, Scale, read_header};
    ///
    /// let mut encoder = Encoder::new(41, 30, Format::Gray, &EncoderSettings::new(80), 1)?;
    /// encoder.push(&[128; 41 * 30], 41, 30, &|| false)?;
    /// let file = encoder.finish(&|| false)?;
    ///
    /// let request = Request::whole(&read_header(&file)?, Scale::Quarter, Format::Gray);
    /// assert_eq!((request.region.width, request.region.height), (11, 8));
    /// # Ok::<(), makeready_jpeg::Error>(())
    /// ```
    #[must_use]
    pub const fn whole(header: &Header, scale: Scale, format: Format) -> Self {
        let (width, height) = scaled_size(header, scale);
        Self {
            scale,
            region: Region { x: 0, y: 0, width, height },
            format,
            max_scans: 100,
            max_scan_pixels: 2_000_000_000,
            recover: false,
        }
    }

    /// Checks the number of scans of an image of this size against the limits.
    pub(crate) fn check_scans(&self, (width, height): (u32, u32), scans: u32) -> Result<(), Error> {
        if scans > self.max_scans {
            return Err(Error::Scans { max: self.max_scans.into(), actual: scans.into() });
        }
        let pixels = u64::from(width) * u64::from(height) * u64::from(scans);
        if pixels > self.max_scan_pixels {
            return Err(Error::ScanPixels { max: self.max_scan_pixels, actual: pixels });
        }
        Ok(())
    }
}

/// The size of the whole image at a scale.
pub(crate) const fn scaled_size(header: &Header, scale: Scale) -> (u32, u32) {
    (header.width.div_ceil(scale.divisor()), header.height.div_ceil(scale.divisor()))
}
