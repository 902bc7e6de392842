//! Finding markers between segments and in entropy-coded data.

/// A baseline frame.
pub(crate) const SOF0: u8 = 0xC0;
/// A progressive frame.
pub(crate) const SOF2: u8 = 0xC2;
/// The first of the eight restart markers.
pub(crate) const RST0: u8 = 0xD0;
/// Start of image.
pub(crate) const SOI: u8 = 0xD8;
/// End of image.
pub(crate) const EOI: u8 = 0xD9;
/// Start of scan.
pub(crate) const SOS: u8 = 0xDA;
/// Quantisation tables.
pub(crate) const DQT: u8 = 0xDB;
/// Number of lines.
pub(crate) const DNL: u8 = 0xDC;
/// Restart interval.
pub(crate) const DRI: u8 = 0xDD;
/// Huffman tables.
pub(crate) const DHT: u8 = 0xC4;
/// Arithmetic coding conditions.
pub(crate) const DAC: u8 = 0xCC;
/// Reserved among the frame markers for extensions.
pub(crate) const JPG: u8 = 0xC8;
/// JFIF.
pub(crate) const APP0: u8 = 0xE0;
/// EXIF.
pub(crate) const APP1: u8 = 0xE1;
/// ICC profiles.
pub(crate) const APP2: u8 = 0xE2;
/// Adobe's colour transform.
pub(crate) const APP14: u8 = 0xEE;
/// The last of the application segments.
pub(crate) const APP15: u8 = 0xEF;
/// A comment.
pub(crate) const COM: u8 = 0xFE;
/// For private use in arithmetic coding; stands alone.
pub(crate) const TEM: u8 = 0x01;

/// The number of a restart marker.
pub(crate) fn restart_number(marker: u8) -> Option<u8> {
    (0xD0..=0xD7).contains(&marker).then_some(marker & 7)
}

/// A marker, and where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The byte after 0xFF.
    pub(crate) marker: u8,
    /// The position after that byte.
    pub(crate) after: usize,
}

/// The next marker at or after `from`: 0xFF, any number of fill bytes 0xFF, and a byte that is not 0.
/// Bytes before it are passed over, as libjpeg does.
pub(crate) fn next_marker(data: &[u8], from: usize) -> Option<Found> {
    let mut at = from;
    loop {
        at += find_ff(data.get(at..)?)? + 1;
        match *data.get(at)? {
            0 => at += 1,
            0xFF => {}
            marker => {
                return Some(Found { marker, after: at + 1 });
            }
        }
    }
}

/// The marker that ends the entropy-coded data at `from`: the next one that is not a restart marker.
pub(crate) fn end_of_scan(data: &[u8], from: usize) -> Option<Found> {
    let mut at = from;
    loop {
        let found = next_marker(data, at)?;
        if restart_number(found.marker).is_none() {
            return Some(found);
        }
        at = found.after;
    }
}

/// The index of the first byte 0xFF. Eight bytes at a time: whole scans are passed over with this.
fn find_ff(data: &[u8]) -> Option<usize> {
    let words = data.chunks_exact(8);
    let tail = words.remainder();
    for (index, word) in words.enumerate() {
        let word = u64::from_le_bytes(word.try_into().ok()?);
        if has_ff(word) {
            let base = index * 8;
            return data[base..].iter().position(|&byte| byte == 0xFF).map(|at| base + at);
        }
    }
    let base = data.len() - tail.len();
    tail.iter().position(|&byte| byte == 0xFF).map(|at| base + at)
}

/// Whether one of the eight bytes is 0xFF. The classic search for a zero byte, in the complement.
#[inline(always)]
pub(crate) const fn has_ff(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    (!word).wrapping_sub(ONES) & word & TOPS != 0
}
