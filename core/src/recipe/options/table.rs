//! The table of an option struct: each option is said once, as a line with its sentence, type, default and range.

use super::kind::Kind;
use crate::error::Result;
use crate::recipe::value::{CallError, Value};

/// The facts of an option that other languages and documents are told.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name, in snake_case.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Gives its default; [`Value::None`] where there is none, or where it must be given.
    pub default: fn() -> Value,
    /// Whether it must be given.
    pub needed: bool,
    /// The least and the largest number it may be, where that is less than its type holds.
    pub range: Option<(u64, u64)>,
    /// Its meaning, in a sentence; it may be in lines.
    pub doc: &'static str,
}

/// An option in messages.
pub(crate) struct Name {
    /// The operation or the format.
    pub(crate) of: &'static str,
    pub(crate) name: &'static str,
    pub(crate) range: Option<(u64, u64)>,
}

/// An option struct, or what takes several names as one.
pub(crate) trait Options {
    /// All options, in the order of the table.
    fn fields() -> Vec<Field>
    where
        Self: Sized;

    /// The values of all options, in the order of the table.
    fn values(&self) -> Vec<Value>;

    /// Sets an option by its name; tells whether there is one.
    fn set(&mut self, of: &'static str, name: &str, value: &Value) -> Result<bool, CallError>;

    /// Checks all ranges.
    fn check(&self, of: &'static str) -> Result<()>;
}

/// The name of an option whose field has that of a word of Rust.
pub(crate) const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// Makes an option struct of its table: the struct, its default, [`Options`], and for a `pub` one `new()` and setters.
///
/// ```text
/// options! {
///     /// JPEG options.
///     #[derive(Debug, Clone, Copy)]
///     pub struct Jpeg {
///         /// Quality on libjpeg's scale.
///         quality (with_quality): u8 = 80, 1..=100;
///         /// Whether the file shows a coarse picture first.
///         progressive (with_progressive, progressive): bool = false;
///     }
/// }
/// ```
///
/// An option has its sentence, its name, the names of its setters, type, default and range. One without a default must
/// be given by name. `[group]` in place of setters is for a struct whose options are named as if they were here.
macro_rules! options {
    (
        $(#[$meta:meta])*
        pub struct $Name:ident { $($table:tt)+ }
    ) => {
        options!(@struct [$(#[$meta])*] [pub] $Name { $($table)+ });
        options!(@setters $Name { $($table)+ });
    };
    (
        $(#[$meta:meta])*
        struct $Name:ident { $($table:tt)+ }
    ) => {
        options!(@struct [$(#[$meta])*] [pub(crate)] $Name { $($table)+ });
    };
    (
        $(#[$meta:meta])*
        struct $Name:ident {}
    ) => {
        $(#[$meta])*
        #[derive(Default)]
        pub(crate) struct $Name {}

        impl $crate::recipe::options::table::Options for $Name {
            fn fields() -> Vec<$crate::recipe::options::table::Field> {
                Vec::new()
            }

            fn values(&self) -> Vec<$crate::recipe::value::Value> {
                Vec::new()
            }

            fn set(
                &mut self,
                _: &'static str,
                _: &str,
                _: &$crate::recipe::value::Value,
            ) -> Result<bool, $crate::recipe::value::CallError> {
                Ok(false)
            }

            fn check(&self, _: &'static str) -> $crate::Result<()> {
                Ok(())
            }
        }
    };
    (@struct [$(#[$meta:meta])*] [$vis:vis] $Name:ident {$(
        $(#[doc = $doc:literal])+
        $field:ident $([$group:ident])? $(($($setter:ident),+))? :
            $Type:ty $(= $default:expr)? $(, $low:literal ..= $high:literal)?;
    )+}) => {
        $(#[$meta])*
        $vis struct $Name {$(
            $(#[doc = $doc])+
            $(#[doc = concat!("\n\nDefault `", stringify!($default), "`.")])?
            $(#[doc = concat!("From ", stringify!($low), " to ", stringify!($high), ".")])?
            $vis $field: $Type,
        )+}

        impl Default for $Name {
            fn default() -> Self {
                Self { $($field: options!(@default $($default)?),)+ }
            }
        }

        impl $crate::recipe::options::table::Options for $Name {
            fn fields() -> Vec<$crate::recipe::options::table::Field> {
                let mut fields = Vec::new();
                $(options!(
                    @field $([$group])? fields, $field: $Type, ($($default)?), ($($low, $high)?),
                    concat!($($doc),+)
                );)+
                fields
            }

            fn values(&self) -> Vec<$crate::recipe::value::Value> {
                let mut values = Vec::new();
                $(options!(@value $([$group])? values, self.$field);)+
                values
            }

            fn set(
                &mut self,
                of: &'static str,
                name: &str,
                value: &$crate::recipe::value::Value,
            ) -> Result<bool, $crate::recipe::value::CallError> {
                $(
                    let option = options!(@name of, $field, ($($low, $high)?));
                    if options!(@set $([$group])? self.$field, option, name, value) {
                        return Ok(true);
                    }
                )+
                Ok(false)
            }

            fn check(&self, of: &'static str) -> $crate::Result<()> {
                $(
                    let option = options!(@name of, $field, ($($low, $high)?));
                    options!(@check $([$group])? self.$field, option);
                )+
                Ok(())
            }
        }
    };
    (@setters $Name:ident {$(
        $(#[doc = $doc:literal])+
        $field:ident $([$group:ident])? $(($($setter:ident),+))? :
            $Type:ty $(= $default:expr)? $(, $low:literal ..= $high:literal)?;
    )+}) => {
        impl $Name {
            /// All at their defaults.
            ///
            /// ```
            #[doc = concat!("use makeready::", stringify!($Name), ";\n")]
            #[doc = concat!("assert_eq!(", stringify!($Name), "::new(), ", stringify!($Name), "::default());")]
            /// ```
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $($($(
                #[doc = options!(@sets $field)]
                #[must_use]
                pub fn $setter(mut self, $field: $Type) -> Self {
                    self.$field = $field;
                    self
                }
            )+)?)+
        }
    };
    // No link leads to a field with the name of a word of Rust.
    (@sets r#loop) => {
        "Sets `loop`."
    };
    (@sets $field:ident) => {
        concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")
    };
    (@default $default:expr) => {
        $default
    };
    (@default) => {
        Default::default()
    };
    (@default_value $Type:ty, ($default:expr)) => {
        || {
            let default: $Type = $default;
            $crate::recipe::options::kind::OptionType::write(&default)
        }
    };
    (@default_value $Type:ty, ()) => {
        || $crate::recipe::value::Value::None
    };
    (@needed ($default:expr)) => {
        false
    };
    (@needed ()) => {
        true
    };
    (@range ($low:literal, $high:literal)) => {
        Some(($low, $high))
    };
    (@range ()) => {
        None
    };
    (@name $of:ident, $field:ident, $range:tt) => {
        $crate::recipe::options::table::Name {
            of: $of,
            name: $crate::recipe::options::table::plain(stringify!($field)),
            range: options!(@range $range),
        }
    };
    (@field [group] $fields:ident, $field:ident: $Type:ty, $default:tt, $range:tt, $doc:expr) => {
        $fields.extend(<$Type as $crate::recipe::options::table::Options>::fields())
    };
    (@field $fields:ident, $field:ident: $Type:ty, $default:tt, $range:tt, $doc:expr) => {
        $fields.extend([$crate::recipe::options::table::Field {
            name: $crate::recipe::options::table::plain(stringify!($field)),
            kind: <$Type as $crate::recipe::options::kind::OptionType>::KIND,
            default: options!(@default_value $Type, $default),
            needed: options!(@needed $default),
            range: options!(@range $range),
            doc: $doc,
        }])
    };
    (@value [group] $values:ident, $self:ident.$field:ident) => {
        $values.extend($crate::recipe::options::table::Options::values(&$self.$field))
    };
    (@value $values:ident, $self:ident.$field:ident) => {
        $values.extend([$crate::recipe::options::kind::OptionType::write(&$self.$field)])
    };
    (@set [group] $self:ident.$field:ident, $option:ident, $name:ident, $value:ident) => {
        $crate::recipe::options::table::Options::set(&mut $self.$field, $option.of, $name, $value)?
    };
    (@set $self:ident.$field:ident, $option:ident, $name:ident, $value:ident) => {
        if $name == $option.name {
            $self.$field = $crate::recipe::options::kind::OptionType::read($value, &$option)?;
            true
        } else {
            false
        }
    };
    (@check [group] $self:ident.$field:ident, $option:ident) => {
        $crate::recipe::options::table::Options::check(&$self.$field, $option.of)?
    };
    (@check $self:ident.$field:ident, $option:ident) => {
        $crate::recipe::options::kind::OptionType::check(&$self.$field, &$option)?
    };
}
pub(crate) use options;

/// Options of `of` by their names: defaults, and what is given on top of them.
pub(crate) fn read<T: Options + Default>(
    of: &'static str,
    given: &[(String, Value)],
) -> Result<T, CallError> {
    let mut options = T::default();
    fill(&mut options, of, given, &T::fields())?;
    Ok(options)
}

/// Sets what is given, and finds what is missing or has no such name. A value of [`Value::None`] is not given.
pub(crate) fn fill<'a>(
    options: &mut dyn Options,
    of: &'static str,
    given: impl IntoIterator<Item = &'a (String, Value)> + Clone,
    fields: &[Field],
) -> Result<(), CallError> {
    let is_given = |(_, value): &&(String, Value)| !matches!(value, Value::None);
    for (name, value) in given.clone().into_iter().filter(is_given) {
        if !options.set(of, name, value).map_err(|error| error.at(name))? {
            let known = fields.iter().map(|field| field.name).collect();
            return Err(CallError::Unknown { of, name: name.clone(), known });
        }
    }
    for field in fields.iter().filter(|field| field.needed) {
        if !given.clone().into_iter().filter(is_given).any(|(name, _)| name == field.name) {
            let name = Name { of, name: field.name, range: None };
            return Err(name.expected(field.kind.expected(), &Value::None));
        }
    }
    Ok(())
}

/// The options that are not at their default, in the order of the table.
pub(crate) fn changed<T: Options>(options: &T) -> Vec<(&'static str, Value)> {
    changed_of(&T::fields(), options.values())
}

/// Of these values those that are not at the default of their field.
pub(crate) fn changed_of(fields: &[Field], values: Vec<Value>) -> Vec<(&'static str, Value)> {
    let pairs = fields.iter().zip(values);
    let changed = pairs.filter(|(field, value)| *value != (field.default)());
    changed.map(|(field, value)| (field.name, value)).collect()
}

/// Options as a plan shows them: numbers by their names, words as they are, switches that are not at their default.
pub(crate) fn show(fields: &[Field], values: &[Value]) -> String {
    let mut text = String::new();
    for (field, value) in fields.iter().zip(values) {
        let name = field.name;
        text += &match value {
            Value::None => continue,
            Value::Bool(_) if *value == (field.default)() => continue,
            Value::Bool(true) => format!(" {name}"),
            Value::Bool(false) => format!(" {name}=false"),
            Value::Text(word) => format!(" {word}"),
            other => format!(" {name}={other}"),
        };
    }
    text
}
