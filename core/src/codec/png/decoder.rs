//! Rows out of a PNG.

use std::io;

use png::{DecodingError, InterlaceInfo, Reader, Transformations};

use super::super::feed::{Feed, Watching};
use super::super::{Decoder, Header};
use super::check::Front;
use crate::error::{Error, Result};
use crate::image::band::Band;
use crate::job::Watch;
use crate::limits::Limits;
use crate::source::Bytes;

/// Reads to the first byte of the pixels.
pub(in super::super) fn open(bytes: Bytes, limits: &Limits) -> Result<Box<dyn Decoder>> {
    let front = Front::read((*bytes).as_ref(), limits)?;
    let (feed, watching) = Feed::new(bytes, front.parts().into());
    let max_memory = limits.max_memory;
    let mut decoder = png::Decoder::new_with_limits(
        feed,
        png::Limits { bytes: usize::try_from(max_memory).unwrap_or(usize::MAX) },
    );
    decoder.set_transformations(Transformations::normalize_to_color8());
    let reader = decoder.read_info().map_err(|error| fault(error, max_memory))?;
    Ok(Box::new(PngDecoder {
        reader,
        watching,
        max_memory,
        interlaced: front.interlaced,
        left: front.size.height,
    }))
}

/// An upper bound of what the `png` crate holds: the inflater and its window, rows that wait for their
/// filter, a row of an interlace pass.
pub(in super::super) fn decode_memory(header: &Header) -> u64 {
    const FIRST: u64 = 128 << 10;
    let pixels = u64::from(header.size.width) * u64::from(header.layout.channels());
    // The header does not say whether the file has 8 or 16 bits a sample.
    let row = 1 + 2 * pixels;
    // The crate moves its rows to the front of their vector when so much is behind them, and keeps the
    // window of the inflater and a step of its output beside them.
    let kept = (4 * row).max(FIRST) + row + (40 << 10);
    // The vector doubles, and the old one lives until the new one is filled.
    let mut vector = FIRST;
    while vector < kept {
        vector *= 2;
    }
    vector + vector / 2 + pixels + (48 << 10)
}

/// A running decode.
struct PngDecoder {
    reader: Reader<Feed>,
    watching: Watching,
    max_memory: u64,
    interlaced: bool,
    /// Rows that have not been read.
    left: u32,
}

impl Decoder for PngDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        self.watching.set(watch);
        let stride = band.stride(0);
        if self.reader.output_line_size(self.reader.info().width) != Some(stride) {
            return Err(Error::internal("the band has not the width and layout of the PNG"));
        }
        let rows = band.rows().end - band.rows().start;
        if rows > self.left || (self.interlaced && rows != self.left) {
            return Err(Error::internal("the band has not the rows that the PNG has left"));
        }
        if self.interlaced {
            self.read_passes(band.plane_mut(0), stride, watch)?;
        } else {
            self.read_rows(band.plane_mut(0), stride, watch)?;
        }
        self.left -= rows;
        if self.left == 0 { self.finish() } else { Ok(()) }
    }
}

impl PngDecoder {
    fn read_rows(&mut self, plane: &mut [u8], stride: usize, watch: &Watch) -> Result<()> {
        for row in plane.chunks_exact_mut(stride) {
            watch.check()?;
            self.reader.read_row(row).map_err(|error| fault(error, self.max_memory))?;
        }
        Ok(())
    }

    /// Reads the seven passes, each a smaller picture, and puts their pixels into place.
    fn read_passes(&mut self, plane: &mut [u8], stride: usize, watch: &Watch) -> Result<()> {
        let max_memory = self.max_memory;
        let (colour, depth) = self.reader.output_color_type();
        let channels = u8::try_from(colour.samples()).unwrap_or(u8::MAX);
        let bits = channels.saturating_mul(depth as u8);
        let size = self.reader.info().size();
        for _ in 0..pass_rows(size.0, size.1) {
            watch.check()?;
            let row =
                self.reader.next_interlaced_row().map_err(|error| fault(error, max_memory))?;
            if let Some((data, InterlaceInfo::Adam7(pass))) =
                row.map(|row| (row.data(), *row.interlace()))
            {
                png::expand_interlaced_row(plane, stride, data, &pass, bits);
            }
        }
        Ok(())
    }

    /// Reads what is left of the pixel chunks, for their checksums. That the file ends there is no
    /// error: libpng does without IEND too.
    fn finish(&mut self) -> Result<()> {
        match self.reader.read_row(&mut []) {
            Err(DecodingError::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Ok(())
            }
            Err(error) => Err(fault(error, self.max_memory)),
            Ok(_) => Ok(()),
        }
    }
}

/// Rows of all seven passes of an Adam7 picture; a pass without columns has none.
fn pass_rows(width: u32, height: u32) -> u32 {
    // First column, first row and distance of rows of each pass.
    const PASSES: [(u32, u32, u32); 7] =
        [(0, 0, 8), (4, 0, 8), (0, 4, 8), (2, 0, 4), (0, 2, 4), (1, 0, 2), (0, 1, 2)];
    let passes = PASSES.iter().filter(|&&(x, ..)| width > x);
    passes.map(|&(_, y, step)| height.saturating_sub(y).div_ceil(step)).sum()
}

/// What went wrong, in our terms.
#[cold]
fn fault(error: DecodingError, max_memory: u64) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Error::truncated("the PNG ends within its pixels")
        }
        DecodingError::IoError(error) => match error.downcast::<Error>() {
            Ok(stopped) => stopped,
            Err(error) => Error::io("PNG", error),
        },
        DecodingError::Format(format) => Error::malformed(format!("PNG: {format}")),
        DecodingError::LimitsExceeded => {
            Error::limit_exceeded("max_memory", max_memory, max_memory.saturating_add(1))
        }
        DecodingError::Parameter(error) => Error::internal(format!("PNG: {error}")),
    }
}
