//! Decodes pixels of a WebP.

use std::sync::Arc;

use super::super::{DecodeRequest, Decoder, Header};
use super::container::Container;
use super::ffi::{DecodeStep, DecodeView, Incremental};
use crate::error::{Error, Result};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::{Band, zeroed};
use crate::recipe::job::Watch;
use crate::recipe::source::Bytes;

/// Columns and rows beside a region that its pixels depend on, as chroma is interpolated. Even, as
/// chroma samples stand for two columns and two rows, and libwebp crops at even places.
const MARGIN: u32 = 4;
/// Most bytes of a step, once rows come.
const MOST: usize = 64 << 10;
/// Fewest bytes of a step.
const LEAST: usize = 256;
/// Pixels of a step, which takes about a millisecond.
const PIXELS: u64 = 256 << 10;

pub(super) fn begin(
    bytes: &Bytes,
    file: &Container,
    header: &Header,
    request: &DecodeRequest,
) -> Result<Box<dyn Decoder>> {
    if file.cut && !request.recover {
        return Err(ends_early());
    }
    if !request.region.fits(header.size.scaled(request.scale)) {
        return Err(Error::internal(format!("no {} in a WebP of {}", request.region, header.size)));
    }
    let alpha = header.layout.has_alpha();
    let (bytes, file) = (Arc::clone(bytes), file.clone());
    Ok(Box::new(WebpDecoder { bytes, file, request: *request, alpha, damage: None }))
}

/// An upper bound of the bytes of libwebp, and of the memory that a region is cut from.
pub(super) fn memory(file: &Container, header: &Header, request: &DecodeRequest) -> u64 {
    let scaled = header.size.scaled(request.scale);
    let cut = match (request.region == Rect::whole(scaled), request.scale) {
        (true, _) => 0,
        (false, 1) => with_margin(request.region, file).size().pixels(),
        (false, _) => scaled.pixels(),
    };
    let channels = u64::from(header.layout.channels());
    held(file.place.size(), file.lossless, header.layout.has_alpha()) + cut * channels
}

/// An upper bound of the bytes that libwebp holds for pixels of a size.
pub(super) fn held(size: Size, lossless: bool, alpha: bool) -> u64 {
    let (pixels, width) = (size.pixels(), u64::from(size.width));
    // Code tables of a lossless picture and smaller things.
    let rest = if lossless || alpha { 2 << 20 } else { 192 << 10 };
    // A lossless picture is held whole. Alpha beside a lossy picture is held twice, and once more
    // as a lossless picture. Measured: 345 KB more than the pixels at 4000 columns, 830 KB more,
    // 515 KB.
    let held = match (lossless, alpha) {
        (true, _) => 4 * pixels + 128 * width,
        (false, true) => 6 * pixels + 256 * width,
        (false, false) => 128 * width,
    };
    held + rest
}

/// The region and the samples around it that its pixels depend on.
pub(super) fn with_margin(region: Rect, file: &Container) -> Rect {
    let size = file.size;
    let start = |at: u32| at.saturating_sub(MARGIN) & !1;
    let x = start(region.x);
    let y = if file.alpha_from_above { 0 } else { start(region.y) };
    let end = |end: u64, side: u32| end.saturating_add(MARGIN.into()).min(side.into());
    let far = |end: u64| u32::try_from(end).unwrap_or(u32::MAX);
    Rect::new(
        x,
        y,
        far(end(region.right(), size.width)) - x,
        far(end(region.bottom(), size.height)) - y,
    )
}

/// A decode that runs in its one call.
struct WebpDecoder {
    bytes: Bytes,
    file: Container,
    request: DecodeRequest,
    alpha: bool,
    /// The reason for missing rows, in a file that is to be recovered.
    damage: Option<Error>,
}

impl Decoder for WebpDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let stride = band.stride(0);
        let DecodeRequest { scale, region, .. } = self.request;
        let size = self.file.size.scaled(scale);
        if band.rows() != (0..region.height) || stride != self.bytes_of(region.width) {
            return Err(Error::internal("a WebP is decoded in one band of the region's size"));
        }
        let plane = band.plane_mut(0);
        let scaled = (scale > 1).then_some(size);
        let lost = if self.file.frames > 0 {
            let place = self.file.place;
            let at = place.y as usize * stride + self.bytes_of(place.x);
            self.decode(&self.view(None, None), place.size(), &mut plane[at..], stride, watch)?
        } else if region == Rect::whole(size) {
            self.decode(&self.view(None, scaled), size, plane, stride, watch)?
        } else {
            let held = if scale > 1 { Rect::whole(size) } else { with_margin(region, &self.file) };
            let view = self.view((scale == 1).then_some(held), scaled);
            self.decode_part(&view, held, plane, stride, watch)?
        };
        // Bytes are missing, even if libwebp made all rows from the others.
        self.damage = lost.or_else(|| self.file.cut.then(ends_early));
        Ok(())
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

impl WebpDecoder {
    fn bytes_of(&self, pixels: u32) -> usize {
        pixels as usize * if self.alpha { 4 } else { 3 }
    }

    fn view(&self, crop: Option<Rect>, scaled: Option<Size>) -> DecodeView<'_> {
        let data = &(*self.bytes).as_ref()[self.file.pixels.clone()];
        DecodeView { data, crop, scaled, alpha: self.alpha }
    }

    /// Decodes `held` into memory of its own, like [`decode`](Self::decode), and copies the region
    /// out of it.
    fn decode_part(
        &self,
        view: &DecodeView<'_>,
        held: Rect,
        plane: &mut [u8],
        stride: usize,
        watch: &Watch,
    ) -> Result<Option<Error>> {
        let held_stride = self.bytes_of(held.width);
        let mut whole = zeroed(held_stride * held.height as usize)?;
        let lost = self.decode(view, held.size(), &mut whole, held_stride, watch)?;
        let region = self.request.region.moved_from(held.x, held.y);
        let left = self.bytes_of(region.x);
        let rows = whole.chunks_exact(held_stride).skip(region.y as usize);
        for (to, from) in plane.chunks_exact_mut(stride).zip(rows) {
            to.copy_from_slice(&from[left..left + stride]);
        }
        Ok(lost)
    }

    /// Decodes a picture of `size`. In a file that is to be recovered, it gives the error that leaves
    /// rows clear or black.
    fn decode(
        &self,
        view: &DecodeView<'_>,
        size: Size,
        out: &mut [u8],
        stride: usize,
        watch: &Watch,
    ) -> Result<Option<Error>> {
        let Container { place, lossless, .. } = self.file;
        let pixels_of_row = place.size().pixels() / u64::from(size.height);
        let steps = Steps { view, lossless, recover: self.request.recover, pixels_of_row };
        let Some((rows, lost)) = steps.decode(out, stride, watch)? else { return Ok(None) };
        let width = self.bytes_of(size.width);
        for row in out.chunks_mut(stride).take(size.height as usize).skip(rows as usize) {
            let end = width.min(row.len());
            row[..end].fill(0);
        }
        Ok(Some(lost))
    }
}

/// A decode step by step, so that the watch is asked between the steps.
pub(super) struct Steps<'a> {
    pub(super) view: &'a DecodeView<'a>,
    pub(super) lossless: bool,
    pub(super) recover: bool,
    /// Pixels of the file a row that it gives.
    pub(super) pixels_of_row: u64,
}

impl Steps<'_> {
    /// Decodes all rows. In a file that is to be recovered, it gives the number of those before damage,
    /// and the error.
    pub(super) fn decode(
        &self,
        out: &mut [u8],
        stride: usize,
        watch: &Watch,
    ) -> Result<Option<(u32, Error)>> {
        let mut decoder = Incremental::new(self.view, out, stride)?;
        match self.run(&mut decoder, watch) {
            // A stop and missing memory leave nothing to recover.
            Err(error) if !self.recover || !error.is_damage() => Err(error),
            Err(error) => Ok(Some((decoder.rows(), error))),
            Ok(()) => Ok(None),
        }
    }

    fn run(&self, decoder: &mut Incremental<'_>, watch: &Watch) -> Result<()> {
        let length = self.view.data.len();
        let mut pace = Pace::new(length, self.lossless);
        let (mut given, mut rows) = (0, 0);
        loop {
            watch.check()?;
            given = (given + pace.step).min(length);
            if decoder.update(given)? == DecodeStep::Done {
                return Ok(());
            }
            if given == length {
                return Err(ends_early());
            }
            let before = rows;
            rows = decoder.rows();
            pace.adapt(u64::from(rows - before) * self.pixels_of_row, rows > 0);
        }
    }
}

#[cold]
pub(super) fn ends_early() -> Error {
    Error::truncated("the WebP ends before its pixels do")
}

/// The number of bytes that the decoder is given at a time.
///
/// Few where they make many pixels, so that the watch is asked in time. Until the tables of a
/// lossless picture are complete, libwebp reads them from their beginning in every step. So steps
/// double until there are rows, or this would take the square of their length.
struct Pace {
    step: usize,
    lossless: bool,
}

impl Pace {
    fn new(length: usize, lossless: bool) -> Self {
        Self { step: (length / 64).clamp(LEAST, MOST), lossless }
    }

    fn adapt(&mut self, pixels: u64, rows: bool) {
        if pixels > 2 * PIXELS {
            self.step /= 2;
        } else if pixels < PIXELS {
            self.step = self.step.saturating_mul(2);
        }
        let most = if self.lossless && !rows { usize::MAX } else { MOST };
        self.step = self.step.clamp(LEAST, most);
    }
}
