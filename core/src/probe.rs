//! Reads headers, without decoding a file.

use std::time::Duration;

use crate::error::Result;
use crate::formats::{self, Details, Header, Opened};
use crate::ops::colour_space::profile_name;
use crate::picture::exif::{self, Exif};
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::motion::Motion;
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::options::Open;
use crate::recipe::source::{Reads, Source};

/// Frames of a film that is too long to be decoded may still be told, up to as many: their list takes 10 MB at most.
const FRAMES: u32 = 100_000;

/// The facts that the header of an input tells.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Probe {
    /// The format, told by the first bytes and never by the name.
    pub format: Format,
    /// Pixels in a row, as stored: before the orientation.
    pub width: u32,
    /// Rows, as stored: before the orientation.
    pub height: u32,
    /// The EXIF orientation, 1 to 8; 1 where there is none. XMP's where EXIF says none.
    pub orientation: u16,
    /// The layout of its pixels as they are read, or inks as they are stored.
    pub layout: Layout,
    /// Whether pixels can be clear.
    pub has_alpha: bool,
    /// Bits of a stored sample, 1 to 16; with a palette those of an index.
    pub bits: u8,
    /// Pages or frames, 1 or more.
    pub pages: u32,
    /// Tells whether it moves: it has several frames.
    pub animated: bool,
    /// How long its frames are shown, all together; no time at all of a still picture.
    pub duration: Duration,
    /// How often its frames are played, 0 for ever; `None` of a still picture.
    pub r#loop: Option<u32>,
    /// Dots an inch across, to the nearest whole one: the format's own (JFIF, pHYs), else EXIF's.
    pub density: Option<u32>,
    /// The name of its colour profile, as far as it is plain ASCII and 40 characters at the most. `sRGB`, `cICP`,
    /// `Display P3`, `gAMA and cHRM` of a PNG that tells its colours by these; `None` of a profile that cannot be read.
    pub profile: Option<String>,
    /// Tells whether it shows coarsely before it is read whole: a progressive JPEG, an interlaced PNG or GIF.
    pub progressive: bool,
    /// How much finer luma is stored than chroma, `4:2:0` for example; `None` where there is no chroma, or no name for
    /// it.
    pub subsampling: Option<&'static str>,
    /// The EXIF fields, of [`probe_exif`] alone and where the file has EXIF data.
    pub exif: Option<Exif>,
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
    read(&source.into(), &Open::default(), limits, false)
}

/// Reads the header of an input like [`probe_with`], and the EXIF fields that people sort pictures by.
///
/// ```
/// use makeready::{Limits, probe_exif};
///
/// let probe = probe_exif("../tests/images/photo.jpg", &Limits::default())?;
/// assert_eq!(probe.exif, None);
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// The same as [`probe`].
pub fn probe_exif(source: impl Into<Source>, limits: &Limits) -> Result<Probe> {
    read(&source.into(), &Open::default(), limits, true)
}

/// Reads the header of an input like [`probe_exif`], as it is opened: its formats, its page, its density.
///
/// ```
/// use makeready::{Format, Limits, Open, probe_as};
///
/// let png = Open::new().formats([Format::Png]);
/// let error = probe_as("../tests/images/photo.jpg", &png, &Limits::default()).unwrap_err();
/// assert_eq!(error.to_string(), "input 0 (../tests/images/photo.jpg): a file of jpeg: expected png");
/// ```
///
/// # Errors
/// The same as [`probe`], `unsupported` also for a format that is not among those of `open`.
pub fn probe_as(source: impl Into<Source>, open: &Open, limits: &Limits) -> Result<Probe> {
    read(&source.into(), open, limits, true)
}

fn read(source: &Source, open: &Open, limits: &Limits, with_exif: bool) -> Result<Probe> {
    let opened = Reads::default()
        .read(source, limits, &Watch::default())
        .and_then(|source| formats::open(&source, open, limits));
    let opened = opened.and_then(|opened| match open.page {
        0 => Ok(opened),
        _ => formats::page(&opened, open, limits),
    });
    let told = opened.and_then(|opened| told(&*opened, limits, with_exif));
    told.map_err(|error| error.at_input(0, source.name()))
}

fn told(opened: &dyn Opened, limits: &Limits, with_exif: bool) -> Result<Probe> {
    let lengths = Limits { max_frames: limits.max_frames.max(FRAMES), ..*limits };
    let film = opened.film(&lengths)?;
    let motion = film.as_ref().map(|film| film.motion());
    let Header { format, size, orientation, pages, .. } = *opened.header();
    let Details { bits, density, progressive, subsampling, .. } = opened.details();
    let (exif, layout) = (opened.exif(limits)?, opened.profiled_layout());
    let most = limits.max_exif_bytes;
    Ok(Probe {
        format,
        width: size.width,
        height: size.height,
        orientation: orientation.to_exif(),
        layout,
        has_alpha: layout.has_alpha(),
        bits,
        pages,
        animated: motion.is_some(),
        duration: Duration::from_millis(motion.map_or(0, Motion::duration)),
        r#loop: motion.map(|motion| motion.plays),
        density: density.or_else(|| exif::density(exif.as_deref()?, most)),
        profile: profile(opened, limits)?,
        progressive,
        subsampling,
        exif: exif.filter(|_| with_exif).map(|exif| Exif::read(&exif, most)),
    })
}

/// The name of the profile; none where it is damaged.
fn profile(opened: &dyn Opened, limits: &Limits) -> Result<Option<String>> {
    match opened.profile(limits).and_then(|profile| profile_name(&profile)) {
        Ok(None) if opened.details().says_srgb => Ok(Some("sRGB".to_owned())),
        Err(error) if error.is_damage() => Ok(None),
        named => named,
    }
}
