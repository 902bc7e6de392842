//! Metadata in a PNG: chunks behind its header, before palette and pixels as a profile and a resolution must be.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::super::png::chunk::Chunk;
use super::super::png::xmp::KEYWORD;
use super::{insert, room};
use crate::error::{Error, Result};
use crate::picture::metadata::Carried;
use crate::picture::reserve::probed;

/// Signature and IHDR.
const HEAD: usize = 33;
/// The name of a profile, and the method of its compression.
const ICC: &[u8] = b"icc\0\0";
/// Behind the keyword: no compression, no language, no keyword in it.
const PLAIN: &[u8] = &[0, 0, 0, 0];
const BY_METRE: u8 = 1;
/// Bytes that a deflater takes at most.
const DEFLATER: u64 = 640 << 10;

pub(super) fn embed(file: &mut Vec<u8>, carried: &Carried) -> Result<()> {
    insert(file, HEAD, &chunks(carried)?)
}

pub(super) fn chunks(carried: &Carried) -> Result<Vec<u8>> {
    let mut part = room(carried)?;
    if let Some(icc) = &carried.icc {
        Chunk::append(&mut part, *b"iCCP", |part| deflate(part, icc))?;
    }
    if let Some(density) = carried.density {
        let dots = dots_a_metre(density).to_be_bytes();
        append(&mut part, *b"pHYs", &[&dots, &dots, &[BY_METRE]])?;
    }
    if let Some(exif) = &carried.exif {
        append(&mut part, *b"eXIf", &[exif])?;
    }
    if let Some(xmp) = &carried.xmp {
        append(&mut part, *b"iTXt", &[KEYWORD, PLAIN, xmp])?;
    }
    Ok(part)
}

fn append(part: &mut Vec<u8>, name: [u8; 4], body: &[&[u8]]) -> Result<()> {
    Chunk::append(part, name, |part| {
        body.iter().for_each(|bytes| part.extend_from_slice(bytes));
        Ok(())
    })
}

fn deflate(part: &mut Vec<u8>, icc: &[u8]) -> Result<()> {
    probed(DEFLATER)?;
    part.extend_from_slice(ICC);
    let mut encoder = ZlibEncoder::new(part, Compression::default());
    let deflated = encoder.write_all(icc).and_then(|()| encoder.finish());
    deflated.map(|_| ()).map_err(|error| Error::internal(format!("PNG: {error}")))
}

/// An inch is 25.4 mm.
fn dots_a_metre(dots_an_inch: u32) -> u32 {
    (dots_an_inch * 10_000 + 127) / 254
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To the nearest whole number, at the ends of the range too.
    #[test]
    fn dots_are_counted_by_the_metre() {
        let rows = [(1, 39), (72, 2835), (96, 3780), (300, 11_811), (65_535, 2_580_118)];
        for (inch, metre) in rows {
            assert_eq!(dots_a_metre(inch), metre, "{inch}");
        }
    }
}
