//! Operations that make each pixel of the one at its place: crops pass through them, and scales where a mean of pixels may
//! as well be changed as each of them.

mod alpha;
mod extract_channel;
mod fade;
mod gamma;
mod grayscale;
mod lab;
mod levels;
mod linear;
mod modulate;
mod negate;
mod recomb;
mod tables;
mod threshold;
mod tint;

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::convert::map;
use super::{AnyPictureOp, Cropped, PictureOp, RowOp};
use crate::error::Result;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::{Band, BandRows};
use crate::picture::image::{Colour, Layout};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
pub(crate) use fade::Fade;
pub(crate) use grayscale::luma;
pub(super) use grayscale::luma_in_65536ths;
pub(crate) use lab::{colourfulness, lightness};

/// The largest number by which samples are multiplied, which is beyond what has an effect.
const MOST: f64 = 1e6;

/// An operation that makes each pixel of the one at its place.
trait Pointwise: fmt::Display + Clone + Into<AnyPictureOp> {
    /// The layout that it is done in, as [`PictureOp::layout`].
    fn input_layout(&self, input: Layout) -> Result<Layout> {
        Ok(input)
    }

    /// The layout that it gives of that.
    fn output_layout(&self, input: Layout) -> Result<Layout> {
        Ok(input)
    }

    /// Tells whether pixels of this layout stay as they are.
    fn keeps(&self, _input: Layout) -> bool {
        false
    }

    /// Tells whether it makes of a mean of pixels about the mean of what it makes of them.
    fn keeps_means(&self) -> bool {
        false
    }

    /// As [`PictureOp::sees_luma_alone`].
    fn is_of_luma(&self) -> bool {
        false
    }

    /// The same with its colour changed, as [`PictureOp::recoloured`].
    fn with_colour(&self, _change: &dyn Fn(Colour) -> Result<Colour>) -> Result<Option<Self>> {
        Ok(None)
    }

    /// The change of the pixels of a row.
    fn change(&self, input: Layout) -> Change;
}

/// Makes a row of another, of as many pixels.
struct Change {
    /// How it is done, as its time depends on it.
    by: By,
    row: Box<ChangeRow>,
}

/// Fills a row of what it makes of another.
type ChangeRow = dyn Fn(&[u8], &mut [u8]) + Send + Sync;

/// How pixels are changed.
#[derive(Debug, Clone, Copy)]
enum By {
    /// Samples are moved, added or looked up.
    Samples,
    /// As eyes see them.
    Sight,
}

impl Change {
    fn new(by: By, row: impl Fn(&[u8], &mut [u8]) + Send + Sync + 'static) -> Self {
        Self { by, row: Box::new(row) }
    }

    /// Of the colours of each pixel what `change` makes of them; alpha stays.
    fn of_colours(
        by: By,
        input: Layout,
        change: impl Fn([u8; 3]) -> [u8; 3] + Send + Sync + 'static,
    ) -> Self {
        Self::new(by, move |from, to| match input {
            Layout::Rgba => map::<4, 4>(from, to, |[r, g, b, alpha]| {
                let [r, g, b] = change([r, g, b]);
                [r, g, b, alpha]
            }),
            _ => map::<3, 3>(from, to, &change),
        })
    }
}

impl<T: Pointwise> PictureOp for T {
    fn layout(&self, input: Layout) -> Result<Layout> {
        self.input_layout(input)
    }

    fn shape(&self, input: Shape) -> Result<Shape> {
        Ok(Shape::new(input.size, self.output_layout(input.layout)?))
    }

    fn changes_nothing(&self, input: Shape) -> bool {
        self.keeps(input.layout)
    }

    fn cropped(&self, rect: Rect, _: Size) -> Option<Cropped> {
        Some(Cropped { input: rect, op: self.clone().into() })
    }

    fn scaled(&self, _: u32) -> Option<AnyPictureOp> {
        self.keeps_means().then(|| self.clone().into())
    }

    fn recoloured(
        &self,
        change: &dyn Fn(Colour) -> Result<Colour>,
    ) -> Result<Option<AnyPictureOp>> {
        Ok(self.with_colour(change)?.map(Into::into))
    }

    fn sees_luma_alone(&self) -> bool {
        self.is_of_luma()
    }

    fn rows(&self, input: Shape, _: Level) -> Box<dyn RowOp> {
        Box::new(PointRows { change: self.change(input.layout) })
    }
}

/// Changes the pixels of each row.
struct PointRows {
    change: Change,
}

impl RowOp for PointRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (stride, rows) = (out.stride(0), out.rows());
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            (self.change.row)(inputs[0].row(0, y), target);
        }
        Ok(())
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        let pixels = made.size.pixels() as f64;
        work.add_at(WorkKind::Point, self.change.by as usize, pixels);
    }
}

#[cfg(test)]
mod tests;
