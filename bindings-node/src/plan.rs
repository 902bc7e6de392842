//! The content of a plan.

use napi_derive::napi;

/// The output and the cost of a run.
#[napi(object, object_from_js = false)]
pub struct Planned {
    /// Width of the output in pixels.
    pub width: u32,
    /// Height of the output in pixels.
    pub height: u32,
    /// Format of the output.
    pub format: &'static str,
    /// Frames of the output.
    pub frames: u32,
    /// Milliseconds that they are shown, all together.
    pub duration: f64,
    /// The channels of the output, `rgb` for instance.
    pub layout: String,
    /// The most bytes a run holds at a time.
    pub peak_memory: f64,
    /// About how many microseconds of one core a run takes: a measure to compare jobs by, as cores
    /// differ.
    pub cost: f64,
    /// Pictures that a run looks at first, for `trim`, `normalize` and covers by attention or entropy. Where there are any,
    /// size, memory, cost and decodes are those of a picture that nothing is trimmed off and that is cut in the middle; a run
    /// may have others.
    pub looks: u32,
    /// The decodes of each input.
    pub decodes: Vec<PlannedDecode>,
}

/// The decode of an input.
#[napi(object, object_from_js = false)]
pub struct PlannedDecode {
    /// The input, counted from 0.
    pub input: u32,
    /// It is decoded at `1/scale`.
    pub scale: u32,
    /// The part that is decoded.
    pub region: Region,
}

/// A rectangle in pixels.
#[napi(object, object_from_js = false)]
pub struct Region {
    /// Columns left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl From<makeready::Planned> for Planned {
    fn from(planned: makeready::Planned) -> Self {
        Self {
            width: planned.width,
            height: planned.height,
            format: planned.format.name(),
            frames: planned.frames,
            duration: planned.duration.as_secs_f64() * 1e3,
            layout: planned.layout.to_string(),
            // Memory is far below 2^53 bytes, and time below 2^53 microseconds.
            peak_memory: planned.peak_memory as f64,
            cost: planned.cost as f64,
            // A recipe has few thousand operations at most.
            looks: u32::try_from(planned.looks).unwrap_or(u32::MAX),
            decodes: planned.decodes.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<makeready::PlannedDecode> for PlannedDecode {
    fn from(decode: makeready::PlannedDecode) -> Self {
        let makeready::Rect { x, y, width, height } = decode.region;
        Self {
            // More inputs than a u32 counts do not fit into memory.
            input: u32::try_from(decode.input).unwrap_or(u32::MAX),
            scale: decode.scale,
            region: Region { x, y, width, height },
        }
    }
}
