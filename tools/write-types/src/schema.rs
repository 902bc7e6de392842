//! The JSON Schema of definitions, draft 2020-12.

use makeready::Optimizations;
use makeready::by_name::{self, Field, Kind, Value};

use crate::sentence::Quotes;

const QUOTES: Quotes = Quotes { code: "`", time: "seconds" };

/// The fields of a picture, and of what is made of it.
const PICTURE: [&str; 4] = ["input", "open", "stitch", "ops"];

/// The fields that set the format of an output.
const FORMAT: [&str; 2] = ["encode", "negotiate"];

/// The whole file.
pub(crate) fn schema() -> String {
    let settings: Vec<_> = by_name::settings().map(|setting| setting.name).collect();
    let version = map([("description", text("The version of the format.")), ("const", int(1))]);
    let own = [("version", version)].into_iter().chain(refs(&PICTURE)).chain(refs(&FORMAT));
    let outputs = [("outputs", reference("outputs"))];
    let properties = own.chain(outputs).chain(refs(&settings));
    let mut schema = vec![
        ("$schema", text("https://json-schema.org/draft/2020-12/schema")),
        ("title", text("A pipeline of Makeready")),
        ("description", text("Inputs by their names, the operations on them, and what comes out.")),
        ("type", text("object")),
        ("properties", map(properties)),
        ("required", words(&["version"])),
        ("dependentRequired", map([("open", words(&["input"]))])),
        ("if", map([("required", words(&["outputs"]))])),
        ("then", with_outputs()),
        ("else", map([("oneOf", starts()), ("not", map([("required", words(&FORMAT))]))])),
        ("additionalProperties", Value::Bool(false)),
    ];
    schema.push(("$defs", definitions()));
    let mut out = String::new();
    write(&map(schema), "", &mut out);
    out + "\n"
}

/// A definition with outputs: no format beside them, and a start here or in each of them.
fn with_outputs() -> Value {
    let required = |name: &&str| map([("required", words(&[name]))]);
    let has_start = Value::List(PICTURE.iter().map(required).collect());
    let own_starts = map([("items", map([("oneOf", starts())]))]);
    map([
        ("not", map([("anyOf", Value::List(FORMAT.iter().map(required).collect()))])),
        ("if", map([("anyOf", has_start)])),
        ("then", map([("oneOf", starts())])),
        ("else", map([("properties", map([("outputs", own_starts)]))])),
    ])
}

/// An input or a stitch.
fn starts() -> Value {
    let required = |name| map([("required", words(&[name]))]);
    Value::List(["input", "stitch"].map(required).to_vec())
}

fn definitions() -> Value {
    let ops: Vec<_> = by_name::steps().map(|step| step.name).collect();
    let formats: Vec<_> = by_name::format_fields();
    let op = |name: &&str| reference(&format!("op_{name}"));
    let format = |(name, _): &(&str, Vec<Field>)| reference(&format!("encode_{name}"));
    let mut all = vec![
        ("input".to_owned(), name()),
        ("open".to_owned(), options("How the input is opened.", [], &by_name::open_fields(), [])),
        ("stitch".to_owned(), stitch()),
        ("part".to_owned(), part()),
        ("ops".to_owned(), list("Operations in the order they apply.", reference("op"))),
        ("op".to_owned(), map([("oneOf", Value::List(ops.iter().map(op).collect()))])),
    ];
    for step in by_name::steps() {
        let name = [("op", map([("const", text(step.name))]))];
        let fields = (step.fields)();
        let op = match step.takes_input() {
            true => {
                let [name] = name;
                let first = [name, ("input", reference("part"))];
                options(step.doc, first, &fields, ["op", "input"])
            }
            false => options(step.doc, name, &fields, ["op"]),
        };
        all.push((format!("op_{}", step.name), op));
    }
    for output in by_name::output_formats() {
        let schema = match output.name {
            "encode" => one_of(output.doc, &formats, format),
            _ => options(output.doc, [], &(output.fields)(), []),
        };
        all.push((output.name.to_owned(), schema));
    }
    for (format, fields) in &formats {
        let name = [("format", map([("const", text(format))]))];
        let doc = format!("Options of {format}.");
        all.push((format!("encode_{format}"), options(&doc, name, fields, ["format"])));
    }
    all.push(("outputs".to_owned(), outputs()));
    for setting in by_name::settings() {
        let schema = match setting.only_option() {
            Some(only) => described(setting.doc, of_kind(&only)),
            None => options(setting.doc, [], &(setting.fields)(), []),
        };
        all.push((setting.name.to_owned(), schema));
    }
    Value::Map(all)
}

fn one_of<T>(doc: &str, of: &[T], each: impl Fn(&T) -> Value) -> Value {
    described(doc, vec![("oneOf", Value::List(of.iter().map(each).collect()))])
}

fn name() -> Value {
    described("The name of a source.", vec![("type", text("string"))])
}

fn stitch() -> Value {
    let inputs = [("inputs", list("In the order of their places.", reference("part")))];
    let Value::Map(mut schema) =
        options("Inputs as one picture.", inputs, &by_name::stitch_fields(), ["inputs"])
    else {
        panic!("a schema is an object");
    };
    let required = |name| map([("required", words(&[name]))]);
    let one = Value::List(["across", "canvas"].map(required).to_vec());
    schema.push(("oneOf".to_owned(), one));
    Value::Map(schema)
}

/// A picture within another: a name, or a picture.
fn part() -> Value {
    let picture = map([
        ("type", text("object")),
        ("properties", map(refs(&PICTURE))),
        ("dependentRequired", map([("open", words(&["input"]))])),
        ("oneOf", starts()),
        ("additionalProperties", Value::Bool(false)),
    ]);
    one_of("A name, or a picture with operations of its own.", &[name(), picture], Clone::clone)
}

fn outputs() -> Value {
    let settings: Vec<_> = by_name::settings().map(|setting| setting.name).collect();
    let properties = refs(&PICTURE).chain(refs(&FORMAT)).chain(refs(&settings));
    let both = [["input", "stitch"], FORMAT].map(|both| map([("required", words(&both))]));
    let output = map([
        ("type", text("object")),
        ("properties", map(properties)),
        ("dependentRequired", map([("open", words(&["input"]))])),
        ("not", map([("anyOf", Value::List(both.to_vec()))])),
        ("additionalProperties", Value::Bool(false)),
    ]);
    let doc =
        "Outputs of one pass; without an input or a stitch they go on from that of the definition.";
    let Value::Map(mut schema) = list(doc, output) else { panic!("a schema is an object") };
    schema.push(("minItems".to_owned(), int(1)));
    Value::Map(schema)
}

/// An object with the options of a table.
fn options<const N: usize, const M: usize>(
    doc: &str,
    first: [(&str, Value); N],
    fields: &[Field],
    needed: [&str; M],
) -> Value {
    let mut properties: Vec<(&str, Value)> = first.to_vec();
    for field in fields {
        if field.kind == Kind::Rules {
            let rule = || map([("type", text("boolean"))]);
            properties.extend(Optimizations::names().into_iter().map(|name| (name, rule())));
        }
        properties.push((field.name, option(field)));
    }
    let mut schema = vec![("type", text("object")), ("properties", map(properties))];
    let needs = fields.iter().filter(|field| field.needed).map(|field| field.name);
    let needed: Vec<_> = needed.into_iter().chain(needs).collect();
    if !needed.is_empty() {
        schema.push(("required", words(&needed)));
    }
    schema.push(("additionalProperties", Value::Bool(false)));
    described(doc, schema)
}

/// An option: its meaning, its values, its default.
fn option(field: &Field) -> Value {
    let mut schema = of_kind(field);
    match (field.default)() {
        Value::None => {}
        default => schema.push(("default", default)),
    }
    described(field.doc, schema)
}

fn of_kind(field: &Field) -> Vec<(&'static str, Value)> {
    let whole = |low: u64, high: u64| {
        vec![("type", text("integer")), ("minimum", int(low)), ("maximum", int(high))]
    };
    match (field.kind, field.range) {
        (Kind::Whole { .. }, Some((low, high))) => whole(low, high),
        (Kind::Whole { largest }, None) => whole(0, largest),
        (Kind::Real, Some((low, high))) => {
            vec![("type", text("number")), ("minimum", int(low)), ("maximum", int(high))]
        }
        (kind, _) => of(kind),
    }
}

fn of(kind: Kind) -> Vec<(&'static str, Value)> {
    let list = |items| vec![("type", text("array")), ("items", map(items))];
    let pair = |low: i128, high: i128| {
        let (low, high) = (Value::Int(low), Value::Int(high));
        let side = vec![("type", text("integer")), ("minimum", low), ("maximum", high)];
        [list(side), vec![("minItems", int(2)), ("maxItems", int(2))]].concat()
    };
    match kind {
        Kind::Bool | Kind::Rules => vec![("type", text("boolean"))],
        Kind::Real => vec![("type", text("number"))],
        // Whole seconds are 64 bits.
        Kind::Seconds => vec![
            ("type", text("number")),
            ("minimum", int(0)),
            ("exclusiveMaximum", Value::Int(1 << 64)),
        ],
        Kind::Text => {
            let one = || vec![("type", text("string"))];
            vec![("anyOf", Value::List(vec![map(one()), map(list(one()))]))]
        }
        Kind::Word { words: all, .. } => vec![("enum", words(all))],
        Kind::Colour => {
            let forms = "^#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$";
            vec![("type", text("string")), ("pattern", text(forms))]
        }
        Kind::List { of: kind } => list(of(*kind)),
        Kind::Numbers => {
            let one = || vec![("type", text("number"))];
            let three = [list(one()), vec![("minItems", int(3)), ("maxItems", int(3))]].concat();
            vec![("anyOf", Value::List(vec![map(one()), map(three)]))]
        }
        Kind::Size => pair(0, u32::MAX.into()),
        Kind::Place => pair(i32::MIN.into(), i32::MAX.into()),
        Kind::Point => {
            let share = vec![("type", text("number")), ("minimum", int(0)), ("maximum", int(1))];
            [list(share), vec![("minItems", int(2)), ("maxItems", int(2))]].concat()
        }
        Kind::Places => list(pair(0, u32::MAX.into())),
        other => panic!("no schema for {other:?}"),
    }
}

fn described(doc: &str, schema: Vec<(&str, Value)>) -> Value {
    map([("description", text(&QUOTES.text(doc)))].into_iter().chain(schema))
}

fn list(doc: &str, items: Value) -> Value {
    described(doc, vec![("type", text("array")), ("items", items)])
}

fn refs<'a>(names: &'a [&str]) -> impl Iterator<Item = (&'a str, Value)> {
    names.iter().map(|name| (*name, reference(name)))
}

fn reference(name: &str) -> Value {
    map([("$ref", text(&format!("#/$defs/{name}")))])
}

fn map<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn words(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| text(word)).collect())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn int(number: u64) -> Value {
    Value::Int(number.into())
}

/// Writes JSON, lists and objects of a word or a number in a line.
fn write(value: &Value, indent: &str, out: &mut String) {
    let is_short = |value: &Value| !matches!(value, Value::Map(_) | Value::List(_));
    let (brackets, items): (_, Vec<(Option<&str>, &Value)>) = match value {
        Value::Map(fields) => {
            (["{", "}"], fields.iter().map(|(name, value)| (Some(name.as_str()), value)).collect())
        }
        Value::List(values) => (["[", "]"], values.iter().map(|value| (None, value)).collect()),
        Value::Text(text) => {
            *out += &serde_json::Value::from(text.as_str()).to_string();
            return;
        }
        other => {
            *out += &other.to_string();
            return;
        }
    };
    let is_line = items.iter().all(|(_, value)| is_short(value))
        && (items.iter().all(|(name, _)| name.is_none()) || items.len() == 1);
    let deeper = format!("{indent}  ");
    *out += brackets[0];
    for (index, (name, value)) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match is_line {
            true if index > 0 => out.push(' '),
            true => {}
            false => *out += &format!("\n{deeper}"),
        }
        if let Some(name) = name {
            *out += &format!("{}: ", serde_json::Value::from(name));
        }
        write(value, &deeper, out);
    }
    if !is_line {
        *out += &format!("\n{indent}");
    }
    *out += brackets[1];
}
