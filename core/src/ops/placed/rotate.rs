//! Rotate: turns by any angle.

use std::fmt;

use super::Placing;
use super::map::Map;
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::image::Colour;
use crate::recipe::options::Rotate;

impl fmt::Display for Rotate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rotate {} on {}", self.degrees.value(), self.background)
    }
}

impl Placing for Rotate {
    fn map(&self, size: Size) -> Result<Map> {
        let (sine, cosine) = self.degrees.value().to_radians().sin_cos();
        Map::turned(sine, cosine, size)
    }

    fn background(&self) -> Colour {
        self.background
    }

    fn on(&self, background: Colour) -> Self {
        Self { background, ..self.clone() }
    }
}
