//! Numbers with a fraction, as options have them that are compared and hashed.

use super::kind::{Kind, OptionType, pair};
use super::table::Name;
use crate::error::{Error, Result};
use crate::picture::checks::in_range;
use crate::picture::geometry::Size;
use crate::recipe::value::{CallError, Value};

/// A number with a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Real {
    /// The bits of the number, which compare as the number does not.
    bits: u64,
}

impl Real {
    pub(crate) const fn new(value: f64) -> Self {
        Self { bits: value.to_bits() }
    }

    pub(crate) const fn value(self) -> f64 {
        f64::from_bits(self.bits)
    }
}

/// One, where an option must be given: no factor and no distance is 0.
impl Default for Real {
    fn default() -> Self {
        Self::new(1.0)
    }
}

/// Makes setters that take a number, of the options of a struct.
macro_rules! setters {
    ($Name:ident; $($name:ident: $with:ident = $value:literal),+) => {
        impl $Name {$(
            #[doc = concat!("Sets [`", stringify!($name), "`](Self#structfield.", stringify!($name), ").")]
            ///
            /// ```
            #[doc = concat!("use makeready::", stringify!($Name), ";\n")]
            #[doc = concat!("let usual = ", stringify!($Name), "::new();")]
            #[doc = concat!("assert_ne!(usual.clone().", stringify!($name), "(", stringify!($value), "), usual);")]
            /// ```
            #[must_use]
            pub fn $name(self, $name: f64) -> Self {
                self.$with(Real::new($name))
            }
        )+}
    };
}
pub(super) use setters;

impl OptionType for Real {
    const KIND: Kind = Kind::Real;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        f64::read(value, name).map(Self::new)
    }

    fn write(&self) -> Value {
        self.value().write()
    }

    fn check(&self, name: &Name) -> Result<()> {
        self.value().check(name)
    }
}

/// A point in a picture, by shares of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Point {
    x: Real,
    y: Real,
}

impl Point {
    pub(crate) const fn new(x: f64, y: f64) -> Self {
        Self { x: Real::new(x), y: Real::new(y) }
    }

    /// Columns left of and rows above a part of this size that has it as near to its middle as can be.
    pub(crate) fn offset(self, whole: Size, part: Size) -> (u32, u32) {
        let offset = |share: Real, whole: u32, part: u32| {
            let first = share.value() * f64::from(whole) - f64::from(part) / 2.0;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "of a side")]
            let first = first.round().clamp(0.0, f64::from(whole - part)) as u32;
            first
        };
        (offset(self.x, whole.width, part.width), offset(self.y, whole.height, part.height))
    }
}

impl OptionType for Point {
    const KIND: Kind = Kind::Point;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        let (x, y) = pair(value, name, ["x", "y"], f64::read)?;
        Ok(Self::new(x, y))
    }

    fn write(&self) -> Value {
        Value::List(vec![self.x.write(), self.y.write()])
    }

    fn check(&self, name: &Name) -> Result<()> {
        for share in [self.x, self.y] {
            in_range(&format!("{} {}", name.of, name.name), share.value(), 0.0..=1.0)?;
        }
        Ok(())
    }
}

/// One number, or one for each of red, green and blue: made by `into()` of either.
///
/// ```
/// use makeready::Numbers;
///
/// assert_eq!(Numbers::from(2.0), Numbers::from([2.0, 2.0, 2.0]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Numbers([Real; 3]);

impl Numbers {
    /// One each for red, green and blue.
    pub(crate) fn values(self) -> [f64; 3] {
        self.0.map(Real::value)
    }
}

impl From<f64> for Numbers {
    fn from(number: f64) -> Self {
        Self([Real::new(number); 3])
    }
}

impl From<[f64; 3]> for Numbers {
    fn from(numbers: [f64; 3]) -> Self {
        Self(numbers.map(Real::new))
    }
}

impl std::fmt::Display for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.values() {
            [red, green, blue] if red == green && green == blue => write!(f, "{red}"),
            [red, green, blue] => write!(f, "({red}, {green}, {blue})"),
        }
    }
}

impl OptionType for Numbers {
    const KIND: Kind = Kind::Numbers;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        let Value::List(values) = value else {
            return f64::read(value, name).map(Self::from);
        };
        let numbers = values.iter().map(|value| f64::read(value, name));
        let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
        let three: [f64; 3] = numbers.try_into().map_err(|found: Vec<_>| {
            let Name { of, name, .. } = name;
            let found = found.len();
            Error::invalid_option(format!("{of} {name} is one number or three, found {found}"))
        })?;
        Ok(Self::from(three))
    }

    fn write(&self) -> Value {
        match self.values() {
            [red, green, blue] if red == green && green == blue => red.write(),
            all => Value::List(all.iter().map(OptionType::write).collect()),
        }
    }
}
