//! The chunks of a PNG: length, name, data, checksum.

use std::ops::Range;

use crate::error::{Error, Result};

/// Length and name before the data of a chunk.
const HEAD: usize = 8;
/// The checksum behind it.
const CRC: usize = 4;
/// The longest chunk and the longest side that the format allows.
pub(super) const MAX_LENGTH: u32 = 0x7FFF_FFFF;

/// The place of a chunk in the file. A chunk of pixels may reach past the end: their decoder says so in
/// time.
pub(in crate::formats) struct Chunk {
    pub(super) name: [u8; 4],
    pub(super) body: Range<usize>,
    /// The place where the next chunk begins.
    pub(super) next: usize,
}

impl Chunk {
    /// The chunk that begins at `at`.
    pub(super) fn at(data: &[u8], at: usize) -> Result<Self> {
        let rest = data.get(at..).unwrap_or_default();
        let Some((&[a, b, c, d, ref name @ ..], body)) = rest.split_first_chunk::<HEAD>() else {
            return Err(cut(data, "a chunk"));
        };
        let length = u32::from_be_bytes([a, b, c, d]);
        if length > MAX_LENGTH {
            return Err(wrong("a chunk", "length", format!("at most {MAX_LENGTH}"), length));
        }
        let length = length as usize;
        let from = at + HEAD;
        let chunk = Self { name: *name, body: from..from + length, next: from + length + CRC };
        if body.len() < length + CRC && !matches!(&chunk.name, b"IDAT" | b"fdAT") {
            return Err(cut(data, &chunk.text()));
        }
        Ok(chunk)
    }

    /// The data of the chunk, if the checksum is right.
    pub(super) fn checked<'a>(&self, data: &'a [u8]) -> Result<&'a [u8]> {
        let found = crc32fast::hash(&data[self.body.start - self.name.len()..self.body.end]);
        let stored = &data[self.body.end..self.next];
        if found.to_be_bytes() != *stored {
            let expected = stored.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            return Err(wrong(&self.text(), "CRC", expected, format!("{found:08x}")));
        }
        Ok(&data[self.body.clone()])
    }

    /// Makes a chunk of a name and data.
    pub(super) fn made(name: [u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap_or(MAX_LENGTH);
        let named = [&name[..], body].concat();
        [&length.to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
    }

    /// Adds a chunk whose data `fill` adds.
    pub(in crate::formats) fn append(
        to: &mut Vec<u8>,
        name: [u8; 4],
        fill: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let start = to.len();
        to.extend([0; 4]);
        to.extend(name);
        fill(to)?;
        let length = u32::try_from(to.len() - start - HEAD).unwrap_or(MAX_LENGTH);
        to[start..start + 4].copy_from_slice(&length.to_be_bytes());
        let sum = crc32fast::hash(&to[start + 4..]);
        to.extend(sum.to_be_bytes());
        Ok(())
    }

    /// The range of the whole chunk.
    pub(super) fn whole(&self) -> Range<usize> {
        self.body.start - HEAD..self.next
    }

    /// The name of the chunk, for messages.
    pub(super) fn text(&self) -> String {
        self.name.escape_ascii().to_string()
    }
}

/// The error of a value that a PNG cannot have.
#[cold]
pub(super) fn wrong(
    place: &str,
    what: &str,
    expected: impl std::fmt::Display,
    found: impl std::fmt::Display,
) -> Error {
    Error::malformed(format!("{what} of {place} in a PNG: expected {expected}, found {found}"))
}

#[cold]
pub(super) fn cut(data: &[u8], within: &str) -> Error {
    Error::truncated(format!("the PNG ends after {} bytes, within {within}", data.len()))
}
