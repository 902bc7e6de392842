//! The kernels in plain Rust: the oracle of all others.

pub(super) mod jpeg_idct;
pub(super) mod jpeg_rows;
pub(super) mod resample;
