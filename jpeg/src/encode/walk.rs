//! What all ways of coding have in common: the blocks of an MCU, the coefficients of a block.

use crate::encode::frame::Frame;
use crate::encode::tile::Tile;
use crate::error::Error;
use makeready_kernels::bits::Work;
use makeready_kernels::jpeg_encode::Block;

/// Takes the blocks of a scan in order.
pub(crate) trait Sink {
    /// The next block, as the difference of its DC coefficient to that of the block before in its
    /// component, and its AC coefficients. `class` is 0 for luma, 1 for chroma.
    ///
    /// # Errors
    /// [`Error::Memory`].
    fn block(&mut self, class: usize, difference: i32, block: &Block) -> Result<(), Error>;

    /// A restart marker stands here.
    ///
    /// # Errors
    /// [`Error::Memory`].
    fn restart(&mut self) -> Result<(), Error>;
}

/// The DC coefficient of the last block of each component.
pub(crate) type Dc = [i16; 3];

/// Hands the MCUs `range` of a row, which `tile` was loaded with, to a sink.
pub(crate) struct Coding<'a, S> {
    pub(crate) frame: &'a Frame,
    pub(crate) tile: &'a Tile,
    pub(crate) row: usize,
    pub(crate) range: std::ops::Range<usize>,
    pub(crate) dc: &'a mut Dc,
    pub(crate) sink: &'a mut S,
}

impl<S: Sink> Work for Coding<'_, S> {
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
                        sink.block(0, 0, &Block::ZERO)?;
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

/// Whether a restart marker stands before the MCU with this number.
pub(crate) fn restarts(frame: &Frame, mcu: usize) -> bool {
    frame.restart_interval != 0 && mcu != 0 && mcu.is_multiple_of(frame.restart_interval)
}

/// Hands over one block.
#[inline(always)]
fn code_block(
    block: &Block,
    class: usize,
    dc: &mut i16,
    sink: &mut impl Sink,
) -> Result<(), Error> {
    let difference = i32::from(block.coefficients[0]) - i32::from(*dc);
    *dc = block.coefficients[0];
    sink.block(class, difference, block)
}

/// The AC coefficients of a block that are not zero, by rising place in zigzag order: the number of
/// zeros before each, and its place.
pub(crate) struct Coefficients {
    left: u64,
    next: usize,
}

impl Coefficients {
    /// Those of a block.
    #[inline(always)]
    pub(crate) fn of(block: &Block) -> Self {
        Self { left: block.nonzero & !1, next: 1 }
    }

    /// Whether zeros follow those that were given out.
    #[inline(always)]
    pub(crate) fn zeros_follow(&self) -> bool {
        self.next != 64
    }

    /// The next one.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Option<(usize, usize)> {
        if self.left == 0 {
            return None;
        }
        let at = self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        let run = at - self.next;
        self.next = at + 1;
        Some((run, at))
    }
}
