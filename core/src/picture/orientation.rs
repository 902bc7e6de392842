//! The eight EXIF orientations as a group: a mirror, then quarter turns.

use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::{exif, xmp};

/// One of the eight ways to turn and mirror a picture.
///
/// Applied, it mirrors left-right if [`mirrored`](Self::mirrored), then turns clockwise by
/// [`quarters`](Self::quarters) times 90 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Orientation {
    mirror: bool,
    quarters: u8,
}

/// A number of clockwise quarter turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quarter {
    /// 90 degrees clockwise.
    One,
    /// 180 degrees.
    Two,
    /// 270 degrees clockwise, 90 degrees counter-clockwise.
    Three,
}

impl Quarter {
    /// The turn of `degrees` clockwise.
    ///
    /// ```
    /// use makeready::Quarter;
    ///
    /// assert_eq!(Quarter::from_degrees(270)?, Quarter::Three);
    /// assert_eq!(Quarter::from_degrees(45).unwrap_err().code(), "invalid_option");
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` unless they are 90, 180 or 270.
    pub fn from_degrees(degrees: u32) -> Result<Self> {
        match degrees {
            90 => Ok(Self::One),
            180 => Ok(Self::Two),
            270 => Ok(Self::Three),
            _ => Err(Error::invalid_option(format!(
                "a rotation is 90, 180 or 270 degrees, found {degrees}"
            ))),
        }
    }
}

impl Orientation {
    /// The picture as stored.
    pub const NORMAL: Self = Self::of(false, 0);
    /// Top and bottom exchanged.
    pub const FLIP: Self = Self::of(true, 2);
    /// Left and right exchanged.
    pub const FLOP: Self = Self::of(true, 0);

    const fn of(mirror: bool, quarters: u8) -> Self {
        Self { mirror, quarters }
    }

    /// The orientation of an EXIF tag from 1 to 8; any other number is [`NORMAL`](Self::NORMAL).
    ///
    /// ```
    /// use makeready::{Orientation, Quarter};
    ///
    /// assert_eq!(Orientation::from_exif(6), Quarter::One.into());
    /// assert_eq!(Orientation::from_exif(9), Orientation::NORMAL);
    /// ```
    #[must_use]
    pub const fn from_exif(tag: u16) -> Self {
        match tag {
            2 => Self::FLOP,
            3 => Self::of(false, 2),
            4 => Self::FLIP,
            5 => Self::of(true, 3),
            6 => Self::of(false, 1),
            7 => Self::of(true, 1),
            8 => Self::of(false, 3),
            _ => Self::NORMAL,
        }
    }

    /// The orientation that EXIF data tell, or XMP where EXIF has no entry for it, as Pillow does.
    pub(crate) fn told(exif: &[u8], xmp: &[u8], most: u64) -> Self {
        let told = exif::orientation(exif, most).or_else(|| xmp::orientation(xmp, most));
        told.unwrap_or_default()
    }

    /// The EXIF tag, 1 to 8.
    ///
    /// ```
    /// use makeready::{Orientation, Quarter};
    ///
    /// assert_eq!(Orientation::FLIP.to_exif(), 4);
    /// assert_eq!(Orientation::from(Quarter::Three).to_exif(), 8);
    /// ```
    #[must_use]
    pub const fn to_exif(self) -> u16 {
        match (self.mirror, self.quarters) {
            (false, 1) => 6,
            (false, 2) => 3,
            (false, 3) => 8,
            (true, 0) => 2,
            (true, 1) => 7,
            (true, 2) => 4,
            (true, 3) => 5,
            _ => 1,
        }
    }

    /// Tells whether left and right are exchanged before the turn.
    ///
    /// ```
    /// use makeready::{Orientation, Quarter};
    ///
    /// assert!(Orientation::FLOP.mirrored());
    /// assert!(!Orientation::from(Quarter::Two).mirrored());
    /// ```
    #[must_use]
    pub const fn mirrored(self) -> bool {
        self.mirror
    }

    /// Clockwise quarter turns, 0 to 3.
    ///
    /// ```
    /// use makeready::{Orientation, Quarter};
    ///
    /// assert_eq!(Orientation::from(Quarter::Three).quarters(), 3);
    /// // To exchange top and bottom is to exchange left and right, then turn by 180 degrees.
    /// assert_eq!(Orientation::FLIP.quarters(), 2);
    /// ```
    #[must_use]
    pub const fn quarters(self) -> u8 {
        self.quarters
    }

    /// Tells whether width and height are exchanged.
    ///
    /// ```
    /// use makeready::{Orientation, Quarter};
    ///
    /// assert!(Orientation::from(Quarter::One).transposes());
    /// assert!(!Orientation::FLIP.transposes());
    /// ```
    #[must_use]
    pub const fn transposes(self) -> bool {
        self.quarters % 2 == 1
    }

    /// This, then `next`.
    pub(crate) const fn then(self, next: Self) -> Self {
        // A mirror turns a turn around: mirror(turn(x, q)) = turn(mirror(x), -q).
        let turned = if next.mirror { 4 - self.quarters } else { self.quarters };
        Self::of(self.mirror != next.mirror, (turned + next.quarters) % 4)
    }

    /// The orientation that undoes it.
    pub(crate) const fn inverse(self) -> Self {
        if self.mirror { self } else { Self::of(false, (4 - self.quarters) % 4) }
    }

    /// The size of an image of `size` after it.
    pub(crate) const fn size(self, size: Size) -> Size {
        if self.transposes() { size.transposed() } else { size }
    }

    /// The place of `rect` of an image of `size` after it.
    pub(crate) const fn rect(self, rect: Rect, size: Size) -> Rect {
        let mut r = rect;
        let mut width = size.width;
        let mut height = size.height;
        if self.mirror {
            r.x = width - r.x - r.width;
        }
        let mut left = self.quarters;
        while left > 0 {
            r = Rect::new(height - r.y - r.height, r.x, r.height, r.width);
            (width, height) = (height, width);
            left -= 1;
        }
        r
    }
}

impl From<Quarter> for Orientation {
    fn from(turns: Quarter) -> Self {
        Self::of(
            false,
            match turns {
                Quarter::One => 1,
                Quarter::Two => 2,
                Quarter::Three => 3,
            },
        )
    }
}

impl std::fmt::Display for Orientation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let degrees = u32::from(self.quarters) * 90;
        match (self.mirror, self.quarters) {
            (true, 0) => write!(f, "flop"),
            (true, 2) => write!(f, "flip"),
            (true, _) => write!(f, "flop, rotate {degrees}"),
            (false, _) => write!(f, "rotate {degrees}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Orientation> {
        (1..=8).map(Orientation::from_exif)
    }

    #[test]
    fn tags_round_trip() {
        for tag in 1..=8 {
            assert_eq!(Orientation::from_exif(tag).to_exif(), tag);
        }
        assert_eq!(Orientation::from_exif(0), Orientation::NORMAL);
        assert_eq!(Orientation::from_exif(9), Orientation::NORMAL);
    }

    #[test]
    fn a_group_acts_on_rectangles() {
        let size = Size::new(7, 5);
        let pixel = Rect::new(1, 3, 2, 1);
        for a in all() {
            assert_eq!(a.then(a.inverse()), Orientation::NORMAL);
            for b in all() {
                let one_by_one = b.rect(a.rect(pixel, size), a.size(size));
                assert_eq!(a.then(b).rect(pixel, size), one_by_one, "{a} then {b}");
            }
        }
    }

    #[test]
    fn a_quarter_turn_is_clockwise() {
        let turn = Orientation::from(Quarter::One);
        let top_left = Rect::new(0, 0, 1, 1);
        assert_eq!(turn.rect(top_left, Size::new(4, 3)), Rect::new(2, 0, 1, 1));
    }
}
