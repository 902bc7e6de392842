//! The formats that an input may have.

use super::kind::{Kind, OptionType, text};
use super::table::Name;
use crate::error::{Error, Result};
use crate::picture::checks::named;
use crate::picture::format::Format;
use crate::recipe::value::{CallError, Value};

/// A set of formats that files have.
///
/// ```
/// use makeready::{Format, InputFormats};
///
/// let formats: InputFormats = [Format::Png, Format::Jpeg].into_iter().collect();
/// assert_eq!(formats, [Format::Jpeg, Format::Png, Format::Png].into_iter().collect());
/// assert!(formats.has(Format::Png) && !formats.has(Format::Gif));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InputFormats(u32);

impl InputFormats {
    /// Tells whether this format is one of them.
    #[must_use]
    pub const fn has(self, format: Format) -> bool {
        self.0 & Self::bit(format) != 0
    }

    /// The formats by their names.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        Format::ALL.iter().filter(move |format| self.has(**format)).map(|format| format.name())
    }

    const fn bit(format: Format) -> u32 {
        1 << format as u32
    }
}

impl FromIterator<Format> for InputFormats {
    fn from_iter<T: IntoIterator<Item = Format>>(formats: T) -> Self {
        Self(formats.into_iter().fold(0, |set, format| set | Self::bit(format)))
    }
}

/// Formats that this build does not read may be named too: a definition is for any build.
impl OptionType for InputFormats {
    const KIND: Kind =
        Kind::List { of: &Kind::Word { name: "InputFormat", words: Format::OF_FILES } };

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        let Value::List(names) = value else {
            return Err(name.expected(Self::KIND.expected(), value));
        };
        let files = || Format::ALL.iter().copied().filter(|format| *format != Format::Raw);
        let all: Vec<Format> = files().collect();
        let format =
            |value| Ok::<_, CallError>(named("formats", &all, Format::name, text(value, name)?)?);
        names.iter().map(format).collect()
    }

    fn write(&self) -> Value {
        Value::List(self.names().map(|name| Value::Text(name.to_owned())).collect())
    }

    fn check(&self, name: &Name) -> Result<()> {
        if self.0 != 0 {
            return Ok(());
        }
        let Name { of, name, .. } = name;
        Err(Error::invalid_option(format!("{of} {name} are 1 or more, found none")))
    }
}
