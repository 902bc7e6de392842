//! Bounds the growth of a text by its entities, before they are put in.

use crate::error::Result;
use crate::recipe::limits::check;

/// The most bytes that entities may become.
const MOST: u64 = 4 << 20;

/// References within one entity that the parser follows at the most.
const NESTED: u64 = 255;

/// An error where entities would become too much text, each counted as if it were all of their declarations.
pub(super) fn check_entities(text: &str) -> Result<()> {
    let Some((declared, rest)) = declarations(text) else { return Ok(()) };
    let used = references(rest);
    let nested = if references(declared) > 0 { NESTED } else { 1 };
    let grown = (declared.len() as u64).saturating_mul(used).saturating_mul(nested);
    check("svg_entity_bytes", MOST, grown)
}

/// The declarations, from the first to the last, and the text behind them.
fn declarations(text: &str) -> Option<(&str, &str)> {
    let first = text.find("<!ENTITY")?;
    let last = text.rfind("<!ENTITY")?;
    let opening = text[last..].find(['"', '\'']).map(|at| last + at);
    let closing = opening.and_then(|at| {
        let quote = &text[at..=at];
        Some(at + 1 + text[at + 1..].find(quote)?)
    });
    let end = closing.unwrap_or(text.len());
    Some((&text[first..end], &text[end..]))
}

/// References to entities that are declared, not to characters or to those that every file has.
fn references(text: &str) -> u64 {
    let known = ["#", "amp;", "lt;", "gt;", "quot;", "apos;"];
    let is_declared = |at: &str| known.iter().all(|known| !at.starts_with(known));
    text.match_indices('&').filter(|(at, _)| is_declared(&text[at + 1..])).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_that_grow_are_refused() {
        let few = "<!DOCTYPE svg [<!ENTITY ns 'http://x'>]><svg a='&ns;' b='&amp;&#32;'/>";
        assert!(check_entities(few).is_ok());
        assert!(check_entities("<svg>&a;&b;</svg>").is_ok());
        let long = format!("<!DOCTYPE svg [<!ENTITY a '{}'>]><svg>", "x".repeat(1 << 20));
        assert!(check_entities(&(long.clone() + &"&a;".repeat(3))).is_ok());
        let error = check_entities(&(long + &"&a;".repeat(5))).unwrap_err();
        assert_eq!(error.limit(), Some("svg_entity_bytes"));
        let nested = "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><svg>";
        assert!(check_entities(&(nested.to_owned() + &"&b;".repeat(100))).is_ok());
        assert!(check_entities(&(nested.to_owned() + &"&b;".repeat(1000))).is_err());
    }
}
