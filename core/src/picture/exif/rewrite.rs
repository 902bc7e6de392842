//! EXIF data for a file that is written: read by what the standards know, and put together anew, so that nothing unknown passes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{ByteOrder, ENTRY, header, tags};
use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::metadata::Meta;
use crate::picture::orientation::Orientation;
use crate::picture::reserve::reserved;

/// Entries of a directory that are looked at: far more than there are tags.
const MOST_ENTRIES: usize = 1000;

/// The start of a TIFF block that is written: its byte order and the place of its first directory.
const START: &[u8; 8] = b"II*\0\x08\0\0\0";

/// The parts of EXIF data that are kept, and what is said of the file that gets them.
pub(crate) struct Rewrite<'a> {
    /// Any of exif, copyright and gps; others say nothing here.
    pub(crate) keep: &'a [Meta],
    /// The orientation that is left to apply.
    pub(crate) orientation: Orientation,
    /// The size of the picture.
    pub(crate) size: Size,
    /// Its colours are those of sRGB.
    pub(crate) srgb: bool,
    /// Dots an inch.
    pub(crate) density: Option<u32>,
}

impl Rewrite<'_> {
    /// EXIF data made of those of a file, with or without the `Exif\0\0` that JPEG puts before them: empty where nothing
    /// of them is kept, else at most 2 KiB longer.
    ///
    /// # Errors
    /// `malformed` of data that are no TIFF block, `out_of_memory`.
    pub(crate) fn of(&self, exif: &[u8]) -> Result<Vec<u8>> {
        let mut kept = self.read(exif).ok_or_else(|| {
            Error::malformed("its EXIF data begin with neither of the two byte orders")
        })?;
        if self.keeps(Meta::Exif) {
            self.describe(&mut kept);
        }
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(density) = self.density {
            kept.set_resolution(density);
        }
        kept.written()
    }

    fn keeps(&self, part: Meta) -> bool {
        self.keep.contains(&part)
    }

    fn read<'a>(&self, exif: &'a [u8]) -> Option<Directories<'a>> {
        let (tiff, order) = header(exif)?;
        // Values may lie one over the other: together they take no more than the block.
        let mut source = TiffBlock { tiff, order, left: tiff.len() };
        let first = order.long(tiff, 4);
        let exif = source.pointer(first, tags::EXIF_DIRECTORY);
        let gps = source.pointer(first, tags::GPS_DIRECTORY);
        let known = match (self.keeps(Meta::Exif), self.keeps(Meta::Copyright)) {
            (true, _) => tags::TIFF,
            (false, true) => tags::RIGHTS,
            (false, false) => &[],
        };
        Some(Directories {
            tiff: source.entries(first, known),
            exif: source.entries(exif, if self.keeps(Meta::Exif) { tags::EXIF } else { &[] }),
            gps: source.entries(gps, if self.keeps(Meta::Gps) { tags::GPS } else { &[] }),
        })
    }

    /// Says of the picture what is so now.
    fn describe(&self, kept: &mut Directories<'_>) {
        kept.tiff.insert(tags::ORIENTATION, Value::short(self.orientation.to_exif()));
        let version = Value::new(tags::UNDEFINED, *b"0232");
        kept.exif.entry(tags::EXIF_VERSION).or_insert(version);
        kept.exif.insert(tags::COLOUR_SPACE, Value::short(if self.srgb { 1 } else { 0xFFFF }));
        kept.exif.insert(tags::PIXEL_WIDTH, Value::long(self.size.width));
        kept.exif.insert(tags::PIXEL_HEIGHT, Value::long(self.size.height));
    }
}

/// EXIF data of a resolution alone, for a format that has no other place for it.
pub(crate) fn resolution(density: u32) -> Result<Vec<u8>> {
    let mut directories = Directories::default();
    directories.set_resolution(density);
    directories.written()
}

/// A value, whose numbers have the byte order of their source.
struct Value<'a> {
    kind: u16,
    order: ByteOrder,
    bytes: Cow<'a, [u8]>,
}

impl Value<'_> {
    fn new<const N: usize>(kind: u16, bytes: [u8; N]) -> Self {
        Self { kind, order: ByteOrder::Little, bytes: Cow::Owned(bytes.to_vec()) }
    }

    fn short(number: u16) -> Self {
        Self::new(tags::SHORT, number.to_le_bytes())
    }

    fn long(number: u32) -> Self {
        Self::new(tags::LONG, number.to_le_bytes())
    }

    /// A whole number as a fraction.
    fn rational(number: u32) -> Self {
        let [a, b, c, d] = number.to_le_bytes();
        Self::new(tags::RATIONAL, [a, b, c, d, 1, 0, 0, 0])
    }

    /// Tells whether it stands outside its entry.
    fn is_apart(&self) -> bool {
        self.bytes.len() > 4
    }

    /// Bytes that it takes outside, where values begin at even places.
    fn bytes_apart(&self) -> usize {
        if self.is_apart() { self.bytes.len().next_multiple_of(2) } else { 0 }
    }

    /// How many values of its type it is.
    fn count(&self) -> u32 {
        let (item, _) = tags::sizes(self.kind);
        u32::try_from(self.bytes.len() / item).unwrap_or(u32::MAX)
    }

    /// Adds it, the lowest byte of each number first, and zeros up to an even length or to that of an entry.
    fn write(&self, out: &mut Vec<u8>) {
        let end = out.len() + self.bytes_apart().max(4);
        let (_, number) = tags::sizes(self.kind);
        for bytes in self.bytes.chunks_exact(number) {
            match self.order {
                ByteOrder::Little => out.extend_from_slice(bytes),
                ByteOrder::Big => out.extend(bytes.iter().rev()),
            }
        }
        out.resize(end, 0);
    }
}

/// The values of a directory by their tags.
type Entries<'a> = BTreeMap<u16, Value<'a>>;

/// A TIFF block that is read.
struct TiffBlock<'a> {
    tiff: &'a [u8],
    order: ByteOrder,
    /// Bytes that values may still take.
    left: usize,
}

impl<'a> TiffBlock<'a> {
    /// The entries of a directory, as far as they are there.
    fn raw(&self, at: Option<u32>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let directory = at.and_then(|at| self.tiff.get(at as usize..)).unwrap_or_default();
        let count = self.order.short(directory, 0).map_or(0, usize::from);
        let entries = directory.get(2..).unwrap_or_default().chunks_exact(ENTRY);
        entries.take(count.min(MOST_ENTRIES))
    }

    /// The place of another directory.
    fn pointer(&self, directory: Option<u32>, tag: u16) -> Option<u32> {
        let entry = self.raw(directory).find(|entry| self.order.short(entry, 0) == Some(tag))?;
        self.order.long(entry, 8)
    }

    /// The first value of each known tag that has the type and the count of its tag.
    fn entries(&mut self, directory: Option<u32>, known: &[tags::Known]) -> Entries<'a> {
        let mut entries = Entries::new();
        for entry in self.raw(directory) {
            let Some((tag, value)) = self.value(entry, known) else { continue };
            if !entries.contains_key(&tag) && value.bytes.len() <= self.left {
                self.left -= value.bytes.len();
                entries.insert(tag, value);
            }
        }
        entries
    }

    fn value(&self, entry: &'a [u8], known: &[tags::Known]) -> Option<(u16, Value<'a>)> {
        let order = self.order;
        let [tag, kind] = [order.short(entry, 0)?, order.short(entry, 2)?];
        let count = order.long(entry, 4)?;
        if !tags::fits(known, tag, kind, count) {
            return None;
        }
        let (item, _) = tags::sizes(kind);
        let length = (count as usize).checked_mul(item)?;
        let at = if length > 4 { order.long(entry, 8)? as usize } else { 0 };
        let from = if length > 4 { self.tiff } else { entry.get(8..)? };
        let bytes = Cow::Borrowed(from.get(at..)?.get(..length)?);
        Some((tag, Value { kind, order, bytes }))
    }
}

/// The directories of a block.
#[derive(Default)]
struct Directories<'a> {
    tiff: Entries<'a>,
    exif: Entries<'a>,
    gps: Entries<'a>,
}

impl Directories<'_> {
    fn is_empty(&self) -> bool {
        self.tiff.is_empty() && self.exif.is_empty() && self.gps.is_empty()
    }

    fn set_resolution(&mut self, density: u32) {
        self.tiff.insert(tags::X_RESOLUTION, Value::rational(density));
        self.tiff.insert(tags::Y_RESOLUTION, Value::rational(density));
        // Inches.
        self.tiff.insert(tags::RESOLUTION_UNIT, Value::short(2));
    }

    /// The block: the directories one behind the other, the values of each behind its entries.
    fn written(mut self) -> Result<Vec<u8>> {
        // They take room in the first directory, and their values follow from its length.
        for (tag, directory) in
            [(tags::EXIF_DIRECTORY, &self.exif), (tags::GPS_DIRECTORY, &self.gps)]
        {
            if !directory.is_empty() {
                self.tiff.insert(tag, Value::long(0));
            }
        }
        let exif = START.len() + length(&self.tiff);
        let gps = exif + length(&self.exif);
        for (tag, at) in [(tags::EXIF_DIRECTORY, exif), (tags::GPS_DIRECTORY, gps)] {
            let at =
                u32::try_from(at).map_err(|_| Error::malformed("its EXIF data are too long"))?;
            self.tiff.entry(tag).and_modify(|value| *value = Value::long(at));
        }
        let mut out = reserved(gps + length(&self.gps))?;
        out.extend_from_slice(START);
        for directory in [&self.tiff, &self.exif, &self.gps] {
            append(&mut out, directory);
        }
        Ok(out)
    }
}

/// Bytes of a directory without its values apart: a count, entries, no next directory.
fn head(entries: &Entries<'_>) -> usize {
    2 + ENTRY * entries.len() + 4
}

/// Bytes of a directory and its values; none of an empty one.
fn length(entries: &Entries<'_>) -> usize {
    let apart: usize = entries.values().map(Value::bytes_apart).sum();
    if entries.is_empty() { 0 } else { head(entries) + apart }
}

fn append(out: &mut Vec<u8>, entries: &Entries<'_>) {
    if entries.is_empty() {
        return;
    }
    let mut apart = out.len() + head(entries);
    out.extend(u16::try_from(entries.len()).unwrap_or(u16::MAX).to_le_bytes());
    for (tag, value) in entries {
        out.extend(tag.to_le_bytes());
        out.extend(value.kind.to_le_bytes());
        out.extend(value.count().to_le_bytes());
        match value.is_apart() {
            true => out.extend(u32::try_from(apart).unwrap_or(u32::MAX).to_le_bytes()),
            false => value.write(out),
        }
        apart += value.bytes_apart();
    }
    out.extend([0; 4]);
    entries.values().filter(|value| value.is_apart()).for_each(|value| value.write(out));
}

#[cfg(test)]
mod tests;
