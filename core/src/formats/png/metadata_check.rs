//! Tells whether a PNG holds pixels alone and is whole, so that it can be passed on as it is.

/// Tells whether the file holds pixels alone and is whole; says no where it is not sure.
pub(super) fn holds_only_pixels(data: &[u8]) -> bool {
    walk(data).unwrap_or(false)
}

/// Walks the chunks: all of them make pixels, their checksums are right, and the last one is the
/// end.
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

/// Tells whether a transparency of this length belongs to pixels of this colour type.
fn transparency_fits(colour: u8, length: u32) -> bool {
    match colour {
        0 => length == 2,
        2 => length == 6,
        3 => length <= 256,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(colour: u8, chunks: &[(&[u8; 4], usize)]) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, colour, 0, 0, 0];
        for (name, length) in [(b"IHDR", 13)].iter().chain(chunks) {
            let filled = vec![7; *length];
            let body = if *name == b"IHDR" { &header } else { &filled[..] };
            let checked = [&name[..], body].concat();
            file.extend(u32::try_from(*length).unwrap_or(u32::MAX).to_be_bytes());
            file.extend(&checked);
            file.extend(crc32fast::hash(&checked).to_be_bytes());
        }
        file
    }

    #[test]
    fn a_png_of_nothing_but_what_makes_pixels_is_passed_on() {
        type NamedLengths<'a> = &'a [(&'a [u8; 4], usize)];
        let (data, end) = ((b"IDAT", 20), (b"IEND", 0));
        let (palette, clear) = ((b"PLTE", 6), (b"tRNS", 2));
        let rows: [(u8, NamedLengths<'_>, bool); 17] = [
            (0, &[data, end], true),
            (0, &[data, data, end], true),
            (3, &[palette, data, end], true),
            (3, &[palette, clear, data, end], true),
            (3, &[palette, (b"tRNS", 256), data, end], true),
            (3, &[palette, (b"tRNS", 257), data, end], false),
            (3, &[palette, palette, data, end], false),
            (3, &[palette, clear, clear, data, end], false),
            (2, &[palette, data, end], false),
            (0, &[clear, data, end], true),
            (0, &[(b"tRNS", 3), data, end], false),
            (2, &[(b"tRNS", 6), data, end], true),
            (2, &[clear, data, end], false),
            (6, &[clear, data, end], false),
            (0, &[(b"tEXt", 9), data, end], false),
            (0, &[data, (b"iCCP", 9), end], false),
            (0, &[data, end, end], false),
        ];
        for (colour, chunks, expected) in rows {
            let file = png_of(colour, chunks);
            assert_eq!(holds_only_pixels(&file), expected, "{colour} {chunks:?}");
            for end in (0..file.len()).filter(|_| expected) {
                assert!(!holds_only_pixels(&file[..end]), "{colour} {chunks:?} cut at {end}");
                // Lengths, names, bodies and checksums: each byte counts. The signature was looked
                // at before.
                let mut changed = file.clone();
                changed[end] ^= 1;
                assert!(
                    end < 8 || !holds_only_pixels(&changed),
                    "{colour} {chunks:?} changed at {end}"
                );
            }
        }
    }
}
