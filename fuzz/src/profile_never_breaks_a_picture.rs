//! A colour profile may be wrong in any way: the picture is read all the same.

use makeready::{OnProfileError, Open, Pipeline, Resize};

use crate::pixels;

/// Pictures with an ICC profile by matrix and curves, and with ones by tables of inks of both kinds.
const FILES: [&[u8]; 3] = [
    include_bytes!("../../tests/images/colour/p3.jpg"),
    include_bytes!("../../tests/images/colour/inks.jpg"),
    include_bytes!("../../tests/images/colour/inks-second-kind.jpg"),
];

/// Changes bytes of a good profile, three bytes of `data` each: where, and to what.
///
/// # Panics
/// When a picture is not read, or its profile gives another error than `malformed`.
pub fn profile_never_breaks_a_picture(data: &[u8]) {
    for file in FILES {
        let mut file = file.to_vec();
        let length = usize::from(u16::from_be_bytes([file[4], file[5]]));
        let profile = &mut file[20..4 + length];
        for edit in data.as_chunks::<3>().0.iter().take(64) {
            let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % profile.len();
            profile[at] = edit[2];
        }
        let small = |open| Pipeline::open_with(file.clone(), open).resize(Resize::width(8));
        let ignored = pixels(&small(Open::new()));
        ignored.unwrap_or_else(|error| panic!("a profile broke a picture: {error:?}"));
        if let Err(error) = pixels(&small(Open::new().on_profile_error(OnProfileError::Fail))) {
            assert_eq!(error.code(), "malformed", "{error}");
        }
    }
}
