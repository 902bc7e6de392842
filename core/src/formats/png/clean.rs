//! Tells whether a PNG holds pixels alone and is whole, so that it can be passed on as it is.

/// Says no where it is not sure.
pub(super) fn holds_only_pixels(data: &[u8]) -> bool {
    walk(data).unwrap_or(false)
}

/// Chunks are those that make the pixels, their checksums are right, and the last one is the end.
fn walk(data: &[u8]) -> Option<bool> {
    let colour = *data.get(25)?;
    let (mut palette, mut transparency) = (false, false);
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?);
        let end = at.checked_add(usize::try_from(length).ok()?)?.checked_add(12)?;
        let (checked, stored) = (data.get(at + 4..end - 4)?, data.get(end - 4..end)?);
        if crc32fast::hash(checked).to_be_bytes() != *stored {
            return Some(false);
        }
        match data.get(at + 4..at + 8)? {
            b"IHDR" | b"IDAT" => {}
            // A suggested palette makes no pixels, nor does a second table.
            b"PLTE" if colour == 3 && !palette => palette = true,
            b"tRNS" if transparency_fits(colour, length) && !transparency => transparency = true,
            b"IEND" => return Some(end == data.len()),
            _ => return Some(false),
        }
        at = end;
    }
}

/// Whether a transparency of this length belongs to pixels of this colour type.
fn transparency_fits(colour: u8, length: u32) -> bool {
    match colour {
        0 => length == 2,
        2 => length == 6,
        3 => length <= 256,
        _ => false,
    }
}
