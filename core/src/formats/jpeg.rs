//! JPEG, through the crate `makeready_jpeg`: adapts its decoder and encoder to the library's
//! traits.

mod chroma;
mod metadata_check;
mod profile;
mod work;

use std::borrow::Cow;
use std::sync::Arc;

use makeready_jpeg::{
    ColourModel, Decoder as Engine, Encoder as EngineEncoder, EncoderSettings,
    Error as EngineError, Format as Samples, Header as EngineHeader, Plane, PlaneMut, Region,
    Request, Scale, read_header,
};
use makeready_kernels::Level;

use super::read::{Reader, Signature, held};
use super::within_bytes::{self, Curve, WithinBytes};
use super::{
    Caps, DecodeRequest, Decoder, Details, EncodeInput, EncodeMemory, Encoder, Encoding, Header,
    Opened, Poll, Writer,
};
use crate::error::{Error, Result};
use crate::picture::density;
use crate::picture::format::Format;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::Band;
use crate::picture::image::{Layout, Subsampling};
use crate::picture::orientation::Orientation;
use crate::picture::profile::Profile;
use crate::picture::work::{Content, Work};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::options::Jpeg;
use crate::recipe::source::Bytes;

/// The longest side: the format has 16 bits for it.
const MAX_SIDE: u32 = 65_535;

/// Every file can be decoded scaled, by region and in bands.
const CAPS: Caps = Caps { scales: &[1, 2, 4, 8], region: true, bands: true };

/// Measured on photographs and drawings, 160 and 500 pixels wide.
pub(super) const CURVE: Curve = Curve {
    // Quantisation tables, the frame, and the Huffman tables of a small picture.
    fixed: |_| 230,
    points: &[
        (1, 0),
        (2, 3),
        (3, 93),
        (5, 499),
        (10, 1254),
        (15, 1737),
        (20, 2066),
        (30, 2534),
        (40, 2839),
        (50, 3079),
        (60, 3295),
        (70, 3587),
        (80, 3954),
        (85, 4207),
        (90, 4562),
        (93, 4833),
        (95, 5107),
        (96, 5278),
        (97, 5450),
        (98, 5640),
        (99, 5930),
        (100, 6113),
    ],
};

/// The reader of JPEG.
pub(super) struct JpegReader;

impl Reader for JpegReader {
    fn format(&self) -> Format {
        Format::Jpeg
    }

    fn signatures(&self) -> &'static [Signature] {
        const { &[Signature::start(&[0xFF, 0xD8, 0xFF])] }
    }

    fn open(&self, file: Bytes, limits: &Limits, _: bool) -> Result<Arc<dyn Opened>> {
        let data = (*file).as_ref();
        let markers = read_header(data).map_err(unreadable)?;
        let [exif, xmp] =
            [&markers.exif, &markers.xmp].map(|it| held(data, it).unwrap_or_default());
        let header = Header {
            format: Format::Jpeg,
            size: Size::new(markers.width, markers.height),
            layout: match markers.colour {
                ColourModel::Gray => Layout::Gray,
                _ => Layout::Rgb,
            },
            planar: chroma::planar(&markers),
            orientation: Orientation::told(exif, xmp, limits.max_exif_bytes),
            pages: 1,
            caps: CAPS,
        };
        Ok(Arc::new(JpegFile { file, markers, header }))
    }
}

/// A JPEG whose markers are known up to the first scan.
struct JpegFile {
    file: Bytes,
    markers: EngineHeader,
    header: Header,
}

impl Opened for JpegFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn profiled_layout(&self) -> Layout {
        match self.markers.colour {
            ColourModel::Cmyk | ColourModel::Ycck => Layout::Cmyk,
            _ => self.header.layout,
        }
    }

    fn profile(&self, limits: &Limits) -> Result<Profile> {
        profile::read((*self.file).as_ref(), &self.markers, limits)
    }

    fn details(&self) -> Details {
        Details {
            density: self.markers.dots_per_inch.and_then(density::whole),
            progressive: self.markers.progressive,
            subsampling: chroma::ratio(&self.markers),
            ..Details::default()
        }
    }

    fn exif(&self, _: &Limits) -> Result<Option<Cow<'_, [u8]>>> {
        Ok(held((*self.file).as_ref(), &self.markers.exif).map(Cow::Borrowed))
    }

    fn xmp(&self) -> Option<Result<&[u8]>> {
        held((*self.file).as_ref(), &self.markers.xmp).map(Ok)
    }

    fn memory(&self, request: &DecodeRequest, limits: &Limits) -> Result<u64> {
        Ok(engine_request(&self.markers, request, limits)?.memory_bound(&self.markers))
    }

    fn work(&self, request: &DecodeRequest, rows: u32, work: &mut Work) {
        work::decode(&self.markers, self.coded_bytes(), request, rows, work);
    }

    fn content(&self) -> Content {
        work::content(self.header.size, self.coded_bytes())
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        level: Level,
    ) -> Result<Box<dyn Decoder>> {
        let (file, markers) = (SharedFile(Arc::clone(&self.file)), self.markers.clone());
        let request = engine_request(&self.markers, request, limits)?;
        let decoder = Engine::with_level(file, markers, request, level);
        Ok(Box::new(JpegDecoder(decoder.map_err(unreadable)?)))
    }

    fn holds_only_pixels(&self) -> bool {
        metadata_check::holds_only_pixels((*self.file).as_ref())
    }
}

impl JpegFile {
    /// Bytes of the file from the first scan on.
    fn coded_bytes(&self) -> usize {
        (*self.file).as_ref().len().saturating_sub(self.markers.coded_start())
    }
}

/// The file, as the decoder holds it.
struct SharedFile(Bytes);

impl AsRef<[u8]> for SharedFile {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// A request in the terms of the engine.
fn engine_request(
    markers: &EngineHeader,
    request: &DecodeRequest,
    limits: &Limits,
) -> Result<Request> {
    let scale = match request.scale {
        1 => Scale::Full,
        2 => Scale::Half,
        4 => Scale::Quarter,
        8 => Scale::Eighth,
        other => return Err(Error::internal(format!("a JPEG at 1/{other}"))),
    };
    let Rect { x, y, width, height } = request.region;
    let mut whole = Request::whole(markers, scale, samples(request.layout));
    whole.region = Region { x, y, width, height };
    whole.max_scans = limits.max_jpeg_scans;
    whole.max_scan_pixels = limits.max_jpeg_scan_pixels;
    whole.recover = request.recover;
    Ok(whole)
}

/// The library's error for one of the decoder.
pub(super) fn unreadable(error: EngineError) -> Error {
    match error {
        EngineError::Malformed(_) => Error::malformed(error.to_string()),
        EngineError::Truncated(_) => Error::truncated(error.to_string()),
        EngineError::Unsupported(_) => Error::unsupported(error.to_string()),
        EngineError::Scans { max, actual } => Error::limit_exceeded("max_jpeg_scans", max, actual),
        EngineError::ScanPixels { max, actual } => {
            Error::limit_exceeded("max_jpeg_scan_pixels", max, actual)
        }
        EngineError::Memory(bytes) => Error::out_of_memory(bytes),
        other => Error::internal(format!("JPEG decoder misused: {other}")),
    }
}

struct JpegDecoder(Engine<SharedFile>);

impl Decoder for JpegDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let rows = band.size().height;
        let stride = band.stride(0);
        let poll = || watch.stopped();
        let read = if band.layout().planes().len() == 1 {
            self.0.read_rows(band.plane_mut(0), stride, rows, &poll)
        } else {
            let strides: Vec<usize> = (0..3).map(|plane| band.stride(plane)).collect();
            let planes = band.planes_mut().iter_mut().zip(strides);
            let mut planes: Vec<PlaneMut<'_>> =
                planes.map(|(samples, stride)| PlaneMut { samples, stride }).collect();
            self.0.read_planes(&mut planes, rows, &poll)
        };
        match read {
            Err(EngineError::Stopped) => watch.check(),
            other => other.map_err(unreadable),
        }
    }

    fn lost(&mut self) -> Option<Error> {
        let lost = || Error::malformed("some of the JPEG's data is missing or damaged");
        self.0.is_damaged().then(lost)
    }
}

impl Writer for Jpeg {
    fn max_side(&self) -> u32 {
        MAX_SIDE
    }

    fn layout(&self, layout: Layout) -> Layout {
        Layout::interleaved(layout.has_colour(), false)
    }

    fn takes_planes(&self, subsampling: Subsampling) -> bool {
        self.subsampling == subsampling
    }

    fn memory(
        &self,
        &EncodeInput { size, layout, threads, band_rows }: &EncodeInput,
    ) -> EncodeMemory {
        let (settings, workers) = (settings(self, layout), worthwhile(threads, size));
        let Size { width, height } = size;
        let bound = |cut| {
            let samples = samples(layout);
            EngineEncoder::memory_bound(width, height, samples, &settings, workers, cut)
        };
        match self.max_bytes {
            Some(max_bytes) => within_bytes::memory(layout.bytes(size), bound(height), max_bytes),
            None => EncodeMemory::always(bound(band_rows)),
        }
    }

    fn work(&self, picture: &EncodeInput, content: Content, work: &mut Work) {
        for _ in 0..within_bytes::usual_encodes(self.max_bytes) {
            work::encode(self, picture, content.detail, work);
        }
    }

    fn begin(&self, picture: &EncodeInput, level: Level) -> Result<Encoding> {
        let (options, picture) = (*self, *picture);
        let Some(max_bytes) = options.max_bytes else {
            return Ok(Encoding::Bands(Box::new(JpegEncoder::new(&options, &picture, level)?)));
        };
        let encode = move |quality, canvas: &Arc<Band>, watch: &Watch| {
            let options = options.with_quality(quality);
            let mut encoder = Box::new(JpegEncoder::new(&options, &picture, level)?);
            encoder.write(canvas, watch)?;
            encoder.finish(watch)
        };
        let qualities = 1..=options.quality;
        Ok(Encoding::Whole(Box::new(WithinBytes { max_bytes, qualities, curve: &CURVE, encode })))
    }
}

/// The number of workers with a megapixel or more each. For less, handing rows over costs more time
/// than it saves, and every worker has its buffers.
fn worthwhile(threads: usize, size: Size) -> usize {
    let most = usize::try_from(size.pixels() / 1_000_000).unwrap_or(usize::MAX);
    threads.min(most).max(1)
}

/// The engine's name of a layout.
fn samples(layout: Layout) -> Samples {
    match layout {
        Layout::Gray => Samples::Gray,
        Layout::YCbCr(_) => Samples::Planes,
        Layout::Cmyk => Samples::Inks,
        _ => Samples::Rgb,
    }
}

/// Options in the terms of the engine.
fn settings(options: &Jpeg, layout: Layout) -> EncoderSettings {
    let subsampling = match layout {
        Layout::YCbCr(subsampling) => subsampling,
        _ => options.subsampling,
    };
    let mut settings = EncoderSettings::new(options.quality);
    settings.subsampling = match subsampling {
        Subsampling::S444 => makeready_jpeg::Subsampling::S444,
        Subsampling::S422 => makeready_jpeg::Subsampling::S422,
        Subsampling::S420 => makeready_jpeg::Subsampling::S420,
    };
    settings.progressive = options.progressive;
    settings.optimize_coding = options.optimize_coding;
    settings.trellis = options.chooses_coefficients();
    settings
}

/// The library's error for one of the encoder. The plan has checked all sizes, and the executor
/// gives every row once.
fn unwritable(error: EngineError) -> Error {
    match error {
        EngineError::Memory(bytes) => Error::out_of_memory(bytes),
        other => Error::internal(format!("JPEG encoder: {other}")),
    }
}

struct JpegEncoder(EngineEncoder);

impl JpegEncoder {
    fn new(
        options: &Jpeg,
        &EncodeInput { size, layout, threads, .. }: &EncodeInput,
        level: Level,
    ) -> Result<Self> {
        let (settings, workers) = (settings(options, layout), worthwhile(threads, size));
        let (Size { width, height }, samples) = (size, samples(layout));
        let encoder = EngineEncoder::with_level(width, height, samples, &settings, workers, level);
        encoder.map(Self).map_err(unwritable)
    }
}

impl Encoder for JpegEncoder {
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()> {
        let rows = band.size().height;
        let poll = || watch.stopped();
        let pushed = if band.layout().planes().len() == 1 {
            self.0.push(band.plane(0), band.stride(0), rows, &poll)
        } else {
            let plane = |index| Plane { samples: band.plane(index), stride: band.stride(index) };
            self.0.push_planes(&[plane(0), plane(1), plane(2)], rows, &poll)
        };
        stopped_or_unwritable(pushed, watch)
    }

    fn code_rest(&mut self, watch: &Watch, pause: Poll<'_>) -> Result<bool> {
        match self.0.code_rest(&|| watch.stopped(), pause) {
            Ok(done) => Ok(done),
            Err(error) => stopped_or_unwritable(Err(error), watch).map(|()| true),
        }
    }

    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>> {
        match self.0.finish(&|| watch.stopped()) {
            Ok(file) => Ok(file),
            Err(error) => stopped_or_unwritable(Err(error), watch).map(|()| Vec::new()),
        }
    }
}

fn stopped_or_unwritable(result: Result<(), EngineError>, watch: &Watch) -> Result<()> {
    match result {
        Err(EngineError::Stopped) => watch.check(),
        other => other.map_err(unwritable),
    }
}
