//! From the stored coefficients of a plane to samples.

use makeready_kernels::Level;

use crate::decode::block::Block;
use crate::decode::entropy::coefficients::{CoefficientStore, Coefficients, Lowest, Store};
use crate::decode::layout::PlaneLayout;
use crate::decode::pixels::smoothing;
use crate::decode::pixels::strip::Strip;

/// The blocks of one plane, to be transformed.
pub(crate) struct PlaneBlocks<'a> {
    pub(crate) level: Level,
    pub(crate) coefficients: &'a Coefficients,
    pub(crate) plane: &'a PlaneLayout,
    /// Whether the file is sequential.
    pub(crate) sequential: bool,
    /// Whether coefficients are missing that smoothing estimates.
    pub(crate) smooth: bool,
    /// The rows of MCUs for which the last scan had data.
    pub(crate) good_mcu_rows: u32,
}

impl PlaneBlocks<'_> {
    /// Transforms the blocks of the row `mcu_row` of MCUs that the region needs.
    pub(crate) fn transform(&self, mcu_row: u32, strip: &mut Strip) {
        match &self.coefficients.store {
            CoefficientStore::None => {}
            CoefficientStore::Dc(store) => self.transform_row(mcu_row, strip, |at, block| {
                block[0] = *store.get(at.0, at.1);
                0
            }),
            CoefficientStore::Two(store) => self.transform_lowest(mcu_row, strip, store),
            CoefficientStore::Four(store) => self.transform_lowest(mcu_row, strip, store),
            CoefficientStore::Whole(store) => self.transform_lowest(mcu_row, strip, store),
        }
    }

    /// Transforms the blocks of a row from a store of the lowest coefficients.
    fn transform_lowest<const N: usize>(
        &self,
        mcu_row: u32,
        strip: &mut Strip,
        store: &Store<Lowest<N>>,
    ) {
        self.transform_row(mcu_row, strip, |at, block| {
            store.get(at.0, at.1).put(self.sequential, block)
        });
    }

    /// Transforms the blocks of a row. `put` writes the coefficients into a block of zeros, in rows
    /// of eight, and gives the last zigzag place.
    #[inline(always)]
    fn transform_row(
        &self,
        mcu_row: u32,
        strip: &mut Strip,
        put: impl Fn((u32, u32), &mut Block) -> usize,
    ) {
        let plane = self.plane;
        let quantisation = self.coefficients.quantisation.unwrap_or([0; 64]);
        let first = mcu_row * plane.sampling.1;
        for row in (first..first + plane.sampling.1).filter(|&row| plane.block_rows.contains(row)) {
            for column in plane.block_columns.start..plane.block_columns.end {
                let mut block = [0; 64];
                let mut last = put((column, row), &mut block);
                if self.smooth {
                    self.smooth((column, row), &mut block);
                    last = 63;
                }
                strip.transform(self.level, &quantisation, &block, last, (column, row));
            }
        }
    }

    /// Smooths a block.
    fn smooth(&self, at: (u32, u32), block: &mut Block) {
        let Some(quantisation) = &self.coefficients.quantisation else {
            return;
        };
        let is_good = at.1 / self.plane.sampling.1 < self.good_mcu_rows;
        let of = self.coefficients;
        let bits = if is_good { &of.bits } else { &of.bits_before };
        if let Some(bits) = bits.first_chunk() {
            smoothing::smooth(block, &self.dc_around(at), bits, quantisation);
        }
    }

    /// The DC values of five rows and columns around a block; beyond the edges, the values at the
    /// edges.
    fn dc_around(&self, (column, row): (u32, u32)) -> [i32; 25] {
        let plane = self.plane;
        let is_last = row / plane.sampling.1 + 1 == plane.padded_blocks.1 / plane.sampling.1;
        // libjpeg looks at blocks that fill up the last MCUs as well, if not from the last row
        // itself.
        let rows = if is_last { plane.blocks.1 } else { plane.padded_blocks.1 };
        let mut dc = [0; 25];
        for (y, line) in (0..).zip(dc.chunks_exact_mut(5)) {
            let row = (row + y).saturating_sub(2).min(rows - 1);
            for (x, dc) in (0..).zip(line) {
                let column = (column + x).saturating_sub(2).min(plane.blocks.0 - 1);
                *dc = i32::from(self.coefficients.store.dc(column, row));
            }
        }
        dc
    }
}
