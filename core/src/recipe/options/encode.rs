//! What comes out: the format and its options.

mod gif;
mod png;
mod webp;

use std::num::NonZeroU32;
use std::str::FromStr;

use super::kind::text;
use super::table::{Field, Name, Options, changed_of, fill, options, show};
use crate::error::{Error, Result};
use crate::picture::checks::named;
use crate::picture::format::Format;
use crate::picture::image::{Layout, Subsampling};
use crate::recipe::value::{CallError, Value};

pub use gif::Gif;
pub use png::{Filter, Png};
pub use webp::WebP;

/// The format of an output, with its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encode {
    /// JPEG; alpha is flattened onto black.
    Jpeg(Jpeg),
    /// PNG, lossless or in the colours of a palette, alpha kept.
    Png(Png),
    /// WebP, lossy or lossless, alpha kept.
    WebP(WebP),
    /// GIF, one picture in 256 colours at most; alpha from 128 on is opaque, and less is clear.
    Gif(Gif),
}

impl Encode {
    /// The format.
    ///
    /// ```
    /// use makeready::{Encode, Format, WebP};
    ///
    /// assert_eq!(Encode::from(WebP::quality(80)).format(), Format::WebP);
    /// ```
    #[must_use]
    pub const fn format(self) -> Format {
        match self {
            Self::Jpeg(_) => Format::Jpeg,
            Self::Png(_) => Format::Png,
            Self::WebP(_) => Format::WebP,
            Self::Gif(_) => Format::Gif,
        }
    }

    /// `format` with its default options; PNG for a format that this build does not write.
    ///
    /// ```
    /// use makeready::{Encode, Format, Jpeg, Png};
    ///
    /// assert_eq!(Encode::default_of(Format::Jpeg), Jpeg::new().into());
    /// assert_eq!(Encode::default_of(Format::Raw), Png::new().into());
    /// ```
    #[must_use]
    pub fn default_of(format: Format) -> Self {
        match format {
            Format::Jpeg => Self::Jpeg(Jpeg::default()),
            Format::WebP => Self::WebP(WebP::default()),
            Format::Gif => Self::Gif(Gif::default()),
            _ => Self::Png(Png::default()),
        }
    }

    /// The format of an output that none is named for, whose first input has this one: the same, or for one that is
    /// read only JPEG of opaque pixels and PNG of others. Pixels from memory become PNG.
    pub(crate) fn usual(input: Format, layout: Layout) -> Self {
        if Self::WRITTEN.contains(&input) || input == Format::Raw {
            return Self::default_of(input);
        }
        if layout.has_alpha() { Png::default().into() } else { Jpeg::default().into() }
    }

    /// The formats that are written.
    pub(crate) const WRITTEN: [Format; 4] = [Format::Jpeg, Format::Png, Format::WebP, Format::Gif];

    /// The names of those.
    pub(crate) const WRITTEN_NAMES: [&'static str; 4] =
        [Format::Jpeg.name(), Format::Png.name(), Format::WebP.name(), Format::Gif.name()];

    fn options(&self) -> &dyn Options {
        match self {
            Self::Jpeg(options) => options,
            Self::Png(options) => options,
            Self::WebP(options) => options,
            Self::Gif(options) => options,
        }
    }

    fn options_mut(&mut self) -> &mut dyn Options {
        match self {
            Self::Jpeg(options) => options,
            Self::Png(options) => options,
            Self::WebP(options) => options,
            Self::Gif(options) => options,
        }
    }

    /// The options of its format.
    pub(crate) fn fields(&self) -> Vec<Field> {
        match self {
            Self::Jpeg(_) => Jpeg::fields(),
            Self::Png(_) => Png::fields(),
            Self::WebP(_) => WebP::fields(),
            Self::Gif(_) => Gif::fields(),
        }
    }

    /// The quality of a lossy file.
    pub(crate) const fn quality(self) -> Option<u8> {
        match self {
            Self::Jpeg(jpeg) => Some(jpeg.quality),
            Self::WebP(webp) => Some(webp.quality),
            Self::Png(_) | Self::Gif(_) => None,
        }
    }

    /// The same at another quality, where it has one.
    pub(crate) fn with_quality(self, quality: u8) -> Self {
        match self {
            Self::Jpeg(jpeg) => Self::Jpeg(jpeg.with_quality(quality)),
            Self::WebP(webp) => Self::WebP(webp.with_quality(quality)),
            Self::Png(_) | Self::Gif(_) => self,
        }
    }

    /// How much a sample of a frame may differ from the one before and still be left as it is.
    pub(crate) const fn inter_frame_max_error(self) -> u8 {
        match self {
            Self::Jpeg(_) => 0,
            Self::Png(png) => png.inter_frame_max_error,
            Self::WebP(webp) => webp.inter_frame_max_error,
            Self::Gif(gif) => gif.inter_frame_max_error,
        }
    }

    /// Frames from one that is whole to the next; `None` where it is the first alone.
    pub(crate) const fn key_frame_interval(self) -> Option<NonZeroU32> {
        NonZeroU32::new(match self {
            Self::Jpeg(_) => 0,
            Self::Png(png) => png.key_frame_interval,
            Self::WebP(webp) => webp.key_frame_interval,
            Self::Gif(gif) => gif.key_frame_interval,
        })
    }

    /// Tells whether frames may have the palette of the first one.
    pub(crate) const fn shares_palette(self) -> bool {
        matches!(self, Self::Gif(gif) if gif.inter_palette_max_error > 0)
    }

    /// The most bytes that the file may have, where that is said.
    pub(crate) const fn max_bytes(self) -> Option<u64> {
        match self {
            Self::Jpeg(jpeg) => jpeg.max_bytes,
            Self::WebP(webp) => webp.max_bytes,
            Self::Png(_) | Self::Gif(_) => None,
        }
    }

    /// The same for a file of at most so many bytes, or of any number.
    pub(crate) fn with_max_bytes(self, max: Option<u64>) -> Self {
        match self {
            Self::Jpeg(jpeg) => Self::Jpeg(jpeg.with_max_bytes(max)),
            Self::WebP(webp) => Self::WebP(webp.with_max_bytes(max)),
            Self::Png(_) | Self::Gif(_) => self,
        }
    }

    /// The same for a file that gets `bytes` more afterwards.
    pub(crate) fn leaving(self, bytes: u64) -> Self {
        self.with_max_bytes(self.max_bytes().map(|max| max.saturating_sub(bytes)))
    }

    /// The format without loss, where it can be.
    pub(crate) fn losslessly(self) -> Option<Self> {
        match self {
            Self::Jpeg(_) | Self::Gif(_) => None,
            Self::WebP(webp) => Some(Self::WebP(webp.with_lossless(true))),
            Self::Png(png) => Some(Self::Png(png.with_palette(false))),
        }
    }

    /// Its format, and the options that are not at their default.
    pub(crate) fn call(self) -> Vec<(&'static str, Value)> {
        let format = Value::Text(self.format().name().to_owned());
        let mut options = vec![("format", format)];
        options.extend(changed_of(&self.fields(), self.options().values()));
        options
    }

    pub(crate) fn validate(self) -> Result<()> {
        self.options().check(self.format().name())
    }

    /// A format and its options by their names.
    pub(crate) fn read(given: &[(String, Value)]) -> Result<Self, CallError> {
        let name = Name { of: "encode", name: "format", range: None };
        let format = given.iter().find(|(given, _)| given == name.name);
        let mut encode: Self =
            text(format.map_or(&Value::None, |(_, value)| value), &name)?.parse()?;
        let (of, fields) = (encode.format().name(), encode.fields());
        let others = given.iter().filter(|(given, _)| given != name.name);
        fill(encode.options_mut(), of, others, &fields)?;
        Ok(encode)
    }
}

/// The format of that name with its default options.
///
/// ```
/// use makeready::{Encode, Jpeg};
///
/// assert_eq!("jpeg".parse::<Encode>()?, Encode::Jpeg(Jpeg::default()));
/// assert_eq!("avif".parse::<Encode>().unwrap_err().code(), "unsupported");
/// # Ok::<(), makeready::Error>(())
/// ```
impl FromStr for Encode {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        if NOT_WRITTEN.contains(&word) {
            return Err(Error::unsupported(format!(
                "this build writes jpeg, png, webp and gif, not {word}"
            )));
        }
        let written = Self::WRITTEN.map(Self::default_of);
        named("an output format", &written, |encode| encode.format().name(), word)
    }
}

/// Formats that others write: to ask for one is no mistake, this build lacks it.
const NOT_WRITTEN: [&str; 4] = ["avif", "heif", "jxl", "tiff"];

/// Options that are told where they are not at their default.
const SILENT: [&str; 4] =
    ["alpha_quality", "inter_frame_max_error", "inter_palette_max_error", "key_frame_interval"];

impl std::fmt::Display for Encode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Most options of a PNG mean nothing but beside another one, and some of others but for alpha and for films.
        let is_silent = |name: &str| match self {
            Self::Png(_) => true,
            Self::Jpeg(_) => name == "effort",
            _ => SILENT.contains(&name),
        };
        let pairs = self.fields().into_iter().zip(self.options().values()).enumerate();
        let shown = pairs.filter(|(at, (field, value))| {
            *at == 0 || !is_silent(field.name) || *value != (field.default)()
        });
        let (fields, values): (Vec<Field>, Vec<Value>) = shown.map(|(_, pair)| pair).unzip();
        write!(f, "{}{}", self.format(), show(&fields, &values))
    }
}

options! {
    /// JPEG options.
    ///
    /// ```
    /// use makeready::{Jpeg, Subsampling};
    ///
    /// let print = Jpeg::quality(90).subsampling(Subsampling::S444).progressive(true);
    /// assert_eq!(print, Jpeg::new().with_quality(90).with_subsampling(Subsampling::S444).with_progressive(true));
    /// assert_eq!(print.quality, 90);
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Jpeg {
        /// Quality on libjpeg's scale.
        quality (with_quality): u8 = 80, 1..=100;
        /// How the chroma samples are thinned out.
        subsampling (with_subsampling, subsampling): Subsampling = Subsampling::S420;
        /// Whether the file shows a coarse picture first.
        progressive (with_progressive, progressive): bool = false;
        /// Whether Huffman tables are fitted to the picture, for smaller files.
        optimize_coding (with_optimize_coding, optimize_coding): bool = true;
        /// How much time may go into a smaller file: from 5 on, coefficients are chosen by what they cost, which takes several times
        /// as long.
        effort (with_effort, effort): u8 = 4, 0..=6;
        /// The most bytes that the file may have: quality is lowered as far as it takes, and `limit_exceeded` is the answer
        /// where no quality is low enough.
        max_bytes (with_max_bytes): Option<u64> = None;
    }
}

impl Jpeg {
    /// JPEG of this [`quality`](Self#structfield.quality), the rest at its default.
    ///
    /// ```
    /// use makeready::{Jpeg, Subsampling};
    ///
    /// let print = Jpeg::quality(90);
    /// assert_eq!((print.quality, print.subsampling), (90, Subsampling::S420));
    /// ```
    #[must_use]
    pub fn quality(quality: u8) -> Self {
        Self::new().with_quality(quality)
    }

    /// Sets [`max_bytes`](Self#structfield.max_bytes).
    ///
    /// ```
    /// use makeready::{Jpeg, Pipeline};
    ///
    /// let photo = Pipeline::open("../tests/images/photo.jpg").resize((200, 200));
    /// let small = photo.encode(Jpeg::quality(90).max_bytes(4_000)).run()?;
    /// assert!(small.data.len() <= 4_000);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn max_bytes(self, bytes: u64) -> Self {
        self.with_max_bytes(Some(bytes))
    }

    /// Tells whether coefficients are chosen by what they cost.
    pub(crate) fn chooses_coefficients(&self) -> bool {
        self.effort > 4
    }
}

impl From<Jpeg> for Encode {
    fn from(options: Jpeg) -> Self {
        Self::Jpeg(options)
    }
}

impl From<Png> for Encode {
    fn from(options: Png) -> Self {
        Self::Png(options)
    }
}

impl From<Gif> for Encode {
    fn from(options: Gif) -> Self {
        Self::Gif(options)
    }
}

impl From<WebP> for Encode {
    fn from(options: WebP) -> Self {
        Self::WebP(options)
    }
}

impl From<Format> for Encode {
    fn from(format: Format) -> Self {
        Self::default_of(format)
    }
}
