//! Recomb: each colour a sum of all three.

use std::fmt;

use super::tables::{Tables, nearest};
use super::{By, Change, MOST, Pointwise};
use crate::error::Result;
use crate::picture::checks::in_range;
use crate::picture::image::Layout;
use crate::recipe::operations::Recomb;
use crate::recipe::options::Matrix;

impl fmt::Display for Recomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "recomb {}", self.matrix)
    }
}

impl Recomb {
    /// The sum of each row: the colour that white becomes, as a part of white.
    fn sums(&self) -> [f64; 3] {
        self.matrix.rows().map(|row| row.into_iter().sum())
    }

    /// Tells whether it is done on shades of gray as on colours, and gives shades of gray of them.
    fn is_gray(&self) -> bool {
        let [red, green, blue] = self.sums();
        red == green && green == blue
    }
}

impl Pointwise for Recomb {
    fn input_layout(&self, input: Layout) -> Result<Layout> {
        let mut numbers = self.matrix.rows().into_iter().flatten();
        numbers.try_for_each(|it| in_range("recomb matrix", it, -MOST..=MOST))?;
        Ok(Layout::interleaved(input.has_colour() || !self.is_gray(), input.has_alpha()))
    }

    fn keeps(&self, _: Layout) -> bool {
        self.matrix == Matrix::default()
    }

    /// Where no sum can be cut, it has the same mean.
    fn keeps_means(&self) -> bool {
        self.matrix.rows().as_flattened().iter().all(|number| *number >= 0.0)
            && self.sums().into_iter().all(|sum| sum <= 1.0)
    }

    fn change(&self, input: Layout) -> Change {
        if !input.has_colour() {
            let [sum, ..] = self.sums();
            return Tables::of_colours(|_, shade| nearest(sum * f64::from(shade))).change(input);
        }
        let rows = self.matrix.rows();
        let sums = move |colours: [u8; 3]| {
            let [red, green, blue] = colours.map(f64::from);
            rows.map(|[r, g, b]| nearest(r * red + g * green + b * blue))
        };
        Change::of_colours(By::Samples, input, sums)
    }
}
