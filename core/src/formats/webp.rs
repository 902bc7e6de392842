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
use crate::recipe::limits::Limits;
use container::Container;

/// libwebp rescales as it decodes, with a box filter; a region it gives as a crop of the whole.
const STILL: Caps = Caps { scales: &[1, 2, 4, 8], region: true, bands: false };

/// A lossless picture may hold transparent pixels and yet say that it has no alpha: what libwebp leaves out as
/// it decodes, it multiplies colours with when it rescales.
const OPAQUE_LOSSLESS: Caps = Caps { scales: &[1], ..STILL };

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
        caps: match file.lossless && !file.layout().has_alpha() {
            _ if file.frames > 0 => Caps::WHOLE,
            true => OPAQUE_LOSSLESS,
            false => STILL,
        },
    })
}

#[cfg(test)]
mod tests {
    use crate::{Image, Layout, Pipeline, Resize, Shrink, Size, WebP};

    /// As a shrink in the decoder would multiply with an alpha that is not to be seen.
    #[test]
    fn alpha_that_a_lossless_file_denies_does_not_show() {
        let pixels: Vec<u8> = [90, 120, 150, 4].repeat(16 * 16);
        let image = Image::new(Size::new(16, 16), Layout::Rgba, pixels).expect("an image");
        let encoded = Pipeline::open(image).encode(WebP::lossless()).run().expect("a file");
        let mut file = encoded.data;
        // Behind RIFF, WEBP, VP8L, a size each, a signature and two sides of 14 bits.
        assert_eq!((&file[12..16], file[20], file[24]), (&b"VP8L"[..], 0x2f, 0x10));
        file[24] = 0;
        for shrink in [Shrink::Off, Shrink::Fast] {
            let small = Pipeline::open(file.clone()).resize(Resize::width(4)).shrink(shrink);
            let small = small.pixels().expect("pixels");
            assert_eq!(small.data(), [90, 120, 150].repeat(16), "{shrink:?}");
        }
    }
}
