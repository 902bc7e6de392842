//! A decoder and an encoder of JPEG.

#![forbid(unsafe_code)]

mod decode;
mod encode;
mod error;
mod huffman;
mod markers;
mod reserve;
mod standard;
mod zigzag;

pub use decode::header::{ColourModel, Component, Header, read_header};
pub use decode::request::{Format, Region, Request, Scale};
pub use decode::{Decoder, PlaneMut};
pub use encode::{Encoder, Input, Plane, Settings, Subsampling};
pub use error::Error;
pub use makeready_kernels::Level;
