//! Colours as points whose distance is how unlike they look.

use super::Entry;

/// Lightness, red against green, yellow against blue, alpha; in sixteenths of a level.
pub(super) type Point = [i32; 4];

/// The largest lightness.
pub(super) const MOST: i32 = 4080;

/// Steps of a level.
pub(super) const LEVEL: f64 = 16.0;

/// The colour as it shows: what is half clear counts half.
pub(super) fn premultiplied([r, g, b, alpha]: Entry) -> [u32; 4] {
    let alpha = u32::from(alpha);
    let [r, g, b] = [r, g, b].map(|level| (u32::from(level) * alpha + 127) / 255);
    [r, g, b, alpha]
}

/// The point of a colour: a linear form of its samples, near to Oklab with half as much again of chroma, with which
/// files of the same score came out smaller.
pub(super) fn of(entry: Entry) -> Point {
    let [r, g, b, alpha] = premultiplied(entry).map(u32::cast_signed);
    [
        (77 * r + 150 * g + 29 * b) >> 4,
        (84 * (r - g)) >> 4,
        (57 * r + 63 * g - 120 * b) >> 4,
        (128 * alpha) >> 4,
    ]
}

/// The square of the distance of two points.
pub(super) fn apart(one: Point, other: Point) -> i32 {
    let square = |axis: usize| (one[axis] - other[axis]) * (one[axis] - other[axis]);
    square(0) + square(1) + square(2) + square(3)
}
