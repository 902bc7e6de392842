//! Maps pixels to the nearest colours of a palette, and passes on what is wrong, after Floyd and Steinberg.

use std::mem;

use super::nearest::Nearest;
use super::point::{self, Point};
use super::{CLEAR, Entry, Pixels};
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::reserve::filled;
use crate::recipe::job::Watch;
use crate::recipe::options::Strength;

/// Dither of strength 1 passes on three quarters of an error, in 1024ths: with all of it, details drown in dots.
const FULL: i32 = 768;

/// The largest error that a pixel is given, 16 levels. More comes only of colours that the palette is far from, and would
/// run across what is beside them.
const BOUND: i32 = 256;

/// Bytes of a row of pixels, and of the errors of two.
pub(super) fn memory(size: Size) -> u64 {
    let width = u64::from(size.width);
    width * size_of::<Entry>() as u64 + 2 * (width + 2) * size_of::<Point>() as u64
}

/// How far pixels that are not clear are from the nearest colours: the root of the mean square, in levels.
pub(super) fn error(pixels: Pixels<'_>, palette: &[Entry], watch: &Watch) -> Result<f64> {
    let nearest = Nearest::new(palette)?;
    let (mut sum, mut count, mut index) = (0_u64, 0_u64, 0);
    for row in pixels.rows() {
        watch.check()?;
        for entry in row.filter(|entry| *entry != CLEAR) {
            let wanted = point::of(entry);
            index = nearest.find(wanted, index);
            sum += u64::from(point::apart(wanted, nearest.point(index)).unsigned_abs());
            count += 1;
        }
    }
    Ok((sum as f64 / count.max(1) as f64).sqrt() / point::LEVEL)
}

/// Adds the index of every pixel. A row goes to the right, the next one to the left, so that errors do not all move the
/// same way.
pub(super) fn dithered(
    pixels: Pixels<'_>,
    palette: &[Entry],
    dither: Strength,
    indices: &mut Vec<u8>,
    watch: &Watch,
) -> Result<()> {
    let width = pixels.canvas.size().width as usize;
    let mut map = Map::new(palette, dither, width)?;
    let mut entries = filled(CLEAR, width)?;
    for (row, to_left) in pixels.rows().zip([false, true].into_iter().cycle()) {
        watch.check()?;
        entries.iter_mut().zip(row).for_each(|(to, entry)| *to = entry);
        let from = indices.len();
        if to_left {
            entries.reverse();
        }
        map.row(&entries, indices);
        if to_left {
            indices[from..].reverse();
        }
    }
    Ok(())
}

/// The running errors, with a place more at either end.
struct Map {
    nearest: Nearest,
    /// The opaque colours alone, which come last, for pixels that are opaque; and the first of their indices.
    opaque: (Nearest, u8),
    /// The part of an error that is passed on, in 1024ths.
    strength: i32,
    here: Vec<Point>,
    below: Vec<Point>,
}

impl Map {
    fn new(palette: &[Entry], dither: Strength, width: usize) -> Result<Self> {
        let first = palette.iter().position(|entry| entry[3] == 255).unwrap_or(0);
        Ok(Self {
            nearest: Nearest::new(palette)?,
            opaque: (Nearest::new(&palette[first..])?, first.to_le_bytes()[0]),
            strength: dither.of(FULL),
            here: filled([0; 4], width + 2)?,
            below: filled([0; 4], width + 2)?,
        })
    }

    /// Maps a row in the order in which it comes; the next one comes in the other order.
    fn row(&mut self, entries: &[Entry], indices: &mut Vec<u8>) {
        let mut index = 0_u8;
        for (at, &entry) in entries.iter().enumerate() {
            // A clear pixel stays clear, whatever is beside it.
            let error = if entry == CLEAR { [0; 4] } else { self.here[at + 1] };
            let wanted = sum(point::of(entry), error.map(|error| error.clamp(-BOUND, BOUND)));
            index = match (entry[3], &self.opaque) {
                (255, (nearest, first)) => {
                    first + nearest.find(wanted, index.saturating_sub(*first))
                }
                _ => self.nearest.find(wanted, index),
            };
            indices.push(index);
            let found = self.nearest.point(index);
            self.pass_on(at, [0, 1, 2, 3].map(|axis| wanted[axis] - found[axis]));
        }
        mem::swap(&mut self.here, &mut self.below);
        self.here.reverse();
        self.below.fill([0; 4]);
    }

    /// Gives 7/16 of an error to the next pixel, 3, 5 and 1 to those below.
    fn pass_on(&mut self, at: usize, error: Point) {
        let error = error.map(|error| error * self.strength / 1024);
        let pass_on =
            |to: &mut Point, part: i32| *to = sum(*to, error.map(|error| error * part / 16));
        pass_on(&mut self.here[at + 2], 7);
        pass_on(&mut self.below[at], 3);
        pass_on(&mut self.below[at + 1], 5);
        pass_on(&mut self.below[at + 2], 1);
    }
}

fn sum(one: Point, other: Point) -> Point {
    [one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]]
}
