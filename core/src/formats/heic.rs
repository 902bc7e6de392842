//! HEIC through the crates of `heifer`: pictures of HEVC, alone or as tiles of a grid, 8 bits a sample.

mod container;
mod decoder;
mod tile;

use std::borrow::Cow;
use std::sync::Arc;

use makeready_kernels::Level;

use super::read::{Reader, Signature, held};
use super::{Caps, DecodeRequest, Decoder, Details, Header, Opened, optional};
use crate::error::Result;
use crate::picture::format::Format;
use crate::picture::geometry::Rect;
use crate::picture::image::Layout;
use crate::picture::profile::{Profile, check_length};
use crate::picture::reserve::probed;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::limits::{Limits, check};
use crate::recipe::source::Bytes;
use container::Contents;
use decoder::GridDecoder;

/// Bytes a pixel that the photographs of `examples/tiles` take in the mean, 1600 wide, at quality 80 of libheif.
const PHOTOGRAPH: f64 = 0.31;

/// The reader of HEIC.
pub(super) struct HeicReader;

impl Reader for HeicReader {
    fn format(&self) -> Format {
        Format::Heic
    }

    fn signatures(&self) -> &'static [Signature] {
        optional::HEIC
    }

    fn open(&self, file: Bytes, limits: &Limits, recover: bool) -> Result<Arc<dyn Opened>> {
        let contents = Contents::read((*file).as_ref(), recover)?;
        let grid = &contents.picture;
        // Of a picture that is cropped all is decoded, and of a tile what sticks out.
        limits.check_input(grid.size)?;
        limits.check_input(grid.tile)?;
        // A small tile shows less than is coded for it.
        check("max_input_pixels", limits.max_input_pixels, grid.small_coded())?;
        let layout = Layout::interleaved(!grid.is_gray, contents.alpha.is_some());
        let header = Header {
            format: Format::Heic,
            size: contents.shown.size(),
            layout,
            planar: None,
            orientation: contents.orientation,
            pages: 1,
            caps: Caps { scales: &[1], region: true, bands: true },
        };
        Ok(Arc::new(HeicFile { file, contents: Arc::new(contents), header }))
    }
}

/// A file whose items are known.
struct HeicFile {
    file: Bytes,
    contents: Arc<Contents>,
    header: Header,
}

impl HeicFile {
    /// Pixels that are decoded for the columns of a region: those of whole tiles.
    fn decoded(&self, request: &DecodeRequest, rows: u32) -> f64 {
        let part = Rect { height: rows, ..request.region }.within(self.contents.shown);
        let pictures = self.contents.pictures();
        pictures.map(|grid| grid.tiles_of(part).count() as f64 * grid.tile.pixels() as f64).sum()
    }
}

impl Opened for HeicFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn profile(&self, limits: &Limits) -> Result<Profile> {
        check_length(self.contents.profile.bytes(), limits.max_icc_bytes)?;
        Ok(self.contents.profile.clone())
    }

    fn details(&self) -> Details {
        Details { bits: self.contents.picture.bits, ..Details::default() }
    }

    fn exif(&self, _: &Limits) -> Result<Option<Cow<'_, [u8]>>> {
        Ok(held((*self.file).as_ref(), &self.contents.exif).map(Cow::Borrowed))
    }

    fn xmp(&self) -> Option<Result<&[u8]>> {
        held((*self.file).as_ref(), &self.contents.xmp).map(Ok)
    }

    fn memory(&self, request: &DecodeRequest, _: &Limits) -> Result<u64> {
        let tile = self.contents.pictures().map(|grid| grid.tile_bytes()).max().unwrap_or(0);
        let boxes = self.contents.boxes as u64 * container::GROWTH;
        Ok(tile.saturating_add(GridDecoder::buffer(&self.contents, request)).saturating_add(boxes))
    }

    fn work(&self, request: &DecodeRequest, rows: u32, work: &mut Work) {
        let decoded = self.decoded(request, rows);
        let all = self.contents.picture.size.pixels() as f64;
        let bytes = (*self.file).as_ref().len() as f64;
        work.add_for(WorkKind::FileOpen, Format::Heic, 1.0);
        work.add_for(WorkKind::FileCode, Format::Heic, bytes * (decoded / all).min(1.0));
        work.add_for(WorkKind::FilePixel, Format::Heic, decoded);
    }

    fn content(&self) -> Content {
        let usual = self.header.size.pixels() as f64 * PHOTOGRAPH;
        Content::of_file((*self.file).as_ref().len(), usual)
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        _: Level,
    ) -> Result<Box<dyn Decoder>> {
        // The crate ends the process where memory is missing.
        probed(self.memory(request, limits)?)?;
        Ok(Box::new(GridDecoder::new(&self.file, &self.contents, request)?))
    }
}
