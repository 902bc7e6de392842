//! How to encode, and what.

/// How chroma is sampled; of no meaning to grey pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subsampling {
    /// As luma.
    S444,
    /// Half as wide.
    S422,
    /// Half as wide and half as high.
    S420,
}

/// What the rows hold, 8 bits a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Luma alone.
    Gray,
    /// Red, green, blue, interleaved.
    Rgb,
    /// Planes of Y, Cb and Cr (JFIF), chroma already sampled as [`Settings::subsampling`] says, odd
    /// sizes rounded up.
    Planes,
}

/// How to encode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// 1 to 100, on the scale of libjpeg; others are taken to the nearest.
    pub quality: u8,
    /// How chroma is sampled.
    pub subsampling: Subsampling,
    /// Whether to write several scans of rising detail; their Huffman tables are always the best.
    pub progressive: bool,
    /// Whether to make the best Huffman tables for the picture, in place of the standard's.
    pub optimize_coding: bool,
    /// MCUs from one restart marker to the next, 0 for none.
    pub restart_interval: u16,
    /// A colour profile to embed.
    pub icc: Option<Vec<u8>>,
    /// EXIF to embed: a TIFF structure.
    pub exif: Option<Vec<u8>>,
}

/// Asked now and then from any of the workers: whether to stop.
pub(crate) type Poll<'a> = &'a (dyn Fn() -> bool + Sync);

/// Rows of samples of one plane.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// The samples, the first row's from the start on.
    pub data: &'a [u8],
    /// From one row to the next.
    pub stride: usize,
}
