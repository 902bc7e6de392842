//! Walks the blocks of a row of MCUs, in the order of the file.

use super::entropy::sink::{BlockSink, Dc, restarts};
use super::frame::Frame;
use super::tile::Tile;
use crate::error::Error;
use makeready_kernels::bits::BitKernel;
use makeready_kernels::jpeg_encode::QuantisedBlock;

/// Hands the MCUs `range` of a row, which `tile` was loaded with, to a sink.
pub(crate) struct Coding<'a, S> {
    pub(crate) frame: &'a Frame,
    pub(crate) tile: &'a Tile,
    pub(crate) row: usize,
    pub(crate) range: std::ops::Range<usize>,
    pub(crate) dc: &'a mut Dc,
    pub(crate) sink: &'a mut S,
}

impl<S: BlockSink> BitKernel for Coding<'_, S> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { frame, tile, row, range, dc, sink } = self;
        let (across, down) = frame.factors;
        let real = frame.real_blocks(0);
        for (at, mcu) in range.enumerate() {
            if restarts(frame, row * frame.across + mcu) {
                sink.restart()?;
                *dc = [0; 3];
            }
            for y in 0..down {
                for x in 0..across {
                    if mcu * across + x < real.0 && row * down + y < real.1 {
                        code_block(tile.block(0, at * across + x, y), 0, &mut dc[0], sink)?;
                    } else {
                        // Beyond the picture: as cheap as can be, like the block before.
                        sink.block(0, 0, &QuantisedBlock::ZERO)?;
                    }
                }
            }
            if frame.components() == 3 {
                code_block(tile.block(1, at, 0), 1, &mut dc[1], sink)?;
                code_block(tile.block(2, at, 0), 1, &mut dc[2], sink)?;
            }
        }
        Ok(())
    }
}

/// Hands over one block.
#[inline(always)]
fn code_block(
    block: &QuantisedBlock,
    class: usize,
    dc: &mut i16,
    sink: &mut impl BlockSink,
) -> Result<(), Error> {
    let difference = i32::from(block.coefficients[0]) - i32::from(*dc);
    *dc = block.coefficients[0];
    sink.block(class, difference, block)
}
