//! Reserves memory so that its lack is an error and not the end of the process.

use makeready_kernels::heap::{can_grow, try_reserve_exact};

use crate::error::{Error, Result};

/// Reserves room for `count` items.
pub(crate) fn reserved<T>(count: usize) -> Result<Vec<T>> {
    let mut room = Vec::new();
    let failed = |_| Error::out_of_memory((count as u64).saturating_mul(size_of::<T>() as u64));
    try_reserve_exact(&mut room, count).map_err(failed)?;
    Ok(room)
}

/// Reserves room for `bytes`, which may be more than there are addresses.
pub(crate) fn reserved_bytes(bytes: u64) -> Result<Vec<u8>> {
    reserved(usize::try_from(bytes).map_err(|_| Error::out_of_memory(bytes))?)
}

/// Makes a vector of `count` times `value`.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>> {
    let mut items = reserved(count)?;
    items.resize(count, value);
    Ok(items)
}

/// Gives an error unless `bytes` can be reserved now. Codecs of others that end the process for
/// want of memory are begun only where the memory of their bound is there.
pub(crate) fn probed(bytes: u64) -> Result<()> {
    // The compiler would leave out memory that nobody looks at.
    reserved_bytes(bytes).map(|room| drop(std::hint::black_box(room)))
}

/// Bytes that a thread takes at its start, with room to spare: its stack, the thread-locals of a
/// module that was loaded at run time, the list of their destructors. Without memory for the latter
/// two glibc ends the process.
const THREAD: usize = 4 << 20;

/// Gives an error unless the process may grow by the memory that `threads` new threads take. Room
/// in the heap is not enough, as a new thread may be given another part of it.
pub(crate) fn probed_for_threads(threads: usize) -> Result<()> {
    let bytes = threads.saturating_mul(THREAD);
    if can_grow(bytes) { Ok(()) } else { Err(Error::out_of_memory(bytes as u64)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_not_there_is_an_error_of_its_bytes() -> Result<()> {
        assert_eq!(filled(7_i16, 3)?, [7; 3]);
        let error = reserved::<i16>(1 << 61).unwrap_err();
        assert_eq!(error.to_string(), "could not reserve 4611686018427387904 bytes of memory");
        assert!(probed(1 << 62).is_err() && probed(1 << 10).is_ok());
        assert!(probed_for_threads(usize::MAX).is_err() && probed_for_threads(1).is_ok());
        Ok(())
    }
}
