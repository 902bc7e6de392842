//! Draws a file strip by strip, each on a thread of its own.

use std::sync::Arc;

use resvg::tiny_skia::{IntSize, Pixmap, Transform};

use super::super::drawing::{DRAWINGS, View};
use super::parse::Parsed;
use crate::error::{Error, Result};
use crate::formats::Decoder;
use crate::panics::caught;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::picture::reserve::{filled, probed};
use crate::recipe::job::Watch;

use super::layers::cost;

/// A running decode.
pub(super) struct SvgDecoder {
    parsed: Arc<Parsed>,
    view: View,
    /// Rows that are drawn at a time: strips lie at their multiples.
    strip_rows: u32,
    region: Rect,
    /// The number of the last strip, and its pixels: RGBA, premultiplied.
    strip: Option<(u32, Vec<u8>)>,
}

impl SvgDecoder {
    pub(super) const fn new(
        parsed: Arc<Parsed>,
        view: View,
        strip_rows: u32,
        region: Rect,
    ) -> Self {
        Self { parsed, view, strip_rows, region, strip: None }
    }

    /// The strip of this number.
    fn strip(&mut self, number: u32, watch: &Watch) -> Result<&[u8]> {
        if self.strip.as_ref().is_none_or(|(drawn, _)| *drawn != number) {
            self.strip = None;
            let top = number * self.strip_rows;
            let rows = self.strip_rows.min(self.view.size.height - top);
            let (parsed, view) = (Arc::clone(&self.parsed), self.view);
            let pixels = DRAWINGS.run(watch, move |_| draw(&parsed, &view, top, rows))?;
            self.strip = Some((number, pixels));
        }
        self.strip.as_ref().map(|(_, pixels)| &**pixels).ok_or_else(|| Error::internal("no strip"))
    }
}

impl Decoder for SvgDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let (rows, stride, region) = (band.rows(), band.stride(0), self.region);
        let width = self.view.size.width as usize * 4;
        let left = region.x as usize * 4;
        for (row, to) in rows.zip(band.plane_mut(0).chunks_exact_mut(stride)) {
            watch.check()?;
            let y = region.y + row;
            let (strip, at) = (y / self.strip_rows, (y % self.strip_rows) as usize * width + left);
            let pixels = self.strip(strip, watch)?;
            let from = pixels[at..at + stride].chunks_exact(4);
            from.zip(to.chunks_exact_mut(4)).for_each(|(from, to)| unmultiply(from, to));
        }
        Ok(())
    }
}

/// Colours as they are, of colours that were multiplied by their alpha; each to the nearest.
fn unmultiply(from: &[u8], to: &mut [u8]) {
    let alpha = u32::from(from[3]);
    if alpha == 255 || alpha == 0 {
        to.copy_from_slice(from);
        return;
    }
    for (from, to) in from[..3].iter().zip(&mut *to) {
        let colour = (u32::from(*from) * 255 + alpha / 2) / alpha;
        *to = u8::try_from(colour).unwrap_or(u8::MAX);
    }
    to[3] = from[3];
}

/// Draws some rows.
#[allow(clippy::cast_possible_truncation, reason = "the crate has places of 32 bits")]
fn draw(parsed: &Parsed, view: &View, top: u32, rows: u32) -> Result<Vec<u8>> {
    let size = Size::new(view.size.width, rows);
    // The crate ends the process where memory is missing.
    probed(Layout::Rgba.bytes(size) + cost(parsed, view, size).bytes)?;
    let bytes = usize::try_from(Layout::Rgba.bytes(size));
    let pixels = filled(0, bytes.map_err(|_| Error::out_of_memory(u64::MAX))?)?;
    let sides = IntSize::from_wh(size.width, size.height);
    let pixmap = sides.and_then(|sides| Pixmap::from_vec(pixels, sides));
    let mut pixmap = pixmap.ok_or_else(|| Error::internal(format!("a strip of {size}")))?;
    let ((x, y), (left, above)) = (view.scale, view.corner);
    let down = above + f64::from(top);
    let transform = Transform::from_row(x as f32, 0.0, 0.0, y as f32, -left as f32, -down as f32);
    caught(|| {
        resvg::render(parsed.tree(), transform, &mut pixmap.as_mut());
        Ok(())
    })?;
    Ok(pixmap.take())
}
