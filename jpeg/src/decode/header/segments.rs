//! Finds the marker segments.

use crate::error::Error;
use crate::markers;

use super::search;

/// A marker segment, without its marker and length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    /// The byte after 0xFF.
    pub(crate) marker: u8,
    /// The place where its content starts.
    pub(crate) start: usize,
    /// The place where its content ends.
    pub(crate) end: usize,
}

impl Segment {
    /// Its content.
    pub(crate) fn body<'a>(&self, data: &'a [u8]) -> &'a [u8] {
        data.get(self.start..self.end).unwrap_or_default()
    }
}

/// Walks the segments of a file.
pub(crate) struct Segments<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    /// Begins at the start of a file, which must be SOI.
    pub(crate) fn open(data: &'a [u8]) -> Result<Self, Error> {
        match data {
            [0xFF, markers::SOI, ..] => Ok(Self { data, at: 2 }),
            [_, _, ..] => {
                let found = format!("{:02X} {:02X}", data[0], data[1]);
                Err(Error::Malformed(format!("expected FF D8 (SOI) at the start, found {found}")))
            }
            _ => Err(Error::Truncated(format!("{} bytes, no start (SOI)", data.len()))),
        }
    }

    /// Goes on after entropy-coded data.
    pub(crate) const fn resume(data: &'a [u8], at: usize) -> Self {
        Self { data, at }
    }

    /// The next segment. EOI comes as an empty one; restart markers and bytes between are passed
    /// over.
    pub(crate) fn next(&mut self) -> Result<Segment, Error> {
        loop {
            let Some(found) = search::next_marker(self.data, self.at) else {
                let len = self.data.len();
                return Err(Error::Truncated(format!(
                    "expected a marker, found the end of the data at {len} bytes"
                )));
            };
            self.at = found.after;
            match found.marker {
                markers::EOI => return Ok(self.segment(found.marker, 0)),
                markers::SOI => return Err(Error::Malformed("a second start (SOI)".into())),
                markers::TEM => {}
                marker if markers::restart_number(marker).is_some() => {}
                marker => return self.with_length(marker),
            }
        }
    }

    /// Reads the length of a segment and checks that the file holds all of it.
    fn with_length(&mut self, marker: u8) -> Result<Segment, Error> {
        let Some(&[high, low]) = self.data.get(self.at..self.at + 2) else {
            return Err(Error::Truncated(format!("inside the length of marker {marker:02X}")));
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let left = self.data.len() - self.at;
        // libjpeg reads the two bytes of the length of a segment that it passes over, whatever they
        // say.
        let length = if is_passed_over(marker) { length.max(2) } else { length };
        if length < 2 {
            let text = format!("marker {marker:02X} has length {length}, at least 2 expected");
            return Err(Error::Malformed(text));
        }
        if length > left {
            let text = format!("marker {marker:02X} has {length} bytes, {left} are there");
            return Err(Error::Truncated(text));
        }
        self.at += 2;
        Ok(self.segment(marker, length - 2))
    }

    /// The segment of `len` bytes here; goes on behind it.
    fn segment(&mut self, marker: u8, len: usize) -> Segment {
        let start = self.at;
        self.at += len;
        Segment { marker, start, end: self.at }
    }
}

/// Tells whether no pixel depends on the length of a segment: applications' data, comments, the
/// number of lines (looked for elsewhere), and conditions of arithmetic coding (its frames are
/// refused by their own marker).
fn is_passed_over(marker: u8) -> bool {
    matches!(marker, markers::APP0..=markers::APP15 | markers::COM | markers::DNL | markers::DAC)
}

/// The error for a segment that is shorter than its content.
#[cold]
pub(crate) fn too_short(what: &str, expected: usize, found: usize) -> Error {
    Error::Malformed(format!("{what}: expected at least {expected} bytes, found {found}"))
}
