//! The jobs of `jobs.toml`, which run under pressure, in the words of `tests/cases`.

use makeready::{Pipeline, Result, Stitch};
use makeready_tests::path;
use makeready_tests::recipe::{EncodeSpec, JobSpec, Op, Recipe, StitchInput};
use serde::Deserialize;

use crate::inputs::{Input, Inputs};

/// All data of the harness.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    /// Inputs that are made before the first job.
    #[serde(rename = "input")]
    pub(crate) inputs: Vec<Input>,
    /// Jobs that run within limits of memory.
    #[serde(rename = "job")]
    pub(crate) jobs: Vec<Job>,
    /// Jobs that take too long, to be stopped.
    #[serde(rename = "bomb")]
    pub(crate) bombs: Vec<Job>,
}

/// A pass of one pipeline or more.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Job {
    /// Unique, of its list.
    pub(crate) name: String,
    /// The kind of job that it is an example of.
    pub(crate) kind: String,
    /// The pipeline that all outputs begin with.
    pub(crate) recipe: Recipe,
    /// For a stitch: a `*` in the name of an input stands for the numbers from 0 to below this.
    pub(crate) count: Option<usize>,
    /// Stitches of one input, so many, around the recipe.
    #[serde(default)]
    pub(crate) nested: usize,
    /// Outputs that differ; none is one output without more operations.
    #[serde(default)]
    pub(crate) outputs: Vec<Output>,
    /// Outputs that differ by their width alone, first and last width.
    pub(crate) widths: Option<(u32, u32)>,
    /// The output, of outputs that do not say their own.
    pub(crate) encode: Option<EncodeSpec>,
    /// Settings of the job. Two threads where it says none, so that the bound is the same on every machine.
    #[serde(default)]
    pub(crate) job: JobSpec,
    /// Of a bomb, why it may go off before it is stopped.
    pub(crate) reason: Option<String>,
}

/// One output of several.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    /// Operations after the recipe and its nesting.
    #[serde(default)]
    pub(crate) ops: Vec<Op>,
    /// Its encode.
    pub(crate) encode: Option<EncodeSpec>,
}

impl Data {
    /// Reads `jobs.toml`.
    ///
    /// # Panics
    /// When it cannot be read, or two jobs have one name.
    pub(crate) fn read() -> Self {
        let text = std::fs::read_to_string(path("pressure/jobs.toml")).expect("jobs.toml");
        let data: Self = toml::from_str(&text).unwrap_or_else(|error| panic!("jobs.toml: {error}"));
        for list in [&data.jobs, &data.bombs] {
            for (index, job) in list.iter().enumerate() {
                let same = list[..index].iter().any(|other| other.name == job.name);
                assert!(!same, "two jobs {}", job.name);
            }
        }
        data
    }
}

impl Job {
    /// Its pipelines, with inputs by their names.
    pub(crate) fn pipelines(&self, inputs: &Inputs) -> Result<Vec<Pipeline>> {
        let mut settings = self.job.clone();
        if settings.threads().is_none() {
            settings.set_threads(2);
        }
        let find = |name: &str| inputs.source(name);
        let mut start = self.recipe().pipeline_of(&find)?;
        for _ in 0..self.nested {
            start = Pipeline::stitch(Stitch::across(1), [start]);
        }
        let pipeline = |output: &Output| {
            let mut ops = output.ops.iter();
            let mut pipeline = ops.try_fold(start.clone(), |it, op| op.apply(it, &find))?;
            if let Some(encode) = output.encode.as_ref().or(self.encode.as_ref()) {
                pipeline = pipeline.call("encode", &encode.values())?;
            }
            settings.apply(pipeline)
        };
        self.outputs().iter().map(pipeline).collect()
    }

    fn outputs(&self) -> Vec<Output> {
        match (self.widths, self.outputs.is_empty()) {
            (Some((from, to)), true) => (from..=to).map(Output::of_width).collect(),
            (None, true) => vec![Output::default()],
            (None, false) => self.outputs.clone(),
            (Some(_), false) => panic!("{}: outputs or widths", self.name),
        }
    }

    fn recipe(&self) -> Recipe {
        let mut recipe = self.recipe.clone();
        if let (Some(stitch), Some(count)) = (&mut recipe.stitch, self.count) {
            let of_number = |number| stitch.inputs.iter().map(move |one| numbered(one, number));
            stitch.inputs = (0..count).flat_map(of_number).collect();
        }
        recipe
    }
}

impl Output {
    fn of_width(width: u32) -> Self {
        let text = format!("ops = [{{ op = 'resize', width = {width} }}]");
        toml::from_str(&text).expect("an output")
    }
}

fn numbered(input: &StitchInput, number: usize) -> StitchInput {
    let name = |name: &String| name.replace('*', &number.to_string());
    match input {
        StitchInput::File(file) => StitchInput::File(name(file)),
        StitchInput::Recipe(recipe) => {
            let input = recipe.input.as_ref().map(name);
            StitchInput::Recipe(Box::new(Recipe { input, ..(**recipe).clone() }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_has_jobs_of_every_kind() {
        let data = Data::read();
        assert!(data.jobs.len() >= 78 && data.bombs.len() >= 10, "{}", data.jobs.len());
        for (kind, least) in [
            ("many formats", 12),
            ("stitch", 8),
            ("nesting", 4),
            ("run_all", 5),
            ("upscale", 6),
            ("noise", 12),
            ("progressive", 4),
            ("interlaced", 4),
            ("first frame", 4),
            ("alpha extend", 4),
            ("raw", 4),
            ("quarter turn", 4),
            ("crop", 4),
            ("threads", 2),
        ] {
            let count = data.jobs.iter().filter(|job| job.kind == kind).count();
            assert!(count >= least, "{count} of {kind}");
        }
    }
}
