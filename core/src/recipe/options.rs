//! Plain option structs, one an operation. They record; a plan validates them, once.

pub(crate) mod encode;
mod resize;
mod stitch;

pub use encode::{Encode, Jpeg, Png, WebP};
pub use resize::{Kernel, Resize};
pub use stitch::{Arrangement, Stitch};

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::picture::checks::named;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
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

impl OnError {
    const ALL: [Self; 2] = [Self::Fail, Self::Recover];

    /// Its name, `"fail"` for instance.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Recover => "recover",
        }
    }
}

impl FromStr for OnError {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        named("on_error", &Self::ALL, |on_error| on_error.name(), word)
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

impl FromStr for Shrink {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        named("shrink", &Self::ALL, |shrink| shrink.name(), word)
    }
}

impl Shrink {
    const ALL: [Self; 3] = [Self::Off, Self::Balanced, Self::Fast];

    /// Its name, `"balanced"` for instance.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Balanced => "balanced",
            Self::Fast => "fast",
        }
    }

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

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;
    use crate::{Fit, Position, Subsampling};

    /// Every word gives the value of that name, any other an error that lists the words.
    fn words<T: FromStr<Err = Error> + Debug>(words: &str, name: impl Fn(&T) -> &'static str) {
        for word in words.split(", ") {
            assert_eq!(name(&word.parse().expect("a word of the list")), word);
        }
        let error = "Sideways".parse::<T>().expect_err("no such word");
        assert_eq!(error.code(), "invalid_option");
        assert!(error.to_string().contains(words), "{error}");
    }

    #[test]
    fn words_name_values() {
        words("fail, recover", |on_error: &OnError| on_error.name());
        words("off, balanced, fast", |shrink: &Shrink| shrink.name());
        words("cover, contain, fill, inside, outside", |fit: &Fit| fit.name());
        words(
            "centre, north, north_east, east, south_east, south, south_west, west, north_west",
            |position: &Position| position.name(),
        );
        words("nearest, linear, cubic, mitchell, lanczos2, lanczos3", |k: &Kernel| k.name());
        words("4:4:4, 4:2:2, 4:2:0", |subsampling: &Subsampling| subsampling.name());
        words("jpeg, png, webp", |encode: &Encode| encode.format().name());
    }

    #[test]
    fn a_format_that_is_not_written_is_unsupported() {
        let error = "avif".parse::<Encode>().expect_err("not written");
        assert_eq!(error.code(), "unsupported");
    }
}
