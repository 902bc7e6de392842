//! Stitch: a grid, or a canvas with given places.

use super::kind::OptionType;
use super::table::{Field, Name, Options, options, read};
use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Colour;
use crate::picture::position::Position;
use crate::picture::reserve::filled;
use crate::recipe::value::{CallError, Value};

options! {
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
        arrangement [group] (with_arrangement): Arrangement = Arrangement::Grid(1);
        /// Pixels between neighbouring cells of a grid.
        gap (with_gap, gap): u32 = 0;
        /// The left top corner of each input on a canvas, in the order of the inputs; later ones lie on top.
        at (with_at): Vec<(u32, u32)> = Vec::new();
        /// Fills what no input covers, and does not lie below inputs with alpha; with an alpha below 255 the output has
        /// alpha.
        background (with_background, background): Colour = Colour::BLACK;
        /// Where a smaller input lies in its cell of a grid; attention and entropy are no such place.
        position (with_position, position): Position = Position::Centre;
    }
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

impl Options for Arrangement {
    fn fields() -> Vec<Field> {
        let none = || Value::None;
        let field =
            |name, kind, doc| Field { name, kind, default: none, needed: false, range: None, doc };
        vec![
            field("across", u32::KIND, "Inputs in a row of a grid, 1 or more, row by row."),
            field("canvas", Size::KIND, "Width and height of a canvas, in pixels."),
        ]
    }

    fn values(&self) -> Vec<Value> {
        match self {
            Self::Grid(across) => vec![across.write(), Value::None],
            Self::Canvas(size) => vec![Value::None, size.write()],
        }
    }

    fn set(&mut self, of: &'static str, name: &str, value: &Value) -> Result<bool, CallError> {
        let option = |name| Name { of, name, range: None };
        match name {
            "across" => *self = Self::Grid(u32::read(value, &option("across"))?),
            "canvas" => *self = Self::Canvas(Size::read(value, &option("canvas"))?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A stitch is checked when the sizes of its inputs are known.
    fn check(&self, _of: &'static str) -> Result<()> {
        Ok(())
    }
}

impl Stitch {
    /// A grid of `across` inputs in a row, as many rows as it takes.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size, Stitch};
    ///
    /// let dot = Image::new(Size::new(1, 1), Layout::Gray, vec![7])?;
    /// let grid = Pipeline::stitch(Stitch::across(2), [dot.clone(), dot.clone(), dot]);
    /// assert_eq!(grid.pixels()?.data(), [7, 7, 7, 0]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn across(across: u32) -> Self {
        Self::of(Arrangement::Grid(across))
    }

    /// A canvas; [`at`](Self::at) gives the places.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size, Stitch};
    ///
    /// let dot = Image::new(Size::new(1, 1), Layout::Gray, vec![7])?;
    /// let canvas = Pipeline::stitch(Stitch::canvas(3, 1).at([(1, 0)]), [dot]);
    /// assert_eq!(canvas.pixels()?.data(), [0, 7, 0]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn canvas(width: u32, height: u32) -> Self {
        Self::of(Arrangement::Canvas(Size::new(width, height)))
    }

    fn of(arrangement: Arrangement) -> Self {
        Self::new().with_arrangement(arrangement)
    }

    /// Sets [`at`](Self#structfield.at).
    ///
    /// ```
    /// use makeready::Stitch;
    ///
    /// let diagonal = Stitch::canvas(20, 20).at((0..2).map(|i| (10 * i, 10 * i)));
    /// assert_eq!(diagonal.at, [(0, 0), (10, 10)]);
    /// ```
    #[must_use]
    pub fn at(self, places: impl IntoIterator<Item = (u32, u32)>) -> Self {
        self.with_at(places.into_iter().collect())
    }

    /// A stitch by the names of its options, either `across` or `canvas` among them.
    pub(crate) fn read(given: &[(String, Value)]) -> Result<Self, CallError> {
        let is = |wanted: &str| {
            given.iter().any(|(name, value)| name == wanted && !matches!(value, Value::None))
        };
        let found = match (is("across"), is("canvas")) {
            (false, false) => "neither",
            (true, true) => "both",
            _ => return read("stitch", given),
        };
        Err(Error::invalid_option(format!("a stitch is given `across` or `canvas`, found {found}"))
            .into())
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
        self.position.check_place("stitch position")?;
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
    let mut widths = filled(0, across)?;
    let mut heights = filled(0, inputs.len().div_ceil(across))?;
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
