//! From coefficients to pixels.

pub(crate) mod rows;
pub(crate) mod smoothing;
pub(crate) mod strip;
