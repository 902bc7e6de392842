//! Stitch: a grid, or a canvas with given places.

use crate::error::{Error, Result};
use crate::picture::geometry::{Position, Rect, Size};
use crate::picture::image::Colour;

/// How the inputs of a stitch lie.
///
/// In a grid the cells of a row share its height and those of a column its width; a smaller input lies in
/// its cell by [`position`](Self::position). On a canvas every input has its place; later ones lie on top.
/// Inputs with alpha are blended over the inputs below them; where nothing opaque lies below all of one it stays
/// clear, and the output has alpha where its format can hold it. [`flatten`](crate::Pipeline::flatten) is the way to
/// be rid of it.
///
/// ```
/// use makeready::{Colour, Image, Layout, Pipeline, Size, Stitch};
///
/// let dot = Image::new(Size::new(1, 1), Layout::Gray, vec![200])?;
/// let pair = Stitch::across(2).gap(1).background(Colour::WHITE);
/// let row = Pipeline::stitch(pair, [dot.clone(), dot]).pixels()?;
/// assert_eq!(row.data(), [200, 255, 200]);
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stitch {
    /// A grid or a canvas.
    pub arrangement: Arrangement,
    /// Pixels between neighbouring cells of a grid. Default 0; a canvas has no cells.
    pub gap: u32,
    /// The left top corner of each input on a canvas, in the order of the inputs.
    pub at: Vec<(u32, u32)>,
    /// Fills what no input covers, and does not lie below inputs with alpha. Default opaque black; with an alpha below
    /// 255 the output has alpha.
    pub background: Colour,
    /// Where a smaller input lies in its cell of a grid. Default [`Position::Centre`].
    pub position: Position,
}

/// Where the inputs of a stitch lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrangement {
    /// Row by row, so many cells across; at least 1.
    Grid(u32),
    /// At given places on a canvas of this size.
    Canvas(Size),
}

impl Stitch {
    /// A grid of `across` inputs in a row, as many rows as it takes.
    #[must_use]
    pub fn across(across: u32) -> Self {
        Self::of(Arrangement::Grid(across))
    }

    /// A canvas; [`at`](Self::at) gives the places.
    #[must_use]
    pub fn canvas(width: u32, height: u32) -> Self {
        Self::of(Arrangement::Canvas(Size::new(width, height)))
    }

    fn of(arrangement: Arrangement) -> Self {
        Self {
            arrangement,
            gap: 0,
            at: Vec::new(),
            background: Colour::BLACK,
            position: Position::default(),
        }
    }

    /// Sets [`gap`](Self::gap).
    #[must_use]
    pub fn gap(mut self, pixels: u32) -> Self {
        self.gap = pixels;
        self
    }

    /// Sets [`at`](Self::at).
    #[must_use]
    pub fn at(mut self, places: impl IntoIterator<Item = (u32, u32)>) -> Self {
        self.at = places.into_iter().collect();
        self
    }

    /// Sets [`background`](Self::background).
    #[must_use]
    pub fn background(mut self, background: Colour) -> Self {
        self.background = background;
        self
    }

    /// Sets [`position`](Self::position).
    #[must_use]
    pub fn position(mut self, position: Position) -> Self {
        self.position = position;
        self
    }

    /// The canvas and the place of each input.
    ///
    /// # Errors
    /// `invalid_option` when there is no input, a grid is 0 across, or a place is missing, left over or
    /// outside the canvas.
    pub(crate) fn resolve(&self, inputs: &[Size]) -> Result<(Size, Vec<Rect>)> {
        if inputs.is_empty() {
            return Err(Error::invalid_option("a stitch needs 1 input or more, found none"));
        }
        match self.arrangement {
            Arrangement::Grid(0) => {
                Err(Error::invalid_option("a stitch is 1 input across or more, found 0"))
            }
            Arrangement::Grid(_) if !self.at.is_empty() => {
                Err(Error::invalid_option("`at` places inputs on a canvas, found a grid"))
            }
            Arrangement::Canvas(_) if self.gap != 0 => {
                Err(Error::invalid_option("`gap` parts the cells of a grid, found a canvas"))
            }
            Arrangement::Grid(across) => {
                grid(across as usize, u64::from(self.gap), self.position, inputs)
            }
            Arrangement::Canvas(size) => canvas(size, &self.at, inputs),
        }
    }
}

/// The start of every cell along one axis, and the end of the last.
fn cell_starts(lengths: &[u32], gap: u64) -> (Vec<u64>, u64) {
    let mut end = 0;
    let mut starts = Vec::new();
    for (i, &length) in lengths.iter().enumerate() {
        let start = if i == 0 { 0 } else { end + gap };
        starts.push(start);
        end = start + u64::from(length);
    }
    (starts, end)
}

fn grid(across: usize, gap: u64, position: Position, inputs: &[Size]) -> Result<(Size, Vec<Rect>)> {
    let across = across.min(inputs.len());
    let mut widths = vec![0; across];
    let mut heights = vec![0; inputs.len().div_ceil(across)];
    for (i, input) in inputs.iter().enumerate() {
        widths[i % across] = input.width.max(widths[i % across]);
        heights[i / across] = input.height.max(heights[i / across]);
    }
    let (columns, width) = cell_starts(&widths, gap);
    let (rows, height) = cell_starts(&heights, gap);
    // All starts are below the ends, so that the ends alone tell whether everything fits.
    let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else {
        return Err(Error::invalid_option(format!(
            "a grid of {width}x{height}: sides are at most {}",
            u32::MAX
        )));
    };
    let narrow = |side: u64| u32::try_from(side).unwrap_or(u32::MAX);
    let place = |(i, input): (usize, &Size)| {
        let (column, row) = (i % across, i / across);
        let cell = Size::new(widths[column], heights[row]);
        let (x, y) = position.offset(cell, *input, false);
        Rect::new(narrow(columns[column]) + x, narrow(rows[row]) + y, input.width, input.height)
    };
    Ok((Size::new(width, height), inputs.iter().enumerate().map(place).collect()))
}

fn canvas(size: Size, at: &[(u32, u32)], inputs: &[Size]) -> Result<(Size, Vec<Rect>)> {
    if size.width == 0 || size.height == 0 {
        return Err(Error::invalid_option(format!("a canvas of {size}: each side is 1 or more")));
    }
    if at.len() != inputs.len() {
        return Err(Error::invalid_option(format!(
            "a canvas takes one place an input: expected {}, found {}",
            inputs.len(),
            at.len()
        )));
    }
    let mut places = Vec::new();
    for (index, (&(x, y), input)) in at.iter().zip(inputs).enumerate() {
        let place = Rect::new(x, y, input.width, input.height);
        if !place.fits(size) {
            return Err(Error::invalid_option(format!(
                "input {index} at {place} lies outside the canvas of {size}"
            )));
        }
        places.push(place);
    }
    Ok((size, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_share_heights_and_widths() -> Result<()> {
        let sizes = [Size::new(10, 20), Size::new(30, 10), Size::new(12, 6)];
        let stitch = Stitch::across(2).gap(4).position(Position::SouthEast);
        let (canvas, places) = stitch.resolve(&sizes)?;
        assert_eq!(canvas, Size::new(12 + 4 + 30, 20 + 4 + 6));
        assert_eq!(places[0], Rect::new(2, 0, 10, 20));
        assert_eq!(places[1], Rect::new(16, 10, 30, 10));
        assert_eq!(places[2], Rect::new(0, 24, 12, 6));
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let one = [Size::new(4, 4)];
        let cases = [
            Stitch::across(0),
            Stitch::across(1).at([(0, 0)]),
            Stitch::canvas(9, 9).gap(1).at([(0, 0)]),
            Stitch::canvas(3, 4).at([(0, 0)]),
            Stitch::canvas(4, 4),
            Stitch::canvas(9, 9).at([(0, 0), (1, 1)]),
            Stitch::canvas(u32::MAX, 4).at([(u32::MAX, 0)]),
        ];
        for stitch in cases {
            assert_eq!(stitch.resolve(&one).unwrap_err().code(), "invalid_option", "{stitch:?}");
        }
    }
}
