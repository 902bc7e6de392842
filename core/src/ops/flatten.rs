//! Flatten: puts a picture on an opaque colour.

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::colour::{holding, samples};
use super::convert::ConvertRows;
use super::{AnyPictureOp, Cropped, PictureOp, RowOp};
use crate::error::{Error, Result};
use crate::picture::blend::blend_on_opaque;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::{Band, BandRows};
use crate::picture::image::{Colour, Layout};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::operations::Flatten;

impl fmt::Display for Flatten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "flatten on {}", self.background)
    }
}

impl PictureOp for Flatten {
    fn layout(&self, input: Layout) -> Result<Layout> {
        let colour = self.background;
        if colour.is_opaque() {
            return Ok(holding(input, colour));
        }
        Err(Error::invalid_option(format!("flatten takes an opaque colour, found {colour}")))
    }

    fn shape(&self, input: Shape) -> Result<Shape> {
        Ok(Shape::new(input.size, Layout::interleaved(input.layout.has_colour(), false)))
    }

    fn changes_nothing(&self, input: Shape) -> bool {
        input.layout == Layout::interleaved(input.layout.has_colour(), false)
    }

    fn cropped(&self, rect: Rect, _: Size) -> Option<Cropped> {
        Some(Cropped { input: rect, op: self.clone().into() })
    }

    fn scaled(&self, _: u32) -> Option<AnyPictureOp> {
        Some(self.clone().into())
    }

    fn recoloured(
        &self,
        change: &dyn Fn(Colour) -> Result<Colour>,
    ) -> Result<Option<AnyPictureOp>> {
        Ok(Some(Self { background: change(self.background)? }.into()))
    }

    fn rows(&self, input: Shape, _: Level) -> Box<dyn RowOp> {
        if input.layout.has_alpha() {
            Box::new(FlattenRows { colour: self.background })
        } else {
            Box::new(ConvertRows)
        }
    }
}

/// Blends the rows of a picture with alpha over rows of the colour.
struct FlattenRows {
    colour: Colour,
}

impl RowOp for FlattenRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (stride, rows) = (out.stride(0), out.rows());
        let below = samples(self.colour, out.layout());
        let channels = out.layout().channels() as usize;
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            let source = inputs[0].row(0, y);
            target.chunks_exact_mut(channels).for_each(|p| p.copy_from_slice(&below[..channels]));
            blend_on_opaque(source, target, channels);
        }
        Ok(())
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        work.add_at(WorkKind::Blend, 0, made.layout.bytes(made.size) as f64);
    }
}
