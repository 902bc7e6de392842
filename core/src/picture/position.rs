//! Where a smaller thing lies in a larger one.

use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::words::{Words, words};

words! {
    /// The place of a smaller thing in a larger one.
    pub enum Position as "position" {
        /// The middle.
        #[default]
        Centre = "centre",
        /// Top middle.
        North = "north",
        /// Right top corner.
        NorthEast = "north_east",
        /// Right middle.
        East = "east",
        /// Right bottom corner.
        SouthEast = "south_east",
        /// Bottom middle.
        South = "south",
        /// Left bottom corner.
        SouthWest = "south_west",
        /// Left middle.
        West = "west",
        /// Left top corner.
        NorthWest = "north_west",
        /// Around what eyes go to first: edges, strong colours, skin. Of a resize to cover a box alone.
        Attention = "attention",
        /// Around what has the most detail. Of a resize to cover a box alone.
        Entropy = "entropy",
    }
}

impl Position {
    /// Tells whether it depends on what the picture shows.
    pub(crate) fn needs_look(self) -> bool {
        matches!(self, Self::Attention | Self::Entropy)
    }

    /// Refuses one that is no place, for `what` has nothing to look for.
    pub(crate) fn check_place(self, what: &str) -> Result<()> {
        if !self.needs_look() {
            return Ok(());
        }
        let word = self.word();
        Err(Error::invalid_option(format!(
            "{what} is a place: {word} is of a resize to cover a box"
        )))
    }

    /// Columns left of and rows above an `inner` thing placed in an `outer` one; it must not be
    /// larger. An odd pixel goes before the middle where `inner` is cut out of `outer`
    /// (`round_up`), behind it where it is put into it, as sharp does.
    pub(crate) fn offset(self, outer: Size, inner: Size, round_up: bool) -> (u32, u32) {
        let (dx, dy) = (outer.width - inner.width, outer.height - inner.height);
        let middle = |d: u32| d / 2 + (d % 2) * u32::from(round_up);
        let x = match self {
            Self::NorthWest | Self::West | Self::SouthWest => 0,
            Self::North | Self::Centre | Self::South | Self::Attention | Self::Entropy => {
                middle(dx)
            }
            Self::NorthEast | Self::East | Self::SouthEast => dx,
        };
        let y = match self {
            Self::NorthWest | Self::North | Self::NorthEast => 0,
            Self::West | Self::Centre | Self::East | Self::Attention | Self::Entropy => middle(dy),
            Self::SouthWest | Self::South | Self::SouthEast => dy,
        };
        (x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every position at every pair of differences up to 5, an odd pixel on either side of the
    /// middle.
    #[test]
    fn every_position_at_odd_and_even_differences() {
        // At the start, in the middle or at the end: across and down.
        let places = [
            (Position::NorthWest, 0, 0),
            (Position::North, 1, 0),
            (Position::NorthEast, 2, 0),
            (Position::West, 0, 1),
            (Position::Centre, 1, 1),
            (Position::East, 2, 1),
            (Position::SouthWest, 0, 2),
            (Position::South, 1, 2),
            (Position::SouthEast, 2, 2),
            // As long as nobody has looked.
            (Position::Attention, 1, 1),
            (Position::Entropy, 1, 1),
        ];
        assert_eq!(places.len(), Position::WORDS.len());
        // Halves of 0 to 5, down and up.
        let (down, up) = ([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2, 3]);
        for (position, across, along) in places {
            for (dx, dy) in (0..36_u32).map(|n| (n % 6, n / 6)) {
                for (round_up, halves) in [(false, down), (true, up)] {
                    let part = |of: u32, place: usize| [0, halves[of as usize], of][place];
                    let outer = Size::new(4 + dx, 3 + dy);
                    let found = position.offset(outer, Size::new(4, 3), round_up);
                    let expected = (part(dx, across), part(dy, along));
                    assert_eq!(found, expected, "{position:?}, {dx} {dy}, {round_up}");
                }
            }
        }
    }

    #[test]
    fn positions_place_the_odd_pixel() {
        let (outer, inner) = (Size::new(11, 11), Size::new(4, 4));
        assert_eq!(Position::Centre.offset(outer, inner, true), (4, 4));
        assert_eq!(Position::Centre.offset(outer, inner, false), (3, 3));
        assert_eq!(Position::SouthEast.offset(outer, inner, true), (7, 7));
        assert_eq!(Position::North.offset(outer, inner, false), (3, 0));
    }
}
