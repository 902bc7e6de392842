//! Counts pixels in cells: colours that have the high bits of their samples in common.

use super::point::{self, Point};
use super::{CLEAR, Entry, Pixels};
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::reserve::{filled, reserved};
use crate::recipe::job::Watch;

/// The pixels of a cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    /// Their mean.
    pub(super) at: Point,
    /// Their number.
    pub(super) count: u64,
    /// The sums of their samples, as they show, and of their alpha.
    pub(super) sums: [u64; 4],
}

impl Cell {
    /// Adds the pixels of another cell.
    pub(super) fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, other)| *sum += other);
    }

    /// The mean of its pixels.
    pub(super) fn mean(&self) -> Entry {
        let [r, g, b, alpha] = self.sums;
        let level = |sum: u64, of: u64| (sum * 255 + of / 2).checked_div(of).unwrap_or(0).min(255);
        let [r, g, b] = [r, g, b].map(|sum| level(sum, alpha));
        [r, g, b, level(alpha, 255 * self.count)].map(|level| level.to_le_bytes()[0])
    }
}

/// The cells of a picture, and whether some of its pixels are clear, which are in none.
pub(super) struct Cells {
    pub(super) cells: Vec<Cell>,
    pub(super) clear: bool,
}

/// Five bits of each sample and three of alpha.
const KEYS: usize = 1 << 18;
const OPAQUE_KEYS: usize = 1 << 15;

/// The largest number of cells, and of their keys.
fn most(size: Size, layout: Layout) -> (u64, usize) {
    let keys = if layout.has_alpha() { KEYS } else { OPAQUE_KEYS };
    (size.pixels().min(keys as u64), keys)
}

/// An upper bound of the bytes that counting takes.
pub(super) fn memory(size: Size, layout: Layout) -> u64 {
    let (cells, keys) = most(size, layout);
    cells * size_of::<Cell>() as u64 + (keys * size_of::<u32>()) as u64
}

/// Counts the pixels of a picture.
pub(super) fn count(pixels: Pixels<'_>, watch: &Watch) -> Result<Cells> {
    let (most, keys) = most(pixels.canvas.size(), pixels.canvas.layout());
    let mut cells: Vec<Cell> = reserved(usize::try_from(most).unwrap_or(usize::MAX))?;
    let mut places = filled(u32::MAX, keys)?;
    let mut clear = false;
    for row in pixels.rows() {
        watch.check()?;
        for entry in row {
            if entry == CLEAR {
                clear = true;
                continue;
            }
            let place = &mut places[key(entry) % keys];
            if *place == u32::MAX {
                *place = u32::try_from(cells.len()).unwrap_or(0);
                cells.push(Cell::default());
            }
            let sums = point::premultiplied(entry).map(u64::from);
            cells[*place as usize].add(&Cell { count: 1, sums, ..Cell::default() });
        }
    }
    for cell in &mut cells {
        cell.at = point::of(cell.mean());
    }
    Ok(Cells { cells, clear })
}

/// The key of a colour; without alpha it is below [`OPAQUE_KEYS`].
fn key([r, g, b, alpha]: Entry) -> usize {
    let high = |level: u8| usize::from(level >> 3);
    // Opaque ones are apart from all others, as they are to stay opaque.
    let clear = (usize::from(255 - alpha) * 7).div_ceil(255);
    clear << 15 | high(r) << 10 | high(g) << 5 | high(b)
}
