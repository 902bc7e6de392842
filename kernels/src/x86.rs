//! Kernels for x86-64.
#![allow(unsafe_code, reason = "loads, stores and intrinsics of a CPU that a token vouches for")]

pub(super) mod bits;
pub(super) mod jpeg_encode_colour;
pub(super) mod jpeg_encode_dct;
pub(super) mod jpeg_idct;
pub(super) mod jpeg_idct_avx512;
pub(super) mod jpeg_lowest;
pub(super) mod jpeg_masks;
pub(super) mod jpeg_rows;
pub(super) mod resample;
pub(super) mod resample_float;
pub(super) mod resample_sse41;
pub(super) mod webp_costs;
pub(super) mod webp_layout;
pub(super) mod webp_predict;
pub(super) mod webp_transform;
mod wide;
