//! Any bytes are an image or a typed error.

use std::time::Duration;

use makeready::{Format, Open, Pipeline};

use crate::{is_typed, pixels};

/// Decodes in full. Never an `internal` error, which a panic inside the library becomes.
///
/// # Panics
/// When the error is of a kind that a file cannot be to blame for.
pub fn decode(data: &[u8]) {
    let drawn = Open::new().formats([Format::Svg, Format::Pdf]);
    for open in [Open::new(), drawn] {
        // A drawing may ask for more than anybody waits for; a picture of pixels may not.
        let job = Pipeline::open_with(data.to_vec(), open).deadline(Duration::from_secs(10));
        if let Err(error) = pixels(&job) {
            assert!(is_typed(&error), "{error:?}");
        }
    }
}
