//! The formats: what each codec can do, and the traits that the executor drives them by.
//!
//! A decoder says in its [`Caps`] what it can do, an encoder by the variant of [`Encoding`] it is; the plan
//! asks no more of them, and the executor adapts to what is left: a decoder that cannot give bands is asked
//! for all rows at once, an encoder that cannot take bands is given the whole canvas.

mod feed;
mod gif;
mod jpeg;
mod png;
mod raw;
mod webp;

use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::Band;
use crate::picture::image::{Layout, Subsampling};
use crate::picture::orientation::Orientation;
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::options::Encode;
use crate::recipe::source::{Bytes, Source};
use makeready_kernels::Level;

/// Whether a codec is of others and ends the process where it gets no memory, or takes the file for a corrupt one as
/// libwebp does with alpha. What it takes is to be probed before it begins.
pub(crate) const fn is_probed(format: Format) -> bool {
    matches!(format, Format::Png | Format::Gif | Format::WebP)
}

/// What a decoder can do with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caps {
    /// The denominators it can decode at, in rising order; 1 is always among them.
    pub(crate) scales: &'static [u32],
    /// Whether it can decode a part, to the same samples as a crop of the whole.
    pub(crate) region: bool,
    /// Whether it gives rows as it decodes them; else all of them at once.
    pub(crate) bands: bool,
}

impl Caps {
    /// All rows at once, in full size.
    pub(crate) const WHOLE: Self = Self { scales: &[1], region: false, bands: false };
    /// Rows as they are decoded, in full size.
    pub(crate) const BANDS: Self = Self { scales: &[1], region: false, bands: true };
}

/// What the first bytes of a file tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) format: Format,
    /// As stored, before the orientation.
    pub(crate) size: Size,
    /// What its decoder gives.
    pub(crate) layout: Layout,
    /// The planes its decoder can give instead.
    pub(crate) planar: Option<Subsampling>,
    pub(crate) orientation: Orientation,
    /// Frames or pages; at least 1.
    pub(crate) pages: u32,
    pub(crate) caps: Caps,
}

/// What the plan asks of a decoder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DecodeRequest {
    /// Decode at `1/scale`, one of [`Caps::scales`].
    pub(crate) scale: u32,
    /// In pixels of the scaled picture; the whole of it unless [`Caps::region`].
    pub(crate) region: Rect,
    /// The layout of the header, or its planes.
    pub(crate) layout: Layout,
    /// Rows are black after an error instead of the error.
    pub(crate) recover: bool,
}

#[cfg(test)]
impl DecodeRequest {
    /// All of the picture in full size.
    fn whole(header: &Header, recover: bool) -> Self {
        Self { scale: 1, region: Rect::whole(header.size), layout: header.layout, recover }
    }
}

/// A running decode.
pub(crate) trait Decoder: Send {
    /// Fills the next rows: `band.rows()` follows the last call's, counted from the top of the region.
    /// Without [`Caps::bands`] there is one call, for all rows.
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()>;

    /// Tells of rows that it gave without an error and that are not the file's, where that is to be recovered.
    fn lost(&mut self) -> Option<Error> {
        None
    }
}

/// A running encode.
pub(crate) trait Encoder: Send {
    /// Takes the next rows, in order.
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()>;
    /// The file.
    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>>;
}

/// An encode that begins when it has the whole canvas.
pub(crate) trait WholeEncoder: Send {
    /// The file.
    fn encode(self: Box<Self>, canvas: Band, watch: &Watch) -> Result<Vec<u8>>;
}

/// What an encoder can take.
pub(crate) enum Encoding {
    /// Rows as they come.
    Bands(Box<dyn Encoder>),
    /// The whole canvas at once.
    Whole(Box<dyn WholeEncoder>),
}

/// Reads the header of an input, which is to be recovered or not.
pub(crate) fn header(source: &Source, limits: &Limits, recover: bool) -> Result<Header> {
    match source.pixels() {
        Some(image) => {
            let header = raw::header(image);
            limits.check_input(header.size)?;
            Ok(header)
        }
        None => {
            let bytes = source.bytes(limits.max_input_bytes)?;
            header_of_bytes((*bytes).as_ref(), limits, recover)
        }
    }
}

/// Reads the header of a file; the format is told by its first bytes, never by its name.
fn header_of_bytes(data: &[u8], limits: &Limits, recover: bool) -> Result<Header> {
    let header = match sniff(data)? {
        Format::Jpeg => jpeg::header(data, limits)?,
        Format::Png => png::header(data, limits, recover)?,
        Format::WebP => webp::header(data, limits)?,
        _ => gif::header(data)?,
    };
    limits.check_input(header.size)?;
    Ok(header)
}

/// Tells the format by the first bytes.
pub(crate) fn sniff(data: &[u8]) -> Result<Format> {
    const SIGNATURES: [(&[u8], Format); 4] = [
        (&[0xFF, 0xD8, 0xFF], Format::Jpeg),
        (b"\x89PNG\r\n\x1a\n", Format::Png),
        (b"GIF87a", Format::Gif),
        (b"GIF89a", Format::Gif),
    ];
    if data.is_empty() {
        return Err(Error::truncated("the input is empty: expected an image"));
    }
    if data.len() >= 12 && data.starts_with(b"RIFF") && &data[8..12] == b"WEBP" {
        return Ok(Format::WebP);
    }
    if let Some(&(_, format)) = SIGNATURES.iter().find(|(start, _)| data.starts_with(start)) {
        return Ok(format);
    }
    if let Some(&(_, format)) = SIGNATURES.iter().find(|(start, _)| start.starts_with(data)) {
        return Err(Error::truncated(format!(
            "{} bytes that could begin a {format} file, too few to be one",
            data.len()
        )));
    }
    let start: Vec<String> = data.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Err(Error::unsupported(format!(
        "not a format that this build reads (jpeg, png, webp, gif): it begins with {}",
        start.join(" ")
    )))
}

/// An upper bound of the bytes that a decode holds besides the bands it fills.
pub(crate) fn decode_memory(
    source: &Source,
    header: &Header,
    request: &DecodeRequest,
    limits: &Limits,
) -> Result<u64> {
    match header.format {
        Format::Jpeg => {
            jpeg::decode_memory(&source.bytes(limits.max_input_bytes)?, request, limits)
        }
        Format::Png => Ok(png::decode_memory(header, request)),
        Format::WebP => {
            let bytes = source.bytes(limits.max_input_bytes)?;
            webp::decode_memory((*bytes).as_ref(), header, request)
        }
        Format::Gif => Ok(gif::decode_memory(header)),
        Format::Raw => Ok(0),
    }
}

/// Begins a decode, with the kernels of `level` where they are the library's own.
pub(crate) fn open(
    source: &Source,
    header: &Header,
    request: &DecodeRequest,
    limits: &Limits,
    level: Level,
) -> Result<Box<dyn Decoder>> {
    if header.format == Format::Raw {
        return Ok(raw::open(source.clone(), request));
    }
    let bytes: Bytes = source.bytes(limits.max_input_bytes)?;
    match header.format {
        Format::Jpeg => jpeg::open(bytes, request, limits, level),
        Format::Png => png::open(bytes, request, limits),
        Format::WebP => webp::open(bytes, header, request),
        _ => gif::open(bytes, header, request),
    }
}

/// The longest side that a format can say.
pub(crate) fn max_side(encode: &Encode) -> u32 {
    match encode {
        Encode::Jpeg(_) => jpeg::MAX_SIDE,
        Encode::Png(_) => png::MAX_SIDE,
        Encode::WebP(_) => webp::MAX_SIDE,
    }
}

/// The layout that an encoder takes for a picture of this layout.
pub(crate) fn encoder_layout(encode: &Encode, layout: Layout) -> Layout {
    match encode {
        Encode::Jpeg(_) => Layout::interleaved(layout.has_colour(), false),
        Encode::Png(_) => layout,
        Encode::WebP(_) => Layout::interleaved(true, layout.has_alpha()),
    }
}

/// The layout that a written file says it has: libwebp leaves out alpha that is opaque everywhere.
pub(crate) fn written_layout(file: &[u8], format: Format, layout: Layout) -> Layout {
    match format {
        Format::WebP if layout.has_alpha() => {
            webp::header(file, &Limits::default()).map_or(layout, |header| header.layout)
        }
        _ => layout,
    }
}

/// Upper bounds of the bytes that an encode holds besides the bands it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EncodeMemory {
    /// While it takes rows.
    pub(crate) writing: u64,
    /// When it has all rows, its output included; at least as much as while it takes them.
    pub(crate) finishing: u64,
}

impl EncodeMemory {
    /// The same from beginning to end.
    pub(crate) fn always(bytes: u64) -> Self {
        Self { writing: bytes, finishing: bytes }
    }
}

/// Bounds what an encode holds that is given bands of `cut` rows.
pub(crate) fn encode_memory(
    encode: &Encode,
    size: Size,
    layout: Layout,
    lanes: usize,
    cut: u32,
) -> EncodeMemory {
    match encode {
        Encode::Jpeg(options) => {
            EncodeMemory::always(jpeg::encode_memory(options, size, layout, lanes, cut))
        }
        Encode::Png(_) => png::encode_memory(size, layout),
        Encode::WebP(options) => {
            // It begins when it has all rows, which the executor collects.
            let canvas = layout.bytes(size);
            let encode = webp::encode_memory(options, size, layout);
            EncodeMemory { writing: canvas, finishing: canvas + encode }
        }
    }
}

/// Begins an encode. `lanes` is how many pieces of work it may run at a time in the current rayon pool;
/// 1 means on the calling thread alone. The kernels are those of `level`, where they are the library's own.
pub(crate) fn encoder(
    encode: &Encode,
    size: Size,
    layout: Layout,
    lanes: usize,
    level: Level,
) -> Result<Encoding> {
    match encode {
        Encode::Jpeg(options) => {
            jpeg::encoder(options, size, layout, lanes, level).map(Encoding::Bands)
        }
        Encode::Png(options) => png::encoder(options, size, layout).map(Encoding::Bands),
        Encode::WebP(options) => Ok(Encoding::Whole(webp::encoder(options))),
    }
}
