//! The parts of the class `Pipeline`: a file each, with a base of the class. All bases have its name, as Python tells it
//! in errors: `Pipeline.rotate() missing 1 required positional argument`.

use std::collections::BTreeSet;

use makeready::by_name::{self, Operation};

use super::{Method, Shape, all_prose, all_words, bracketed, signature, written};

/// The calls that begin a pipeline.
pub(crate) fn inputs() -> String {
    let starts = [("open", by_name::open_fields()), ("stitch", by_name::stitch_fields())];
    let start = |(name, fields)| Method { name, doc: "", by_place: 0, fields, shape: Shape::Start };
    file("Begins with inputs", starts.map(start))
}

/// The calls of a list, and their common meaning.
pub(crate) fn part(doc: &str, operations: impl Iterator<Item = &'static Operation>) -> String {
    let method = |operation: &'static Operation| Method {
        name: operation.name,
        doc: operation.doc,
        by_place: operation.by_place,
        fields: (operation.fields)(),
        shape: Shape::Method,
    };
    file(doc, operations.map(method))
}

fn file<'a>(doc: &str, methods: impl IntoIterator<Item = Method<'a>>) -> String {
    let mut prose = all_prose();
    let methods = methods.into_iter().map(|method| {
        let prose = prose.remove(method.name).unwrap_or_default();
        (method, prose)
    });
    let methods: Vec<_> = methods.filter(|(_, prose)| !prose.by_hand).collect();
    let signatures: String =
        methods.iter().map(|(method, prose)| signature(method, prose)).collect();
    let texts: Vec<_> = methods.iter().map(|(method, prose)| written(method, prose)).collect();
    format!(
        "\"\"\"A part of the class ``Pipeline``, which ``make types`` writes as a whole.\"\"\"\n\n\
         from __future__ import annotations\n\n{}\n\n\
         class Pipeline(Recipe):\n    \"\"\"{doc}.\"\"\"\n\n    __slots__ = ()\n\n{}",
        imports(&signatures),
        texts.join("\n")
    )
}

/// The imports that signatures need.
fn imports(signatures: &str) -> String {
    let words = all_words().into_iter().map(|(name, _)| name);
    let types = words.chain(["Input"]).collect();
    let containers = import("collections.abc", &["Iterable", "Sequence"].into(), signatures);
    let types = import("._types", &types, signatures);
    format!("{containers}from typing import Self\n\nfrom ._native import Recipe\n{types}")
}

/// The import of the names that signatures have; no line where they have none.
fn import(module: &str, names: &BTreeSet<&str>, signatures: &str) -> String {
    let is_end = |character: char| !character.is_alphanumeric();
    let used: BTreeSet<_> = signatures.split(is_end).collect();
    let names: Vec<_> = names.intersection(&used).map(|name| (*name).to_owned()).collect();
    let line = format!("from {module} import {}\n", names.join(", "));
    if names.is_empty() {
        String::new()
    } else if line.len() <= 101 {
        line
    } else {
        bracketed("", &format!("from {module} import ("), &names, ")")
    }
}
