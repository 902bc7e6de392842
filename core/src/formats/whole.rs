//! BMP, PNM and QOI through the crate `image`, which decodes all rows at once.

mod decoder;

use std::io::BufReader;
use std::sync::Arc;

use image::codecs::bmp::BmpDecoder;
use image::codecs::pnm::PnmDecoder;
use image::codecs::qoi::QoiDecoder;
use image::{ColorType, ImageDecoder, ImageResult};
use makeready_kernels::Level;

use super::part_stream::{Part, PartStream};
use super::read::{Reader, Signature};
use super::{Caps, DecodeRequest, Decoder, Details, Header, Opened, optional};
use crate::error::{Error, Result};
use crate::picture::density::{self, INCH};
use crate::picture::exif::ByteOrder;
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::orientation::Orientation;
use crate::picture::reserve::probed;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;
use decoder::{WholeDecoder, fault};

/// Bytes that are read at a time.
const BUFFER: usize = 16 << 10;

/// Bytes that a head may take: it is text in a PNM.
const HEAD: usize = 64 << 10;

/// A stream of a file.
pub(super) type Stream = BufReader<PartStream>;

/// A decoder of the crate, behind the head of its file.
pub(super) type WholeFile = Box<dyn ImageDecoder + Send>;

/// A format, and the way to read heads of its files.
pub(super) struct WholeReader {
    format: Format,
    signatures: &'static [Signature],
    begin: fn(Stream) -> ImageResult<WholeFile>,
}

pub(super) const BMP: WholeReader = WholeReader {
    format: Format::Bmp,
    signatures: optional::BMP,
    begin: |stream| Ok(Box::new(BmpDecoder::new(stream)?)),
};

pub(super) const PNM: WholeReader = WholeReader {
    format: Format::Pnm,
    signatures: optional::PNM,
    begin: |stream| Ok(Box::new(PnmDecoder::new(stream)?)),
};

pub(super) const QOI: WholeReader = WholeReader {
    format: Format::Qoi,
    signatures: optional::QOI,
    begin: |stream| Ok(Box::new(QoiDecoder::new(stream)?)),
};

impl Reader for WholeReader {
    fn format(&self) -> Format {
        self.format
    }

    fn signatures(&self) -> &'static [Signature] {
        self.signatures
    }

    fn open(&self, file: Bytes, limits: &Limits, _: bool) -> Result<Arc<dyn Opened>> {
        let length = (*file).as_ref().len();
        let whole = vec![Part::File(0..length)];
        let details = match self.format {
            Format::Bmp => bitmap_details((*file).as_ref()),
            _ => Details::default(),
        };
        let opened = Whole::open(file, whole, self.format, self.begin, limits)?;
        Ok(Arc::new(Whole { details, ..opened }))
    }
}

/// A file whose head is known.
pub(super) struct Whole {
    file: Bytes,
    parts: Vec<Part>,
    begin: fn(Stream) -> ImageResult<WholeFile>,
    colours: ColorType,
    details: Details,
    header: Header,
}

impl Whole {
    /// Reads the head of a file that some parts of another one are.
    pub(super) fn open(
        file: Bytes,
        parts: Vec<Part>,
        format: Format,
        begin: fn(Stream) -> ImageResult<WholeFile>,
        limits: &Limits,
    ) -> Result<Self> {
        probed((BUFFER + HEAD) as u64)?;
        let mut head = parts.clone();
        super::part_stream::truncate(&mut head, HEAD);
        let (stream, watching) = PartStream::new(Arc::clone(&file), head);
        let begun = optional::blamed(format, || {
            begin(BufReader::with_capacity(BUFFER, stream))
                .map_err(|error| fault(error, format, limits, watching.ran_out()))
        })?;
        let ((width, height), colours) = (begun.dimensions(), begun.color_type());
        if width == 0 || height == 0 {
            return Err(Error::malformed(format!("a {format} of {width}x{height} pixels")));
        }
        let layout = Layout::interleaved(colours.has_color(), colours.has_alpha());
        let header = Header {
            format,
            size: Size::new(width, height),
            layout,
            planar: None,
            orientation: Orientation::NORMAL,
            pages: 1,
            caps: Caps::WHOLE,
        };
        let bits = u8::try_from(colours.bits_per_pixel() / u16::from(colours.channel_count()));
        let details = Details { bits: bits.unwrap_or(8), ..Details::default() };
        Ok(Self { file, parts, begin, colours, details, header })
    }

    /// Bytes of a sample.
    fn sample_bytes(&self) -> u64 {
        u64::from(self.colours.bytes_per_pixel() / self.colours.channel_count())
    }
}

impl Opened for Whole {
    fn header(&self) -> &Header {
        &self.header
    }

    fn details(&self) -> Details {
        self.details
    }

    /// All samples, where they have more than 8 bits; a row, and the buffer.
    fn memory(&self, request: &DecodeRequest, _: &Limits) -> Result<u64> {
        const TABLES: u64 = 16 << 10;
        let bytes = |size| request.layout.bytes(size).saturating_mul(self.sample_bytes());
        let all = if self.sample_bytes() > 1 { bytes(self.header.size) } else { 0 };
        let row = bytes(Size::new(self.header.size.width, 2));
        Ok(all.saturating_add(row).saturating_add(BUFFER as u64 + TABLES))
    }

    fn work(&self, request: &DecodeRequest, _: u32, work: &mut Work) {
        let format = self.header.format;
        work.add_for(WorkKind::FileOpen, format, 1.0);
        work.add_for(WorkKind::FileCode, format, (*self.file).as_ref().len() as f64);
        work.add_for(WorkKind::FilePixel, format, request.layout.bytes(self.header.size) as f64);
    }

    fn content(&self) -> Content {
        Content { palette: self.details.bits < 8, ..Content::PHOTOGRAPH }
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        _: Level,
    ) -> Result<Box<dyn Decoder>> {
        // The crate ends the process where memory is missing.
        probed(self.memory(request, limits)?)?;
        Ok(Box::new(WholeDecoder {
            file: Arc::clone(&self.file),
            parts: self.parts.clone(),
            begin: self.begin,
            format: self.header.format,
            limits: *limits,
            recover: request.recover,
            damage: None,
        }))
    }
}

/// Bits of a sample and density, which stand at fixed places in all heads but the oldest, of 12 bytes.
fn bitmap_details(data: &[u8]) -> Details {
    let order = ByteOrder::Little;
    let is_old = order.long(data, 14) == Some(12);
    let bits = order.short(data, if is_old { 24 } else { 28 });
    let bits = match bits {
        Some(bits @ (1 | 2 | 4)) => bits.to_le_bytes()[0],
        // Five for each colour, one of them six perhaps.
        Some(16) => 5,
        _ => 8,
    };
    let metre = order.long(data, 38).filter(|_| !is_old);
    let density = metre.and_then(|dots| density::whole(f64::from(dots) * INCH / 100.0));
    Details { bits, density, ..Details::default() }
}
