//! Raw pixels, in and out.

use makeready::{Image, Layout, Size};
use napi::Env;
use napi::bindgen_prelude::{Uint8ArraySlice, Unknown};
use napi_derive::napi;

use crate::error::Fault;
use crate::output::SMALL;
use crate::reader::{object, whole};

/// The size and layout that JavaScript says samples have.
pub(crate) fn shape(shape: Unknown<'_>) -> Result<(Size, Layout), Fault> {
    let shape = object("pixels", shape)?;
    let side = |name| whole("pixels", &shape, name);
    let size = Size::new(side("width")?, side("height")?);
    Ok((size, Layout::from_channels(side("channels")?)?))
}

/// The result of `pixels`.
#[napi(object, object_from_js = false)]
pub struct Pixels<'env> {
    /// Samples.
    pub data: Uint8ArraySlice<'env>,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Samples a pixel.
    pub channels: u32,
    /// The meaning of the samples, `rgb` for instance.
    pub layout: String,
}

impl<'env> Pixels<'env> {
    /// The result of a job; as with outputs, only large ones are handed over without a copy.
    pub(crate) fn of_job(env: &Env, image: Image) -> Result<Self, Fault> {
        if image.data().len() <= SMALL {
            return Self::copied(env, &image);
        }
        let (size, layout) = (image.size(), image.layout());
        Ok(Self::new(Uint8ArraySlice::from_data(env, image.into_data())?, size, layout))
    }

    /// The result of a call that JavaScript waited for; as with outputs.
    pub(crate) fn copied(env: &Env, image: &Image) -> Result<Self, Fault> {
        let data = Uint8ArraySlice::copy_from(env, image.data())?;
        Ok(Self::new(data, image.size(), image.layout()))
    }

    fn new(data: Uint8ArraySlice<'env>, size: Size, layout: Layout) -> Self {
        Self {
            data,
            width: size.width,
            height: size.height,
            channels: layout.channels(),
            layout: layout.to_string(),
        }
    }
}
