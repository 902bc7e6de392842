//! Modulate: brighter, stronger, of another hue, lighter.

use std::fmt;

use super::lab::Lab;
use super::{By, Change, Pointwise};
use crate::error::Result;
use crate::picture::checks::in_range;
use crate::picture::image::Layout;
use crate::recipe::options::Modulate;
use crate::recipe::options::table::{Options, show};

impl fmt::Display for Modulate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "modulate{}", show(&Self::fields(), &self.values()))
    }
}

impl Pointwise for Modulate {
    fn input_layout(&self, input: Layout) -> Result<Layout> {
        in_range("modulate brightness", self.brightness.value(), 0.0..=100.0)?;
        in_range("modulate saturation", self.saturation.value(), 0.0..=100.0)?;
        in_range("modulate hue", self.hue.value(), -36_000.0..=36_000.0)?;
        in_range("modulate lightness", self.lightness.value(), -100.0..=100.0)?;
        Ok(Layout::interleaved(true, input.has_alpha()))
    }

    fn keeps(&self, _: Layout) -> bool {
        *self == Self::default()
    }

    fn change(&self, input: Layout) -> Change {
        let sight = Sight::new(self);
        Change::of_colours(By::Sight, input, move |rgb| sight.changed(rgb))
    }
}

/// The change of a colour in L*a*b*: a turn and a factor of its distance from gray.
struct Sight {
    brightness: f32,
    lightness: f32,
    cos: f32,
    sin: f32,
}

impl Sight {
    #[allow(clippy::cast_possible_truncation, reason = "numbers that fit")]
    fn new(modulate: &Modulate) -> Self {
        let (sin, cos) = modulate.hue.value().to_radians().sin_cos();
        let saturation = modulate.saturation.value();
        Self {
            brightness: modulate.brightness.value() as f32,
            lightness: modulate.lightness.value() as f32,
            cos: (cos * saturation) as f32,
            sin: (sin * saturation) as f32,
        }
    }

    fn changed(&self, rgb: [u8; 3]) -> [u8; 3] {
        let Lab { l, a, b } = Lab::of(rgb);
        let l = l * self.brightness + self.lightness;
        Lab { l, a: a * self.cos - b * self.sin, b: a * self.sin + b * self.cos }.rgb()
    }
}
