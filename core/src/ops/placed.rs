//! Operations that place all pixels anew, by a matrix: turns, shears and what else keeps lines straight and parallel.
//!
//! The picture that they give is the smallest that holds all of the picture they are given; what that does not cover has the
//! colour of the background. Neither crops nor scales pass.

mod affine;
mod linear;
mod map;
mod rotate;
mod shear;
#[cfg(test)]
mod tests;
mod weighed;

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::colour::{holding, samples};
use super::{AnyPictureOp, Kind, PictureOp, RowOp};
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::image::{Colour, Layout};
use crate::picture::reserve::reserved;
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::operations::{Affine, Shear};
use crate::recipe::options::{Kernel, Rotate};
use linear::Linear;
use map::{Map, Walk};
use weighed::Weighed;

/// An operation that places pixels anew.
trait Placing: fmt::Display + Clone + Into<AnyPictureOp> {
    /// The way from the pixels that it makes to those of a picture of this size.
    fn map(&self, size: Size) -> Result<Map>;

    /// How a pixel comes of those around its place.
    fn kernel(&self) -> Kernel {
        Kernel::Linear
    }

    fn background(&self) -> Colour;

    /// The same on another background.
    fn on(&self, background: Colour) -> Self;

    /// Tells whether it leaves every pixel as it is.
    fn keeps(&self) -> bool {
        false
    }
}

/// Makes picture operations of them.
macro_rules! picture_ops {
    ($($Op:ident),+) => {$(
        impl PictureOp for $Op {
            fn layout(&self, input: Layout) -> Result<Layout> {
                Ok(holding(input, self.background()))
            }

            fn shape(&self, input: Shape) -> Result<Shape> {
                Ok(Shape::new(self.map(input.size)?.to, input.layout))
            }

            fn changes_nothing(&self, _: Shape) -> bool {
                self.keeps()
            }

            fn recoloured(
                &self,
                change: &dyn Fn(Colour) -> Result<Colour>,
            ) -> Result<Option<AnyPictureOp>> {
                Ok(Some(self.on(change(self.background())?).into()))
            }

            fn rows(&self, input: Shape, _: Level) -> Box<dyn RowOp> {
                // A size that does not fit has been refused with the shape.
                let map = self.map(input.size).unwrap_or(Map::none(input.size));
                let kernel = self.kernel();
                let channels = input.layout.channels();
                Box::new(PlaceRows { map, kernel, channels, background: self.background() })
            }
        }
    )+};
}

picture_ops!(Affine, Rotate, Shear);

/// The most products of a band: a job is to stop in time.
const PRODUCTS: u64 = 1 << 24;

/// Makes each pixel of those around its place.
struct PlaceRows {
    map: Map,
    kernel: Kernel,
    channels: u32,
    background: Colour,
}

impl PlaceRows {
    /// Rows and columns on either side of a place that a pixel is made of.
    fn reach(&self) -> u32 {
        weighed::reach(self.kernel)
    }

    fn rows<const N: usize>(&self, input: BandRows<'_>, out: &mut Band) -> Result<()> {
        let (stride, rows, layout) = (out.stride(0), out.rows(), out.layout());
        let needed = self.map.needed(rows.clone(), self.reach());
        let mut source: Vec<&[[u8; N]]> = reserved(needed.len())?;
        source.extend(needed.clone().map(|y| input.row(0, y).as_chunks::<N>().0));
        let background = samples(self.background, layout);
        let around = Around {
            rows: source,
            first: i64::from(needed.start) + 1,
            background: std::array::from_fn(|sample| background[sample]),
            alpha: layout.has_alpha(),
        };
        let walks = rows.map(|y| Walk::new(&self.map, y));
        let rows = out.plane_mut(0).chunks_exact_mut(stride).zip(walks);
        if self.kernel == Kernel::Linear {
            rows.for_each(|(row, walk)| Linear(&around).row(walk, row.as_chunks_mut().0));
        } else {
            let weighed = Weighed::new(&around, self.kernel)?;
            rows.for_each(|(row, walk)| weighed.row(walk, row.as_chunks_mut().0));
        }
        Ok(())
    }
}

/// Rows of a picture, with a background around them.
struct Around<'a, const N: usize> {
    rows: Vec<&'a [[u8; N]]>,
    /// The number of the first row; rows and columns of the picture count from 1.
    first: i64,
    background: [u8; N],
    alpha: bool,
}

impl<'a, const N: usize> Around<'a, N> {
    /// As many pixels of as many rows, from a place on; `None` where some are beside the picture.
    #[inline]
    fn block<const W: usize>(&self, column: i64, row: i64) -> Option<[&'a [[u8; N]; W]; W]> {
        let column = usize::try_from(column - 1).ok()?;
        let row = usize::try_from(row - self.first).ok()?;
        let rows: &[_; W] = self.rows.get(row..)?.first_chunk()?;
        let mut block = [rows[0].get(column..)?.first_chunk()?; W];
        for (pixels, row) in block.iter_mut().zip(rows).skip(1) {
            *pixels = row.get(column..)?.first_chunk()?;
        }
        Some(block)
    }

    fn pixel(&self, column: i64, row: i64) -> [u8; N] {
        let row = usize::try_from(row - self.first).ok().and_then(|row| self.rows.get(row));
        let column = usize::try_from(column - 1).ok();
        row.zip(column)
            .and_then(|(row, column)| row.get(column))
            .copied()
            .unwrap_or(self.background)
    }
}

impl RowOp for PlaceRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        self.map.needed(rows, self.reach())
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        match out.layout().channels() {
            1 => self.rows::<1>(inputs[0], out),
            2 => self.rows::<2>(inputs[0], out),
            3 => self.rows::<3>(inputs[0], out),
            _ => self.rows::<4>(inputs[0], out),
        }
    }

    fn band_rows(&self, most: u32) -> u32 {
        let around = u64::from(4 * self.reach() * self.reach());
        let row = u64::from(self.map.to.width) * u64::from(self.channels) * around;
        u32::try_from(PRODUCTS / row.max(1)).unwrap_or(u32::MAX).clamp(1, most.max(1))
    }

    fn scratch(&self, _: u32) -> u64 {
        u64::from(self.map.from.height) * size_of::<&[u8]>() as u64 + weighed::TABLE
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        let pixels = f64::from(4 * self.reach() * self.reach());
        work.add_at(WorkKind::Neighbour, 1, pixels * made.layout.bytes(made.size) as f64);
    }

    fn mixes(&self) -> bool {
        true
    }

    fn kind(&self) -> Kind {
        Kind::Resample
    }
}
