//! Operations that make each pixel of those around it. Beyond its edges a picture goes on as it is there, or is mirrored.
//!
//! A crop passes through them and keeps as many pixels around it as they reach. Where it ends at an edge of the
//! picture, its edge goes on as that of the picture does; anywhere else nothing beyond its edges is looked at. Scales
//! do not pass: a distance of pixels is another one there.

mod blur;
mod clahe;
mod convolve;
mod gaussian;
mod median;
mod numbers;
mod sharpen;
mod window;

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::crop::Crop;
use super::{AnyPictureOp, Cropped, PictureOp, RowOp};
use crate::error::Result;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::shape::Shape;
use crate::recipe::operations::{Blur, Clahe, Convolve, Median, Sharpen};
pub(super) use window::Window;

/// An operation that makes each pixel of those around it.
trait Neighbourhood: fmt::Display + Clone + Into<AnyPictureOp> {
    /// Refuses options that it cannot have.
    fn check(&self) -> Result<()>;

    /// The pixels that it reaches on either side of one, across and down.
    fn reach(&self) -> (u32, u32);

    /// Tells whether it leaves every pixel as it is.
    fn keeps(&self) -> bool;

    /// Makes the rows where it changes any, as [`PictureOp::rows`].
    fn filter(&self, input: Shape, level: Level) -> Box<dyn RowOp>;
}

/// Makes picture operations of them.
macro_rules! picture_ops {
    ($($Record:ident),+) => {$(
        impl PictureOp for $Record {
            fn layout(&self, input: Layout) -> Result<Layout> {
                self.check().map(|()| input)
            }

            fn shape(&self, input: Shape) -> Result<Shape> {
                Ok(input)
            }

            fn changes_nothing(&self, _: Shape) -> bool {
                self.keeps()
            }

            fn cropped(&self, rect: Rect, input: Size) -> Option<Cropped> {
                let part = reached(rect, self.reach(), input);
                let window = Window::new(self.clone(), rect.moved_from(part.x, part.y));
                Some(Cropped { input: part, op: window.into() })
            }

            fn rows(&self, input: Shape, level: Level) -> Box<dyn RowOp> {
                match self.keeps() {
                    // Premultiplied and divided again, clear pixels would not come back as they were.
                    true => Box::new(Crop { rect: Rect::whole(input.size) }),
                    false => self.filter(input, level),
                }
            }
        }
    )+};
}

picture_ops!(Blur, Sharpen, Median, Convolve, Clahe);

/// The part of a picture that its pixels in `rect` are made from.
fn reached(rect: Rect, (across, down): (u32, u32), size: Size) -> Rect {
    let columns = around(rect.columns(), across, size.width);
    let rows = around(rect.rows(), down, size.height);
    Rect::new(columns.start, rows.start, columns.end - columns.start, rows.end - rows.start)
}

/// The lines of a picture that has `side` of them that some lines are made from; none for none.
fn around(lines: Range<u32>, reach: u32, side: u32) -> Range<u32> {
    let start = lines.start.saturating_sub(reach).min(side);
    if lines.is_empty() {
        return start..start;
    }
    start..lines.end.saturating_add(reach).min(side)
}

/// The line of a picture, counted from one on by a `step` of which `reach` is none; beyond an edge it is the one there.
fn line_at(line: u32, step: usize, reach: u32, side: u32) -> u32 {
    let step = u32::try_from(step).unwrap_or(u32::MAX);
    line.saturating_add(step).saturating_sub(reach).min(side - 1)
}

#[cfg(test)]
mod tests;
