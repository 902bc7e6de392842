//! Fade: makes a picture that is put on another clearer.

use std::fmt;

use super::{By, Change, Pointwise};
use crate::error::Result;
use crate::picture::image::Layout;
use crate::recipe::options::Strength;

/// Alpha as this part of what it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Fade {
    pub(crate) opacity: Strength,
}

impl fmt::Display for Fade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fade to {}", self.opacity.value())
    }
}

impl Pointwise for Fade {
    fn input_layout(&self, input: Layout) -> Result<Layout> {
        Ok(Layout::interleaved(input.has_colour(), true))
    }

    fn keeps(&self, _: Layout) -> bool {
        self.opacity == Strength::FULL
    }

    fn keeps_means(&self) -> bool {
        true
    }

    fn change(&self, input: Layout) -> Change {
        let opacity = self.opacity;
        let alpha: Vec<u8> =
            (0..=255).map(|alpha| u8::try_from(opacity.of(alpha)).unwrap_or(u8::MAX)).collect();
        let channels = input.channels() as usize;
        Change::new(By::Samples, move |from, to| {
            to.copy_from_slice(from);
            for pixel in to.chunks_exact_mut(channels) {
                pixel[channels - 1] = alpha[usize::from(pixel[channels - 1])];
            }
        })
    }
}
