//! Values of options as data, and what may be wrong with them.

use std::fmt;

use crate::error::Error;

/// A value of an option, as another language or a document gives it.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing: the option counts as left out.
    None,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A whole number that is larger than any, by its digits.
    Digits(String),
    /// A number with a fraction.
    Float(f64),
    /// A number of a language that has one kind of number alone.
    Number(f64),
    /// A word, a colour.
    Text(String),
    /// Values by their places.
    List(Vec<Self>),
    /// Values by their names.
    Map(Vec<(String, Self)>),
    /// A value of a type that no option has, by the name of that type.
    Other(String),
}

/// Options by their names.
pub type NamedOptions = Vec<(String, Value)>;

/// A call by its name, with its options by theirs.
pub type NamedCall = (&'static str, NamedOptions);

impl Value {
    /// Its type, for messages.
    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::None => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Digits(_) => "a whole number",
            Self::Float(_) | Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "names with values",
            Self::Other(name) => name,
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) | Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Bool(yes) => yes.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Float(number) | Self::Number(number) => number.fmt(f),
            Self::Digits(text) | Self::Text(text) | Self::Other(text) => f.write_str(text),
            Self::List(_) | Self::Map(_) => write!(f, "{self:?}"),
        }
    }
}

/// Numbers are equal by what they say: 2 is 2.0.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Digits(a), Self::Digits(b))
            | (Self::Text(a), Self::Text(b))
            | (Self::Other(a), Self::Other(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            _ => self.number().is_some_and(|number| Some(number) == other.number()),
        }
    }
}

/// Why a call by name is refused.
#[derive(Debug)]
pub enum CallError {
    /// A value of the wrong type, or none where one must be given.
    Type {
        /// The operation or the format.
        of: &'static str,
        /// The option.
        name: &'static str,
        /// The type that it has.
        expected: &'static str,
        /// The type that was given.
        found: String,
    },
    /// A name that no option has.
    Unknown {
        /// The operation or the format.
        of: &'static str,
        /// The name that was given.
        name: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// A value that the option cannot have.
    Value {
        /// The option, where one is at fault.
        option: Option<String>,
        /// What is wrong with it.
        error: Error,
    },
}

impl CallError {
    /// The message, with the names of options as a language spells them.
    pub fn message(&self, spell: impl Fn(&str) -> String) -> String {
        match self {
            Self::Type { of, name, expected, found } => {
                format!("{of} {}: expected {expected}, found {found}", spell(name))
            }
            Self::Unknown { of, name, known } if known.is_empty() => {
                format!("{of} has no option {name}, nor any other")
            }
            Self::Unknown { of, name, known } => {
                let known: Vec<_> = known.iter().map(|name| spell(name)).collect();
                format!("{of} has no option {name}: expected {}, found {name}", known.join(", "))
            }
            Self::Value { error, .. } => error.to_string(),
        }
    }

    /// The option at fault, where one is.
    pub(crate) fn option(&self) -> Option<&str> {
        match self {
            Self::Type { name, .. } => Some(name),
            Self::Unknown { name, .. } => Some(name),
            Self::Value { option, .. } => option.as_deref(),
        }
    }

    /// Says which option is at fault, unless that is known already.
    pub(crate) fn at(self, name: &str) -> Self {
        match self {
            Self::Value { option: None, error } => {
                Self::Value { option: Some(name.to_owned()), error }
            }
            other => other,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(str::to_owned))
    }
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Value { option: None, error }
    }
}

/// All are `invalid_option`, where a language makes no difference.
impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Value { error, .. } => error,
            other => Self::invalid_option(other.to_string()),
        }
    }
}
