//! How to encode.

/// How chroma is sampled; of no meaning to gray pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subsampling {
    /// As luma.
    S444,
    /// Half as wide.
    S422,
    /// Half as wide and half as high.
    S420,
}

/// How to encode.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncoderSettings {
    /// 1 to 100, on the scale of libjpeg; others are taken to the nearest.
    pub quality: u8,
    /// How chroma is sampled; of planes, how they are sampled already. Default [`Subsampling::S420`].
    pub subsampling: Subsampling,
    /// Whether to write several scans of rising detail; their Huffman tables are always the best. Needs the
    /// coefficients of the whole picture, 2 bytes a sample. Default `false`.
    pub progressive: bool,
    /// Whether to make the best Huffman tables for the picture, in place of the standard's: fewer bytes, for a
    /// second pass over about a byte a coefficient that is not zero. Default `false`.
    pub optimize_coding: bool,
    /// MCUs from one restart marker to the next, 0 for none. Default 0.
    pub restart_interval: u16,
    /// A colour profile to embed, up to 16,707,345 bytes. Default none.
    pub icc: Option<Vec<u8>>,
    /// EXIF to embed: a TIFF structure, up to 65,527 bytes. Default none.
    pub exif: Option<Vec<u8>>,
}

impl EncoderSettings {
    /// The defaults, with a quality from 1 to 100.
    #[must_use]
    pub const fn new(quality: u8) -> Self {
        Self {
            quality,
            subsampling: Subsampling::S420,
            progressive: false,
            optimize_coding: false,
            restart_interval: 0,
            icc: None,
            exif: None,
        }
    }
}

/// Asked now and then from any of the workers: whether to stop.
pub(crate) type SyncPoll<'a> = &'a (dyn Fn() -> bool + Sync);
