//! Data of a file besides its pixels.

use std::sync::Arc;

use crate::picture::words::words;

words! {
    /// Data of inputs that outputs can keep, cleaned.
    pub enum Meta as "keep" {
        /// The colour profile of the output, that of sRGB too.
        #[default]
        Icc = "icc",
        /// EXIF data: camera, lens, settings, times, people; no places, no thumbnail, no maker note.
        Exif = "exif",
        /// The XMP packet, as it is; none that tells a place by GPS, unless that is kept too.
        Xmp = "xmp",
        /// Of the EXIF data copyright and artist.
        Copyright = "copyright",
        /// Of the EXIF data the place by GPS.
        Gps = "gps",
    }
}

/// Data that a written file carries besides its pixels.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried {
    pub(crate) icc: Option<Arc<Vec<u8>>>,
    /// A TIFF block.
    pub(crate) exif: Option<Arc<Vec<u8>>>,
    pub(crate) xmp: Option<Arc<Vec<u8>>>,
    /// Dots an inch.
    pub(crate) density: Option<u32>,
    /// A sentence for each thing that was to be kept and cannot be.
    pub(crate) left_out: Vec<String>,
}

impl Carried {
    /// Tells whether the file gets nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.density.is_none() && self.parts().next().is_none()
    }

    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.parts().map(|part| part.len()).sum()
    }

    fn parts(&self) -> impl Iterator<Item = &Arc<Vec<u8>>> {
        [&self.icc, &self.exif, &self.xmp].into_iter().flatten()
    }
}
