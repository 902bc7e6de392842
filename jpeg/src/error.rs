//! What can go wrong while a JPEG file is read.

use makeready_kernels::heap::try_reserve_exact;
use thiserror::Error;

/// Why a JPEG file could not be read. Messages say what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JpegError {
    /// The file breaks the rules of the format.
    #[error("malformed JPEG: {0}")]
    Malformed(String),
    /// The file ends before the image does.
    #[error("truncated JPEG: {0}")]
    Truncated(String),
    /// The file is right, but of a kind that this decoder does not read.
    #[error("unsupported JPEG: {0}")]
    Unsupported(String),
    /// The file asks for more work than the request allows.
    #[error("{limit} allows {max}, the JPEG has {actual}")]
    Limit {
        /// The name of the limit, as the user knows it.
        limit: &'static str,
        /// What it allows.
        max: u64,
        /// What the file asks for.
        actual: u64,
    },
    /// This many bytes could not be reserved.
    #[error("{0} bytes of memory could not be reserved")]
    Memory(u64),
    /// The caller's `poll` said stop.
    #[error("stopped by the caller")]
    Stopped,
    /// The caller broke the contract of the decoder: a bug on our side.
    #[error("JPEG decoder misused: {0}")]
    Misuse(String),
}

/// A vector of `len` copies of `value`, reserved fallibly and to the exact size.
pub(crate) fn filled<T: Clone>(value: T, len: usize) -> Result<Vec<T>, JpegError> {
    let mut items = Vec::new();
    if try_reserve_exact(&mut items, len).is_err() {
        let bytes = (len as u64).saturating_mul(size_of::<T>() as u64);
        return Err(JpegError::Memory(bytes));
    }
    items.resize(len, value);
    Ok(items)
}

/// A box, made fallibly: for what is larger than a few kilobytes.
pub(crate) fn boxed<T, const N: usize>(items: [T; N]) -> Result<Box<[T; N]>, JpegError> {
    let mut all = Vec::new();
    let bytes = size_of::<[T; N]>() as u64;
    try_reserve_exact(&mut all, N).map_err(|_| JpegError::Memory(bytes))?;
    all.extend(items);
    <Box<[T; N]>>::try_from(all.into_boxed_slice()).map_err(|_| JpegError::Memory(bytes))
}
