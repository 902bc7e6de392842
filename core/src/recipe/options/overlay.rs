//! Overlay: a picture on another.

use super::Strength;
use super::table::options;
pub use crate::picture::blend::Blend;
use crate::picture::geometry::Size;
use crate::picture::position::Position;

options! {
    /// How a picture lies on another. Parts of it outside of that are not seen.
    ///
    /// ```
    /// use makeready::{Blend, Overlay, Position};
    ///
    /// let logo = Overlay::new().position(Position::SouthEast).opacity(0.5);
    /// assert_eq!(logo.blend, Blend::Over);
    /// assert_eq!(Overlay::at(-10, 20).at, Some((-10, 20)));
    /// ```
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Overlay {
        /// Columns and rows from the left top corner of the picture below to its own, also below 0; by default its
        /// `position` says.
        at (with_at): Option<(i32, i32)> = None;
        /// Where it lies, if not `at` a place; attention and entropy are none.
        position (with_position, position): Position = Position::Centre;
        /// How much of it is seen, from 0.0 for nothing to 1.0 for all.
        opacity (with_opacity): Strength = Strength::FULL, 0..=1;
        /// The way in which it comes on the picture below.
        blend (with_blend, blend): Blend = Blend::Over;
        /// Repeats it in all directions until it covers the picture below.
        tile (with_tile, tile): bool = false;
    }
}

impl Overlay {
    /// Its left top corner lies so many columns and rows from that of the picture below.
    ///
    /// ```
    /// use makeready::{Image, Layout, Overlay, Pipeline, Size};
    ///
    /// let gray = |data: &[u8]| Image::new(Size::new(data.len() as u32, 1), Layout::Gray, data.to_vec());
    /// let row = Pipeline::open(gray(&[1, 2, 3])?).overlay(gray(&[7, 8])?, Overlay::at(2, 0));
    /// assert_eq!(row.pixels()?.data(), [1, 2, 7]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn at(x: i32, y: i32) -> Self {
        Self::new().with_at(Some((x, y)))
    }

    /// Sets [`opacity`](Self#structfield.opacity).
    ///
    /// ```
    /// use makeready::{Overlay, Strength};
    ///
    /// assert_eq!(Overlay::new().opacity(0.25).opacity, Strength::new(0.25));
    /// ```
    #[must_use]
    pub fn opacity(self, opacity: f64) -> Self {
        self.with_opacity(Strength::new(opacity))
    }

    /// The left top corner of a picture on another.
    pub(crate) fn place(&self, below: Size, above: Size) -> (i64, i64) {
        if let Some((x, y)) = self.at {
            return (x.into(), y.into());
        }
        // Where it is larger, a part of it is cut out.
        let both = Size::new(below.width.max(above.width), below.height.max(above.height));
        let (x, y) = self.position.offset(both, above, false);
        let (cut_x, cut_y) = self.position.offset(both, below, true);
        (i64::from(x) - i64::from(cut_x), i64::from(y) - i64::from(cut_y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_lies_where_its_position_says_or_is_cut_there() {
        let (small, large, wide) = (Size::new(3, 4), Size::new(8, 8), Size::new(20, 2));
        for (below, above, position, expected) in [
            (large, small, Position::Centre, (2, 2)),
            (large, small, Position::SouthEast, (5, 4)),
            (small, large, Position::NorthWest, (0, 0)),
            (small, large, Position::SouthEast, (-5, -4)),
            (small, large, Position::Centre, (-3, -2)),
            (large, wide, Position::South, (-6, 6)),
        ] {
            let overlay = Overlay::new().position(position);
            assert_eq!(overlay.place(below, above), expected, "{above} on {below} {position:?}");
            assert_eq!(overlay.with_at(Some((-9, 7))).place(below, above), (-9, 7));
        }
    }
}
