//! The types that options have: how each is read from a value, checked and written.

mod pairs;

use std::time::Duration;

use super::encode::Encode;
use super::table::Name;
use crate::error::{Error, Result};
use crate::picture::checks::in_range;
use crate::picture::format::Format;
use crate::picture::image::Colour;
use crate::picture::words::Words;
use crate::recipe::value::{CallError, Value};
pub(super) use pairs::pair;

/// The kind of an option, as other languages are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number from 0 on.
    Whole {
        /// The largest that its type holds.
        largest: u64,
    },
    /// A number.
    Real,
    /// A number, or three: for red, green and blue.
    Numbers,
    /// A time in seconds.
    Seconds,
    /// A string, or several that are one with commas between them.
    Text,
    /// A list of values of one kind.
    List {
        /// The kind of each.
        of: &'static Self,
    },
    /// One of some words.
    Word {
        /// The name of the type.
        name: &'static str,
        /// The words.
        words: &'static [&'static str],
    },
    /// A colour, `"#rgb"` for instance.
    Colour,
    /// A width and a height.
    Size,
    /// A place, an x and a y, also below 0.
    Place,
    /// A point, an x and a y, each a share of 0 to 1.
    Point,
    /// Places, each an x and a y from 0 on.
    Places,
    /// True or false for any of the rewrite rules, by their names.
    Rules,
}

impl Kind {
    /// Names a value of it, for messages.
    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::Bool | Self::Rules => "a boolean",
            Self::Whole { .. } => "a whole number",
            Self::Real => "a number",
            Self::Numbers => "a number or three",
            Self::Seconds => "a number of seconds",
            Self::List { .. } => "a list",
            Self::Word { .. } | Self::Colour | Self::Text => "a string",
            Self::Size | Self::Place | Self::Point => "two numbers",
            Self::Places => "a list of places",
        }
    }
}

/// A type that options have.
pub(crate) trait OptionType: Sized {
    const KIND: Kind;

    /// Reads a value.
    fn read(value: &Value, name: &Name) -> Result<Self, CallError>;

    /// The value as data.
    fn write(&self) -> Value;

    /// Checks that the value lies in the range of its option.
    fn check(&self, _name: &Name) -> Result<()> {
        Ok(())
    }
}

impl OptionType for bool {
    const KIND: Kind = Kind::Bool;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        match value {
            Value::Bool(yes) => Ok(*yes),
            other => Err(name.expected(Self::KIND.expected(), other)),
        }
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

/// Above it not every whole number is one of a language that has one kind of number alone.
const EXACT: u64 = (1 << 53) - 1;

/// A whole number of at most `largest`.
fn whole(value: &Value, name: &Name, largest: u64) -> Result<u64, CallError> {
    let (fits, found, most) = match value {
        Value::Int(number) => (u64::try_from(*number).ok(), number.to_string(), largest),
        Value::Digits(digits) => (None, digits.clone(), largest),
        #[allow(clippy::cast_possible_truncation, reason = "whole and in range")]
        Value::Number(number) => {
            let exact = number.fract() == 0.0 && (0.0..=EXACT as f64).contains(number);
            (exact.then_some(*number as u64), number.to_string(), largest.min(EXACT))
        }
        other => return Err(name.expected("a whole number", other)),
    };
    fits.filter(|&number| number <= most).ok_or_else(|| {
        let (low, high) = name.range.unwrap_or((0, most));
        let Name { of, name, .. } = name;
        let range = format!("a whole number of {low} to {high}");
        Error::invalid_option(format!("{of} {name} is {range}, found {found}")).into()
    })
}

macro_rules! whole_numbers {
    ($($Type:ty),*) => {$(
        impl OptionType for $Type {
            const KIND: Kind = Kind::Whole { largest: <$Type>::MAX as u64 };

            fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
                let number = whole(value, name, <$Type>::MAX as u64)?;
                Self::try_from(number).map_err(|_| Error::internal("a number was not checked").into())
            }

            fn write(&self) -> Value {
                Value::Int(i128::from(*self as u64))
            }

            fn check(&self, name: &Name) -> Result<()> {
                name.in_range(*self as u64)
            }
        }
    )*};
}

whole_numbers!(u8, u32, u64, usize);

/// An option that follows from others where it is left out.
impl<T: OptionType> OptionType for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        T::read(value, name).map(Some)
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::None, T::write)
    }

    fn check(&self, name: &Name) -> Result<()> {
        self.as_ref().map_or(Ok(()), |value| value.check(name))
    }
}

impl OptionType for f64 {
    const KIND: Kind = Kind::Real;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        match value {
            Value::Int(number) => Ok(*number as Self),
            Value::Float(number) | Value::Number(number) => Ok(*number),
            other => Err(name.expected(Self::KIND.expected(), other)),
        }
    }

    fn write(&self) -> Value {
        Value::Float(*self)
    }

    fn check(&self, name: &Name) -> Result<()> {
        name.range.map_or(Ok(()), |(low, high)| {
            in_range(&format!("{} {}", name.of, name.name), *self, low as Self..=high as Self)
        })
    }
}

/// Lines of a header are one line with commas between them.
impl OptionType for String {
    const KIND: Kind = Kind::Text;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        match value {
            Value::List(lines) => {
                let lines =
                    lines.iter().map(|line| text(line, name)).collect::<Result<Vec<_>, _>>()?;
                Ok(lines.join(", "))
            }
            line => Ok(text(line, name)?.to_owned()),
        }
    }

    fn write(&self) -> Value {
        Value::Text(self.clone())
    }
}

/// A format that is written; any other is refused at once.
impl OptionType for Format {
    const KIND: Kind = Kind::Word { name: "Format", words: &Encode::WRITTEN_NAMES };

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        Ok(text(value, name)?.parse::<Encode>()?.format())
    }

    fn write(&self) -> Value {
        Value::Text(self.name().to_owned())
    }
}

impl<T: OptionType> OptionType for Vec<T> {
    const KIND: Kind = Kind::List { of: &T::KIND };

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        match value {
            Value::List(values) => values.iter().map(|value| T::read(value, name)).collect(),
            other => Err(name.expected(Self::KIND.expected(), other)),
        }
    }

    fn write(&self) -> Value {
        Value::List(self.iter().map(T::write).collect())
    }

    fn check(&self, name: &Name) -> Result<()> {
        self.iter().try_for_each(|value| value.check(name))
    }
}

/// A string, as it was given.
pub(crate) fn text<'a>(value: &'a Value, name: &Name) -> Result<&'a str, CallError> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(name.expected("a string", other)),
    }
}

impl<T: Words> OptionType for T {
    const KIND: Kind = Kind::Word { name: T::NAME, words: T::WORDS };

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        Ok(T::of_word(text(value, name)?)?)
    }

    fn write(&self) -> Value {
        Value::Text(self.word().to_owned())
    }
}

impl OptionType for Colour {
    const KIND: Kind = Kind::Colour;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        Ok(Self::parse(text(value, name)?)?)
    }

    fn write(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl OptionType for Duration {
    const KIND: Kind = Kind::Seconds;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        let (seconds, found) = match value {
            Value::Int(seconds) => (*seconds as f64, seconds.to_string()),
            Value::Float(seconds) | Value::Number(seconds) => (*seconds, seconds.to_string()),
            Value::Digits(digits) => (f64::INFINITY, digits.clone()),
            other => return Err(name.expected(Self::KIND.expected(), other)),
        };
        Self::try_from_secs_f64(seconds).map_err(|_| {
            let of = name.of;
            Error::invalid_option(format!("a {of} is 0 seconds or more, found {found}")).into()
        })
    }

    fn write(&self) -> Value {
        Value::Float(self.as_secs_f64())
    }
}

impl Name {
    /// The error of a value of the wrong type.
    pub(crate) fn expected(&self, expected: &'static str, found: &Value) -> CallError {
        CallError::Type { of: self.of, name: self.name, expected, found: found.kind().to_owned() }
    }

    fn in_range(&self, value: u64) -> Result<()> {
        self.range.map_or(Ok(()), |(low, high)| {
            in_range(&format!("{} {}", self.of, self.name), value, low..=high)
        })
    }
}
