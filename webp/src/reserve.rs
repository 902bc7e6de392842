//! Memory that is reserved fallibly.

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

/// Makes room for `more` items, and some for later where that takes a larger allocation.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn reserve<T>(to: &mut Vec<T>, more: usize) -> Result<(), Error> {
    if to.capacity() - to.len() >= more {
        return Ok(());
    }
    let step = more.max(to.capacity() / 4);
    let bytes = (to.len() as u64).saturating_add(step as u64).saturating_mul(size_of::<T>() as u64);
    try_reserve_exact(to, step).map_err(|_| Error::Memory(bytes))
}
