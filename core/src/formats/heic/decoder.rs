//! Decodes rows of a picture, a row of tiles at a time.

use std::ops::Range;
use std::sync::Arc;

use super::super::{DecodeRequest, Decoder};
use super::container::{Contents, Grid};
use super::tile;
use crate::error::{Error, Result};
use crate::picture::geometry::Rect;
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, zeroed};
use crate::recipe::job::Watch;
use crate::recipe::source::Bytes;

/// A running decode of a region.
pub(super) struct GridDecoder {
    file: Bytes,
    contents: Arc<Contents>,
    /// The region in the picture as it is coded.
    region: Rect,
    layout: Layout,
    recover: bool,
    /// The rows of the region in the row of tiles that was decoded last, and their samples.
    decoded: Range<u32>,
    samples: Vec<u8>,
    /// The first damage. Tiles stand each by itself: one that is damaged is lost alone.
    damage: Option<Error>,
    is_damaged: bool,
}

impl GridDecoder {
    pub(super) fn new(
        file: &Bytes,
        contents: &Arc<Contents>,
        request: &DecodeRequest,
    ) -> Result<Self> {
        let bytes = Self::buffer(contents, request);
        let bytes = usize::try_from(bytes).map_err(|_| Error::out_of_memory(bytes))?;
        Ok(Self {
            file: Bytes::clone(file),
            contents: Arc::clone(contents),
            region: request.region.within(contents.shown),
            layout: request.layout,
            recover: request.recover,
            decoded: 0..0,
            samples: zeroed(bytes)?,
            damage: None,
            is_damaged: false,
        })
    }

    /// Bytes of the rows that are decoded at a time.
    pub(super) fn buffer(contents: &Contents, request: &DecodeRequest) -> u64 {
        let rows = u64::from(contents.picture.tile.height.min(request.region.height));
        let width = u64::from(request.region.width);
        rows.saturating_mul(width * u64::from(request.layout.channels()))
    }

    /// Decodes the tiles with row `y` of the picture.
    fn decode(&mut self, y: u32, watch: &Watch) -> Result<()> {
        let contents = Arc::clone(&self.contents);
        let height = contents.picture.tile.height;
        let below = (y / height + 1).saturating_mul(height);
        let end = below.min(self.region.y + self.region.height);
        self.decoded = y..end;
        self.samples.fill(0);
        let rows = Rect::new(self.region.x, y, self.region.width, end - y);
        self.decode_colours(&contents.picture, rows, watch)?;
        if let Some(alpha) = &contents.alpha {
            let last = self.layout.channels() as usize - 1;
            self.decode_tiles(alpha, rows, true, watch, |pixel, luma| pixel[last] = luma[0])?;
        }
        Ok(())
    }

    fn decode_colours(&mut self, grid: &Grid, rows: Rect, watch: &Watch) -> Result<()> {
        let colours = if grid.is_gray { 1 } else { 3 };
        self.decode_tiles(grid, rows, grid.is_gray, watch, |pixel, found| {
            pixel[..colours].copy_from_slice(&found[..colours]);
        })
    }

    /// Decodes the tiles of some rows, and puts what they have of them into the samples.
    fn decode_tiles(
        &mut self,
        grid: &Grid,
        rows: Rect,
        luma: bool,
        watch: &Watch,
        put: impl Fn(&mut [u8], &[u8]),
    ) -> Result<()> {
        let (channels, found) = (self.layout.channels() as usize, if luma { 1 } else { 4 });
        let stride = rows.width as usize * channels;
        for (place, tile) in grid.tiles_of(rows) {
            watch.check()?;
            let samples = match tile::decode(&self.file, tile, grid.tile, luma, watch) {
                Ok(samples) => samples,
                Err(error) if self.recover && error.is_damage() => {
                    self.note(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Some(shared) = place.intersection(rows) else { continue };
            let from = grid.tile.width as usize * found;
            let left = (shared.x - place.x) as usize * found;
            let to = (shared.x - rows.x) as usize * channels;
            for y in shared.y..shared.y + shared.height {
                let source = &samples[(y - place.y) as usize * from + left..];
                let target = &mut self.samples[(y - rows.y) as usize * stride + to..];
                let target = &mut target[..shared.width as usize * channels];
                let source = source.chunks_exact(found);
                target.chunks_exact_mut(channels).zip(source).for_each(|(to, from)| put(to, from));
            }
        }
        Ok(())
    }

    fn note(&mut self, error: Error) {
        if !self.is_damaged {
            self.damage = Some(error);
        }
        self.is_damaged = true;
    }
}

impl Decoder for GridDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let (rows, stride) = (band.rows(), band.stride(0));
        for (row, to) in rows.zip(band.plane_mut(0).chunks_exact_mut(stride)) {
            let y = self.region.y + row;
            if !self.decoded.contains(&y) {
                self.decode(y, watch)?;
            }
            let at = (y - self.decoded.start) as usize * stride;
            to.copy_from_slice(&self.samples[at..at + stride]);
        }
        Ok(())
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}
