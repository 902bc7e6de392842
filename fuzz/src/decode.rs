//! Any bytes are an image or a typed error.

use makeready::Pipeline;

use crate::{is_typed, pixels};

/// Decodes in full. Never an `internal` error, which a panic inside the library becomes.
///
/// # Panics
/// When the error is of a kind that a file cannot be to blame for.
pub fn decode(data: &[u8]) {
    if let Err(error) = pixels(&Pipeline::open(data.to_vec())) {
        assert!(is_typed(&error), "{error:?}");
    }
}
