//! Checks of words and numbers that a caller gives.

use crate::error::{Error, Result};

/// Finds the one of `all` whose name is `word`; else gives an `invalid_option` error that lists the
/// names.
pub(crate) fn named<T: Copy>(
    what: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    word: &str,
) -> Result<T> {
    all.iter().copied().find(|&value| name(value) == word).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|&value| name(value)).collect();
        Error::invalid_option(format!("{what} is one of {}, found {word:?}", names.join(", ")))
    })
}

/// Gives an `invalid_option` error unless `value` lies in `range`.
pub(crate) fn in_range<T>(name: &str, value: T, range: std::ops::RangeInclusive<T>) -> Result<()>
where
    T: PartialOrd + std::fmt::Display,
{
    if range.contains(&value) {
        return Ok(());
    }
    let (low, high) = range.into_inner();
    Err(Error::invalid_option(format!("{name} is {low} to {high}, found {value}")))
}
