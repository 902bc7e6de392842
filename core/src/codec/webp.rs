//! WebP, through libwebp.

mod busy;
mod container;
mod decoder;
mod encoder;
mod ffi;

pub(super) use decoder::{decode_memory, open};
pub(super) use encoder::{MAX_SIDE, encode_memory, encoder};

use super::{Caps, Format, Header};
use crate::error::Result;
use crate::limits::Limits;
use container::Container;

/// libwebp rescales as it decodes, with a box filter; a region it gives as a crop of the whole.
const STILL: Caps = Caps { scales: &[1, 2, 4, 8], region: true, bands: false };

/// Reads the chunks around the pixels, and the first bytes of those.
pub(super) fn header(data: &[u8], limits: &Limits) -> Result<Header> {
    let file = Container::read(data, limits)?;
    Ok(Header {
        format: Format::WebP,
        size: file.size,
        layout: file.layout(),
        planar: None,
        orientation: file.orientation,
        pages: file.frames.max(1),
        caps: if file.frames > 0 { Caps::WHOLE } else { STILL },
    })
}
