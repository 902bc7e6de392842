//! Quantisation tables by quality.

use crate::standard;

/// The quantisation table of a quality from 1 to 100, natural order, entries 1 to 255.
///
/// `class` is 0 for luma, 1 for chroma. The scale is that of libjpeg's `jpeg_set_quality` with
/// baseline forced, which everyone else follows.
pub(crate) fn quantisation(quality: u8, class: usize) -> [u8; 64] {
    let quality = u16::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    let base = if class == 0 { &standard::LUMA } else { &standard::CHROMA };
    base.map(|step| {
        let scaled = (u32::from(step) * u32::from(percent) + 50) / 100;
        u8::try_from(scaled.clamp(1, 255)).unwrap_or(u8::MAX)
    })
}
