//! The decoder's place among the codecs.

use super::{ColourModel, Decoder, Format, JpegError, PlaneMut, Region, Request, Scale};
use crate::error::{Error, Result};
use crate::formats::{self, Caps, DecodeRequest};
use crate::picture::exif;
use crate::picture::geometry::Size;
use crate::picture::image::band::Band;
use crate::picture::image::{Layout, Subsampling};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;
use makeready_kernels::Level;

/// Scaled, by region and in bands, whatever the file.
const CAPS: Caps = Caps { scales: &[1, 2, 4, 8], region: true, bands: true };

pub(in crate::formats) fn header(data: &[u8], limits: &Limits) -> Result<formats::Header> {
    let header = super::read_header(data).map_err(typed)?;
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
fn planar(header: &super::Header) -> Option<Subsampling> {
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

pub(in crate::formats) fn decode_memory(
    bytes: &Bytes,
    request: &DecodeRequest,
    limits: &Limits,
) -> Result<u64> {
    let header = super::read_header((**bytes).as_ref()).map_err(typed)?;
    let request = translated(request, limits)?;
    Ok(Decoder::<Shared>::memory(&header, &request))
}

pub(in crate::formats) fn open(
    bytes: Bytes,
    request: &DecodeRequest,
    limits: &Limits,
    level: Level,
) -> Result<Box<dyn formats::Decoder>> {
    let header = super::read_header((*bytes).as_ref()).map_err(typed)?;
    let request = translated(request, limits)?;
    let decoder = Decoder::with_level(Shared(bytes), header, request, level).map_err(typed)?;
    Ok(Box::new(Input(decoder)))
}

/// The file, as the decoder holds it.
struct Shared(Bytes);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

fn translated(request: &DecodeRequest, limits: &Limits) -> Result<Request> {
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

fn typed(error: JpegError) -> Error {
    match error {
        JpegError::Malformed(_) => Error::malformed(error.to_string()),
        JpegError::Truncated(_) => Error::truncated(error.to_string()),
        JpegError::Unsupported(_) => Error::unsupported(error.to_string()),
        JpegError::Limit { limit, max, actual } => Error::limit_exceeded(limit, max, actual),
        JpegError::Memory(bytes) => Error::out_of_memory(bytes),
        JpegError::Stopped | JpegError::Misuse(_) => Error::internal(error.to_string()),
    }
}

struct Input(Decoder<Shared>);

impl formats::Decoder for Input {
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
            other => other.map_err(typed),
        }
    }
    fn lost(&mut self) -> Option<Error> {
        let lost = || Error::malformed("some of the JPEG's data is missing or damaged");
        self.0.is_damaged().then(lost)
    }
}
