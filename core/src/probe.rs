//! Reads headers, without decoding a file.

use std::time::Duration;

use crate::error::Result;
use crate::formats::{self, Header};
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::motion::Motion;
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::{Reads, Source};

/// Frames of a film that is too long to be decoded may still be told, up to as many: their list takes 10 MB at most.
const FRAMES: u32 = 100_000;

/// The facts that the header of an input tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// The format, told by the first bytes and never by the name.
    pub format: Format,
    /// Pixels in a row, as stored: before the orientation.
    pub width: u32,
    /// Rows, as stored: before the orientation.
    pub height: u32,
    /// The EXIF orientation, 1 to 8; 1 where there is none.
    pub orientation: u16,
    /// Whether pixels can be clear.
    pub has_alpha: bool,
    /// Pages or frames, 1 or more.
    pub pages: u32,
    /// Tells whether it moves: it has several frames.
    pub animated: bool,
    /// How long its frames are shown, all together; no time at all of a still picture.
    pub duration: Duration,
    /// How often its frames are played, 0 for ever; `None` of a still picture.
    pub r#loop: Option<u32>,
}

impl Probe {
    /// Width and height as stored.
    ///
    /// ```
    /// use makeready::{Size, probe};
    ///
    /// let turned = probe("../tests/images/orient-6.jpg")?;
    /// assert_eq!((turned.size(), turned.orientation), (Size::new(48, 64), 6));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}

/// Reads the header of an input, within the default [`Limits`].
///
/// ```
/// use makeready::{Image, Layout, Png, Pipeline, Size, probe};
///
/// let image = Image::new(Size::new(3, 2), Layout::Rgba, vec![0; 24])?;
/// let file = Pipeline::open(image).encode(Png::default()).run()?.data;
/// let probe = probe(file)?;
/// assert_eq!((probe.width, probe.height, probe.has_alpha), (3, 2, true));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// `unsupported` for a format that this build does not read; `malformed`, `truncated`,
/// `limit_exceeded`, `io`.
pub fn probe(source: impl Into<Source>) -> Result<Probe> {
    probe_with(source, &Limits::default())
}

/// Reads the header of an input like [`probe`], within limits of your own. The ones on inputs and
/// metadata count.
///
/// ```
/// use makeready::{Image, Layout, Limits, Size, probe_with};
///
/// let image = Image::new(Size::new(3, 2), Layout::Rgb, vec![0; 18])?;
/// let limits = Limits { max_input_side: 2, ..Limits::default() };
/// assert_eq!(probe_with(image, &limits).unwrap_err().limit(), Some("max_input_side"));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// The same as [`probe`].
pub fn probe_with(source: impl Into<Source>, limits: &Limits) -> Result<Probe> {
    let source = source.into();
    let opened = Reads::default()
        .read(&source, limits, &Watch::default())
        .and_then(|source| formats::open(&source, limits, false));
    let lengths = Limits { max_frames: limits.max_frames.max(FRAMES), ..*limits };
    let opened = opened.and_then(|opened| Ok((opened.film(&lengths)?, opened)));
    let (film, opened) = opened.map_err(|error| error.at_input(0, source.name()))?;
    let motion = film.as_ref().map(|film| film.motion());
    let Header { format, size, layout, orientation, pages, .. } = *opened.header();
    Ok(Probe {
        format,
        width: size.width,
        height: size.height,
        orientation: orientation.to_exif(),
        has_alpha: layout.has_alpha(),
        pages,
        animated: motion.is_some(),
        duration: Duration::from_millis(motion.map_or(0, Motion::duration)),
        r#loop: motion.map(|motion| motion.plays),
    })
}
