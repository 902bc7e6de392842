//! Places in a document, as JSON paths.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// A place: `$.ops[2].width`. It lies on the stack, and costs nothing before there is an error.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    /// The document.
    Root,
    /// A field of an object.
    Field(&'a Self, &'a str),
    /// An item of a list.
    Item(&'a Self, usize),
}

/// Bytes of a message: what it quotes may be as long as the text.
const MAX_MESSAGE: usize = 2000;

impl<'a> Path<'a> {
    pub(super) const fn field(&'a self, name: &'a str) -> Self {
        Self::Field(self, name)
    }

    pub(super) const fn item(&'a self, index: usize) -> Self {
        Self::Item(self, index)
    }

    /// An `invalid_option` at this place.
    #[cold]
    pub(super) fn error(&self, message: impl fmt::Display) -> Error {
        self.error_of(ErrorKind::InvalidOption, message)
    }

    #[cold]
    pub(super) fn error_of(&self, kind: ErrorKind, message: impl fmt::Display) -> Error {
        Error::new(kind, shortened(format!("{self}: {message}")))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut segments = Vec::new();
        let mut place = self;
        loop {
            place = match place {
                Self::Root => break,
                Self::Field(of, name) => {
                    segments.push(field(name));
                    of
                }
                Self::Item(of, index) => {
                    segments.push(item(*index));
                    of
                }
            };
        }
        f.write_str("$")?;
        segments.iter().rev().try_for_each(|segment| f.write_str(segment))
    }
}

/// A field as a segment: `.width`, and in quotes where it is no word.
pub(super) fn field(name: &str) -> String {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word { format!(".{name}") } else { format!("[{name:?}]") }
}

/// An item as a segment.
pub(super) fn item(index: usize) -> String {
    format!("[{index}]")
}

pub(super) fn shortened(mut message: String) -> String {
    if message.len() > MAX_MESSAGE {
        let end = (0..=MAX_MESSAGE).rev().find(|&end| message.is_char_boundary(end));
        message.truncate(end.unwrap_or_default());
        message.push('…');
    }
    message
}
