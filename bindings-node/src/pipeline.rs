//! The pipeline: each call records an operation in the core's and gives a new one.

use std::rc::Rc;

use makeready::by_name::{self, Call, Combine};
use makeready::{Limits, Open, Optimizations, Stitch};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Unknown};
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::image::Pixels;
use crate::options;
use crate::output::Output;
use crate::plan::Planned;
use crate::source::{Slot, Source};

/// A recipe. The core's pipeline is built from it for every plan and run, from the inputs as they are then.
#[napi]
pub struct Pipeline {
    recipe: Recipe,
    /// Stitches that lie one within the other.
    depth: usize,
    /// The limits as the core gets them, for the streams that are read before the core sees them.
    limits: Limits,
}

#[derive(Clone)]
pub(crate) struct Recipe {
    pub(crate) start: Start,
    /// Operations and settings, in the order written.
    pub(crate) steps: Vec<Rc<Step>>,
}

/// A call that was recorded.
pub(crate) enum Step {
    Call(Call),
    /// A call that takes another picture.
    Combine(Combine, Rc<Recipe>),
}

impl Step {
    /// The call, where it is one of options alone.
    pub(crate) fn call(&self) -> Option<&Call> {
        match self {
            Self::Call(call) => Some(call),
            Self::Combine(..) => None,
        }
    }
}

/// Where the pixels come from.
#[derive(Clone)]
pub(crate) enum Start {
    Open(Rc<Slot>, Open),
    /// Shared by all pipelines that go on from a stitch, so that a copy of one does not copy its inputs.
    Stitch(Stitch, Vec<Rc<Recipe>>),
}

/// A new pipeline; under a name of its own, because `napi` does not know `Self`.
type Next = Given<Pipeline>;

/// Several pipelines, as JavaScript passes them.
pub(crate) type Pipelines<'env> = Vec<ClassInstance<'env, Pipeline>>;

/// Another pipeline, as JavaScript passes it.
type Other<'env> = ClassInstance<'env, Pipeline>;

/// Stitches that may lie one within the other. The core allows as many; checked here too, because a deeper recursion
/// could come to the end of the stack, and with it the process.
const DEEPEST: usize = 100;

/// The core's pipelines.
pub(crate) fn cores(pipelines: &Pipelines<'_>) -> Result<Vec<makeready::Pipeline>, Fault> {
    pipelines.iter().map(|pipeline| pipeline.build()).collect()
}

/// The source of an input.
type Find<'a> = &'a dyn Fn(&Slot) -> Result<makeready::Source, Fault>;

/// One input more than a definition can have, for the core to refuse.
const MOST_DEFINED: usize = (1 << 18) + 1;

impl Pipeline {
    pub(crate) fn new(recipe: Recipe, depth: usize, limits: Limits) -> Self {
        Self { recipe, depth, limits }
    }

    /// The core's pipeline, with its inputs as they are filled.
    fn build(&self) -> Result<makeready::Pipeline, Fault> {
        // With one more than it allows the core refuses.
        self.build_of(self.limits.max_inputs.saturating_add(1), &Slot::source)
    }

    /// The core's pipeline without the bytes of its inputs.
    pub(crate) fn build_empty(&self) -> Result<makeready::Pipeline, Fault> {
        self.build_of(MOST_DEFINED, &|slot| Ok(slot.empty_source()))
    }

    fn build_of(&self, mut room: usize, find: Find<'_>) -> Result<makeready::Pipeline, Fault> {
        if self.depth > DEEPEST {
            return Err(Fault::Option(format!(
                "stitches are nested at most {DEEPEST} deep, found {}",
                self.depth
            )));
        }
        self.recipe.build(&mut room, find)
    }
}

impl Recipe {
    /// The core's pipeline, of as many inputs as `room` says, which goes down. A stitch of one pipeline twice, within
    /// one of that twice and so on, has more inputs than there is memory: inputs for which there is no room are left
    /// empty, and the core does not come to them.
    fn build(&self, room: &mut usize, find: Find<'_>) -> Result<makeready::Pipeline, Fault> {
        if *room == 0 {
            return Ok(makeready::Pipeline::open(b""));
        }
        let start = match &self.start {
            Start::Open(slot, open) => {
                *room -= 1;
                makeready::Pipeline::open_with(find(slot)?, *open)
            }
            Start::Stitch(stitch, parts) => {
                // A stitch without inputs is an error. It counts too, so that their number has an end.
                *room -= usize::from(parts.is_empty());
                let parts = parts.iter().map(|part| part.build(room, find));
                makeready::Pipeline::stitch(stitch.clone(), parts.collect::<Result<Vec<_>, _>>()?)
            }
        };
        self.steps.iter().try_fold(start, |pipeline, step| match &**step {
            Step::Call(call) => Ok(pipeline.apply(call)),
            Step::Combine(combine, input) => {
                Ok(pipeline.combine(combine, input.build(room, find)?))
            }
        })
    }

    fn take_parts(&mut self, taken: &mut Vec<Rc<Self>>) {
        if let Start::Stitch(_, parts) = &mut self.start {
            taken.append(parts);
        }
        for step in self.steps.drain(..) {
            if let Some(Step::Combine(_, input)) = Rc::into_inner(step) {
                taken.push(input);
            }
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
            let given = options::options("open", &by_name::open_fields(), [options])?;
            let start = Start::Open(source.slot(), by_name::open(&given)?);
            let recipe = Recipe { start, steps: Vec::new() };
            Ok(Self { recipe, depth: 0, limits: Limits::default() })
        })
    }

    /// Several inputs as one picture.
    #[napi]
    pub fn stitch(inputs: Pipelines<'_>, options: Option<Unknown<'_>>) -> Next {
        guard(|| {
            let parts = inputs.iter().map(|input| Rc::new(input.recipe.clone())).collect();
            let given = options::options("stitch", &by_name::stitch_fields(), [options])?;
            let start = Start::Stitch(by_name::stitch(&given)?, parts);
            let depth = 1 + inputs.iter().map(|input| input.depth).max().unwrap_or_default();
            let recipe = Recipe { start, steps: Vec::new() };
            Ok(Self { recipe, depth, limits: Limits::default() })
        })
    }

    /// An operation, the encode or a setting, by its name; options in an object, and others by their places.
    #[napi]
    pub fn call(
        &self,
        name: String,
        options: Option<Unknown<'_>>,
        places: Option<Unknown<'_>>,
    ) -> Next {
        guard(|| {
            let operation = by_name::operation(&name)?;
            let fields = (operation.fields)();
            let given = options::options(operation.name, &fields, [options, places])?;
            let call = Call::new(operation.name, &given)?;
            let limits = call.limits().copied().unwrap_or(self.limits);
            let mut recipe = self.recipe.clone();
            recipe.steps.push(Rc::new(Step::Call(call)));
            Ok(Self { recipe, limits, ..*self })
        })
    }

    /// An operation that takes another picture, by its name.
    #[napi]
    pub fn combine(&self, name: String, input: Other<'_>, options: Option<Unknown<'_>>) -> Next {
        guard(|| {
            let operation = by_name::operation(&name)?;
            let given = options::options(operation.name, &(operation.fields)(), [options])?;
            let combine = Combine::new(operation.name, &given)?;
            let mut recipe = self.recipe.clone();
            recipe.steps.push(Rc::new(Step::Combine(combine, Rc::new(input.recipe.clone()))));
            Ok(Self { recipe, depth: self.depth.max(1 + input.depth), limits: self.limits })
        })
    }

    /// Bytes that an input of this pipeline may have.
    #[napi(getter, catch_unwind)]
    pub fn max_input_bytes(&self) -> f64 {
        self.limits.max_input_bytes as f64
    }
}

/// The outputs and the cost of a pass of the pipelines.
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

/// The names of the rules that may change an output within stated bounds.
#[napi(catch_unwind)]
pub fn approximate_rules() -> Vec<&'static str> {
    Optimizations::approximate()
}
