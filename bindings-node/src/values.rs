//! Values of the core as JavaScript has them: names in camelCase, pairs as objects, times in milliseconds.

use makeready::by_name::{Field, Kind, NamedCall, NamedOptions, Value, operation};
use napi::Env;
use napi::bindgen_prelude::{Array, Object};

use crate::error::Fault;
use crate::options::camel;

/// Values by their names. A value that is none is left out.
pub(crate) fn object<'env>(
    env: &'env Env,
    fields: &[Field],
    values: NamedOptions,
) -> Result<Object<'env>, Fault> {
    let mut object = Object::new(env)?;
    for (name, value) in values {
        let kind = fields.iter().find(|field| field.name == name).map(|field| field.kind);
        match spelt(kind, value) {
            Value::None => {}
            Value::Bool(yes) => object.set(camel(&name), yes)?,
            Value::Int(number) => object.set(camel(&name), number as f64)?,
            Value::Float(number) | Value::Number(number) => object.set(camel(&name), number)?,
            Value::Text(text) | Value::Digits(text) | Value::Other(text) => {
                object.set(camel(&name), text)?;
            }
            Value::List(values) => object.set(camel(&name), array(env, values)?)?,
            Value::Map(values) => object.set(camel(&name), self::object(env, &[], values)?)?,
        }
    }
    Ok(object)
}

fn array(env: &Env, values: Vec<Value>) -> Result<Array<'_>, Fault> {
    let mut array = env.create_array(0)?;
    for value in values {
        match value {
            Value::None => array.insert(())?,
            Value::Bool(yes) => array.insert(yes)?,
            Value::Int(number) => array.insert(number as f64)?,
            Value::Float(number) | Value::Number(number) => array.insert(number)?,
            Value::Text(text) | Value::Digits(text) | Value::Other(text) => array.insert(text)?,
            Value::List(values) => array.insert(self::array(env, values)?)?,
            Value::Map(values) => array.insert(object(env, &[], values)?)?,
        }
    }
    Ok(array)
}

/// A value as options of JavaScript spell it.
fn spelt(kind: Option<Kind>, value: Value) -> Value {
    match (kind, value) {
        (Some(Kind::Seconds), Value::Float(seconds)) => Value::Float(seconds * 1000.0),
        (Some(Kind::Size), Value::List(pair)) => named(&["width", "height"], pair),
        (Some(Kind::Places), Value::List(places)) => each(places, |place| match place {
            Value::List(pair) => named(&["x", "y"], pair),
            other => other,
        }),
        (Some(Kind::List { of }), Value::List(values)) => {
            each(values, |value| spelt(Some(*of), value))
        }
        (_, value) => value,
    }
}

fn each(values: Vec<Value>, spell: impl Fn(Value) -> Value) -> Value {
    Value::List(values.into_iter().map(spell).collect())
}

/// Values by their places as values by these names.
pub(crate) fn named(names: &[&str], values: Vec<Value>) -> Value {
    Value::Map(names.iter().map(|name| (*name).to_owned()).zip(values).collect())
}

/// Calls of a pipeline, each as its name and its options.
pub(crate) fn calls(env: &Env, calls: Vec<NamedCall>) -> Result<Array<'_>, Fault> {
    let mut array = env.create_array(0)?;
    for (name, options) in calls {
        let mut call = Object::new(env)?;
        call.set("name", name)?;
        call.set("options", object(env, &(operation(name)?.fields)(), options)?)?;
        array.insert(call)?;
    }
    Ok(array)
}
