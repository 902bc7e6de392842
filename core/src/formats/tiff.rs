//! TIFF: its pages, in strips and tiles, by code of the library around the codecs of others.
//!
//! Samples of 16 bits are reduced to their high byte, those of fewer than 8 are spread to 0 to 255. Inks become colours by
//! their profile, or as libjpeg's users do without one. Associated alpha is divided out.

mod chunks;
mod coding;
mod decoder;
mod directory;
mod fax;
mod jpeg;
mod page;
mod samples;

use std::borrow::Cow;
use std::sync::Arc;

use makeready_kernels::Level;

use super::read::{Reader, Signature, held};
use super::{Caps, DecodeRequest, Decoder, Details, Header, Opened, optional};
use crate::error::{Error, Result};
use crate::picture::exif::Rewrite;
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::metadata::Meta;
use crate::picture::profile::{Profile, check_length};
use crate::picture::reserve::{probed, reserved};
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;
use decoder::PageDecoder;
use directory::{Form, Walk};
use page::{Coding, Model, Page};

/// Rows as they are decoded, and parts of them.
const CAPS: Caps = Caps { scales: &[1], region: true, bands: true };

/// Bytes a sample that the photographs of `examples/tiles` take in the mean, 1600 wide, by LZW with differences.
const PHOTOGRAPH: f64 = 0.75;

/// The reader of TIFF.
pub(super) struct TiffReader;

impl Reader for TiffReader {
    fn format(&self) -> Format {
        Format::Tiff
    }

    fn signatures(&self) -> &'static [Signature] {
        optional::TIFF
    }

    fn open(&self, file: Bytes, limits: &Limits, _: bool) -> Result<Arc<dyn Opened>> {
        let data = (*file).as_ref();
        let (form, first) = Form::read(data)?;
        let pages = Walk::new(data, form, first).count(limits)?;
        Ok(Arc::new(TiffPage::open(&file, pages, 0, limits)?))
    }
}

/// A page whose fields are known.
struct TiffPage {
    file: Bytes,
    page: Arc<Page>,
    number: u32,
    header: Header,
}

impl TiffPage {
    fn open(file: &Bytes, pages: u32, number: u32, limits: &Limits) -> Result<Self> {
        let data = (**file).as_ref();
        let (form, first) = Form::read(data)?;
        let mut walk = Walk::new(data, form, first);
        for _ in 0..number {
            walk.next()?;
        }
        let directory = walk.next()?.ok_or_else(|| Error::malformed("a TIFF without pages"))?;
        let page = Page::read(data, form, &directory, limits)?;
        let header = Header {
            format: Format::Tiff,
            size: page.size,
            layout: page.layout(),
            planar: None,
            orientation: page.orientation,
            pages,
            caps: CAPS,
        };
        Ok(Self { file: Arc::clone(file), page: Arc::new(page), number, header })
    }

    /// Compressed bytes of all chunks.
    fn coded_bytes(&self) -> u64 {
        coding::places(&self.file, &self.page).map(|place| place.end - place.start).sum()
    }
}

impl Opened for TiffPage {
    fn header(&self) -> &Header {
        &self.header
    }

    fn profiled_layout(&self) -> Layout {
        if self.page.model == Model::Inks { Layout::Cmyk } else { self.header.layout }
    }

    fn profile(&self, limits: &Limits) -> Result<Profile> {
        let Some(found) = held((*self.file).as_ref(), &self.page.icc) else {
            return Ok(Profile::Srgb);
        };
        check_length(found.len(), limits.max_icc_bytes)?;
        let mut icc = reserved(found.len())?;
        icc.extend_from_slice(found);
        Ok(Profile::Icc(Arc::new(icc)))
    }

    fn details(&self) -> Details {
        Details { bits: self.page.bits, density: self.page.density, ..Details::default() }
    }

    /// The directories are EXIF themselves: the fields of the first page that EXIF has too are put together anew.
    fn exif(&self, _: &Limits) -> Result<Option<Cow<'_, [u8]>>> {
        let data = (*self.file).as_ref();
        let keep = &[Meta::Exif, Meta::Gps];
        let (orientation, size) = (self.page.orientation, self.page.size);
        let rewrite = Rewrite { keep, orientation, size, srgb: false, density: None };
        match rewrite.of(data) {
            Ok(exif) if self.number == 0 => Ok(Some(Cow::Owned(exif))),
            // BigTIFF is no EXIF.
            Err(error) if !error.is_damage() => Err(error),
            _ => Ok(None),
        }
    }

    fn xmp(&self) -> Option<Result<&[u8]>> {
        held((*self.file).as_ref(), &self.page.xmp).map(Ok)
    }

    fn memory(&self, request: &DecodeRequest, limits: &Limits) -> Result<u64> {
        decoder::memory(&self.file, &self.page, request, limits)
    }

    fn work(&self, request: &DecodeRequest, rows: u32, work: &mut Work) {
        let read = f64::from(request.region.y + rows) / f64::from(self.header.size.height);
        let bytes = self.coded_bytes() as f64 * read;
        let made = request.layout.bytes(Size::new(request.region.width, rows)) as f64;
        work.add_for(WorkKind::FileOpen, Format::Tiff, 1.0);
        match self.page.coding {
            Coding::None | Coding::PackBits => work.add(WorkKind::Copy, bytes),
            Coding::Deflate => work.add(WorkKind::PngInflate, bytes),
            Coding::Jpeg => work.add(WorkKind::JpegCode, bytes),
            Coding::Lzw | Coding::Fax4 => {
                work.add_for(WorkKind::FileCode, Format::Tiff, bytes);
            }
        }
        work.add_for(WorkKind::FilePixel, Format::Tiff, made);
    }

    fn content(&self) -> Content {
        let samples = self.header.layout.bytes(self.header.size) as f64;
        let palette = matches!(self.page.model, Model::Palette(_));
        let bytes = usize::try_from(self.coded_bytes()).unwrap_or(usize::MAX);
        match self.page.coding {
            Coding::None | Coding::PackBits => Content { palette, ..Content::PHOTOGRAPH },
            _ => Content { palette, ..Content::of_file(bytes, samples * PHOTOGRAPH) },
        }
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        _: Level,
    ) -> Result<Box<dyn Decoder>> {
        // The codecs end the process where memory is missing.
        probed(self.memory(request, limits)?)?;
        Ok(Box::new(PageDecoder::new(&self.file, &self.page, request, limits)?))
    }

    fn page(&self, page: u32, limits: &Limits) -> Result<Option<Arc<dyn Opened>>> {
        let page = Self::open(&self.file, self.header.pages, page, limits)?;
        Ok(Some(Arc::new(page)))
    }
}

#[cfg(test)]
mod tests;
