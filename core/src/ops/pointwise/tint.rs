//! Tint: all pixels of one hue.

use std::fmt;

use super::grayscale::shades;
use super::lab::Lab;
use super::{Change, Pointwise};
use crate::error::Result;
use crate::picture::image::{Colour, Layout};
use crate::recipe::operations::Tint;

impl fmt::Display for Tint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tint {}", self.colour)
    }
}

impl Pointwise for Tint {
    fn output_layout(&self, input: Layout) -> Result<Layout> {
        Ok(Layout::interleaved(true, input.has_alpha()))
    }

    fn with_colour(&self, change: &dyn Fn(Colour) -> Result<Colour>) -> Result<Option<Self>> {
        Ok(Some(Self { colour: change(self.colour)? }))
    }

    fn is_of_luma(&self) -> bool {
        true
    }

    fn change(&self, input: Layout) -> Change {
        let Colour { red, green, blue, .. } = self.colour;
        let Lab { a, b, .. } = Lab::of([red, green, blue]);
        let mut table = [[0; 3]; 256];
        for (shade, to) in (0..=u8::MAX).zip(&mut table) {
            *to = Lab { a, b, ..Lab::of([shade; 3]) }.rgb();
        }
        shades(input, move |shade| table[usize::from(shade)])
    }
}
