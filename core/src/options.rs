//! Plain option structs, one an operation. They record; a plan validates them, once.

pub(crate) mod encode;
mod resize;
mod stitch;

pub use encode::{Encode, Jpeg, Png, WebP};
pub use resize::{Kernel, Resize};
pub use stitch::{Arrangement, Stitch};

use crate::error::{Error, Result};

/// How an input is opened.
///
/// ```
/// use makeready::{Image, Layout, Open, Pipeline, Size};
///
/// let image = Image::new(Size::new(1, 2), Layout::Gray, vec![1, 2])?;
/// let as_stored = Pipeline::open_with(image, Open::default().auto_orient(false));
/// assert_eq!(as_stored.pixels()?.size(), Size::new(1, 2));
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Open {
    /// Which page or frame, counted from 0. Default 0; this build has the first one only.
    pub page: u32,
    /// Whether the EXIF orientation is applied. Default true.
    pub auto_orient: bool,
    /// What to do with a file that is truncated or corrupt. Default [`OnError::Fail`].
    pub on_error: OnError,
}

/// What to do with a file that is truncated or corrupt after its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnError {
    /// Give the error.
    #[default]
    Fail,
    /// Give the rows that can be had; the rest is black, or clear where the picture has alpha.
    Recover,
}

impl Default for Open {
    fn default() -> Self {
        Self { page: 0, auto_orient: true, on_error: OnError::Fail }
    }
}

impl Open {
    /// Sets [`page`](Self::page).
    #[must_use]
    pub fn page(mut self, page: u32) -> Self {
        self.page = page;
        self
    }

    /// Sets [`auto_orient`](Self::auto_orient).
    #[must_use]
    pub fn auto_orient(mut self, yes: bool) -> Self {
        self.auto_orient = yes;
        self
    }

    /// Sets [`on_error`](Self::on_error).
    #[must_use]
    pub fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }
}

/// How much of a shrink the decoders may take over, where they can decode at 1/2, 1/4 or 1/8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Shrink {
    /// Decode in full.
    Off,
    /// Leave a factor of at least 2 to the resampler: as good as a full decode to the eye.
    #[default]
    Balanced,
    /// Leave a factor of at least 1 to the resampler: fastest, a little softer.
    Fast,
}

impl Shrink {
    /// The least factor that is left to the resampler, `None` for no scaled decode at all.
    pub(crate) const fn residual(self) -> Option<u32> {
        match self {
            Self::Off => None,
            Self::Balanced => Some(2),
            Self::Fast => Some(1),
        }
    }
}

/// Widths of the four edges that [`Pipeline::extend`](crate::Pipeline::extend) adds, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Edges {
    /// Rows added above.
    pub top: u32,
    /// Columns added on the right.
    pub right: u32,
    /// Rows added below.
    pub bottom: u32,
    /// Columns added on the left.
    pub left: u32,
}

impl Edges {
    /// The same width on every side.
    #[must_use]
    pub const fn all(width: u32) -> Self {
        Self { top: width, right: width, bottom: width, left: width }
    }
}

/// An `invalid_option` error unless `value` lies in `range`.
pub(crate) fn in_range<T>(name: &str, value: T, range: std::ops::RangeInclusive<T>) -> Result<()>
where
    T: PartialOrd + std::fmt::Display,
{
    if range.contains(&value) {
        return Ok(());
    }
    let (low, high) = range.into_inner();
    Err(Error::invalid_option(format!("{name} is {low} to {high}, found {value}")))
}
