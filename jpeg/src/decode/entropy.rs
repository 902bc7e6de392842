//! From bits to coefficients.

pub(crate) mod bit_reader;
pub(crate) mod coefficients;
pub(crate) mod huffman;
pub(crate) mod pairs;
pub(crate) mod progressive;
pub(crate) mod scan_reader;
pub(crate) mod sequential;
pub(crate) mod sinks;
pub(crate) mod skips;
pub(crate) mod tables;
