//! Cases of one rule: pipelines, and the plan that the rule makes of them.

use makeready::{
    Encode, Image, Jpeg, Layout, Optimizations, Pipeline, Png, Result, Size, Source, Subsampling,
    WebP, explain_all,
};
use serde::Deserialize;

use crate::recipe::{EncodeSpec, JobSpec, Recipe};

/// Where a rule applies, and where it must not: a file `cases/rules/RULE.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCases {
    /// The rule, which is the name of the file.
    #[serde(skip)]
    pub rule: String,
    /// Cases in which it applies.
    pub does: Vec<RuleCase>,
    /// Cases in which it must not.
    pub must_not: Vec<RuleCase>,
}

/// The pipelines of a pass, and the plan that must come of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCase {
    /// The claim that it shows, unique in all files.
    pub name: String,
    /// Words of docs/pushdown.md that forbid the rule, and that this case holds it to.
    pub promise: Option<String>,
    /// Other rules that are on: they prepare.
    #[serde(default)]
    pub with: Vec<String>,
    /// The first pipeline. Its inputs are those of [`input`].
    pub recipe: Recipe,
    /// Its output; the default of the first input where there is none.
    pub encode: Option<EncodeSpec>,
    /// Settings of its job.
    #[serde(default)]
    pub job: JobSpec,
    /// Further pipelines of the pass.
    #[serde(default)]
    pub also: Vec<Also>,
    /// The plan as it will run, and the line of rules that applied.
    pub plan: String,
}

/// A pipeline of a pass after its first.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Also {
    /// As that of the case.
    pub recipe: Recipe,
    /// As that of the case.
    pub encode: Option<EncodeSpec>,
    /// As that of the case.
    #[serde(default)]
    pub job: JobSpec,
}

impl RuleCase {
    /// The plan as it will run with `rule` and the rules of `with` alone, and the line of rules that applied.
    ///
    /// # Errors
    /// Of words that cannot be read, and of a plan that cannot be made.
    ///
    /// # Panics
    /// On an input that is none.
    pub fn found(&self, rule: &str) -> Result<String> {
        let only = Optimizations::none().with(rule, true)?;
        let rules = self.with.iter().try_fold(only, |rules, other| rules.with(other, true))?;
        let first = pipeline(&self.recipe, self.encode.as_ref(), &self.job)?;
        let mut pipelines = vec![first.optimizations(rules)];
        for also in &self.also {
            pipelines.push(pipeline(&also.recipe, also.encode.as_ref(), &also.job)?);
        }
        let text = explain_all(&pipelines)?;
        let text = text.split("plan as it will run\n").nth(1).unwrap_or_default();
        Ok(text.split("peak memory").next().unwrap_or_default().to_owned())
    }
}

fn pipeline(recipe: &Recipe, encode: Option<&EncodeSpec>, job: &JobSpec) -> Result<Pipeline> {
    let mut pipeline = recipe.pipeline_of(&|name| input(name).map(Source::from))?;
    if let Some(encode) = encode {
        pipeline = pipeline.call("encode", &encode.values())?;
    }
    job.apply(pipeline)
}

/// A file below `images/`, or a picture of one gray that is named by its format, then perhaps its layout (`gray` or `rgba`)
/// or subsampling, its size, and perhaps `without end`, as in `jpeg 4:2:2 160x120`.
///
/// # Errors
/// Of a subsampling that is none.
///
/// # Panics
/// When there is no such file, and on a size that is none.
pub fn input(name: &str) -> Result<Vec<u8>> {
    let (name, whole) =
        name.strip_suffix(" without end").map_or((name, true), |shorter| (shorter, false));
    let words: Vec<&str> = name.split(' ').collect();
    let (format, kind, size) = match words[..] {
        [format, size] => (format, "", size),
        [format, kind, size] => (format, kind, size),
        _ => return Ok(crate::image(name)),
    };
    let encode: Encode = match (format, kind) {
        ("jpeg", "") => Jpeg::default().into(),
        ("jpeg", kind) => Jpeg::default().subsampling(kind.parse::<Subsampling>()?).into(),
        ("png", _) => Png::default().into(),
        ("webp", _) => WebP::quality(80).into(),
        _ => panic!("input {name}"),
    };
    let layout = match kind {
        "gray" => Layout::Gray,
        "rgba" => Layout::Rgba,
        _ => Layout::Rgb,
    };
    let side = |side: &str| side.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    let (width, height) = size.split_once('x').unwrap_or_else(|| panic!("size of {name}"));
    let size = Size::new(side(width), side(height));
    let samples = vec![100; (size.width * size.height * layout.channels()) as usize];
    let mut file = Pipeline::open(Image::new(size, layout, samples)?).encode(encode).run()?.data;
    if !whole {
        // The end marker, which no pixel depends on.
        file.truncate(file.len() - 2);
    }
    Ok(file)
}

/// The cases of every rule.
///
/// # Panics
/// When a file cannot be read, or two cases have the same name.
#[must_use]
pub fn all() -> Vec<RuleCases> {
    let mut all: Vec<RuleCases> = Vec::new();
    let mut names = std::collections::BTreeSet::new();
    for path in crate::corpus::files(&crate::path("cases/rules")) {
        let mut text = std::fs::read_to_string(&path).expect("a case file");
        // Plans are compared as they are, and a checkout may have line ends of its own.
        text.retain(|c| c != '\r');
        let mut cases: RuleCases =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        cases.rule = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for case in cases.does.iter().chain(&cases.must_not) {
            assert!(names.insert(case.name.clone()), "two cases {}", case.name);
        }
        all.push(cases);
    }
    all
}
