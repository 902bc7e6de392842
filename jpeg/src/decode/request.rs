//! What a caller asks of the decoder.

use crate::error::Error;
use crate::samples::Format;

/// Asks the caller whether to stop.
pub(crate) type Poll<'a> = &'a dyn Fn() -> bool;

/// How much smaller the image is decoded. A side of `n` samples becomes `ceil(n / divisor)`.
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
    /// What a side is divided by.
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

/// What to decode, and how much work it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The scale of the output.
    pub scale: Scale,
    /// The part of the scaled image that is wanted.
    pub region: Region,
    /// The samples that come out.
    pub format: Format,
    /// The most scans a file may have.
    pub max_scans: u32,
    /// The most pixels all scans together may cover.
    pub max_scan_pixels: u64,
    /// Whether damaged entropy-coded data gives what can be had of the picture, the rest filled as
    /// libjpeg fills it, instead of an error. Damaged headers are an error either way.
    pub recover: bool,
}

impl Request {
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
