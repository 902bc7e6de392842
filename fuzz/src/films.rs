//! A film that is read is written with the same frames.

use makeready::{Image, OnError, Open, Pipeline, Png, Result, probe_with};

use crate::encode_then_decode::rgba;
use crate::{is_typed, limits, pixels};

/// Frames that are compared.
const FRAMES: u32 = 6;

/// Reads all frames, with and without recovery, and writes them as an APNG.
///
/// # Panics
/// When the error is not typed, or a frame of the APNG is another one.
pub fn films(data: &[u8]) {
    for on_error in [OnError::Fail, OnError::Recover] {
        let open = Open::default().animated(true).on_error(on_error);
        let film = Pipeline::open_with(data.to_vec(), open).encode(Png::compression_level(1));
        match film.limits(limits()).threads(1).run() {
            Err(error) => assert!(is_typed(&error), "{error:?}"),
            Ok(written) => compare(data, on_error, &written.data),
        }
    }
}

/// Holds the frames of both files to one another, unless equal ones have become one. The first is left out: the
/// picture of an APNG may be none of its frames.
fn compare(data: &[u8], on_error: OnError, written: &[u8]) {
    let pages = |file: &[u8]| probe_with(file.to_vec(), &limits()).map_or(1, |found| found.pages);
    let count = pages(data);
    if pages(written) != count {
        return;
    }
    for page in 1..count.min(FRAMES) {
        let frame = |file: &[u8], on_error| -> Result<Image> {
            let open = Open::default().page(page).on_error(on_error);
            pixels(&Pipeline::open_with(file.to_vec(), open))
        };
        let expected = frame(data, on_error).expect("a frame of a film that was written");
        let found = frame(written, OnError::Fail).expect("a frame that was written");
        assert!(rgba(&found) == rgba(&expected), "frame {page} of {count}");
    }
}
