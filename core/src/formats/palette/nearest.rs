//! Finds the colour of a palette that is nearest to a point.

use super::Entry;
use super::point::{self, MOST, Point};
use crate::error::Result;
use crate::picture::reserve::reserved;

/// Levels of lightness a step of the index below.
const STEP: i32 = 32;
const STEPS: usize = (MOST / STEP) as usize + 1;

/// The points of a palette.
pub(super) struct Nearest {
    points: Vec<Point>,
    /// The same by their lightness, each with its index.
    sorted: Vec<(Point, u8)>,
    /// For every step of lightness the number of points that are darker.
    darker: [usize; STEPS],
}

impl Nearest {
    /// Of a palette of 1 to 256 colours.
    pub(super) fn new(palette: &[Entry]) -> Result<Self> {
        let mut points = reserved(palette.len())?;
        points.extend(palette.iter().map(|&entry| point::of(entry)));
        let mut sorted: Vec<(Point, u8)> = reserved(palette.len())?;
        sorted.extend(points.iter().copied().zip(0..=255));
        sorted.sort_unstable();
        let mut darker = [0; STEPS];
        for (darker, step) in darker.iter_mut().zip(0..) {
            *darker = sorted.partition_point(|(point, _)| point[0] < step * STEP);
        }
        Ok(Self { points, sorted, darker })
    }

    /// The point of an index.
    pub(super) fn point(&self, index: u8) -> Point {
        self.points[usize::from(index)]
    }

    /// The index of the nearest colour. Looks at points less and less alike in lightness until that alone is farther than
    /// the nearest so far; begins with that of `guess`.
    pub(super) fn find(&self, point: Point, guess: u8) -> u8 {
        let step = (point[0].clamp(0, MOST) / STEP) as usize;
        let (darker, lighter) = self.sorted.split_at(self.darker[step]);
        let mut nearest = (point::apart(point, self.point(guess)), guess);
        take_nearest(&mut nearest, point, lighter.iter(), |other| other - point[0]);
        take_nearest(&mut nearest, point, darker.iter().rev(), |other| point[0] - other);
        nearest.1
    }
}

/// Takes the nearest of points whose lightness is ever farther, by `beyond`.
fn take_nearest<'a>(
    nearest: &mut (i32, u8),
    point: Point,
    others: impl Iterator<Item = &'a (Point, u8)>,
    beyond: impl Fn(i32) -> i32,
) {
    for &(other, index) in others {
        let light = beyond(other[0]);
        if light > 0 && light * light >= nearest.0 {
            break;
        }
        let apart = point::apart(point, other);
        if apart < nearest.0 {
            *nearest = (apart, index);
        }
    }
}
