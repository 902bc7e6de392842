//! Puts metadata into a file that is done: no encoder needs to know of them.

mod jpeg;
mod png;
mod webp;

use makeready_kernels::heap::try_reserve_exact;

use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::metadata::Carried;
use crate::picture::reserve::reserved;

/// The most bytes of EXIF data and of an XMP packet that a format holds.
pub(crate) struct Room {
    pub(crate) exif: usize,
    pub(crate) xmp: usize,
}

impl Room {
    /// `None` of a format that holds pixels alone.
    pub(crate) fn of(format: Format) -> Option<Self> {
        match format {
            Format::Jpeg => Some(Self { exif: jpeg::MOST_EXIF, xmp: jpeg::MOST_XMP }),
            // The lengths of their chunks have 31 bits and 32.
            Format::Png | Format::WebP => Some(Self { exif: 1 << 30, xmp: 1 << 30 }),
            Format::Gif | Format::Raw => None,
        }
    }
}

/// The most bytes that a file grows by.
///
/// # Errors
/// `invalid_option` of a profile that is too long for the format, and of a format that holds none.
pub(crate) fn embedded_bytes(format: Format, carried: &Carried) -> Result<u64> {
    if carried.is_empty() {
        return Ok(0);
    }
    let bytes = match format {
        Format::Jpeg => jpeg::segments(carried)?.len(),
        Format::Png => png::chunks(carried)?.len(),
        Format::WebP => webp::most_bytes(carried),
        other => {
            let sentence = format!("{other} holds no colour profile: its colours are sRGB");
            return Err(Error::invalid_option(sentence));
        }
    };
    Ok(bytes as u64)
}

/// Puts what it carries into a file.
pub(crate) fn embed(file: &mut Vec<u8>, format: Format, carried: &Carried) -> Result<()> {
    if carried.is_empty() {
        return Ok(());
    }
    match format {
        Format::Jpeg => jpeg::embed(file, carried),
        Format::Png => png::embed(file, carried),
        Format::WebP => webp::embed(file, carried),
        other => Err(Error::internal(format!("metadata in a file of {other}"))),
    }
}

/// Room for all parts. Segments have heads of 35 bytes at most, and one for every 65 kB, chunks have shorter ones. What
/// does not compress grows by 5 bytes every 16 kB.
fn room(carried: &Carried) -> Result<Vec<u8>> {
    reserved(carried.bytes() + carried.bytes() / 1000 + 512)
}

fn insert(file: &mut Vec<u8>, at: usize, part: &[u8]) -> Result<()> {
    let failed = |_| Error::out_of_memory(part.len() as u64);
    try_reserve_exact(file, part.len()).map_err(failed)?;
    file.extend_from_slice(part);
    file[at..].rotate_right(part.len());
    Ok(())
}
