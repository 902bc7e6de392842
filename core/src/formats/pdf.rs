//! PDF, through `hayro`: read only, a page drawn at any size.
//!
//! A page is interpreted twice: once to find how much there is to draw, which is held to limits and tells the bound of
//! memory, and once to draw it. The crate can neither be stopped nor told a limit, so both are done on a thread of their own,
//! which a stopped job leaves behind. A page that is only one upright JPEG, a scan, is that JPEG to the rules.

mod before;
mod decoder;
mod extent;
mod jpx;
mod meshes;
mod scan;
mod streams;
mod survey;

use std::sync::{Arc, OnceLock};

use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf, PdfData};
use makeready_kernels::Level;

use super::drawing::{View, for_plan};
use super::read::{Reader, Signature};
use super::{Caps, DecodeRequest, Decoder, Drawing, Header, Opened, optional};
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::image::Layout;
use crate::picture::orientation::Orientation;
use crate::picture::reserve::probed;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::limits::{Limits, check};
use crate::recipe::source::Bytes;
use decoder::PageDecoder;
use scan::ScannedPage;
use survey::{Survey, survey};

/// Bytes that the tables of a file take besides.
const LOADED: u64 = 1 << 20;

/// How much detail pages have: text, and white between its lines.
const PAGE: Content = Content { detail: 0.3, palette: false };

/// The longest side that the crate draws.
const MOST_SIDE: u64 = 65_535;

/// Bytes within which a file begins, behind whatever a mailer put before it.
const BEGINNING: usize = 1 << 10;

/// The reader of PDF.
pub(super) struct PdfReader;

impl Reader for PdfReader {
    fn format(&self) -> Format {
        Format::Pdf
    }

    fn signatures(&self) -> &'static [Signature] {
        optional::PDF
    }

    fn fits(&self, data: &[u8]) -> bool {
        data[..data.len().min(BEGINNING)].windows(5).any(|bytes| bytes == b"%PDF-")
    }

    fn only_when_named(&self) -> bool {
        true
    }

    fn open(&self, file: Bytes, limits: &Limits, _: bool) -> Result<Arc<dyn Opened>> {
        let (bytes, limits) = ((*file).as_ref().len(), *limits);
        let document = for_plan(move |_| load(file))?;
        check("max_pages", limits.max_pages.into(), document.pages().len() as u64)?;
        Ok(Arc::new(PdfFile::page_of(Arc::new(document), 0, bytes, limits)?))
    }
}

/// The bytes of a file, as the crate takes them.
struct File(Bytes);

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

fn load(file: Bytes) -> Result<Pdf> {
    // The crate ends the process where memory is missing.
    probed(LOADED + 2 * (*file).as_ref().len() as u64)?;
    Pdf::new(PdfData::from(Arc::new(File(file)))).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Error::unsupported("an encrypted PDF"),
        LoadPdfError::Invalid => Error::malformed("expected the objects of a PDF"),
    })
}

/// A page of a file, at a size.
struct PdfFile {
    document: Arc<Pdf>,
    page: u32,
    bytes: usize,
    view: View,
    header: Header,
    limits: Limits,
    /// The amounts that there are to draw, once they are asked for.
    survey: Arc<OnceLock<Result<Survey>>>,
}

impl PdfFile {
    /// A page at 72 dots an inch, counted from 0.
    fn page_of(document: Arc<Pdf>, page: u32, bytes: usize, limits: Limits) -> Result<Self> {
        let (width, height) = page_at(&document, page)?.render_dimensions();
        let view = View::natural(f64::from(width), f64::from(height))?;
        let pages = u32::try_from(document.pages().len()).unwrap_or(u32::MAX);
        let header = Header {
            format: Format::Pdf,
            size: view.size,
            layout: Layout::Rgb,
            planar: None,
            orientation: Orientation::NORMAL,
            pages,
            caps: Caps::WHOLE,
        };
        Ok(Self { document, page, bytes, view, header, limits, survey: Arc::default() })
    }

    fn drawn_as(&self, view: View) -> Self {
        let header = Header { size: view.size, ..self.header };
        let (document, survey) = (Arc::clone(&self.document), Arc::clone(&self.survey));
        let Self { page, bytes, limits, .. } = *self;
        Self { document, page, bytes, view, header, limits, survey }
    }

    /// The amounts that there are to draw.
    fn survey(&self) -> Result<&Survey> {
        let found = self.survey.get_or_init(|| {
            let (document, page, limits) = (Arc::clone(&self.document), self.page, self.limits);
            for_plan(move |watch| survey(page_at(&document, page)?, &limits, watch))
        });
        found.as_ref().map_err(Clone::clone)
    }
}

fn page_at(document: &Pdf, page: u32) -> Result<&Page<'_>> {
    let pages = document.pages();
    let missing = || Error::malformed(format!("page {page} of a PDF of {}", pages.len()));
    pages.get(page as usize).ok_or_else(missing)
}

impl Opened for PdfFile {
    fn header(&self) -> &Header {
        &self.header
    }

    /// The page as it is drawn, and the amounts that it is drawn of.
    fn memory(&self, _: &DecodeRequest, _: &Limits) -> Result<u64> {
        let size = self.view.size;
        check("max_input_side", MOST_SIDE, size.width.max(size.height).into())?;
        Ok(self.survey()?.memory(&self.view).saturating_add(Layout::Rgba.bytes(size)))
    }

    fn work(&self, _: &DecodeRequest, _: u32, work: &mut Work) {
        let drawn = self.survey().map_or(0.0, |survey| survey.painted(&self.view));
        work.add_for(WorkKind::FileOpen, Format::Pdf, 1.0);
        work.add_for(WorkKind::FileCode, Format::Pdf, self.bytes as f64);
        work.add_for(WorkKind::FilePixel, Format::Pdf, drawn);
    }

    fn content(&self) -> Content {
        PAGE
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        _: Level,
    ) -> Result<Box<dyn Decoder>> {
        let (document, page) = (Arc::clone(&self.document), self.page);
        let memory = self.memory(request, limits)?;
        Ok(Box::new(PageDecoder::new(document, page, self.view, memory)))
    }

    fn page(&self, page: u32, limits: &Limits) -> Result<Option<Arc<dyn Opened>>> {
        let document = Arc::clone(&self.document);
        Ok(Some(Arc::new(Self::page_of(document, page, self.bytes, *limits)?)))
    }

    fn drawn(&self, drawing: Drawing) -> Result<Option<Arc<dyn Opened>>> {
        Ok(Some(Arc::new(self.drawn_as(self.view.drawn(drawing)?))))
    }

    fn scan(&self) -> Option<Arc<dyn Opened>> {
        let survey = self.survey().ok()?;
        let jpeg = survey.scan.as_ref()?;
        ScannedPage::open(jpeg, &self.header, survey.planned(), &self.limits)
    }
}

#[cfg(test)]
mod tests;
