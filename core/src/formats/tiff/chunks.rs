//! The chunks that the pixels of a page are cut into: strips of whole rows, or tiles.

use std::ops::Range;

use super::directory::{Directory, Field};
use super::page::tags::*;
use super::page::{side, wrong};
use crate::error::{Error, Result};
use crate::picture::geometry::Size;

/// Compressed bytes that a chunk is read of for each byte of its pixels. None needs as many: a chunk that says so would
/// make work of nothing.
const MOST: u64 = 4;
/// The same for any chunk.
const MORE: u64 = 64 << 10;

/// The chunks of a page, from left to right and from top to bottom, plane by plane.
#[derive(Debug, Clone)]
pub(super) struct Chunks {
    /// Columns and rows of one; the last of a row or a column may have less to show.
    pub(super) size: Size,
    pub(super) is_tiled: bool,
    /// Chunks in a row, and in a column.
    pub(super) across: u32,
    pub(super) down: u32,
    /// Bytes of a packed row.
    pub(super) row_bytes: u64,
    height: u32,
    offsets: Field,
    /// Compressed bytes of each, where the file says them.
    bytes: Option<Field>,
}

impl Chunks {
    pub(super) fn read(
        data: &[u8],
        directory: &Directory,
        size: Size,
        pixel_bits: u64,
        planes: usize,
    ) -> Result<Self> {
        let tiles = directory.field(data, TILE_OFFSETS);
        let is_tiled = tiles.is_some();
        let (chunk, bytes) = match is_tiled {
            true => {
                let side = |tag, what| side(directory.number(data, tag).unwrap_or(0), what);
                let chunk =
                    Size::new(side(TILE_WIDTH, "tile width")?, side(TILE_HEIGHT, "tile height")?);
                (chunk, TILE_BYTES)
            }
            false => {
                let rows = directory.number(data, ROWS_PER_STRIP).unwrap_or(u64::MAX);
                let rows = side(rows.min(size.height.into()), "rows of a strip")?;
                (Size::new(size.width, rows), STRIP_BYTES)
            }
        };
        let offsets = tiles.or_else(|| directory.field(data, STRIP_OFFSETS));
        let offsets = offsets.ok_or_else(|| Error::malformed("a TIFF without pixels"))?;
        let (across, down) = (size.width.div_ceil(chunk.width), size.height.div_ceil(chunk.height));
        let expected = u64::from(across) * u64::from(down) * planes as u64;
        if (offsets.count as u64) < expected {
            return Err(wrong("chunks of pixels", format!("{expected} of them"), offsets.count));
        }
        let row_bytes = (u64::from(chunk.width) * pixel_bits).div_ceil(8);
        let bytes = directory.field(data, bytes);
        let height = size.height;
        Ok(Self { size: chunk, is_tiled, across, down, row_bytes, height, offsets, bytes })
    }

    /// Rows of chunks in this row of them that are in the picture.
    pub(super) fn rows(&self, down: u32) -> u32 {
        self.size.height.min(self.height - down * self.size.height)
    }

    /// The number of a chunk of a plane.
    pub(super) fn index(&self, plane: usize, down: u32, across: u32) -> usize {
        (plane * self.down as usize + down as usize) * self.across as usize + across as usize
    }

    /// The place of the compressed bytes of a chunk, which may be behind the end of the file.
    pub(super) fn place(&self, data: &[u8], index: usize) -> Option<Range<u64>> {
        let pixels = self.row_bytes.saturating_mul(self.size.height.into());
        let most = pixels.saturating_mul(MOST).saturating_add(MORE);
        let start = self.offsets.number(data, index)?;
        // Files that are not compressed may have no lengths, or zeros.
        let bytes = self.bytes.map_or(Some(0), |bytes| bytes.number(data, index))?;
        let bytes = if bytes == 0 { pixels } else { bytes.min(most) };
        Some(start..start.saturating_add(bytes))
    }
}
