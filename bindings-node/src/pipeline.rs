//! The pipeline: each call records an operation in the core's and gives a new one.

use std::rc::Rc;
use std::time::Duration;

use makeready::{Limits, Open, Optimizations, Quarter, Shrink, Stitch};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Unknown};
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::image::Pixels;
use crate::limits::limits;
use crate::options;
use crate::output::Output;
use crate::plan::Planned;
use crate::reader::{number, string, whole};
use crate::source::{Slot, Source};

/// A recipe. The core's pipeline is built from it for every plan and run, from the inputs as they are then.
#[napi]
pub struct Pipeline {
    recipe: Recipe,
    /// Stitches that lie one within the other.
    depth: usize,
    /// What the core is given, for the streams that are read before the core sees them.
    limits: Limits,
}

#[derive(Clone)]
struct Recipe {
    start: Start,
    steps: Vec<Step>,
}

/// Where the pixels come from.
#[derive(Clone)]
enum Start {
    Open(Rc<Slot>, Open),
    /// Shared by all that goes on from a stitch: a copy of one has not to copy what lies in it.
    Stitch(Stitch, Vec<Rc<Recipe>>),
}

/// A call of the core's pipeline, with its options.
type Step = Rc<dyn Fn(makeready::Pipeline) -> makeready::Pipeline>;

/// A new pipeline; under a name of its own, because `napi` does not know `Self`.
type Next = Given<Pipeline>;

/// Several pipelines, as JavaScript passes them.
pub(crate) type Pipelines<'env> = Vec<ClassInstance<'env, Pipeline>>;

/// Stitches that may lie one within the other. The core allows as many; checked here too, because a deeper recursion
/// could come to the end of the stack, and with it the process.
const DEEPEST: usize = 100;

/// The core's pipelines.
pub(crate) fn cores(pipelines: &Pipelines<'_>) -> Result<Vec<makeready::Pipeline>, Fault> {
    pipelines.iter().map(|pipeline| pipeline.build()).collect()
}

impl Pipeline {
    /// The core's pipeline.
    fn build(&self) -> Result<makeready::Pipeline, Fault> {
        if self.depth > DEEPEST {
            return Err(Fault::Option(format!(
                "stitches are nested at most {DEEPEST} deep, found {}",
                self.depth
            )));
        }
        // With one more than it allows the core refuses.
        self.recipe.build(&mut self.limits.max_inputs.saturating_add(1))
    }

    /// The pipeline with one more step.
    fn with(&self, step: impl Fn(makeready::Pipeline) -> makeready::Pipeline + 'static) -> Self {
        let mut recipe = self.recipe.clone();
        recipe.steps.push(Rc::new(step));
        Self { recipe, ..*self }
    }

    /// The pipeline with one more step, unless its options cannot be read.
    fn then<O, S>(&self, options: O) -> Next
    where
        O: FnOnce() -> Result<S, Fault>,
        S: Fn(makeready::Pipeline) -> makeready::Pipeline + 'static,
    {
        guard(|| Ok(self.with(options()?)))
    }
}

impl Recipe {
    /// The core's pipeline, of as many inputs as `room` says, which goes down. A stitch of one pipeline twice, within
    /// one of that twice and so on, has more inputs than there is memory: those for which there is no room are left
    /// empty, and the core does not come to them.
    fn build(&self, room: &mut usize) -> Result<makeready::Pipeline, Fault> {
        if *room == 0 {
            return Ok(makeready::Pipeline::open(b""));
        }
        let start = match &self.start {
            Start::Open(slot, open) => {
                *room -= 1;
                makeready::Pipeline::open_with(slot.source()?, *open)
            }
            Start::Stitch(stitch, parts) => {
                // One without inputs is an error, and counts, so that there is an end to those, too.
                *room -= usize::from(parts.is_empty());
                let parts = parts.iter().map(|part| part.build(room));
                makeready::Pipeline::stitch(stitch.clone(), parts.collect::<Result<Vec<_>, _>>()?)
            }
        };
        Ok(self.steps.iter().fold(start, |pipeline, step| step(pipeline)))
    }

    fn take_parts(&mut self, taken: &mut Vec<Rc<Self>>) {
        if let Start::Stitch(_, parts) = &mut self.start {
            taken.append(parts);
        }
    }
}

/// Part by part: by itself, each would be dropped within the one before, to the end of the stack.
impl Drop for Recipe {
    fn drop(&mut self) {
        let mut left = Vec::new();
        self.take_parts(&mut left);
        while let Some(part) = left.pop() {
            if let Some(mut last) = Rc::into_inner(part) {
                last.take_parts(&mut left);
            }
        }
    }
}

#[napi]
impl Pipeline {
    /// One input.
    #[napi]
    pub fn open(source: &Source, options: Option<Unknown<'_>>) -> Next {
        guard(|| {
            let start = Start::Open(source.slot(), options::open(options)?);
            let recipe = Recipe { start, steps: Vec::new() };
            Ok(Self { recipe, depth: 0, limits: Limits::default() })
        })
    }

    /// Several inputs as one picture.
    #[napi]
    pub fn stitch(inputs: Pipelines<'_>, options: Option<Unknown<'_>>) -> Next {
        guard(|| {
            let parts = inputs.iter().map(|input| Rc::new(input.recipe.clone())).collect();
            let start = Start::Stitch(options::stitch(options)?, parts);
            let depth = 1 + inputs.iter().map(|input| input.depth).max().unwrap_or_default();
            let recipe = Recipe { start, steps: Vec::new() };
            Ok(Self { recipe, depth, limits: Limits::default() })
        })
    }

    /// Resizes.
    #[napi]
    pub fn resize(&self, options: Option<Unknown<'_>>) -> Next {
        self.then(|| {
            let resize = options::resize(options)?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.resize(resize))
        })
    }

    /// Keeps a rectangle.
    #[napi]
    pub fn crop(&self, options: Option<Unknown<'_>>) -> Next {
        self.then(|| {
            let rect = options::crop(options)?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.crop(rect))
        })
    }

    /// Turns clockwise.
    #[napi]
    pub fn rotate(&self, degrees: Unknown<'_>) -> Next {
        self.then(|| {
            let turns = Quarter::from_degrees(whole("rotate", degrees)?)?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.rotate(turns))
        })
    }

    /// Exchanges top and bottom.
    #[napi]
    pub fn flip(&self) -> Next {
        self.then(|| Ok(makeready::Pipeline::flip))
    }

    /// Exchanges left and right.
    #[napi]
    pub fn flop(&self) -> Next {
        self.then(|| Ok(makeready::Pipeline::flop))
    }

    /// Puts the picture on an opaque colour.
    #[napi]
    pub fn flatten(&self, background: Option<Unknown<'_>>) -> Next {
        self.then(|| {
            let colour = options::colour("flatten", background)?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.flatten(colour))
        })
    }

    /// Adds edges.
    #[napi]
    pub fn extend(&self, options: Option<Unknown<'_>>) -> Next {
        self.then(|| {
            let (edges, colour) = options::extend(options)?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.extend(edges, colour))
        })
    }

    /// Sets the output's format and its options.
    #[napi]
    pub fn encode(&self, format: Unknown<'_>, options: Option<Unknown<'_>>) -> Next {
        self.then(|| {
            let encode = options::encode(&string("encode", format)?, options)?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.encode(encode))
        })
    }

    /// Sets what the job may cost.
    #[napi]
    pub fn limits(&self, options: Option<Unknown<'_>>) -> Next {
        guard(|| {
            let limits = limits(options)?;
            Ok(Self { limits, ..self.with(move |pipeline| pipeline.limits(limits)) })
        })
    }

    /// Sets the threads the job may use.
    #[napi]
    pub fn threads(&self, count: Unknown<'_>) -> Next {
        self.then(|| {
            let count: usize = whole("threads", count)?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.threads(count))
        })
    }

    /// Stops the job when it has run so many milliseconds.
    #[napi]
    pub fn deadline(&self, ms: Unknown<'_>) -> Next {
        self.then(|| {
            let ms = number("deadline", ms)?;
            let after = Duration::try_from_secs_f64(ms / 1000.0).map_err(|_| {
                Fault::Option(format!("deadline is 0 milliseconds or more, found {ms}"))
            })?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.deadline(after))
        })
    }

    /// Sets how much of a shrink the decoders may take over.
    #[napi]
    pub fn shrink(&self, word: Unknown<'_>) -> Next {
        self.then(|| {
            let shrink: Shrink = string("shrink", word)?.parse()?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.shrink(shrink))
        })
    }

    /// Switches rewrite rules off or on.
    #[napi]
    pub fn optimizations(&self, options: Unknown<'_>) -> Next {
        self.then(|| {
            let optimizations = options::optimizations(options)?;
            Ok(move |pipeline: makeready::Pipeline| pipeline.optimizations(optimizations.clone()))
        })
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
        let planned = makeready::plan_all(cores(&pipelines)?)?;
        Ok(planned.into_iter().map(Into::into).collect())
    })
}

/// The plan of a pass as text.
#[napi]
pub fn explain_all(pipelines: Pipelines<'_>) -> Given<String> {
    guard(|| Ok(makeready::explain_all(cores(&pipelines)?)?))
}

/// Runs pipelines on the calling thread and waits for them.
#[napi]
pub fn run_sync<'env>(env: &'env Env, pipelines: Pipelines<'_>) -> Given<Vec<Output<'env>>> {
    guard(|| {
        let outputs = makeready::run_all(cores(&pipelines)?)?;
        outputs.into_iter().map(|output| Output::copied(env, output)).collect()
    })
}

/// Runs a pipeline without its encode on the calling thread.
#[napi]
pub fn pixels_sync<'env>(env: &'env Env, pipeline: &Pipeline) -> Given<Pixels<'env>> {
    guard(|| Pixels::copied(env, &pipeline.build()?.pixels()?))
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
