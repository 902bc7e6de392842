//! The `Accept` header of RFC 9110, section 12.5.1, read once from left to right, without an allocation.

use crate::error::{Error, Result};
use crate::picture::format::Format;

/// A format as clients name it.
#[derive(Debug)]
pub(crate) struct Medium {
    /// The name of the format.
    pub(crate) name: &'static str,
    /// Its subtypes below `image/`.
    pub(crate) subtypes: &'static [&'static str],
    /// The letter that stands for it in a token.
    pub(crate) letter: char,
    /// How new it is: clients that name none of this age or newer may not know it.
    pub(crate) age: u8,
    /// Whether its files can move.
    pub(crate) moves: bool,
}

/// The formats that are told apart, also those that this build does not write.
pub(crate) const MEDIA: [Medium; 6] = [
    Medium { name: "jpeg", subtypes: &["jpeg", "jpg"], letter: 'j', age: 0, moves: false },
    Medium { name: "png", subtypes: &["png"], letter: 'p', age: 0, moves: false },
    Medium { name: "gif", subtypes: &["gif"], letter: 'g', age: 0, moves: true },
    Medium { name: "webp", subtypes: &["webp"], letter: 'w', age: 1, moves: true },
    Medium { name: "avif", subtypes: &["avif"], letter: 'a', age: 2, moves: true },
    Medium { name: "jxl", subtypes: &["jxl"], letter: 'x', age: 3, moves: true },
];

/// The place of a format in [`MEDIA`].
pub(crate) fn medium(name: &str) -> Option<usize> {
    MEDIA.iter().position(|medium| medium.name == name)
}

/// The weights of an `Accept` header, in thousandths; `None` where no range matches.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Accepted {
    /// By its own name, for each of [`MEDIA`].
    named: [Option<u16>; MEDIA.len()],
    /// By `image/*`.
    images: Option<u16>,
    /// By `*/*`.
    all: Option<u16>,
}

impl Accepted {
    /// Reads a header; several header lines are one with commas between them. Parts that are malformed are ignored, and
    /// of ranges that are given twice the higher weight counts. Without any range everything is accepted.
    pub(crate) fn parse(header: &str) -> Self {
        let mut accepted = Self::default();
        let mut is_empty = true;
        for part in split_outside_quotes(header, b',') {
            let Some((range, weight)) = media_range(part) else { continue };
            is_empty = false;
            let raise = |known: &mut Option<u16>| *known = (*known).max(Some(weight));
            match range {
                ("*", "*") => raise(&mut accepted.all),
                (kind, "*") if kind.eq_ignore_ascii_case("image") => raise(&mut accepted.images),
                (kind, subtype) if kind.eq_ignore_ascii_case("image") => {
                    let is = |known: &str| known.eq_ignore_ascii_case(subtype);
                    let medium = MEDIA
                        .iter()
                        .position(|medium| medium.subtypes.iter().any(|subtype| is(subtype)));
                    if let Some(medium) = medium {
                        raise(&mut accepted.named[medium]);
                    }
                }
                _ => {}
            }
        }
        if is_empty && trimmed(header).is_empty() {
            accepted.all = Some(1000);
        }
        accepted
    }

    /// The weight of one of [`MEDIA`], by the most specific range that matches: 0 where it is refused. Ranges with a star
    /// stand for no format that is newer than all those that the client names.
    pub(crate) fn weight(&self, medium: usize) -> u16 {
        if let Some(weight) = self.named[medium] {
            return weight;
        }
        let known =
            MEDIA.iter().zip(self.named).filter(|(_, weight)| weight.is_some_and(|w| w > 0));
        let newest = known.map(|(medium, _)| medium.age).max().unwrap_or(0);
        if MEDIA[medium].age > newest {
            return 0;
        }
        self.images.or(self.all).unwrap_or(0)
    }

    /// Whether the client names it, to refuse it.
    pub(crate) fn refuses(&self, medium: usize) -> bool {
        self.named[medium] == Some(0)
    }

    /// A client that accepts the formats of these letters, the first one the most; `None` where a letter stands for no
    /// format.
    pub(crate) fn of_letters(letters: &str) -> Option<Self> {
        let mut accepted = Self::default();
        let mut weight = 1000;
        for letter in letters.chars() {
            let medium = MEDIA.iter().position(|medium| medium.letter == letter)?;
            accepted.named[medium] = Some(weight);
            weight -= 1;
            if weight == 0 {
                return None;
            }
        }
        Some(accepted)
    }
}

/// The program of an edge that makes tokens of clients as [`negotiate`](super::negotiate::negotiate) does, without hints.
pub(crate) fn edge_function(formats: &[Format]) -> Result<String> {
    let candidates: Vec<usize> =
        formats.iter().filter_map(|format| medium(format.name())).collect();
    if candidates.is_empty() {
        return Err(Error::invalid_option("edge_function formats: expected 1 or more, found none"));
    }
    let letters: String = candidates.iter().map(|&medium| MEDIA[medium].letter).collect();
    let media = MEDIA.iter().map(|Medium { subtypes, letter, age, .. }| {
        let subtypes: Vec<_> = subtypes.iter().map(|subtype| format!("'{subtype}'")).collect();
        let subtypes = subtypes.join(", ");
        format!("\n  {{ letter: '{letter}', age: {age}, subtypes: [{subtypes}] }},")
    });
    let program = include_str!("accept.js");
    let program = program.replace("__CANDIDATES__", &format!("'{letters}'"));
    Ok(program.replace("__MEDIA__", &format!("[{}\n]", media.collect::<String>())))
}

/// The parts between `mark`, of which none within a quoted string counts. A quote that does not end takes all that follows
/// into its part, and is malformed.
fn split_outside_quotes(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.bytes().position(|byte| {
            match (quoted, escaped, byte) {
                (true, true, _) => escaped = false,
                (true, false, b'\\') => escaped = true,
                (_, _, b'"') => quoted = !quoted,
                (false, _, byte) if byte == mark => return true,
                _ => {}
            }
            false
        });
        // The mark is one byte of ASCII, so that both cuts lie between characters.
        match end {
            Some(end) => {
                rest = Some(&text[end + 1..]);
                Some(&text[..end])
            }
            None => rest.take(),
        }
    })
}

/// Type, subtype and weight of a range; `None` where it is malformed, or has parameters, as no picture has any.
fn media_range(part: &str) -> Option<((&str, &str), u16)> {
    let mut parts = split_outside_quotes(part, b';').map(trimmed);
    let (kind, subtype) = parts.next()?.split_once('/')?;
    if !is_token(kind) || !is_token(subtype) || (kind == "*" && subtype != "*") {
        return None;
    }
    let mut weight = None;
    for parameter in parts {
        let (name, value) = match parameter.split_once('=') {
            Some((name, value)) => (name, value),
            // Behind the weight stand extensions, which may have no value.
            None if weight.is_some() && is_token(parameter) => continue,
            None => return None,
        };
        match (weight, name.eq_ignore_ascii_case("q")) {
            (None, true) => weight = Some(thousandths(value)?),
            (Some(_), false) if is_token(name) && is_value(value) => {}
            _ => return None,
        }
    }
    Some(((kind, subtype), weight.unwrap_or(1000)))
}

/// A weight: 0 or 1 with up to three digits behind the point, at most 1.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    let fraction = digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// Without the spaces and tabs at both ends.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn is_token(text: &str) -> bool {
    let is_mark = |byte: u8| b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte))
}

/// A token, or a quoted string.
fn is_value(text: &str) -> bool {
    is_token(text) || (text.len() >= 2 && text.starts_with('"') && text.ends_with('"'))
}
