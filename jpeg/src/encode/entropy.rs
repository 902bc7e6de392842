//! From coefficients to bits.

pub(crate) mod bits;
pub(crate) mod direct;
pub(crate) mod huffman;
pub(crate) mod tokens;
