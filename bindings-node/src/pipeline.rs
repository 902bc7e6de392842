//! The pipeline: each call records an operation in the core's and gives a new one.

use std::time::Duration;

use makeready::{Colour, Limits, Optimizations, Quarter};
use napi::bindgen_prelude::{ClassInstance, Unknown};
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::image::Pixels;
use crate::limits::limits;
use crate::options;
use crate::output::Output;
use crate::plan::Planned;
use crate::reader::{number, string, whole};
use crate::source::Source;

/// A recipe.
#[napi]
pub struct Pipeline {
    pipeline: makeready::Pipeline,
    /// What the core was given, for the streams that are read before the core sees them.
    limits: Limits,
}

/// A new pipeline; under a name of its own, because `napi` does not know `Self`.
type Next = Given<Pipeline>;

/// Several pipelines, as JavaScript passes them.
pub(crate) type Pipelines<'env> = Vec<ClassInstance<'env, Pipeline>>;

/// The core's pipelines; clones share their inputs.
pub(crate) fn cores(pipelines: &Pipelines<'_>) -> Vec<makeready::Pipeline> {
    pipelines.iter().map(|pipeline| pipeline.pipeline.clone()).collect()
}

impl Pipeline {
    fn new(pipeline: makeready::Pipeline) -> Self {
        Self { pipeline, limits: Limits::default() }
    }

    /// The pipeline with one more thing recorded.
    fn with<F>(&self, record: F) -> Next
    where
        F: FnOnce(makeready::Pipeline) -> Result<makeready::Pipeline, Fault>,
    {
        guard(|| Ok(Self { pipeline: record(self.pipeline.clone())?, limits: self.limits }))
    }
}

#[napi]
impl Pipeline {
    /// One input.
    #[napi]
    pub fn open(source: &Source, options: Option<Unknown<'_>>) -> Next {
        guard(|| {
            let open = options::open(options)?;
            Ok(Self::new(makeready::Pipeline::open_with(source.share(), open)))
        })
    }

    /// Several inputs as one picture.
    #[napi]
    pub fn stitch(inputs: Pipelines<'_>, options: Option<Unknown<'_>>) -> Next {
        guard(|| {
            let stitch = options::stitch(options)?;
            Ok(Self::new(makeready::Pipeline::stitch(stitch, cores(&inputs))))
        })
    }

    /// Resizes.
    #[napi]
    pub fn resize(&self, options: Option<Unknown<'_>>) -> Next {
        self.with(|pipeline| Ok(pipeline.resize(options::resize(options)?)))
    }

    /// Keeps a rectangle.
    #[napi]
    pub fn crop(&self, options: Option<Unknown<'_>>) -> Next {
        self.with(|pipeline| Ok(pipeline.crop(options::crop(options)?)))
    }

    /// Turns clockwise.
    #[napi]
    pub fn rotate(&self, degrees: Unknown<'_>) -> Next {
        self.with(|pipeline| Ok(pipeline.rotate(Quarter::from_degrees(whole("rotate", degrees)?)?)))
    }

    /// Exchanges top and bottom.
    #[napi]
    pub fn flip(&self) -> Next {
        self.with(|pipeline| Ok(pipeline.flip()))
    }

    /// Exchanges left and right.
    #[napi]
    pub fn flop(&self) -> Next {
        self.with(|pipeline| Ok(pipeline.flop()))
    }

    /// Puts the picture on an opaque colour.
    #[napi]
    pub fn flatten(&self, background: Option<Unknown<'_>>) -> Next {
        self.with(|pipeline| {
            let colour =
                background.map(|text| Ok::<_, Fault>(Colour::parse(&string("flatten", text)?)?));
            Ok(pipeline.flatten(colour.transpose()?.unwrap_or(Colour::BLACK)))
        })
    }

    /// Adds edges.
    #[napi]
    pub fn extend(&self, options: Option<Unknown<'_>>) -> Next {
        self.with(|pipeline| {
            let (edges, colour) = options::extend(options)?;
            Ok(pipeline.extend(edges, colour))
        })
    }

    /// Sets the output's format and its options.
    #[napi]
    pub fn encode(&self, format: Unknown<'_>, options: Option<Unknown<'_>>) -> Next {
        self.with(|pipeline| {
            let format = string("encode", format)?;
            Ok(pipeline.encode(options::encode(&format, options)?))
        })
    }

    /// Sets what the job may cost.
    #[napi]
    pub fn limits(&self, options: Option<Unknown<'_>>) -> Next {
        guard(|| {
            let limits = limits(options)?;
            Ok(Self { pipeline: self.pipeline.clone().limits(limits), limits })
        })
    }

    /// Sets the threads the job may use.
    #[napi]
    pub fn threads(&self, count: Unknown<'_>) -> Next {
        self.with(|pipeline| Ok(pipeline.threads(whole::<usize>("threads", count)?)))
    }

    /// Stops the job when it has run so many milliseconds.
    #[napi]
    pub fn deadline(&self, ms: Unknown<'_>) -> Next {
        self.with(|pipeline| {
            let ms = number("deadline", ms)?;
            let after = Duration::try_from_secs_f64(ms / 1000.0).map_err(|_| {
                Fault::Option(format!("deadline is 0 milliseconds or more, found {ms}"))
            })?;
            Ok(pipeline.deadline(after))
        })
    }

    /// Sets how much of a shrink the decoders may take over.
    #[napi]
    pub fn shrink(&self, word: Unknown<'_>) -> Next {
        self.with(|pipeline| Ok(pipeline.shrink(string("shrink", word)?.parse()?)))
    }

    /// Switches rewrite rules off or on.
    #[napi]
    pub fn optimizations(&self, options: Unknown<'_>) -> Next {
        self.with(|pipeline| Ok(pipeline.optimizations(options::optimizations(options)?)))
    }

    /// Bytes that an input of this pipeline may have.
    #[napi(getter, catch_unwind)]
    pub fn max_input_bytes(&self) -> f64 {
        self.limits.max_input_bytes as f64
    }
}

/// What a pass of the pipelines will do and cost.
#[napi]
pub fn plan_all(pipelines: Pipelines<'_>) -> Given<Vec<Planned>> {
    guard(|| {
        let planned = makeready::plan_all(cores(&pipelines))?;
        Ok(planned.into_iter().map(Into::into).collect())
    })
}

/// The plan of a pass as text.
#[napi]
pub fn explain_all(pipelines: Pipelines<'_>) -> Given<String> {
    guard(|| Ok(makeready::explain_all(cores(&pipelines))?))
}

/// Runs pipelines on the calling thread and waits for them.
#[napi]
pub fn run_sync(pipelines: Pipelines<'_>) -> Given<Vec<Output>> {
    guard(|| {
        let outputs = makeready::run_all(cores(&pipelines))?;
        Ok(outputs.into_iter().map(Into::into).collect())
    })
}

/// Runs a pipeline without its encode on the calling thread.
#[napi]
pub fn pixels_sync(pipeline: &Pipeline) -> Given<Pixels> {
    guard(|| Ok(pipeline.pipeline.pixels()?.into()))
}

/// The names of all rewrite rules, in the order they run.
#[napi(catch_unwind)]
pub fn rules() -> Vec<&'static str> {
    Optimizations::names()
}

/// The names of those that may change an output within stated bounds.
#[napi(catch_unwind)]
pub fn approximate_rules() -> Vec<&'static str> {
    Optimizations::approximate()
}
