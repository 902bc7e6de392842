//! Any bytes are an image, what is left of one, or a typed error; and what decodes needs no recovery.

use makeready::{OnError, Open, Pipeline};

use crate::{is_typed, pixels};

/// Decodes with and without recovery.
///
/// # Panics
/// When the error is not typed, or a file that decodes is recovered as another picture.
pub fn recover(data: &[u8]) {
    let recover = Open::default().on_error(OnError::Recover);
    let recovered = pixels(&Pipeline::open_with(data.to_vec(), recover));
    if let Err(error) = &recovered {
        assert!(is_typed(error), "{error:?}");
    }
    if let Ok(image) = pixels(&Pipeline::open(data.to_vec())) {
        let recovered = recovered.expect("a file that decodes");
        assert!(recovered == image, "recovery changed a file that decodes");
    }
}
