//! Options of two numbers: sizes and places.

use super::{Kind, OptionType};
use crate::error::Error;
use crate::picture::geometry::Size;
use crate::recipe::options::table::Name;
use crate::recipe::value::{CallError, Value};

/// Two numbers, by their places or by their names.
pub(in crate::recipe::options) fn pair<T>(
    value: &Value,
    name: &Name,
    names: [&'static str; 2],
    read: fn(&Value, &Name) -> Result<T, CallError>,
) -> Result<(T, T), CallError> {
    match value {
        Value::List(values) => match values.as_slice() {
            [first, second] => Ok((read(first, name)?, read(second, name)?)),
            other => Err(Error::invalid_option(format!(
                "{} {} is two numbers, found {}",
                name.of,
                name.name,
                other.len()
            ))
            .into()),
        },
        Value::Map(values) => {
            let known = |(key, _): &&(String, Value)| !names.contains(&key.as_str());
            if let Some((other, _)) = values.iter().find(known) {
                let (name, known) = (other.clone(), names.to_vec());
                return Err(CallError::Unknown { of: "a pair", name, known });
            }
            let side = |side: &'static str| {
                let found = values.iter().find(|(key, _)| key == side);
                let name = Name { of: name.of, name: side, range: None };
                found.map_or_else(
                    || Err(name.expected("a number", &Value::None)),
                    |(_, value)| read(value, &name),
                )
            };
            Ok((side(names[0])?, side(names[1])?))
        }
        other => Err(name.expected("two numbers", other)),
    }
}

impl OptionType for Size {
    const KIND: Kind = Kind::Size;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        pair(value, name, ["width", "height"], u32::read).map(Self::from)
    }

    fn write(&self) -> Value {
        Value::List(vec![self.width.write(), self.height.write()])
    }
}

impl OptionType for Vec<(u32, u32)> {
    const KIND: Kind = Kind::Places;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        match value {
            Value::List(places) => {
                places.iter().map(|place| pair(place, name, ["x", "y"], u32::read)).collect()
            }
            other => Err(name.expected(Self::KIND.expected(), other)),
        }
    }

    fn write(&self) -> Value {
        let place = |(x, y): &(u32, u32)| Value::List(vec![x.write(), y.write()]);
        Value::List(self.iter().map(place).collect())
    }
}

impl OptionType for (i32, i32) {
    const KIND: Kind = Kind::Place;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        pair(value, name, ["x", "y"], signed)
    }

    fn write(&self) -> Value {
        Value::List([self.0, self.1].map(|number| Value::Int(number.into())).to_vec())
    }
}

/// A whole number, also below 0.
fn signed(value: &Value, name: &Name) -> Result<i32, CallError> {
    let (fits, found) = match value {
        Value::Int(number) => (i32::try_from(*number).ok(), number.to_string()),
        Value::Digits(digits) => (None, digits.clone()),
        #[allow(clippy::cast_possible_truncation, reason = "whole and in range")]
        Value::Number(number) => {
            let range = f64::from(i32::MIN)..=f64::from(i32::MAX);
            let exact = number.fract() == 0.0 && range.contains(number);
            (exact.then_some(*number as i32), number.to_string())
        }
        other => return Err(name.expected("a whole number", other)),
    };
    fits.ok_or_else(|| {
        let Name { of, name, .. } = name;
        let range = format!("a whole number of {} to {}", i32::MIN, i32::MAX);
        Error::invalid_option(format!("{of} {name} is {range}, found {found}")).into()
    })
}
