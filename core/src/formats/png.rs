//! PNG, through the `png` crate.
//!
//! Every colour type and depth is read as 8 bits a sample: palettes and fewer bits are expanded, of 16
//! bits the high byte is kept, as libvips does. Grey stays grey.

mod check;
mod chunk;
mod decoder;
mod encoder;

pub(super) use decoder::{decode_memory, open};
pub(super) use encoder::{MAX_SIDE, encode_memory, encoder};

use super::{Caps, Format, Header};
use crate::error::Result;
use crate::recipe::limits::Limits;
use check::Front;

/// Reads the chunks before the pixels.
pub(super) fn header(data: &[u8], limits: &Limits, recover: bool) -> Result<Header> {
    let front = Front::read(data, limits, recover)?;
    Ok(Header {
        format: Format::Png,
        size: front.size,
        layout: front.layout(),
        planar: None,
        orientation: front.orientation,
        // The frames of an APNG are not pages: its first is what every reader of PNG shows.
        pages: 1,
        caps: if front.interlaced { Caps::WHOLE } else { Caps::BANDS },
    })
}
