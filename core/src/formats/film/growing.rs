//! The bytes of a film as it is written.

use makeready_kernels::heap::try_reserve_exact;

use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::motion::Motion;
use crate::recipe::limits::check;

/// Bytes of a frame besides its pixels.
const FRAME: u64 = 1 << 10;

/// A file that grows frame by frame, up to the bytes that its job has counted.
pub(in crate::formats) struct Growing {
    pub(in crate::formats) data: Vec<u8>,
    most: u64,
}

impl Growing {
    /// A file of at most so many quarters of a byte a pixel in the mean.
    pub(in crate::formats) fn new(quarters: u64, size: Size, motion: &Motion) -> Self {
        Self { data: Vec::new(), most: most_bytes(quarters, size, motion) }
    }

    /// Bounds the bytes that such a file takes while it grows.
    pub(in crate::formats) fn memory(quarters: u64, size: Size, motion: &Motion) -> u64 {
        most_bytes(quarters, size, motion)
    }

    /// Adds bytes. Room is made by eighths, as a film may be long and is moved where it grows.
    pub(in crate::formats) fn add(&mut self, bytes: &[u8]) -> Result<()> {
        let length = self.data.len() + bytes.len();
        check("max_memory", self.most, length as u64)?;
        if length > self.data.capacity() {
            let left = usize::try_from(self.most).unwrap_or(usize::MAX) - self.data.len();
            let room = bytes.len().max(self.data.len() / 8).min(left);
            let failed = |_| Error::out_of_memory(room as u64);
            try_reserve_exact(&mut self.data, room).map_err(failed)?;
        }
        self.data.extend_from_slice(bytes);
        Ok(())
    }
}

fn most_bytes(quarters: u64, size: Size, motion: &Motion) -> u64 {
    (quarters * size.pixels() / 4 + FRAME).saturating_mul(motion.frames().into())
}
