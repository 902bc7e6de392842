//! Affine: pixels moved by a matrix of one's own.

use std::fmt;

use super::Placing;
use super::map::Map;
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::image::Colour;
use crate::recipe::operations::Affine;
use crate::recipe::options::{Kernel, Matrix};

impl fmt::Display for Affine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "affine {} {} on {}", self.matrix, self.kernel.name(), self.background)
    }
}

impl Placing for Affine {
    fn map(&self, size: Size) -> Result<Map> {
        Map::new("affine", self.matrix.rows(), size)
    }

    fn kernel(&self) -> Kernel {
        self.kernel
    }

    fn background(&self) -> Colour {
        self.background
    }

    fn on(&self, background: Colour) -> Self {
        Self { background, ..*self }
    }

    /// The kernel of Mitchell and Netravali blurs what it does not move.
    fn keeps(&self) -> bool {
        self.matrix == Matrix::default() && self.kernel != Kernel::Mitchell
    }
}
