//! Things that the tests share: cases as data, inputs, comparisons of pictures.

pub mod bytes;
pub mod case;
pub mod compare;
pub mod corpus;
pub mod recipe;
pub mod rule;

use std::path::{Path, PathBuf};

/// A file below this package.
#[must_use]
pub fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// An input file of the tests.
///
/// # Panics
/// When there is no such file.
#[must_use]
pub fn image(name: &str) -> Vec<u8> {
    let path = path("images").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
