//! Stitch: puts pictures on a canvas.

use std::ops::Range;

use super::RowOp;
use super::alpha::{blend, blend_on_opaque};
use super::colour::fill;
use super::extend::rows_within;
use crate::error::Result;
use crate::geometry::{Rect, overlap};
use crate::image::Layout;
use crate::image::band::{Band, Rows};
use crate::plan::StitchOp;

/// Puts each input at its place, later ones on top; inputs with alpha are blended.
pub(crate) struct Stitch {
    op: StitchOp,
    /// The layout of each input.
    layouts: Vec<Layout>,
    /// Whether opaque inputs leave nothing of the background to be seen.
    covered: bool,
}

impl Stitch {
    pub(crate) fn new(op: StitchOp, layouts: Vec<Layout>) -> Self {
        let opaque: Vec<Rect> = std::iter::zip(&op.places, &layouts)
            .filter(|(_, layout)| !layout.has_alpha())
            .map(|(place, _)| *place)
            .collect();
        let apart = opaque
            .iter()
            .enumerate()
            .all(|(i, a)| opaque[..i].iter().all(|b| a.intersection(*b).is_none()));
        let area: u64 = opaque.iter().map(|place| place.size().pixels()).sum();
        let covered = apart && area == op.size.pixels();
        Self { op, layouts, covered }
    }

    /// Writes what a band shows of one input.
    fn place(&self, port: usize, input: Rows<'_>, out: &mut Band) {
        let place = self.op.places[port];
        let Some(rows) = overlap(place.rows(), out.rows()) else {
            return;
        };
        let layout = out.layout();
        let blended = self.layouts[port].has_alpha();
        for (index, plane) in layout.planes().iter().enumerate() {
            let stride = out.stride(index);
            let left = plane.stride(place.x);
            let width = plane.stride(place.width);
            let first = plane.rows(&out.rows()).start;
            let target = out.plane_mut(index);
            for y in plane.rows(&rows) {
                let at = (y - first) as usize * stride + left;
                let target = &mut target[at..at + width];
                let source = input.row(index, y - place.y / plane.sub_y);
                match (blended, layout.has_alpha()) {
                    (false, _) => target.copy_from_slice(source),
                    (true, false) => blend_on_opaque(source, target, layout.channels() as usize),
                    (true, true) => blend(source, target, layout.channels() as usize - 1),
                }
            }
        }
    }
}

impl RowOp for Stitch {
    fn needs(&self, rows: Range<u32>, port: usize) -> Range<u32> {
        rows_within(self.op.places[port], rows)
    }

    fn run(&self, inputs: &[Rows<'_>], out: &mut Band) -> Result<()> {
        if !self.covered {
            let layout = out.layout();
            for index in 0..layout.planes().len() {
                fill(out.plane_mut(index), index, layout, self.op.background);
            }
        }
        for (port, input) in inputs.iter().enumerate() {
            self.place(port, *input, out);
        }
        Ok(())
    }
}
