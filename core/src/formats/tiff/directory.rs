//! The directories of a TIFF, one a page: byte order, offsets of four or eight bytes, fields.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::picture::exif::ByteOrder;
use crate::recipe::limits::{Limits, check};

/// Fields of a directory that are looked at. A TIFF has no more; a BigTIFF has room for them.
const MOST_FIELDS: u64 = 0xFFFF;

/// The byte order of a file, and whether its offsets have eight bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) order: ByteOrder,
    big: bool,
}

impl Form {
    /// The form of a file, and the place of its first directory.
    pub(super) fn read(data: &[u8]) -> Result<(Self, u64)> {
        let order = if data.starts_with(b"MM") { ByteOrder::Big } else { ByteOrder::Little };
        let big = order.short(data, 2) == Some(43);
        if big && (order.short(data, 4), order.short(data, 6)) != (Some(8), Some(0)) {
            return Err(Error::malformed("a BigTIFF whose offsets have not eight bytes"));
        }
        let form = Self { order, big };
        let first = form.offset(data, form.offset_bytes()).ok_or_else(|| cut(data, "its head"))?;
        Ok((form, first))
    }

    const fn offset_bytes(self) -> usize {
        if self.big { 8 } else { 4 }
    }

    /// Tag and type of a field, its count, and its value or the place of that.
    const fn field_bytes(self) -> usize {
        4 + 2 * self.offset_bytes()
    }

    fn offset(self, data: &[u8], at: usize) -> Option<u64> {
        match self.big {
            true => self.order.double_long(data, at),
            false => self.order.long(data, at).map(u64::from),
        }
    }
}

/// The place of a directory in the file.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    form: Form,
    fields: Range<usize>,
    /// The place of the next one, 0 behind the last.
    next: u64,
}

impl Directory {
    /// The directory at a place, where the file has all of it.
    fn there(data: &[u8], form: Form, place: u64) -> Option<Self> {
        let at = usize::try_from(place).ok()?;
        let (count, head) = match form.big {
            true => (form.order.double_long(data, at)?, 8),
            false => (form.order.short(data, at)?.into(), 2),
        };
        let count = usize::try_from(count.min(MOST_FIELDS)).ok()?;
        let start = at.checked_add(head)?;
        let end = start.checked_add(count * form.field_bytes())?;
        data.get(start..end)?;
        // Many files end before the place of a next one.
        let next = form.offset(data, end).unwrap_or(0);
        Some(Self { form, fields: start..end, next })
    }

    /// The first field of a tag.
    pub(super) fn field(&self, data: &[u8], tag: u16) -> Option<Field> {
        let Form { order, .. } = self.form;
        let mut places = self.fields.clone().step_by(self.form.field_bytes());
        let at = places.find(|&at| order.short(data, at) == Some(tag))?;
        let kind = order.short(data, at + 2)?;
        let count = usize::try_from(self.form.offset(data, at + 4)?).ok()?;
        let value = at + 4 + self.form.offset_bytes();
        let bytes = count.checked_mul(bytes_of(kind))?;
        let at = match bytes <= self.form.offset_bytes() {
            true => value,
            false => usize::try_from(self.form.offset(data, value)?).ok()?,
        };
        Some(Field { order, kind, count, at })
    }

    /// The first number of a field, where it has one.
    pub(super) fn number(&self, data: &[u8], tag: u16) -> Option<u64> {
        self.field(data, tag)?.number(data, 0)
    }
}

/// Bytes of a number of a type.
const fn bytes_of(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1,
    }
}

/// A field: numbers of one type at a place in the file, which may be behind its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    order: ByteOrder,
    kind: u16,
    pub(super) count: usize,
    at: usize,
}

impl Field {
    /// A whole number of it, none of which is negative.
    pub(super) fn number(&self, data: &[u8], index: usize) -> Option<u64> {
        if index >= self.count {
            return None;
        }
        let at = self.at.checked_add(index.checked_mul(bytes_of(self.kind))?)?;
        match self.kind {
            1 | 7 => data.get(at).copied().map(u64::from),
            3 => self.order.short(data, at).map(u64::from),
            4 | 13 => self.order.long(data, at).map(u64::from),
            16 | 18 => self.order.double_long(data, at),
            _ => None,
        }
    }

    /// Its first fraction, unless that is divided by 0.
    pub(super) fn rational(&self, data: &[u8]) -> Option<f64> {
        let long = |at| self.order.long(data, at).map(f64::from);
        let divisor = long(self.at.checked_add(4)?).filter(|&divisor| divisor > 0.0)?;
        (self.kind == 5 && self.count > 0).then_some(long(self.at)? / divisor)
    }

    /// Its bytes, where the file has all of them.
    pub(super) fn place(&self, data: &[u8]) -> Option<Range<usize>> {
        let end = self.at.checked_add(self.count.checked_mul(bytes_of(self.kind))?)?;
        data.get(self.at..end).map(|_| self.at..end)
    }
}

/// The places of directories in their order, up to the last that the file has. A place that comes again is found after
/// Brent: one place is remembered, at the first, second, fourth directory and so on.
pub(super) struct Walk<'a> {
    data: &'a [u8],
    form: Form,
    next: u64,
    walked: u32,
    remembered: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(data: &'a [u8], form: Form, first: u64) -> Self {
        Self { data, form, next: first, walked: 0, remembered: 0 }
    }

    /// The next directory; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Directory>> {
        let place = self.next;
        if place == 0 || (self.walked > 0 && place == self.remembered) {
            return if place == 0 { Ok(None) } else { Err(circle(place)) };
        }
        let directory = match Directory::there(self.data, self.form, place) {
            Some(directory) => directory,
            None if self.walked > 0 => return Ok(None),
            None => return Err(cut(self.data, "its first directory")),
        };
        self.walked += 1;
        if self.walked.is_power_of_two() {
            self.remembered = place;
        }
        self.next = directory.next;
        Ok(Some(directory))
    }

    /// Counts the directories.
    pub(super) fn count(mut self, limits: &Limits) -> Result<u32> {
        while self.next()?.is_some() {
            check("max_pages", limits.max_pages.into(), self.walked.into())?;
        }
        Ok(self.walked)
    }
}

#[cold]
fn circle(place: u64) -> Error {
    Error::malformed(format!("the directories of the TIFF lead in a circle, through {place}"))
}

#[cold]
pub(super) fn cut(data: &[u8], within: &str) -> Error {
    Error::truncated(format!("the TIFF ends after {} bytes, within {within}", data.len()))
}
