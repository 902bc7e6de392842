//! The bytes of a film as it grows.

use makeready_kernels::heap::try_reserve_exact;

use crate::error::{Error, Result};
use crate::recipe::limits::check;

/// The bytes of a file that is not known to be of any length, up to a bound.
pub(in crate::formats) struct Growing {
    pub(in crate::formats) data: Vec<u8>,
    most: u64,
}

impl Growing {
    pub(in crate::formats) fn new(most: u64) -> Self {
        Self { data: Vec::new(), most }
    }

    /// Bounds the memory of a file of at most `most` bytes: it has room for an eighth more.
    pub(in crate::formats) fn memory(most: u64) -> u64 {
        most.saturating_add(most / 8)
    }

    /// Adds bytes. Room is made by eighths, as a film may be long and is moved where it grows.
    pub(in crate::formats) fn add(&mut self, bytes: &[u8]) -> Result<()> {
        let length = self.data.len() + bytes.len();
        check("max_memory", self.most, length as u64)?;
        if length > self.data.capacity() {
            let room = bytes.len().max(self.data.len() / 8);
            let failed = |_| Error::out_of_memory(room as u64);
            try_reserve_exact(&mut self.data, room).map_err(failed)?;
        }
        self.data.extend_from_slice(bytes);
        Ok(())
    }
}
