//! The pipeline: a lazy builder that records operations and runs them as one plan.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::picture::image::{Colour, Image};
use crate::picture::orientation::{Orientation, Quarter};
use crate::plan::rules::Optimizations;
use crate::recipe::job::{CancelToken, Watch};
use crate::recipe::limits::Limits;
use crate::recipe::options::{Edges, Encode, Open, Resize, Shrink, Stitch};
use crate::recipe::source::Source;
use crate::run::lower::Setting;
use crate::run::output::Output;
use crate::run::planned::{self, Planned};
use crate::run::pool::Threads;
use makeready_kernels::Level;

/// A recipe: inputs, the operations on them in the order written, and what comes out.
///
/// Calls only record; each gives a new pipeline and leaves a clone of the old one usable. Nothing is read
/// before [`plan`](Self::plan), [`explain`](Self::explain) or [`run`](Self::run), which also validate
/// all options, once. Each of those reads the files behind paths anew, every path once, and holds them only while it
/// lasts.
///
/// ```
/// use makeready::{Image, Jpeg, Layout, Pipeline, Size, Stitch};
///
/// let tile = Image::new(Size::new(40, 30), Layout::Rgb, vec![90; 3600])?;
/// let page = Pipeline::stitch(Stitch::across(2), [tile.clone(), tile.clone(), tile.clone(), tile]);
/// let preview = page.resize((16, 12)).encode(Jpeg::quality(80)).run()?;
/// assert_eq!((preview.width, preview.height), (16, 12));
/// assert_eq!(preview.content_type, "image/jpeg");
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a pipeline does nothing until it is run"]
pub struct Pipeline {
    start: Start,
    steps: Vec<Step>,
    encode: Option<Encode>,
    job: Job,
    /// Stitches one inside the other.
    depth: usize,
    /// The most operations that an input goes through, its own and those of stitches it is in.
    operations: usize,
}

/// How deep stitches may be nested. No page needs more than three or four; what goes through pipelines by recursion
/// needs this many frames at most.
pub(crate) const MAX_DEPTH: usize = 100;

/// Where the pixels come from.
#[derive(Debug, Clone)]
pub(crate) enum Start {
    Open(Source, Open),
    /// Shared by the clones, so that to build a pipeline step by step, or to nest it, copies no inputs.
    Stitch(Stitch, Arc<[Pipeline]>),
    /// A stitch over [`MAX_DEPTH`], which plan refuses. Its inputs are not kept, so that no pipeline is too deep to
    /// be dropped, printed or walked through.
    TooDeep,
}

/// A recorded operation.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Resize(Resize),
    Crop(Rect),
    Orient(Orientation),
    Flatten(Colour),
    Extend(Edges, Colour),
}

/// What holds for a job as a whole; `None` is the default, and no cancel token at all.
#[derive(Debug, Clone, Default)]
struct Job {
    limits: Option<Limits>,
    threads: Option<Threads>,
    deadline: Option<Duration>,
    cancel: Vec<CancelToken>,
    shrink: Option<Shrink>,
    optimizations: Option<Optimizations>,
    band_rows: Option<u32>,
    level: Option<Level>,
}

impl Pipeline {
    /// One input: bytes, a path, or raw pixels. Its EXIF orientation is applied.
    pub fn open(source: impl Into<Source>) -> Self {
        Self::open_with(source, Open::default())
    }

    /// One input, with options.
    pub fn open_with(source: impl Into<Source>, options: Open) -> Self {
        Self::new(Start::Open(source.into(), options))
    }

    /// Several inputs as one picture. Each is anything that [`open`](Self::open) takes, or a pipeline
    /// with its own operations. Stitches are nested at most 100 deep; plan and run refuse more as an `invalid_option`.
    pub fn stitch<I>(stitch: Stitch, inputs: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Self>,
    {
        let inputs: Arc<[Self]> = inputs.into_iter().map(Into::into).collect();
        let depth = 1 + inputs.iter().map(|input| input.depth).max().unwrap_or(0);
        let operations = 1 + inputs.iter().map(|input| input.operations).max().unwrap_or(0);
        if depth > MAX_DEPTH {
            return Self { depth, ..Self::new(Start::TooDeep) };
        }
        Self { depth, operations, ..Self::new(Start::Stitch(stitch, inputs)) }
    }

    fn new(start: Start) -> Self {
        let (steps, job) = (Vec::new(), Job::default());
        Self { start, steps, encode: None, job, depth: 0, operations: 0 }
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self.operations += 1;
        self
    }

    /// Resizes, to a box by `(width, height)` or with all options by [`Resize`].
    pub fn resize(self, resize: impl Into<Resize>) -> Self {
        self.then(Step::Resize(resize.into()))
    }

    /// Keeps a rectangle, in pixels of the picture at this point. One that reaches outside it is an
    /// `invalid_option` error.
    pub fn crop(self, rect: Rect) -> Self {
        self.then(Step::Crop(rect))
    }

    /// Turns clockwise.
    pub fn rotate(self, turns: Quarter) -> Self {
        self.then(Step::Orient(turns.into()))
    }

    /// Exchanges top and bottom.
    pub fn flip(self) -> Self {
        self.then(Step::Orient(Orientation::FLIP))
    }

    /// Exchanges left and right.
    pub fn flop(self) -> Self {
        self.then(Step::Orient(Orientation::FLOP))
    }

    /// Puts the picture on an opaque colour; it has no alpha after that.
    pub fn flatten(self, colour: Colour) -> Self {
        self.then(Step::Flatten(colour))
    }

    /// Adds edges of a colour around the picture.
    pub fn extend(self, edges: Edges, colour: Colour) -> Self {
        self.then(Step::Extend(edges, colour))
    }

    /// Sets the output's format and its options. Default: the format of the first input with its
    /// default options, PNG for formats that are not written.
    pub fn encode(mut self, encode: impl Into<Encode>) -> Self {
        self.encode = Some(encode.into());
        self
    }

    /// Sets what the job may cost. Default [`Limits::default`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.job.limits = Some(limits);
        self
    }

    /// Sets the threads the job may use at a time: a number, at least 1, or a rayon pool of the caller's.
    /// Default: as many as the machine has cores, shared by all jobs of the process. Output bytes never
    /// depend on it.
    pub fn threads(mut self, threads: impl Into<Threads>) -> Self {
        self.job.threads = Some(threads.into());
        self
    }

    /// Stops the job with a `timeout` error when it has run, planned or explained so long. Default: never.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.job.deadline = Some(after);
        self
    }

    /// Stops the job with a `cancelled` error when the token is cancelled. A job may have several tokens, each
    /// of which stops it.
    pub fn cancel(mut self, token: CancelToken) -> Self {
        self.job.cancel.push(token);
        self
    }

    /// Sets how much of a shrink the decoders may take over. Default [`Shrink::Balanced`].
    pub fn shrink(mut self, shrink: Shrink) -> Self {
        self.job.shrink = Some(shrink);
        self
    }

    /// Switches rewrite rules of the plan off or on by name. Default: all on.
    pub fn optimizations(mut self, optimizations: Optimizations) -> Self {
        self.job.optimizations = Some(optimizations);
        self
    }

    /// Sets the rows of a band. For tests that bands do not show; a multiple of 16 is fastest.
    #[doc(hidden)]
    pub fn with_band_rows(mut self, rows: u32) -> Self {
        self.job.band_rows = Some(rows.max(1));
        self
    }

    /// How many levels of vector instructions this CPU has kernels for, plain code included.
    #[doc(hidden)]
    pub fn simd_levels() -> usize {
        Level::available().len()
    }

    /// Sets the level of vector instructions: 0 is plain code, the last of [`simd_levels`](Self::simd_levels)
    /// the best and the default. For tests that they do not show.
    #[doc(hidden)]
    pub fn with_simd_level(mut self, level: usize) -> Self {
        self.job.level = Level::available().get(level).copied();
        self
    }

    /// Reads the headers of the inputs and says what a run will do and cost; decodes nothing.
    ///
    /// # Errors
    /// As [`run`](Self::run), for everything that headers tell.
    pub fn plan(&self) -> Result<Planned> {
        planned::plan_one(self)
    }

    /// The plan as written and as it will run, as text.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub fn explain(&self) -> Result<String> {
        planned::explain(&[self])
    }

    /// Runs the pipeline and gives the encoded output.
    ///
    /// # Errors
    /// Any of [`ErrorKind`](crate::ErrorKind), with the input at fault where one is.
    pub fn run(&self) -> Result<Output> {
        planned::run_one(self)
    }

    /// Runs the pipeline without its encode and gives the pixels.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn pixels(&self) -> Result<Image> {
        planned::pixels(self)
    }

    pub(crate) fn start(&self) -> &Start {
        &self.start
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The most operations that an input goes through.
    pub(crate) fn operations(&self) -> usize {
        self.operations
    }

    pub(crate) fn encode_options(&self) -> Option<Encode> {
        self.encode
    }

    pub(crate) fn job_limits(&self) -> Limits {
        self.job.limits.unwrap_or_default()
    }

    pub(crate) fn job_threads(&self) -> Threads {
        self.job.threads.clone().unwrap_or_default()
    }

    pub(crate) fn job_shrink(&self) -> Shrink {
        self.job.shrink.unwrap_or_default()
    }

    pub(crate) fn job_optimizations(&self) -> Optimizations {
        self.job.optimizations.clone().unwrap_or_default()
    }

    pub(crate) fn band_rows(&self, threads: usize, outputs: usize) -> u32 {
        self.job.band_rows.unwrap_or_else(|| Setting::band_rows(threads, outputs))
    }

    pub(crate) fn level(&self) -> Level {
        self.job.level.unwrap_or_else(Level::detect)
    }

    /// The moment of the deadline of a job that begins now.
    fn deadline_from_now(&self) -> Option<Instant> {
        self.job.deadline.and_then(|after| Instant::now().checked_add(after))
    }

    /// A setting that only a whole job can have, and that this pipeline has.
    pub(crate) fn setting_of_whole_job(&self) -> Option<&'static str> {
        let job = &self.job;
        let settings = [
            (self.encode.is_some(), "an encode"),
            (job.limits.is_some(), "limits"),
            (job.threads.is_some(), "threads"),
            (job.deadline.is_some(), "a deadline"),
            (!job.cancel.is_empty(), "a cancel token"),
            (job.shrink.is_some(), "a shrink"),
            (job.optimizations.is_some(), "optimizations"),
        ];
        settings.into_iter().find_map(|(set, name)| set.then_some(name))
    }
}

impl<S: Into<Source>> From<S> for Pipeline {
    fn from(source: S) -> Self {
        Self::open(source)
    }
}

/// Runs several pipelines in one pass: what they share (inputs, decodes, stitches) is done once. The
/// outputs come in the order of the pipelines.
///
/// Each input, and each picture on the way to an output, is held to the limits of its own pipeline; what several
/// pipelines share, to the strictest of each. For the pass as a whole the strictest `max_outputs`, `max_work` and
/// `max_memory` count, the earliest deadline and any of the cancel tokens; threads, shrink and optimizations are those
/// of the first pipeline.
///
/// ```
/// use makeready::{Image, Jpeg, Layout, Pipeline, Size, WebP, run_all};
///
/// let page = Pipeline::open(Image::new(Size::new(64, 48), Layout::Rgb, vec![120; 9216])?);
/// let print = page.clone().encode(Jpeg::quality(90));
/// let preview = page.resize((16, 12)).encode(WebP::quality(80));
/// let outputs = run_all([&print, &preview])?;
/// assert_eq!((outputs[0].width, outputs[1].width), (64, 16));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::run`]; the first error ends the whole pass.
pub fn run_all<P: AsRef<Pipeline>>(pipelines: impl IntoIterator<Item = P>) -> Result<Vec<Output>> {
    let pipelines: Vec<P> = pipelines.into_iter().collect();
    planned::run(&pipelines.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

/// As [`Pipeline::plan`], for a pass of several pipelines; in the order of the pipelines.
///
/// # Errors
/// As [`Pipeline::plan`].
pub fn plan_all<P: AsRef<Pipeline>>(
    pipelines: impl IntoIterator<Item = P>,
) -> Result<Vec<Planned>> {
    let pipelines: Vec<P> = pipelines.into_iter().collect();
    planned::plan(&pipelines.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

/// As [`Pipeline::explain`], for a pass of several pipelines; what they share is shown once.
///
/// # Errors
/// As [`Pipeline::plan`].
pub fn explain_all<P: AsRef<Pipeline>>(pipelines: impl IntoIterator<Item = P>) -> Result<String> {
    let pipelines: Vec<P> = pipelines.into_iter().collect();
    planned::explain(&pipelines.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

impl AsRef<Self> for Pipeline {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// The watch of a pass of several pipelines.
pub(crate) fn watch_of(pipelines: &[&Pipeline]) -> Watch {
    let deadline = pipelines.iter().filter_map(|pipeline| pipeline.deadline_from_now()).min();
    let tokens = pipelines.iter().flat_map(|pipeline| &pipeline.job.cancel);
    Watch::new(tokens.cloned().collect(), deadline)
}
