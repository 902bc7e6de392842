//! A decoder and an encoder of JPEG.

#![forbid(unsafe_code)]

mod decode;
mod encode;
mod error;
mod markers;
mod standard;

pub use decode::header::{ColourModel, Component, Header, read_header};
pub use decode::request::{Format, Region, Request, Scale};
pub use decode::{Decoder, PlaneMut};
pub use encode::{EncodeError, Encoder, Input, Plane, Settings, Subsampling};
pub use error::JpegError;
pub use makeready_kernels::Level;
