//! Normalize: how light the darkest and the lightest parts are. The levels are what a look finds.

use std::fmt;

use super::lab::Lab;
use super::tables::Tables;
use super::{By, Change, Pointwise};
use crate::error::Result;
use crate::picture::image::Layout;
use crate::recipe::options::table::{Options, show};
use crate::recipe::options::{Levels, Normalize};

impl fmt::Display for Normalize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "normalize{}, by a look", show(&Self::fields(), &self.values()))
    }
}

/// As in a plan that nobody has looked for yet: each pixel stays as it is, in the time that levels take.
impl Pointwise for Normalize {
    fn input_layout(&self, input: Layout) -> Result<Layout> {
        self.check_order()?;
        Ok(Layout::interleaved(input.has_colour(), input.has_alpha()))
    }

    fn change(&self, input: Layout) -> Change {
        let by = if input.has_colour() { By::Sight } else { By::Samples };
        Change::new(by, |from, to| to.copy_from_slice(from))
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "levels {:.2} to {:.2}", self.black.value(), self.white.value())
    }
}

impl Pointwise for Levels {
    fn change(&self, input: Layout) -> Change {
        let stretch = Stretch::new(self);
        if !input.has_colour() {
            return Tables::of_colours(|_, shade| stretch.changed([shade; 3])[0]).change(input);
        }
        Change::of_colours(By::Sight, input, move |rgb| stretch.changed(rgb))
    }
}

/// Lightness times a factor, from black on.
struct Stretch {
    black: f32,
    factor: f32,
}

impl Stretch {
    #[allow(clippy::cast_possible_truncation, reason = "numbers that fit")]
    fn new(levels: &Levels) -> Self {
        let (black, white) = (levels.black.value(), levels.white.value());
        Self { black: black as f32, factor: (100.0 / (white - black)) as f32 }
    }

    fn changed(&self, rgb: [u8; 3]) -> [u8; 3] {
        let Lab { l, a, b } = Lab::of(rgb);
        Lab { l: (l - self.black) * self.factor, a, b }.rgb()
    }
}
