//! Options of operations whose effect depends on what the picture shows: it is looked at first.

use super::Real;
use super::real::setters;
use super::table::options;
use crate::error::{Error, Result};
use crate::picture::image::Colour;

options! {
    /// Edges that look like a background.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Trim {
        /// The colour of the edges; by default that of the pixel at the top left.
        background (with_background): Option<Colour> = None;
        /// How far a sample of a pixel, of 0 to 255, may be from the background's for it to be taken off.
        threshold (with_threshold, threshold): u8 = 10;
    }
}

impl Trim {
    /// Sets [`background`](Self#structfield.background).
    ///
    /// ```
    /// use makeready::{Colour, Trim};
    ///
    /// assert_ne!(Trim::new().background(Colour::WHITE), Trim::new());
    /// ```
    #[must_use]
    pub fn background(self, background: Colour) -> Self {
        self.with_background(Some(background))
    }
}

options! {
    /// The shares of the darkest and the lightest pixels that become black and white.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Normalize {
        /// Percent of the pixels that are at most as light as the new black.
        lower (with_lower): Real = Real::new(1.0), 0..=100;
        /// Percent of the pixels that are at most as light as the new white, which is more.
        upper (with_upper): Real = Real::new(99.0), 0..=100;
    }
}

setters! {
    Normalize;
    lower: with_lower = 5.0,
    upper: with_upper = 95.0
}

impl Normalize {
    /// Refuses percentages that leave nothing between them.
    pub(crate) fn check_order(&self) -> Result<()> {
        let (lower, upper) = (self.lower.value(), self.upper.value());
        if lower < upper {
            return Ok(());
        }
        Err(Error::invalid_option(format!(
            "normalize lower is less than upper, found {lower} and {upper}"
        )))
    }
}

/// Lightness that becomes black, and that which becomes white: the answer to a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Levels {
    /// Of CIE L*, 0 to 100.
    pub(crate) black: Real,
    pub(crate) white: Real,
}
