//! The markers: the byte behind 0xFF.

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

/// Tells whether one of the eight bytes is 0xFF. The classic search for a zero byte, in the
/// complement.
#[inline(always)]
pub(crate) const fn has_ff(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    (!word).wrapping_sub(ONES) & word & TOPS != 0
}
