//! Extend: adds edges of a colour.

use std::ops::Range;

use super::RowOp;
use super::colour::fill;
use crate::error::Result;
use crate::picture::geometry::{Rect, overlap};
use crate::picture::image::Colour;
use crate::picture::image::band::{Band, Rows};

/// Puts an interleaved picture at `place` of a larger one of a colour.
pub(crate) struct Extend {
    pub(crate) place: Rect,
    pub(crate) colour: Colour,
}

impl RowOp for Extend {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows_within(self.place, rows)
    }

    fn run(&self, inputs: &[Rows<'_>], out: &mut Band) -> Result<()> {
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

/// The rows of what lies at `place` that rows `rows` of the whole show. Where there are none, the empty
/// range says which come next, so that what was passed can be let go.
pub(crate) fn rows_within(place: Rect, rows: Range<u32>) -> Range<u32> {
    match overlap(place.rows(), rows.clone()) {
        Some(seen) => seen.start - place.y..seen.end - place.y,
        None if rows.start < place.y => 0..0,
        None => place.height..place.height,
    }
}
