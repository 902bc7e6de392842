//! The formats, a folder each: signature, header, abilities of the decoder, memory, decode, encode.
//!
//! The [`Caps`] of a decoder and the variant of an [`Encoding`] tell their abilities. The plan asks
//! no more of them, and the executor adapts to the rest: a decoder without bands is asked for all
//! rows at once, an encoder without bands is given the whole canvas.

#[cfg(any(feature = "svg", feature = "pdf"))]
mod drawing;
mod embed;
mod film;
mod gif;
#[cfg(feature = "heic")]
mod heic;
#[cfg(feature = "image")]
mod ico;
mod jpeg;
#[cfg(feature = "jxl")]
mod jxl;
mod optional;
mod palette;
mod part_stream;
#[cfg(feature = "pdf")]
mod pdf;
mod png;
mod raw;
mod read;
#[cfg(feature = "svg")]
mod svg;
#[cfg(feature = "image")]
mod tga;
#[cfg(feature = "tiff")]
mod tiff;
mod webp;
#[cfg(feature = "image")]
mod whole;
mod within_bytes;
mod write;

use std::sync::Arc;

pub(crate) use embed::{Room, embed, embedded_bytes};
use film::FilmPicture;
pub(crate) use film::changes::steadied;
pub(crate) use film::{Film, Player, still};
use read::Reader;
pub(crate) use read::{Caps, DecodeRequest, Decoder, Details, Drawing, Header, Opened};
pub(crate) use write::{
    EncodeInput, EncodeMemory, Encoder, Encoding, FilmEncoding, FilmFile, FilmMemory, FrameEncoder,
    FramePart, Poll, WholeEncoder, Writer,
};

use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::image::{Image, Layout};
use crate::recipe::limits::{Limits, check};
use crate::recipe::options::table::Options;
use crate::recipe::options::{Encode, InputFormats, OnError, Open};
use crate::recipe::source::Source;

/// A film as the plan sees it, and its frames.
type FilmInput = (Arc<dyn Opened>, Arc<dyn Film>);

/// The formats that this build reads.
const READERS: &[&dyn Reader] = &[
    &jpeg::JpegReader,
    &png::PngReader,
    &webp::WebpReader,
    &gif::GifReader,
    #[cfg(feature = "tiff")]
    &tiff::TiffReader,
    #[cfg(feature = "image")]
    &whole::BMP,
    #[cfg(feature = "image")]
    &ico::IcoReader,
    #[cfg(feature = "image")]
    &whole::PNM,
    #[cfg(feature = "image")]
    &whole::QOI,
    #[cfg(feature = "svg")]
    &svg::SvgReader,
    #[cfg(feature = "pdf")]
    &pdf::PdfReader,
    #[cfg(feature = "jxl")]
    &jxl::JxlReader,
    #[cfg(feature = "heic")]
    &heic::HeicReader,
    // It has no signature, and stands behind all that have one.
    #[cfg(feature = "image")]
    &tga::TgaReader,
];

const _: () = assert!(
    READERS.len() + 1 == formats_read(),
    "every format has a reader in a build with its feature, but for raw pixels"
);

const fn formats_read() -> usize {
    let (mut count, mut at) = (0, 0);
    while at < Format::ALL.len() {
        count += Format::ALL[at].is_read() as usize;
        at += 1;
    }
    count
}

/// The writer of an encode, which is its options.
pub(crate) fn writer(encode: &Encode) -> &dyn Writer {
    match encode {
        Encode::Jpeg(jpeg) => jpeg,
        Encode::Png(png) => png,
        Encode::WebP(webp) => webp,
        Encode::Gif(gif) => gif,
    }
}

/// The names of the formats that can move.
pub(crate) fn moving() -> Vec<&'static str> {
    let moves = |format: &Format| writer(&Encode::default_of(*format)).moves();
    Encode::WRITTEN.iter().filter(|format| moves(format)).map(|format| format.name()).collect()
}

/// Opens an input; the format is told by its first bytes, never by its name.
pub(crate) fn open(source: &Source, open: &Open, limits: &Limits) -> Result<Arc<dyn Opened>> {
    open.check("open")?;
    let opened = match source.pixels() {
        Some(image) => of_pixels(Arc::clone(image)),
        None => {
            let file = source.bytes(limits.max_input_bytes)?;
            let reader = reader((*file).as_ref())?;
            allowed(reader, open.formats)?;
            reader.open(file, limits, open.on_error == OnError::Recover)?
        }
    };
    at_density(opened, open, limits)
}

/// A picture at the density that it is opened at, within limits.
fn at_density(opened: Arc<dyn Opened>, open: &Open, limits: &Limits) -> Result<Arc<dyn Opened>> {
    let drawn = opened.drawn(Drawing::Density(open.density))?;
    let opened = drawn.unwrap_or(opened);
    limits.check_input(opened.header().size)?;
    Ok(opened)
}

/// An error unless a file of this format may be opened.
fn allowed(reader: &dyn Reader, formats: Option<InputFormats>) -> Result<()> {
    let is_allowed = |reader: &dyn Reader| {
        formats.map_or(!reader.only_when_named(), |formats| formats.has(reader.format()))
    };
    if is_allowed(reader) {
        return Ok(());
    }
    let named = READERS.iter().filter(|reader| is_allowed(**reader));
    let named: Vec<_> = named.map(|reader| reader.format().name()).collect();
    let why = match formats {
        Some(_) => "expected",
        None => "opened only where `formats` names it; without it",
    };
    Err(Error::unsupported(format!("a file of {}: {why} {}", reader.format(), named.join(", "))))
}

/// The film of an opened file as the plan sees it, and its frames; `None` of a still picture.
pub(crate) fn film(opened: &Arc<dyn Opened>, limits: &Limits) -> Result<Option<FilmInput>> {
    let Some(film) = opened.film(limits)? else { return Ok(None) };
    let pixels = opened.header().size.pixels().saturating_mul(film.motion().frames().into());
    check("max_animation_pixels", limits.max_animation_pixels, pixels)?;
    let picture = FilmPicture::new(Arc::clone(opened), Arc::clone(&film), None);
    Ok(Some((Arc::new(picture), film)))
}

/// The page of a file that it is opened at, or a frame of a film.
pub(crate) fn page(
    opened: &Arc<dyn Opened>,
    open: &Open,
    limits: &Limits,
) -> Result<Arc<dyn Opened>> {
    let (page, pages) = (open.page, opened.header().pages);
    if page >= pages {
        let what = format!("page {page} of a file of {pages}: counted from 0");
        return Err(Error::invalid_option(what));
    }
    if let Some(opened) = opened.page(page, limits)? {
        return at_density(opened, open, limits);
    }
    let film = opened.film(limits)?;
    let film = film.ok_or_else(|| Error::unsupported("pages other than the first"))?;
    if page >= film.motion().frames() {
        return Err(Error::truncated(format!("the file ends before frame {page}")));
    }
    Ok(Arc::new(FilmPicture::new(Arc::clone(opened), film, Some(page))))
}

/// Opens a picture in memory.
pub(crate) fn of_pixels(image: Arc<Image>) -> Arc<dyn Opened> {
    raw::open(image)
}

/// Opens a file within the default limits.
#[cfg(test)]
fn opened(file: impl Into<Source>, recover: bool) -> Result<Arc<dyn Opened>> {
    let on_error = if recover { OnError::Recover } else { OnError::Fail };
    open(&file.into(), &Open::new().on_error(on_error), &Limits::default())
}

/// The layout that a written file says it has.
pub(crate) fn written_layout(file: &[u8], format: Format, layout: Layout) -> Layout {
    let reader = READERS.iter().find(|reader| reader.format() == format);
    reader.map_or(layout, |reader| reader.written_layout(file, layout))
}

/// Tells the format by the first bytes.
fn reader(data: &[u8]) -> Result<&'static dyn Reader> {
    if data.is_empty() {
        return Err(Error::truncated("the input is empty: expected an image"));
    }
    if let Some(reader) = READERS.iter().find(|reader| reader.fits(data)) {
        return Ok(*reader);
    }
    let may_follow = |reader: &&&dyn Reader| {
        reader.signatures().iter().any(|signature| signature.may_follow(data))
    };
    if let Some(reader) = READERS.iter().find(may_follow) {
        return Err(Error::truncated(format!(
            "{} bytes that could begin a {} file, too few to be one",
            data.len(),
            reader.format()
        )));
    }
    Err(unread(data))
}

/// The error of a file that no reader is for.
#[cold]
fn unread(data: &[u8]) -> Error {
    let names: Vec<_> = READERS.iter().map(|reader| reader.format().name()).collect();
    let names = names.join(", ");
    if let Some((format, feature)) = optional::lacking(data) {
        return Error::unsupported(format!(
            "a {format} file: this build reads {names}; the feature {feature} adds {format}"
        ));
    }
    let start: Vec<String> = data.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let start = start.join(" ");
    Error::unsupported(format!(
        "not a format that this build reads ({names}): it begins with {start}"
    ))
}
