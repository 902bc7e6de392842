//! From text to values: what JSON alone tells.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::path::{field, item, shortened};
use super::{MAX_BYTES, MAX_NESTING, MAX_VALUES};
use crate::error::{Error, Result};
use crate::recipe::value::Value;

/// Fields of an object: more than any has, and few enough to look for each among all.
const MAX_FIELDS: usize = 100;

/// The value of a text.
///
/// # Errors
/// `invalid_option` with the place, as a path and as line and column.
pub(super) fn parse(text: &str) -> Result<Value> {
    if text.len() > MAX_BYTES {
        return Err(Error::invalid_option(format!(
            "a definition is a text of at most {MAX_BYTES} bytes, found {}",
            text.len()
        )));
    }
    let state = State::default();
    let mut json = serde_json::Deserializer::from_str(text);
    // The seed counts its own depth: that of serde_json is less than stitches may be nested.
    json.disable_recursion_limit();
    let value = Seed { state: &state, depth: 0 }.deserialize(&mut json);
    value.and_then(|value| json.end().map(|()| value)).map_err(|error| {
        let path: Vec<String> = state.trail.take().into_iter().rev().collect();
        Error::invalid_option(shortened(format!("${}: {error}", path.concat())))
    })
}

/// What all values of a text share.
#[derive(Default)]
struct State {
    values: Cell<usize>,
    /// The way from an error up to the document, filled while the error goes up.
    trail: RefCell<Vec<String>>,
}

/// Reads a value within so many objects and lists.
#[derive(Clone, Copy)]
struct Seed<'a> {
    state: &'a State,
    depth: usize,
}

impl Seed<'_> {
    /// The values in this one.
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_NESTING {
            return Err(E::custom(format_args!(
                "objects and lists are nested at most {MAX_NESTING} deep"
            )));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    #[cold]
    fn trail(self, segment: String) {
        self.state.trail.borrow_mut().push(segment);
    }

    /// The name of the next field, which is a new one.
    fn name<'de, A: MapAccess<'de>>(
        self,
        fields: &[(String, Value)],
        map: &mut A,
    ) -> Result<Option<String>, A::Error> {
        let Some(name) = map.next_key::<String>()? else {
            return Ok(None);
        };
        let wrong = if fields.iter().any(|(other, _)| *other == name) {
            "a field that is there already"
        } else if fields.len() == MAX_FIELDS {
            "more fields than any object has"
        } else {
            return Ok(Some(name));
        };
        self.trail(field(&name));
        Err(A::Error::custom(wrong))
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        let values = self.state.values.get() + 1;
        if values > MAX_VALUES {
            return Err(D::Error::custom(format_args!(
                "a definition has at most {MAX_VALUES} values"
            )));
        }
        self.state.values.set(values);
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Int(number.into()))
    }

    /// JSON has one kind of number: 4.0 is a whole one.
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Err(E::custom("null is no value: a field that is not given is left out"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        loop {
            match list.next_element_seed(below) {
                Ok(Some(value)) => values.push(value),
                Ok(None) => return Ok(Value::List(values)),
                Err(error) => {
                    self.trail(item(values.len()));
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut fields = Vec::new();
        while let Some(name) = self.name(&fields, &mut map)? {
            match map.next_value_seed(below) {
                Ok(value) => fields.push((name, value)),
                Err(error) => {
                    self.trail(field(&name));
                    return Err(error);
                }
            }
        }
        Ok(Value::Map(fields))
    }
}
