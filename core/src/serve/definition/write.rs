//! From recipes to text, in one order and without what is at its default.

use std::sync::Arc;

use super::names::Names;
use super::{MAX_BYTES, MAX_COPIES, MAX_VALUES, VERSION};
use crate::error::{Error, Result};
use crate::recipe::options::Open;
use crate::recipe::options::calls::{self, Written};
use crate::recipe::options::table::changed;
use crate::recipe::value::{NamedOptions, Value};
use crate::recipe::{Recipe, Start, Step, too_deep};

/// The text of some recipes. What all of them begin with, and settings that all have, is said once.
pub(crate) fn write(recipes: &[&Recipe]) -> Result<String> {
    recipes.iter().try_for_each(|recipe| recipe.settings.check())?;
    let mut text = Text::new(Names::new(recipes));
    text.open('{');
    text.field("version");
    text.value(&Value::Int(VERSION.into()));
    match recipes {
        [] => return Err(Error::invalid_option("a definition has 1 pipeline or more, found none")),
        [recipe] => {
            text.start(recipe)?;
            text.ops(&recipe.steps)?;
            text.format(recipe)?;
            text.settings(&recipe.settings.calls());
        }
        [first, others @ ..] => outputs(&mut text, first, others, recipes)?,
    }
    text.close('}');
    text.check()?;
    Ok(text.out)
}

fn outputs(text: &mut Text, first: &Recipe, others: &[&Recipe], recipes: &[&Recipe]) -> Result<()> {
    let shares_start = text.have_start(first, others)?;
    let shared_steps = if shares_start { text.shared_steps(first, others)? } else { 0 };
    if shares_start {
        text.start(first)?;
        text.ops(&first.steps[..shared_steps])?;
    }
    text.field("outputs");
    text.open('[');
    let mut shared = first.settings.calls();
    for other in others {
        let calls = other.settings.calls();
        shared.retain(|call| calls.contains(call));
    }
    for recipe in recipes {
        text.item();
        text.open('{');
        if !shares_start {
            text.start(recipe)?;
        }
        text.ops(&recipe.steps[shared_steps..])?;
        text.format(recipe)?;
        let mut own = recipe.settings.calls();
        own.retain(|call| !shared.contains(call));
        text.settings(&own);
        text.close('}');
        text.check()?;
    }
    text.close(']');
    text.settings(&shared);
    Ok(())
}

/// An object of options.
pub(super) fn write_options(options: &NamedOptions) -> String {
    let mut text = Text::new(Names::new(&[]));
    let options: Vec<_> =
        options.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    text.object(&options);
    text.out
}

/// A text that is being written.
struct Text {
    out: String,
    values: usize,
    names: Names,
}

impl Text {
    fn new(names: Names) -> Self {
        Self { out: String::new(), values: 0, names }
    }

    /// Whether others start as the first does.
    fn have_start(&mut self, first: &Recipe, others: &[&Recipe]) -> Result<bool> {
        let mut text = None;
        for other in others {
            let same = match (&first.start, &other.start) {
                (Start::Open(a, open), Start::Open(b, other)) => {
                    self.names.name(a) == self.names.name(b) && open == other
                }
                (Start::Stitch(a, inputs), Start::Stitch(b, others)) => {
                    a == b
                        && (Arc::ptr_eq(inputs, others) || {
                            let text = match &text {
                                Some(text) => text,
                                None => text.insert(self.apart(|text| text.start(first))?),
                            };
                            *text == self.apart(|text| text.start(other))?
                        })
                }
                _ => false,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many operations all recipes begin with.
    fn shared_steps(&mut self, first: &Recipe, others: &[&Recipe]) -> Result<usize> {
        let mut shared = first.steps.len();
        for other in others {
            shared = shared.min(other.steps.len());
            for (index, pair) in first.steps[..shared].iter().zip(&other.steps).enumerate() {
                if !self.same_step(pair)? {
                    shared = index;
                    break;
                }
            }
        }
        Ok(if shared.saturating_mul(others.len() + 1) > MAX_COPIES { 0 } else { shared })
    }

    fn same_step(&mut self, (a, b): (&Step, &Step)) -> Result<bool> {
        let same_input = match (a, b) {
            (Step::Combine(_, a), Step::Combine(_, b)) => {
                Arc::ptr_eq(a, b) || {
                    let a = self.apart(|text| text.part(a))?;
                    a == self.apart(|text| text.part(b))?
                }
            }
            _ => true,
        };
        Ok(same_input && a.calls() == b.calls())
    }

    /// Something as a text of its own.
    fn apart(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<String> {
        let (text, values) = (std::mem::take(&mut self.out), std::mem::take(&mut self.values));
        let written = write(self);
        let apart = std::mem::replace(&mut self.out, text);
        self.values = values;
        written.map(|()| apart)
    }

    /// The input or the stitch.
    fn start(&mut self, recipe: &Recipe) -> Result<()> {
        self.check()?;
        match &recipe.start {
            Start::Open(source, open) => {
                self.field("input");
                self.values += 1;
                self.out += &quoted(self.names.name(source));
                let options = changed(open);
                if !options.is_empty() {
                    self.field("open");
                    self.object(&options);
                }
                Ok(())
            }
            Start::Stitch(stitch, inputs) => {
                self.field("stitch");
                self.open('{');
                self.fields(&changed(stitch));
                self.field("inputs");
                self.inputs(inputs)?;
                self.close('}');
                Ok(())
            }
            Start::TooDeep => Err(too_deep()),
        }
    }

    fn inputs(&mut self, inputs: &[Recipe]) -> Result<()> {
        self.open('[');
        for (index, input) in inputs.iter().enumerate() {
            input.check_as_input(index)?;
            self.item();
            self.part(input)?;
        }
        self.close(']');
        Ok(())
    }

    /// A picture within another: a name, or an object.
    fn part(&mut self, input: &Recipe) -> Result<()> {
        match &input.start {
            Start::Open(source, open) if *open == Open::default() && input.steps.is_empty() => {
                self.check()?;
                self.values += 1;
                self.out += &quoted(self.names.name(source));
            }
            _ => {
                self.open('{');
                self.start(input)?;
                self.ops(&input.steps)?;
                self.close('}');
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn ops(&mut self, steps: &[Step]) -> Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        self.field("ops");
        self.open('[');
        for step in steps {
            step.check()?;
            for (name, options) in step.calls() {
                self.item();
                self.open('{');
                self.field("op");
                self.value(&Value::Text(name.to_owned()));
                if let Step::Combine(combination, input) = step {
                    input.check_as_other(combination)?;
                    self.field("input");
                    self.part(input)?;
                }
                self.fields(&options);
                self.close('}');
            }
            self.check()?;
        }
        self.close(']');
        Ok(())
    }

    fn format(&mut self, recipe: &Recipe) -> Result<()> {
        if let Some(format) = &recipe.output {
            format.check()?;
            let (name, options) = format.call();
            self.field(name);
            self.object(&options);
        }
        Ok(())
    }

    fn settings(&mut self, settings: &[Written]) {
        for (name, options) in settings {
            self.field(name);
            let operation = calls::settings().find(|operation| operation.name == *name);
            match (operation.and_then(|operation| operation.only_option()), options.as_slice()) {
                (Some(_), [(_, only)]) => self.value(only),
                _ => self.object(options),
            }
        }
    }

    fn object(&mut self, options: &[(&str, Value)]) {
        self.open('{');
        self.fields(options);
        self.close('}');
    }

    fn fields(&mut self, options: &[(&str, Value)]) {
        for (name, value) in options {
            self.field(name);
            self.value(value);
        }
    }

    fn value(&mut self, value: &Value) {
        self.values += 1;
        match value {
            Value::List(values) => {
                self.out.push('[');
                for value in values {
                    self.item();
                    self.value(value);
                }
                self.out.push(']');
            }
            Value::Text(text) => self.out += &quoted(text),
            // With a fraction, so that a time reads as one.
            Value::Float(number) | Value::Number(number) => self.out += &format!("{number:?}"),
            other => self.out += &other.to_string(),
        }
    }

    fn open(&mut self, bracket: char) {
        self.values += 1;
        self.out.push(bracket);
    }

    fn close(&mut self, bracket: char) {
        self.out.push(bracket);
    }

    /// The name of the next field of an object.
    fn field(&mut self, name: &str) {
        self.item();
        self.out += &quoted(name);
        self.out.push(':');
    }

    /// The comma before the next field or item, but for the first.
    fn item(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(['{', '[']) {
            self.out.push(',');
        }
    }

    /// An error where the text could not be read again. Checked along the way: a stitch of one pipeline twice, within
    /// one of that twice and so on, has no end.
    fn check(&self) -> Result<()> {
        let counts = [("bytes", self.out.len(), MAX_BYTES), ("values", self.values, MAX_VALUES)];
        match counts.into_iter().find(|(_, found, most)| found > most) {
            Some((what, _, most)) => Err(Error::invalid_option(format!(
                "a definition has at most {most} {what}, this pipeline needs more"
            ))),
            None => Ok(()),
        }
    }
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
