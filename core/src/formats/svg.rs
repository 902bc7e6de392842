//! SVG, through `usvg` and `resvg`: read only, and drawn at any size.
//!
//! A file can ask for more than pixels: other files, fonts, elements that grow as they are read. Nothing outside of it
//! is ever read, text is set in one embedded family, and a file that grows too far is refused before it does. It is
//! parsed and drawn on a thread of its own, with a stack that is known, which a stopped job leaves behind.

mod decoder;
mod effort;
mod entities;
mod images;
mod layers;
mod look;
mod parse;
mod style;
mod weight;

use std::sync::Arc;

use makeready_kernels::Level;

use super::drawing::{View, for_plan};
use super::read::{Reader, Signature};
use super::{Caps, DecodeRequest, Decoder, Drawing, Header, Opened};
use crate::error::Result;
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::orientation::Orientation;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::limits::{Limits, check};
use crate::recipe::source::Bytes;
use decoder::SvgDecoder;
use parse::Parsed;

/// How much detail drawings have: flat areas, and edges between them.
const DRAWING: Content = Content { detail: 0.2, palette: false };

/// Samples that filters of a drawing look at: several seconds of work, which nothing stops.
const MOST_SAMPLES: u64 = 4_000_000_000;

/// The reader of SVG.
pub(super) struct SvgReader;

impl Reader for SvgReader {
    fn format(&self) -> Format {
        Format::Svg
    }

    fn signatures(&self) -> &'static [Signature] {
        &[]
    }

    fn fits(&self, data: &[u8]) -> bool {
        look::begins_as_svg(data)
    }

    fn only_when_named(&self) -> bool {
        true
    }

    fn open(&self, file: Bytes, limits: &Limits, _: bool) -> Result<Arc<dyn Opened>> {
        let (bytes, limits) = ((*file).as_ref().len(), *limits);
        let parsed = for_plan(move |_| parse::parse(&file, &limits))?;
        let view = View::natural(parsed.width(), parsed.height())?;
        Ok(Arc::new(SvgFile::new(Arc::new(parsed), bytes, view)))
    }
}

/// A file that is parsed, at a size.
struct SvgFile {
    parsed: Arc<Parsed>,
    bytes: usize,
    view: View,
    header: Header,
}

impl SvgFile {
    fn new(parsed: Arc<Parsed>, bytes: usize, view: View) -> Self {
        let whole = parsed.is_drawn_whole();
        let header = Header {
            format: Format::Svg,
            size: view.size,
            layout: Layout::Rgba,
            planar: None,
            orientation: Orientation::NORMAL,
            pages: 1,
            caps: Caps { scales: &[1], region: !whole, bands: !whole },
        };
        Self { parsed, bytes, view, header }
    }

    /// Rows that are drawn at a time.
    fn strip_rows(&self) -> u32 {
        if self.parsed.is_drawn_whole() { self.view.size.height } else { self.view.strip_rows() }
    }
}

impl Opened for SvgFile {
    fn header(&self) -> &Header {
        &self.header
    }

    /// The tree, a strip, and the layers that are blended to make it.
    fn memory(&self, _: &DecodeRequest, _: &Limits) -> Result<u64> {
        let Size { width, height } = self.view.size;
        let strip = Size::new(width, self.strip_rows());
        let cost = layers::cost(&self.parsed, &self.view, strip);
        // A path is dashed for each strip.
        let strips = height.div_ceil(strip.height).into();
        check("svg_samples", MOST_SAMPLES, cost.samples.saturating_mul(strips))?;
        Ok(self.parsed.memory() + Layout::Rgba.bytes(strip) + cost.bytes)
    }

    fn work(&self, _: &DecodeRequest, rows: u32, work: &mut Work) {
        let Size { width, height } = self.view.size;
        let part = f64::from(rows) / f64::from(height);
        let painted = layers::cost(&self.parsed, &self.view, Size::new(width, height)).painted;
        work.add_for(WorkKind::FileOpen, Format::Svg, 1.0);
        work.add_for(WorkKind::FileCode, Format::Svg, self.bytes as f64);
        work.add_for(WorkKind::FilePixel, Format::Svg, painted * part);
    }

    fn content(&self) -> Content {
        DRAWING
    }

    fn decode(&self, request: &DecodeRequest, _: &Limits, _: Level) -> Result<Box<dyn Decoder>> {
        let (parsed, rows) = (Arc::clone(&self.parsed), self.strip_rows());
        Ok(Box::new(SvgDecoder::new(parsed, self.view, rows, request.region)))
    }

    fn drawn(&self, drawing: Drawing) -> Result<Option<Arc<dyn Opened>>> {
        let view = self.view.drawn(drawing)?;
        Ok(Some(Arc::new(Self::new(Arc::clone(&self.parsed), self.bytes, view))))
    }
}

#[cfg(test)]
mod tests;
