//! From values to recipes: known fields, the options of the table, sources by their names.

mod options;

use std::sync::Arc;

use super::fields::{Fields, get, known, list, object};
use super::path::Path;
use super::{MAX_COPIES, VERSION};
use crate::error::{Error, Result};
use crate::recipe::options::Open;
use crate::recipe::options::calls::{self, Call, Combine, Operation};
use crate::recipe::options::kind::Kind;
use crate::recipe::options::table::Options;
use crate::recipe::source::Source;
use crate::recipe::value::Value;
use crate::recipe::{Change, Recipe, Start, Step, too_deep};
pub(super) use options::policy;
use options::{at, called, one_value, options};

/// Gives the source of a name.
pub(crate) type Find<'a> = &'a mut dyn FnMut(&str) -> Option<Source>;

/// The fields of a picture: an input of a stitch, and the start of a definition and of an output.
const PICTURE: [&str; 4] = ["input", "open", "stitch", "ops"];

/// The fields that set the format of an output, one of them at most.
const FORMAT: [&str; 2] = ["encode", "negotiate"];

/// The recipes of a document, one an output.
pub(super) fn recipes(document: &Value, find: Find<'_>) -> Result<Vec<Recipe>> {
    let root = Path::Root;
    let fields = object(document, &root, "a definition")?;
    version(fields, &root)?;
    let settings = calls::settings().map(|operation| operation.name);
    let own = ["version"].into_iter().chain(PICTURE).chain(FORMAT).chain(["outputs"]);
    known(fields, &root, "a definition", own.chain(settings))?;
    let mut reader = Reader { find };
    let Some(outputs) = get(fields, "outputs") else {
        let mut recipe = reader.picture(fields, &root)?;
        job(fields, &root, &mut recipe)?;
        return Ok(vec![recipe]);
    };
    if let Some(format) = FORMAT.into_iter().find(|name| get(fields, name).is_some()) {
        let message =
            format!("a definition with outputs has no {format}: each of them has its own");
        return Err(root.field(format).error(message));
    }
    reader.outputs(fields, outputs, &root.field("outputs"))
}

fn version(fields: &Fields, root: &Path<'_>) -> Result<()> {
    let place = root.field("version");
    match get(fields, "version") {
        Some(version) if *version == Value::Int(VERSION.into()) => Ok(()),
        Some(other) => {
            let found = match other {
                Value::Int(_) | Value::Number(_) => other.to_string(),
                other => other.kind().to_owned(),
            };
            Err(place.error(format_args!("this build reads version {VERSION}, found {found}")))
        }
        None => Err(place.error(format_args!("a definition has a version, {VERSION}; found none"))),
    }
}

struct Reader<'a> {
    find: Find<'a>,
}

impl Reader<'_> {
    fn outputs(
        &mut self,
        fields: &Fields,
        outputs: &Value,
        path: &Path<'_>,
    ) -> Result<Vec<Recipe>> {
        let outputs = list(outputs, path, "a list of outputs")?;
        if outputs.is_empty() {
            return Err(path.error("expected 1 output or more, found none"));
        }
        let has = |name| get(fields, name).is_some();
        let base = match PICTURE.into_iter().any(has) {
            true => Some(self.picture(fields, &Path::Root)?),
            false => None,
        };
        if let Some(base) = &base {
            // Each output has a copy of them.
            let steps = base.steps.len().saturating_mul(outputs.len());
            if steps > MAX_COPIES {
                let message = format!("outputs have at most {MAX_COPIES} operations in all");
                return Err(path.error(format_args!("{message}, found {steps}")));
            }
        }
        let mut recipes = Vec::new();
        for (index, output) in outputs.iter().enumerate() {
            let path = path.item(index);
            let mut recipe = self.output(output, base.as_ref(), &path)?;
            // Settings of the output take the place of those of the definition.
            settings(fields, &Path::Root, &mut recipe)?;
            job(object(output, &path, "an output")?, &path, &mut recipe)?;
            recipes.push(recipe);
        }
        Ok(recipes)
    }

    /// The picture of an output: its own, or that of the definition with more operations.
    fn output(&mut self, output: &Value, base: Option<&Recipe>, path: &Path<'_>) -> Result<Recipe> {
        let fields = object(output, path, "an output")?;
        let settings = calls::settings().map(|operation| operation.name);
        known(fields, path, "an output", PICTURE.into_iter().chain(FORMAT).chain(settings))?;
        let has = |name| get(fields, name).is_some();
        match base {
            _ if has("input") || has("stitch") || has("open") => self.picture(fields, path),
            Some(base) => {
                let mut recipe = base.clone();
                self.ops(fields, path, &mut recipe)?;
                Ok(recipe)
            }
            None => Err(path.error("expected an input or a stitch here or in the definition")),
        }
    }

    /// An input or a stitch, and the operations on it.
    fn picture(&mut self, fields: &Fields, path: &Path<'_>) -> Result<Recipe> {
        let mut made = Vec::new();
        self.push_picture(fields, path, &mut made)?;
        made.pop().ok_or_else(|| Error::internal("a picture was not made"))
    }

    /// As [`picture`](Self::picture), to the end of a list: stitches call this within one another, and a recipe in the
    /// frame of each would take more stack than there is in small threads.
    fn push_picture(
        &mut self,
        fields: &Fields,
        path: &Path<'_>,
        made: &mut Vec<Recipe>,
    ) -> Result<()> {
        match (get(fields, "input"), get(fields, "stitch")) {
            (Some(name), None) => self.push_open(name, fields, path, made)?,
            (None, Some(stitch)) => {
                if get(fields, "open").is_some() {
                    return Err(path.field("open").error("an input is opened, found a stitch"));
                }
                self.push_stitch(stitch, &path.field("stitch"), made)?;
            }
            (Some(_), Some(_)) => {
                return Err(path.error("expected an input or a stitch, found both"));
            }
            (None, None) => return Err(path.error("expected an input or a stitch, found neither")),
        }
        match made.last_mut() {
            Some(recipe) => self.ops(fields, path, recipe),
            None => Err(Error::internal("a picture was not made")),
        }
    }

    #[inline(never)]
    fn push_open(
        &mut self,
        name: &Value,
        fields: &Fields,
        path: &Path<'_>,
        made: &mut Vec<Recipe>,
    ) -> Result<()> {
        let source = self.source(name, &path.field("input"))?;
        let open = match get(fields, "open") {
            Some(given) => open(given, &path.field("open"))?,
            None => Open::default(),
        };
        made.push(Recipe::new(Start::Open(source, open)));
        Ok(())
    }

    fn source(&mut self, name: &Value, path: &Path<'_>) -> Result<Source> {
        let Value::Text(name) = name else {
            return Err(path.error(format_args!("expected a name, found {}", name.kind())));
        };
        let source = (self.find)(name).ok_or_else(|| {
            path.error(format_args!("expected a source for {name:?} in `sources`, found none"))
        })?;
        Ok(source.named(name.as_str()))
    }

    fn push_stitch(
        &mut self,
        stitch: &Value,
        path: &Path<'_>,
        made: &mut Vec<Recipe>,
    ) -> Result<()> {
        let fields = object(stitch, path, "a stitch")?;
        let place = path.field("inputs");
        let inputs = get(fields, "inputs")
            .ok_or_else(|| place.error("a stitch has a list of inputs, found none"))?;
        let mut parts = Vec::new();
        for (index, input) in list(inputs, &place, "a list of inputs")?.iter().enumerate() {
            self.push_part(input, &place.item(index), &mut parts)?;
        }
        finish_stitch(fields, path, parts, made)
    }

    /// The operations of a picture, in the order they apply.
    fn ops(&mut self, fields: &Fields, path: &Path<'_>, recipe: &mut Recipe) -> Result<()> {
        let Some(given) = get(fields, "ops") else {
            return Ok(());
        };
        let path = path.field("ops");
        for (index, op) in list(given, &path, "a list of operations")?.iter().enumerate() {
            let path = path.item(index);
            let (fields, operation) = operation(op, &path)?;
            if operation.takes_input() {
                let place = path.field("input");
                let name = operation.name;
                let input = get(fields, "input").ok_or_else(|| {
                    place.error(format_args!("{name} takes an input, found none"))
                })?;
                let mut made = Vec::new();
                self.push_part(input, &place, &mut made)?;
                combine(fields, operation, &path, &mut made, recipe)?;
            } else {
                step(fields, operation, &path, recipe)?;
            }
        }
        Ok(())
    }

    /// A picture within another: a name, or a picture.
    fn push_part(&mut self, input: &Value, path: &Path<'_>, made: &mut Vec<Recipe>) -> Result<()> {
        match input {
            Value::Map(fields) => {
                known(fields, path, "an input", PICTURE)?;
                self.push_picture(fields, path, made)
            }
            Value::Text(_) => self.push_named(input, path, made),
            other => {
                let expected = "expected a name, or an object with an input or a stitch";
                Err(path.error(format_args!("{expected}, found {}", other.kind())))
            }
        }
    }

    #[inline(never)]
    fn push_named(&mut self, name: &Value, path: &Path<'_>, made: &mut Vec<Recipe>) -> Result<()> {
        let start = Start::Open(self.source(name, path)?, Open::default());
        made.push(Recipe::new(start));
        Ok(())
    }
}

#[inline(never)]
fn finish_stitch(
    fields: &Fields,
    path: &Path<'_>,
    parts: Vec<Recipe>,
    made: &mut Vec<Recipe>,
) -> Result<()> {
    let given = options(fields, &["inputs"], &calls::stitch_fields(), path)?;
    let stitch = calls::stitch(&given).map_err(|error| called(error, path))?;
    let recipe = Recipe::stitch(stitch, parts.into());
    if matches!(recipe.start, Start::TooDeep) {
        return Err(path.error(too_deep()));
    }
    made.push(recipe);
    Ok(())
}

#[inline(never)]
fn open(given: &Value, path: &Path<'_>) -> Result<Open> {
    let given = options(object(given, path, "open")?, &[], &calls::open_fields(), path)?;
    let open = calls::open(&given).map_err(|error| called(error, path))?;
    open.check("open").map_err(|error| path.error_of(error.kind(), error))?;
    Ok(open)
}

/// The fields of an operation, and the call of its name.
fn operation<'a>(op: &'a Value, path: &Path<'_>) -> Result<(&'a Fields, &'static Operation)> {
    let fields = object(op, path, "an operation")?;
    let name = match get(fields, "op") {
        Some(Value::Text(name)) => name,
        other => {
            let found = other.map_or("none", Value::kind);
            return Err(path.field("op").error(format_args!("expected a name, found {found}")));
        }
    };
    let operation = calls::steps().find(|step| step.name == name).ok_or_else(|| {
        let names: Vec<_> = calls::steps().map(|step| step.name).collect();
        let message = format!("an operation is one of {}, found {name:?}", names.join(", "));
        path.field("op").error(message)
    })?;
    Ok((fields, operation))
}

#[inline(never)]
fn step(fields: &Fields, operation: &Operation, path: &Path<'_>, to: &mut Recipe) -> Result<()> {
    let given = options(fields, &["op"], &(operation.fields)(), path)?;
    to.apply(change(operation, given, path)?);
    Ok(())
}

/// Puts the last picture that was made with one.
#[inline(never)]
fn combine(
    fields: &Fields,
    operation: &Operation,
    path: &Path<'_>,
    made: &mut Vec<Recipe>,
    to: &mut Recipe,
) -> Result<()> {
    let input = made.pop().ok_or_else(|| Error::internal("a picture was not made"))?;
    let given = options(fields, &["op", "input"], &(operation.fields)(), path)?;
    let combine = Combine::new(operation.name, &given).map_err(|error| called(error, path))?;
    combine.0.check().map_err(|error| path.error_of(error.kind(), error))?;
    to.apply(Change::Step(Step::Combine(combine.0, Arc::new(input))));
    if matches!(to.start, Start::TooDeep) {
        return Err(path.error(too_deep()));
    }
    Ok(())
}

/// The format and the settings of a definition or an output.
fn job(fields: &Fields, path: &Path<'_>, recipe: &mut Recipe) -> Result<()> {
    if FORMAT.into_iter().all(|name| get(fields, name).is_some()) {
        return Err(path.field(FORMAT[1]).error("expected an encode or a negotiate, found both"));
    }
    for operation in calls::output_formats() {
        if let Some(given) = get(fields, operation.name) {
            recipe.apply(setting(operation, given, &path.field(operation.name))?);
        }
    }
    settings(fields, path, recipe)
}

fn settings(fields: &Fields, path: &Path<'_>, recipe: &mut Recipe) -> Result<()> {
    for operation in calls::settings() {
        if let Some(given) = get(fields, operation.name) {
            recipe.apply(setting(operation, given, &path.field(operation.name))?);
        }
    }
    Ok(())
}

/// A setting by its options, or by the value of the only one.
fn setting(operation: &Operation, given: &Value, path: &Path<'_>) -> Result<Change> {
    let fields = (operation.fields)();
    if let Some(only) = operation.only_option() {
        one_value(given, &only, path)?;
        let given = [(only.name.to_owned(), given.clone())];
        let change = Call::new(operation.name, &given).map_err(|error| at(error, path))?.0;
        change.check().map_err(|error| path.error_of(error.kind(), error))?;
        return Ok(change);
    }
    let given = object(given, path, operation.name)?;
    if fields.iter().any(|field| field.kind == Kind::Rules) {
        // One at a time, to find the one at fault.
        for (rule, on) in given {
            let one = [(rule.clone(), on.clone())];
            Call::new(operation.name, &one).map_err(|error| at(error, &path.field(rule)))?;
        }
        return change(operation, given.to_vec(), path);
    }
    change(operation, options(given, &[], &fields, path)?, path)
}

fn change(operation: &Operation, given: Vec<(String, Value)>, path: &Path<'_>) -> Result<Change> {
    let call = Call::new(operation.name, &given).map_err(|error| called(error, path))?;
    call.0.check().map_err(|error| path.error_of(error.kind(), error))?;
    Ok(call.0)
}
