//! The output of a run.

use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::BufferSlice;
use napi_derive::napi;

use crate::error::Fault;

/// Bytes that are copied rather than handed over, which takes 100 microseconds at most.
///
/// Bytes that are handed over are freed when the garbage collector comes, many jobs later. Until then they lie among the
/// memory of the threads that run jobs, and keep their allocator from using that in one piece.
pub(crate) const SMALL: usize = 1 << 18;

/// An encoded picture.
#[napi(object, object_from_js = false)]
pub struct Output<'env> {
    /// The file.
    pub data: BufferSlice<'env>,
    /// Its format.
    pub format: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames.
    pub frames: u32,
    /// The channels, `rgb` for instance.
    pub layout: String,
    /// The losses of inputs that were recovered.
    pub warnings: Vec<String>,
    /// The value for a `Vary` header.
    pub vary: Option<String>,
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

impl<'env> Output<'env> {
    /// The result of a job: a large file handed over without a copy, a small one copied.
    pub(crate) fn of_job(env: &Env, mut output: makeready::Output) -> Result<Self, Fault> {
        if output.data.len() <= SMALL {
            return Self::copied(env, output);
        }
        let data = std::mem::take(&mut output.data);
        Ok(Self::new(BufferSlice::from_data(env, data)?, output))
    }

    /// The result of a call that JavaScript waited for, its bytes copied. Node frees bytes that were handed over
    /// on a later turn of the event loop only, which never comes in a loop of these calls.
    pub(crate) fn copied(env: &Env, output: makeready::Output) -> Result<Self, Fault> {
        Ok(Self::new(BufferSlice::copy_from(env, &output.data)?, output))
    }

    fn new(data: BufferSlice<'env>, output: makeready::Output) -> Self {
        Self {
            data,
            format: output.format.name(),
            content_type: output.content_type,
            width: output.width,
            height: output.height,
            frames: output.frames,
            layout: output.layout.to_string(),
            warnings: output.warnings,
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
