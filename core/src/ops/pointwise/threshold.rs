//! Threshold: black and white.

use std::fmt;

use super::grayscale::shades;
use super::{Change, Pointwise};
use crate::error::Result;
use crate::picture::image::Layout;
use crate::recipe::operations::Threshold;

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "threshold {}", self.level)
    }
}

impl Pointwise for Threshold {
    fn output_layout(&self, input: Layout) -> Result<Layout> {
        Ok(Layout::interleaved(false, input.has_alpha()))
    }

    fn is_of_luma(&self) -> bool {
        true
    }

    fn change(&self, input: Layout) -> Change {
        let level = self.level;
        shades(input, move |shade| [if shade >= level { u8::MAX } else { 0 }])
    }
}
