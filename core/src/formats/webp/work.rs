//! The work of a WebP, from its chunks and its options.

use super::super::{DecodeRequest, EncodeInput, Header};
use super::container::Container;
use super::decoder::with_margin;
use super::frame::Frame;
use crate::picture::geometry::Rect;
use crate::picture::image::Layout;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::options::WebP;

/// The qualities for which times are in the table; times between them lie on lines.
const QUALITIES: [u8; 4] = [1, 50, 80, 100];

/// The same of pixels full of detail in a lossless picture.
const LOSSLESS: [u8; 2] = [20, 80];

/// The root of the detail of a drawing, which is little.
const LITTLE: f64 = 0.15;

/// Bytes a pixel that the photographs of `examples/tiles` take in the mean, 1600 wide: lossy at quality 80, or lossless.
pub(super) const fn photograph(lossless: bool) -> f64 {
    if lossless { 0.73 } else { 0.06 }
}

/// Adds the work of a decode, which makes all rows at once.
pub(super) fn decode(file: &Container, header: &Header, request: &DecodeRequest, work: &mut Work) {
    let scaled = request.scale > 1;
    let whole = Rect::whole(file.place.size());
    // Rows above a part are read, rows below it are not.
    let part = if scaled || request.region == Rect::whole(header.size) {
        whole
    } else {
        with_margin(request.region, file)
    };
    let read = (part.bottom() as f64 / f64::from(whole.height)).min(1.0);
    let pixels = whole.size().pixels() as f64 * read;
    let lossless = usize::from(file.lossless);
    work.add_at(WorkKind::WebpOpen, lossless, 1.0);
    work.add_at(WorkKind::WebpCode, lossless, file.pixels.len() as f64 * read);
    work.add_at(WorkKind::WebpPixel, lossless, pixels);
    if !file.lossless && header.layout.has_alpha() {
        work.add_at(WorkKind::WebpPixel, 2, pixels);
    }
    if scaled {
        work.add(WorkKind::WebpScale, pixels);
    }
    let given = if scaled { header.size.scaled(request.scale) } else { part.size() };
    work.add(WorkKind::WebpOut, given.pixels() as f64);
}

/// Adds the work of a frame of a film, the mean of all.
pub(super) fn frame(frames: &[Frame], layout: Layout, work: &mut Work) {
    let share = 1.0 / frames.len().max(1) as f64;
    for frame in frames {
        let (pixels, lossless) = (frame.place.size().pixels() as f64, usize::from(frame.lossless));
        work.add_at(WorkKind::WebpOpen, lossless, share);
        work.add_at(WorkKind::WebpCode, lossless, frame.pixels.len() as f64 * share);
        work.add_at(WorkKind::WebpPixel, lossless, pixels * share);
        if frame.alpha && !frame.lossless {
            work.add_at(WorkKind::WebpPixel, 2, pixels * share);
        }
        work.add(WorkKind::WebpOut, pixels * share);
        let drawn = if frame.overwrites { WorkKind::Copy } else { WorkKind::Blend };
        work.add(drawn, layout.bytes(frame.place.size()) as f64 * share);
    }
}

/// Adds the work of an encode.
pub(super) fn encode(options: &WebP, picture: &EncodeInput, content: Content, work: &mut Work) {
    let pixels = picture.size.pixels() as f64;
    let effort = usize::from(options.effort);
    work.add_at(WorkKind::WebpBegin, usize::from(options.is_lossless()), 1.0);
    // A canvas that collects all rows, or strips of them.
    work.add(WorkKind::Copy, picture.layout.bytes(picture.size) as f64);
    if options.is_lossless() {
        // A little detail costs much more than none, and much not much more than a little.
        let root = content.detail.sqrt();
        let first = effort * 4;
        if content.palette {
            work.add_at(WorkKind::WebpPalette, effort, pixels * root);
            work.add_at(WorkKind::WebpLossless, first, pixels * (1.0 - root));
            return;
        }
        let full = pixels * ((root - LITTLE) / (1.0 - LITTLE)).max(0.0);
        let little = percent(root.min(LITTLE));
        work.add_between(
            WorkKind::WebpLossless,
            first,
            &[0, percent(LITTLE)],
            little,
            pixels - full,
        );
        work.add_between(WorkKind::WebpLossless, first + 2, &LOSSLESS, options.quality, full);
        return;
    }
    work.add_at(WorkKind::WebpLossy, effort, pixels);
    let first = effort * QUALITIES.len();
    let quality = options.quality;
    work.add_between(WorkKind::WebpDetail, first, &QUALITIES, quality, pixels * content.detail);
    if picture.layout.has_alpha() {
        work.add_at(WorkKind::WebpAlpha, effort, pixels);
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn percent(part: f64) -> u8 {
    (part * 100.0) as u8
}
