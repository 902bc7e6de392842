//! Any header is answered, and a client has the same answer by its token.

use makeready::{Facts, Format, Negotiate, negotiate};

use crate::text::texts;

const WORDS: [&str; 34] = [
    "image/webp",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "image/avif",
    "image/jxl",
    "image/gif",
    "image/*",
    "*/*",
    "*/webp",
    "text/html",
    "IMAGE/WebP",
    ",",
    ",",
    ",",
    ",",
    ", ",
    ";q=",
    ";q=0.",
    ";Q=1",
    ";q=0",
    ";q=1.000",
    ";q=0.999",
    "0",
    "1",
    "9",
    ";",
    " ",
    "\t",
    "\"",
    "\\",
    "=",
    "a",
    "é",
];

/// Negotiates by a header, by its token, and by the header behind a range of weight 1, above which nothing may weigh.
///
/// # Panics
/// When there is no answer, when the token has another, or when another format comes before the one of weight 1.
pub fn accept(data: &[u8]) {
    let (headers, mut dice) = texts(data, &WORDS);
    let mut formats = vec![Format::WebP, Format::Jpeg, Format::Png];
    formats.rotate_left(dice.below(3) as usize);
    formats.truncate(1 + dice.below(3) as usize);
    let client = |header: String| Negotiate::accept(header).formats(formats.iter().copied());
    for header in headers {
        let answer = match negotiate(client(header.clone()), &Facts::default()) {
            Ok(answer) => answer,
            Err(error) => {
                assert_eq!(error.code(), "invalid_option", "{header:?}: {error}");
                assert!(header.starts_with("token:"), "{header:?}: {error}");
                continue;
            }
        };
        assert!(formats.contains(&answer.format), "{header:?}: {answer:?}");
        if !answer.token.is_empty() {
            let by_token = client(format!("token:{}", answer.token));
            let again = negotiate(by_token, &Facts::default());
            assert_eq!(again.as_ref().ok(), Some(&answer), "{header:?}");
        }
        let first = format!("image/{},{header}", formats[0]);
        let answer = negotiate(client(first), &Facts::default()).expect("an answer");
        assert_eq!(answer.format, formats[0], "{header:?} behind a range of weight 1");
    }
}
