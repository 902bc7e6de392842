//! The fields of an object, and the errors of what is none.

use super::path::Path;
use crate::error::Result;
use crate::recipe::value::Value;

/// The fields of an object.
pub(super) type Fields = [(String, Value)];

pub(super) fn get<'v>(fields: &'v Fields, name: &str) -> Option<&'v Value> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

pub(super) fn object<'v>(value: &'v Value, path: &Path<'_>, what: &str) -> Result<&'v Fields> {
    match value {
        Value::Map(fields) => Ok(fields),
        other => Err(path.error(format_args!("{what} is an object, found {}", other.kind()))),
    }
}

pub(super) fn list<'v>(value: &'v Value, path: &Path<'_>, what: &str) -> Result<&'v [Value]> {
    match value {
        Value::List(values) => Ok(values),
        other => Err(path.error(format_args!("expected {what}, found {}", other.kind()))),
    }
}

/// An error where there is a field of another name.
pub(super) fn known<'n>(
    fields: &Fields,
    path: &Path<'_>,
    what: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<()> {
    let names: Vec<&str> = names.into_iter().collect();
    match fields.iter().find(|(field, _)| !names.contains(&field.as_str())) {
        Some((field, _)) => {
            let expected = names.join(", ");
            let message =
                format!("{what} has no field {field}: expected {expected}, found {field}");
            Err(path.field(field).error(message))
        }
        None => Ok(()),
    }
}
