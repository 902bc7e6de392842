//! Any text is a key that is its source's, or no key at all.

use makeready::{Policy, Rendition};

use crate::query::check;
use crate::text::texts;

const WORDS: [&str; 46] = [
    "v1/",
    "v1/",
    "v1/",
    "v1/a/",
    "v1/a/",
    "v1/a/",
    "v1/a/",
    "/",
    "/",
    "a",
    "B.jpg",
    "~",
    "~20",
    "~7E",
    "~C3~BC",
    "~2F",
    "~00",
    ".",
    ".",
    ".",
    ".",
    "..",
    "w-320",
    "h-200",
    "fit-contain",
    "fit-fill",
    "position-north",
    "bg-ffffff",
    "bg-01020380",
    "q-60",
    "page-3",
    "crop-1-2-3-4",
    "rotate-90",
    "flip-1",
    "whole",
    "webp",
    "jpeg",
    "png",
    "any",
    ".webp",
    ".any",
    "-",
    " ",
    "\\",
    "é",
    "\u{1}",
];

/// Reads a text as a key and as a source.
///
/// # Panics
/// When a key is accepted that is not the one of its rendition and its source, or a source does not come back.
pub fn key(data: &[u8]) {
    let (texts, _) = texts(data, &WORDS);
    let anything = Policy::new();
    let name = format!("v1/a/{}.webp", texts[1]);
    for text in texts.into_iter().chain([name]) {
        if let Ok(rendition) = Rendition::from_key(&text, &anything) {
            let source = Rendition::source_of(&text).expect("the source of a key");
            assert_eq!(rendition.key(&source).ok().as_ref(), Some(&text));
            check(&text);
        }
        let rendition = Rendition::parse("w=1&h=2&fit=contain&bg=01020304", &anything);
        let rendition = rendition.expect("a rendition");
        if let Ok(key) = rendition.key(&text) {
            check(&key);
            assert_eq!(Rendition::source_of(&key).ok().as_ref(), Some(&text));
            assert_eq!(Rendition::from_key(&key, &anything).ok(), Some(rendition));
        }
    }
}
