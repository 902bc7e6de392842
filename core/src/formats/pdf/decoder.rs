//! Draws a page, on a thread of its own.

use std::sync::Arc;

use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::Affine;
use hayro::vello_cpu::Pixmap;
use makeready_pdf::draw_page;

use super::super::drawing::{DRAWINGS, View};
use super::page_at;
use crate::error::{Error, Result};
use crate::formats::Decoder;
use crate::panics::caught;
use crate::picture::image::band::Band;
use crate::picture::reserve::probed;
use crate::recipe::job::Watch;

/// A running decode.
pub(super) struct PageDecoder {
    document: Arc<Pdf>,
    page: u32,
    view: View,
    memory: u64,
    drawn: Option<Pixmap>,
}

impl PageDecoder {
    pub(super) const fn new(document: Arc<Pdf>, page: u32, view: View, memory: u64) -> Self {
        Self { document, page, view, memory, drawn: None }
    }

    fn page(&mut self, watch: &Watch) -> Result<&Pixmap> {
        if self.drawn.is_none() {
            let (document, page, view) = (Arc::clone(&self.document), self.page, self.view);
            // The crate ends the process where memory is missing.
            probed(self.memory)?;
            let draw = move |_: &Watch| caught(|| draw(&document, page, &view));
            self.drawn = Some(DRAWINGS.run(watch, draw)?);
        }
        self.drawn.as_ref().ok_or_else(|| Error::internal("no page was drawn"))
    }
}

impl Decoder for PageDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let (rows, stride) = (band.rows(), band.stride(0));
        let width = self.view.size.width as usize * 4;
        let pixels = self.page(watch)?.data_as_u8_slice();
        let drawn = pixels.chunks_exact(width).skip(rows.start as usize);
        for (to, from) in band.plane_mut(0).chunks_exact_mut(stride).zip(drawn) {
            watch.check()?;
            // White lies below all of it, so that nothing is clear.
            let opaque = to.chunks_exact_mut(3).zip(from.chunks_exact(4));
            opaque.for_each(|(to, from)| to.copy_from_slice(&from[..3]));
        }
        Ok(())
    }
}

fn draw(document: &Pdf, page: u32, view: &View) -> Result<Pixmap> {
    let page = page_at(document, page)?;
    let side = |side: u32| {
        u16::try_from(side).map_err(|_| Error::internal(format!("a page {side} pixels wide")))
    };
    let (width, height) = (side(view.size.width)?, side(view.size.height)?);
    let transform = Affine::translate((-view.corner.0, -view.corner.1))
        * Affine::scale_non_uniform(view.scale.0, view.scale.1)
        * page.initial_transform(true).to_kurbo();
    Ok(draw_page(page, transform, (width, height)))
}
