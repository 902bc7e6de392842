//! Reads objects whose values are no options of the core.

use napi::ValueType;
use napi::bindgen_prelude::{FromNapiValue, JsObjectValue, Object, Unknown, Utf16String};

use crate::error::Fault;

/// Whether a value is anything but `undefined` and `null`.
pub(crate) fn given(value: &Unknown<'_>) -> Result<bool, Fault> {
    Ok(!matches!(value.get_type()?, ValueType::Undefined | ValueType::Null))
}

/// An object.
pub(crate) fn object<'env>(what: &str, value: Unknown<'env>) -> Result<Object<'env>, Fault> {
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

/// A string. Halves of surrogate pairs are refused: Node's own conversion would make them all the same character, and two
/// paths one.
pub(crate) fn text(what: &str, value: Unknown<'_>) -> Result<String, Fault> {
    let units: Utf16String = expect(what, value, ValueType::String, "a string")?;
    String::from_utf16(&units).map_err(|_| {
        Fault::Option(format!("{what}: expected Unicode, found half a surrogate pair"))
    })
}

/// The values of an object's options by their names; any other is refused.
pub(crate) fn of_names<'env, const N: usize>(
    what: &str,
    names: [&str; N],
    value: Option<Unknown<'env>>,
) -> Result<[Option<Unknown<'env>>; N], Fault> {
    let mut found = [const { None }; N];
    let Some(value) = value else {
        return Ok(found);
    };
    if !given(&value)? {
        return Ok(found);
    }
    let object = object(what, value)?;
    for key in Object::keys(&object)? {
        let value = object.get_named_property_unchecked(&key)?;
        match names.iter().position(|name| *name == key) {
            Some(place) => found[place] = Some(value),
            None if given(&value)? => {
                let names = names.join(" or ");
                return Err(Fault::Option(format!(
                    "an option of {what} is {names}, found {key:?}"
                )));
            }
            None => {}
        }
    }
    Ok(found)
}

/// A whole number of 32 bits that an object must have. Node's own conversion would cut 1.5 to 1 and turn -1 into
/// 4294967295.
pub(crate) fn whole(what: &str, object: &Object<'_>, name: &str) -> Result<u32, Fault> {
    let value = object.get_named_property_unchecked(name)?;
    let number: f64 = expect(&format!("{what} {name}"), value, ValueType::Number, "a number")?;
    let most = f64::from(u32::MAX);
    #[allow(clippy::cast_possible_truncation, reason = "whole and in range")]
    #[allow(clippy::cast_sign_loss, reason = "0 or more")]
    if number.fract() == 0.0 && (0.0..=most).contains(&number) {
        return Ok(number as u32);
    }
    Err(Fault::Option(format!("{what} {name} is a whole number of 0 to {most}, found {number}")))
}
