//! The settings of an encoder.

/// The sampling of chroma; of no meaning to gray pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subsampling {
    /// Chroma as large as luma.
    S444,
    /// Chroma half as wide.
    S422,
    /// Chroma half as wide and half as high.
    S420,
}

/// The settings of an encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncoderSettings {
    /// 1 to 100, on the scale of libjpeg; others are taken to the nearest.
    pub quality: u8,
    /// The sampling of chroma; for planes, the sampling that they have. Default
    /// [`Subsampling::S420`].
    pub subsampling: Subsampling,
    /// Whether to write several scans of rising detail. They always have the best Huffman tables,
    /// and need the coefficients of the whole picture, 2 bytes a sample. Default `false`.
    pub progressive: bool,
    /// Whether to make the best Huffman tables for the picture, in place of the standard's. It
    /// saves bytes, and takes a second pass over about a byte for each coefficient that is not
    /// zero. Default `false`.
    pub optimize_coding: bool,
    /// Chooses coefficients by what they cost too, in steps of other tables: smaller files of nearly the same picture, for
    /// more time. Default `false`.
    pub trellis: bool,
    /// MCUs from one restart marker to the next, 0 for none. Default 0.
    pub restart_interval: u16,
    /// A colour profile to embed, up to 16,707,345 bytes. Default none.
    pub icc: Option<Vec<u8>>,
    /// EXIF to embed: a TIFF structure, up to 65,527 bytes. Default none.
    pub exif: Option<Vec<u8>>,
}

impl EncoderSettings {
    /// The defaults, with a quality from 1 to 100.
    ///
    /// ```
    /// use makeready_jpeg::{EncoderSettings, Subsampling};
    ///
    /// let settings = EncoderSettings::new(85);
    /// assert_eq!((settings.quality, settings.subsampling), (85, Subsampling::S420));
    /// assert!(!settings.progressive && !settings.optimize_coding);
    /// ```
    #[must_use]
    pub const fn new(quality: u8) -> Self {
        Self {
            quality,
            subsampling: Subsampling::S420,
            progressive: false,
            optimize_coding: false,
            trellis: false,
            restart_interval: 0,
            icc: None,
            exif: None,
        }
    }
}

/// Asks the caller whether to stop, from any of the workers.
pub(crate) type SyncPoll<'a> = &'a (dyn Fn() -> bool + Sync);
