//! Reads headers.

use napi::ValueType;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::options;
use crate::reader::{expect, given, of_names};
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
    /// Of its pixels as they are read, or `cmyk`.
    pub layout: String,
    /// Whether pixels can be clear.
    pub has_alpha: bool,
    /// Of a stored sample or an index.
    pub bits: u8,
    /// Pages or frames.
    pub pages: u32,
    /// Tells whether it moves.
    pub animated: bool,
    /// Milliseconds that its frames are shown, all together.
    pub duration: f64,
    /// How often its frames are played, 0 for ever.
    #[napi(js_name = "loop")]
    pub plays: Option<u32>,
    /// Dots an inch across.
    pub density: Option<u32>,
    /// The name of its colour profile.
    pub profile: Option<String>,
    /// Tells whether it shows coarsely before it is read whole.
    pub progressive: bool,
    /// The ratio of luma to chroma.
    pub subsampling: Option<&'static str>,
    /// The EXIF fields, where they were asked for.
    pub exif: Option<Exif>,
}

/// The EXIF fields that people sort pictures by.
#[napi(object, object_from_js = false)]
pub struct Exif {
    /// Local time.
    pub taken: Option<String>,
    /// The maker of the camera.
    pub make: Option<String>,
    /// The model of the camera.
    pub model: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Metres above the sea.
    pub altitude: Option<f64>,
}

impl From<makeready::Exif> for Exif {
    fn from(exif: makeready::Exif) -> Self {
        let makeready::Exif { taken, make, model, latitude, longitude, altitude, .. } = exif;
        Self { taken, make, model, latitude, longitude, altitude }
    }
}

impl From<makeready::Probe> for Probe {
    fn from(probe: makeready::Probe) -> Self {
        Self {
            format: probe.format.name(),
            width: probe.width,
            height: probe.height,
            orientation: probe.orientation,
            layout: probe.layout.to_string(),
            has_alpha: probe.has_alpha,
            bits: probe.bits,
            pages: probe.pages,
            animated: probe.animated,
            duration: probe.duration.as_secs_f64() * 1e3,
            plays: probe.r#loop,
            density: probe.density,
            profile: probe.profile,
            progressive: probe.progressive,
            subsampling: probe.subsampling,
            exif: probe.exif.map(Exif::from),
        }
    }
}

/// Reads the header of an input.
#[napi]
pub fn probe(source: &Source, options: Option<Unknown<'_>>) -> Given<Probe> {
    guard(|| {
        let names = ["exif", "limits", "formats", "page", "density"];
        let [exif, limits, formats, page, density] = of_names("probe", names, options)?;
        let limits = options::limits(limits)?;
        let open = options::open([("formats", formats), ("page", page), ("density", density)])?;
        let with_exif = asked(exif)?;
        let mut probe = makeready::probe_as(source.slot().source()?, &open, &limits)?;
        probe.exif = probe.exif.filter(|_| with_exif);
        Ok(probe.into())
    })
}

fn asked(exif: Option<Unknown<'_>>) -> Result<bool, Fault> {
    match exif {
        Some(exif) if given(&exif)? => expect("probe exif", exif, ValueType::Boolean, "a boolean"),
        _ => Ok(false),
    }
}
