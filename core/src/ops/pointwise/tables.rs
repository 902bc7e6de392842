//! Samples that are looked up.

use super::{By, Change};
use crate::ops::convert::map;
use crate::picture::image::Layout;

/// The sample that each becomes, for red, green, blue and alpha.
pub(super) struct Tables([[u8; 256]; 4]);

impl Tables {
    /// Of each sample of red (0), green and blue what `change` makes of it; alpha stays.
    pub(super) fn of_colours(change: impl Fn(usize, u8) -> u8) -> Self {
        Self::of_all(|channel, sample| if channel < 3 { change(channel, sample) } else { sample })
    }

    /// The same with alpha, which is channel 3.
    pub(super) fn of_all(change: impl Fn(usize, u8) -> u8) -> Self {
        let mut tables = [[0; 256]; 4];
        for (channel, table) in tables.iter_mut().enumerate() {
            for (sample, to) in (0..=u8::MAX).zip(table) {
                *to = change(channel, sample);
            }
        }
        Self(tables)
    }

    /// The change of rows of a layout. A shade of gray becomes what red of its strength does.
    pub(super) fn change(self, layout: Layout) -> Change {
        let [red, green, blue, alpha] = self.0;
        let of = |table: &[u8; 256], sample: u8| table[usize::from(sample)];
        let row = move |from: &[u8], to: &mut [u8]| match layout {
            Layout::Gray => map::<1, 1>(from, to, |[g]| [of(&red, g)]),
            Layout::GrayA => map::<2, 2>(from, to, |[g, a]| [of(&red, g), of(&alpha, a)]),
            Layout::Rgba => map::<4, 4>(from, to, |[r, g, b, a]| {
                [of(&red, r), of(&green, g), of(&blue, b), of(&alpha, a)]
            }),
            _ => map::<3, 3>(from, to, |[r, g, b]| [of(&red, r), of(&green, g), of(&blue, b)]),
        };
        Change::new(By::Samples, row)
    }
}

/// The sample that is nearest to a number.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
pub(super) fn nearest(value: f64) -> u8 {
    value.round() as u8
}
