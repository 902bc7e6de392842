//! Shear: rows and columns moved along themselves, the farther the farther they are from the middle.

use std::fmt;

use super::Placing;
use super::map::Map;
use crate::error::Result;
use crate::picture::checks::in_range;
use crate::picture::geometry::Size;
use crate::picture::image::Colour;
use crate::recipe::operations::Shear;

impl fmt::Display for Shear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shear {} {} on {}", self.x.value(), self.y.value(), self.background)
    }
}

impl Placing for Shear {
    fn map(&self, size: Size) -> Result<Map> {
        // Near to a right angle a picture is as wide as any.
        let slope = |name: &str, degrees: f64| {
            in_range(name, degrees, -89.0..=89.0).map(|()| degrees.to_radians().tan())
        };
        let (x, y) = (slope("shear x", self.x.value())?, slope("shear y", self.y.value())?);
        Map::new("shear", [[1.0, x], [y, 1.0]], size)
    }

    fn background(&self) -> Colour {
        self.background
    }

    fn on(&self, background: Colour) -> Self {
        Self { background, ..self.clone() }
    }

    fn keeps(&self) -> bool {
        self.x.value() == 0.0 && self.y.value() == 0.0
    }
}
