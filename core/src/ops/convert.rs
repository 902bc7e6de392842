//! Convert: changes the layout.

use std::fmt;
use std::ops::Range;

use makeready_kernels::{Level, jpeg_decode};

use super::{AnyPictureOp, Cropped, PictureOp, RowOp};
use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};

/// Changes the layout: gray to colour, opaque to alpha, planes of full size to RGB.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Convert {
    pub(crate) layout: Layout,
}

impl fmt::Display for Convert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "convert to {}", self.layout)
    }
}

impl PictureOp for Convert {
    fn shape(&self, input: Shape) -> Result<Shape> {
        let (from, to) = (input.layout, self.layout);
        let holds_less =
            from.has_colour() && !to.has_colour() || from.has_alpha() && !to.has_alpha();
        if holds_less {
            return Err(Error::internal(format!("{to} does not hold {from}")));
        }
        Ok(Shape::new(input.size, self.layout))
    }

    fn changes_nothing(&self, input: Shape) -> bool {
        input.layout == self.layout
    }

    fn cropped(&self, rect: Rect, _: Size) -> Option<Cropped> {
        Some(Cropped { input: rect, op: self.clone().into() })
    }

    fn scaled(&self, _: u32) -> Option<AnyPictureOp> {
        Some(self.clone().into())
    }

    fn rows(&self, input: Shape, level: Level) -> Box<dyn RowOp> {
        match input.layout {
            Layout::YCbCr(_) => Box::new(RgbRows { level }),
            _ => Box::new(ConvertRows),
        }
    }
}

/// Changes an interleaved layout to one that holds at least as much: gray to colour, opaque to alpha.
pub(super) struct ConvertRows;

impl RowOp for ConvertRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (to, stride, rows) = (out.layout(), out.stride(0), out.rows());
        let from = inputs[0].bands().first().map_or(to, |band| band.layout());
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            widen(inputs[0].row(0, y), from, target, to);
        }
        Ok(())
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        work.add_at(WorkKind::Convert, 0, made.layout.bytes(made.size) as f64);
    }
}

/// Makes RGB of planes that all have full size.
struct RgbRows {
    /// Whose kernels are used.
    level: Level,
}

impl RowOp for RgbRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (stride, rows) = (out.stride(0), out.rows());
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            let [luma, blue, red] = [0, 1, 2].map(|plane| inputs[0].row(plane, y));
            jpeg_decode::ycc_to_rgb(self.level, luma, blue, red, target);
        }
        Ok(())
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        work.add_at(WorkKind::Convert, 1, made.layout.bytes(made.size) as f64);
    }
}

/// Writes one row in another layout.
fn widen(source: &[u8], from: Layout, target: &mut [u8], to: Layout) {
    match (from, to) {
        (Layout::Gray, Layout::GrayA) => map::<1, 2>(source, target, |[g]| [g, 255]),
        (Layout::Gray, Layout::Rgb) => map::<1, 3>(source, target, |[g]| [g, g, g]),
        (Layout::Gray, Layout::Rgba) => map::<1, 4>(source, target, |[g]| [g, g, g, 255]),
        (Layout::GrayA, Layout::Rgba) => map::<2, 4>(source, target, |[g, a]| [g, g, g, a]),
        (Layout::Rgb, Layout::Rgba) => map::<3, 4>(source, target, |[r, g, b]| [r, g, b, 255]),
        _ => target.copy_from_slice(source),
    }
}

/// Makes each pixel of `M` samples of one of `N`.
pub(super) fn map<const N: usize, const M: usize>(
    source: &[u8],
    target: &mut [u8],
    pixel: impl Fn([u8; N]) -> [u8; M],
) {
    let source = source.as_chunks::<N>().0;
    for (to, from) in target.as_chunks_mut::<M>().0.iter_mut().zip(source) {
        *to = pixel(*from);
    }
}
