//! The flags of operations, of encodes and of jobs, from the table of the core: what the library learns, they have.
//!
//! An operation is a flag with all its options, as `--resize 800x600,fit=contain`; operations apply in the order in which
//! they are written. Options of the encode, of the job and of opening are a flag each, as `--quality 80`.

use clap::builder::ValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use makeready::by_name::{self, Call, Combine, Field, Kind, NamedOptions, Operation, Value};
use makeready::{Limits, Open, Pipeline, Source};

use crate::failure::Failure;

/// The meaning of the flags of a command line.
pub(crate) struct Flags {
    open: Open,
    /// Operations and settings.
    calls: Vec<Recorded>,
    /// The format, where one is named.
    pub(crate) format: Option<String>,
    encode: NamedOptions,
}

/// A call, or one that takes the picture of a file.
enum Recorded {
    Call(Call),
    Combine(Combine, String),
}

/// Settings of the job whose options are flags: no rules, which are a flag of their own.
fn settings() -> impl Iterator<Item = &'static Operation> {
    by_name::settings()
        .filter(|setting| setting.only_option().is_some() || setting.name == "limits")
}

fn encode_fields() -> Vec<Field> {
    by_name::operation("encode").map(|encode| (encode.fields)()).unwrap_or_default()
}

/// Adds the flags to a command.
pub(crate) fn add(command: Command) -> Command {
    let operations =
        by_name::steps().map(|step| operation_flag(step, "Operations, in the order written"));
    let rules = by_name::operation("optimizations").into_iter();
    let rules = rules.map(|operation| operation_flag(operation, "Settings of the job"));
    let mut all: Vec<Arg> = operations.chain(rules).collect();
    all.extend(encode_fields().iter().map(|field| option_flag(field.name, field, "Encode")));
    let open = by_name::open_fields();
    all.extend(open.iter().map(|field| option_flag(&open_flag(field), field, "Opening")));
    for setting in settings() {
        for field in (setting.fields)() {
            let name = setting.only_option().map_or(field.name, |_| setting.name);
            all.push(option_flag(name, &field, "Settings of the job"));
        }
    }
    command.args(all)
}

/// The flag of an operation.
fn operation_flag(operation: &Operation, heading: &'static str) -> Arg {
    let fields = (operation.fields)();
    let flag = flag(operation.name, heading, operation.doc);
    if operation.takes_input() && fields.is_empty() {
        return flag.value_name("FILE");
    }
    if fields.is_empty() {
        // An empty value keeps its place among the others.
        return flag.num_args(0..=1).require_equals(true).default_missing_value("");
    }
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    let (value, first) = match operation.takes_input() {
        true => ("FILE,OPTIONS", "The file first. "),
        false => ("OPTIONS", ""),
    };
    let names = names.join(", ");
    flag.value_name(value).help(format!("{} {first}Options: {names}", operation.doc))
}

/// The name of the flag of an option of opening: an operation or a setting may have the name of the option.
fn open_flag(field: &Field) -> String {
    match by_name::operation(field.name) {
        Ok(_) => format!("open_{}", field.name),
        Err(_) => field.name.to_owned(),
    }
}

/// The flag of one option.
fn option_flag(name: &str, field: &Field, heading: &'static str) -> Arg {
    let doc = field.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    let flag = flag(name, heading, &doc).action(ArgAction::Set);
    match field.kind {
        Kind::Bool => flag.num_args(0..=1).require_equals(true).default_missing_value("true"),
        Kind::Whole { .. } => flag.value_name("NUMBER"),
        Kind::Seconds => flag.value_name("SECONDS"),
        Kind::Word { .. } => flag.value_name("WORD"),
        _ => flag.value_name("VALUE"),
    }
}

fn flag(name: &str, heading: &'static str, doc: &str) -> Arg {
    Arg::new(name.to_owned())
        .long(kebab(name))
        .action(ArgAction::Append)
        .value_parser(ValueParser::string())
        .allow_hyphen_values(true)
        .help_heading(heading)
        .help(doc.to_owned())
}

fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

impl Flags {
    /// Reads the flags that were given.
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let mut open = Vec::new();
        for field in by_name::open_fields() {
            open.extend(option(matches, &open_flag(&field), &field)?);
        }
        let open = by_name::open(&open).map_err(of_flags)?;
        let mut calls = Vec::new();
        for setting in settings() {
            let only = setting.only_option();
            let fields = (setting.fields)();
            let given = match only {
                Some(field) => option(matches, setting.name, &field)?.into_iter().collect(),
                None => options(matches, &fields)?,
            };
            if !given.is_empty() {
                let call = Call::new(setting.name, &given).map_err(of_flags)?;
                calls.push(Recorded::Call(call));
            }
        }
        calls.extend(operations(matches)?);
        let mut encode = options(matches, &encode_fields())?;
        let format =
            encode.iter().position(|(name, _)| name == "format").map(|at| encode.remove(at));
        let format = format.map(|(_, format)| format.to_string());
        Ok(Self { open, calls, format, encode })
    }

    /// The pipeline of an input, with an encode where the format is known.
    pub(crate) fn pipeline(
        &self,
        source: Source,
        format: Option<&str>,
    ) -> Result<Pipeline, Failure> {
        let pipeline = Pipeline::open_with(source, self.open);
        let pipeline = self.calls.iter().fold(pipeline, |pipeline, recorded| match recorded {
            Recorded::Call(call) => pipeline.apply(call),
            Recorded::Combine(combine, file) => {
                pipeline.combine(combine, Pipeline::open(Source::path(file)))
            }
        });
        let Some(format) = format else { return Ok(pipeline) };
        let mut encode = self.encode.clone();
        encode.insert(0, ("format".to_owned(), Value::Text(format.to_owned())));
        pipeline.call("encode", &encode).map_err(of_flags)
    }

    /// The largest input in bytes.
    pub(crate) fn max_input_bytes(&self) -> u64 {
        let limits = self.calls.iter().find_map(|recorded| match recorded {
            Recorded::Call(call) => call.limits(),
            Recorded::Combine(..) => None,
        });
        limits.map_or_else(|| Limits::default().max_input_bytes, |limits| limits.max_input_bytes)
    }

    /// Tells whether options of an encode are given, which only a format gives a meaning.
    pub(crate) fn needs_format(&self) -> bool {
        !self.encode.is_empty()
    }
}

fn of_flags(error: by_name::CallError) -> Failure {
    Failure::of_call(error, |name| format!("--{}", kebab(name)))
}

/// The operations that were given, in the order written.
fn operations(matches: &ArgMatches) -> Result<Vec<Recorded>, Failure> {
    let mut found: Vec<(usize, Recorded)> = Vec::new();
    for operation in by_name::steps().chain(by_name::operation("optimizations")) {
        let given = matches.get_many::<String>(operation.name).into_iter().flatten();
        let places = matches.indices_of(operation.name).into_iter().flatten();
        for (text, place) in given.zip(places) {
            found.push((place, recorded(operation, text)?));
        }
    }
    found.sort_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, call)| call).collect())
}

/// An operation of its options in one text, behind the name of a file where it takes another picture.
fn recorded(operation: &Operation, text: &str) -> Result<Recorded, Failure> {
    let refused = |error| Failure::of_call(error, str::to_owned);
    if !operation.takes_input() {
        let given = parts(operation, text)?;
        return Ok(Recorded::Call(Call::new(operation.name, &given).map_err(refused)?));
    }
    let (file, options) = text.split_once(',').unwrap_or((text, ""));
    let combine = Combine::new(operation.name, &parts(operation, options)?).map_err(refused)?;
    Ok(Recorded::Combine(combine, file.to_owned()))
}

/// The options of an operation in one text: values by their places, then by their names, `800x600` being both sides.
fn parts(operation: &Operation, text: &str) -> Result<NamedOptions, Failure> {
    let fields = (operation.fields)();
    let mut given: NamedOptions = Vec::new();
    let mut by_place = fields.iter().take(operation.by_place.max(1));
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if let Some((name, text)) = part.split_once('=') {
            let name = name.replace('-', "_");
            let kind = fields.iter().find(|field| field.name == name).map(|field| field.kind);
            // Names that it has not are refused with the rest of the call; the rules are names of their own.
            let kind = kind.unwrap_or(match fields.as_slice() {
                [only] if only.kind == Kind::Rules => Kind::Bool,
                _ => Kind::Text,
            });
            given.push((name, value(kind, text)));
        } else if let Some((width, height)) = sides(part) {
            for (name, side) in [("width", width), ("height", height)] {
                if !side.is_empty() {
                    given.push((name.to_owned(), value(Kind::Whole { largest: u64::MAX }, side)));
                }
                by_place.next();
            }
        } else if let Some(field) = fields
            .iter()
            .find(|field| field.name == part.replace('-', "_") && field.kind == Kind::Bool)
        {
            given.push((field.name.to_owned(), Value::Bool(true)));
        } else {
            let field = by_place.next().ok_or_else(|| {
                let names: Vec<_> = fields.iter().map(|field| field.name).collect();
                let (name, names) = (kebab(operation.name), names.join(", "));
                Failure::invalid_option(format!(
                    "--{name}: expected name=value of {names}, found {part:?}"
                ))
            })?;
            given.push((field.name.to_owned(), value(field.kind, part)));
        }
    }
    let twice = given
        .iter()
        .enumerate()
        .find(|(at, (name, _))| given[..*at].iter().any(|(other, _)| other == name));
    if let Some((_, (name, _))) = twice {
        return Err(Failure::invalid_option(format!(
            "--{}: {name} is given twice",
            kebab(operation.name)
        )));
    }
    Ok(given)
}

/// `800x600`, `800x` and `x600` as their two sides.
fn sides(text: &str) -> Option<(&str, &str)> {
    let (width, height) = text.split_once('x')?;
    let digits = |side: &str| side.bytes().all(|byte| byte.is_ascii_digit());
    (digits(width) && digits(height) && text.len() > 1).then_some((width, height))
}

/// The options of these fields that were given as flags.
fn options(matches: &ArgMatches, fields: &[Field]) -> Result<NamedOptions, Failure> {
    let mut given = Vec::new();
    for field in fields {
        given.extend(option(matches, field.name, field)?);
    }
    Ok(given)
}

fn option(
    matches: &ArgMatches,
    flag: &str,
    field: &Field,
) -> Result<Option<(String, Value)>, Failure> {
    let given = matches.value_source(flag) == Some(ValueSource::CommandLine);
    let text = matches.get_one::<String>(flag).filter(|_| given);
    Ok(text.map(|text| (field.name.to_owned(), value(field.kind, text))))
}

/// A value of a kind. What is none of that kind stays a text, which the call refuses with the reason.
fn value(kind: Kind, text: &str) -> Value {
    let as_text = || Value::Text(text.to_owned());
    match kind {
        Kind::Bool | Kind::Rules => text.parse().map_or_else(|_| as_text(), Value::Bool),
        Kind::Whole { .. } => text.parse().map_or_else(|_| as_text(), Value::Int),
        Kind::Real | Kind::Seconds => text.parse().map_or_else(|_| as_text(), Value::Float),
        Kind::Numbers if text.contains(',') => {
            Value::List(text.split(',').map(|text| value(Kind::Real, text.trim())).collect())
        }
        Kind::Numbers => value(Kind::Real, text),
        Kind::Size => sides(text)
            .and_then(|(width, height)| {
                let side = |side: &str| side.parse().ok().map(Value::Int);
                Some(Value::List(vec![side(width)?, side(height)?]))
            })
            .unwrap_or_else(as_text),
        Kind::Place => text.split_once(':').map_or_else(as_text, |(x, y)| {
            Value::List([x, y].map(|number| value(Kind::Whole { largest: 0 }, number)).to_vec())
        }),
        Kind::Point => text.split_once(':').map_or_else(as_text, |(x, y)| {
            Value::List([x, y].map(|number| value(Kind::Real, number)).to_vec())
        }),
        // Commas stand between options: rows end with a semicolon, and spaces stand between their numbers.
        Kind::List { of: Kind::List { of } } => {
            let row = |row: &str| row.split_whitespace().map(|text| value(**of, text)).collect();
            Value::List(text.split(';').map(|text| Value::List(row(text))).collect())
        }
        Kind::List { of } => {
            Value::List(text.split(',').map(|text| value(*of, text.trim())).collect())
        }
        _ => as_text(),
    }
}
