//! A recipe, all that was asked for, as data: sources, operations in the order written, an encode, settings of the job.

pub(crate) mod aside;
pub(crate) mod combination;
pub(crate) mod job;
pub(crate) mod limits;
pub(crate) mod look;
pub(crate) mod operations;
pub(crate) mod optimizations;
pub(crate) mod options;
pub(crate) mod source;
pub(crate) mod threads;
pub(crate) mod value;

use std::sync::Arc;
use std::time::{Duration, Instant};

use makeready_kernels::Level;

use crate::error::{Error, Result};
use crate::picture::geometry::Rect;
use crate::picture::orientation::Orientation;
use combination::Combination;
use job::{CancelToken, Watch};
use limits::Limits;
use operations::Record;
use optimizations::Optimizations;
use options::table::Options;
use options::{
    ColourSpace, Density, Encode, Keep, Levels, Negotiate, Open, Priority, Resize, Rotate, Shrink,
    Stitch,
};
use source::Source;
use threads::Threads;

/// How deep stitches, and pictures on pictures, may be nested. No page needs more than three or four; what goes through
/// recipes by recursion needs this many frames at most.
pub(crate) const MAX_DEPTH: usize = 100;

/// All that a pipeline has recorded.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) start: Start,
    pub(crate) steps: Vec<Step>,
    pub(crate) output: Option<OutputFormat>,
    pub(crate) settings: JobSettings,
    /// Stitches and other pictures one inside the other.
    depth: usize,
    /// The most operations that an input goes through, its own and those of stitches it is in.
    pub(crate) operations: usize,
}

/// Where the pixels come from.
#[derive(Debug, Clone)]
pub(crate) enum Start {
    Open(Source, Open),
    /// Shared by the clones, so that to build a pipeline step by step, or to nest it, copies no inputs.
    Stitch(Stitch, Arc<[Recipe]>),
    /// A recipe over [`MAX_DEPTH`], which plan refuses. Its inputs are not kept, so that no recipe is too deep to
    /// be dropped, printed or walked through.
    TooDeep,
}

/// A recorded operation.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Resize(Resize),
    Crop(Rect),
    Orient(Orientation),
    /// By an angle that is none of quarters.
    Rotate(Rotate),
    Picture(Record),
    /// Found by a look: no pipeline records it.
    Levels(Levels),
    /// With another picture, shared by the clones.
    Combine(Combination, Arc<Recipe>),
}

/// The format of an output: said, or picked when the picture is known.
#[derive(Debug, Clone)]
pub(crate) enum OutputFormat {
    Encode(Encode),
    Negotiate(Negotiate),
}

/// The change that a call makes to a recipe.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Step(Step),
    Encode(Encode),
    Negotiate(Negotiate),
    Limits(Limits),
    Threads(Threads),
    Deadline(Duration),
    Shrink(Shrink),
    Colour(ColourSpace),
    Keep(Keep),
    Density(Density),
    Priority(Priority),
    Optimizations(Optimizations),
}

/// Settings of a job as a whole; `None` is the default, and no cancel token at all.
#[derive(Debug, Clone, Default)]
pub(crate) struct JobSettings {
    pub(crate) limits: Option<Limits>,
    pub(crate) threads: Option<Threads>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) cancel: Vec<CancelToken>,
    pub(crate) shrink: Option<Shrink>,
    pub(crate) colour: Option<ColourSpace>,
    pub(crate) keep: Option<Keep>,
    pub(crate) density: Option<Density>,
    pub(crate) priority: Option<Priority>,
    pub(crate) optimizations: Option<Optimizations>,
    pub(crate) band_rows: Option<u32>,
    pub(crate) level: Option<Level>,
}

impl Recipe {
    pub(crate) fn new(start: Start) -> Self {
        let (steps, settings) = (Vec::new(), JobSettings::default());
        Self { start, steps, output: None, settings, depth: 0, operations: 0 }
    }

    pub(crate) fn stitch(stitch: Stitch, inputs: Arc<[Self]>) -> Self {
        let depth = 1 + inputs.iter().map(|input| input.depth).max().unwrap_or(0);
        let operations = 1 + inputs.iter().map(|input| input.operations).max().unwrap_or(0);
        if depth > MAX_DEPTH {
            return Self { depth, ..Self::new(Start::TooDeep) };
        }
        Self { depth, operations, ..Self::new(Start::Stitch(stitch, inputs)) }
    }

    pub(crate) fn apply(&mut self, change: Change) {
        let job = &mut self.settings;
        match change {
            Change::Step(step) => self.then(step),
            Change::Encode(encode) => self.output = Some(OutputFormat::Encode(encode)),
            Change::Negotiate(client) => self.output = Some(OutputFormat::Negotiate(client)),
            Change::Limits(limits) => job.limits = Some(limits),
            Change::Threads(threads) => job.threads = Some(threads),
            Change::Deadline(after) => job.deadline = Some(after),
            Change::Shrink(shrink) => job.shrink = Some(shrink),
            Change::Colour(space) => job.colour = Some(space),
            Change::Keep(keep) => job.keep = Some(keep),
            Change::Density(density) => job.density = Some(density),
            Change::Priority(priority) => job.priority = Some(priority),
            Change::Optimizations(optimizations) => job.optimizations = Some(optimizations),
        }
    }

    fn then(&mut self, step: Step) {
        if matches!(step, Step::Orient(Orientation::NORMAL)) {
            return;
        }
        if let Step::Combine(_, input) = &step {
            self.depth = self.depth.max(1 + input.depth);
            self.operations = self.operations.max(input.operations);
        }
        self.operations += 1;
        if self.depth > MAX_DEPTH {
            (self.start, self.steps) = (Start::TooDeep, Vec::new());
        } else {
            self.steps.push(step);
        }
    }

    /// The same with its last resize `factor` times as large.
    pub(crate) fn enlarged(&self, factor: f64) -> Self {
        let mut enlarged = self.clone();
        let resize = enlarged.steps.iter_mut().rev().find_map(|step| match step {
            Step::Resize(resize) => Some(resize),
            _ => None,
        });
        if let Some(resize) = resize {
            *resize = resize.enlarged(factor);
        }
        enlarged
    }

    /// An error where a recipe that is the input `index` of a stitch has a setting that only a whole job can have.
    pub(crate) fn check_as_input(&self, index: usize) -> Result<()> {
        self.check_as_part(&format!("input {index} of a stitch"), "the stitch")
    }

    /// As [`check_as_input`](Self::check_as_input), of the other picture of a combination.
    pub(crate) fn check_as_other(&self, combination: &Combination) -> Result<()> {
        let (name, _) = combination.call();
        self.check_as_part(&format!("the input of {name}"), "the whole pipeline")
    }

    fn check_as_part(&self, part: &str, whole: &str) -> Result<()> {
        self.setting_of_whole_job().map_or(Ok(()), |setting| {
            Err(Error::invalid_option(format!(
                "{part} has {setting} of its own: it is said once, of {whole}"
            )))
        })
    }

    /// A setting that only a whole job can have, and that this recipe has.
    fn setting_of_whole_job(&self) -> Option<&'static str> {
        let job = &self.settings;
        let settings = [
            (self.output.is_some(), "an encode"),
            (job.limits.is_some(), "limits"),
            (job.threads.is_some(), "threads"),
            (job.deadline.is_some(), "a deadline"),
            (!job.cancel.is_empty(), "a cancel token"),
            (job.shrink.is_some(), "a shrink"),
            (job.colour.is_some(), "a colour space"),
            (job.keep.is_some(), "metadata to keep"),
            (job.density.is_some(), "a density"),
            (job.priority.is_some(), "a priority"),
            (job.optimizations.is_some(), "optimizations"),
        ];
        settings.into_iter().find_map(|(set, name)| set.then_some(name))
    }
}

/// The error of stitches nested over [`MAX_DEPTH`].
#[cold]
pub(crate) fn too_deep() -> Error {
    Error::invalid_option(format!("stitches are nested at most {MAX_DEPTH} deep"))
}

impl Step {
    /// A turn, by quarters where it is one.
    pub(crate) fn rotated(rotate: Rotate) -> Self {
        rotate.quarters().map_or(Self::Rotate(rotate), Self::Orient)
    }

    /// Checks the ranges of all options.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Resize(resize) => resize.check("resize"),
            Self::Picture(record) => record.check(),
            Self::Combine(combination, _) => combination.check(),
            Self::Rotate(rotate) => rotate.check_angle(),
            Self::Crop(_) | Self::Orient(_) | Self::Levels(_) => Ok(()),
        }
    }
}

impl OutputFormat {
    /// Checks the ranges of all options.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Encode(encode) => encode.validate(),
            Self::Negotiate(client) => client.check("negotiate"),
        }
    }
}

impl From<OutputFormat> for Change {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Encode(encode) => Self::Encode(encode),
            OutputFormat::Negotiate(client) => Self::Negotiate(client),
        }
    }
}

impl Change {
    /// Checks the ranges of all options.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Step(step) => step.check(),
            Self::Encode(encode) => encode.validate(),
            Self::Negotiate(client) => client.check("negotiate"),
            Self::Density(density) => density.check("density"),
            _ => Ok(()),
        }
    }
}

impl JobSettings {
    /// Checks the ranges of all options.
    pub(crate) fn check(&self) -> Result<()> {
        self.density.map_or(Ok(()), |density| density.check("density"))
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits.unwrap_or_default()
    }
}

/// The watch of a pass: any of the tokens, the earliest deadline, counted from now.
pub(crate) fn watch_of(recipes: &[&Recipe]) -> Watch {
    let after = recipes.iter().filter_map(|recipe| recipe.settings.deadline);
    let deadline = after.filter_map(|after| Instant::now().checked_add(after)).min();
    let tokens = recipes.iter().flat_map(|recipe| &recipe.settings.cancel);
    Watch::new(tokens.cloned().collect(), deadline)
}
