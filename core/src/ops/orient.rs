//! Orient: turns and mirrors.

use std::ops::Range;

use super::RowOp;
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::orientation::Orientation;
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};

/// Applies an orientation to a picture of `size` (before it).
///
/// A mirror from left to right goes row by row; everything else begins with the last row or column of its
/// input and needs all of it.
pub(crate) struct Orient {
    pub(crate) orientation: Orientation,
    pub(crate) size: Size,
}

impl RowOp for Orient {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        if self.orientation == Orientation::FLOP { rows } else { 0..self.size.height }
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        for (index, plane) in out.layout().planes().iter().enumerate() {
            let source = Source {
                rows: inputs[0],
                plane: index,
                size: plane.size(self.size),
                orientation: self.orientation,
            };
            let rows = plane.rows(&out.rows());
            let stride = out.stride(index);
            let target = out.plane_mut(index);
            match plane.channels {
                1 => source.write::<1>(target, stride, rows),
                2 => source.write::<2>(target, stride, rows),
                3 => source.write::<3>(target, stride, rows),
                _ => source.write::<4>(target, stride, rows),
            }
        }
        Ok(())
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        let turned = usize::from(self.orientation.transposes());
        work.add_at(WorkKind::Turn, turned, made.layout.bytes(made.size) as f64);
    }
}

/// One plane of the picture before the turn.
struct Source<'a> {
    rows: BandRows<'a>,
    plane: usize,
    size: Size,
    orientation: Orientation,
}

impl Source<'_> {
    /// Writes output rows `rows` of this plane, pixels of `N` samples.
    fn write<const N: usize>(&self, target: &mut [u8], stride: usize, rows: Range<u32>) {
        if self.orientation.transposes() {
            self.write_transposed::<N>(target, stride, rows);
        } else {
            self.write_upright::<N>(target, stride, rows);
        }
    }

    /// Output rows are input rows: a half turn mirrors in both directions.
    fn write_upright<const N: usize>(&self, target: &mut [u8], stride: usize, rows: Range<u32>) {
        let half = self.orientation.quarters() == 2;
        let mirrored = self.orientation.mirrored() != half;
        for (row, y) in target.chunks_exact_mut(stride).zip(rows) {
            let y = if half { self.size.height - 1 - y } else { y };
            let source = self.rows.row(self.plane, y).as_chunks::<N>().0;
            let pixels = row.as_chunks_mut::<N>().0.iter_mut();
            if mirrored {
                pixels.zip(source.iter().rev()).for_each(|(to, from)| *to = *from);
            } else {
                pixels.zip(source).for_each(|(to, from)| *to = *from);
            }
        }
    }

    /// Output rows are input columns. Input rows are read one after another, a run of their columns each,
    /// and written down an output column: reads in order, writes a stride apart.
    fn write_transposed<const N: usize>(&self, target: &mut [u8], stride: usize, rows: Range<u32>) {
        // Clockwise a column is read from the bottom; three turns begin with the last column.
        let clockwise = self.orientation.quarters() == 1;
        let last_column_first = self.orientation.mirrored() == clockwise;
        for y in 0..self.size.height {
            let x = if clockwise { self.size.height - 1 - y } else { y } as usize;
            let source = self.rows.row(self.plane, y).as_chunks::<N>().0;
            for (out, column) in rows.clone().enumerate() {
                let column = if last_column_first { self.size.width - 1 - column } else { column };
                let at = out * stride + x * N;
                target[at..at + N].copy_from_slice(&source[column as usize]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::picture::geometry::Rect;
    use crate::picture::image::Layout;

    /// Every pixel of a small picture lands where the group of orientations says.
    #[test]
    fn pixels_land_where_the_group_says() -> Result<()> {
        let size = Size::new(5, 3);
        let mut input = Band::new(Layout::Gray, size.width, 0..size.height)?;
        for (value, sample) in (0..).zip(input.plane_mut(0)) {
            *sample = value;
        }
        let input = [Arc::new(input)];
        for tag in 1..=8 {
            let orientation = Orientation::from_exif(tag);
            let turned = orientation.size(size);
            let mut out = Band::new(Layout::Gray, turned.width, 0..turned.height)?;
            Orient { orientation, size }.run(&[BandRows::new(&input)], &mut out)?;
            for y in 0..size.height {
                for x in 0..size.width {
                    let to = orientation.rect(Rect::new(x, y, 1, 1), size);
                    let found = out.row(0, to.y)[to.x as usize];
                    assert_eq!(u32::from(found), y * size.width + x, "tag {tag}, {x},{y}");
                }
            }
        }
        Ok(())
    }
}
