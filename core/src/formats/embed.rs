//! Puts metadata into a file that is done: no encoder needs to know of them.

mod jpeg;
mod png;
mod webp;

use makeready_kernels::heap::try_reserve_exact;

use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::metadata::Carried;
use crate::picture::reserve::reserved;

/// The most bytes of a profile, of EXIF data and of an XMP packet that a format holds.
pub(crate) struct Room {
    pub(crate) icc: usize,
    pub(crate) exif: usize,
    pub(crate) xmp: usize,
}

impl Room {
    /// `None` of a format that holds pixels alone.
    pub(crate) fn of(format: Format) -> Option<Self> {
        match format {
            Format::Jpeg => Some(jpeg::ROOM),
            // The lengths of their chunks have 31 bits and 32.
            Format::Png | Format::WebP => Some(Self { icc: 1 << 30, exif: 1 << 30, xmp: 1 << 30 }),
            _ => None,
        }
    }
}

/// The most bytes that a file grows by, of the formats whose files can be held to so many.
pub(crate) fn embedded_bytes(format: Format, carried: &Carried) -> Result<u64> {
    let bytes = match format {
        _ if carried.is_empty() => 0,
        Format::Jpeg => jpeg::segments(carried)?.len(),
        Format::WebP => webp::most_bytes(carried),
        other => return Err(Error::internal(format!("a {other} of so many bytes"))),
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
