//! Chunks that are JPEGs, whose tables may stand apart, by the engine of the library.

use std::ops::Range;

use makeready_jpeg::{Decoder as Engine, Format as Samples, Header, Request, Scale, read_header};
use makeready_kernels::Level;

use super::super::jpeg::unreadable;
use super::coding::{Packed, Rows, places};
use super::page::{Model, Page};
use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::reserve::reserved;
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// The start of a file, which tables and chunks have too, and its end, which tables have.
const START: &[u8] = &[0xFF, 0xD8];
const END: &[u8] = &[0xFF, 0xD9];

/// A segment of Adobe that says whether three components are colours (0) or luma and chroma (1).
const ADOBE: &[u8] = b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0";

struct Jpeg(Engine<Vec<u8>>);

/// The rows of a chunk of `size` pixels.
pub(super) fn open(
    page: &Page,
    file: &Bytes,
    packed: &Packed,
    size: Size,
    limits: &Limits,
) -> Result<Box<dyn Rows>> {
    let joined = joined(page, (**file).as_ref(), packed.rest())?;
    let header = read_header(&joined).map_err(unreadable)?;
    let components = header.components.len();
    let expected = if page.planar { 1 } else { page.samples };
    if header.width != size.width || header.height < size.height || components != expected {
        return Err(Error::malformed(format!(
            "a JPEG of {}x{} and {components} components in a TIFF: expected {size} and {expected}",
            header.width, header.height
        )));
    }
    let request = request(&header, size.height, limits);
    let engine = Engine::with_level(joined, header, request, Level::detect());
    Ok(Box::new(Jpeg(engine.map_err(unreadable)?)))
}

impl Rows for Jpeg {
    fn next(&mut self, row: &mut [u8], watch: &Watch) -> Result<()> {
        let stride = row.len();
        self.0.read_rows(row, stride, 1, &|| watch.stopped()).or_else(|error| {
            watch.check()?;
            Err(unreadable(error))
        })
    }
}

/// A file of the tables that chunks share and one chunk. The model is that of the TIFF, as libtiff has it.
fn joined(page: &Page, data: &[u8], chunk: &[u8]) -> Result<Vec<u8>> {
    let tables = page.jpeg_tables.clone().and_then(|place| data.get(place)).unwrap_or_default();
    let tables = tables.strip_prefix(START).unwrap_or_default();
    let tables = tables.strip_suffix(END).unwrap_or(tables);
    let Some(chunk) = chunk.strip_prefix(START) else {
        return Err(Error::malformed("a chunk of the TIFF is no JPEG"));
    };
    let mut file = reserved(START.len() + ADOBE.len() + 1 + tables.len() + chunk.len())?;
    file.extend_from_slice(START);
    if page.model.samples() == 3 && !page.planar {
        file.extend_from_slice(ADOBE);
        file.push(u8::from(page.model == Model::YCbCr));
    }
    file.extend_from_slice(tables);
    file.extend_from_slice(chunk);
    Ok(file)
}

fn request(header: &Header, rows: u32, limits: &Limits) -> Request {
    let samples = match header.components.len() {
        1 => Samples::Gray,
        3 => Samples::Rgb,
        _ => Samples::Inks,
    };
    let mut request = Request::whole(header, Scale::Full, samples);
    request.region.height = rows.min(header.height);
    request.max_scans = limits.max_jpeg_scans;
    request.max_scan_pixels = limits.max_jpeg_scan_pixels;
    request
}

/// An upper bound of the bytes that the rows of any chunk hold: those of a chunk that is none are none.
pub(super) fn memory(file: &Bytes, page: &Page, limits: &Limits) -> Result<u64> {
    let mut most = 0;
    for place in places(file, page) {
        most = most.max(chunk_memory(file, page, place, limits)?);
    }
    Ok(most)
}

fn chunk_memory(file: &Bytes, page: &Page, place: Range<u64>, limits: &Limits) -> Result<u64> {
    let data = (**file).as_ref();
    let bytes = |at: u64| usize::try_from(at).unwrap_or(data.len());
    let joined = match joined(page, data, &data[bytes(place.start)..bytes(place.end)]) {
        Err(error) if !error.is_damage() => return Err(error),
        Err(_) => return Ok(0),
        Ok(joined) => joined,
    };
    let of_header = read_header(&joined)
        .map(|header| request(&header, page.chunks.size.height, limits).memory_bound(&header));
    Ok(joined.capacity() as u64 + of_header.unwrap_or(0))
}
