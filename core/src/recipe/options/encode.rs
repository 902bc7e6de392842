//! What comes out: the format and its options.

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::picture::checks::{in_range, named};
use crate::picture::format::Format;
use crate::picture::image::Subsampling;

/// The format of an output, with its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encode {
    /// JPEG; alpha is flattened onto black.
    Jpeg(Jpeg),
    /// PNG, lossless, alpha kept.
    Png(Png),
    /// WebP, lossy or lossless, alpha kept.
    WebP(WebP),
}

impl Encode {
    /// The format.
    #[must_use]
    pub const fn format(self) -> Format {
        match self {
            Self::Jpeg(_) => Format::Jpeg,
            Self::Png(_) => Format::Png,
            Self::WebP(_) => Format::WebP,
        }
    }

    /// `format` with its default options; PNG for a format that this build does not write.
    #[must_use]
    pub fn default_of(format: Format) -> Self {
        match format {
            Format::Jpeg => Self::Jpeg(Jpeg::default()),
            Format::WebP => Self::WebP(WebP::default()),
            Format::Png | Format::Gif | Format::Raw => Self::Png(Png::default()),
        }
    }

    pub(crate) fn validate(self) -> Result<()> {
        match self {
            Self::Jpeg(jpeg) => in_range("jpeg quality", jpeg.quality, 1..=100),
            Self::Png(png) => in_range("png compression_level", png.compression_level, 0..=9),
            Self::WebP(webp) => {
                in_range("webp quality", webp.quality, 1..=100)?;
                in_range("webp effort", webp.effort, 0..=6)
            }
        }
    }
}

/// The format of that name with its default options.
///
/// ```
/// use makeready::{Encode, Jpeg};
///
/// assert_eq!("jpeg".parse::<Encode>()?, Encode::Jpeg(Jpeg::default()));
/// assert_eq!("avif".parse::<Encode>().unwrap_err().code(), "unsupported");
/// # Ok::<(), makeready::Error>(())
/// ```
impl FromStr for Encode {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        if NOT_WRITTEN.contains(&word) {
            return Err(Error::unsupported(format!(
                "this build writes jpeg, png and webp, not {word}"
            )));
        }
        let written = [Format::Jpeg, Format::Png, Format::WebP].map(Self::default_of);
        named("an output format", &written, |encode| encode.format().name(), word)
    }
}

/// Formats that others write: to ask for one is no mistake, this build lacks it.
const NOT_WRITTEN: [&str; 5] = ["avif", "gif", "heif", "jxl", "tiff"];

impl std::fmt::Display for Encode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Jpeg(jpeg) => {
                write!(f, "jpeg quality={} {}", jpeg.quality, jpeg.subsampling.name())?;
                f.write_str(if jpeg.progressive { " progressive" } else { "" })?;
                f.write_str(if jpeg.optimize_coding { "" } else { " standard tables" })
            }
            Self::Png(png) => write!(f, "png compression_level={}", png.compression_level),
            Self::WebP(webp) if webp.lossless => write!(f, "webp lossless effort={}", webp.effort),
            Self::WebP(webp) => write!(f, "webp quality={} effort={}", webp.quality, webp.effort),
        }
    }
}

/// JPEG options.
///
/// ```
/// use makeready::{Jpeg, Subsampling};
///
/// let print = Jpeg::quality(90).subsampling(Subsampling::S444).progressive(true);
/// assert_eq!(print.quality, 90);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Jpeg {
    /// 1 to 100, on libjpeg's scale. Default 80.
    pub quality: u8,
    /// Default 4:2:0.
    pub subsampling: Subsampling,
    /// Whether the file shows a coarse picture first. Default false.
    pub progressive: bool,
    /// Whether Huffman tables are fitted to the picture: smaller files. Default true.
    pub optimize_coding: bool,
}

impl Default for Jpeg {
    fn default() -> Self {
        Self {
            quality: 80,
            subsampling: Subsampling::S420,
            progressive: false,
            optimize_coding: true,
        }
    }
}

impl Jpeg {
    /// JPEG of this [`quality`](Self::quality), the rest at its default.
    #[must_use]
    pub fn quality(quality: u8) -> Self {
        Self { quality, ..Self::default() }
    }

    /// Sets [`subsampling`](Self::subsampling).
    #[must_use]
    pub fn subsampling(mut self, subsampling: Subsampling) -> Self {
        self.subsampling = subsampling;
        self
    }

    /// Sets [`progressive`](Self::progressive).
    #[must_use]
    pub fn progressive(mut self, yes: bool) -> Self {
        self.progressive = yes;
        self
    }

    /// Sets [`optimize_coding`](Self::optimize_coding).
    #[must_use]
    pub fn optimize_coding(mut self, yes: bool) -> Self {
        self.optimize_coding = yes;
        self
    }
}

/// PNG options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Png {
    /// 0 (stored) to 9 (smallest), on zlib's scale. Default 6.
    pub compression_level: u8,
}

impl Default for Png {
    fn default() -> Self {
        Self { compression_level: 6 }
    }
}

impl Png {
    /// PNG of this [`compression_level`](Self::compression_level).
    #[must_use]
    pub fn compression_level(level: u8) -> Self {
        Self { compression_level: level }
    }
}

/// WebP options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct WebP {
    /// 1 to 100; for lossless files how hard to try. Default 80.
    pub quality: u8,
    /// Whether every sample comes back as it was. Default false.
    pub lossless: bool,
    /// 0 (fast) to 6 (smallest). Default 4.
    pub effort: u8,
}

impl Default for WebP {
    fn default() -> Self {
        Self { quality: 80, lossless: false, effort: 4 }
    }
}

impl WebP {
    /// Lossy WebP of this [`quality`](Self::quality), the rest at its default.
    #[must_use]
    pub fn quality(quality: u8) -> Self {
        Self { quality, ..Self::default() }
    }

    /// Lossless WebP, the rest at its default.
    #[must_use]
    pub fn lossless() -> Self {
        Self { lossless: true, ..Self::default() }
    }

    /// Sets [`effort`](Self::effort).
    #[must_use]
    pub fn effort(mut self, effort: u8) -> Self {
        self.effort = effort;
        self
    }
}

impl From<Jpeg> for Encode {
    fn from(options: Jpeg) -> Self {
        Self::Jpeg(options)
    }
}

impl From<Png> for Encode {
    fn from(options: Png) -> Self {
        Self::Png(options)
    }
}

impl From<WebP> for Encode {
    fn from(options: WebP) -> Self {
        Self::WebP(options)
    }
}

impl From<Format> for Encode {
    fn from(format: Format) -> Self {
        Self::default_of(format)
    }
}
