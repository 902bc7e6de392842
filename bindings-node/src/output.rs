//! What a run gives.

use std::time::Duration;

use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// An encoded picture.
#[napi(object, object_from_js = false)]
pub struct Output {
    /// The file, handed over without a copy.
    pub data: Buffer,
    /// Its format.
    pub format: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The value for a `Vary` header.
    pub vary: Option<&'static str>,
    /// Where the time went.
    pub timings: Timings,
}

/// Milliseconds.
#[napi(object, object_from_js = false)]
pub struct Timings {
    /// Reading headers, planning.
    pub plan: f64,
    /// Decoding.
    pub decode: f64,
    /// Stitching, cropping, turning, converting.
    pub compose: f64,
    /// Resampling.
    pub resample: f64,
    /// Encoding.
    pub encode: f64,
    /// The whole pass.
    pub total: f64,
}

impl From<makeready::Output> for Output {
    fn from(output: makeready::Output) -> Self {
        Self {
            data: output.data.into(),
            format: output.format.name(),
            content_type: output.content_type,
            width: output.width,
            height: output.height,
            vary: output.vary,
            timings: output.timings.into(),
        }
    }
}

impl From<makeready::Timings> for Timings {
    fn from(timings: makeready::Timings) -> Self {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        Self {
            plan: ms(timings.plan),
            decode: ms(timings.decode),
            compose: ms(timings.compose),
            resample: ms(timings.resample),
            encode: ms(timings.encode),
            total: ms(timings.total),
        }
    }
}
