//! Remove alpha, ensure alpha.

use std::fmt;

use super::{By, Change, Pointwise};
use crate::error::Result;
use crate::ops::convert::map;
use crate::picture::image::Layout;
use crate::recipe::operations::{EnsureAlpha, RemoveAlpha};

impl fmt::Display for RemoveAlpha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("remove alpha")
    }
}

impl Pointwise for RemoveAlpha {
    fn output_layout(&self, input: Layout) -> Result<Layout> {
        Ok(Layout::interleaved(input.has_colour(), false))
    }

    fn keeps(&self, input: Layout) -> bool {
        !input.has_alpha()
    }

    fn change(&self, input: Layout) -> Change {
        Change::new(By::Samples, move |from, to| match input {
            Layout::GrayA => map::<2, 1>(from, to, |[gray, _]| [gray]),
            Layout::Rgba => map::<4, 3>(from, to, |[r, g, b, _]| [r, g, b]),
            _ => to.copy_from_slice(from),
        })
    }
}

impl fmt::Display for EnsureAlpha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ensure alpha {}", self.opacity.value())
    }
}

impl Pointwise for EnsureAlpha {
    fn output_layout(&self, input: Layout) -> Result<Layout> {
        Ok(Layout::interleaved(input.has_colour(), true))
    }

    fn keeps(&self, input: Layout) -> bool {
        input.has_alpha()
    }

    fn keeps_means(&self) -> bool {
        true
    }

    fn change(&self, input: Layout) -> Change {
        let alpha = u8::try_from(self.opacity.of(255)).unwrap_or(u8::MAX);
        Change::new(By::Samples, move |from, to| match input {
            Layout::Gray => map::<1, 2>(from, to, |[gray]| [gray, alpha]),
            Layout::Rgb => map::<3, 4>(from, to, |[r, g, b]| [r, g, b, alpha]),
            _ => to.copy_from_slice(from),
        })
    }
}
