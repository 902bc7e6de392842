//! The formats, a folder each: signature, header, abilities of the decoder, memory, decode, encode.
//!
//! The [`Caps`] of a decoder and the variant of an [`Encoding`] tell their abilities. The plan asks
//! no more of them, and the executor adapts to the rest: a decoder without bands is asked for all
//! rows at once, an encoder without bands is given the whole canvas.

mod embed;
mod film;
mod gif;
mod jpeg;
mod palette;
mod part_stream;
mod png;
mod raw;
mod read;
mod webp;
mod within_bytes;
mod write;

use std::sync::Arc;

pub(crate) use embed::{Room, embed, embedded_bytes};
use film::FilmPicture;
pub(crate) use film::{Film, Player, still};
pub(crate) use read::{Caps, DecodeRequest, Decoder, Details, Header, Opened};
use read::{Reader, Signature};
pub(crate) use write::{
    EncodeInput, EncodeMemory, Encoder, Encoding, FilmEncoding, FilmFile, FilmMemory, FrameEncoder,
    FramePart, WholeEncoder, Writer,
};

use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::image::{Image, Layout};
use crate::recipe::limits::{Limits, check};
use crate::recipe::options::Encode;
use crate::recipe::source::Source;

/// A film as the plan sees it, and its frames.
type FilmInput = (Arc<dyn Opened>, Arc<dyn Film>);

/// The formats that are read.
const READERS: &[&dyn Reader] =
    &[&jpeg::JpegReader, &png::PngReader, &webp::WebpReader, &gif::GifReader];

const _: () = assert!(
    READERS.len() + 1 == Format::ALL.len(),
    "every format has a reader, but for raw pixels"
);

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
pub(crate) fn open(source: &Source, limits: &Limits, recover: bool) -> Result<Arc<dyn Opened>> {
    let opened = match source.pixels() {
        Some(image) => of_pixels(Arc::clone(image)),
        None => {
            let file = source.bytes(limits.max_input_bytes)?;
            reader((*file).as_ref())?.open(file, limits, recover)?
        }
    };
    limits.check_input(opened.header().size)?;
    Ok(opened)
}

/// The film of an opened file as the plan sees it, and its frames; `None` of a still picture.
pub(crate) fn film(opened: &Arc<dyn Opened>, limits: &Limits) -> Result<Option<FilmInput>> {
    let Some(film) = opened.film(limits)? else { return Ok(None) };
    let pixels = opened.header().size.pixels().saturating_mul(film.motion().frames().into());
    check("max_animation_pixels", limits.max_animation_pixels, pixels)?;
    let picture = FilmPicture::new(Arc::clone(opened), Arc::clone(&film), None);
    Ok(Some((Arc::new(picture), film)))
}

/// One frame of a film.
pub(crate) fn frame(
    opened: &Arc<dyn Opened>,
    frame: u32,
    limits: &Limits,
) -> Result<Arc<dyn Opened>> {
    let film = opened.film(limits)?;
    let film = film.ok_or_else(|| Error::unsupported("pages other than the first"))?;
    if frame >= film.motion().frames() {
        return Err(Error::truncated(format!("the file ends before frame {frame}")));
    }
    Ok(Arc::new(FilmPicture::new(Arc::clone(opened), film, Some(frame))))
}

/// Opens a picture in memory.
pub(crate) fn of_pixels(image: Arc<Image>) -> Arc<dyn Opened> {
    raw::open(image)
}

/// Opens a file within the default limits.
#[cfg(test)]
fn opened(file: impl Into<Source>, recover: bool) -> Result<Arc<dyn Opened>> {
    open(&file.into(), &Limits::default(), recover)
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
    let of = |fits: fn(&Signature, &[u8]) -> bool| {
        let fits = |reader: &&&dyn Reader| reader.signatures().iter().any(|one| fits(one, data));
        READERS.iter().find(fits).copied()
    };
    if let Some(reader) = of(Signature::fits) {
        return Ok(reader);
    }
    if let Some(reader) = of(Signature::may_follow) {
        return Err(Error::truncated(format!(
            "{} bytes that could begin a {} file, too few to be one",
            data.len(),
            reader.format()
        )));
    }
    let names: Vec<_> = READERS.iter().map(|reader| reader.format().name()).collect();
    let start: Vec<String> = data.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Err(Error::unsupported(format!(
        "not a format that this build reads ({}): it begins with {}",
        names.join(", "),
        start.join(" ")
    )))
}
