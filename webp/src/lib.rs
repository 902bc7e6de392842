#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), forbid(unsafe_code))] // tests call libwebp

mod analysis;
mod bool_writer;
mod bounds;
mod colour;
mod edges;
mod encoder;
mod error;
mod file;
mod frame;
mod group;
mod macroblock;
mod mode_costs;
mod probabilities;
mod quantiser;
mod reserve;
mod row;
mod settings;
mod tables;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
mod tokens;

pub use colour::{Planes, planes_from_rgb};
pub use encoder::{Encoder, Plane, Spread, Stop};
pub use error::Error;
pub use file::{encode_rgb, simple_file};
pub use makeready_kernels::Level;
pub use settings::Settings;
