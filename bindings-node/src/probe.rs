//! Reads headers.

use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use crate::error::{Given, guard};
use crate::options;
use crate::reader::only;
use crate::source::Source;

/// The facts in the header of an input.
#[napi(object, object_from_js = false)]
pub struct Probe {
    /// Told by the first bytes.
    pub format: &'static str,
    /// Pixels in a row, as stored.
    pub width: u32,
    /// Rows, as stored.
    pub height: u32,
    /// The EXIF orientation, 1 to 8.
    pub orientation: u16,
    /// Whether pixels can be clear.
    pub has_alpha: bool,
    /// Pages or frames.
    pub pages: u32,
    /// Tells whether it moves.
    pub animated: bool,
    /// Milliseconds that its frames are shown, all together.
    pub duration: f64,
    /// How often its frames are played, 0 for ever.
    #[napi(js_name = "loop")]
    pub plays: Option<u32>,
}

/// Reads the header of an input.
#[napi]
pub fn probe(source: &Source, options: Option<Unknown<'_>>) -> Given<Probe> {
    guard(|| {
        let limits = options::limits(only("probe", "limits", options)?)?;
        let probe = makeready::probe_with(source.slot().source()?, &limits)?;
        Ok(Probe {
            format: probe.format.name(),
            width: probe.width,
            height: probe.height,
            orientation: probe.orientation,
            has_alpha: probe.has_alpha,
            pages: probe.pages,
            animated: probe.animated,
            duration: probe.duration.as_secs_f64() * 1e3,
            plays: probe.r#loop,
        })
    })
}
