//! Memory that is reserved fallibly.

use std::ops::{Deref, DerefMut};

use makeready_kernels::heap::try_reserve_exact;

use crate::error::Error;

/// Makes a vector of `len` copies of `value`.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn filled<T: Clone>(value: T, len: usize) -> Result<Vec<T>, Error> {
    let mut items = Vec::new();
    reserve(&mut items, len)?;
    items.resize(len, value);
    Ok(items)
}

/// Makes room for `more` items, and for a quarter of those there were where that takes a larger allocation.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn reserve<T>(to: &mut Vec<T>, more: usize) -> Result<(), Error> {
    let quarter = to.capacity() / 4;
    reserve_step(to, more, quarter)
}

/// Makes room for `more` items, and for `step` where that takes a larger allocation.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn reserve_step<T>(to: &mut Vec<T>, more: usize, step: usize) -> Result<(), Error> {
    if to.capacity() - to.len() >= more {
        return Ok(());
    }
    let step = more.max(step);
    let bytes = (to.len() as u64).saturating_add(step as u64).saturating_mul(size_of::<T>() as u64);
    try_reserve_exact(to, step).map_err(|_| Error::Memory(bytes))
}

/// A value of more than a few kilobytes, on the heap.
#[derive(Debug)]
pub(crate) struct Heap<T>(Box<[T; 1]>);

impl<T> Heap<T> {
    /// Moves a value there.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn new(value: T) -> Result<Self, Error> {
        let mut one = Vec::new();
        reserve(&mut one, 1)?;
        one.push(value);
        let boxed = one.into_boxed_slice().try_into();
        boxed.map(Self).map_err(|_| Error::Memory(size_of::<T>() as u64))
    }
}

impl<T> Deref for Heap<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0[0]
    }
}

impl<T> DerefMut for Heap<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0[0]
    }
}

/// Gives back the room that is left over, where there is memory for a copy.
pub(crate) fn shrink(bytes: &mut Vec<u8>) {
    let mut copy = Vec::new();
    if try_reserve_exact(&mut copy, bytes.len()).is_ok() {
        copy.extend_from_slice(bytes);
        *bytes = copy;
    }
}
