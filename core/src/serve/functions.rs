//! The functions for services by their names, for other languages.

use std::time::Duration;

use super::accept::edge_function;
use super::negotiate::negotiated;
use super::policy::Policy;
use super::rendition::Rendition;
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::Rect;
use crate::recipe::limits::Limits;
use crate::recipe::options::kind::OptionType;
use crate::recipe::options::table::{Field, Options, options, read};
use crate::recipe::options::{Facts, Negotiate};
use crate::recipe::value::{CallError, NamedCall, NamedOptions, Value};

/// Computes a value of options.
type Compute = fn(&[(String, Value)]) -> Result<Value, CallError>;

/// A function of options that gives a value.
pub struct Function {
    /// Its name, in snake_case.
    pub name: &'static str,
    /// Its meaning, in a sentence.
    pub doc: &'static str,
    /// How many of its options may be given by their places.
    pub by_place: usize,
    /// Gives its options, in the order of their places.
    pub fields: fn() -> Vec<Field>,
    /// Does it.
    pub call: Compute,
}

/// All functions that need no object of a language.
pub static FUNCTIONS: [Function; 2] = [
    Function {
        name: "negotiate",
        doc: "Picks the format of a picture for a client, by its `Accept` header.",
        by_place: 1,
        fields: ClientAndFacts::fields,
        call: |given| {
            let ClientAndFacts { client, facts } = read("negotiate", given)?;
            let negotiated = negotiated(&client, &facts)?;
            Ok(map([
                ("format", negotiated.format.write()),
                ("vary", negotiated.vary.write()),
                ("token", negotiated.token.write()),
                ("quality", negotiated.quality.write()),
                ("dpr", negotiated.dpr.write()),
                ("lossless", negotiated.lossless.write()),
            ]))
        },
    },
    Function {
        name: "edge_function",
        doc: "Gives a CloudFront Function (JavaScript, runtime 2.0) that puts the token of a client in place of its `Accept` \
              header, so that an edge caches one picture for all clients with that token.",
        by_place: 1,
        fields: EdgeFunction::fields,
        call: |given| {
            let EdgeFunction { formats } = read("edge_function", given)?;
            Ok(edge_function(&formats)?.write())
        },
    },
];

/// Calls a function by its name.
///
/// # Errors
/// Of a name that no function has, and those of the function.
pub fn function(name: &str, given: &[(String, Value)]) -> Result<Value, CallError> {
    let function = FUNCTIONS.iter().find(|function| function.name == name);
    let unknown = || Error::invalid_option(format!("no function is named {name}"));
    (function.ok_or_else(unknown)?.call)(given)
}

options! {
    /// A client and a picture.
    struct ClientAndFacts {
        /// The client.
        client [group]: Negotiate = Negotiate::default();
        /// The picture.
        facts [group]: Facts = Facts::default();
    }
}

options! {
    /// What an edge is told.
    struct EdgeFunction {
        /// The formats that may be sent, the best first: those that `negotiate` is given.
        formats: Vec<Format> = Negotiate::default().formats;
    }
}

fn map<const N: usize>(values: [(&str, Value); N]) -> Value {
    Value::Map(values.map(|(name, value)| (name.to_owned(), value)).to_vec())
}

/// A policy by the names of its options.
///
/// # Errors
/// Of names that there are not, and of values that no policy can have.
pub fn policy(given: &[(String, Value)]) -> Result<Policy, CallError> {
    Policy::read(given)
}

/// The meaning of a policy, in a sentence.
pub const POLICY_DOC: &str = "The renditions that a service makes for anybody who asks; anything by default. An empty list allows all values.";

/// The options of a policy.
#[must_use]
pub fn policy_fields() -> Vec<Field> {
    Policy::fields()
}

/// The options of a policy that are not at their defaults, by their names.
#[must_use]
pub fn policy_options(policy: &Policy) -> NamedOptions {
    let values = Policy::fields().into_iter().zip(policy.values());
    let others = values.filter(|(field, value)| *value != (field.default)());
    others.map(|(field, value)| (field.name.to_owned(), value)).collect()
}

/// The formats by their names that a source may have, where the policy says it.
#[must_use]
pub fn policy_inputs(policy: &Policy) -> Option<Vec<&'static str>> {
    policy.inputs.map(|inputs| inputs.names().collect())
}

/// The calls by their names that hold a job to a policy.
#[must_use]
pub fn policy_calls(policy: &Policy) -> Vec<NamedCall> {
    let mut calls = Vec::new();
    if let Some(limits) = policy.limits() {
        let limits =
            Limits::fields().into_iter().map(|field| field.name.to_owned()).zip(limits.values());
        calls.push(("limits", limits.collect()));
    }
    let seconds = |time: Duration| ("deadline", vec![("seconds".to_owned(), time.write())]);
    calls.extend(policy.deadline.map(seconds));
    calls
}

/// The parts of a rendition by their names.
#[must_use]
pub fn rendition_parts(rendition: &Rendition) -> Value {
    let crop = rendition.crop.map_or(Value::None, |Rect { x, y, width, height }| {
        Value::List([x, y, width, height].map(|number| number.write()).to_vec())
    });
    let (rotate, flip) = super::parameters::upright(rendition.orientation);
    map([
        ("page", rendition.page.write()),
        ("animated", rendition.animated().write()),
        ("crop", crop),
        ("rotate", rotate.write()),
        ("flip", flip.write()),
        ("width", rendition.width.write()),
        ("height", rendition.height.write()),
        ("fit", rendition.fit.write()),
        ("position", rendition.position.write()),
        ("background", rendition.background.write()),
        ("quality", rendition.quality.write()),
        ("format", rendition.format.write()),
    ])
}

/// The calls by their names that make a rendition of a picture that was opened at its page.
///
/// # Errors
/// `invalid_option` where it has a quality and no format.
pub fn rendition_calls(rendition: &Rendition) -> Result<Vec<NamedCall>> {
    rendition.calls()
}
