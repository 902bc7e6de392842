//! Memory that is reserved fallibly and to the exact size.

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

/// Makes an array of copies of `value` on the heap.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn filled_array<T: Clone, const N: usize>(value: T) -> Result<Box<[T; N]>, Error> {
    let no_room = |_| Error::Memory(size_of::<[T; N]>() as u64);
    filled(value, N)?.into_boxed_slice().try_into().map_err(no_room)
}

/// Makes a box for a value of more than a few kilobytes.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn boxed<T>(value: T) -> Result<Box<[T; 1]>, Error> {
    let mut one = Vec::new();
    reserve(&mut one, 1)?;
    one.push(value);
    one.into_boxed_slice().try_into().map_err(|_| Error::Memory(size_of::<T>() as u64))
}

/// Makes room for `more` items and no others in an empty vector.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn reserve<T>(to: &mut Vec<T>, more: usize) -> Result<(), Error> {
    reserve_within(to, more, u64::MAX)
}

/// Makes room for `more` items in a vector that may have `limit` bytes: by a sixteenth of its
/// capacity at least, as enlarging a large allocation moves no bytes.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn reserve_within<T>(to: &mut Vec<T>, more: usize, limit: u64) -> Result<(), Error> {
    if to.capacity() - to.len() >= more {
        return Ok(());
    }
    let size = size_of::<T>().max(1);
    let most = usize::try_from(limit).unwrap_or(usize::MAX) / size;
    let step = (to.capacity() / 16).max(more).min(most.saturating_sub(to.len()));
    if step < more || try_reserve_exact(to, step).is_err() {
        let bytes = (to.len() as u64).saturating_add(more as u64).saturating_mul(size as u64);
        return Err(Error::Memory(bytes));
    }
    Ok(())
}
