//! The methods of the Python class `Pipeline`, the functions, the class `Policy`, and the words of their types.

mod parts;

pub(crate) use parts::{inputs, part};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use makeready::by_name::{self, Field, Kind};
use serde::Deserialize;

use crate::sentence::{Quotes, all_fields, format_name, sentence, wrapped};

const QUOTES: Quotes = Quotes { code: "``", time: "seconds" };

/// The longest line of a docstring.
const WIDTH: usize = 110;

/// The words that only Python has for a method.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prose {
    /// Its first sentence, in place of the core's.
    doc: Option<String>,
    /// A paragraph after the first sentence.
    more: Option<String>,
    /// An argument that is no option: an input, inputs.
    argument: Option<Argument>,
    /// The type that a function gives, and its meaning.
    gives: Option<(String, String)>,
    /// The errors that it raises, in lines.
    raises: Option<String>,
    /// An example that runs.
    example: Option<String>,
    /// Tells whether its only option, a list, is given as arguments of their own.
    #[serde(default)]
    variadic: bool,
    /// Whether the method is in the file already.
    #[serde(default)]
    by_hand: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    name: String,
    kind: String,
    doc: String,
}

/// A method or function: its name, how many options are given by their places, and its options.
struct Method<'a> {
    name: &'a str,
    doc: &'a str,
    by_place: usize,
    fields: Vec<Field>,
    shape: Shape,
}

/// Where a method stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Begins a pipeline.
    Start,
    /// Goes on with one.
    Method,
    /// Belongs to no class.
    Function,
    /// Makes a policy.
    Constructor,
}

impl Shape {
    /// The spaces before its first line.
    fn indent(self) -> &'static str {
        if self == Self::Function { "" } else { "    " }
    }

    /// The spaces before the lines in it.
    fn inner(self) -> &'static str {
        if self == Self::Function { "    " } else { "        " }
    }

    /// The argument that Python gives.
    fn receiver(self) -> Option<&'static str> {
        match self {
            Self::Start | Self::Constructor => Some("cls"),
            Self::Method => Some("self"),
            Self::Function => None,
        }
    }
}

fn all_prose() -> BTreeMap<String, Prose> {
    toml::from_str(include_str!("../python.toml")).expect("python.toml")
}

/// All functions.
pub(crate) fn functions() -> String {
    let prose = all_prose();
    let texts = by_name::FUNCTIONS.iter().map(|function| {
        let prose = prose.get(&format!("function {}", function.name));
        let method = Method {
            name: function.name,
            doc: function.doc,
            by_place: function.by_place,
            fields: (function.fields)(),
            shape: Shape::Function,
        };
        "\n\n".to_owned() + &written(&method, prose.unwrap_or(&Prose::default()))
    });
    texts.collect::<String>() + "\n\n"
}

/// The docstring and the constructor of the class `Policy`.
pub(crate) fn policy() -> String {
    let prose = &all_prose()["policy"];
    let doc = by_name::POLICY_DOC;
    let fields = by_name::policy_fields();
    let method = Method { name: "__new__", doc, by_place: 0, fields, shape: Shape::Constructor };
    let mut text = docstring(&method, prose, "    ");
    text += "\n    __slots__ = ()\n\n";
    text += &signature(&method, prose);
    text += "        \"\"\"Check the options.\"\"\"\n";
    text += "        return super().__new__(\n            cls,\n";
    text += &bracketed("            ", "{", &named(&method, prose), "},");
    text + "        )\n\n"
}

fn written(method: &Method<'_>, prose: &Prose) -> String {
    let mut text = signature(method, prose);
    text += &docstring(method, prose, method.shape.inner());
    text += &body(method, prose);
    text
}

/// Items between brackets: in one line where that is short enough, else one a line.
fn bracketed(indent: &str, head: &str, items: &[String], tail: &str) -> String {
    let line = format!("{indent}{head}{}{tail}\n", items.join(", "));
    if line.chars().count() <= 101 {
        return line;
    }
    let mut text = format!("{indent}{head}\n");
    for item in items {
        writeln!(text, "{indent}    {item},").expect("a string takes it");
    }
    text + indent + tail + "\n"
}

fn signature(method: &Method<'_>, prose: &Prose) -> String {
    let argument = prose.argument.iter().map(|it| format!("{}: {}", it.name, it.kind));
    let receiver = method.shape.receiver().map(str::to_owned);
    let mut items: Vec<_> = receiver.into_iter().chain(argument).collect();
    for (index, field) in method.fields.iter().enumerate() {
        if let (true, Kind::List { of }) = (prose.variadic, field.kind) {
            items.push(format!("*{}: {}", field.name, type_of_kind(*of)));
            continue;
        }
        if index == method.by_place {
            items.push("*".to_owned());
        }
        let kind = type_of(field);
        items.push(match field.needed {
            true => format!("{}: {kind}", field.name),
            false => format!("{}: {kind} | None = None", field.name),
        });
    }
    let decorator = if method.shape == Shape::Start { "    @classmethod\n" } else { "" };
    let head = format!("def {}(", method.name);
    let gives = prose.gives.as_ref().map_or("Self", |(kind, _)| kind);
    let tail = format!(") -> {gives}:");
    decorator.to_owned() + &bracketed(method.shape.indent(), &head, &items, &tail)
}

fn type_of(field: &Field) -> String {
    type_of_kind(field.kind)
}

fn type_of_kind(kind: Kind) -> String {
    let name = match kind {
        Kind::Bool | Kind::Rules => "bool",
        Kind::Whole { .. } => "int",
        Kind::Real | Kind::Seconds => "float",
        Kind::Word { name, .. } => name,
        Kind::Colour => "str",
        Kind::Text => "str | Sequence[str]",
        Kind::Numbers => "float | Sequence[float]",
        Kind::Size | Kind::Place => "Sequence[int]",
        Kind::Point => "Sequence[float]",
        Kind::Places => "Iterable[Sequence[int]]",
        Kind::List { of: Kind::Text } => "Iterable[str]",
        Kind::List { of } => return format!("Iterable[{}]", type_of_kind(*of)),
        other => panic!("no type for {other:?}"),
    };
    name.to_owned()
}

fn docstring(method: &Method<'_>, prose: &Prose, indent: &str) -> String {
    let doc = prose.doc.clone().unwrap_or_else(|| QUOTES.text(method.doc));
    let mut text = wrapped(&doc, &format!("{indent}\"\"\""), indent, WIDTH);
    if let Some(more) = &prose.more {
        text += "\n";
        text += &wrapped(more, indent, indent, WIDTH);
    }
    let mut arguments = Vec::new();
    arguments.extend(prose.argument.as_ref().map(|it| format!("{}: {}", it.name, it.doc)));
    let options =
        method.fields.iter().map(|field| format!("{}: {}", field.name, meaning(method, field)));
    arguments.extend(options);
    text += &section(indent, "Args", &arguments);
    let gives = prose.gives.iter().map(|(_, meaning)| meaning.clone());
    text += &section(indent, "Returns", &gives.collect::<Vec<_>>());
    let raises = prose.raises.as_deref().unwrap_or_default();
    text += &section(indent, "Raises", &raises.lines().map(str::to_owned).collect::<Vec<_>>());
    if let Some(example) = &prose.example {
        text += &format!("\n{indent}Example:\n");
        for line in example.trim().lines() {
            text += format!("{indent}    {line}").trim_end();
            text += "\n";
        }
    }
    text + &format!("\n{indent}\"\"\"\n")
}

fn section(indent: &str, name: &str, entries: &[String]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let (first, rest) = (format!("{indent}    "), format!("{indent}        "));
    let entries = entries.iter().map(|it| wrapped(it, &first, &rest, WIDTH));
    format!("\n{indent}{name}:\n{}", entries.collect::<String>())
}

/// An option; one of an encode for each format that has it.
fn meaning(method: &Method<'_>, field: &Field) -> String {
    if method.name != "encode" || field.needed {
        return sentence(field, QUOTES);
    }
    let mut meanings: Vec<String> = Vec::new();
    for (format, fields) in by_name::format_fields() {
        for field in fields.iter().filter(|other| other.name == field.name) {
            meanings.push(format!("{}: {}", format_name(format), sentence(field, QUOTES)));
        }
    }
    meanings.join(" ")
}

/// The options of a call as the items of a dict.
fn named(method: &Method<'_>, prose: &Prose) -> Vec<String> {
    let names = prose.argument.iter().map(|argument| argument.name.as_str());
    let names = names.chain(method.fields.iter().map(|field| field.name));
    names.map(|name| format!("\"{name}\": {name}")).collect()
}

fn body(method: &Method<'_>, prose: &Prose) -> String {
    let options = named(method, prose);
    let indent = method.shape.inner();
    let (class, before) = match method.shape {
        Shape::Start => ("cls", "None"),
        Shape::Method => ("type(self)", "self"),
        Shape::Function | Shape::Constructor => return function_body(method, prose, &options),
    };
    let call = format!("return {class}({before}, \"{}\", {{", method.name);
    let line = format!("{indent}{call}{}}})\n", options.join(", "));
    if line.chars().count() <= 101 {
        return line;
    }
    let mut text = format!("{indent}return {class}(\n");
    for item in [before, &format!("\"{}\"", method.name)] {
        writeln!(text, "{indent}    {item},").expect("a string takes it");
    }
    text += &bracketed(&format!("{indent}    "), "{", &options, "},");
    text + indent + ")\n"
}

/// Calls by name, and makes an object of an answer that has several values.
fn function_body(method: &Method<'_>, prose: &Prose, options: &[String]) -> String {
    let indent = method.shape.inner();
    let mut text = bracketed(indent, "options = {", options, "}");
    let (kind, _) = prose.gives.as_ref().expect("the type that a function gives");
    let call = format!("function(\"{}\", options)", method.name);
    text += &match kind.as_str() {
        "str" => format!("{indent}return str({call})\n"),
        class => format!("{indent}return {class}(**{call})\n"),
    };
    text
}

/// The words of options as types.
pub(crate) fn words() -> String {
    let mut text = String::new();
    for (name, words) in all_words() {
        let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
        text += &bracketed("", &format!("{name}: TypeAlias = Literal["), &words, "]");
    }
    text
}

/// The types of words, and their words.
pub(crate) fn all_words() -> BTreeSet<(&'static str, &'static [&'static str])> {
    fn words_of(kind: Kind) -> Option<(&'static str, &'static [&'static str])> {
        match kind {
            Kind::Word { name, words } => Some((name, words)),
            Kind::List { of } => words_of(*of),
            _ => None,
        }
    }
    all_fields().into_iter().filter_map(|field| words_of(field.kind)).collect()
}
