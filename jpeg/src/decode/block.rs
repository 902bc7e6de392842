//! The 64 coefficients of a block.

/// 64 coefficients of a block.
pub(crate) type Block = [i16; 64];

/// The lower 16 bits: coefficients of damaged files wrap, as in libjpeg.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "wrapping is what is meant")]
pub(crate) const fn low16(value: i32) -> i16 {
    value as i16
}
