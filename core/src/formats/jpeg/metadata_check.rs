//! Tells whether a JPEG holds pixels alone and is whole, so that it can be passed on as it is.

/// Tells whether the file holds pixels alone and is whole; says no where it is not sure.
pub(super) fn holds_only_pixels(data: &[u8]) -> bool {
    walk(data).unwrap_or(false)
}

/// Walks the segments up to the first scan: each is a table, the frame, JFIF or Adobe, and no
/// longer than it must be. The frame is sequential, and the end marker follows its one scan.
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

/// Tells whether a segment makes pixels and holds nothing else: a JFIF segment may hold a
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

/// Tells whether tables fill a segment. `length` gives the bytes of the first table in a slice.
fn holds_tables(mut body: &[u8], length: impl Fn(&[u8]) -> usize) -> bool {
    while !body.is_empty() {
        let Some(rest) = body.get(length(body)..) else { return false };
        body = rest;
    }
    true
}

/// Tells whether entropy-coded data is followed by the end marker and nothing else.
fn one_scan_follows(data: &[u8]) -> bool {
    let marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF);
    data.windows(2).position(marker).is_some_and(|at| data[at..] == [0xFF, 0xD9])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCAN: [u8; 7] = [0x12, 0xFF, 0x00, 0xFF, 0xD0, 0xFF, 0xD9];

    /// Marker and body.
    type MarkerAndBody = (u8, Vec<u8>);

    /// One of each segment that makes pixels.
    fn segments() -> Vec<MarkerAndBody> {
        // Two codes of one bit and one of sixteen; none.
        let codes = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        vec![
            (0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec()),
            (0xEE, b"Adobe\0\x64\0\0\0\0\x01".to_vec()),
            // Of one byte an entry, and of two.
            (0xDB, [&[0][..], &[9; 64], &[0x11], &[0; 128], &[2], &[9; 64]].concat()),
            (0xC0, vec![8, 0, 1, 0, 1, 2, 1, 0x11, 0, 2, 0x11, 1]),
            (0xC1, vec![8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
            (
                0xC4,
                [&[0][..], &codes, &[7; 3], &[0x10], &[0; 16], &[0x11], &codes, &[7; 3]].concat(),
            ),
            (0xDD, vec![0, 4]),
            (0xDA, vec![2, 1, 0, 2, 0x11, 0, 63, 0]),
        ]
    }

    fn jpeg_of(segments: &[MarkerAndBody], behind: &[u8]) -> Vec<u8> {
        let mut file = vec![0xFF, 0xD8];
        for (marker, body) in segments {
            let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
            file.extend([0xFF, *marker]);
            file.extend(length);
            file.extend(body);
        }
        [&file[..], behind].concat()
    }

    #[test]
    fn a_jpeg_of_nothing_but_what_makes_pixels_is_passed_on() {
        let whole = jpeg_of(&segments(), &SCAN);
        assert!(holds_only_pixels(&whole));
        for end in 0..whole.len() {
            assert!(!holds_only_pixels(&whole[..end]), "cut at {end}");
        }
        for behind in [&b"tail"[..], &[0], &[0xFF, 0xD9]] {
            assert!(!holds_only_pixels(&[&whole[..], behind].concat()), "{behind:?} behind it");
        }
        // Fill bytes are no markers; a second scan, a table and a comment are.
        let filled = [0x12, 0xFF, 0xD7, 0xFF, 0xFF, 0xD9];
        assert!(holds_only_pixels(&jpeg_of(&segments(), &filled)));
        for marker in [0x01, 0xC4, 0xCF, 0xD8, 0xDA, 0xFE] {
            let scans = [&[0x12, 0xFF, marker][..], &SCAN].concat();
            assert!(!holds_only_pixels(&jpeg_of(&segments(), &scans)), "{marker:x}");
        }
    }

    /// Any segment keeps the file from being passed on if it is a byte longer or shorter, has no
    /// marker, or another name.
    #[test]
    fn every_segment_of_a_jpeg_has_its_length_and_its_name() {
        for at in 0..segments().len() {
            let changed = |change: &dyn Fn(&mut MarkerAndBody)| {
                let mut segments = segments();
                change(&mut segments[at]);
                holds_only_pixels(&jpeg_of(&segments, &SCAN))
            };
            let marker = segments()[at].0;
            assert!(changed(&|_| {}));
            for more in [0, 1, 0x10, 0xFF] {
                assert!(!changed(&|(_, body)| body.push(more)), "{marker:x} and {more}");
            }
            assert!(!changed(&|(_, body)| body.truncate(body.len() - 1)), "{marker:x} cut");
            for other in [0xC2, 0xC8, 0xDC, 0xE1, 0xE2, 0xED, 0xFE] {
                assert!(!changed(&|(marker, _)| *marker = other), "{marker:x} as {other:x}");
            }
            let before: usize = segments()[..at].iter().map(|(_, body)| body.len() + 4).sum();
            let mut file = jpeg_of(&segments(), &SCAN);
            file[2 + before] = 0xFE;
            assert!(!holds_only_pixels(&file), "{marker:x} without its marker");
        }
        // A thumbnail of a row, of a column; other applications.
        for (index, at, byte) in [(0, 12, 1), (0, 13, 1), (0, 3, b'X'), (1, 0, b'a')] {
            let mut segments = segments();
            segments[index].1[at] = byte;
            assert!(!holds_only_pixels(&jpeg_of(&segments, &SCAN)), "{index} {at}");
        }
    }
}
