//! Metadata in a JPEG: segments behind the JFIF header, a resolution in it.

use super::{Room, insert, room};
use crate::error::{Error, Result};
use crate::picture::metadata::Carried;

const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
/// Bytes of a segment behind its length.
const MOST: usize = 65_533;

const EXIF: &[u8] = b"Exif\0\0";
/// The start of a segment of a profile; its number and their count follow.
const ICC: &[u8] = b"ICC_PROFILE\0";
/// The start of a segment of XMP.
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// Bytes of a profile in one segment.
const ICC_PART: usize = MOST - ICC.len() - 2;

/// The pieces of a profile are counted by a byte.
pub(super) const ROOM: Room =
    Room { icc: 255 * ICC_PART, exif: MOST - EXIF.len(), xmp: MOST - XMP.len() };

/// The end of the JFIF header, behind the start of the file.
const JFIF_END: usize = 20;
/// The place of the unit of its resolution, which is followed by that across and down.
const UNIT: usize = 13;
const BY_INCH: u8 = 1;

pub(super) fn embed(file: &mut Vec<u8>, carried: &Carried) -> Result<()> {
    if file.get(4..11) != Some(b"\0\x10JFIF\0") {
        return Err(Error::internal("a JPEG without the JFIF header of the encoder"));
    }
    if let Some(density) = carried.density {
        let [.., high, low] = density.to_be_bytes();
        file[UNIT..UNIT + 5].copy_from_slice(&[BY_INCH, high, low, high, low]);
    }
    insert(file, JFIF_END, &segments(carried)?)
}

/// All segments, in the order of readers that look for EXIF data first.
pub(super) fn segments(carried: &Carried) -> Result<Vec<u8>> {
    let mut part = room(carried)?;
    for (start, body) in [(EXIF, &carried.exif), (XMP, &carried.xmp)] {
        if let Some(body) = body {
            segment(&mut part, APP1, &[start, body]);
        }
    }
    if let Some(icc) = &carried.icc {
        let count = u8::try_from(icc.len().div_ceil(ICC_PART)).unwrap_or(u8::MAX);
        for (number, piece) in (1..=count).zip(icc.chunks(ICC_PART)) {
            segment(&mut part, APP2, &[ICC, &[number, count], piece]);
        }
    }
    Ok(part)
}

fn segment(part: &mut Vec<u8>, marker: u8, body: &[&[u8]]) {
    let length: usize = body.iter().map(|bytes| bytes.len()).sum();
    part.extend([0xFF, marker]);
    part.extend(u16::try_from(2 + length).unwrap_or(u16::MAX).to_be_bytes());
    body.iter().for_each(|bytes| part.extend_from_slice(bytes));
}
