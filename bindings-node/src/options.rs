//! Options by their names, from JavaScript to the core. A value of `undefined` or `null` counts as not given.

use makeready::by_name::{self, CallError, Field, Kind, Value};
use makeready::{Limits, Open};
use napi::bindgen_prelude::{Array, FromNapiValue, JsObjectValue, Object, Unknown};
use napi::{JsValue, ValueType};

use crate::error::Fault;
use crate::reader::{given, object, text};

/// The options in some objects, each read by its name, once; a value that is no option keeps its name.
pub(crate) fn options<const N: usize>(
    of: &'static str,
    fields: &[Field],
    objects: [Option<Unknown<'_>>; N],
) -> Result<Vec<(String, Value)>, Fault> {
    let mut options = Vec::new();
    for options_object in objects.into_iter().flatten() {
        if given(&options_object)? {
            let object = object(of, options_object)?;
            read_known(fields, &object, &mut options)?;
            read_unknown(of, fields, &object, &mut options)?;
        }
    }
    Ok(options)
}

fn read_known(
    fields: &[Field],
    object: &Object<'_>,
    options: &mut Vec<(String, Value)>,
) -> Result<(), Fault> {
    for field in fields {
        let value = object.get_named_property_unchecked::<Unknown<'_>>(&camel(field.name))?;
        if given(&value)? {
            options.push((field.name.to_owned(), read(field.kind, value)?));
        }
    }
    Ok(())
}

/// Rules by their names; for the core to refuse, what is misspelt.
fn read_unknown(
    of: &'static str,
    fields: &[Field],
    object: &Object<'_>,
    options: &mut Vec<(String, Value)>,
) -> Result<(), Fault> {
    for key in Object::keys(object)? {
        if fields.iter().any(|field| camel(field.name) == key) {
            continue;
        }
        let value = object.get_named_property_unchecked::<Unknown<'_>>(&key)?;
        if given(&value)? {
            if fields.iter().any(|field| field.name == key) {
                let known = fields.iter().map(|field| field.name).collect();
                return Err(CallError::Unknown { of, name: key, known }.into());
            }
            options.push((key, read(Kind::Rules, value)?));
        }
    }
    Ok(())
}

/// A value as the core knows them. Only values that may hold several others are looked into.
fn read(kind: Kind, value: Unknown<'_>) -> Result<Value, Fault> {
    Ok(match value.get_type()? {
        ValueType::Undefined | ValueType::Null => Value::None,
        ValueType::Boolean => Value::Bool(bool::from_unknown(value)?),
        ValueType::Number => Value::Number(number(kind, f64::from_unknown(value)?)),
        ValueType::String => Value::Text(text("an option", value)?),
        ValueType::Object => match kind {
            Kind::Places if value.is_array()? => read_list(Kind::Size, value)?,
            Kind::List { of } if value.is_array()? => read_list(*of, value)?,
            Kind::Numbers if value.is_array()? => read_list(Kind::Real, value)?,
            Kind::Text if value.is_array()? => read_list(Kind::Bool, value)?,
            Kind::Size | Kind::Place | Kind::Point => read_object(value)?,
            _ => Value::Other("an object".to_owned()),
        },
        other => Value::Other(format!("a {}", format!("{other:?}").to_lowercase())),
    })
}

/// A number; times are in milliseconds here.
fn number(kind: Kind, number: f64) -> f64 {
    if kind == Kind::Seconds { number / 1000.0 } else { number }
}

/// Values within a value: more than any option has. An array may say to have billions.
const MOST_VALUES: u32 = 100_000;

/// The items of an array, all of one kind.
fn read_list(kind: Kind, value: Unknown<'_>) -> Result<Value, Fault> {
    let array = Array::from_unknown(value)?;
    if array.len() > MOST_VALUES {
        return Ok(Value::Other(format!("an array of {} values", array.len())));
    }
    let items = (0..array.len()).map(|index| match array.get::<Unknown<'_>>(index)? {
        Some(item) => read(kind, item),
        None => Ok(Value::None),
    });
    items.collect::<Result<_, Fault>>().map(Value::List)
}

fn read_object(value: Unknown<'_>) -> Result<Value, Fault> {
    let object = Object::from_unknown(value)?;
    let item = |name: String| {
        let value = object.get_named_property_unchecked::<Unknown<'_>>(&name)?;
        Ok((name, read(Kind::Rules, value)?))
    };
    Object::keys(&object)?.into_iter().map(item).collect::<Result<_, Fault>>().map(Value::Map)
}

/// Limits by their names.
pub(crate) fn limits(given: Option<Unknown<'_>>) -> Result<Limits, Fault> {
    let operation = by_name::operation("limits")?;
    Ok(by_name::limits(&options(operation.name, &(operation.fields)(), [given])?)?)
}

/// How an input is opened, by values of some of its options.
pub(crate) fn open<const N: usize>(
    values: [(&'static str, Option<Unknown<'_>>); N],
) -> Result<Open, Fault> {
    let fields = by_name::open_fields();
    let mut options = Vec::new();
    for (name, value) in values {
        let field = fields.iter().find(|field| field.name == name);
        if let (Some(field), Some(value)) = (field, value) {
            options.push((name.to_owned(), read(field.kind, value)?));
        }
    }
    Ok(by_name::open(&options)?)
}

/// The name of an option as JavaScript spells it.
pub(crate) fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut name, part| {
        let mut letters = part.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}
