//! Encodes rows as a PNG.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use png::{BitDepth, ColorType, DeflateCompression, EncodingError, StreamWriter};

use super::super::{EncodeMemory, Encoder};
use super::filter::{self, RowFilters};
use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::picture::reserve::reserved_bytes;
use crate::recipe::job::Watch;
use crate::recipe::options::Png;

/// Bytes of an IDAT chunk.
const CHUNK: usize = 64 << 10;

/// Begins a file of `size` in an interleaved layout.
pub(super) fn begin(options: &Png, size: Size, layout: Layout) -> Result<Box<dyn Encoder>> {
    let colour = colour(layout)?;
    let head = |encoder: &mut Head| encoder.set_color(colour);
    let row = Rows { bytes: layout.planes()[0].stride(size.width) as u64, pixel: colour.samples() };
    Ok(Box::new(PngEncoder::new(options, size, row, head)?))
}

/// The chunks before the pixels, as they are set.
pub(super) type Head = png::Encoder<'static, FileBuffer>;

pub(super) fn colour(layout: Layout) -> Result<ColorType> {
    match layout {
        Layout::Gray => Ok(ColorType::Grayscale),
        Layout::GrayA => Ok(ColorType::GrayscaleAlpha),
        Layout::Rgb => Ok(ColorType::Rgb),
        Layout::Rgba => Ok(ColorType::Rgba),
        Layout::YCbCr(_) | Layout::Cmyk => {
            Err(Error::internal(format!("a PNG of {layout} samples")))
        }
    }
}

fn compression(level: u8) -> DeflateCompression {
    match level {
        0 => DeflateCompression::NoCompression,
        _ => DeflateCompression::Level(level),
    }
}

/// An upper bound of the bytes that an encode holds.
pub(super) fn memory(size: Size, layout: Layout) -> EncodeMemory {
    let row = u64::from(size.width) * u64::from(layout.channels());
    let writing = memory_of_rows(size, row);
    // A much smaller file is moved to a place of its size.
    EncodeMemory { writing, finishing: writing + largest_file(size, row) / 2 }
}

/// The same of rows of `row` bytes, without the place for a smaller file: the file at its largest, the rows that filters
/// are chosen by, three more, the deflater and its buffers.
pub(super) fn memory_of_rows(size: Size, row: u64) -> u64 {
    largest_file(size, row) + filter::memory(row) + 3 * row + (640 << 10)
}

/// Bytes of a file that cannot be compressed. Level 1 never stores: with its fixed code a byte
/// takes 9 bits at most. Chunks have 12 bytes more.
pub(super) fn largest_file(size: Size, row: u64) -> u64 {
    let raw = (row + 1) * u64::from(size.height);
    raw + raw / 8 + raw / 1000 + (2 << 10)
}

/// The bytes of a row, and of a pixel, at least 1.
pub(super) struct Rows {
    pub(super) bytes: u64,
    pub(super) pixel: usize,
}

/// A running encode.
pub(super) struct PngEncoder {
    writer: StreamWriter<'static, FileBuffer>,
    filter: RowFilters,
    sink: FileBuffer,
}

impl PngEncoder {
    /// Begins a file.
    pub(super) fn new(
        options: &Png,
        size: Size,
        rows: Rows,
        head: impl FnOnce(&mut Head),
    ) -> Result<Self> {
        let sink = FileBuffer::new(largest_file(size, rows.bytes))?;
        let mut encoder = png::Encoder::new(sink.clone(), size.width, size.height);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_deflate_compression(compression(options.compression_level));
        head(&mut encoder);
        let writer = encoder.write_header().map_err(fault)?;
        let writer = writer.into_stream_writer_with_size(CHUNK).map_err(fault)?;
        Ok(Self { writer, filter: RowFilters::new(options, rows.bytes, rows.pixel)?, sink })
    }

    /// Writes the next row.
    pub(super) fn write_row(&mut self, row: &[u8]) -> Result<()> {
        self.writer.set_filter(self.filter.next(row));
        self.writer.write_all(row).map_err(EncodingError::IoError).map_err(fault)
    }
}

impl Encoder for PngEncoder {
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()> {
        for row in band.plane(0).chunks_exact(band.stride(0)) {
            watch.check()?;
            self.write_row(row)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>> {
        let Self { writer, sink, .. } = *self;
        watch.check()?;
        writer.finish().map_err(fault)?;
        Ok(sink.into_file())
    }
}

#[cold]
fn fault(error: EncodingError) -> Error {
    match error {
        EncodingError::IoError(error) => match error.downcast::<Error>() {
            Ok(stopped) => stopped,
            Err(error) => Error::internal(format!("PNG: {error}")),
        },
        error => Error::internal(format!("PNG: {error}")),
    }
}

/// The file so far. Room for the largest possible file is reserved at the start: pages that are not
/// written to take no memory, and the file never moves while it grows.
#[derive(Debug, Clone)]
pub(super) struct FileBuffer(Arc<Mutex<Vec<u8>>>);

impl FileBuffer {
    fn new(largest: u64) -> Result<Self> {
        Ok(Self(Arc::new(Mutex::new(reserved_bytes(largest)?))))
    }

    fn into_file(self) -> Vec<u8> {
        let mut file = mem::take(&mut *self.lock());
        if file.len() < file.capacity() / 2 {
            file.shrink_to_fit();
        }
        file
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for FileBuffer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let mut file = self.lock();
        if file.capacity() - file.len() < data.len() {
            return Err(io::Error::other("larger than a PNG of this size can be"));
        }
        file.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{DecodeRequest, opened};
    use crate::recipe::limits::Limits;
    use makeready_kernels::Level;

    const SIZE: Size = Size::new(37, 23);

    fn samples(layout: Layout) -> Vec<u8> {
        let count = SIZE.width * SIZE.height * layout.channels();
        // A gradient with a little of everything in its low bits.
        (0..count)
            .map(|i| ((i / 3) ^ (i.wrapping_mul(2_654_435_761) >> 29)).to_le_bytes()[0])
            .collect()
    }

    fn encoded(level: u8, layout: Layout, step: u32) -> Result<Vec<u8>> {
        let data = samples(layout);
        let stride = SIZE.width as usize * layout.channels() as usize;
        let mut encoder = begin(&Png::compression_level(level), SIZE, layout)?;
        for start in (0..SIZE.height).step_by(step as usize) {
            let rows = start..(start + step).min(SIZE.height);
            let from = start as usize * stride;
            let mut band = Band::new(layout, SIZE.width, rows.clone())?;
            band.plane_mut(0).copy_from_slice(&data[from..from + rows.len() * stride]);
            encoder.write(&band, &Watch::default())?;
        }
        encoder.finish(&Watch::default())
    }

    fn decoded(file: Vec<u8>, step: u32) -> Result<Vec<u8>> {
        let opened = opened(file, false)?;
        let header = opened.header();
        assert_eq!(header.size, SIZE);
        let request = DecodeRequest::whole(header, false);
        let mut decoder = opened.decode(&request, &Limits::default(), Level::detect())?;
        let mut found = Vec::new();
        for start in (0..SIZE.height).step_by(step as usize) {
            let rows = start..(start + step).min(SIZE.height);
            let mut band = Band::new(header.layout, SIZE.width, rows)?;
            decoder.read(&mut band, &Watch::default())?;
            found.extend_from_slice(band.plane(0));
        }
        Ok(found)
    }

    #[test]
    fn every_layout_and_level_comes_back_whatever_the_bands() -> Result<()> {
        for layout in [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba] {
            for level in 0..=9 {
                let file = encoded(level, layout, 7)?;
                assert_eq!(file, encoded(level, layout, SIZE.height)?, "{layout} level {level}");
                assert_eq!(decoded(file.clone(), 5)?, samples(layout), "{layout} level {level}");
                assert_eq!(decoded(file, SIZE.height)?, samples(layout));
            }
        }
        Ok(())
    }

    #[test]
    fn a_file_that_is_cut_is_truncated_unless_only_its_end_is_missing() -> Result<()> {
        let file = encoded(6, Layout::Rgb, 8)?;
        for end in 40..file.len() {
            match decoded(file[..end].to_vec(), 8) {
                // IEND, checksums and the flush that holds no pixels may be missing.
                Ok(found) => assert!(found == samples(Layout::Rgb) && end + 64 > file.len()),
                Err(error) => assert_eq!(error.code(), "truncated", "{end} of {}", file.len()),
            }
        }
        assert_eq!(decoded(file[..file.len() - 16].to_vec(), 8)?, samples(Layout::Rgb));
        Ok(())
    }

    #[test]
    fn a_wrong_checksum_is_malformed_even_after_the_last_row() -> Result<()> {
        let mut file = encoded(6, Layout::Rgb, 8)?;
        let at = file.len() - 13;
        file[at] ^= 1;
        let code = decoded(file, 8).err().map(|error| error.code());
        assert_eq!(code, Some("malformed"));
        Ok(())
    }

    #[test]
    fn an_unfinished_picture_is_not_a_file() -> Result<()> {
        let encoder = begin(&Png::default(), SIZE, Layout::Gray)?;
        assert!(encoder.finish(&Watch::default()).is_err());
        Ok(())
    }
}
