//! A pipeline as data, in the words of `cases/*.toml`, which the core has for its calls and their options.

use makeready::by_name::{self, Value};
use makeready::{CancelToken, Limits, Pipeline, Result, Source};
use serde::Deserialize;

/// An input or a stitch, and the operations on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// A file below `images/`.
    pub input: Option<String>,
    /// How that file is opened.
    #[serde(default)]
    pub open: Options,
    /// Instead of an input.
    pub stitch: Option<StitchSpec>,
    /// In the order they apply.
    #[serde(default)]
    pub ops: Vec<Op>,
}

/// Options by their names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Options(toml::Table);

/// Inputs, and how they lie.
#[derive(Debug, Clone, Deserialize)]
pub struct StitchSpec {
    /// Files, or recipes of their own.
    pub inputs: Vec<StitchInput>,
    /// A grid (`across`) or a canvas (`canvas` and `at`), and its other options.
    #[serde(flatten)]
    pub options: Options,
}

/// A picture within another.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum StitchInput {
    /// A file below `images/`.
    File(String),
    /// A pipeline with its own operations.
    Recipe(Box<Recipe>),
}

/// An operation.
#[derive(Debug, Clone, Deserialize)]
pub struct Op {
    /// Its name.
    pub op: String,
    /// The other picture, of one that takes it.
    pub input: Option<StitchInput>,
    /// Its options.
    #[serde(flatten)]
    pub options: Options,
}

/// An encode: its `format`, and the options of that.
pub type EncodeSpec = Options;

/// Settings of the job as a whole: calls by their names, each with its options or with the only one.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct JobSpec {
    /// Whether the job is cancelled before it begins.
    #[serde(default)]
    pub cancelled: bool,
    /// Settings by their names.
    #[serde(flatten)]
    pub settings: toml::Table,
}

impl Options {
    /// As the core takes them.
    #[must_use]
    pub fn values(&self) -> Vec<(String, Value)> {
        self.0.iter().map(|(name, given)| (name.clone(), value(given))).collect()
    }
}

/// A value of TOML in the core's words.
///
/// # Panics
/// On a date.
fn value(given: &toml::Value) -> Value {
    match given {
        toml::Value::Boolean(yes) => Value::Bool(*yes),
        toml::Value::Integer(number) => Value::Int((*number).into()),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::String(text) => Value::Text(text.clone()),
        toml::Value::Array(values) => Value::List(values.iter().map(value).collect()),
        toml::Value::Table(table) => Value::Map(Options(table.clone()).values()),
        toml::Value::Datetime(date) => panic!("a date: {date}"),
    }
}

impl Recipe {
    /// The pipeline.
    ///
    /// # Errors
    /// Of options that there are not, or that cannot be.
    ///
    /// # Panics
    /// On a recipe that says neither input nor stitch.
    pub fn pipeline(&self) -> Result<Pipeline> {
        self.pipeline_of(&|file| Ok(Source::path(crate::path("images").join(file))))
    }

    /// The pipeline, its inputs found by their names.
    ///
    /// # Errors
    /// As [`pipeline`](Self::pipeline), with the inputs that `find` gives.
    ///
    /// # Panics
    /// As [`pipeline`](Self::pipeline).
    pub fn pipeline_of(&self, find: &dyn Fn(&str) -> Result<Source>) -> Result<Pipeline> {
        let start = match (&self.input, &self.stitch) {
            (Some(file), None) => {
                Pipeline::open_with(find(file)?, by_name::open(&self.open.values())?)
            }
            (None, Some(stitch)) => stitch.pipeline_of(find)?,
            _ => panic!("a recipe has an input or a stitch: {self:?}"),
        };
        self.ops.iter().try_fold(start, |pipeline, op| op.apply(pipeline, find))
    }
}

impl StitchSpec {
    fn pipeline_of(&self, find: &dyn Fn(&str) -> Result<Source>) -> Result<Pipeline> {
        let inputs = self.inputs.iter().map(|input| input.pipeline_of(find));
        let inputs = inputs.collect::<Result<Vec<_>>>()?;
        Ok(Pipeline::stitch(by_name::stitch(&self.options.values())?, inputs))
    }
}

impl StitchInput {
    fn pipeline_of(&self, find: &dyn Fn(&str) -> Result<Source>) -> Result<Pipeline> {
        match self {
            Self::File(file) => Ok(Pipeline::open(find(file)?)),
            Self::Recipe(recipe) => recipe.pipeline_of(find),
        }
    }
}

impl Op {
    /// Adds it to a pipeline.
    ///
    /// # Errors
    /// Of options that there are not, or that cannot be.
    pub fn apply(
        &self,
        pipeline: Pipeline,
        find: &dyn Fn(&str) -> Result<Source>,
    ) -> Result<Pipeline> {
        if let Some(input) = &self.input {
            let combine = by_name::Combine::new(&self.op, &self.options.values())?;
            return Ok(pipeline.combine(&combine, input.pipeline_of(find)?));
        }
        Ok(pipeline.call(&self.op, &self.options.values())?)
    }
}

impl JobSpec {
    /// Sets these settings.
    ///
    /// # Errors
    /// Of settings that there are not, or that cannot be.
    pub fn apply(&self, mut pipeline: Pipeline) -> Result<Pipeline> {
        for (name, given) in &self.settings {
            pipeline = pipeline.call(name, &options_of(name, given)?)?;
        }
        Ok(self.cancel(pipeline))
    }

    /// Cancels the pipeline, where this says so.
    pub fn cancel(&self, pipeline: Pipeline) -> Pipeline {
        if !self.cancelled {
            return pipeline;
        }
        let token = CancelToken::new();
        token.cancel();
        pipeline.cancel(token)
    }

    /// Sets its threads.
    ///
    /// # Panics
    /// On more than there can be.
    pub fn set_threads(&mut self, threads: usize) {
        let threads = i64::try_from(threads).expect("a number of threads");
        self.settings.insert("threads".to_owned(), threads.into());
    }

    /// Its threads, where it says.
    #[must_use]
    pub fn threads(&self) -> Option<u64> {
        let threads = self.settings.get("threads").and_then(toml::Value::as_integer);
        threads.and_then(|threads| u64::try_from(threads).ok())
    }

    /// The limits of the job.
    ///
    /// # Panics
    /// On limits that are none.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let given = self.settings.get("limits").map(|limits| options_of("limits", limits));
        let options = given.transpose().expect("a setting").unwrap_or_default();
        by_name::limits(&options).expect("limits")
    }
}

/// The options of a setting: its table, or its first option alone.
fn options_of(name: &str, given: &toml::Value) -> Result<Vec<(String, Value)>> {
    match value(given) {
        Value::Map(options) => Ok(options),
        only => {
            let fields = (by_name::operation(name)?.fields)();
            Ok(fields.first().map(|field| (field.name.to_owned(), only)).into_iter().collect())
        }
    }
}
