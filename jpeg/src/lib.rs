#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod decode;
mod encode;
mod error;
mod huffman;
mod markers;
mod reserve;
mod samples;
mod standard;
mod zigzag;

pub use decode::Decoder;
pub use decode::header::frame::Component;
pub use decode::header::metadata::ColourModel;
pub use decode::header::{Header, read_header};
pub use decode::request::{Region, Request, Scale};
pub use encode::Encoder;
pub use encode::settings::{EncoderSettings, Subsampling};
pub use error::Error;
pub use makeready_kernels::Level;
pub use samples::{Format, Plane, PlaneMut};
