//! Options in a document: by the table of a call, with the place of an error.

use super::super::fields::{Fields, object};
use super::super::path::Path;
use crate::error::{Error, ErrorKind, Result};
use crate::recipe::options::table::Field;
use crate::recipe::value::{CallError, Value};
use crate::serve::functions::policy_fields;
use crate::serve::policy::Policy;

/// The options among some fields, all but those that are none.
pub(super) fn options(
    fields: &Fields,
    apart: &[&str],
    known: &[Field],
    path: &Path<'_>,
) -> Result<Vec<(String, Value)>> {
    let options = fields.iter().filter(|(name, _)| !apart.contains(&name.as_str()));
    let option = |(name, value): &(String, Value)| {
        if let Some(field) = known.iter().find(|field| field.name == name) {
            one_value(value, field, &path.field(name))?;
        }
        Ok((name.clone(), value.clone()))
    };
    options.map(option).collect()
}

/// A policy of an object.
pub(in crate::serve::definition) fn policy(document: &Value) -> Result<Policy> {
    let root = Path::Root;
    let given = options(object(document, &root, "a policy")?, &[], &policy_fields(), &root)?;
    Policy::read(&given).map_err(|error| called(error, &root))
}

/// Refuses names with values: no option is some, and a pair has one form, two numbers in a list.
pub(super) fn one_value(value: &Value, field: &Field, path: &Path<'_>) -> Result<()> {
    let is_map = |value: &Value| matches!(value, Value::Map(_));
    let found = match value {
        Value::List(values) if values.iter().any(is_map) => "names with values in a list",
        Value::Map(_) => value.kind(),
        _ => return Ok(()),
    };
    Err(path.error(format_args!("expected {}, found {found}", field.kind.expected())))
}

/// The error of a call at the option at fault.
#[cold]
pub(super) fn called(error: CallError, path: &Path<'_>) -> Error {
    match error.option().map(str::to_owned) {
        Some(option) => at(error, &path.field(&option)),
        None => at(error, path),
    }
}

#[cold]
pub(super) fn at(error: CallError, path: &Path<'_>) -> Error {
    let kind = match &error {
        CallError::Value { error, .. } => error.kind(),
        _ => ErrorKind::InvalidOption,
    };
    path.error_of(kind, error)
}
