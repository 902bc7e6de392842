//! Cuts cells into as many boxes as there may be colours, after Wu ("Color quantization by dynamic programming and
//! principal analysis", 1992): the box with the largest error is cut where most of it goes away. The means of the boxes
//! are then moved to the means of the cells that they are nearest to, after Lloyd.

use std::ops::Range;

use super::cells::{Cell, Cells};
use super::nearest::Nearest;
use super::{CLEAR, Entry, sort};
use crate::error::Result;
use crate::picture::reserve::reserved;
use crate::recipe::job::Watch;

/// Places along an axis where a box may be cut.
const SLICES: i32 = 128;

/// Rounds in which colours move.
const ROUNDS: usize = 4;

/// Alpha that counts as opaque, so that what was opaque does not begin to shine through beside what is not.
const NEARLY_OPAQUE: u8 = 248;

/// Cells between two questions to the watch.
const STRIDE: usize = 4096;

/// Makes a palette of at most `colours`.
pub(super) fn palette(cells: Cells, colours: usize, watch: &Watch) -> Result<Vec<Entry>> {
    let Cells { mut cells, clear } = cells;
    let mut palette = cut(&mut cells, colours - usize::from(clear), watch)?;
    for _ in 0..ROUNDS {
        palette = moved(&cells, &palette, watch)?;
    }
    palette.iter_mut().filter(|entry| entry[3] >= NEARLY_OPAQUE).for_each(|entry| entry[3] = 255);
    palette.extend(clear.then_some(CLEAR));
    sort(&mut palette);
    Ok(palette)
}

/// The means of the cells that each colour is the nearest to; a colour without cells goes.
fn moved(cells: &[Cell], palette: &[Entry], watch: &Watch) -> Result<Vec<Entry>> {
    let nearest = Nearest::new(palette)?;
    let mut sums = [Cell::default(); 256];
    for cells in cells.chunks(STRIDE) {
        watch.check()?;
        for cell in cells {
            sums[usize::from(nearest.find(cell.at, 0))].add(cell);
        }
    }
    let mut palette: Vec<Entry> = sums.iter().filter(|sum| sum.count > 0).map(Cell::mean).collect();
    sort(&mut palette);
    Ok(palette)
}

/// Cuts cells into at most `most` boxes and gives their means.
fn cut(cells: &mut [Cell], most: usize, watch: &Watch) -> Result<Vec<Entry>> {
    let mut boxes = reserved(most)?;
    boxes.push(ColourBox::new(cells, 0..cells.len()));
    while boxes.len() < most
        && let Some(widest) = widest(&boxes)
    {
        watch.check()?;
        let range = boxes.swap_remove(widest).range;
        let middle = range.start + parted(&mut cells[range.clone()]);
        boxes.extend(
            [range.start..middle, middle..range.end].map(|part| ColourBox::new(cells, part)),
        );
    }
    let mut palette = boxes.iter().map(|it| it.sums.mean()).collect();
    sort(&mut palette);
    Ok(palette)
}

/// The box with the largest error that can be cut.
fn widest(boxes: &[ColourBox]) -> Option<usize> {
    let errors = boxes.iter().map(|it| it.error).enumerate();
    let widest = errors.max_by(|(_, one), (_, other)| one.total_cmp(other));
    widest.filter(|&(_, error)| error > 0.0).map(|(at, _)| at)
}

/// Cells that one colour is to stand for.
struct ColourBox {
    range: Range<usize>,
    sums: Cell,
    /// The sum of the squares of their distances from their mean.
    error: f64,
}

impl ColourBox {
    fn new(cells: &[Cell], range: Range<usize>) -> Self {
        let (mut sums, mut moments) = (Cell::default(), Moments::default());
        let mut squares = 0.0;
        for cell in &cells[range.clone()] {
            sums.add(cell);
            moments.add(cell);
            squares += cell.at.iter().map(|&at| f64::from(at) * f64::from(at)).sum::<f64>()
                * cell.count as f64;
        }
        // One cell has none but what rounding makes.
        let error = if range.len() < 2 { 0.0 } else { squares - moments.kept() };
        Self { range, sums, error }
    }
}

/// Number and sums of the points of some cells.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: f64,
    sums: [f64; 4],
}

impl Moments {
    fn add(&mut self, cell: &Cell) {
        let count = cell.count as f64;
        let sums = cell.at.map(|at| f64::from(at) * count);
        self.join(&Self { count, sums });
    }

    fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, other)| *sum += other);
    }

    fn without(&self, other: &Self) -> Self {
        let sums = [0, 1, 2, 3].map(|axis| self.sums[axis] - other.sums[axis]);
        Self { count: self.count - other.count, sums }
    }

    /// The part of the sum of squares that the mean accounts for.
    fn kept(&self) -> f64 {
        if self.count == 0.0 {
            return 0.0;
        }
        self.sums.iter().map(|sum| sum * sum).sum::<f64>() / self.count
    }
}

/// Parts the cells of a box in two where the error becomes least, and tells how many come first.
fn parted(cells: &mut [Cell]) -> usize {
    let best = (0..4).filter_map(|axis| best_cut(cells, axis));
    let Some((_, axis, below)) = best.max_by(|(one, ..), (other, ..)| one.total_cmp(other)) else {
        return cells.len() / 2;
    };
    cells.sort_unstable_by_key(|cell| (cell.at[axis] >= below, cell.at));
    cells.partition_point(|cell| cell.at[axis] < below)
}

/// The best cut across an axis: the part of the squares that it accounts for, the axis, and where the upper part begins.
fn best_cut(cells: &[Cell], axis: usize) -> Option<(f64, usize, i32)> {
    let places = || cells.iter().map(|cell| cell.at[axis]);
    let (low, high) = (places().min()?, places().max()?);
    if low == high {
        return None;
    }
    let step = (high - low) / SLICES + 1;
    let mut slices = [Moments::default(); SLICES as usize];
    for cell in cells {
        slices[((cell.at[axis] - low) / step) as usize].add(cell);
    }
    let mut all = Moments::default();
    slices.iter().for_each(|slice| all.join(slice));
    let mut below = Moments::default();
    let cuts = (low..high).step_by(step as usize).zip(&slices).map(|(place, slice)| {
        below.join(slice);
        (below.kept() + all.without(&below).kept(), axis, place + step)
    });
    cuts.filter(|&(.., place)| place <= high).max_by(|(one, ..), (other, ..)| one.total_cmp(other))
}
