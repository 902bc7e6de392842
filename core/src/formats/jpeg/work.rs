//! The work of a JPEG, from its header and its options.

use makeready_jpeg::Header as EngineHeader;

use super::super::{DecodeRequest, EncodeInput};
use crate::picture::geometry::Size;
use crate::picture::image::{Layout, Subsampling};
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::options::Jpeg;

/// Bytes a pixel that the photographs of `examples/tiles` take in the mean, 1600 wide, at quality 80.
const PHOTOGRAPH: f64 = 0.10;

/// Bytes of 8x8 pixels of one colour at most: three blocks of a DC coefficient each.
const FLAT: usize = 4;

/// The most colours of a palette.
const PALETTE: usize = 256;

/// The qualities for which times are in the table; times between them lie on lines.
const QUALITIES: [u8; 6] = [10, 50, 80, 90, 95, 100];

/// The content of a picture, from the `bytes` of its scans.
pub(super) fn content(size: Size, bytes: usize) -> Content {
    let squares = size.width.div_ceil(8) as usize * size.height.div_ceil(8) as usize;
    // With little more than a colour each, they are a drawing of few.
    let palette = squares <= PALETTE && bytes <= squares * FLAT;
    Content { palette, ..Content::of_file(bytes, size.pixels() as f64 * PHOTOGRAPH) }
}

/// Adds the work of a decode of `rows` rows from `bytes` of scans.
pub(super) fn decode(
    header: &EngineHeader,
    bytes: usize,
    request: &DecodeRequest,
    rows: u32,
    work: &mut Work,
) {
    let scaled = Size::new(header.width, header.height).scaled(request.scale);
    let region = request.region;
    let planes = matches!(request.layout, Layout::YCbCr(_));
    let bytes = bytes as f64;
    // Rows above the region are read too, and columns beside it.
    let read = f64::from(region.y + rows) / f64::from(scaled.height);
    let wanted = f64::from(region.width) * f64::from(rows) / scaled.pixels() as f64;
    let scale = request.scale.trailing_zeros() as usize + if planes { 4 } else { 0 };
    let (max_h, max_v) = header.max_sampling();
    let mcu = Size::new(header.width.div_ceil(8 * max_h), header.height.div_ceil(8 * max_v));
    let mcus = mcu.pixels() as f64;
    let passes_over = wanted < 1.0 || request.scale == 8 || (planes && request.scale > 1);
    let open = if header.progressive { 2 } else { usize::from(passes_over) };
    work.add_at(WorkKind::JpegOpen, open, 1.0);
    if header.progressive {
        work.add_at(WorkKind::JpegScans, scale, bytes * read);
    } else {
        work.add_at(WorkKind::JpegCode, scale, bytes * wanted);
        work.add(WorkKind::JpegSkip, bytes * (read - wanted).max(0.0));
    }
    for (index, component) in header.components.iter().enumerate() {
        let (h, v) = (u32::from(component.h), u32::from(component.v));
        let blocks = mcus * f64::from(h * v);
        work.add_at(WorkKind::JpegBlock, usize::from(header.progressive), blocks * read);
        // Thinned-out chroma is transformed to more samples where there are more in the output.
        let mut side = 8 / request.scale;
        let mut ratio = 2;
        while !planes && side < 8 && h * ratio <= max_h && v * ratio <= max_v {
            side *= 2;
            ratio *= 2;
        }
        let level = 3 - side.ilog2().min(3) as usize;
        // Of a picture in gray luma alone is transformed.
        if index == 0 || request.layout != Layout::Gray {
            work.add_at(WorkKind::JpegTransform, level, blocks * wanted);
        }
    }
    let kind = match request.layout {
        Layout::Gray | Layout::YCbCr(_) => 0,
        _ if (max_h, max_v) == (1, 1) => 1,
        _ => 2,
    };
    work.add_at(WorkKind::JpegPixel, kind, f64::from(region.width) * f64::from(rows));
}

/// Adds the work of an encode.
pub(super) fn encode(options: &Jpeg, picture: &EncodeInput, detail: f64, work: &mut Work) {
    let EncodeInput { size, layout, .. } = *picture;
    let (subsampling, tile) = match (layout, options.subsampling) {
        (Layout::YCbCr(subsampling), _) => (Some(subsampling), 0),
        (layout, _) if !layout.has_colour() => (None, 1),
        (_, Subsampling::S444) => (Some(Subsampling::S444), 2),
        (_, Subsampling::S422) => (Some(Subsampling::S422), 3),
        (_, Subsampling::S420) => (Some(Subsampling::S420), 4),
    };
    let chroma = subsampling.map_or(0.0, |subsampling| {
        let (across, down) = subsampling.factors();
        2.0 / f64::from(across * down)
    });
    let pixels = size.pixels() as f64;
    let luma = f64::from(size.width.div_ceil(8)) * f64::from(size.height.div_ceil(8));
    let mode = match (options.progressive, options.optimize_coding) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    };
    work.add_at(WorkKind::JpegBegin, mode, 1.0);
    work.add_at(WorkKind::JpegTile, tile, pixels);
    work.add_at(WorkKind::JpegEncode, mode, luma * (1.0 + chroma));
    let first = mode * QUALITIES.len();
    work.add_between(WorkKind::JpegDetail, first, &QUALITIES, options.quality, luma * detail);
    if options.chooses_coefficients() {
        work.add_between(WorkKind::JpegTrellis, 0, &QUALITIES, options.quality, luma * detail);
    }
}
