//! Tells whether a JPEG holds pixels alone and is whole, so that it can be passed on as it is.

/// Says no where it is not sure.
pub(super) fn holds_only_pixels(data: &[u8]) -> bool {
    walk(data).unwrap_or(false)
}

/// Segments up to the first scan are tables, the frame, JFIF or Adobe, and no longer than those are; the last two bytes
/// are the end marker. Baseline files have one scan to look at, others are not looked into.
fn walk(data: &[u8]) -> Option<bool> {
    let mut at = 2;
    loop {
        let marker = *data.get(at + 1)?;
        let length = usize::from(u16::from_be_bytes([*data.get(at + 2)?, *data.get(at + 3)?]));
        let body = data.get(at + 4..at + 2 + length)?;
        if data[at] != 0xFF || !makes_pixels(marker, body) {
            return Some(false);
        }
        if marker == 0xDA {
            return Some(one_scan_follows(&data[at + 2 + length..]));
        }
        at += 2 + length;
    }
}

/// Whether a segment is one that pixels are made with, and nothing stands behind what it needs: a JFIF segment may hold a
/// thumbnail.
fn makes_pixels(marker: u8, body: &[u8]) -> bool {
    let number = |at: usize| body.get(at).map_or(0, |&number| usize::from(number));
    match marker {
        0xC0 | 0xC1 => body.len() == 6 + 3 * number(5),
        0xC4 => holds_tables(body, |table| {
            17 + table.iter().skip(1).take(16).map(|&codes| usize::from(codes)).sum::<usize>()
        }),
        0xDB => holds_tables(body, |table| if table[0] >> 4 == 0 { 65 } else { 129 }),
        0xDD => body.len() == 2,
        0xDA => body.len() == 4 + 2 * number(0),
        0xE0 => body.len() == 14 && body.starts_with(b"JFIF\0") && body.ends_with(&[0, 0]),
        0xEE => body.len() == 12 && body.starts_with(b"Adobe"),
        _ => false,
    }
}

/// Whether tables fill a segment; `length` tells that of the first.
fn holds_tables(mut body: &[u8], length: impl Fn(&[u8]) -> usize) -> bool {
    while !body.is_empty() {
        let Some(rest) = body.get(length(body)..) else { return false };
        body = rest;
    }
    true
}

/// Whether entropy-coded data is followed by the end marker and nothing else.
fn one_scan_follows(data: &[u8]) -> bool {
    let marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF);
    data.windows(2).position(marker).is_some_and(|at| data[at..] == [0xFF, 0xD9])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: [u8; 13] = [0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0];
    const SCAN: [u8; 15] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0xFF, 0xD9];

    #[test]
    fn jpeg_with_anything_besides_pixels_is_not_passed_on() {
        let comment = [0xFF, 0xFE, 0, 4, b'h', b'i'];
        let plain = [&[0xFF, 0xD8][..], &FRAME, &SCAN].concat();
        assert!(holds_only_pixels(&plain));
        assert!(!holds_only_pixels(&[&[0xFF, 0xD8][..], &comment, &FRAME, &SCAN].concat()));
        assert!(!holds_only_pixels(&[&plain[..], b"tail"].concat()));
        for end in 3..plain.len() {
            assert!(!holds_only_pixels(&plain[..end]), "cut at {end}");
        }
    }
}
