//! JPEG: a decoder and an encoder of our own.
//!
//! A file goes through these modules, one after the other: `headers` reads the markers up to the
//! first scan, `layout` works out what a request needs of it, `scan` walks the entropy-coded data
//! (`bits`, `huffman`, `sequential`, `progressive`), `strip` keeps the samples of one row of MCUs
//! and `rows` makes pixels of them. `decoder` is the front; `input` is its place among the codecs, as
//! `output` is that of `encoder`.

mod bits;
mod coefficients;
mod decoder;
mod encoder;
mod error;
mod headers;
mod huffman;
mod input;
mod layout;
mod markers;
mod output;
mod pairs;
mod progressive;
mod request;
mod rows;
mod scan;
mod scans;
mod segments;
mod sequential;
mod sinks;
mod smoothing;
mod standard;
mod streaming;
mod strip;
mod tables;
#[cfg(test)]
mod tests;

pub(super) use input::{decode_memory, header, open};
pub(super) use output::{MAX_SIDE, encode_memory, encoder};

use decoder::{Decoder, PlaneMut};
use error::JpegError;
use headers::{ColourModel, Header, read_header};
use request::{Format, Region, Request, Scale};
