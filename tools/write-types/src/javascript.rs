//! The methods of the Node class `Pipeline`, and the functions.

use std::collections::BTreeMap;

use makeready::by_name::{self, Field, Operation};
use serde::Deserialize;

use crate::sentence::camel;

/// The words that only Node has for a method.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prose {
    /// Its first sentence, in place of the core's.
    pub(crate) doc: Option<String>,
    /// The text after the first sentence.
    pub(crate) more: Option<String>,
    /// The name of the type of its options, of those that are not given by their places.
    pub(crate) options: Option<String>,
    /// Its arguments in TypeScript, where they are not the options in their order.
    #[serde(default)]
    pub(crate) signatures: Vec<String>,
    /// The type that a function gives.
    pub(crate) gives: Option<String>,
    /// Its arguments in JavaScript, and the options of the call; where they are not as usual.
    body: Option<(String, String)>,
    /// Whether the method is in the file of the class.
    #[serde(default)]
    pub(crate) by_hand: bool,
}

/// The words that Node has for a method.
pub(crate) fn prose(method: &str) -> Prose {
    let prose: BTreeMap<String, Prose> =
        toml::from_str(include_str!("../node.toml")).expect("node.toml");
    prose.get(method).cloned().unwrap_or_default()
}

/// All methods.
pub(crate) fn calls() -> String {
    let by_hand = |operation: &&Operation| !prose(operation.name).by_hand;
    by_name::operations().filter(by_hand).map(method).collect::<Vec<_>>().join("\n")
}

fn method(operation: &Operation) -> String {
    let (arguments, call) = match prose(operation.name).body {
        Some(body) => body,
        None => usual(&(operation.fields)(), operation.by_place),
    };
    let (name, of) = (camel(operation.name), operation.name);
    let call = if call.is_empty() { call } else { format!(", {call}") };
    format!("  {name}({arguments}) {{\n    return this[CALL]('{of}'{call});\n  }}\n")
}

/// All functions.
pub(crate) fn functions() -> String {
    let texts = by_name::FUNCTIONS.iter().map(|function| {
        let (arguments, call) = usual(&(function.fields)(), function.by_place);
        let (name, of) = (camel(function.name), function.name);
        format!("function {name}({arguments}) {{\n  return answer('{of}', {call});\n}}\n")
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// Options by their places, and then the others in an object.
fn usual(fields: &[Field], by_place: usize) -> (String, String) {
    let (places, others) = fields.split_at(by_place);
    let places: Vec<_> = places.iter().map(|field| camel(field.name)).collect();
    let rest = if others.is_empty() { "undefined" } else { "options" };
    let places = places.join(", ");
    match (places.is_empty(), others.is_empty()) {
        (true, true) => (String::new(), String::new()),
        (true, false) => (rest.to_owned(), rest.to_owned()),
        (false, true) => (places.clone(), format!("{rest}, {{ {places} }}")),
        (false, false) => (format!("{places}, {rest}"), format!("{rest}, {{ {places} }}")),
    }
}
