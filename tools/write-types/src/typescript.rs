//! The types of Node: words, option objects, functions, methods of the class `Pipeline`.

use makeready::by_name::{self, Field, Function, Kind, Operation};

use crate::javascript::{Prose, prose};
use crate::python::all_words;
use crate::sentence::{Quotes, all_fields, camel, format_name, sentence, wrapped};

const QUOTES: Quotes = Quotes { code: "`", time: "milliseconds" };

/// The longest line.
const WIDTH: usize = 120;

/// The words of options as types.
pub(crate) fn words() -> String {
    let mut text = String::new();
    for (name, words) in all_words() {
        let name = if name == "Format" { "OutputFormat" } else { name };
        let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
        let line = format!("export type {name} = {};\n", words.join(" | "));
        text += &comment("", &QUOTES.text(meaning(name)));
        text += &match line.len() <= 101 {
            true => line,
            false => format!("export type {name} =\n  | {};\n", words.join("\n  | ")),
        };
    }
    let read: Vec<_> = by_name::file_formats().map(|name| format!("'{name}'")).collect();
    text + &format!("/** A format that is read. */\nexport type Format = {};\n", read.join(" | "))
}

/// The sentence of the first option of this type, or of a list of such.
fn meaning(name: &str) -> &'static str {
    let is_of = |field: &Field| type_of(field).trim_end_matches("[]") == name;
    let field = all_fields().into_iter().find(is_of);
    field.map(|field| field.doc).unwrap_or_default()
}

/// The option objects.
pub(crate) fn options() -> String {
    let mut objects = vec![
        object("OpenOptions", "How an input is opened.", &by_name::open_fields()),
        object(
            "StitchOptions",
            "A grid (`across`) or a canvas (`canvas` and `at`).",
            &by_name::stitch_fields(),
        ),
    ];
    for operation in by_name::operations().filter(|operation| operation.name != "encode") {
        let fields = (operation.fields)();
        if let Some(name) = options_type(operation, &prose(operation.name)) {
            objects.push(object(&name, operation.doc, &fields[operation.by_place..]));
        }
    }
    for function in &by_name::FUNCTIONS {
        let fields = (function.fields)();
        if let Some(name) = prose_of(function).options {
            objects.push(object(&name, function.doc, &fields[function.by_place..]));
        }
    }
    objects.push(object("PolicyOptions", by_name::POLICY_DOC, &by_name::policy_fields()));
    for (format, fields) in by_name::format_fields() {
        let name = format_name(format);
        let doc = format!("How a {name} is written.");
        objects.push(object(&format_options(format), &doc, &fields));
    }
    objects.join("\n")
}

/// The name of the options that are not given by their places.
fn options_type(operation: &Operation, prose: &Prose) -> Option<String> {
    let places_alone = (operation.fields)().len() == operation.by_place;
    if prose.options.is_some() || places_alone || prose.by_hand || !prose.signatures.is_empty() {
        return prose.options.clone();
    }
    let name = camel(operation.name);
    Some(name[..1].to_uppercase() + &name[1..] + "Options")
}

/// The name of the options of a format, `JpegOptions` for instance.
fn format_options(format: &str) -> String {
    match format {
        "webp" => "WebPOptions".to_owned(),
        other => other[..1].to_uppercase() + &other[1..] + "Options",
    }
}

fn object(name: &str, doc: &str, fields: &[Field]) -> String {
    let mut text = comment("", &QUOTES.text(doc));
    text += &format!("export interface {name} {{\n");
    for field in fields {
        text += &comment("  ", &sentence(field, QUOTES));
        let optional = if field.needed { "" } else { "?" };
        let none = if field.needed { "" } else { " | undefined" };
        text += &format!("  {}{optional}: {}{none};\n", camel(field.name), type_of(field));
    }
    text + "}\n"
}

/// A comment in a line, or in several.
fn comment(indent: &str, text: &str) -> String {
    let line = format!("{indent}/** {text} */\n");
    if line.len() <= WIDTH + 1 {
        return line;
    }
    let rest = format!("{indent} * ");
    format!("{indent}/**\n{}{indent} */\n", wrapped(text, &rest, &rest, WIDTH))
}

fn type_of(field: &Field) -> String {
    type_of_kind(field.kind)
}

fn type_of_kind(kind: Kind) -> String {
    let name = match kind {
        Kind::Bool | Kind::Rules => "boolean",
        Kind::Whole { .. } | Kind::Real | Kind::Seconds => "number",
        Kind::Text => "string | string[]",
        Kind::Numbers => "number | [red: number, green: number, blue: number]",
        Kind::List { of: Kind::Text } => "string[]",
        Kind::List { of } => return format!("{}[]", type_of_kind(*of)),
        Kind::Word { name: "Format", .. } => "OutputFormat",
        Kind::Word { name, .. } => name,
        Kind::Colour => "Colour",
        Kind::Size => "{ width: number; height: number }",
        Kind::Place | Kind::Point => "{ x: number; y: number }",
        Kind::Places => "{ x: number; y: number }[]",
        other => panic!("no type for {other:?}"),
    };
    name.to_owned()
}

/// The methods.
pub(crate) fn calls() -> String {
    by_name::operations().map(|operation| method(operation, &prose(operation.name))).collect()
}

fn method(operation: &Operation, prose: &Prose) -> String {
    if prose.by_hand {
        return String::new();
    }
    let doc = prose.doc.clone().unwrap_or_else(|| QUOTES.text(operation.doc));
    let doc = match prose.more.as_deref() {
        Some(more) => format!("{doc} {more}"),
        None => doc,
    };
    let mut text = comment("  ", &doc);
    for arguments in signatures(operation, prose) {
        text += &format!("  {}({arguments}): Pipeline;\n", camel(operation.name));
    }
    text
}

fn signatures(operation: &Operation, prose: &Prose) -> Vec<String> {
    if operation.name == "encode" {
        let formats = by_name::format_fields().into_iter();
        let typed =
            |(format, _)| format!("format: '{format}', options?: {}", format_options(format));
        return formats.map(typed).chain(["format: OutputFormat".to_owned()]).collect();
    }
    if !prose.signatures.is_empty() {
        return prose.signatures.clone();
    }
    let fields = (operation.fields)();
    vec![arguments(&fields[..operation.by_place], options_type(operation, prose))]
}

/// Options by their places, and then the others in an object.
fn arguments(places: &[Field], options: Option<String>) -> String {
    let place = |field: &Field| {
        let optional = if field.needed { "" } else { "?" };
        format!("{}{optional}: {}", camel(field.name), type_of(field))
    };
    let mut arguments: Vec<_> = places.iter().map(place).collect();
    arguments.extend(options.map(|name| format!("options?: {name}")));
    arguments.join(", ")
}

fn prose_of(function: &Function) -> Prose {
    prose(&format!("function {}", function.name))
}

/// The functions.
pub(crate) fn functions() -> String {
    let function = |function: &Function| {
        let prose = prose_of(function);
        let more = prose.more.map(|more| format!(" {more}")).unwrap_or_default();
        let fields = (function.fields)();
        let arguments = arguments(&fields[..function.by_place], prose.options);
        let gives = prose.gives.expect("the type that a function gives");
        let name = camel(function.name);
        comment("", &format!("{}{more}", QUOTES.text(function.doc)))
            + &format!("export function {name}({arguments}): {gives};\n")
    };
    by_name::FUNCTIONS.iter().map(function).collect()
}
