//! Reads option objects: each value by its name, once, and nothing that nobody asked for.

use std::str::FromStr;

use makeready::Colour;
use napi::ValueType;
use napi::bindgen_prelude::{Array, FromNapiValue, JsObjectValue, Object, Unknown};

use crate::error::Fault;

/// An option object. A value of `undefined` or `null` counts as not given.
pub(crate) struct Reader<'env> {
    what: &'static str,
    object: Option<Object<'env>>,
    known: Vec<&'static str>,
}

impl<'env> Reader<'env> {
    /// The options of `what`; all left out where `value` is none.
    pub(crate) fn new(what: &'static str, value: Option<Unknown<'env>>) -> Result<Self, Fault> {
        let object = match value {
            Some(value) if given(&value)? => Some(object(what, value)?),
            _ => None,
        };
        Ok(Self { what, object, known: Vec::new() })
    }

    /// The value of `name`.
    pub(crate) fn value(&mut self, name: &'static str) -> Result<Option<Unknown<'env>>, Fault> {
        self.known.push(name);
        match self.named(name)? {
            Some(value) if given(&value)? => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    /// A whole number that an option of type `T` can hold; what it may be is for the core to say.
    pub(crate) fn whole<T: TryFrom<u64>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Fault> {
        let value = self.value(name)?;
        value.map(|value| whole(&self.path(name), value)).transpose()
    }

    /// A whole number that must be given.
    pub(crate) fn needed<T: TryFrom<u64>>(&mut self, name: &'static str) -> Result<T, Fault> {
        let path = self.path(name);
        self.whole(name)?.ok_or_else(|| Fault::Type(format!("{path}: expected a number")))
    }

    /// A boolean.
    pub(crate) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Fault> {
        self.typed(name, ValueType::Boolean, "a boolean")
    }

    /// One of the words of `T`.
    pub(crate) fn word<T>(&mut self, name: &'static str) -> Result<Option<T>, Fault>
    where
        T: FromStr<Err = makeready::Error>,
    {
        let word: Option<String> = self.typed(name, ValueType::String, "a string")?;
        Ok(word.map(|word| word.parse()).transpose()?)
    }

    /// A colour in one of its written forms.
    pub(crate) fn colour(&mut self, name: &'static str) -> Result<Option<Colour>, Fault> {
        let text: Option<String> = self.typed(name, ValueType::String, "a string")?;
        Ok(text.map(|text| Colour::parse(&text)).transpose()?)
    }

    /// A list.
    pub(crate) fn list(&mut self, name: &'static str) -> Result<Option<Vec<Unknown<'env>>>, Fault> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let path = self.path(name);
        let array = Array::from_unknown(value)
            .map_err(|_| Fault::Type(format!("{path}: expected an array")))?;
        let missing = || Fault::Type(format!("{path}: expected no holes"));
        (0..array.len())
            .map(|index| array.get(index)?.ok_or_else(missing))
            .collect::<Result<_, Fault>>()
            .map(Some)
    }

    /// Refuses what no call above has asked for: a misspelt option is never ignored.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        for key in self.names()? {
            if !self.known.contains(&key.as_str()) && self.has(&key)? {
                let (what, known) = (self.what, self.known.join(", "));
                return Err(Fault::Option(format!(
                    "an option of {what} is one of {known}, found {key:?}"
                )));
            }
        }
        Ok(())
    }

    /// The names of all values that are there.
    pub(crate) fn names(&self) -> Result<Vec<String>, Fault> {
        self.object.as_ref().map_or(Ok(Vec::new()), |object| Ok(Object::keys(object)?))
    }

    /// Whether any value is there.
    pub(crate) fn is_given(&self) -> bool {
        self.object.is_some()
    }

    /// Whether a value is given, by a name that only the caller of the export knows.
    fn has(&self, name: &str) -> Result<bool, Fault> {
        self.named(name)?.map_or(Ok(false), |value| given(&value))
    }

    /// A boolean that is there, by such a name.
    pub(crate) fn flag_named(&self, name: &str) -> Result<bool, Fault> {
        let path = self.path(name);
        let value = self.named(name)?;
        let value = value.ok_or_else(|| Fault::Type(format!("{path}: expected a boolean")))?;
        expect(&path, value, ValueType::Boolean, "a boolean")
    }

    fn named(&self, name: &str) -> Result<Option<Unknown<'env>>, Fault> {
        let object = self.object.as_ref();
        Ok(object.map(|object| object.get_named_property_unchecked(name)).transpose()?)
    }

    fn typed<T: FromNapiValue>(
        &mut self,
        name: &'static str,
        kind: ValueType,
        expected: &str,
    ) -> Result<Option<T>, Fault> {
        let value = self.value(name)?;
        value.map(|value| expect(&self.path(name), value, kind, expected)).transpose()
    }

    fn path(&self, name: &str) -> String {
        format!("{} {name}", self.what)
    }
}

/// Whether a value is anything but `undefined` and `null`.
fn given(value: &Unknown<'_>) -> Result<bool, Fault> {
    Ok(!matches!(value.get_type()?, ValueType::Undefined | ValueType::Null))
}

fn object<'env>(what: &str, value: Unknown<'env>) -> Result<Object<'env>, Fault> {
    expect(what, value, ValueType::Object, "an object")
}

/// A value of one JavaScript type.
pub(crate) fn expect<T: FromNapiValue>(
    what: &str,
    value: Unknown<'_>,
    kind: ValueType,
    expected: &str,
) -> Result<T, Fault> {
    let found = value.get_type()?;
    if found != kind {
        let found = format!("{found:?}").to_lowercase();
        return Err(Fault::Type(format!("{what}: expected {expected}, found {found}")));
    }
    Ok(T::from_unknown(value)?)
}

/// A number.
pub(crate) fn number(what: &str, value: Unknown<'_>) -> Result<f64, Fault> {
    expect(what, value, ValueType::Number, "a number")
}

/// A string.
pub(crate) fn string(what: &str, value: Unknown<'_>) -> Result<String, Fault> {
    expect(what, value, ValueType::String, "a string")
}

/// A whole number that fits `T`. Node's own conversion would cut 1.5 to 1 and turn -1 into 4294967295.
pub(crate) fn whole<T: TryFrom<u64>>(what: &str, value: Unknown<'_>) -> Result<T, Fault> {
    /// Above it not every whole number is one of JavaScript's.
    const EXACT: u64 = (1 << 53) - 1;
    let number = number(what, value)?;
    let most = (u64::MAX >> (64 - 8 * size_of::<T>())).min(EXACT);
    if number.fract() == 0.0 && (0.0..=most as f64).contains(&number) {
        #[allow(clippy::cast_possible_truncation, reason = "whole and in range")]
        if let Ok(value) = T::try_from(number as u64) {
            return Ok(value);
        }
    }
    Err(Fault::Option(format!("{what} is a whole number of 0 to {most}, found {number}")))
}
