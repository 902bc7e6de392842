//! A rendition: one of the pictures that a service makes of a source, as query parameters, as a value, as a key.

use std::fmt;

use super::accept::{MEDIA, medium};
use super::key;
use super::parameters::{self, PARAMETERS, upright};
use super::policy::Policy;
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::{Fit, Rect};
use crate::picture::image::Colour;
use crate::picture::orientation::Orientation;
use crate::picture::position::Position;
use crate::recipe::options::Encode;
use crate::recipe::options::kind::OptionType;
use crate::recipe::value::{NamedCall, Value};

/// One of the pictures that a service makes of a source. Two that are equal give the same picture, and have the same key.
///
/// | parameter | meaning |
/// |---|---|
/// | `page` | page or frame, counted from 0; without it a film is made of a source that moves, in a format that does |
/// | `crop` | `x,y,width,height` in pixels of the source |
/// | `rotate`, `flip`, `flop` | 90, 180 or 270 clockwise; 1 to exchange top and bottom, left and right |
/// | `w`, `h`, `dpr` | the box in pixels; times `dpr`, 0.1 to 10 |
/// | `fit`, `position` | as of [`Resize`](crate::Resize) |
/// | `bg` | the ground of alpha and of `contain`: `rgb`, `rgba`, `rrggbb` or `rrggbbaa` |
/// | `q`, `f` | quality of a lossy file, 1 to 100; jpeg (jpg), png, webp or gif |
///
/// They apply in this order.
///
/// ```
/// use makeready::{Policy, Rendition};
///
/// let anything = Policy::new();
/// let rendition = Rendition::parse("w=160&dpr=2&f=webp", &anything)?;
/// assert_eq!(rendition, Rendition::parse("f=webp&w=320", &anything)?);
/// let key = rendition.key("users/7/photo 1.jpg")?;
/// assert_eq!(key, "v1/users/7/photo~201.jpg/w-320.webp");
/// assert_eq!(Rendition::from_key(&key, &anything)?, rendition);
/// assert_eq!(Rendition::source_of(&key)?, "users/7/photo 1.jpg");
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct Rendition {
    /// Page or frame, counted from 0.
    pub page: u32,
    /// The part of the source that is shown, in its pixels.
    pub crop: Option<Rect>,
    /// How that is turned and mirrored.
    pub orientation: Orientation,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// How the picture meets the box.
    pub fit: Fit,
    /// Which part stays, or where the picture lies.
    pub position: Position,
    /// The ground of alpha, and of the box around the picture.
    pub background: Option<Colour>,
    /// Quality of a lossy file; that of its format by default.
    pub quality: Option<u8>,
    /// Format; left to the service by default.
    pub format: Option<Format>,
}

impl Rendition {
    /// Reads query parameters, as they stand in a URL behind the `?`.
    ///
    /// Widths and heights become those of the next step of the policy.
    ///
    /// # Errors
    /// `invalid_option` with the name of a parameter that is unknown, repeated, malformed, out of its range, outside the
    /// policy, or of no use beside the others.
    pub fn parse(query: &str, policy: &Policy) -> Result<Self> {
        policy.admit(parameters::parse(query, policy)?)
    }

    /// The name of the picture that it makes of `source`, in a store and in a URL: `v1/SOURCE/PARAMETERS.FORMAT`, of ASCII
    /// letters, digits and `/ . - _ ~`. The same in all versions of the library, for as long as it begins with `v1`.
    ///
    /// # Errors
    /// `invalid_option` for a source that is empty, absolute, longer than 512 bytes, or has a part that is empty, `.` or `..`,
    /// a control character or a backslash.
    pub fn key(&self, source: &str) -> Result<String> {
        let mut name = String::new();
        for parameter in &PARAMETERS {
            if let Some(value) = (parameter.write)(self) {
                name += &format!("{}-{value}.", parameter.name);
            }
        }
        if name.is_empty() {
            name += "whole.";
        }
        name += self.format.map_or(key::ANY_FORMAT, Format::name);
        key::join(source, &name)
    }

    /// The rendition of a key.
    ///
    /// # Errors
    /// `invalid_option` for a text that is no key, and as [`parse`](Self::parse) for one that the policy does not allow.
    pub fn from_key(text: &str, policy: &Policy) -> Result<Self> {
        let (source, name) = key::split(text)?;
        let (values, format) = name.rsplit_once('.').unwrap_or_default();
        let mut rendition = Self::default();
        for part in values.split('.').filter(|part| *part != "whole") {
            let (name, value) = part.split_once('-').unwrap_or((part, ""));
            parameters::parameter(name)?.set(&mut rendition, value)?;
        }
        if format != key::ANY_FORMAT {
            parameters::parameter("f")?.set(&mut rendition, format)?;
        }
        // A key has one spelling: anything else would be a second name of the same picture.
        if rendition.canonical()?.key(&source)? != text {
            return Err(key::no_key(text));
        }
        policy.allows_parameters_of(&rendition)?;
        // A step of the policy would be another picture than the key names.
        match policy.admit(rendition)? {
            admitted if admitted == rendition => Ok(rendition),
            admitted => {
                let text = format!("the policy makes {admitted}, the key is of {rendition}");
                Err(Error::invalid_option(text))
            }
        }
    }

    /// The source that a key was made of.
    ///
    /// # Errors
    /// `invalid_option` for a text that is no key.
    pub fn source_of(key: &str) -> Result<String> {
        Ok(key::split(key)?.0)
    }

    /// The same in a format, for example the one that was negotiated.
    ///
    /// # Errors
    /// `invalid_option` where it has a quality and the format has none, `unsupported` for a format that is not written.
    pub fn with_format(self, format: Format) -> Result<Self> {
        Self { format: Some(format), ..self }.canonical()
    }

    /// Tells whether a source that moves is made into a film: where no page is said, and the format is one that moves.
    #[must_use]
    pub fn animated(&self) -> bool {
        let moves = |format: Format| medium(format.name()).is_some_and(|at| MEDIA[at].moves);
        self.page == 0 && self.format.is_some_and(moves)
    }

    /// The same with what changes nothing left out, so that equal pictures are equal values. A ground that nobody could see
    /// is an error.
    pub(super) fn canonical(mut self) -> Result<Self> {
        if self.width.is_none() || self.height.is_none() {
            let is_fill = self.fit == Fit::Fill && (self.width.is_some() || self.height.is_some());
            self.fit = if is_fill { Fit::Fill } else { Fit::Cover };
        }
        let is_box = self.width.is_some() && self.height.is_some();
        let is_clear = self.background.is_some_and(|colour| !colour.is_opaque());
        if is_clear && !(is_box && self.fit == Fit::Contain) {
            let text = "is opaque but for fit contain, found an alpha below 255";
            return Err(Error::invalid_option(text).of_parameter("bg"));
        }
        if !is_box || !matches!(self.fit, Fit::Cover | Fit::Contain) {
            self.position = Position::Centre;
        }
        if let Some(quality) = self.quality {
            let encode: Encode = self.format.unwrap_or(Format::Jpeg).name().parse()?;
            let Some(usual) = encode.quality() else {
                let text = format!("a {} has no quality, found {quality}", encode.format());
                return Err(Error::invalid_option(text).of_parameter("q"));
            };
            self.quality = Some(quality).filter(|quality| *quality != usual);
        }
        Ok(self)
    }

    /// The calls that make it of a picture that was opened at its page, by their names.
    ///
    /// # Errors
    /// `invalid_option` where it has a quality and no format.
    pub(crate) fn calls(&self) -> Result<Vec<NamedCall>> {
        let mut calls = Vec::new();
        let mut call = |name, options: &[(&str, Value)]| {
            let given = options.iter().filter(|(_, value)| !matches!(value, Value::None));
            let given =
                given.map(|(option, value)| ((*option).to_owned(), value.clone())).collect();
            calls.push((name, given));
        };
        if let Some(Rect { x, y, width, height }) = self.crop {
            let sides = [("x", x), ("y", y), ("width", width), ("height", height)];
            call("crop", &sides.map(|(name, side)| (name, side.write())));
        }
        let (degrees, flip) = upright(self.orientation);
        if degrees > 0 {
            call("rotate", &[("degrees", degrees.write())]);
        }
        if flip {
            call("flip", &[]);
        }
        if self.width.is_some() || self.height.is_some() {
            let (fit, position) = (self.fit.write(), self.position.write());
            let box_of = [("width", self.width.write()), ("height", self.height.write())];
            let [width, height] = box_of;
            let ground = ("background", self.background.write());
            call("resize", &[width, height, ("fit", fit), ("position", position), ground]);
        }
        if let Some(background) = self.background.filter(|colour| colour.is_opaque()) {
            call("flatten", &[("background", background.write())]);
        }
        match (self.format, self.quality) {
            (Some(_), quality) => {
                call("encode", &[("format", self.format.write()), ("quality", quality.write())]);
            }
            (None, Some(_)) => {
                let text = "a quality needs a format, found none";
                return Err(Error::invalid_option(text).of_parameter("q"));
            }
            (None, None) => {}
        }
        Ok(calls)
    }
}

/// Its parameters as a query: `w=320&f=webp`.
impl fmt::Display for Rendition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for parameter in &PARAMETERS {
            if let Some(value) = (parameter.write)(self) {
                let value = if parameter.name == "crop" { value.replace('-', ",") } else { value };
                parts.push(format!("{}={value}", parameter.name));
            }
        }
        parts.extend(self.format.map(|format| format!("f={}", format.name())));
        f.write_str(&parts.join("&"))
    }
}
