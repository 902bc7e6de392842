//! Raw pixels, in and out.

use makeready::{Image, Layout, Size};
use napi::bindgen_prelude::{Uint8Array, Unknown};
use napi_derive::napi;

use crate::error::Fault;
use crate::reader::Reader;

/// Samples with the shape that JavaScript says they have.
pub(crate) fn read(samples: Vec<u8>, shape: Unknown<'_>) -> Result<Image, Fault> {
    let mut shape = Reader::new("pixels", Some(shape))?;
    let size = Size::new(shape.needed("width")?, shape.needed("height")?);
    let layout = Layout::from_channels(shape.needed("channels")?)?;
    Ok(Image::new(size, layout, samples)?)
}

/// What `pixels` gives.
#[napi(object, object_from_js = false)]
pub struct Pixels {
    /// Samples, handed over without a copy.
    pub data: Uint8Array,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Samples a pixel.
    pub channels: u32,
    /// What the samples mean, `rgb` for instance.
    pub layout: String,
}

impl From<Image> for Pixels {
    fn from(image: Image) -> Self {
        let (size, layout) = (image.size(), image.layout());
        Self {
            width: size.width,
            height: size.height,
            channels: layout.channels(),
            layout: layout.to_string(),
            data: image.into_data().into(),
        }
    }
}
