//! The parameters of a rendition: how each is read from a query or a key, and written into one.

use super::policy::Policy;
use super::rendition::Rendition;
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::{Fit, Rect};
use crate::picture::image::Colour;
use crate::picture::orientation::{Orientation, Quarter};
use crate::picture::position::Position;
use crate::picture::words::Words;
use crate::recipe::options::Encode;

/// The longest query that is read, in bytes.
const LONGEST_QUERY: usize = 4096;

/// A parameter.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    /// Sets it; with the reason where the value is none.
    read: fn(&mut Rendition, &str) -> Result<()>,
    /// Its value as a key has it, where it is not the default. The format is the end of a key, and not written here.
    pub(super) write: fn(&Rendition) -> Option<String>,
}

/// All parameters but `dpr`, which is a factor of `w` and `h`; in the order of keys.
pub(super) const PARAMETERS: [Parameter; 12] = [
    Parameter {
        name: "page",
        read: |it, value| whole(value, 0, u32::MAX).map(|page| it.page = page),
        write: |it| Some(it.page).filter(|page| *page > 0).map(|page| page.to_string()),
    },
    Parameter {
        name: "crop",
        read: |it, value| crop(value).map(|rect| it.crop = Some(rect)),
        write: |it| it.crop.map(|Rect { x, y, width, height }| format!("{x}-{y}-{width}-{height}")),
    },
    Parameter {
        name: "rotate",
        read: |it, value| {
            let turn = Quarter::from_degrees(whole(value, 0, 270)?)?;
            it.orientation = it.orientation.then(turn.into());
            Ok(())
        },
        write: |it| match upright(it.orientation).0 {
            0 => None,
            degrees => Some(degrees.to_string()),
        },
    },
    Parameter {
        name: "flip",
        read: |it, value| {
            if switch(value)? {
                it.orientation = it.orientation.then(Orientation::FLIP);
            }
            Ok(())
        },
        write: |it| upright(it.orientation).1.then(|| "1".to_owned()),
    },
    Parameter {
        name: "flop",
        read: |it, value| {
            if switch(value)? {
                it.orientation = it.orientation.then(Orientation::FLOP);
            }
            Ok(())
        },
        // A turn and a flip are all there is.
        write: |_| None,
    },
    Parameter {
        name: "w",
        read: |it, value| side(value).map(|side| it.width = Some(side)),
        write: |it| it.width.map(|side| side.to_string()),
    },
    Parameter {
        name: "h",
        read: |it, value| side(value).map(|side| it.height = Some(side)),
        write: |it| it.height.map(|side| side.to_string()),
    },
    Parameter {
        name: "fit",
        read: |it, value| Fit::of_word(value).map(|fit| it.fit = fit),
        write: |it| Some(it.fit).filter(|fit| *fit != Fit::Cover).map(|fit| fit.word().to_owned()),
    },
    Parameter {
        name: "position",
        read: |it, value| Position::of_word(value).map(|position| it.position = position),
        write: |it| {
            let other = Some(it.position).filter(|position| *position != Position::Centre);
            other.map(|position| position.word().to_owned())
        },
    },
    Parameter {
        name: "bg",
        read: |it, value| {
            Colour::parse(&format!("#{value}")).map(|it_is| it.background = Some(it_is))
        },
        write: |it| it.background.map(|colour| colour.to_string().replace('#', "")),
    },
    Parameter {
        name: "q",
        read: |it, value| {
            let quality = whole(value, 1, 100)?;
            it.quality = u8::try_from(quality).ok();
            Ok(())
        },
        write: |it| it.quality.map(|quality| quality.to_string()),
    },
    Parameter {
        name: "f",
        read: |it, value| format(value).map(|format| it.format = Some(format)),
        write: |_| None,
    },
];

impl Parameter {
    /// Reads a value; an error names the parameter.
    pub(super) fn set(&self, rendition: &mut Rendition, value: &str) -> Result<()> {
        (self.read)(rendition, value).map_err(|error| error.of_parameter(self.name))
    }
}

/// The parameter of a name.
pub(super) fn parameter(name: &str) -> Result<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.name == name).ok_or_else(|| {
        let names: Vec<_> = PARAMETERS.iter().map(|parameter| parameter.name).collect();
        let text = format!("expected {} or dpr", names.join(", "));
        Error::invalid_option(text).of_parameter(name)
    })
}

/// Reads a query. Parameters of the policy alone are allowed; the policy's own ranges are not looked at.
pub(super) fn parse(query: &str, policy: &Policy) -> Result<Rendition> {
    if query.len() > LONGEST_QUERY {
        let found = query.len();
        return Err(Error::invalid_option(format!(
            "a query has at most {LONGEST_QUERY} bytes, found {found}"
        )));
    }
    let mut given: Vec<(String, String)> = Vec::new();
    for part in query.split('&').filter(|_| !query.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = decoded(name)?;
        let value = decoded(value).map_err(|error| error.of_parameter(&name))?;
        if given.iter().any(|(other, _)| *other == name) {
            return Err(Error::invalid_option("given twice").of_parameter(&name));
        }
        policy.allows_parameter(&name)?;
        if name != "dpr" {
            parameter(&name)?;
        }
        given.push((name, value));
    }
    let mut rendition = Rendition::default();
    // In the order in which they apply: a turn, and then the mirrors.
    for parameter in &PARAMETERS {
        if let Some((_, value)) = given.iter().find(|(name, _)| name == parameter.name) {
            parameter.set(&mut rendition, value)?;
        }
    }
    if let Some((_, value)) = given.iter().find(|(name, _)| name == "dpr") {
        enlarge(&mut rendition, value, policy).map_err(|error| error.of_parameter("dpr"))?;
    }
    needless(&given, &rendition)?;
    rendition.canonical()
}

/// Refuses what could have no effect, as it is a mistake of who wrote the query.
fn needless(given: &[(String, String)], rendition: &Rendition) -> Result<()> {
    let is_given = |wanted: &str| given.iter().any(|(name, _)| name == wanted);
    let has_side = rendition.width.is_some() || rendition.height.is_some();
    for name in ["fit", "position"] {
        if is_given(name) && !has_side {
            return Err(no_side().of_parameter(name));
        }
    }
    Ok(())
}

fn no_side() -> Error {
    Error::invalid_option("needs w, h or both, found none")
}

fn enlarge(rendition: &mut Rendition, value: &str, policy: &Policy) -> Result<()> {
    if rendition.width.is_none() && rendition.height.is_none() {
        return Err(no_side());
    }
    let ratio = ratio(value)?;
    let most = policy.max_dpr.min(10.0);
    if !(0.1..=most).contains(&ratio) {
        return Err(Error::invalid_option(format!("expected 0.1 to {most}, found {ratio}")));
    }
    for side in [&mut rendition.width, &mut rendition.height].into_iter().flatten() {
        let enlarged = (f64::from(*side) * ratio).round().max(1.0);
        #[allow(clippy::cast_possible_truncation, reason = "a cast to a whole number saturates")]
        let enlarged = enlarged as u32;
        if enlarged > MAX_SIDE {
            return Err(Error::invalid_option(format!(
                "a side of {side} becomes {enlarged}, at most {MAX_SIDE}"
            )));
        }
        *side = enlarged;
    }
    Ok(())
}

/// The longest side of a box.
const MAX_SIDE: u32 = 65_535;

fn side(value: &str) -> Result<u32> {
    whole(value, 1, MAX_SIDE)
}

/// A whole number in the one way to write it: digits, no sign, no zero before others.
fn whole(value: &str, low: u32, high: u32) -> Result<u32> {
    let is_plain = value == "0" || !value.starts_with('0');
    let number =
        Some(value).filter(|text| is_plain && text.bytes().all(|digit| digit.is_ascii_digit()));
    let number =
        number.and_then(|text| text.parse().ok()).filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| {
        let shown: String = value.chars().take(40).collect();
        Error::invalid_option(format!(
            "expected a whole number of {low} to {high}, found {shown:?}"
        ))
    })
}

/// A number with at most two digits behind the point.
fn ratio(value: &str) -> Result<f64> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let is_number = digits(whole) && whole.len() <= 2 && digits(fraction) && fraction.len() <= 2;
    value.parse().ok().filter(|_| is_number).ok_or_else(|| {
        let shown: String = value.chars().take(40).collect();
        Error::invalid_option(format!("expected a number such as 1.5, found {shown:?}"))
    })
}

fn switch(value: &str) -> Result<bool> {
    Ok(whole(value, 0, 1)? == 1)
}

/// Four numbers, with commas between them, or hyphens as keys have them.
fn crop(value: &str) -> Result<Rect> {
    let mark = if value.contains(',') { ',' } else { '-' };
    let mut parts = value.split(mark);
    let mut next = |low| whole(parts.next().unwrap_or_default(), low, u32::MAX);
    let rect = Rect::new(next(0)?, next(0)?, next(1)?, next(1)?);
    match parts.next() {
        None => Ok(rect),
        Some(_) => Err(Error::invalid_option("expected x,y,width,height, found more")),
    }
}

fn format(value: &str) -> Result<Format> {
    let name = if value == "jpg" { "jpeg" } else { value };
    Ok(name.parse::<Encode>()?.format())
}

/// An orientation as a turn and, behind it, an exchange of top and bottom.
pub(super) fn upright(orientation: Orientation) -> (u32, bool) {
    for flip in [false, true] {
        let turned = if flip { orientation.then(Orientation::FLIP) } else { orientation };
        if !turned.mirrored() {
            return (u32::from(turned.quarters()) * 90, flip);
        }
    }
    (0, false)
}

/// Bytes behind `%` and spaces for `+`, as URLs have them.
fn decoded(text: &str) -> Result<String> {
    let malformed = || Error::invalid_option(format!("not a part of a URL: {text:?}"));
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let code = digit().zip(digit()).ok_or_else(malformed)?;
                u8::try_from(code.0 * 16 + code.1).map_err(|_| malformed())?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}
