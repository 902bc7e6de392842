//! The geometry of a picture in MCUs and blocks.

use super::settings::{EncoderSettings, Subsampling};
use crate::error::Error;
use crate::samples::Format;

/// Pixels of a tile in width. A row of MCUs is coded tile by tile, so that samples and coefficients
/// stay in the nearest cache and memory does not depend on the picture's width.
pub(crate) const TILE: usize = 256;

/// The parts of a picture, from its size and settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// Pixels in width.
    pub(crate) width: usize,
    /// Pixels in height.
    pub(crate) height: usize,
    /// The samples of the rows.
    pub(crate) format: Format,
    /// The samples of luma to one of chroma, in width and height.
    pub(crate) factors: (usize, usize),
    /// MCUs in a row.
    pub(crate) across: usize,
    /// Rows of MCUs.
    pub(crate) down: usize,
    /// MCUs from one restart marker to the next, 0 for none.
    pub(crate) restart_interval: usize,
}

impl Frame {
    /// Works out the geometry of a picture.
    ///
    /// # Errors
    /// [`Error::Misuse`].
    pub(crate) fn new(
        width: u32,
        height: u32,
        format: Format,
        settings: &EncoderSettings,
    ) -> Result<Self, Error> {
        let (Ok(w), Ok(h)) = (u16::try_from(width), u16::try_from(height)) else {
            let text = format!("{width} x {height} is more than 65535 in width or height");
            return Err(Error::Misuse(text));
        };
        if w == 0 || h == 0 {
            return Err(Error::Misuse("width or height is 0".into()));
        }
        if format == Format::Inks {
            return Err(Error::Misuse("inks are not encoded".into()));
        }
        let factors = match (format, settings.subsampling) {
            (Format::Gray, _) | (_, Subsampling::S444) => (1, 1),
            (_, Subsampling::S422) => (2, 1),
            (_, Subsampling::S420) => (2, 2),
        };
        let (width, height) = (usize::from(w), usize::from(h));
        Ok(Self {
            width,
            height,
            format,
            factors,
            across: width.div_ceil(8 * factors.0),
            down: height.div_ceil(8 * factors.1),
            restart_interval: usize::from(settings.restart_interval),
        })
    }

    /// The number of components: 1 or 3.
    pub(crate) fn components(&self) -> usize {
        if matches!(self.format, Format::Gray) { 1 } else { 3 }
    }

    /// Width and height of an MCU.
    pub(crate) fn mcu(&self) -> (usize, usize) {
        (8 * self.factors.0, 8 * self.factors.1)
    }

    /// Blocks in an MCU.
    pub(crate) fn mcu_blocks(&self) -> usize {
        self.factors.0 * self.factors.1 + self.components() - 1
    }

    /// MCUs in a tile.
    pub(crate) fn tile_mcus(&self) -> usize {
        TILE / (8 * self.factors.0)
    }

    /// Blocks of a component in an MCU: across, down.
    pub(crate) fn blocks(&self, component: usize) -> (usize, usize) {
        if component == 0 { self.factors } else { (1, 1) }
    }

    /// Width and height of a component in samples.
    pub(crate) fn samples(&self, component: usize) -> (usize, usize) {
        let (x, y) = if component == 0 { (1, 1) } else { self.factors };
        (self.width.div_ceil(x), self.height.div_ceil(y))
    }

    /// Blocks of a component that have samples of the picture: across, down. MCUs at the right and
    /// lower edge may have more.
    pub(crate) fn real_blocks(&self, component: usize) -> (usize, usize) {
        let (width, height) = self.samples(component);
        (width.div_ceil(8), height.div_ceil(8))
    }

    /// The bytes of a row of each plane of the format; 0 for none.
    pub(crate) fn rows(&self) -> [usize; 3] {
        match self.format {
            Format::Gray => [self.width, 0, 0],
            Format::Rgb => [self.width * 3, 0, 0],
            // No frame has inks.
            Format::Planes | Format::Inks => {
                std::array::from_fn(|component| self.samples(component).0)
            }
        }
    }

    /// The number of rows of luma that one row of a plane stands for.
    pub(crate) fn luma_rows(&self, plane: usize) -> usize {
        if plane == 0 { 1 } else { self.factors.1 }
    }
}
