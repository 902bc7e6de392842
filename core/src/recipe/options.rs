//! Plain option structs, one an operation, each made of a table in which every option is said once. They record; a plan
//! validates them, once.

mod affine;
pub(crate) mod calls;
pub(crate) mod encode;
mod filters;
mod input_formats;
pub(crate) mod kind;
mod look;
mod matrix;
pub(crate) mod metadata;
mod modulate;
mod negotiate;
mod overlay;
mod real;
mod resize;
mod rotate;
mod stitch;
mod strength;
pub(crate) mod table;

pub use affine::Affine;
pub use encode::*;
pub use filters::{Clahe, Convolve, Sharpen};
pub use input_formats::InputFormats;
pub(crate) use look::Levels;
pub use look::{Normalize, Trim};
pub(crate) use matrix::Matrix;
pub(crate) use metadata::{Density, Keep};
pub use modulate::{Channel, Modulate};
pub use negotiate::{Facts, Negotiate};
pub use overlay::{Blend, Overlay};
pub use real::Numbers;
pub use real::Point;
pub(crate) use real::Real;
pub use resize::{Kernel, Resize};
pub(crate) use rotate::Rotate;
pub use stitch::{Arrangement, Stitch};
pub use strength::Strength;

use crate::picture::format::Format;
use crate::picture::image::Colour;
use crate::picture::words::words;
use table::options;

options! {
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
        /// Which page or frame, counted from 0.
        page (with_page, page): u32 = 0;
        /// Opens a picture that moves with all its frames; else it is the one frame that `page` says. Every
        /// operation is done to each frame.
        animated (with_animated, animated): bool = false;
        /// Whether the EXIF orientation is applied.
        auto_orient (with_auto_orient, auto_orient): bool = true;
        /// Whether a file that is truncated or corrupt after its header is an error, or gives the rows that can be had.
        on_error (with_on_error, on_error): OnError = OnError::Fail;
        /// Takes a colour profile that cannot be used for sRGB, with a warning, or gives a `malformed` error.
        on_profile_error (with_on_profile_error, on_profile_error): OnProfileError = OnProfileError::Ignore;
        /// Dots an inch at which an SVG or a PDF has its size; pictures of pixels have theirs at any.
        density (with_density, density): u32 = 72, 1..=2400;
        /// The formats that a file may have; any other is an `unsupported` error. By default all that this build reads but
        /// svg and pdf, which are opened only where they are named.
        formats (with_formats): Option<InputFormats> = None;
    }
}

impl Open {
    /// Sets [`formats`](Self#structfield.formats).
    ///
    /// ```
    /// use makeready::{Format, Open, Pipeline};
    ///
    /// let photo = |format| Pipeline::open_with("../tests/images/photo.jpg", Open::new().formats([format]));
    /// assert_eq!(photo(Format::Jpeg).plan()?.width, 480);
    /// assert_eq!(photo(Format::Png).plan().unwrap_err().code(), "unsupported");
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn formats(self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.with_formats(Some(formats.into_iter().collect()))
    }
}

words! {
    /// The answer to a colour profile that is damaged, of other samples than its picture's, or too long.
    pub enum OnProfileError as "on_profile_error" {
        /// Take the samples as sRGB, and say so in the warnings of the output.
        #[default]
        Ignore = "ignore",
        /// Give the error.
        Fail = "fail",
    }
}

words! {
    /// The colour space of an output.
    pub enum ColourSpace as "colour" {
        /// sRGB. Files have no profile, as without one every program takes them so.
        #[default]
        Srgb = "srgb",
        /// Display P3. Files have its profile.
        DisplayP3 = "display-p3",
        /// The space that all inputs share, whose profile files have.
        Keep = "keep",
    }
}

options! {
    /// The colours of an output.
    struct OutputColour {
        /// sRGB by default; display-p3, whose profile a file then has; keep for the space that all inputs share, with its
        /// profile.
        space: ColourSpace;
    }
}

words! {
    /// What to do with a file that is truncated or corrupt after its header.
    pub enum OnError as "on_error" {
        /// Give the error.
        #[default]
        Fail = "fail",
        /// Give the rows that can be had; the rest is black, or clear where the picture has alpha.
        Recover = "recover",
    }
}

words! {
    /// How much of a shrink the decoders may take over, where they can decode at 1/2, 1/4 or 1/8.
    pub enum Shrink as "shrink" {
        /// Decode in full.
        Off = "off",
        /// Leave a factor of at least 2 to the resampler: as good as a full decode to the eye.
        #[default]
        Balanced = "balanced",
        /// Leave a factor of at least 1 to the resampler: fastest, a little softer.
        Fast = "fast",
    }
}

words! {
    /// A hint to the queue of jobs.
    pub enum Priority as "priority" {
        /// As a job that takes four times its predicted time.
        Low = "low",
        /// By its predicted time alone: the shorter the sooner.
        #[default]
        Normal = "normal",
        /// As a job that takes a quarter of its predicted time.
        High = "high",
    }
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

options! {
    /// Widths of the four edges that [`Pipeline::extend`](crate::Pipeline::extend) adds, in pixels.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct Edges {
        /// Rows added above.
        top (with_top): u32 = 0;
        /// Columns added on the right.
        right (with_right): u32 = 0;
        /// Rows added below.
        bottom (with_bottom): u32 = 0;
        /// Columns added on the left.
        left (with_left): u32 = 0;
    }
}

words! {
    /// The picture in the edges that [`Pipeline::extend`](crate::Pipeline::extend) adds.
    pub enum ExtendMode as "mode" {
        /// A colour.
        #[default]
        Background = "background",
        /// The outermost pixels, again and again.
        Copy = "copy",
        /// The picture as in a mirror at each edge, the outermost pixels first.
        Mirror = "mirror",
        /// The picture again and again.
        Repeat = "repeat",
    }
}

/// How edges are filled: made by `into()` of a colour or a mode.
///
/// ```
/// use makeready::{Colour, ExtendMode, Extension};
///
/// assert_ne!(Extension::from(Colour::BLACK), Extension::from(ExtendMode::Copy));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Extension {
    pub(crate) mode: ExtendMode,
    pub(crate) background: Colour,
}

impl From<Colour> for Extension {
    fn from(background: Colour) -> Self {
        Self { mode: ExtendMode::Background, background }
    }
}

impl From<ExtendMode> for Extension {
    fn from(mode: ExtendMode) -> Self {
        Self { mode, background: Colour::BLACK }
    }
}

impl Edges {
    /// The same width on every side.
    ///
    /// ```
    /// use makeready::Edges;
    ///
    /// assert_eq!(Edges::all(5), Edges { top: 5, right: 5, bottom: 5, left: 5 });
    /// ```
    #[must_use]
    pub const fn all(width: u32) -> Self {
        Self { top: width, right: width, bottom: width, left: width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_names() {
        for format in Encode::WRITTEN {
            let encode = format.name().parse::<Encode>().expect("a format that is written");
            assert_eq!(encode, Encode::default_of(format));
        }
        let error = "bmp".parse::<Encode>().expect_err("no such format");
        assert!(error.to_string().contains("jpeg, png, webp"), "{error}");
        let error = "avif".parse::<Encode>().expect_err("not written");
        assert_eq!(error.code(), "unsupported");
    }

    #[test]
    fn a_plan_shows_what_is_not_usual() {
        let shown = |encode: &dyn Fn() -> Encode| encode().to_string();
        let jpeg = Jpeg::quality(90).progressive(true).optimize_coding(false);
        assert_eq!(shown(&|| Jpeg::new().into()), "jpeg quality=80 4:2:0");
        assert_eq!(
            shown(&|| jpeg.into()),
            "jpeg quality=90 4:2:0 progressive optimize_coding=false"
        );
        assert_eq!(shown(&|| WebP::lossless().into()), "webp quality=80 lossless effort=4");
    }
}
