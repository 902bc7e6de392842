//! The functions for services: by their names, policies, renditions.

use makeready::by_name::{self, FUNCTIONS, Value};
use makeready::{Encode, Rendition as Core};
use napi::Env;
use napi::bindgen_prelude::{Array, BigInt, Object, Unknown};
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::options;
use crate::reader::text;
use crate::values;

/// The answer of a function of the core that needs options alone, as `answer` of an object.
#[napi]
pub fn answer<'env>(
    env: &'env Env,
    name: String,
    options: Option<Unknown<'_>>,
    places: Option<Unknown<'_>>,
) -> Given<Object<'env>> {
    guard(|| {
        let function = FUNCTIONS.iter().find(|function| function.name == name);
        let function =
            function.ok_or_else(|| Fault::Internal(format!("no function is named {name}")))?;
        let given = options::options(function.name, &(function.fields)(), [options, places])?;
        let answer = (function.call)(&given)?;
        values::object(env, &[], vec![("answer".to_owned(), answer)])
    })
}

/// A policy of the core.
#[napi]
pub struct Policy(makeready::Policy);

/// A new policy; under a name of its own, because `napi` does not know `Self`.
type NewPolicy = Given<Policy>;

#[napi]
impl Policy {
    /// Checks the options.
    #[napi]
    pub fn of(options: Option<Unknown<'_>>) -> NewPolicy {
        guard(|| {
            let given = options::options("policy", &by_name::policy_fields(), [options])?;
            Ok(Self(by_name::policy(&given)?))
        })
    }

    /// Reads a text in JSON.
    #[napi]
    pub fn from_json(json: Unknown<'_>) -> NewPolicy {
        guard(|| Ok(Self(makeready::Policy::from_json(&text("fromJson text", json)?)?)))
    }

    /// The text in JSON.
    #[napi]
    pub fn to_json(&self) -> Given<String> {
        guard(|| Ok(self.0.to_json()))
    }

    /// Its options that are not at their defaults.
    #[napi]
    pub fn options<'env>(&self, env: &'env Env) -> Given<Object<'env>> {
        guard(|| values::object(env, &by_name::policy_fields(), by_name::policy_options(&self.0)))
    }

    /// The calls that hold a pipeline to it.
    #[napi]
    pub fn calls<'env>(&self, env: &'env Env) -> Given<Array<'env>> {
        guard(|| values::calls(env, by_name::policy_calls(&self.0)))
    }

    /// The formats that a source may have, where it says so.
    #[napi]
    pub fn inputs(&self) -> Option<Vec<&'static str>> {
        by_name::policy_inputs(&self.0)
    }

    /// The most renditions of one source that differ.
    #[napi]
    pub fn renditions(&self) -> Given<BigInt> {
        guard(|| Ok(BigInt::from(self.0.renditions())))
    }
}

/// A rendition of the core.
#[napi]
pub struct Rendition(Core);

/// A new rendition; under a name of its own, because `napi` does not know `Self`.
type NewRendition = Given<Rendition>;

/// The policy of the core; anything is allowed where none is given.
fn core(policy: Option<&Policy>) -> makeready::Policy {
    policy.map(|Policy(policy)| policy.clone()).unwrap_or_default()
}

#[napi]
impl Rendition {
    /// The rendition of a query.
    #[napi]
    pub fn parse(query: Unknown<'_>, policy: Option<&Policy>) -> NewRendition {
        guard(|| Ok(Self(Core::parse(&text("query", query)?, &core(policy))?)))
    }

    /// The rendition of a key.
    #[napi]
    pub fn from_key(key: Unknown<'_>, policy: Option<&Policy>) -> NewRendition {
        guard(|| Ok(Self(Core::from_key(&text("key", key)?, &core(policy))?)))
    }

    /// The source of a key.
    #[napi]
    pub fn source_of(key: Unknown<'_>) -> Given<String> {
        guard(|| Ok(Core::source_of(&text("key", key)?)?))
    }

    /// The key of its picture of a source.
    #[napi]
    pub fn key(&self, source: Unknown<'_>) -> Given<String> {
        guard(|| Ok(self.0.key(&text("source", source)?)?))
    }

    /// The same in a format.
    #[napi]
    pub fn with_format(&self, format: Unknown<'_>) -> NewRendition {
        guard(|| {
            let encode: Encode = text("format", format)?.parse()?;
            Ok(Self(self.0.with_format(encode.format())?))
        })
    }

    /// Its query.
    #[napi]
    pub fn query(&self) -> Given<String> {
        guard(|| Ok(self.0.to_string()))
    }

    /// Its parts by their names.
    #[napi]
    pub fn parts<'env>(&self, env: &'env Env) -> Given<Object<'env>> {
        guard(|| {
            let Value::Map(mut parts) = by_name::rendition_parts(&self.0) else {
                return Err(Fault::Internal("a rendition has parts".to_owned()));
            };
            for (_, part) in parts.iter_mut().filter(|(name, _)| name == "crop") {
                if let Value::List(sides) = part {
                    let sides = std::mem::take(sides);
                    *part = values::named(&["x", "y", "width", "height"], sides);
                }
            }
            values::object(env, &[], parts)
        })
    }

    /// The calls that make it of a picture that was opened at its page.
    #[napi]
    pub fn calls<'env>(&self, env: &'env Env) -> Given<Array<'env>> {
        guard(|| values::calls(env, by_name::rendition_calls(&self.0)?))
    }
}
