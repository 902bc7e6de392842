//! The samples of one component in one row of MCUs, with the row above and the columns beside.

use crate::decode::block::Block;
use crate::decode::layout::PlaneLayout;
use crate::error::Error;
use crate::reserve::filled;
use makeready_kernels::{Level, jpeg_decode};

/// Bytes before the first sample of a row: room for a neighbour.
const LEFT: usize = 32;

/// Bytes behind the last sample of a row: kernels read whole vectors.
const RIGHT: usize = 64;

/// The samples of the columns of blocks that a region needs.
pub(crate) struct Strip {
    samples: Vec<u8>,
    stride: usize,
    side: usize,
    /// Whether the lowest coefficients alone are transformed.
    lowest: bool,
    /// Rows of samples that a row of MCUs makes.
    height: u32,
    /// The row of the plane that stands first in `samples`, plus 1.
    top: u32,
    /// The column of blocks that stands first.
    first_block: u32,
}

impl Strip {
    /// Makes room for one row of MCUs.
    pub(crate) fn new(plane: &PlaneLayout) -> Result<Self, Error> {
        let samples = filled(0, Self::len(plane))?;
        Ok(Self {
            samples,
            stride: Self::stride(plane),
            side: plane.side as usize,
            lowest: plane.coefficients < 64,
            height: plane.sampling.1 * plane.side,
            top: 0,
            first_block: plane.block_columns.start,
        })
    }

    /// The bytes that [`Strip::new`] reserves.
    pub(crate) fn memory(plane: &PlaneLayout) -> u64 {
        Self::len(plane) as u64
    }

    fn len(plane: &PlaneLayout) -> usize {
        if plane.needed {
            Self::stride(plane) * (1 + plane.sampling.1 * plane.side) as usize
        } else {
            0
        }
    }

    fn stride(plane: &PlaneLayout) -> usize {
        LEFT + (plane.block_columns.len() * plane.side) as usize + RIGHT
    }

    /// Makes room for the row `mcu_row` of MCUs, and keeps the last row of the one before.
    pub(crate) fn begin(&mut self, mcu_row: u32) {
        let last = self.samples.len().saturating_sub(self.stride);
        self.samples.copy_within(last.., 0);
        self.top = mcu_row * self.height;
    }

    /// Transforms a block into its place. `last` is the zigzag place that no coefficient lies
    /// beyond.
    #[inline]
    pub(crate) fn transform(
        &mut self,
        level: Level,
        quantisation: &Block,
        coefficients: &Block,
        last: usize,
        (column, row): (u32, u32),
    ) {
        if last == 0 || self.side == 1 {
            return self.fill(quantisation, coefficients[0], (column, row));
        }
        let start = self.place(column, row);
        let out = &mut self.samples[start..];
        match (self.side, self.lowest) {
            (2, true) => jpeg_decode::lowest2(coefficients, quantisation, out, self.stride),
            (2, false) => jpeg_decode::idct2(level, coefficients, quantisation, out, self.stride),
            (4, true) => jpeg_decode::lowest4(level, coefficients, quantisation, out, self.stride),
            (4, false) => jpeg_decode::idct4(level, coefficients, quantisation, out, self.stride),
            _ => jpeg_decode::idct8(level, coefficients, quantisation, out, self.stride),
        }
    }

    /// Fills the place of a block that has nothing but a DC value: all transforms agree on it.
    #[inline]
    pub(crate) fn fill(&mut self, quantisation: &Block, dc: i16, (column, row): (u32, u32)) {
        let start = self.place(column, row);
        let value = i32::from(dc.wrapping_mul(quantisation[0]));
        let sample = u8::try_from((((value + 4) >> 3) + 128).clamp(0, 255)).unwrap_or(0);
        let out = &mut self.samples[start..];
        match self.side {
            1 => out[0] = sample,
            2 => out.chunks_mut(self.stride).take(2).for_each(|line| line[..2].fill(sample)),
            4 => out.chunks_mut(self.stride).take(4).for_each(|line| line[..4].fill(sample)),
            _ => out.chunks_mut(self.stride).take(8).for_each(|line| line[..8].fill(sample)),
        }
    }

    /// The place where a block starts.
    #[inline(always)]
    fn place(&self, column: u32, row: u32) -> usize {
        let line = row as usize * self.side + 1 - self.top as usize;
        line * self.stride + LEFT + (column - self.first_block) as usize * self.side
    }

    /// Repeats the first and last column of the plane beyond its edges. There triangle filters give
    /// the samples of libjpeg's special cases.
    pub(crate) fn extend_edges(&mut self, plane: &PlaneLayout) {
        if !plane.upsampling.has_horizontal() {
            return;
        }
        let start = plane.block_columns.start * plane.side;
        let left = plane.columns.start == 0;
        let right =
            (plane.columns.end == plane.size.0).then(|| LEFT + (plane.size.0 - start) as usize);
        for line in self.samples.chunks_exact_mut(self.stride).skip(1) {
            if left {
                line[LEFT - 1] = line[LEFT];
            }
            if let Some(end) = right {
                line[end] = line[end - 1];
            }
        }
    }

    /// The samples of a row of the plane from `column` on, to the end of the stored ones. `column`
    /// may lie one before the first.
    #[inline]
    pub(crate) fn row(&self, row: u32, column: i64) -> &[u8] {
        let line = &self.samples[(row + 1 - self.top) as usize * self.stride..][..self.stride];
        let first = i64::from(self.first_block) * self.side as i64;
        let offset = usize::try_from(LEFT as i64 + column - first).unwrap_or(0);
        &line[offset..]
    }
}
