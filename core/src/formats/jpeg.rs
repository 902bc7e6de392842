//! JPEG, through the crate `makeready_jpeg`: its decoder and encoder as those of the library.

use makeready_jpeg::{
    ColourModel, Decoder, EncodeError, Encoder, Format, Input, JpegError, Plane, PlaneMut, Region,
    Request, Scale, Settings, read_header,
};
use makeready_kernels::Level;

use crate::error::{Error, Result};
use crate::formats::{self, Caps, DecodeRequest};
use crate::picture::exif;
use crate::picture::geometry::Size;
use crate::picture::image::band::Band;
use crate::picture::image::{Layout, Subsampling};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::options::Jpeg;
use crate::recipe::source::Bytes;

/// 16 bits say how long a side is.
pub(super) const MAX_SIDE: u32 = 65_535;

/// Scaled, by region and in bands, whatever the file.
const CAPS: Caps = Caps { scales: &[1, 2, 4, 8], region: true, bands: true };

/// Reads the markers up to the first scan.
pub(super) fn header(data: &[u8], limits: &Limits) -> Result<formats::Header> {
    let header = read_header(data).map_err(unreadable)?;
    let exif = header.exif.clone().and_then(|range| data.get(range)).unwrap_or_default();
    Ok(formats::Header {
        format: formats::Format::Jpeg,
        size: Size::new(header.width, header.height),
        layout: match header.colour {
            ColourModel::Gray => Layout::Gray,
            _ => Layout::Rgb,
        },
        planar: planar(&header),
        orientation: exif::orientation(exif, limits),
        pages: 1,
        caps: CAPS,
    })
}

/// The subsampling of a YCbCr file whose planes are of a layout that the rest of the library knows.
fn planar(header: &makeready_jpeg::Header) -> Option<Subsampling> {
    let [luma, blue, red] = &header.components[..] else {
        return None;
    };
    let chroma_is_single = [blue, red].iter().all(|c| (c.h, c.v) == (1, 1));
    match (header.colour, chroma_is_single, luma.h, luma.v) {
        (ColourModel::YCbCr, true, 1, 1) => Some(Subsampling::S444),
        (ColourModel::YCbCr, true, 2, 1) => Some(Subsampling::S422),
        (ColourModel::YCbCr, true, 2, 2) => Some(Subsampling::S420),
        _ => None,
    }
}

/// The most bytes that [`open`] and reading all rows reserve.
pub(super) fn decode_memory(
    bytes: &Bytes,
    request: &DecodeRequest,
    limits: &Limits,
) -> Result<u64> {
    let header = read_header((**bytes).as_ref()).map_err(unreadable)?;
    let request = engine_request(request, limits)?;
    Ok(Decoder::<SharedFile>::memory(&header, &request))
}

/// A decoder of a file.
pub(super) fn open(
    bytes: Bytes,
    request: &DecodeRequest,
    limits: &Limits,
    level: Level,
) -> Result<Box<dyn formats::Decoder>> {
    let header = read_header((*bytes).as_ref()).map_err(unreadable)?;
    let request = engine_request(request, limits)?;
    let decoder = Decoder::with_level(SharedFile(bytes), header, request, level);
    Ok(Box::new(JpegDecoder(decoder.map_err(unreadable)?)))
}

/// The file, as the decoder holds it.
struct SharedFile(Bytes);

impl AsRef<[u8]> for SharedFile {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// A request in the terms of the engine.
fn engine_request(request: &DecodeRequest, limits: &Limits) -> Result<Request> {
    let region = request.region;
    Ok(Request {
        scale: match request.scale {
            1 => Scale::Full,
            2 => Scale::Half,
            4 => Scale::Quarter,
            8 => Scale::Eighth,
            other => return Err(Error::internal(format!("a JPEG at 1/{other}"))),
        },
        region: Region { x: region.x, y: region.y, width: region.width, height: region.height },
        format: match request.layout {
            Layout::Gray => Format::Gray,
            Layout::YCbCr(_) => Format::Planes,
            _ => Format::Rgb,
        },
        max_scans: limits.max_jpeg_scans,
        max_scan_pixels: limits.max_jpeg_scan_pixels,
        recover: request.recover,
    })
}

/// The library's error for one of the decoder.
fn unreadable(error: JpegError) -> Error {
    match error {
        JpegError::Malformed(_) => Error::malformed(error.to_string()),
        JpegError::Truncated(_) => Error::truncated(error.to_string()),
        JpegError::Unsupported(_) => Error::unsupported(error.to_string()),
        JpegError::Limit { limit, max, actual } => Error::limit_exceeded(limit, max, actual),
        JpegError::Memory(bytes) => Error::out_of_memory(bytes),
        JpegError::Stopped | JpegError::Misuse(_) => Error::internal(error.to_string()),
    }
}

struct JpegDecoder(Decoder<SharedFile>);

impl formats::Decoder for JpegDecoder {
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
            Err(JpegError::Stopped) => watch.check(),
            other => other.map_err(unreadable),
        }
    }

    fn lost(&mut self) -> Option<Error> {
        let lost = || Error::malformed("some of the JPEG's data is missing or damaged");
        self.0.is_damaged().then(lost)
    }
}

/// The most bytes that an encoder takes, its file included.
pub(super) fn encode_memory(
    options: &Jpeg,
    size: Size,
    layout: Layout,
    lanes: usize,
    cut: u32,
) -> u64 {
    let settings = settings(options, layout);
    let workers = worthwhile(lanes, size);
    Encoder::memory(size.width, size.height, input(layout), &settings, workers, cut)
}

/// An encoder of a picture.
pub(super) fn encoder(
    options: &Jpeg,
    size: Size,
    layout: Layout,
    lanes: usize,
    level: Level,
) -> Result<Box<dyn formats::Encoder>> {
    let settings = settings(options, layout);
    let workers = worthwhile(lanes, size);
    let (width, height) = (size.width, size.height);
    let encoder = Encoder::with_level(width, height, input(layout), &settings, workers, level);
    Ok(Box::new(JpegEncoder(encoder.map_err(unwritable)?)))
}

/// Workers of a megapixel or more each: for less, handing rows over costs more time than it saves, and
/// every worker has its buffers.
fn worthwhile(lanes: usize, size: Size) -> usize {
    let most = usize::try_from(size.pixels() / 1_000_000).unwrap_or(usize::MAX);
    lanes.min(most).max(1)
}

fn input(layout: Layout) -> Input {
    match layout {
        Layout::Gray => Input::Gray,
        Layout::YCbCr(_) => Input::Planes,
        _ => Input::Rgb,
    }
}

fn settings(options: &Jpeg, layout: Layout) -> Settings {
    let subsampling = match layout {
        Layout::YCbCr(subsampling) => subsampling,
        _ => options.subsampling,
    };
    Settings {
        quality: options.quality,
        subsampling: match subsampling {
            Subsampling::S444 => makeready_jpeg::Subsampling::S444,
            Subsampling::S422 => makeready_jpeg::Subsampling::S422,
            Subsampling::S420 => makeready_jpeg::Subsampling::S420,
        },
        progressive: options.progressive,
        optimize_coding: options.optimize_coding,
        restart_interval: 0,
        icc: None,
        exif: None,
    }
}

/// The library's error for one of the encoder. The plan has checked all sizes, and the executor gives every row once.
fn unwritable(error: EncodeError) -> Error {
    match error {
        EncodeError::Memory(bytes) => Error::out_of_memory(bytes),
        other => Error::internal(format!("JPEG encoder: {other}")),
    }
}

struct JpegEncoder(Encoder);

impl formats::Encoder for JpegEncoder {
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()> {
        let rows = band.size().height;
        let poll = || watch.stopped();
        let pushed = if band.layout().planes().len() == 1 {
            self.0.push(band.plane(0), band.stride(0), rows, &poll)
        } else {
            let plane = |index| Plane { data: band.plane(index), stride: band.stride(index) };
            self.0.push_planes(&[plane(0), plane(1), plane(2)], rows, &poll)
        };
        stopped_or_unwritable(pushed, watch)
    }

    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>> {
        match self.0.finish(&|| watch.stopped()) {
            Ok(file) => Ok(file),
            Err(error) => stopped_or_unwritable(Err(error), watch).map(|()| Vec::new()),
        }
    }
}

fn stopped_or_unwritable(result: Result<(), EncodeError>, watch: &Watch) -> Result<()> {
    match result {
        Err(EncodeError::Stopped) => watch.check(),
        other => other.map_err(unwritable),
    }
}
