//! The ground, a picture: size and geometry, layout, colour, orientation, samples, metadata, words; and memory for it.

pub(crate) mod blend;
pub(crate) mod checks;
pub(crate) mod density;
pub(crate) mod exif;
pub(crate) mod format;
pub(crate) mod geometry;
pub(crate) mod image;
pub(crate) mod metadata;
pub(crate) mod motion;
pub(crate) mod orientation;
pub(crate) mod position;
pub(crate) mod profile;
pub(crate) mod reserve;
pub(crate) mod shape;
pub(crate) mod words;
pub(crate) mod work;
pub(crate) mod xmp;
