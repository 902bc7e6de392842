//! Any bytes are an image or a typed error.

use std::time::Duration;

use makeready::{ErrorKind, Format, Open, Pipeline};

use crate::{is_typed, pixels};

const DEADLINE: Duration = Duration::from_secs(5);

/// Decodes in full. Never an `internal` error, which a panic inside the library becomes.
///
/// # Panics
/// When the error is of a kind that a file cannot be to blame for.
pub fn decode(data: &[u8]) {
    let drawn = Open::new().formats([Format::Svg, Format::Pdf]);
    for (open, is_drawn) in [(Open::new(), false), (drawn, true)] {
        let job = Pipeline::open_with(data.to_vec(), open).deadline(DEADLINE);
        if let Err(error) = pixels(&job) {
            // A drawing may ask for more than anybody waits for; a picture of pixels may not.
            let is_late = is_drawn && error.kind() == ErrorKind::Timeout;
            assert!(is_late || is_typed(&error), "{error:?}");
        }
    }
}
