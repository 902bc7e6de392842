//! The way from the pixels that are made back to those they are made of.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::picture::geometry::Size;

/// The way from a picture back to the one it is made of. Both have one middle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Map {
    pub(super) from: Size,
    pub(super) to: Size,
    /// The matrix that a way from the middle is multiplied with.
    back: [[f64; 2]; 2],
}

/// Parts of a pixel that places are told apart by.
pub(super) const PARTS: u32 = 256;

/// Units of a place, in which a row of pixels is walked along.
const UNITS: f64 = (1_u64 << 32) as f64;

/// The farthest place, in pixels.
const FARTHEST: f64 = (1_u32 << 30) as f64;

impl Map {
    /// A turn.
    ///
    /// # Errors
    /// `invalid_option` where the picture would be too large for any.
    pub(super) fn turned(sine: f64, cosine: f64, from: Size) -> Result<Self> {
        let to = held("rotate", [[cosine, -sine], [sine, cosine]], from)?;
        Ok(Self { from, to, back: [[cosine, sine], [-sine, cosine]] })
    }

    /// The way back of a matrix, for the operation of this name.
    ///
    /// # Errors
    /// `invalid_option` of a matrix that makes a line of a picture, and where the picture would be too large for any.
    pub(super) fn new(name: &str, matrix: [[f64; 2]; 2], from: Size) -> Result<Self> {
        let to = held(name, matrix, from)?;
        let [[a, b], [c, d]] = matrix;
        let area = a * d - b * c;
        let back = [[d / area, -b / area], [-c / area, a / area]];
        let map = Self { from, to, back };
        let sides = [0.0, f64::from(to.width)];
        let places = sides.map(|x| [0.0, f64::from(to.height)].map(|y| map.source(x, y)));
        let is_near = |(x, y): (f64, f64)| x.abs() <= FARTHEST && y.abs() <= FARTHEST;
        if !places.into_iter().flatten().all(is_near) {
            let what =
                format!("{name} of {from} by {matrix:?}: it makes nearly a line of the picture");
            return Err(Error::invalid_option(what));
        }
        Ok(map)
    }

    pub(super) const fn none(size: Size) -> Self {
        Self { from: size, to: size, back: [[1.0, 0.0], [0.0, 1.0]] }
    }

    /// The place in the source of the middle of a pixel, counted from the middle of its first one.
    pub(super) fn source(&self, x: f64, y: f64) -> (f64, f64) {
        let x = x + 0.5 - f64::from(self.to.width) / 2.0;
        let y = y + 0.5 - f64::from(self.to.height) / 2.0;
        let (width, height) = (f64::from(self.from.width), f64::from(self.from.height));
        let [[a, b], [c, d]] = self.back;
        (x * a + y * b + width / 2.0 - 0.5, y * d + x * c + height / 2.0 - 0.5)
    }

    /// The source rows that rows of the picture reach down to, from the first that they or later ones need: of each place as many
    /// rows above and below as `reach`.
    pub(super) fn needed(&self, rows: Range<u32>, reach: u32) -> Range<u32> {
        if rows.is_empty() {
            return 0..0;
        }
        let sides = [0.0, f64::from(self.to.width - 1)];
        let places = |first: u32, last: u32| {
            let ends = [first, last].map(f64::from);
            sides.map(|x| ends.map(|y| self.source(x, y).1)).into_iter().flatten()
        };
        let start = places(rows.start, self.to.height - 1).fold(f64::INFINITY, f64::min);
        let end = places(0, rows.end - 1).fold(f64::NEG_INFINITY, f64::max);
        let last = self.from.height - 1;
        let row = |place: f64| whole(place.clamp(0.0, last.into()));
        let start = row(start - f64::from(reach - 1));
        start..row(end).saturating_add(reach).min(last) + 1
    }
}

/// The size of the picture that holds all that a matrix makes of one.
fn held(name: &str, [[a, b], [c, d]]: [[f64; 2]; 2], from: Size) -> Result<Size> {
    let (width, height) = (f64::from(from.width), f64::from(from.height));
    // Less than a thousandth of a pixel is nothing.
    let side = |across: f64, down: f64| {
        (width * across.abs() + height * down.abs() - 0.001).ceil().max(1.0)
    };
    let (width, height) = (side(a, b), side(c, d));
    let largest = f64::from(u32::MAX);
    if !(width <= largest && height <= largest) {
        let what = format!("{name} makes a picture of {from} one of {width}x{height}");
        return Err(Error::invalid_option(what));
    }
    #[allow(clippy::cast_possible_truncation, reason = "compared above")]
    #[allow(clippy::cast_sign_loss, reason = "1 or more")]
    let size = Size::new(width as u32, height as u32);
    Ok(size)
}

#[allow(clippy::cast_possible_truncation, reason = "a place in a picture")]
#[allow(clippy::cast_sign_loss, reason = "a place in a picture")]
pub(super) fn whole(place: f64) -> u32 {
    place as u32
}

/// The place in the source of the first pixel of a row, in units, counted from the pixel before the first one on each side,
/// and the way to the next.
#[derive(Clone, Copy)]
pub(super) struct Walk {
    x: i64,
    y: i64,
    across: i64,
    down: i64,
}

impl Walk {
    #[allow(clippy::cast_possible_truncation, reason = "places of pictures, at most 2^30")]
    pub(super) fn new(map: &Map, y: u32) -> Self {
        let (first, row) = map.source(0.0, y.into());
        // To the nearest part of a pixel.
        let place = |place: f64| ((place + 1.0 + 0.5 / f64::from(PARTS)) * UNITS).floor() as i64;
        let way = |way: f64| (way * UNITS).round() as i64;
        let (across, down) = (way(map.back[0][0]), way(map.back[1][0]));
        Self { x: place(first), y: place(row), across, down }
    }

    /// The whole pixels and the parts of one, across and down, and a step on.
    #[inline]
    pub(super) fn next(&mut self) -> [(i64, u32); 2] {
        let here = [split(self.x), split(self.y)];
        (self.x, self.y) = (self.x + self.across, self.y + self.down);
        here
    }
}

/// The whole pixels and the parts of one, of so many units.
#[inline]
fn split(units: i64) -> (i64, u32) {
    let parts = (units >> 24) & i64::from(PARTS - 1);
    (units >> 32, u32::try_from(parts).unwrap_or(0))
}
