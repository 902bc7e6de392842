//! Gamma: lighter or darker middle tones.

use std::fmt;

use super::tables::{Tables, nearest};
use super::{Change, Pointwise};
use crate::error::Result;
use crate::picture::checks::in_range;
use crate::picture::image::Layout;
use crate::recipe::operations::Gamma;

impl fmt::Display for Gamma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gamma {}", self.gamma.value())
    }
}

impl Pointwise for Gamma {
    fn input_layout(&self, input: Layout) -> Result<Layout> {
        in_range("gamma", self.gamma.value(), 0.1..=10.0).map(|()| input)
    }

    fn keeps(&self, _: Layout) -> bool {
        self.gamma.value() == 1.0
    }

    fn change(&self, input: Layout) -> Change {
        let power = 1.0 / self.gamma.value();
        let lighter = |_, sample| nearest((f64::from(sample) / 255.0).powf(power) * 255.0);
        Tables::of_colours(lighter).change(input)
    }
}
