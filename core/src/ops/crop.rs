//! Crop: keeps a rectangle.

use std::ops::Range;

use super::RowOp;
use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::picture::image::band::{Band, BandRows};

/// Keeps `rect`; its corner falls on whole samples of every plane.
pub(crate) struct Crop {
    pub(crate) rect: Rect,
}

impl RowOp for Crop {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        self.rect.y + rows.start..self.rect.y + rows.end
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let rows = out.rows();
        for (index, plane) in out.layout().planes().iter().enumerate() {
            let left = plane.stride(self.rect.x);
            let top = self.rect.y / plane.sub_y;
            let stride = out.stride(index);
            let source_rows = plane.rows(&rows);
            for (row, y) in out.plane_mut(index).chunks_exact_mut(stride).zip(source_rows) {
                row.copy_from_slice(&inputs[0].row(index, top + y)[left..left + stride]);
            }
        }
        Ok(())
    }
}
