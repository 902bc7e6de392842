//! Metadata in a WebP: a profile before its pixels, EXIF data and XMP behind them, and an extended header that says so. A
//! resolution stands in the EXIF data.

use super::super::webp;
use super::super::webp::container::{ALPHA, EXIF, ICC, RIFF, XMP, add_chunk, extended_header};
use super::{insert, room};
use crate::error::Result;
use crate::picture::metadata::Carried;

/// A VP8X chunk.
const VP8X: usize = 18;

/// Bytes of the chunks, the extended header included.
pub(super) fn most_bytes(carried: &Carried) -> usize {
    let parts = [&carried.icc, &carried.exif, &carried.xmp].into_iter().flatten();
    VP8X + parts.map(|part| 8 + part.len().next_multiple_of(2)).sum::<usize>()
}

pub(super) fn embed(file: &mut Vec<u8>, carried: &Carried) -> Result<()> {
    if file.get(RIFF..RIFF + 4) != Some(b"VP8X") {
        extend(file)?;
    }
    let parts = [
        (ICC, *b"ICCP", &carried.icc),
        (EXIF, *b"EXIF", &carried.exif),
        (XMP, *b"XMP ", &carried.xmp),
    ];
    for (flag, name, body) in parts {
        let Some(body) = body else { continue };
        file[RIFF + 8] |= flag;
        let at = if flag == ICC { RIFF + VP8X } else { file.len() };
        let mut part = room(carried)?;
        add_chunk(&mut part, name, body);
        insert(file, at, &part)?;
    }
    let size = u32::try_from(file.len() - 8).unwrap_or(u32::MAX);
    file[4..8].copy_from_slice(&size.to_le_bytes());
    Ok(())
}

/// Gives a file that has none a VP8X chunk.
fn extend(file: &mut Vec<u8>) -> Result<()> {
    let (size, layout) = webp::canvas(file)?;
    let alpha = if layout.has_alpha() { ALPHA } else { 0 };
    let mut vp8x = Vec::new();
    add_chunk(&mut vp8x, *b"VP8X", &extended_header(alpha, size));
    insert(file, RIFF, &vp8x)
}
