//! Stitch: puts pictures on a canvas, or one on another.

use std::ops::Range;

use super::RowOp;
use super::colour::fill;
use super::extend::rows_within;
use crate::error::Result;
use crate::ops::records::{Paint, StitchOp};
use crate::picture::blend::{blend, blend_by, blend_on_opaque};
use crate::picture::geometry::{Rect, covers, overlap};
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};

/// Puts each input at its place, later ones on top; inputs with alpha are blended.
///
/// The background fills what no input covers. Below inputs with alpha there is nothing, so that they stay clear, on a
/// canvas with alpha; on one without, something opaque lies below all of each.
pub(crate) struct Stitch {
    op: StitchOp,
    /// The layout of each input.
    layouts: Vec<Layout>,
    /// Whether opaque inputs leave nothing of the background to be seen.
    covered_by_opaque: bool,
    /// Whether all inputs together do.
    covered: bool,
}

impl Stitch {
    pub(crate) fn new(op: StitchOp, layouts: Vec<Layout>) -> Self {
        let whole = Rect::whole(op.size);
        let places = std::iter::zip(&op.places, &layouts);
        let opaque = places.filter(|(_, layout)| !layout.has_alpha()).map(|(place, _)| *place);
        let covered_by_opaque = op.paint != Paint::OVER || covers(opaque, whole);
        let covered = covered_by_opaque || covers(op.places.iter().copied(), whole);
        Self { op, layouts, covered_by_opaque, covered }
    }

    /// Clears what lies below an input, for a band with alpha.
    fn clear(&self, port: usize, out: &mut Band) {
        let place = self.op.places[port];
        let Some(rows) = overlap(place.rows(), out.rows()) else {
            return;
        };
        let (plane, stride, first) = (out.layout().planes()[0], out.stride(0), out.rows().start);
        let columns = plane.stride(place.x)..plane.stride(place.x + place.width);
        let rows = (rows.start - first) as usize * stride..(rows.end - first) as usize * stride;
        for row in out.plane_mut(0)[rows].chunks_exact_mut(stride) {
            row[columns.clone()].fill(0);
        }
    }

    /// Writes what a band shows of one input.
    fn place(&self, port: usize, input: BandRows<'_>, out: &mut Band) {
        let place = self.op.places[port];
        let Some(rows) = overlap(place.rows(), out.rows()) else {
            return;
        };
        let layout = out.layout();
        let copied = match self.op.paint {
            Paint::OVER => !self.layouts[port].has_alpha(),
            _ => port == 0,
        };
        let channels = layout.channels() as usize;
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
                match (self.op.paint, layout.has_alpha()) {
                    _ if copied => target.copy_from_slice(source),
                    (Paint::OVER, false) => blend_on_opaque(source, target, channels),
                    (Paint::OVER, true) => blend(source, target, channels - 1),
                    (Paint::Blend(by), false) => blend_by::<false>(by, source, target, channels),
                    (Paint::Blend(by), true) => blend_by::<true>(by, source, target, channels - 1),
                    (Paint::Alpha, _) => put_alpha(source, target, channels),
                }
            }
        }
    }
}

/// Puts a row of gray into the alpha of one of pixels.
fn put_alpha(source: &[u8], target: &mut [u8], channels: usize) {
    for (alpha, pixel) in source.iter().zip(target.chunks_exact_mut(channels)) {
        pixel[channels - 1] = *alpha;
    }
}

impl RowOp for Stitch {
    fn needs(&self, rows: Range<u32>, port: usize) -> Range<u32> {
        rows_within(self.op.places[port], rows)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let layout = out.layout();
        let alpha = layout.has_alpha();
        if !(if alpha { self.covered } else { self.covered_by_opaque }) {
            for index in 0..layout.planes().len() {
                fill(out.plane_mut(index), index, layout, self.op.background);
            }
        }
        if alpha && self.op.paint == Paint::OVER {
            (0..inputs.len()).for_each(|port| self.clear(port, out));
        }
        for (port, input) in inputs.iter().enumerate() {
            self.place(port, *input, out);
        }
        Ok(())
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        let Shape { size, layout } = made;
        let alpha = layout.has_alpha();
        if self.op.paint != Paint::OVER {
            work.add(WorkKind::Copy, layout.bytes(size) as f64);
            let seen = self.op.places.get(1).copied().unwrap_or(Rect::whole(size)).size();
            let level = if self.op.paint == Paint::Alpha { 1 } else { 2 };
            work.add_at(WorkKind::Blend, level, layout.bytes(seen) as f64);
            return;
        }
        let covered = if alpha { self.covered } else { self.covered_by_opaque };
        if alpha || !covered {
            work.add(WorkKind::Copy, layout.bytes(size) as f64);
        }
        for (place, input) in std::iter::zip(&self.op.places, &self.layouts) {
            let Some(seen) = place.intersection(Rect::whole(size)) else { continue };
            let samples = layout.bytes(seen.size()) as f64;
            match input.has_alpha() {
                false => work.add(WorkKind::Copy, samples),
                true => work.add_at(WorkKind::Blend, usize::from(alpha), samples),
            }
        }
    }
}
