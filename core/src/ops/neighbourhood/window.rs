//! A part of the picture that an operation makes of a part of its input.

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use crate::error::Result;
use crate::ops::{AnyPictureOp, Cropped, Kind, PictureOp, RowOp};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::shape::Shape;
use crate::picture::work::Work;

/// An operation of which only the pixels in `rect` are wanted: around it are those that they are made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Window {
    of: Box<AnyPictureOp>,
    rect: Rect,
}

impl Window {
    pub(super) fn new(of: impl Into<AnyPictureOp>, rect: Rect) -> Self {
        Self { of: Box::new(of.into()), rect }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} window {}", self.of.op(), self.rect)
    }
}

impl PictureOp for Window {
    fn layout(&self, input: Layout) -> Result<Layout> {
        self.of.op().layout(input)
    }

    fn shape(&self, input: Shape) -> Result<Shape> {
        Ok(Shape::new(self.rect.size(), self.of.op().shape(input)?.layout))
    }

    fn cropped(&self, rect: Rect, input: Size) -> Option<Cropped> {
        self.of.op().cropped(rect.within(self.rect), input)
    }

    fn rows(&self, input: Shape, level: Level) -> Box<dyn RowOp> {
        let whole = self.of.op().rows(input, level);
        Box::new(WindowRows { whole, width: input.size.width, rect: self.rect })
    }
}

/// Makes rows of a picture of which a window is wanted, and keeps the columns of the window.
struct WindowRows {
    whole: Box<dyn RowOp>,
    width: u32,
    rect: Rect,
}

impl WindowRows {
    /// Rows of the window as rows of the picture.
    fn of_whole(&self, rows: Range<u32>) -> Range<u32> {
        self.rect.y + rows.start..self.rect.y + rows.end
    }

    /// The shape of as many rows of the picture.
    fn whole(&self, made: Shape) -> Shape {
        Shape::new(Size::new(self.width, made.size.height), made.layout)
    }
}

impl RowOp for WindowRows {
    fn needs(&self, rows: Range<u32>, port: usize) -> Range<u32> {
        self.whole.needs(self.of_whole(rows), port)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let layout = out.layout();
        let mut whole = Band::new(layout, self.width, self.of_whole(out.rows()))?;
        self.whole.run(inputs, &mut whole)?;
        let (left, stride) = (layout.planes()[0].stride(self.rect.x), out.stride(0));
        let rows = whole.plane(0).chunks_exact(whole.stride(0));
        for (target, row) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            target.copy_from_slice(&row[left..left + stride]);
        }
        Ok(())
    }

    fn band_rows(&self, most: u32) -> u32 {
        self.whole.band_rows(most)
    }

    fn scratch(&self, rows: u32) -> u64 {
        // Of up to four samples a pixel.
        self.whole.scratch(rows) + 4 * u64::from(self.width) * u64::from(rows)
    }

    fn held(&self) -> u64 {
        self.whole.held()
    }

    fn work(&self, made: Shape, band_rows: u32, work: &mut Work) {
        self.whole.work(self.whole(made), band_rows, work);
    }

    fn mixes(&self) -> bool {
        self.whole.mixes()
    }

    fn kind(&self) -> Kind {
        self.whole.kind()
    }
}
