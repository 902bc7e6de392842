//! A part of a file, between its marks.

use std::io::{Error, Result};
use std::path::PathBuf;

/// A text, and where it goes: between a line with `<write-types: PART>` and one with `</write-types>`, or the whole file.
pub(crate) struct Target {
    file: &'static str,
    part: Option<&'static str>,
    lines: String,
}

impl Target {
    pub(crate) fn new(file: &'static str, part: &'static str, lines: String) -> Self {
        Self { file, part: Some(part), lines }
    }

    /// A file that has nothing else.
    pub(crate) fn whole(file: &'static str, lines: String) -> Self {
        Self { file, part: None, lines }
    }

    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(self.file)
    }

    /// The file as it is.
    pub(crate) fn read(&self) -> Result<String> {
        std::fs::read_to_string(self.path())
    }

    /// The file as it should be.
    pub(crate) fn text(&self) -> Result<String> {
        let missing = |what: &str| Error::other(format!("expected a line with {what}"));
        let Some(part) = self.part else {
            return Ok(self.lines.clone());
        };
        let old = self.read()?;
        let begin = format!("<write-types: {part}>");
        let from = old.find(&begin).ok_or_else(|| missing(&begin))?;
        let from = from + old[from..].find('\n').ok_or_else(|| missing("an end"))? + 1;
        let to =
            from + old[from..].find("</write-types>").ok_or_else(|| missing("</write-types>"))?;
        let to = old[..to].rfind('\n').map_or(from, |end| end + 1);
        Ok(format!("{}{}{}", &old[..from], self.lines, &old[to..]))
    }

    /// Writes the file, if that changes it.
    pub(crate) fn write(&self) -> Result<()> {
        let text = self.text()?;
        if self.read().is_ok_and(|old| old == text) {
            Ok(())
        } else {
            std::fs::write(self.path(), text)
        }
    }
}
