//! Functions for services: the cases of `cases/serve`, and what holds for all queries, keys and paths.

use std::collections::HashSet;

use makeready::by_name::{self, FUNCTIONS, Value};
use makeready::{Error, Policy, Rendition, sign, verify};
use makeready_tests::recipe::Options;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptCase {
    name: String,
    given: Options,
    #[serde(default)]
    expect: Options,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RenditionCase {
    query: String,
    source: Option<String>,
    #[serde(default)]
    policy: Options,
    key: Option<String>,
    #[serde(default)]
    same: Vec<String>,
    error: Option<String>,
    code: Option<String>,
}

#[derive(Deserialize)]
struct File<T> {
    case: Vec<T>,
}

fn cases<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = makeready_tests::path("cases/serve").join(name);
    let text = std::fs::read_to_string(&path).expect("a file of cases");
    let file: File<T> = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    file.case
}

fn negotiate(given: &[(String, Value)]) -> Result<Vec<(String, Value)>, Error> {
    let function = FUNCTIONS.iter().find(|function| function.name == "negotiate").expect("it");
    match (function.call)(given)? {
        Value::Map(answer) => Ok(answer),
        other => panic!("{other}"),
    }
}

/// A value that is not there is 0 or empty in a case.
fn says(found: &Value, expected: &Value) -> bool {
    let is_nothing = matches!(expected, Value::Int(0)) || *expected == Value::Text(String::new());
    found == expected || (matches!(found, Value::None) && is_nothing)
}

#[test]
fn clients_are_sent_what_they_accept() {
    let cases: Vec<AcceptCase> = cases("accept.toml");
    assert!(cases.len() >= 68, "{} cases", cases.len());
    for case in cases {
        let answer = match negotiate(&case.given.values()) {
            Ok(answer) => answer,
            Err(error) => {
                assert_eq!(Some(error.code()), case.error.as_deref(), "{}: {error}", case.name);
                continue;
            }
        };
        assert_eq!(case.error, None, "{}", case.name);
        for (name, expected) in case.expect.values() {
            let found =
                answer.iter().find(|(found, _)| *found == name).expect("a part of an answer");
            assert!(says(&found.1, &expected), "{}: {name} is {}", case.name, found.1);
        }
        // A client has the same answer by its token.
        let token = answer.iter().find(|(name, _)| name == "token").expect("a token");
        let mut by_token = case.given.values();
        by_token.retain(|(name, _)| name != "accept");
        by_token.push(("accept".to_owned(), Value::Text(format!("token:{}", token.1))));
        let again = negotiate(&by_token).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let format = |answer: &[(String, Value)]| answer[0].1.clone();
        // Which formats a client that accepts none refuses is not in its token.
        if token.1 != Value::Text(String::new()) {
            assert_eq!(format(&answer), format(&again), "{} by its token", case.name);
        }
    }
}

#[test]
fn rubbish_is_read_in_linear_time() {
    let header = |part: &str| part.repeat(8192 / part.len());
    for part in [",", ";", "\"", "\\\"", "a/b;q=0.1,", "image/webp;q=1;a=", "image/*;q=0.0,", "é"]
    {
        let text = header(part);
        let start = std::time::Instant::now();
        for _ in 0..100 {
            drop(
                negotiate(&[("accept".to_owned(), Value::Text(text.clone()))]).expect("an answer"),
            );
        }
        // 8 KB a hundred times: microseconds each where the time is linear.
        assert!(start.elapsed().as_secs_f64() < 1.0, "{part:?}: {:?}", start.elapsed());
    }
}

#[test]
fn queries_have_keys() {
    let cases: Vec<RenditionCase> = cases("rendition.toml");
    assert!(cases.len() >= 67, "{} cases", cases.len());
    for case in cases {
        let policy = by_name::policy(&case.policy.values()).map_err(Error::from);
        let source = case.source.as_deref().unwrap_or("a/b.jpg");
        let key = |query: &str| {
            Rendition::parse(query, policy.as_ref().map_err(Clone::clone)?)?.key(source)
        };
        let found = match key(&case.query) {
            Ok(found) => found,
            Err(error) => {
                let expected = case.error.unwrap_or_else(|| panic!("{}: {error}", case.query));
                assert!(error.to_string().starts_with(&expected), "{}: {error}", case.query);
                let named = expected.split_once(": ").map(|(name, _)| name);
                let named = named.filter(|name| !name.contains(' '));
                assert_eq!(error.parameter(), named, "{error}");
                assert_eq!(
                    error.code(),
                    case.code.as_deref().unwrap_or("invalid_option"),
                    "{error}"
                );
                continue;
            }
        };
        assert_eq!(Some(&found), case.key.as_ref(), "{} {:?}", case.query, case.error);
        for other in &case.same {
            assert_eq!(
                key(other).unwrap_or_else(|error| panic!("{other}: {error}")),
                found,
                "{other}"
            );
        }
        let policy = policy.expect("a policy");
        let rendition = Rendition::from_key(&found, &policy).expect("its own key");
        assert_eq!(rendition, Rendition::parse(&case.query, &policy).expect("the query again"));
        assert_eq!(
            Rendition::parse(&rendition.to_string(), &Policy::new()).expect("shown"),
            rendition
        );
        assert_eq!(Rendition::source_of(&found).expect("a source"), source);
    }
}

#[test]
fn a_text_that_is_no_key_is_refused() {
    let anything = Policy::new();
    let long = format!("v1/{}/w-1.webp", "a".repeat(513));
    for text in [
        "",
        "v1",
        "v1/",
        "v1//w-1.webp",
        "v1/a",
        "v1/a/",
        "v1/a/w-1",
        "v2/a/w-1.webp",
        "v1/a/w-1.jpg",
        "v1/a/w-01.webp",
        "v1/a/h-1.w-1.webp",
        "v1/a/w-1.w-1.webp",
        "v1/a/w-1.whole.webp",
        "v1/a/fit-cover.webp",
        "v1/a/q-80.webp",
        "v1/a/dpr-2.w-1.webp",
        "v1/../w-1.webp",
        "v1/a/../b/w-1.webp",
        "v1/~2E~2E/w-1.webp",
        "v1/a~2Fb/w-1.webp",
        "v1/~61/w-1.webp",
        "v1/a~7e/w-1.webp",
        "v1/a~/w-1.webp",
        "v1/a~FF/w-1.webp",
        "v1/a~00/w-1.webp",
        "v1/a b/w-1.webp",
        "v1/a/flop-1.webp",
        "v1/a/crop-1,2,3,4.webp",
        "v1/a/w-1.exe",
        "/v1/a/w-1.webp",
        &long,
    ] {
        let error = Rendition::from_key(text, &anything).expect_err(text);
        assert!(matches!(error.code(), "invalid_option" | "unsupported"), "{text}: {error}");
    }
    // No ground that nobody could see, as there are millions of them.
    for text in
        ["v1/a/bg-00000000.webp", "v1/a/w-1.bg-ff000080.webp", "v1/a/w-1.h-1.bg-00000001.webp"]
    {
        let error = Rendition::from_key(text, &anything).expect_err(text);
        assert!(error.to_string().starts_with("bg: is opaque but for fit contain"), "{error}");
    }
    // A key asks for no more than a query may, but for the format, which the service picks.
    let policy = Policy::new().parameters(["w", "flip", "flop"]);
    for name in ["w-1", "flip-1", "rotate-180", "rotate-180.flip-1.w-1", "whole"] {
        let key = format!("v1/a/{name}.webp");
        assert!(Rendition::from_key(&key, &policy).is_ok(), "{key}");
    }
    for name in [
        "page-1",
        "crop-0-0-1-1",
        "rotate-90",
        "rotate-270.flip-1",
        "w-1.h-1",
        "w-1.fit-fill",
        "w-1.bg-ffffff",
        "w-1.q-60",
    ] {
        let key = format!("v1/a/{name}.webp");
        let error = Rendition::from_key(&key, &policy).expect_err(&key);
        assert!(error.to_string().ends_with(": expected w, flip, flop"), "{error}");
    }
    // Keys are held to the policy, and are not rounded to its steps.
    let policy = Policy::new().widths([320]);
    assert!(Rendition::from_key("v1/a/w-320.webp", &policy).is_ok());
    assert!(Rendition::from_key("v1/a/w-300.webp", &policy).is_err());
}

#[test]
fn a_policy_counts_what_can_be_asked_for() {
    let sides = ["", "3", "7", "9"];
    let policies = [
        Policy::new().widths([3, 7]).parameters(["w", "q"]).qualities([60]),
        Policy::new().with_widths(vec![3]).with_heights(vec![7]).parameters(["w", "h", "fit", "f"]),
        Policy::new()
            .widths([3])
            .with_heights(vec![7])
            .parameters(["w", "h", "fit", "position", "rotate", "flip"]),
        Policy::new()
            .with_sizes(vec![(3, 7).into(), (7, 3).into()])
            .parameters(["w", "h", "fit", "bg"])
            .with_backgrounds(vec![makeready::Colour::WHITE, makeready::Colour::rgba(1, 2, 3, 4)]),
        Policy::new()
            .max_width(7)
            .parameters(["w", "page", "flop"])
            .max_page(2)
            .with_fits(vec![makeready::Fit::Fill]),
        Policy::new()
            .widths([3])
            .with_fits(vec![makeready::Fit::Fill, makeready::Fit::Cover])
            .parameters(["w", "fit", "f"])
            .formats([makeready::Format::WebP]),
    ];
    for policy in policies {
        let mut keys = HashSet::new();
        let mut add = |query: &[(&str, &str)]| {
            let given = query.iter().filter(|(_, value)| !value.is_empty());
            let text: Vec<_> = given.map(|(name, value)| format!("{name}={value}")).collect();
            if let Ok(rendition) = Rendition::parse(&text.join("&"), &policy) {
                keys.insert(rendition.key("a").expect("a key"));
            }
        };
        let allows = |name: &str| policy.parameters.iter().any(|allowed| allowed == name);
        let values =
            |name: &str, all: &[&'static str]| if allows(name) { all.to_vec() } else { vec![""] };
        let widths = if policy.widths.is_empty() && policy.sizes.is_empty() {
            vec!["", "1", "2", "3", "4", "5", "6", "7", "8"]
        } else {
            sides.to_vec()
        };
        for w in if allows("w") { widths } else { vec![""] } {
            for h in values("h", &sides) {
                for fit in values("fit", &["", "contain", "fill", "inside", "outside"]) {
                    for position in values(
                        "position",
                        &[
                            "",
                            "north",
                            "north_east",
                            "east",
                            "south_east",
                            "south",
                            "south_west",
                            "west",
                            "north_west",
                        ],
                    ) {
                        for rotate in values("rotate", &["", "90", "180", "270"]) {
                            for mirror in ["", "1"] {
                                for bg in values("bg", &["", "fff", "01020304"]) {
                                    for f in values("f", &["", "jpeg", "png", "webp", "gif"]) {
                                        for q in values("q", &["", "60", "70"]) {
                                            for page in values("page", &["", "1", "2", "3"]) {
                                                let flip = if allows("flip") { mirror } else { "" };
                                                let flop = if allows("flop") { mirror } else { "" };
                                                add(&[
                                                    ("w", w),
                                                    ("h", h),
                                                    ("fit", fit),
                                                    ("position", position),
                                                    ("rotate", rotate),
                                                    ("flip", flip),
                                                    ("flop", flop),
                                                    ("bg", bg),
                                                    ("f", f),
                                                    ("q", q),
                                                    ("page", page),
                                                ]);
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(policy.renditions(), keys.len() as u128, "{policy:?}");
    }
    assert!(Policy::new().renditions() > 1 << 100);
}

#[test]
fn signatures_hold_what_they_sign() {
    let old = ("old", "a secret of some length");
    let new = ("new", "another secret of a length");
    let late = 40_000_000_000;
    for path in ["/v1/a.jpg/w-1.webp", "a?w=1", "", "/é?e=1&k=2&s=3", "&e=5"] {
        let signed = sign(path, &[old, new], late).expect("signed");
        assert_eq!(verify(&signed, &[old, new]).expect("the keys"), path);
        assert_eq!(verify(&signed, &[new, old]).expect("in any order"), path);
        for (keys, what) in [
            (vec![new], "another key"),
            (vec![], "no key"),
            (vec![("old", new.1)], "another secret"),
        ] {
            assert_eq!(verify(&signed, &keys).expect_err(what).code(), "forbidden", "{what}");
        }
        let expired = sign(path, &[old], 1).expect("signed");
        assert_eq!(
            verify(&expired, &[old]).expect_err("expired").to_string(),
            "the signature has expired"
        );
        // Every other text is refused: each byte changed, cut and doubled.
        for at in 0..signed.len() {
            let mut bytes = signed.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(text) = String::from_utf8(bytes) {
                assert_eq!(verify(&text, &[old]).expect_err(&text).code(), "forbidden");
            }
            if signed.is_char_boundary(at) {
                assert_eq!(verify(&signed[..at], &[old]).expect_err("cut").code(), "forbidden");
            }
        }
        assert!(
            verify(&signed.to_uppercase(), &[old]).is_err()
                && verify(&format!("{signed}&s=0"), &[old]).is_err()
        );
    }
    for (name, secret) in
        [("", "a secret of some length"), ("a b", "a secret of some length"), ("a", "short")]
    {
        assert_eq!(
            sign("/a", &[(name, secret)], late).expect_err("a key").code(),
            "invalid_option"
        );
    }
    assert_eq!(sign::<&str, &str>("/a", &[], late).expect_err("no key").code(), "invalid_option");
    assert_eq!(sign("/a#b", &[old], late).expect_err("a fragment").code(), "invalid_option");
    // The MAC as hmac.new(secret, text, "sha256") of Python gives it.
    let known = "1f75189098b72ffa60af7f5e4a00de4e2c514d96988cbf8cff0554c592609ba1";
    let signed = sign("/a", &[old], late).expect("signed");
    assert_eq!(signed, format!("/a?e=40000000000&k=old&s={known}"));
}
