//! Normalize: how light the darkest and the lightest parts are. The levels are what a look finds.

use std::fmt;

use super::lab::Lab;
use super::{By, Change, Pointwise};
use crate::error::Result;
use crate::ops::convert::map;
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
        Change::new(by(input), |from, to| to.copy_from_slice(from))
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
        let gray: Vec<u8> = (0..=255).map(|gray| stretch.changed([gray; 3])[0]).collect();
        Change::new(by(input), move |from, to| match input {
            Layout::Rgba => map::<4, 4>(from, to, |[r, g, b, a]| {
                let [r, g, b] = stretch.changed([r, g, b]);
                [r, g, b, a]
            }),
            Layout::Rgb => map::<3, 3>(from, to, |rgb| stretch.changed(rgb)),
            Layout::GrayA => map::<2, 2>(from, to, |[g, a]| [gray[usize::from(g)], a]),
            _ => map::<1, 1>(from, to, |[g]| [gray[usize::from(g)]]),
        })
    }
}

fn by(layout: Layout) -> By {
    if layout.has_colour() { By::Sight } else { By::Samples }
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

/// How light a colour is: CIE L*, of 0 to 100.
pub(crate) fn lightness(rgb: [u8; 3]) -> f32 {
    Lab::of(rgb).l
}

/// How strong a colour is, by its distance from gray in CIE L*a*b*, and how like skin it is, of 0 to 1.
pub(crate) fn colourfulness(rgb: [u8; 3]) -> (f32, f32) {
    let Lab { l, a, b } = Lab::of(rgb);
    let strong = (a * a + b * b).sqrt();
    // Hues of skin lie close together, from pale to dark: at 50 degrees, and 30 to both sides of it.
    let (towards, least) = (0.642_788 * a + 0.766_044 * b, 0.866_025);
    let hue = ((towards / strong.max(1.0) - least) / (1.0 - least)).max(0.0);
    let like =
        |value: f32, middle: f32, reach: f32| (1.0 - (value - middle).abs() / reach).max(0.0);
    (strong, hue * like(strong, 27.0, 20.0) * like(l, 60.0, 45.0))
}
