//! The meaning of a picture's samples and their order in memory: a value, part of every Shape.

use std::ops::Range;

use crate::error::Result;
use crate::picture::checks::in_range;
use crate::picture::geometry::Size;
use crate::picture::words::words;

words! {
    /// The number of luma samples that one chroma sample stands for.
    pub enum Subsampling as "subsampling" {
        /// 4:4:4: chroma at full size.
        S444 = "4:4:4",
        /// 4:2:2: chroma at half the width.
        S422 = "4:2:2",
        /// 4:2:0: chroma at half the width and height.
        #[default]
        S420 = "4:2:0",
    }
}

impl Subsampling {
    /// Luma columns and rows a chroma sample stands for.
    ///
    /// ```
    /// use makeready::Subsampling;
    ///
    /// assert_eq!(Subsampling::S422.factors(), (2, 1));
    /// assert_eq!(Subsampling::S420.factors(), (2, 2));
    /// ```
    #[must_use]
    pub const fn factors(self) -> (u32, u32) {
        match self {
            Self::S444 => (1, 1),
            Self::S422 => (2, 1),
            Self::S420 => (2, 2),
        }
    }
}

/// The samples of a pixel, 8 bits each, and whether they are interleaved or in planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// One sample of luminance.
    Gray,
    /// Luminance, alpha.
    GrayA,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
    /// Cyan, magenta, yellow, black, 255 the most ink. Plans alone have it: the samples of a JPEG before its profile
    /// makes colours of them.
    Cmyk,
    /// Three planes: luma, blue difference, red difference, full range as in JFIF.
    YCbCr(Subsampling),
}

/// One plane of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LayoutPlane {
    /// Samples of a pixel, interleaved.
    pub(crate) channels: u32,
    /// Picture columns a sample stands for.
    pub(crate) sub_x: u32,
    /// Picture rows a sample stands for.
    pub(crate) sub_y: u32,
}

impl LayoutPlane {
    const fn interleaved(channels: u32) -> Self {
        Self { channels, sub_x: 1, sub_y: 1 }
    }

    /// The size of this plane in a picture of `size`.
    pub(crate) const fn size(self, size: Size) -> Size {
        Size::new(size.width.div_ceil(self.sub_x), size.height.div_ceil(self.sub_y))
    }

    /// The rows of this plane that picture rows `rows` take; both ends must be multiples of
    /// `sub_y` or the end of the picture.
    pub(crate) const fn rows(self, rows: &Range<u32>) -> Range<u32> {
        rows.start / self.sub_y..rows.end.div_ceil(self.sub_y)
    }

    /// Bytes of a row of this plane in a picture of `width`.
    pub(crate) const fn stride(self, width: u32) -> usize {
        width.div_ceil(self.sub_x) as usize * self.channels as usize
    }
}

impl Layout {
    /// The planes: one for an interleaved layout.
    pub(crate) const fn planes(self) -> &'static [LayoutPlane] {
        const FULL: LayoutPlane = LayoutPlane::interleaved(1);
        const HALF: LayoutPlane = LayoutPlane { channels: 1, sub_x: 2, sub_y: 1 };
        const QUARTER: LayoutPlane = LayoutPlane { channels: 1, sub_x: 2, sub_y: 2 };
        match self {
            Self::Gray => const { &[FULL] },
            Self::GrayA => const { &[LayoutPlane::interleaved(2)] },
            Self::Rgb => const { &[LayoutPlane::interleaved(3)] },
            Self::Rgba | Self::Cmyk => const { &[LayoutPlane::interleaved(4)] },
            Self::YCbCr(Subsampling::S444) => &[FULL, FULL, FULL],
            Self::YCbCr(Subsampling::S422) => &[FULL, HALF, HALF],
            Self::YCbCr(Subsampling::S420) => &[FULL, QUARTER, QUARTER],
        }
    }

    /// The interleaved layout of `channels` samples a pixel: 1 gray, 2 gray and alpha, 3 RGB, 4
    /// RGBA.
    ///
    /// ```
    /// use makeready::Layout;
    ///
    /// assert_eq!(Layout::from_channels(3)?, Layout::Rgb);
    /// assert_eq!(Layout::from_channels(5).unwrap_err().code(), "invalid_option");
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` for any other number.
    pub fn from_channels(channels: u32) -> Result<Self> {
        in_range("channels", channels, 1..=4)?;
        Ok(Self::interleaved(channels > 2, channels.is_multiple_of(2)))
    }

    /// Samples a pixel, all planes together.
    ///
    /// ```
    /// use makeready::{Layout, Subsampling};
    ///
    /// assert_eq!(Layout::GrayA.channels(), 2);
    /// assert_eq!(Layout::YCbCr(Subsampling::S420).channels(), 3);
    /// ```
    #[must_use]
    pub const fn channels(self) -> u32 {
        match self {
            Self::Gray => 1,
            Self::GrayA => 2,
            Self::Rgb | Self::YCbCr(_) => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    /// Tells whether one of the samples is alpha.
    ///
    /// ```
    /// use makeready::Layout;
    ///
    /// assert!(Layout::GrayA.has_alpha() && Layout::Rgba.has_alpha());
    /// assert!(!Layout::Rgb.has_alpha());
    /// ```
    #[must_use]
    pub const fn has_alpha(self) -> bool {
        matches!(self, Self::GrayA | Self::Rgba)
    }

    /// Tells whether it holds colours.
    pub(crate) const fn has_colour(self) -> bool {
        !matches!(self, Self::Gray | Self::GrayA)
    }

    /// The interleaved layout with or without colour and alpha.
    pub(crate) const fn interleaved(colour: bool, alpha: bool) -> Self {
        match (colour, alpha) {
            (false, false) => Self::Gray,
            (false, true) => Self::GrayA,
            (true, false) => Self::Rgb,
            (true, true) => Self::Rgba,
        }
    }

    /// The least number of rows that splits no sample.
    pub(crate) fn row_unit(self) -> u32 {
        self.planes().iter().map(|plane| plane.sub_y).max().unwrap_or(1)
    }

    /// The least number of columns that splits no sample.
    pub(crate) fn column_unit(self) -> u32 {
        self.planes().iter().map(|plane| plane.sub_x).max().unwrap_or(1)
    }

    /// Bytes of a picture of `size`.
    pub(crate) fn bytes(self, size: Size) -> u64 {
        let plane_bytes = |p: &LayoutPlane| p.size(size).pixels() * u64::from(p.channels);
        self.planes().iter().map(plane_bytes).sum()
    }
}

impl std::fmt::Display for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gray => f.write_str("gray"),
            Self::GrayA => f.write_str("gray+alpha"),
            Self::Rgb => f.write_str("rgb"),
            Self::Rgba => f.write_str("rgba"),
            Self::Cmyk => f.write_str("cmyk"),
            Self::YCbCr(subsampling) => write!(f, "ycbcr {}", subsampling.name()),
        }
    }
}

/// A pixel of any layout but inks as red, green, blue and alpha.
pub(crate) fn rgba(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [g] => [g, g, g, u8::MAX],
        [g, alpha] => [g, g, g, alpha],
        [r, g, b] => [r, g, b, u8::MAX],
        [r, g, b, alpha, ..] => [r, g, b, alpha],
        [] => [0; 4],
    }
}
