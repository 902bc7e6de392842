//! From coefficients to bits.

pub(crate) mod bit_stream;
pub(crate) mod coded_bits;
pub(crate) mod direct;
pub(crate) mod file_bytes;
pub(crate) mod huffman;
pub(crate) mod sink;
pub(crate) mod tokens;
