//! A policy: the renditions that a service makes for anybody who asks.

use std::time::Duration;

use super::definition::{read_policy, write_policy};
use super::parameters::PARAMETERS;
use super::rendition::Rendition;
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::{Fit, Size};
use crate::picture::image::Colour;
use crate::picture::orientation::{Orientation, Quarter};
use crate::recipe::limits::Limits;
use crate::recipe::options::table::{Options, options, read};
use crate::recipe::options::{Encode, InputFormats};
use crate::recipe::value::{CallError, Value};

options! {
    /// The renditions that a service makes for anybody who asks; anything by default. An empty list allows all values.
    ///
    /// ```
    /// use makeready::{Policy, Rendition};
    ///
    /// let policy = Policy::new().widths([320, 640]).qualities([60]).parameters(["w", "q"]);
    /// assert_eq!(Rendition::parse("w=300", &policy)?, Rendition::parse("w=320", &policy)?);
    /// let error = Rendition::parse("w=700", &policy).unwrap_err();
    /// assert_eq!(error.to_string(), "w: expected at most 640, found 700");
    /// // No width, or one of two; and each at either quality.
    /// assert_eq!(policy.renditions(), 6);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Policy {
        /// Widths that are made, after `dpr`; one that is asked for becomes the next larger.
        widths (with_widths): Vec<u32> = Vec::new(), 1..=65_535;
        /// Heights that are made, after `dpr`; one that is asked for becomes the next larger.
        heights (with_heights): Vec<u32> = Vec::new(), 1..=65_535;
        /// Boxes that are made, each a width and a height; nothing else is then but the whole picture.
        sizes (with_sizes): Vec<Size> = Vec::new();
        /// The largest width, after `dpr`.
        max_width (with_max_width, max_width): u32 = 65_535, 1..=65_535;
        /// The largest height, after `dpr`.
        max_height (with_max_height, max_height): u32 = 65_535, 1..=65_535;
        /// The largest `dpr`.
        max_dpr (with_max_dpr, max_dpr): f64 = 10.0, 1..=10;
        /// The qualities besides that of the format.
        qualities (with_qualities): Vec<u8> = Vec::new(), 1..=100;
        /// The formats.
        formats (with_formats): Vec<Format> = Vec::new();
        /// How pictures may meet their boxes.
        fits (with_fits): Vec<Fit> = Vec::new();
        /// The grounds, besides none.
        backgrounds (with_backgrounds): Vec<Colour> = Vec::new();
        /// The last page or frame.
        max_page (with_max_page, max_page): u32 = u32::MAX;
        /// The parameters that a query may have, by their names.
        parameters (with_parameters): Vec<String> = Vec::new();
        /// The formats that a source may have; by default all but svg and pdf.
        inputs (with_inputs): Option<InputFormats> = None;
        /// The largest source in bytes; that of the default limits by default.
        max_input_bytes (with_max_input_bytes): Option<u64> = None;
        /// The largest source in pixels; that of the default limits by default.
        max_input_pixels (with_max_input_pixels): Option<u64> = None;
        /// The most memory of a job in bytes; that of the default limits by default.
        max_memory (with_max_memory): Option<u64> = None;
        /// The time of a job.
        deadline (with_deadline): Option<Duration> = None;
    }
}

impl Policy {
    /// Sets [`widths`](Self#structfield.widths).
    #[must_use]
    pub fn widths(self, widths: impl IntoIterator<Item = u32>) -> Self {
        self.with_widths(widths.into_iter().collect())
    }

    /// Sets [`qualities`](Self#structfield.qualities).
    #[must_use]
    pub fn qualities(self, qualities: impl IntoIterator<Item = u8>) -> Self {
        self.with_qualities(qualities.into_iter().collect())
    }

    /// Sets [`formats`](Self#structfield.formats).
    #[must_use]
    pub fn formats(self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.with_formats(formats.into_iter().collect())
    }

    /// Sets [`inputs`](Self#structfield.inputs).
    #[must_use]
    pub fn inputs(self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.with_inputs(Some(formats.into_iter().collect()))
    }

    /// Sets [`parameters`](Self#structfield.parameters).
    #[must_use]
    pub fn parameters<N: Into<String>>(self, names: impl IntoIterator<Item = N>) -> Self {
        self.with_parameters(names.into_iter().map(Into::into).collect())
    }

    /// The policy as JSON, for [`from_json`](Self::from_json): the options that are not at their defaults, by their names;
    /// a time is in seconds.
    ///
    /// ```
    /// use makeready::Policy;
    ///
    /// let policy = Policy::new().widths([320, 640]).max_dpr(2.0);
    /// assert_eq!(policy.to_json(), r#"{"widths":[320,640],"max_dpr":2.0}"#);
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        write_policy(self)
    }

    /// The policy of a text, the same in every language.
    ///
    /// ```
    /// use makeready::Policy;
    ///
    /// let policy = Policy::from_json(r#"{"widths": [320, 640], "deadline": 2.5}"#)?;
    /// assert_eq!(Policy::from_json(&policy.to_json())?, policy);
    /// let error = Policy::from_json(r#"{"widhts": [320]}"#).unwrap_err();
    /// assert!(error.to_string().starts_with("$.widhts: policy has no option widhts: expected widths, "));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` with the place as a JSON path, or as line and column of a text that is no JSON.
    pub fn from_json(text: &str) -> Result<Self> {
        read_policy(text)
    }

    /// A policy by the names of its options.
    pub(crate) fn read(given: &[(String, Value)]) -> Result<Self, CallError> {
        let policy: Self = read("policy", given)?;
        policy.validate()?;
        Ok(policy)
    }

    /// Checks that the policy itself can be.
    fn validate(&self) -> Result<()> {
        self.check("policy")?;
        for name in &self.parameters {
            if name != "dpr" && PARAMETERS.iter().all(|parameter| parameter.name != name) {
                return Err(Error::invalid_option(format!(
                    "policy parameters: no parameter {name:?}"
                )));
            }
        }
        if let Some(empty) = self.sizes.iter().find(|size| size.pixels() == 0) {
            return Err(Error::invalid_option(format!("policy sizes: a box of {empty}")));
        }
        let has_steps = !self.widths.is_empty() || !self.heights.is_empty();
        if has_steps && !self.sizes.is_empty() {
            return Err(Error::invalid_option(
                "policy sizes: stand in place of widths and heights",
            ));
        }
        Ok(())
    }

    /// Whether a query may have this parameter.
    pub(super) fn allows_parameter(&self, name: &str) -> Result<()> {
        if self.parameters.is_empty() || self.parameters.iter().any(|allowed| allowed == name) {
            return Ok(());
        }
        let text = format!("expected {}", self.parameters.join(", "));
        Err(Error::invalid_option(text).of_parameter(name))
    }

    /// Tells whether a query may ask for all that a rendition is but its format, which the service may have picked.
    pub(super) fn allows_parameters_of(&self, rendition: &Rendition) -> Result<()> {
        // Turns and mirrors, and all that they make of one another.
        let mut made = vec![Orientation::NORMAL];
        for (name, by) in [
            ("rotate", &[Quarter::One, Quarter::Two, Quarter::Three].map(Orientation::from)[..]),
            ("flip", &[Orientation::FLIP]),
            ("flop", &[Orientation::FLOP]),
        ] {
            if self.allows_parameter(name).is_ok() {
                let more = made.iter().flat_map(|before| by.iter().map(|turn| before.then(*turn)));
                made.extend(more.collect::<Vec<_>>());
            }
        }
        let is_made = made.contains(&rendition.orientation);
        let given = PARAMETERS.iter().filter(|parameter| (parameter.write)(rendition).is_some());
        let mut given = given.map(|parameter| parameter.name);
        given.try_for_each(|name| match name {
            "rotate" | "flip" if is_made => Ok(()),
            name => self.allows_parameter(name),
        })
    }

    /// The rendition that is made where this one is asked for.
    pub(super) fn admit(&self, mut rendition: Rendition) -> Result<Rendition> {
        self.validate()?;
        rendition.width = self.side("w", rendition.width, &self.widths, self.max_width)?;
        rendition.height = self.side("h", rendition.height, &self.heights, self.max_height)?;
        self.admit_box(&rendition)?;
        within("page", rendition.page, 0, self.max_page)?;
        one_of("f", rendition.format, &self.formats, |format| format.name().to_owned())?;
        one_of("q", rendition.quality, &self.qualities, u8::to_string)?;
        // With one side all fits but fill are the same.
        let is_box = rendition.width.is_some() && rendition.height.is_some();
        let fit = Some(rendition.fit).filter(|fit| is_box || *fit == Fit::Fill);
        one_of("fit", fit, &self.fits, |fit| fit.name().to_owned())?;
        one_of("bg", rendition.background, &self.backgrounds, Colour::to_string)?;
        rendition.canonical()
    }

    fn side(&self, name: &str, side: Option<u32>, steps: &[u32], most: u32) -> Result<Option<u32>> {
        let Some(side) = side else { return Ok(None) };
        let step = steps.iter().copied().filter(|step| *step <= most && *step >= side).min();
        let most = steps.iter().copied().filter(|step| *step <= most).max().unwrap_or(most);
        match (steps.is_empty(), step) {
            (true, _) if side <= most => Ok(Some(side)),
            (false, Some(step)) => Ok(Some(step)),
            _ => {
                let text = format!("expected at most {most}, found {side}");
                Err(Error::invalid_option(text).of_parameter(name))
            }
        }
    }

    fn admit_box(&self, rendition: &Rendition) -> Result<()> {
        let size = match (rendition.width, rendition.height) {
            (None, None) => return Ok(()),
            (width, height) => Size::new(width.unwrap_or(0), height.unwrap_or(0)),
        };
        if self.sizes.is_empty() || self.sizes.contains(&size) {
            return Ok(());
        }
        let boxes: Vec<_> = self.sizes.iter().map(Size::to_string).collect();
        Err(Error::invalid_option(format!("w and h: expected {}, found {size}", boxes.join(", "))))
    }

    /// The limits of the job that makes a rendition.
    pub(crate) fn limits(&self) -> Option<Limits> {
        let usual = Limits::default();
        let limits = Limits {
            max_input_bytes: self.max_input_bytes.unwrap_or(usual.max_input_bytes),
            max_input_pixels: self.max_input_pixels.unwrap_or(usual.max_input_pixels),
            max_memory: self.max_memory.unwrap_or(usual.max_memory),
            ..usual
        };
        (limits != usual).then_some(limits)
    }

    /// The most renditions of one source that differ, which is what anybody can make a service store.
    #[must_use]
    pub fn renditions(&self) -> u128 {
        let allows = |name: &str| self.allows_parameter(name).is_ok();
        let pages = if allows("page") { u128::from(self.max_page) + 1 } else { 1 };
        let product = [pages, self.crops(), self.orientations(), self.boxes(), self.outputs()];
        product.into_iter().fold(1, u128::saturating_mul)
    }

    fn crops(&self) -> u128 {
        // A left top corner and a size of a 32-bit number each; and the whole.
        let sides = u128::from(u32::MAX);
        let rects =
            (sides + 1).saturating_mul(sides + 1).saturating_mul(sides).saturating_mul(sides);
        if self.allows_parameter("crop").is_ok() { rects.saturating_add(1) } else { 1 }
    }

    fn orientations(&self) -> u128 {
        let allows = |name: &str| self.allows_parameter(name).is_ok();
        match (allows("rotate"), allows("flip"), allows("flop")) {
            (true, true, _) | (true, _, true) => 8,
            (true, false, false) | (false, true, true) => 4,
            (false, true, false) | (false, false, true) => 2,
            (false, false, false) => 1,
        }
    }

    /// Boxes, with the ways in which a picture may meet them, and grounds.
    fn boxes(&self) -> u128 {
        let allows = |name: &str| self.allows_parameter(name).is_ok();
        let steps = |name: &str, steps: &[u32], most: u32| {
            let mut made: Vec<_> = steps.iter().filter(|step| **step <= most).collect();
            made.sort_unstable();
            made.dedup();
            match (allows(name), steps.is_empty()) {
                (false, _) => 0,
                (true, true) => u128::from(most),
                (true, false) => made.len() as u128,
            }
        };
        let fits = |fit: Fit| {
            let is_usual = fit == Fit::Cover;
            (is_usual || allows("fit")) && (self.fits.is_empty() || self.fits.contains(&fit))
        };
        let grounds = |transparent: bool| match (allows("bg"), self.backgrounds.is_empty()) {
            (false, _) => 1,
            (true, true) if transparent => 1 + (1 << 32),
            (true, true) => 1 + (1 << 24),
            (true, false) => {
                let mut made = self.backgrounds.clone();
                made.retain(|colour| transparent || colour.is_opaque());
                made.sort_unstable_by_key(Colour::to_string);
                made.dedup();
                1 + made.len() as u128
            }
        };
        let places = if allows("position") { 9 } else { 1 };
        let both: u128 = [
            (Fit::Cover, places * grounds(false)),
            (Fit::Contain, places * grounds(true)),
            (Fit::Fill, grounds(false)),
            (Fit::Inside, grounds(false)),
            (Fit::Outside, grounds(false)),
        ]
        .into_iter()
        .filter(|(fit, _)| fits(*fit))
        .map(|(_, ways)| ways)
        .sum();
        let one = 1 + u128::from(fits(Fit::Fill));
        let (width, height) =
            (steps("w", &self.widths, self.max_width), steps("h", &self.heights, self.max_height));
        let (one_side, boxes) = match self.sizes.is_empty() {
            true => (width + height, width.saturating_mul(height)),
            false if allows("w") && allows("h") => (0, self.sizes_within()),
            false => (0, 0),
        };
        grounds(false) + one_side * one * grounds(false) + boxes.saturating_mul(both)
    }

    fn sizes_within(&self) -> u128 {
        let mut sizes = self.sizes.clone();
        sizes.retain(|size| size.width <= self.max_width && size.height <= self.max_height);
        sizes.sort_unstable_by_key(|size| (size.width, size.height));
        sizes.dedup();
        sizes.len() as u128
    }

    /// Formats, with their qualities; and the format that the service picks.
    fn outputs(&self) -> u128 {
        let allows = |name: &str| self.allows_parameter(name).is_ok();
        let qualities = |format: Format| {
            let usual = Encode::default_of(format).quality();
            let Some(usual) = usual.filter(|_| allows("q")) else { return 1 };
            let others = |quality: &u8| {
                *quality != usual && (self.qualities.is_empty() || self.qualities.contains(quality))
            };
            1 + (1..=100).filter(others).count() as u128
        };
        let formats = Encode::WRITTEN.into_iter();
        let allowed = |format: &Format| {
            allows("f") && (self.formats.is_empty() || self.formats.contains(format))
        };
        qualities(Format::Jpeg) + formats.filter(allowed).map(qualities).sum::<u128>()
    }
}

fn within(name: &str, value: u32, low: u32, high: u32) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let text = format!("expected {low} to {high}, found {value}");
    Err(Error::invalid_option(text).of_parameter(name))
}

fn one_of<T: PartialEq>(
    name: &str,
    value: Option<T>,
    allowed: &[T],
    show: impl Fn(&T) -> String,
) -> Result<()> {
    match value {
        Some(value) if !allowed.is_empty() && !allowed.contains(&value) => {
            let names: Vec<_> = allowed.iter().map(&show).collect();
            let text = format!("expected {}, found {}", names.join(", "), show(&value));
            Err(Error::invalid_option(text).of_parameter(name))
        }
        _ => Ok(()),
    }
}
