//! Extend: adds edges of a colour, or of the picture itself.

pub(super) mod side;

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use self::side::Side;
use super::colour::{fill, holding};
use super::{AnyPictureOp, Cropped, PictureOp, RowOp};
use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::{Band, BandRows};
use crate::picture::image::{Colour, Layout};
use crate::picture::shape::Shape;
use crate::recipe::operations::Extend;
use crate::recipe::options::{Edges, ExtendMode};

impl fmt::Display for Extend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Edges { top, right, bottom, left } = self.edges;
        write!(f, "extend {top} {right} {bottom} {left} ")?;
        match self.mode {
            ExtendMode::Background => write!(f, "with {}", self.background),
            mode => write!(f, "by {}", mode.name()),
        }
    }
}

impl PictureOp for Extend {
    fn layout(&self, input: Layout) -> Result<Layout> {
        Ok(match self.mode {
            ExtendMode::Background => holding(input, self.background),
            _ => input,
        })
    }

    fn shape(&self, input: Shape) -> Result<Shape> {
        let (edges, Size { width, height }) = (self.edges, input.size);
        let side = |length: u32, before: u32, after: u32| {
            length.checked_add(before).and_then(|sum| sum.checked_add(after))
        };
        match (side(width, edges.left, edges.right), side(height, edges.top, edges.bottom)) {
            (Some(width), Some(height)) => Ok(Shape::new(Size::new(width, height), input.layout)),
            _ => {
                let most = u32::MAX;
                Err(Error::invalid_option(format!("extend {edges:?}: sides are at most {most}")))
            }
        }
    }

    fn changes_nothing(&self, _: Shape) -> bool {
        self.edges == Edges::default()
    }

    /// Where nothing is left of the picture, it stays as it is; and where edges that the picture makes are left.
    fn cropped(&self, rect: Rect, input: Size) -> Option<Cropped> {
        let place = self.place(input);
        let seen = place.intersection(rect)?;
        if self.mode != ExtendMode::Background && seen != rect {
            return None;
        }
        let edges = Edges {
            left: seen.x - rect.x,
            top: seen.y - rect.y,
            right: rect.x + rect.width - (seen.x + seen.width),
            bottom: rect.y + rect.height - (seen.y + seen.height),
        };
        let op = Self { edges, ..self.clone() }.into();
        Some(Cropped { input: seen.moved_from(place.x, place.y), op })
    }

    fn scaled(&self, scale: u32) -> Option<AnyPictureOp> {
        // Of a smaller picture the edges would be made of other pixels.
        if self.mode != ExtendMode::Background {
            return None;
        }
        let Edges { top, right, bottom, left } = self.edges;
        let whole = [top, right, bottom, left].iter().all(|edge| edge.is_multiple_of(scale));
        let edges = Edges {
            top: top / scale,
            right: right / scale,
            bottom: bottom / scale,
            left: left / scale,
        };
        whole.then(|| Self { edges, ..self.clone() }.into())
    }

    fn recoloured(
        &self,
        change: &dyn Fn(Colour) -> Result<Colour>,
    ) -> Result<Option<AnyPictureOp>> {
        Ok(Some(Self { background: change(self.background)?, ..self.clone() }.into()))
    }

    fn rows(&self, input: Shape, _: Level) -> Box<dyn RowOp> {
        let place = self.place(input.size);
        if self.mode == ExtendMode::Background {
            return Box::new(ExtendRows { place, colour: self.background });
        }
        let Edges { top, right, bottom, left } = self.edges;
        let Size { width, height } = input.size;
        let columns = Side::new(self.mode, left, width, right);
        Box::new(GrownRows { columns, rows: Side::new(self.mode, top, height, bottom) })
    }
}

impl Extend {
    /// Where the picture lies in what it gives.
    fn place(&self, input: Size) -> Rect {
        Rect::new(self.edges.left, self.edges.top, input.width, input.height)
    }
}

/// Puts an interleaved picture at `place` of a larger one of a colour.
struct ExtendRows {
    place: Rect,
    colour: Colour,
}

impl RowOp for ExtendRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows_within(self.place, rows)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (layout, stride, rows) = (out.layout(), out.stride(0), out.rows());
        let plane = layout.planes()[0];
        let left = plane.stride(self.place.x);
        let right = left + plane.stride(self.place.width);
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            if self.place.rows().contains(&y) {
                fill(&mut target[..left], 0, layout, self.colour);
                target[left..right].copy_from_slice(inputs[0].row(0, y - self.place.y));
                fill(&mut target[right..], 0, layout, self.colour);
            } else {
                fill(target, 0, layout, self.colour);
            }
        }
        Ok(())
    }
}

/// Puts an interleaved picture into a larger one that it fills by itself.
struct GrownRows {
    columns: Side,
    rows: Side,
}

impl RowOp for GrownRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        self.rows.needed(rows)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (stride, rows, pixel) = (out.stride(0), out.rows(), out.layout().planes()[0].stride(1));
        let inside = self.columns.inside();
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            let source = inputs[0].row(0, self.rows.at(y));
            let sample = |x: u32| x as usize * pixel;
            target[sample(inside.start)..sample(inside.end)].copy_from_slice(source);
            for x in (0..inside.start).chain(inside.end..self.columns.whole()) {
                let from = sample(self.columns.at(x));
                target[sample(x)..sample(x + 1)].copy_from_slice(&source[from..from + pixel]);
            }
        }
        Ok(())
    }
}

/// The rows of what lies at `place` that rows `rows` of the whole show. Where there are none, the empty
/// range says which come next, so that what was passed can be let go.
pub(crate) fn rows_within(place: Rect, rows: Range<u32>) -> Range<u32> {
    let within = |row: u32| row.clamp(place.y, place.rows().end) - place.y;
    within(rows.start)..within(rows.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_within_a_place_are_those_shown_or_say_which_come_next() {
        let place = Rect::new(0, 10, 1, 5);
        for (rows, expected) in [
            (0..4, 0..0),
            (8..10, 0..0),
            (10..10, 0..0),
            (9..11, 0..1),
            (10..15, 0..5),
            (12..13, 2..3),
            (12..12, 2..2),
            (14..20, 4..5),
            (15..20, 5..5),
            (0..u32::MAX, 0..5),
        ] {
            assert_eq!(rows_within(place, rows.clone()), expected, "{rows:?}");
        }
    }
}
