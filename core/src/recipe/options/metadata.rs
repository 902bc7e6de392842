//! The data besides its pixels that an output has.

use super::table::options;
use crate::picture::metadata::Meta;

options! {
    /// The metadata that an output keeps.
    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Keep {
        /// Any of `icc`, `exif`, `xmp`, `copyright` and `gps`; each call says all of them.
        metadata: Vec<Meta>;
    }
}

impl Keep {
    /// These, each once and in the order of their list.
    pub(crate) fn of(metadata: impl IntoIterator<Item = Meta>) -> Self {
        let mut metadata: Vec<Meta> = metadata.into_iter().collect();
        metadata.sort_by_key(|part| *part as u8);
        metadata.dedup();
        Self { metadata }
    }
}

options! {
    /// The resolution of an output.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Density {
        /// Dots an inch, a whole number.
        dpi: u32, 1..=65535;
    }
}
