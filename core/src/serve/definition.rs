//! The definition: recipes as JSON, their sources by names.
//!
//! ```text
//! text ──parse──> Value        (no repeated fields, no nulls, so deep and so much at most)
//! Value ──read──> recipes      (known fields alone, options by the calls that take them)
//! recipes ──write──> text      (in one order, without what is at its default)
//! ```
//!
//! Errors name the place in the document as a JSON path.

mod fields;
mod names;
mod parse;
mod path;
mod read;
mod write;

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::recipe::source::Source;
use crate::recipe::value::Value;
use crate::recipe::{MAX_DEPTH, Recipe};
use crate::serve::functions::policy_options;
use crate::serve::policy::Policy;
use read::{Find, recipes};
pub(crate) use write::write;

/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;

/// Bytes of a text. A page of 64 inputs has some kilobytes.
const MAX_BYTES: usize = 16 << 20;

/// Values in a text. Each may become a recipe of some hundred bytes, so that the bytes of a text alone would allow
/// gigabytes of them.
const MAX_VALUES: usize = 1 << 18;

/// Operations that all outputs have of their definition, of each a copy: as many as a pass may have.
const MAX_COPIES: usize = 1 << 20;

/// Objects and lists one in the other: an object, its stitch and the list of inputs for each stitch, and around and in
/// them a few.
const MAX_NESTING: usize = 3 * MAX_DEPTH + 8;

/// Reads the recipes of a text, their sources from a map.
pub(crate) fn read(text: &str, sources: &HashMap<String, Source>) -> Result<Vec<Recipe>> {
    recipes(&parse::parse(text)?, &mut |name| sources.get(name).cloned())
}

/// Reads a policy.
pub(crate) fn read_policy(text: &str) -> Result<Policy> {
    read::policy(&parse::parse(text)?)
}

/// Writes a policy.
pub(crate) fn write_policy(policy: &Policy) -> String {
    write::write_options(&policy_options(policy))
}

/// The only recipe of several that were read.
///
/// # Errors
/// `invalid_option` where there are more.
pub(crate) fn only(mut recipes: Vec<Recipe>) -> Result<Recipe> {
    match (recipes.pop(), recipes.len()) {
        (Some(recipe), 0) => Ok(recipe),
        (_, others) => Err(one_of(others + 1)),
    }
}

/// The error of so many outputs where there is one to be.
#[cold]
pub(crate) fn one_of(outputs: usize) -> Error {
    Error::invalid_option(format!(
        "$.outputs: from_json reads a definition of one output, found {outputs}: pipelines_from_json reads them all"
    ))
}

/// A definition that was read, before it has its sources: for languages that look at a source only when it is used.
#[derive(Debug)]
pub(crate) struct Unsourced {
    document: Value,
    /// Sources in use, in the order in which they appear.
    pub(crate) names: Vec<String>,
    pub(crate) outputs: usize,
}

impl Unsourced {
    /// Reads a text; `has` tells which names have a source.
    pub(crate) fn read(text: &str, has: &dyn Fn(&str) -> bool) -> Result<Self> {
        let document = parse::parse(text)?;
        let (mut names, mut found) = (Vec::new(), HashMap::new());
        let mut find = |name: &str| -> Option<Source> {
            if !found.contains_key(name) {
                let source = has(name).then(|| Source::from(b""))?;
                names.push(name.to_owned());
                found.insert(name.to_owned(), source);
            }
            found.get(name).cloned()
        };
        let outputs = recipes(&document, &mut find)?.len();
        Ok(Self { document, names, outputs })
    }

    /// Its recipes with these sources.
    pub(crate) fn recipes(&self, find: Find<'_>) -> Result<Vec<Recipe>> {
        recipes(&self.document, find)
    }
}

#[cfg(test)]
mod tests;
