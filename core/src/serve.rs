//! The needs of a service around the pixels, as pure functions: which format, which rendition, which name.

pub(crate) mod accept;
pub(crate) mod definition;
pub(crate) mod functions;
mod key;
pub(crate) mod negotiate;
mod parameters;
pub(crate) mod policy;
pub(crate) mod rendition;
pub(crate) mod sign;
