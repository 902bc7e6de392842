//! Puts an ICC profile into a file that is done: no encoder needs to know of profiles.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use makeready_kernels::heap::try_reserve_exact;

use super::{png, webp};
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::reserve::{probed, reserved};

/// The start of an ICC segment of a JPEG; its number and their count follow.
const SEGMENT: &[u8] = b"ICC_PROFILE\0";
/// Bytes of a profile in one segment.
const SEGMENT_PART: usize = 65_533 - SEGMENT.len() - 2;
/// Signature and IHDR of a PNG.
const PNG_HEAD: usize = 33;
/// The name of the profile of a PNG, and the method of its compression.
const PNG_NAME: &[u8] = b"icc\0\0";
/// `RIFF`, a size, `WEBP`.
const RIFF: usize = 12;
/// A VP8X chunk.
const VP8X: usize = 18;
/// The bits of its flags for a profile and for alpha.
const VP8X_ICC: u8 = 0x20;
const VP8X_ALPHA: u8 = 0x10;
/// Bytes that a deflater takes at most.
const DEFLATER: u64 = 640 << 10;

/// The most bytes that a profile adds to a file.
///
/// # Errors
/// `invalid_option` of a profile that is too long for the format, and of a format that holds none.
pub(crate) fn embedded_bytes(format: Format, icc: &[u8]) -> Result<u64> {
    let chunk = if format == Format::WebP { VP8X } else { 0 };
    Ok((part(format, icc)?.len() + chunk) as u64)
}

/// Puts the profile into a file.
pub(crate) fn embed(file: &mut Vec<u8>, format: Format, icc: &[u8]) -> Result<()> {
    let part = part(format, icc)?;
    match format {
        Format::Jpeg => insert(file, behind_jfif(file), &part),
        Format::Png => insert(file, PNG_HEAD, &part),
        Format::WebP => {
            extend_webp(file)?;
            insert(file, RIFF + VP8X, &part)?;
            set_riff_size(file);
            Ok(())
        }
        other => Err(Error::internal(format!("a profile in a file of {other}"))),
    }
}

/// The profile in the form that the format has for it.
fn part(format: Format, icc: &[u8]) -> Result<Vec<u8>> {
    // Segments have heads of 18 bytes, chunks of fewer. What does not compress grows by 5 bytes every 16 kB.
    let mut part = reserved(icc.len() + icc.len() / 1000 + 256)?;
    match format {
        Format::Jpeg => segments(&mut part, icc)?,
        Format::Png => {
            probed(DEFLATER)?;
            part.extend_from_slice(PNG_NAME);
            let mut encoder = ZlibEncoder::new(part, Compression::default());
            let deflated = encoder.write_all(icc).and_then(|()| encoder.finish());
            let deflated = deflated.map_err(|error| Error::internal(format!("PNG: {error}")))?;
            part = png::icc_chunk(&deflated);
        }
        Format::WebP => chunk(&mut part, *b"ICCP", icc),
        other => {
            let sentence = format!("{other} holds no colour profile: its colours are sRGB");
            return Err(Error::invalid_option(sentence));
        }
    }
    Ok(part)
}

fn segments(part: &mut Vec<u8>, icc: &[u8]) -> Result<()> {
    let count = icc.len().div_ceil(SEGMENT_PART);
    let count = u8::try_from(count).map_err(|_| {
        Error::invalid_option(format!("a JPEG has no room for a profile of {} bytes", icc.len()))
    })?;
    for (number, piece) in (1..=count).zip(icc.chunks(SEGMENT_PART)) {
        let length = u16::try_from(2 + SEGMENT.len() + 2 + piece.len()).unwrap_or(u16::MAX);
        part.extend([0xFF, 0xE2]);
        part.extend(length.to_be_bytes());
        part.extend_from_slice(SEGMENT);
        part.extend([number, count]);
        part.extend_from_slice(piece);
    }
    Ok(())
}

/// The place behind the start of a JPEG and its JFIF segment.
fn behind_jfif(file: &[u8]) -> usize {
    match file.get(2..6) {
        Some(&[0xFF, 0xE0, high, low]) => 4 + usize::from(u16::from_be_bytes([high, low])),
        _ => 2,
    }
}

/// Gives a WebP that has no VP8X chunk one, and sets its flag of a profile.
fn extend_webp(file: &mut Vec<u8>) -> Result<()> {
    if file.get(RIFF..RIFF + 4) != Some(b"VP8X") {
        let (size, layout) = webp::canvas(file)?;
        let alpha = if layout.has_alpha() { VP8X_ALPHA } else { 0 };
        let [w0, w1, w2, _] = (size.width - 1).to_le_bytes();
        let [h0, h1, h2, _] = (size.height - 1).to_le_bytes();
        let mut vp8x = Vec::new();
        chunk(&mut vp8x, *b"VP8X", &[alpha, 0, 0, 0, w0, w1, w2, h0, h1, h2]);
        insert(file, RIFF, &vp8x)?;
    }
    file[RIFF + 8] |= VP8X_ICC;
    Ok(())
}

fn set_riff_size(file: &mut [u8]) {
    let size = u32::try_from(file.len() - 8).unwrap_or(u32::MAX);
    file[4..8].copy_from_slice(&size.to_le_bytes());
}

fn chunk(to: &mut Vec<u8>, name: [u8; 4], body: &[u8]) {
    to.extend(name);
    to.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    to.extend_from_slice(body);
    to.extend(&[0][..body.len() % 2]);
}

fn insert(file: &mut Vec<u8>, at: usize, part: &[u8]) -> Result<()> {
    let failed = |_| Error::out_of_memory(part.len() as u64);
    try_reserve_exact(file, part.len()).map_err(failed)?;
    file.extend_from_slice(part);
    file[at..].rotate_right(part.len());
    Ok(())
}
