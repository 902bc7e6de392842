//! Memory that may not be there: reserved so that its lack is an error and not the end of the process.

use std::ops::{Deref, DerefMut};

use makeready_kernels::heap::try_reserve_exact;

use crate::error::{Error, Result};

/// Room for `count` items.
pub(crate) fn reserved<T>(count: usize) -> Result<Vec<T>> {
    let mut room = Vec::new();
    let failed = |_| Error::out_of_memory((count as u64).saturating_mul(size_of::<T>() as u64));
    try_reserve_exact(&mut room, count).map_err(failed)?;
    Ok(room)
}

/// Room for `bytes`, a number that may be more than there are addresses.
pub(crate) fn reserved_bytes(bytes: u64) -> Result<Vec<u8>> {
    reserved(usize::try_from(bytes).map_err(|_| Error::out_of_memory(bytes))?)
}

/// `count` times `value`.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>> {
    let mut items = reserved(count)?;
    items.resize(count, value);
    Ok(items)
}

/// An error unless `bytes` could be reserved now. For codecs of others that do not give one themselves: they begin only
/// where what they take, by the bound, is there.
pub(crate) fn probed(bytes: u64) -> Result<()> {
    // Hidden from the compiler, which leaves out memory that nobody looks at.
    reserved_bytes(bytes).map(|room| drop(std::hint::black_box(room)))
}

/// A box for what is larger than a few kilobytes, made fallibly.
#[derive(Debug)]
pub(crate) struct Large<T>(Vec<T>);

impl<T> Large<T> {
    pub(crate) fn new(value: T) -> Result<Self> {
        let mut one = reserved(1)?;
        one.push(value);
        Ok(Self(one))
    }
}

impl<T> Deref for Large<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0[0]
    }
}

impl<T> DerefMut for Large<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0[0]
    }
}
