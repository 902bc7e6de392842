//! The page of all options.

use makeready::by_name::{self, Field, Kind};

use crate::sentence::{Quotes, format_name, sentence};

const QUOTES: Quotes = Quotes { code: "`", time: "seconds" };

/// A table for each call, and for each format.
pub(crate) fn options() -> String {
    let mut text = section("open", "Opens one input.", &by_name::open_fields());
    text += &section(
        "stitch",
        "Lays inputs out as one picture, in a grid or on a canvas.",
        &by_name::stitch_fields(),
    );
    for operation in by_name::operations() {
        if operation.name == "encode" {
            text += &section(operation.name, operation.doc, &(operation.fields)()[..1]);
            for (format, fields) in by_name::format_fields() {
                let doc = format!("Options of a {}.", format_name(format));
                text += &section(&format!("encode {format}"), &doc, &fields);
            }
        } else {
            let other = if operation.takes_input() { " It takes that as `input`." } else { "" };
            let doc = format!("{}{other}", operation.doc);
            text += &section(operation.name, &doc, &(operation.fields)());
        }
    }
    for function in &by_name::FUNCTIONS {
        let name = match by_name::operations().any(|operation| operation.name == function.name) {
            true => format!("{}, the function", function.name),
            false => function.name.to_owned(),
        };
        text += &section(&name, function.doc, &(function.fields)());
    }
    text + &section("policy", by_name::POLICY_DOC, &by_name::policy_fields())
}

fn section(name: &str, doc: &str, fields: &[Field]) -> String {
    let mut text = format!("\n## {name}\n\n{}\n", QUOTES.text(doc));
    if fields.is_empty() {
        return text;
    }
    text += "\n| option | type | meaning |\n|---|---|---|\n";
    for field in fields {
        let kind = type_of(field);
        let needed = if field.needed { " Must be given." } else { "" };
        text += &format!("| `{}` | {kind} | {}{needed} |\n", field.name, sentence(field, QUOTES));
    }
    text
}

fn type_of(field: &Field) -> &'static str {
    type_of_kind(field.kind)
}

fn type_of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool | Kind::Rules => "boolean",
        Kind::Whole { .. } => "whole number",
        Kind::Real => "number",
        Kind::Numbers => "number, or one for each of red, green, blue",
        Kind::Seconds => "seconds",
        Kind::Text => "string, or several",
        Kind::List { of } => match of {
            Kind::Word { .. } => "words",
            Kind::Colour => "colours",
            Kind::Text => "strings",
            Kind::Size => "widths and heights",
            Kind::List { .. } => "rows of numbers",
            _ => "numbers",
        },
        Kind::Word { .. } => "word",
        Kind::Colour => "colour",
        Kind::Size => "width and height",
        Kind::Place => "place",
        Kind::Point => "shares of width and height",
        Kind::Places => "places",
        other => panic!("no type for {other:?}"),
    }
}
