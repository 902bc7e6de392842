//! Reads EXIF data, and no more of it than is asked for; and [rewrites](rewrite) what is to be kept of it.
//!
//! EXIF is a TIFF file. An entry of a directory is a tag, a type, a count and four bytes, which hold the value where
//! it fits and else its place. A directory is reached from the head or from an entry of the first one: nothing is
//! followed any further, so that no file leads in circles, and each tag is looked for once. Faults give no value.

mod fields;
mod rewrite;
mod tags;

pub use fields::Exif;
pub(crate) use rewrite::{Rewrite, resolution};

use super::density::{self, INCH};
use crate::picture::orientation::Orientation;
use tags::{ASCII, BYTE, LONG, ORIENTATION, RATIONAL, RESOLUTION_UNIT, SHORT, X_RESOLUTION};

/// Bytes of a directory entry.
const ENTRY: usize = 12;

/// The orientation of EXIF data: a TIFF block, with or without the `Exif\0\0` that JPEG puts before it. `None` where it
/// has no such entry, and [`Orientation::NORMAL`] where the entry makes no sense. No more than `most` bytes are looked
/// at.
pub(crate) fn orientation(exif: &[u8], most: u64) -> Option<Orientation> {
    let entry = Directory::first(exif, most)?.entry(ORIENTATION)?;
    let number = entry.number().and_then(|number| u16::try_from(number).ok());
    Some(number.map_or(Orientation::NORMAL, Orientation::from_exif))
}

/// Dots an inch across.
pub(crate) fn density(exif: &[u8], most: u64) -> Option<u32> {
    let directory = Directory::first(exif, most)?;
    let [dots] = directory.entry(X_RESOLUTION)?.rationals()?;
    match directory.entry(RESOLUTION_UNIT)?.number()? {
        2 => density::whole(dots),
        3 => density::whole(dots * INCH),
        _ => None,
    }
}

/// The TIFF block of EXIF data, and its byte order.
fn header(exif: &[u8]) -> Option<(&[u8], ByteOrder)> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    match tiff.get(..4)? {
        b"II*\0" => Some((tiff, ByteOrder::Little)),
        b"MM\0*" => Some((tiff, ByteOrder::Big)),
        _ => None,
    }
}

/// The entries of a directory, as far as the data has them.
#[derive(Debug, Clone, Copy)]
struct Directory<'a> {
    tiff: &'a [u8],
    order: ByteOrder,
    entries: &'a [[u8; ENTRY]],
}

impl<'a> Directory<'a> {
    /// The first directory within the first `most` bytes.
    fn first(exif: &'a [u8], most: u64) -> Option<Self> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let exif = &exif[..exif.len().min(most)];
        let (tiff, order) = header(exif)?;
        Self::at(tiff, order, order.long(tiff, 4)?)
    }

    fn at(tiff: &'a [u8], order: ByteOrder, place: u32) -> Option<Self> {
        let directory = tiff.get(usize::try_from(place).ok()?..)?;
        let (entries, _) = directory.get(2..)?.as_chunks();
        let count = usize::from(order.short(directory, 0)?);
        Some(Self { tiff, order, entries: &entries[..entries.len().min(count)] })
    }

    /// The directory that an entry tells the place of.
    fn below(self, tag: u16) -> Option<Self> {
        Self::at(self.tiff, self.order, self.entry(tag)?.number()?)
    }

    /// The first entry of a tag.
    fn entry(self, tag: u16) -> Option<Entry<'a>> {
        let bytes = self.entries.iter().find(|entry| self.order.short(*entry, 0) == Some(tag))?;
        let kind = self.order.short(bytes, 2)?;
        Some(Entry { tiff: self.tiff, order: self.order, bytes, kind })
    }
}

/// An entry of a directory.
struct Entry<'a> {
    tiff: &'a [u8],
    order: ByteOrder,
    bytes: &'a [u8; ENTRY],
    kind: u16,
}

impl<'a> Entry<'a> {
    fn count(&self) -> Option<usize> {
        usize::try_from(self.order.long(self.bytes, 4)?).ok()
    }

    /// A whole number that stands in the entry itself.
    fn number(&self) -> Option<u32> {
        match (self.kind, self.count()?) {
            (_, 0) => None,
            (SHORT, _) => self.order.short(self.bytes, 8).map(u32::from),
            (LONG, _) => self.order.long(self.bytes, 8),
            _ => None,
        }
    }

    /// The first of its bytes.
    fn byte(&self) -> Option<u8> {
        if self.kind == BYTE { self.value(1)?.first().copied() } else { None }
    }

    /// The bytes of its value, `size` for each of its count.
    fn value(&self, size: usize) -> Option<&'a [u8]> {
        let length = self.count()?.checked_mul(size)?;
        if length <= 4 {
            return self.bytes.get(8..8 + length);
        }
        let start = usize::try_from(self.order.long(self.bytes, 8)?).ok()?;
        self.tiff.get(start..start.checked_add(length)?)
    }

    /// Characters before the end of a text.
    fn text(&self) -> Option<&'a [u8]> {
        let text = if self.kind == ASCII { self.value(1)? } else { return None };
        text.split(|&byte| byte == 0).next()
    }

    /// Exactly so many fractions, none of which is divided by 0.
    fn rationals<const COUNT: usize>(&self) -> Option<[f64; COUNT]> {
        let values = if self.kind == RATIONAL { self.value(8)? } else { return None };
        let long = |at| self.order.long(values, at).map(f64::from);
        let mut fractions = [0.0; COUNT];
        for (at, fraction) in (0..).step_by(8).zip(&mut fractions) {
            *fraction = long(at)? / long(at + 4).filter(|&divisor| divisor > 0.0)?;
        }
        (self.count() == Some(COUNT)).then_some(fractions)
    }
}

/// The order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    pub(crate) fn short(self, data: &[u8], at: usize) -> Option<u16> {
        let bytes = *data.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        })
    }

    pub(crate) fn long(self, data: &[u8], at: usize) -> Option<u32> {
        let bytes = *data.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        })
    }

    /// A number of eight bytes.
    #[cfg(feature = "tiff")]
    pub(crate) fn double_long(self, data: &[u8], at: usize) -> Option<u64> {
        let bytes = *data.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        })
    }
}

#[cfg(test)]
mod tests;
