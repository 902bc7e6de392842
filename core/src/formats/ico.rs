//! ICO and CUR: the largest of their pictures, which is a PNG or a bitmap with a mask of clear pixels.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use image::codecs::ico::IcoDecoder;
use makeready_kernels::Level;

use super::part_stream::Part;
use super::png::PngReader;
use super::read::{Reader, Signature};
use super::whole::Whole;
use super::{DecodeRequest, Decoder, Details, Header, Opened, optional, tga};
use crate::error::{Error, Result};
use crate::picture::exif::ByteOrder;
use crate::picture::format::Format;
use crate::picture::profile::Profile;
use crate::picture::work::{Content, Work};
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// Bytes before the entries, and of each.
const HEAD: usize = 6;
const ENTRY: usize = 16;

/// The place of a picture behind one entry.
const FIRST: u32 = 22;

/// The head of an icon of one picture, which stands behind its entry.
const ONE: [u8; HEAD] = [0, 0, 1, 0, 1, 0];

/// The reader of ICO and CUR.
pub(super) struct IcoReader;

impl Reader for IcoReader {
    fn format(&self) -> Format {
        Format::Ico
    }

    fn signatures(&self) -> &'static [Signature] {
        optional::ICO
    }

    /// A cursor without pictures is a TGA perhaps.
    fn fits(&self, data: &[u8]) -> bool {
        let signatures = self.signatures();
        signatures.iter().any(|signature| signature.fits(data)) && !tga::begins(data)
    }

    fn open(&self, file: Bytes, limits: &Limits, recover: bool) -> Result<Arc<dyn Opened>> {
        let data = (*file).as_ref();
        let entry = largest(data)?;
        let picture = entry.place(data, recover)?;
        if data[picture.clone()].starts_with(b"\x89PNG") {
            let png: Bytes = Arc::new(Picture { file, place: picture });
            let png = PngReader.open(png, limits, recover)?;
            let header = Header { format: Format::Ico, pages: 1, ..*png.header() };
            return Ok(Arc::new(IconPng { png, header }));
        }
        let parts = vec![Part::Own(entry.alone()), Part::File(picture)];
        let begin = |stream| Ok(Box::new(IcoDecoder::new(stream)?) as _);
        Ok(Arc::new(Whole::open(file, parts, Format::Ico, begin, limits)?))
    }
}

/// An entry of the directory.
#[derive(Clone, Copy)]
struct Entry([u8; ENTRY]);

impl Entry {
    /// Pixels, and bits of each, of which an icon has more the better it is. In a cursor a place stands for the bits.
    fn rank(&self, is_icon: bool) -> (u32, u16) {
        let side = |side: u8| if side == 0 { 256 } else { u32::from(side) };
        let bits = if is_icon { u16::from_le_bytes([self.0[6], self.0[7]]) } else { 0 };
        (side(self.0[0]) * side(self.0[1]), bits)
    }

    /// The place of its picture, of which a file that is to be recovered may have a part.
    fn place(&self, data: &[u8], recover: bool) -> Result<Range<usize>> {
        let number = |at| ByteOrder::Little.long(&self.0, at).unwrap_or(0) as usize;
        let (length, start) = (number(8), number(12));
        let end = start.saturating_add(length);
        let end = if recover { end.min(data.len()) } else { end };
        match data.get(start..end) {
            Some(picture) if picture.len() >= 16 => Ok(start..end),
            Some(_) => Err(Error::malformed("an ICO whose largest picture has no bytes")),
            None => Err(cut(data, "its largest picture")),
        }
    }

    /// An icon of it alone, without its picture.
    fn alone(&self) -> Vec<u8> {
        let mut entry = self.0;
        // A cursor has the place that it points with where an icon has planes and bits.
        entry[4..8].fill(0);
        entry[12..].copy_from_slice(&FIRST.to_le_bytes());
        [&ONE[..], &entry].concat()
    }
}

/// The entry of the largest picture, of several the first with the most bits.
fn largest(data: &[u8]) -> Result<Entry> {
    let number = |at| ByteOrder::Little.short(data, at);
    let count = number(4).ok_or_else(|| cut(data, "its head"))?;
    let entries = data[HEAD..].as_chunks::<ENTRY>().0;
    let entries = entries.get(..usize::from(count)).ok_or_else(|| cut(data, "its directory"))?;
    let is_icon = number(2) == Some(1);
    let ranked = entries.iter().map(|entry| Entry(*entry)).rev();
    let largest = ranked.max_by_key(|entry| entry.rank(is_icon));
    largest.ok_or_else(|| Error::malformed("an ICO without pictures"))
}

#[cold]
fn cut(data: &[u8], within: &str) -> Error {
    Error::truncated(format!("the ICO ends after {} bytes, within {within}", data.len()))
}

/// A picture in its file.
struct Picture {
    file: Bytes,
    place: Range<usize>,
}

impl AsRef<[u8]> for Picture {
    fn as_ref(&self) -> &[u8] {
        &(*self.file).as_ref()[self.place.clone()]
    }
}

/// A PNG as the picture of an icon.
struct IconPng {
    png: Arc<dyn Opened>,
    header: Header,
}

impl Opened for IconPng {
    fn header(&self) -> &Header {
        &self.header
    }

    fn profile(&self, limits: &Limits) -> Result<Profile> {
        self.png.profile(limits)
    }

    fn details(&self) -> Details {
        self.png.details()
    }

    fn exif(&self, limits: &Limits) -> Result<Option<Cow<'_, [u8]>>> {
        self.png.exif(limits)
    }

    fn xmp(&self) -> Option<Result<&[u8]>> {
        self.png.xmp()
    }

    fn memory(&self, request: &DecodeRequest, limits: &Limits) -> Result<u64> {
        self.png.memory(request, limits)
    }

    fn work(&self, request: &DecodeRequest, rows: u32, work: &mut Work) {
        self.png.work(request, rows, work);
    }

    fn content(&self) -> Content {
        self.png.content()
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        level: Level,
    ) -> Result<Box<dyn Decoder>> {
        self.png.decode(request, limits, level)
    }
}
