//! Memory that may not be there: reserved so that its lack is an error and not the end of the process.

use std::ops::{Deref, DerefMut};

use crate::error::{Error, Result};

/// Room for `bytes`.
pub(crate) fn reserved(bytes: u64) -> Result<Vec<u8>> {
    let mut buffer = Vec::new();
    let room = usize::try_from(bytes).map_err(|_| Error::out_of_memory(bytes))?;
    buffer.try_reserve_exact(room).map_err(|_| Error::out_of_memory(bytes))?;
    Ok(buffer)
}

/// An error unless `bytes` could be reserved now. For codecs of others that do not give one themselves: they begin only
/// where what they take, by the bound, is there.
pub(crate) fn probed(bytes: u64) -> Result<()> {
    // Hidden from the compiler, which leaves out memory that nobody looks at.
    reserved(bytes).map(|room| drop(std::hint::black_box(room)))
}

/// A box for what is larger than a few kilobytes, made fallibly.
#[derive(Debug)]
pub(crate) struct Large<T>(Vec<T>);

impl<T> Large<T> {
    pub(crate) fn new(value: T) -> Result<Self> {
        let mut one = Vec::new();
        one.try_reserve_exact(1).map_err(|_| Error::out_of_memory(size_of::<T>() as u64))?;
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
