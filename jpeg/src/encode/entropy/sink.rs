//! The parts that all ways of coding share: the interface for blocks, and the search for
//! coefficients that are not zero.

use crate::encode::frame::Frame;
use crate::error::Error;
use makeready_kernels::jpeg_encode::QuantisedBlock;

/// Takes the blocks of a scan in order.
pub(crate) trait BlockSink {
    /// Takes the next block: the difference of its DC coefficient to the block before in its
    /// component, and its AC coefficients. `class` is 0 for luma, 1 for chroma.
    ///
    /// # Errors
    /// [`Error::Memory`].
    fn block(&mut self, class: usize, difference: i32, block: &QuantisedBlock)
    -> Result<(), Error>;

    /// Notes that a restart marker stands here.
    ///
    /// # Errors
    /// [`Error::Memory`].
    fn restart(&mut self) -> Result<(), Error>;
}

/// The DC coefficient of the last block of each component.
pub(crate) type Dc = [i16; 3];

/// Tells whether a restart marker stands before the MCU with this number.
pub(crate) fn restarts(frame: &Frame, mcu: usize) -> bool {
    frame.restart_interval != 0 && mcu != 0 && mcu.is_multiple_of(frame.restart_interval)
}

/// The AC coefficients of a block that are not zero, by rising place in zigzag order: the number of
/// zeros before each, and its place.
pub(crate) struct NonZero {
    left: u64,
    next: usize,
}

impl NonZero {
    /// Begins with the coefficients of a block.
    #[inline(always)]
    pub(crate) fn of(block: &QuantisedBlock) -> Self {
        Self { left: block.nonzero & !1, next: 1 }
    }

    /// Tells whether zeros follow the coefficients given out so far.
    #[inline(always)]
    pub(crate) fn zeros_follow(&self) -> bool {
        self.next != 64
    }

    /// The next coefficient that is not zero: the number of zeros before it, and its place.
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
