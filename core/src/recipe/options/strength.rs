//! A strength, as options have it that are compared and hashed.

use super::Real;
use super::kind::{Kind, OptionType};
use super::table::Name;
use crate::error::Result;
use crate::recipe::value::{CallError, Value};

/// A strength, from 0.0 for nothing to 1.0 for all of it.
///
/// ```
/// use makeready::{Png, Strength};
///
/// assert_eq!(Png::new().dither, Strength::FULL);
/// assert_eq!(Png::new().dither(0.5).dither, Strength::new(0.5));
/// assert_eq!(Strength::new(0.5).value(), 0.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Strength(Real);

impl Strength {
    /// All of it.
    pub const FULL: Self = Self::new(1.0);

    /// The strength of a number; plans refuse one that is not from 0 to 1.
    #[must_use]
    pub const fn new(value: f64) -> Self {
        Self(Real::new(value))
    }

    /// Its number.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0.value()
    }

    /// So much of a whole number.
    #[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    pub(crate) fn of(self, whole: i32) -> i32 {
        (self.value() * f64::from(whole)).round() as i32
    }
}

impl OptionType for Strength {
    const KIND: Kind = Kind::Real;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        Real::read(value, name).map(Self)
    }

    fn write(&self) -> Value {
        self.0.write()
    }

    fn check(&self, name: &Name) -> Result<()> {
        self.0.check(name)
    }
}
