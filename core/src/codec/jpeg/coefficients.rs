//! The coefficients of a component, kept until all scans of a file that has several are read.

use super::error::{JpegError, filled};
use super::layout::{Layout, Plane};
use super::sequential::Block;

/// The coefficients of one component.
pub(super) enum Coefficients {
    /// None: the component is not wanted.
    None,
    /// DC values alone, for a transform to one sample.
    Dc(Store<i16>),
    /// Whole blocks.
    Blocks(Store<Block>),
}

/// One item a block, in rows.
pub(super) struct Store<T> {
    items: Vec<T>,
    columns: usize,
}

impl<T: Clone> Store<T> {
    /// Room for `rows` rows of `columns` blocks.
    fn new(zero: T, columns: u32, rows: u32) -> Result<Self, JpegError> {
        let columns = columns as usize;
        Ok(Self { items: filled(zero, columns * rows as usize)?, columns })
    }

    /// What belongs to a block.
    #[inline(always)]
    pub(super) fn get(&self, column: u32, row: u32) -> &T {
        &self.items[row as usize * self.columns + column as usize]
    }

    /// What belongs to a block; none in rows that are not kept.
    #[inline(always)]
    pub(super) fn get_mut(&mut self, column: u32, row: u32) -> Option<&mut T> {
        self.items.get_mut(row as usize * self.columns + column as usize)
    }
}

impl Coefficients {
    /// Room for what `plane` needs: all rows of blocks down to the last one of the region.
    pub(super) fn new(plane: &Plane, layout: &Layout) -> Result<Self, JpegError> {
        let rows = rows(plane, layout);
        match (plane.needed, plane.side) {
            (false, _) => Ok(Self::None),
            (true, 1) => Ok(Self::Dc(Store::new(0, plane.padded_blocks.0, rows)?)),
            (true, _) => Ok(Self::Blocks(Store::new([0; 64], plane.padded_blocks.0, rows)?)),
        }
    }

    /// The bytes that [`Coefficients::new`] reserves.
    pub(super) fn memory(plane: &Plane, layout: &Layout) -> u64 {
        let block = match (plane.needed, plane.side) {
            (false, _) => 0,
            (true, 1) => size_of::<i16>(),
            (true, _) => size_of::<Block>(),
        };
        block as u64 * u64::from(plane.padded_blocks.0) * u64::from(rows(plane, layout))
    }
}

/// The rows of blocks that are kept.
fn rows(plane: &Plane, layout: &Layout) -> u32 {
    layout.kept_bands * plane.sampling.1
}
