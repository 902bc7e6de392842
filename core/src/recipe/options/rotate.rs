//! Rotate: a turn by any angle.

use super::Real;
use super::table::options;
use crate::error::{Error, Result};
use crate::picture::image::Colour;
use crate::picture::orientation::{Orientation, Quarter};

options! {
    /// A turn.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Rotate {
        /// Degrees, clockwise.
        degrees: Real;
        /// The colour of the corners, where it is no quarter turn; with an alpha below 255 the output has alpha.
        background: Colour = Colour::BLACK;
    }
}

impl Rotate {
    pub(crate) const fn new(degrees: f64, background: Colour) -> Self {
        Self { degrees: Real::new(degrees), background }
    }

    /// Refuses angles that are no numbers.
    pub(crate) fn check_angle(&self) -> Result<()> {
        let degrees = self.degrees.value();
        if degrees.is_finite() {
            return Ok(());
        }
        Err(Error::invalid_option(format!("rotate degrees is a finite number, found {degrees}")))
    }

    /// The same as a turn by quarters, where it is one.
    pub(crate) fn quarters(&self) -> Option<Orientation> {
        match self.degrees.value().rem_euclid(360.0) {
            0.0 => Some(Orientation::NORMAL),
            90.0 => Some(Quarter::One.into()),
            180.0 => Some(Quarter::Two.into()),
            270.0 => Some(Quarter::Three.into()),
            _ => None,
        }
    }
}
