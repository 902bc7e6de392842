//! Negate: opposite colours.

use std::fmt;

use super::tables::Tables;
use super::{Change, Pointwise};
use crate::picture::image::Layout;
use crate::recipe::operations::Negate;

impl fmt::Display for Negate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.alpha { "negate with alpha" } else { "negate" })
    }
}

impl Pointwise for Negate {
    /// Pixels count in a mean by their alpha, so that it must stay.
    fn keeps_means(&self) -> bool {
        !self.alpha
    }

    fn change(&self, input: Layout) -> Change {
        let tables = match self.alpha {
            true => Tables::of_all(|_, sample| u8::MAX - sample),
            false => Tables::of_colours(|_, sample| u8::MAX - sample),
        };
        tables.change(input)
    }
}
