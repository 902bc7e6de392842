//! Cases: a recipe and its expected result.

use makeready::{Pipeline, Result};
use serde::Deserialize;

use crate::recipe::{EncodeSpec, JobSpec, Recipe};

/// A case of `cases/*.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The claim that it shows, unique in all files.
    pub name: String,
    /// The pipeline.
    pub recipe: Recipe,
    /// Its output; the default of the first input where there is none.
    pub encode: Option<EncodeSpec>,
    /// Settings of the job.
    #[serde(default)]
    pub job: JobSpec,
    /// Its expected result.
    pub expect: Expect,
}

/// The expected result of a case: an error, or an output.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The code of the error.
    pub error: Option<String>,
    /// The limit that the error names.
    pub limit: Option<String>,
    /// The input that the error names.
    pub at_input: Option<usize>,
    /// Width and height of the output.
    pub size: Option<(u32, u32)>,
    /// Format of the output.
    pub format: Option<String>,
    /// Channels of the output: `gray`, `gray+alpha`, `rgb` or `rgba`.
    pub layout: Option<String>,
    /// The value for a `Vary` header; none where it is not said.
    pub vary: Option<String>,
    /// Frames of the output; 1 where it is not said.
    #[serde(default = "still")]
    pub frames: u32,
    /// Inputs of which something is lost; 0 where it is not said.
    #[serde(default)]
    pub warnings: usize,
    /// Bytes that the file must have, each as a letter of Latin-1.
    #[serde(default)]
    pub holds: Vec<String>,
    /// Bytes that it must not have.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Pictures that are looked at first; 0 where it is not said.
    #[serde(default)]
    pub looks: usize,
    /// Width and height that a plan tells without a look; those of the output where they are not said.
    pub planned_size: Option<(u32, u32)>,
    /// Each decode as `#input 1/scale region`, in the order of the plan.
    pub decodes: Option<Vec<String>>,
    /// Rules that must have applied.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Rules that must not have.
    #[serde(default)]
    pub not_rules: Vec<String>,
    /// Samples of the pixels.
    #[serde(default)]
    pub points: Vec<Point>,
}

/// A pixel of the output before it is encoded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Column and row.
    pub at: (u32, u32),
    /// Its samples.
    pub is: Vec<u8>,
    /// How far each may be from that. Default 3.
    #[serde(default = "close")]
    pub within: u8,
}

fn still() -> u32 {
    1
}

fn close() -> u8 {
    3
}

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

impl Case {
    /// The whole pipeline.
    ///
    /// # Errors
    /// As [`Recipe::pipeline`].
    pub fn pipeline(&self) -> Result<Pipeline> {
        let mut pipeline = self.recipe.pipeline()?;
        if let Some(encode) = &self.encode {
            pipeline = pipeline.call("encode", &encode.values())?;
        }
        self.job.apply(pipeline)
    }
}

/// All cases, which every language runs.
///
/// # Panics
/// When a file cannot be read, or two cases have the same name.
#[must_use]
pub fn all() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for path in crate::corpus::files(&crate::path("cases")) {
        let text = std::fs::read_to_string(&path).expect("a case file");
        let file: File =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in file.case {
            assert!(cases.iter().all(|other| other.name != case.name), "two cases {}", case.name);
            cases.push(case);
        }
    }
    cases
}
