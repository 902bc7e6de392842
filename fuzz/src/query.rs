//! A query that is read is written as it was read, and has one key.

use makeready::{Fit, Format, Policy, Rendition};

use crate::recipe::Dice;
use crate::text::texts;

const WORDS: [&str; 61] = [
    "w=320",
    "w=1",
    "w=65535",
    "w=65536",
    "h=200",
    "h=1",
    "dpr=2",
    "dpr=1.25",
    "dpr=0.1",
    "fit=cover",
    "fit=contain",
    "fit=fill",
    "fit=inside",
    "fit=outside",
    "position=north",
    "position=south_west",
    "position=centre",
    "bg=fff",
    "bg=01020380",
    "bg=0000",
    "bg=102030ff",
    "q=80",
    "q=60",
    "q=100",
    "f=webp",
    "f=jpg",
    "f=jpeg",
    "f=png",
    "f=avif",
    "page=0",
    "page=3",
    "page=4294967295",
    "crop=0,0,1,1",
    "crop=1-2-3-4",
    "crop=4294967295,4294967295,4294967295,4294967295",
    "rotate=0",
    "rotate=90",
    "rotate=180",
    "rotate=270",
    "flip=1",
    "flop=1",
    "flip=0",
    "flop=0",
    "&",
    "&",
    "&",
    "&",
    "&",
    "&",
    "&",
    "&",
    "&",
    "&",
    "&",
    "&",
    "=",
    "%",
    "%3",
    "+",
    "0",
    "é",
];

/// Parses, displays, and makes keys, under a policy that the input chooses.
///
/// # Panics
/// When a query or a key comes back as another rendition, or a key is not one that every store takes.
pub fn query(data: &[u8]) {
    let (queries, mut dice) = texts(data, &WORDS);
    let policy = policy(&mut dice);
    let anything = Policy::new();
    for query in queries {
        let Ok(rendition) = Rendition::parse(&query, &policy) else { continue };
        let shown = rendition.to_string();
        assert_eq!(Rendition::parse(&shown, &policy).ok(), Some(rendition), "{query:?}");
        let formats = [Format::Jpeg, Format::Png, Format::WebP].into_iter();
        let formats = formats.filter_map(|format| rendition.with_format(format).ok());
        for rendition in formats.chain([rendition]) {
            let key = rendition.key("a b/ü.jpg").expect("a key");
            check(&key);
            assert_eq!(Rendition::from_key(&key, &anything).ok(), Some(rendition), "{query:?}");
            let shown = rendition.to_string();
            assert_eq!(Rendition::parse(&shown, &anything).ok(), Some(rendition), "{query:?}");
        }
        let key = rendition.key("a").expect("a key");
        assert_eq!(Rendition::from_key(&key, &policy).ok(), Some(rendition), "{query:?}");
    }
}

/// A key is a path that every store, URL and file system takes as it is.
///
/// # Panics
/// When it is not.
pub(crate) fn check(key: &str) {
    assert!(key.len() <= 1024, "{} bytes: {key}", key.len());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._~-".contains(&byte);
    assert!(key.bytes().all(is_plain), "{key:?}");
    assert!(key.split('/').all(|part| !matches!(part, "" | "." | "..")), "{key:?}");
}

fn policy(dice: &mut Dice<'_>) -> Policy {
    let mut policy = Policy::new();
    if dice.below(3) == 0 {
        policy = policy.widths([1, 320, 640]).with_heights(vec![200]);
    } else if dice.below(3) == 0 {
        policy = policy.with_sizes(vec![(320, 200).into(), (1, 1).into()]);
    }
    if dice.below(4) == 0 {
        policy = policy.qualities([60, 80]);
    }
    if dice.below(4) == 0 {
        policy = policy.formats([Format::WebP, Format::Png]);
    }
    if dice.below(4) == 0 {
        policy = policy.with_fits(vec![Fit::Fill, Fit::Contain]);
    }
    policy
}
