//! To write a format: a writer, a running encode.

use makeready_kernels::Level;

use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::image::band::Band;
use crate::picture::image::{Layout, Subsampling};
use crate::recipe::job::Watch;

/// A format that can be written, with its options.
pub(crate) trait Writer {
    /// The longest side that the format can say.
    fn max_side(&self) -> u32;

    /// The layout that it takes for a picture of a layout.
    fn layout(&self, layout: Layout) -> Layout;

    /// Tells whether it takes planes of this subsampling as they are.
    fn takes_planes(&self, _: Subsampling) -> bool {
        false
    }

    /// Bounds what an encode holds that is given `picture`.
    fn memory(&self, picture: &EncodeInput) -> EncodeMemory;

    /// Begins an encode, with the kernels of `level` where they are the library's own.
    fn begin(&self, picture: &EncodeInput, level: Level) -> Result<Encoding>;
}

/// The picture that an encoder is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EncodeInput {
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    /// Pieces of work that it may run at a time in the current rayon pool; 1 means on the calling thread alone.
    pub(crate) threads: usize,
    /// Rows of a band.
    pub(crate) band_rows: u32,
}

/// A running encode.
pub(crate) trait Encoder: Send {
    /// Takes the next rows, in order.
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()>;
    /// The file.
    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>>;
}

/// An encode that begins when it has the whole canvas.
pub(crate) trait WholeEncoder: Send {
    /// The file.
    fn encode(self: Box<Self>, canvas: Band, watch: &Watch) -> Result<Vec<u8>>;
}

/// An encode that has begun, by what it takes.
pub(crate) enum Encoding {
    /// Rows as they come.
    Bands(Box<dyn Encoder>),
    /// The whole canvas at once.
    Whole(Box<dyn WholeEncoder>),
}

/// Upper bounds of the bytes that an encode holds besides the bands it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EncodeMemory {
    /// While it takes rows.
    pub(crate) writing: u64,
    /// When it has all rows, its output included; at least as much as while it takes them.
    pub(crate) finishing: u64,
}

impl EncodeMemory {
    /// The same from beginning to end.
    pub(crate) fn always(bytes: u64) -> Self {
        Self { writing: bytes, finishing: bytes }
    }
}
