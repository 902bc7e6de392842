//! The forecast of a run.

use std::time::Duration;

use crate::picture::format::Format;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;

/// The forecast of a run from headers alone: its output, its memory, its decodes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Planned {
    /// Width of the output in pixels.
    pub width: u32,
    /// Height of the output in pixels.
    pub height: u32,
    /// Format of the output.
    pub format: Format,
    /// Frames of the output: 1, or more where it moves.
    pub frames: u32,
    /// How long its frames are shown, all together; no time at all of a still picture.
    pub duration: Duration,
    /// Channels of the output. WebP leaves out alpha that is opaque everywhere.
    pub layout: Layout,
    /// The most bytes that a run of this plan holds at a time, its output included. Input bytes
    /// that the caller owns are not counted. In a pass of several pipelines it is the bound of the
    /// whole pass.
    pub peak_memory: u64,
    /// About how many microseconds of one core a run takes, told from headers alone: a measure to
    /// compare jobs by, as cores differ. In a pass of several pipelines it is that of the whole
    /// pass.
    pub cost: u64,
    /// Pictures that a run looks at first, for steps whose effect depends on what they show: `trim`, `normalize`, covers by
    /// attention or entropy. Where there are any, size, memory, cost and decodes are those of a picture that nothing is
    /// trimmed off and that is cut in the middle; a run may have others.
    pub looks: usize,
    /// The decodes of the inputs, in the order of the plan. In a pass of several pipelines it lists
    /// the decodes of the whole pass.
    pub decodes: Vec<PlannedDecode>,
}

/// The part of an input that is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedDecode {
    /// The input, counted from 0 in the order given.
    pub input: usize,
    /// The input is decoded at `1/scale`.
    pub scale: u32,
    /// The part that is decoded, in pixels of the scaled picture.
    pub region: Rect,
}

impl Planned {
    /// Width and height of the output.
    ///
    /// ```
    /// use makeready::{Pipeline, Resize, Size};
    ///
    /// let plan = Pipeline::open("../tests/images/photo.jpg").resize(Resize::width(40)).plan()?;
    /// assert_eq!(plan.size(), Size::new(40, 30));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}
