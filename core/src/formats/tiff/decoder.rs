//! Decodes rows of a page, strip by strip or tile by tile.

use std::ops::Range;
use std::sync::Arc;

use super::super::{DecodeRequest, Decoder};
use super::coding::{self, Rows};
use super::page::Page;
use super::samples::Samples;
use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, zeroed};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// A page as its decoder has it.
struct Pixels {
    file: Bytes,
    page: Arc<Page>,
    samples: Samples,
    limits: Limits,
    /// A packed row, and its levels.
    packed: Vec<u8>,
    levels: Vec<u8>,
}

/// A chunk that is being read, plane by plane.
struct Chunk {
    planes: Vec<Box<dyn Rows>>,
    /// The row of the picture that comes next.
    next: u32,
}

impl Pixels {
    fn new(file: &Bytes, page: &Arc<Page>, layout: Layout, limits: &Limits) -> Result<Self> {
        let samples = Samples::new((**file).as_ref(), page, layout)?;
        let bytes = |bytes: u64| usize::try_from(bytes).map_err(|_| Error::out_of_memory(bytes));
        let packed = if samples.is_plain() { 0 } else { page.chunks.row_bytes };
        let levels = if samples.is_direct() { 0 } else { levels(page, &samples) };
        Ok(Self {
            file: Arc::clone(file),
            page: Arc::clone(page),
            samples,
            limits: *limits,
            packed: zeroed(bytes(packed)?)?,
            levels: zeroed(bytes(levels)?)?,
        })
    }

    /// Begins a chunk.
    fn open(&self, down: u32, across: u32) -> Result<Chunk> {
        let chunks = &self.page.chunks;
        let size = Size::new(chunks.size.width, chunks.rows(down));
        let open = |plane| {
            let index = chunks.index(plane, down, across);
            coding::open(&self.file, &self.page, index, size, &self.limits)
        };
        let planes = self.samples.planes().map(open).collect::<Result<_>>()?;
        Ok(Chunk { planes, next: down * chunks.size.height })
    }

    /// Reads the next row of a chunk, in all of its width.
    fn read(&mut self, chunk: &mut Chunk, pixels: &mut [u8], watch: &Watch) -> Result<()> {
        watch.check()?;
        chunk.next += 1;
        let (samples, packed) = (&self.samples, &mut self.packed[..]);
        if samples.is_plain() {
            chunk.planes[0].next(pixels, watch)?;
            samples.sum(pixels);
            samples.invert(pixels);
        } else if samples.is_direct() {
            chunk.planes[0].next(packed, watch)?;
            samples.sum(packed);
            samples.unpack(packed, pixels);
            samples.invert(pixels);
        } else {
            let first = self.levels.len() / chunk.planes.len();
            let levels = self.levels.chunks_exact_mut(first);
            for (plane, levels) in chunk.planes.iter_mut().zip(levels) {
                plane.next(packed, watch)?;
                samples.sum(packed);
                samples.unpack(packed, levels);
            }
            samples.invert(&mut self.levels[..first]);
            samples.arrange(&self.levels, pixels);
        }
        samples.divide(pixels);
        Ok(())
    }
}

/// Bytes of the levels of a row of a chunk.
fn levels(page: &Page, samples: &Samples) -> u64 {
    u64::from(page.chunks.size.width).saturating_mul(samples.levels() as u64)
}

/// A running decode of a region.
pub(super) struct PageDecoder {
    pixels: Pixels,
    region: Rect,
    channels: usize,
    recover: bool,
    /// The strip that is being read.
    strip: Option<Chunk>,
    /// A row of a strip or a tile, where the region has not all of it.
    row: Vec<u8>,
    /// The rows of the region in the row of tiles that was read last.
    tiles: Vec<u8>,
    tiled: Range<u32>,
    /// The first damage. Each strip and each tile stands by itself: what is behind damage is lost to its end.
    damage: Option<Error>,
    is_damaged: bool,
    /// The row behind the strip that is damaged.
    lost_to: u32,
}

impl PageDecoder {
    pub(super) fn new(
        file: &Bytes,
        page: &Arc<Page>,
        request: &DecodeRequest,
        limits: &Limits,
    ) -> Result<Self> {
        let pixels = Pixels::new(file, page, request.layout, limits)?;
        let channels = request.layout.channels() as usize;
        let [row, tiles] = buffers(page, request).map(|bytes| {
            let bytes = usize::try_from(bytes).map_err(|_| Error::out_of_memory(bytes))?;
            zeroed(bytes)
        });
        Ok(Self {
            pixels,
            region: request.region,
            channels,
            recover: request.recover,
            strip: None,
            row: row?,
            tiles: tiles?,
            tiled: 0..0,
            damage: None,
            is_damaged: false,
            lost_to: 0,
        })
    }

    /// Reads row `y` of the picture, the columns of the region.
    fn read_row(&mut self, y: u32, out: &mut [u8], watch: &Watch) -> Result<()> {
        if self.pixels.page.chunks.is_tiled {
            return self.read_tiled_row(y, out, watch);
        }
        let down = y / self.pixels.page.chunks.size.height;
        let mut strip = match self.strip.take() {
            Some(strip) if strip.next == y => strip,
            _ => self.pixels.open(down, 0)?,
        };
        while strip.next < y {
            self.pixels.read(&mut strip, &mut self.row, watch)?;
        }
        if self.row.is_empty() {
            self.pixels.read(&mut strip, out, watch)?;
        } else {
            self.pixels.read(&mut strip, &mut self.row, watch)?;
            let left = self.region.x as usize * self.channels;
            out.copy_from_slice(&self.row[left..left + out.len()]);
        }
        let ends = strip.next.is_multiple_of(self.pixels.page.chunks.size.height);
        self.strip = Some(strip).filter(|_| !ends);
        Ok(())
    }

    fn read_tiled_row(&mut self, y: u32, out: &mut [u8], watch: &Watch) -> Result<()> {
        if !self.tiled.contains(&y) {
            self.read_tiles(y / self.pixels.page.chunks.size.height, watch)?;
        }
        let from = (y - self.tiled.start) as usize * out.len();
        out.copy_from_slice(&self.tiles[from..from + out.len()]);
        Ok(())
    }

    /// Reads the tiles of a row of them, as far as they lie in the region.
    fn read_tiles(&mut self, down: u32, watch: &Watch) -> Result<()> {
        let Size { width, height } = self.pixels.page.chunks.size;
        let top = down * height;
        let Rect { x, y, width: across, height: down_to } = self.region;
        let rows = top.max(y)..(y + down_to).min(top + self.pixels.page.chunks.rows(down));
        if self.recover {
            self.tiles.fill(0);
        }
        for across in x / width..(x + across).div_ceil(width) {
            self.read_tile(down, across, &rows, watch).or_else(|error| self.recovered(error))?;
        }
        self.tiled = rows;
        Ok(())
    }

    /// Reads what the region has of a tile in these rows.
    fn read_tile(
        &mut self,
        down: u32,
        across: u32,
        rows: &Range<u32>,
        watch: &Watch,
    ) -> Result<()> {
        let Size { width, height } = self.pixels.page.chunks.size;
        let columns = self.region.x..self.region.x + self.region.width;
        let stride = columns.len() * self.channels;
        let left = across * width;
        let shared = left.max(columns.start)..columns.end.min(left.saturating_add(width));
        let mut tile = self.pixels.open(down, across)?;
        let bytes = |columns: u32| columns as usize * self.channels;
        let (from, to) = (bytes(shared.start - left), bytes(shared.start - columns.start));
        let length = shared.len() * self.channels;
        for y in down * height..rows.end {
            self.pixels.read(&mut tile, &mut self.row, watch)?;
            if y >= rows.start {
                let at = (y - rows.start) as usize * stride + to;
                self.tiles[at..at + length].copy_from_slice(&self.row[from..from + length]);
            }
        }
        Ok(())
    }

    /// Notes damage in a file that is to be recovered.
    fn recovered(&mut self, error: Error) -> Result<()> {
        if !self.recover || !error.is_damage() {
            return Err(error);
        }
        if !self.is_damaged {
            (self.damage, self.is_damaged) = (Some(error), true);
        }
        Ok(())
    }
}

impl Decoder for PageDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let (rows, stride) = (band.rows(), band.stride(0));
        let top = self.region.y;
        for (row, out) in rows.zip(band.plane_mut(0).chunks_exact_mut(stride)) {
            let y = top + row;
            if y < self.lost_to {
                out.fill(0);
            } else if let Err(error) = self.read_row(y, out, watch) {
                self.recovered(error)?;
                out.fill(0);
                let height = self.pixels.page.chunks.size.height;
                self.lost_to = (y / height + 1).saturating_mul(height);
            }
        }
        Ok(())
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

/// Bytes of a row of a chunk that is cut, and of the rows of tiles in the region.
fn buffers(page: &Page, request: &DecodeRequest) -> [u64; 2] {
    let (chunks, region) = (&page.chunks, request.region);
    let channels = u64::from(request.layout.channels());
    let row = u64::from(chunks.size.width).saturating_mul(channels);
    match chunks.is_tiled {
        true => {
            let rows = chunks.size.height.min(region.height);
            [row, request.layout.bytes(Size::new(region.width, rows))]
        }
        // The rows above the region are read as well.
        false if region.width < page.size.width || region.y > 0 => [row, 0],
        false => [0, 0],
    }
}

/// An upper bound of the bytes that a decoder holds.
pub(super) fn memory(
    file: &Bytes,
    page: &Page,
    request: &DecodeRequest,
    limits: &Limits,
) -> Result<u64> {
    const SMALL: u64 = 4 << 10;
    let samples = Samples::new((**file).as_ref(), page, request.layout)?;
    let planes = samples.planes().count() as u64;
    let coding = coding::memory(file, page, limits)?;
    let parts =
        [page.chunks.row_bytes, levels(page, &samples), coding.saturating_mul(planes), SMALL];
    let buffers = buffers(page, request);
    Ok(parts.into_iter().chain(buffers).fold(0, u64::saturating_add))
}
