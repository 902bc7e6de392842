//! The codings of chunks: each gives the packed rows of one, from its compressed bytes.

use std::ops::Range;
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};
use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

use super::directory::cut;
use super::fax;
use super::jpeg;
use super::page::{Coding, Page};
use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::reserve::reserved;
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// Compressed bytes between two looks at the watch.
const STEP: usize = 64 << 10;

/// Bytes that an inflater or the tables of LZW take at most.
const TABLES: u64 = 64 << 10;

/// The rows of a chunk, each from its first sample to its last and then to a whole byte.
pub(super) trait Rows: Send {
    fn next(&mut self, row: &mut [u8], watch: &Watch) -> Result<()>;
}

/// The compressed bytes of a chunk that are left.
pub(super) struct Packed {
    bytes: Bytes,
    place: Range<usize>,
}

impl Packed {
    /// The bytes at a place, as far as the file has them; in reverse, the bits of each turned around.
    fn new(file: &Bytes, place: Range<u64>, turned: bool) -> Result<Self> {
        let data = (**file).as_ref();
        let clamp = |at: u64| usize::try_from(at).map_or(data.len(), |at| at.min(data.len()));
        let place = clamp(place.start)..clamp(place.end);
        if !turned {
            return Ok(Self { bytes: Arc::clone(file), place });
        }
        let mut own = reserved(place.len())?;
        own.extend(data[place].iter().map(|byte| byte.reverse_bits()));
        let place = 0..own.len();
        Ok(Self { bytes: Arc::new(own), place })
    }

    /// All that are left.
    pub(super) fn rest(&self) -> &[u8] {
        &(*self.bytes).as_ref()[self.place.clone()]
    }

    /// As many as are looked at without the watch.
    fn step(&self) -> &[u8] {
        let rest = self.rest();
        &rest[..rest.len().min(STEP)]
    }

    pub(super) fn take(&mut self) -> Option<u8> {
        let byte = self.rest().first().copied()?;
        self.place.start += 1;
        Some(byte)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take().ok_or_else(|| self.too_few())
    }

    /// Fills a part of a row with bytes as they are.
    fn copy(&mut self, row: &mut [u8]) -> Result<()> {
        let Some(found) = self.rest().get(..row.len()) else { return Err(self.too_few()) };
        row.copy_from_slice(found);
        self.place.start += row.len();
        Ok(())
    }

    #[cold]
    pub(super) fn too_few(&self) -> Error {
        let data = (*self.bytes).as_ref();
        if self.place.end == data.len() {
            return cut(data, "its pixels");
        }
        Error::malformed("a chunk of the TIFF ends before its pixels do")
    }
}

/// The rows of a chunk of `size` pixels, begun.
pub(super) fn open(
    file: &Bytes,
    page: &Page,
    index: usize,
    size: Size,
    limits: &Limits,
) -> Result<Box<dyn Rows>> {
    let place = page.chunks.place((**file).as_ref(), index);
    let place = place.ok_or_else(|| cut((**file).as_ref(), "the places of its pixels"))?;
    let packed = Packed::new(file, place, page.lowest_first)?;
    Ok(match page.coding {
        Coding::None => Box::new(Plain(packed)),
        Coding::PackBits => Box::new(PackBits { packed, left: 0, repeated: None }),
        Coding::Lzw => {
            let codes = Configuration::with_tiff_size_switch(BitOrder::Msb, 8);
            Box::new(Lzw { packed, codes: codes.with_yield_on_full_buffer(true).build() })
        }
        Coding::Deflate => Box::new(Deflate { packed, inflater: Decompress::new(true) }),
        Coding::Jpeg => jpeg::open(page, file, &packed, size, limits)?,
        Coding::Fax4 => fax::open(packed, size.width)?,
    })
}

/// An upper bound of the bytes that the rows of any chunk hold.
pub(super) fn memory(file: &Bytes, page: &Page, limits: &Limits) -> Result<u64> {
    let turned = if page.lowest_first { longest(file, page) } else { 0 };
    Ok(turned
        + match page.coding {
            Coding::None | Coding::PackBits => 1 << 10,
            Coding::Lzw | Coding::Deflate => TABLES,
            Coding::Jpeg => jpeg::memory(file, page, limits)?,
            Coding::Fax4 => fax::memory(page.size.width),
        })
}

/// The places of all compressed bytes, as far as the file has them.
pub(super) fn places(file: &Bytes, page: &Page) -> impl Iterator<Item = Range<u64>> {
    let length = (**file).as_ref().len() as u64;
    let chunks = page.chunks.index(page.planes(), 0, 0);
    let place = move |index| page.chunks.place((**file).as_ref(), index);
    (0..chunks).filter_map(place).map(move |at| at.start.min(length)..at.end.min(length))
}

fn longest(file: &Bytes, page: &Page) -> u64 {
    places(file, page).map(|place| place.end - place.start).max().unwrap_or(0)
}

/// Rows as they are.
struct Plain(Packed);

impl Rows for Plain {
    fn next(&mut self, row: &mut [u8], _: &Watch) -> Result<()> {
        self.0.copy(row)
    }
}

/// Runs of equal bytes, and of others.
struct PackBits {
    packed: Packed,
    /// Bytes that the run has left.
    left: usize,
    /// The byte that it repeats.
    repeated: Option<u8>,
}

impl PackBits {
    fn next_run(&mut self) -> Result<()> {
        let head = usize::from(self.packed.byte()?);
        (self.left, self.repeated) = match head {
            128 => (0, None),
            0..128 => (head + 1, None),
            _ => (257 - head, Some(self.packed.byte()?)),
        };
        Ok(())
    }
}

impl Rows for PackBits {
    fn next(&mut self, mut row: &mut [u8], _: &Watch) -> Result<()> {
        while !row.is_empty() {
            if self.left == 0 {
                self.next_run()?;
                continue;
            }
            let count = self.left.min(row.len());
            let (now, later) = row.split_at_mut(count);
            match self.repeated {
                Some(byte) => now.fill(byte),
                None => self.packed.copy(now)?,
            }
            self.left -= count;
            row = later;
        }
        Ok(())
    }
}

/// Codes of words that grow, after Lempel, Ziv and Welch.
struct Lzw {
    packed: Packed,
    codes: weezl::decode::Decoder,
}

impl Rows for Lzw {
    fn next(&mut self, row: &mut [u8], watch: &Watch) -> Result<()> {
        let mut done = 0;
        while done < row.len() {
            watch.check()?;
            let step = self.codes.decode_bytes(self.packed.step(), &mut row[done..]);
            self.packed.place.start += step.consumed_in;
            done += step.consumed_out;
            match step.status {
                Ok(LzwStatus::Ok) => {}
                Ok(_) if done == row.len() => {}
                Ok(_) => return Err(self.packed.too_few()),
                Err(error) => return Err(Error::malformed(format!("LZW of a TIFF: {error}"))),
            }
        }
        Ok(())
    }
}

/// A stream of zlib.
struct Deflate {
    packed: Packed,
    inflater: Decompress,
}

impl Rows for Deflate {
    fn next(&mut self, row: &mut [u8], watch: &Watch) -> Result<()> {
        let mut done = 0;
        while done < row.len() {
            watch.check()?;
            let (read, made) = (self.inflater.total_in(), self.inflater.total_out());
            let status = self.inflater.decompress(
                self.packed.step(),
                &mut row[done..],
                FlushDecompress::None,
            );
            let status =
                status.map_err(|error| Error::malformed(format!("Deflate of a TIFF: {error}")))?;
            let moved = |total: u64, before: u64| usize::try_from(total - before).unwrap_or(0);
            let read = moved(self.inflater.total_in(), read);
            self.packed.place.start += read;
            done += moved(self.inflater.total_out(), made);
            let stuck = read == 0 && moved(self.inflater.total_out(), made) == 0;
            if done < row.len() && (status == Status::StreamEnd || stuck) {
                return Err(self.packed.too_few());
            }
        }
        Ok(())
    }
}
