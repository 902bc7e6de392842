//! The bits of a row of MCUs or a scan, and where restart markers go among them.

use super::bit_stream::BitStream;
use crate::error::Error;
use crate::reserve::reserve;

/// Bits, with the places where restart markers go.
#[derive(Debug)]
pub(crate) struct CodedBits {
    pub(crate) bits: BitStream,
    pub(crate) restarts: Vec<usize>,
}

impl CodedBits {
    /// No bits yet; they may take `limit` bytes of memory.
    pub(crate) fn new(limit: u64) -> Self {
        Self { bits: BitStream::new(limit), restarts: Vec::new() }
    }

    /// Forgets the bits and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.bits.clear();
        self.restarts.clear();
    }

    /// Notes that a restart marker stands here.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn mark(&mut self) -> Result<(), Error> {
        reserve(&mut self.restarts, 1)?;
        self.restarts.push(self.bits.len());
        Ok(())
    }
}
