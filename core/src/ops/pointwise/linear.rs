//! Linear: samples by a straight line.

use std::fmt;

use super::tables::{Tables, nearest};
use super::{Change, MOST, Pointwise};
use crate::error::Result;
use crate::picture::checks::in_range;
use crate::picture::image::Layout;
use crate::recipe::operations::Linear;

impl fmt::Display for Linear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "linear {} + {}", self.a, self.b)
    }
}

impl Linear {
    /// Tells whether red, green and blue are changed alike.
    fn is_gray(&self) -> bool {
        [self.a, self.b].iter().all(|numbers| {
            let [red, green, blue] = numbers.values();
            red == green && green == blue
        })
    }
}

impl Pointwise for Linear {
    fn input_layout(&self, input: Layout) -> Result<Layout> {
        for (name, numbers) in [("linear a", self.a), ("linear b", self.b)] {
            numbers.values().into_iter().try_for_each(|it| in_range(name, it, -MOST..=MOST))?;
        }
        Ok(Layout::interleaved(input.has_colour() || !self.is_gray(), input.has_alpha()))
    }

    fn keeps(&self, _: Layout) -> bool {
        self.a.values() == [1.0; 3] && self.b.values() == [0.0; 3]
    }

    fn change(&self, input: Layout) -> Change {
        let (a, b) = (self.a.values(), self.b.values());
        let line = |channel: usize, sample| nearest(a[channel] * f64::from(sample) + b[channel]);
        Tables::of_colours(line).change(input)
    }
}
