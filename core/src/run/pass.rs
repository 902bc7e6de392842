//! Turns recipes into a plan that can be shown or run.

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use makeready_kernels::Level;

use crate::error::{Error, Result};
use crate::formats;
use crate::panics::caught;
use crate::picture::format::Format;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::{Image, Layout};
use crate::picture::metadata::Carried;
use crate::picture::motion::Motion;
use crate::picture::reserve::probed;
use crate::picture::shape::Shape;
use crate::picture::work::Work;
use crate::plan::rules::{Context, optimize};
use crate::plan::{self, Plan, PlanOutput, Want};
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};
use crate::recipe::threads::Threads;
use crate::recipe::{Recipe, watch_of};
use crate::run::cost;
use crate::run::exec::{self, Product, ProductData};
use crate::run::lower::{self, ExecOp, ExecPlan, FilmOutput, RunSettings};
use crate::run::output::{Output, Timings};
use crate::run::queue::{Turns, Urgency, queue};

/// The forecast of a run from headers alone: its output, its memory, its decodes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Planned {
    /// Width of the output in pixels.
    pub width: u32,
    /// Height of the output in pixels.
    pub height: u32,
    /// Format of the output.
    pub format: Format,
    /// Frames of the output: 1, or more where it moves.
    pub frames: u32,
    /// How long its frames are shown, all together; no time at all of a still picture.
    pub duration: Duration,
    /// Channels of the output. WebP leaves out alpha that is opaque everywhere.
    pub layout: Layout,
    /// The most bytes that a run of this plan holds at a time, its output included. Input bytes
    /// that the caller owns are not counted. In a pass of several pipelines it is the bound of the
    /// whole pass.
    pub peak_memory: u64,
    /// About how many microseconds of one core a run takes, told from headers alone: a measure to
    /// compare jobs by, as cores differ. In a pass of several pipelines it is that of the whole
    /// pass.
    pub cost: u64,
    /// The decodes of the inputs, in the order of the plan. In a pass of several pipelines it lists
    /// the decodes of the whole pass.
    pub decodes: Vec<PlannedDecode>,
}

/// The part of an input that is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedDecode {
    /// The input, counted from 0 in the order given.
    pub input: usize,
    /// The input is decoded at `1/scale`.
    pub scale: u32,
    /// The part that is decoded, in pixels of the scaled picture.
    pub region: Rect,
}

impl Planned {
    /// Width and height of the output.
    ///
    /// ```
    /// use makeready::{Pipeline, Resize, Size};
    ///
    /// let plan = Pipeline::open("../tests/images/photo.jpg").resize(Resize::width(40)).plan()?;
    /// assert_eq!(plan.size(), Size::new(40, 30));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}

/// A pass that is ready to run.
pub(super) struct Pass {
    pub(super) exec: ExecPlan,
    written: Plan,
    optimized: Plan,
    rules: Vec<(&'static str, usize)>,
    /// The time that it took to prepare it.
    plan_time: Duration,
}

impl Pass {
    /// The most bytes that a run holds at a time.
    pub(super) fn peak_memory(&self) -> u64 {
        self.exec.peak_memory
    }

    /// The predicted time on one core.
    pub(super) fn cost(&self) -> Duration {
        Duration::from_micros(self.exec.cost)
    }

    /// The same without what only a text of it shows: a run holds no more than it needs.
    fn without_text(mut self) -> Self {
        (self.written, self.rules) = (Plan::default(), Vec::new());
        self
    }

    /// Whether it holds files that it has read.
    pub(super) fn holds_files(&self) -> bool {
        self.exec.inputs.iter().any(|input| input.source.held_bytes() > 0)
    }
}

/// Builds, rewrites and lowers a plan, unless the watch stops it.
pub(super) fn prepare(recipes: &[&Recipe], want: Want, watch: &Watch) -> Result<Pass> {
    let Some(first) = recipes.first() else {
        return Err(Error::invalid_option("a pass needs 1 pipeline or more, found none"));
    };
    let start = Instant::now();
    watch.check()?;
    let limits = limits_of_pass(recipes);
    check("max_outputs", limits.max_outputs as u64, recipes.len() as u64)?;
    let written = plan::build(recipes, want, watch)?;
    let mut optimized = written.clone();
    let job = first.settings.clone();
    let context = Context { shrink: job.shrink.unwrap_or_default() };
    let on = job.optimizations.unwrap_or_default();
    let rules = optimize(&mut optimized, &on, &context, watch)?;
    let threads = job.threads.unwrap_or_default().count()?;
    let band_rows = job.band_rows.unwrap_or_else(|| RunSettings::band_rows(threads, recipes.len()));
    let level = job.level.unwrap_or_else(Level::detect);
    let settings = RunSettings { limits, threads, band_rows, level };
    let exec = lower::lower(&optimized, settings, watch)?;
    Ok(Pass { exec, written, optimized, rules, plan_time: start.elapsed() })
}

/// The limits of the pass as a whole: the strictest of each. Inputs and pictures on the way are
/// held to the limits of their own pipeline.
fn limits_of_pass(recipes: &[&Recipe]) -> Limits {
    let all = recipes.iter().map(|recipe| recipe.settings.limits());
    all.reduce(Limits::strictest).unwrap_or_default()
}

/// Prepares a pass that is shown and not run.
fn prepare_to_show(recipes: &[&Recipe]) -> Result<Pass> {
    let watch = watch_of(recipes);
    guarded(|| prepare(recipes, Want::Files, &watch))
}

/// Bytes that the first job on a thread takes for thread-locals and the list of their destructors.
/// Their lack would end the process, so they are probed before.
const FIRST_JOB: u64 = 8 << 10;

/// Runs a part of a pass, and turns a panic in it into an error.
fn guarded<T>(pass: impl FnOnce() -> Result<T>) -> Result<T> {
    probed(FIRST_JOB)?;
    caught(pass)
}

pub(crate) fn plan(recipes: &[&Recipe]) -> Result<Vec<Planned>> {
    let Pass { exec, optimized, .. } = prepare_to_show(recipes)?;
    let decode = |op: &ExecOp| match op {
        ExecOp::Decode { input, request, .. } => Some(PlannedDecode {
            input: exec.inputs[*input].ordinal,
            scale: request.scale,
            region: request.region,
        }),
        _ => None,
    };
    let decodes: Vec<_> = exec.nodes.iter().filter_map(|node| decode(&node.op)).collect();
    let planned = |(&root, &sink): (&usize, &usize)| {
        let Shape { size: Size { width, height }, layout } = optimized.shape(root);
        let motion = exec.motion(sink);
        let format = match (&exec.nodes[sink].op, exec.film(sink)) {
            (ExecOp::Encode(encode), _) | (_, Some(FilmOutput { encode, .. })) => encode.format(),
            (ExecOp::Copy { input }, _) => exec.inputs[*input].header().format,
            _ => return Err(Error::internal("an output is neither encoded nor copied")),
        };
        Ok(Planned {
            width,
            height,
            format,
            frames: motion.as_ref().map_or(1, Motion::frames),
            duration: Duration::from_millis(motion.map_or(0, |motion| motion.duration())),
            layout,
            peak_memory: exec.peak_memory,
            cost: exec.cost,
            decodes: decodes.clone(),
        })
    };
    let all: Vec<Planned> =
        optimized.roots.iter().zip(&exec.roots).map(planned).collect::<Result<_>>()?;
    // The size of files to choose from is not known yet: the first one stands for them.
    Ok(chosen(all, &optimized.outputs, |_| 0))
}

pub(crate) fn plan_one(recipe: &Recipe) -> Result<Planned> {
    plan(&[recipe])?.pop().ok_or_else(|| Error::internal("no output"))
}

/// The work of a run of one pipeline that gives pixels, or a file.
pub(crate) fn work(recipe: &Recipe, want: Want) -> Result<Work> {
    let watch = watch_of(&[recipe]);
    Ok(cost::work(&prepare(&[recipe], want, &watch)?.exec))
}

pub(crate) fn explain(recipes: &[&Recipe]) -> Result<String> {
    let Pass { exec, written, optimized, rules, .. } = prepare_to_show(recipes)?;
    let mut text = format!("plan as written\n{}", plan::explain(&written));
    // Writing to a string cannot fail.
    let _ = write!(text, "plan as it will run\n{}", plan::explain(&optimized));
    let applied: Vec<String> = rules.iter().map(|(rule, n)| format!("{rule} x{n}")).collect();
    let applied = if applied.is_empty() { "none".to_owned() } else { applied.join(", ") };
    let _ = writeln!(text, "rules applied: {applied}");
    let _ = writeln!(text, "peak memory: at most {} bytes", exec.peak_memory);
    let _ = writeln!(text, "cost: about {} microseconds of one core", exec.cost);
    Ok(text)
}

pub(crate) fn run(recipes: &[&Recipe]) -> Result<Vec<Output>> {
    outputs(execute(recipes, Want::Files)?)
}

/// The files that a pass gave.
pub(super) fn outputs(ran: Ran) -> Result<Vec<Output>> {
    let Ran { products, outputs, timings } = ran;
    let output = |(product, shape): (Product, Shape)| match product.data {
        ProductData::File(data, format) => Ok(Output {
            frames: product.frames,
            layout: match product.frames {
                1 => formats::written_layout(&data, format, shape.layout),
                _ => shape.layout,
            },
            data,
            format,
            content_type: format.content_type(),
            width: shape.size.width,
            height: shape.size.height,
            vary: None,
            warnings: product.warnings,
            timings,
        }),
        ProductData::Pixels(_) => Err(Error::internal("expected a file, found pixels")),
    };
    let files = products.into_iter().map(output).collect::<Result<Vec<_>>>()?;
    let carried = outputs.iter().flat_map(|output| output.carried.clone());
    let files = files.into_iter().zip(carried).collect();
    let chosen = chosen(files, &outputs, |(file, _)| file.data.len());
    let whole = |((mut file, carried), output): ((Output, Carried), &PlanOutput)| {
        formats::embed(&mut file.data, file.format, &carried)?;
        file.vary = output.vary.clone();
        file.warnings.extend(carried.left_out);
        Ok(file)
    };
    chosen.into_iter().zip(&outputs).map(whole).collect()
}

/// For each output the one of its files with the least `size`, of several the first.
fn chosen<T>(all: Vec<T>, outputs: &[PlanOutput], size: impl Fn(&T) -> usize) -> Vec<T> {
    let mut all = all.into_iter();
    let files = |output: &PlanOutput| all.by_ref().take(output.carried.len()).min_by_key(&size);
    outputs.iter().filter_map(files).collect()
}

pub(crate) fn run_one(recipe: &Recipe) -> Result<Output> {
    run(&[recipe])?.pop().ok_or_else(|| Error::internal("no output"))
}

pub(crate) fn pixels(recipe: &Recipe) -> Result<Image> {
    image(execute(&[recipe], Want::Pixels)?)
}

/// The pixels that a pass gave.
pub(super) fn image(mut ran: Ran) -> Result<Image> {
    match ran.products.pop().map(|(product, _)| product.data) {
        Some(ProductData::Pixels(image)) => Ok(image),
        _ => Err(Error::internal("expected pixels, found a file")),
    }
}

/// A pass that has run.
pub(crate) struct Ran {
    /// What each root gave, and its shape.
    products: Vec<(Product, Shape)>,
    outputs: Vec<PlanOutput>,
    timings: Timings,
}

/// Prepares and runs a pass on the thread of the caller, when there is memory for it.
fn execute(recipes: &[&Recipe], want: Want) -> Result<Ran> {
    guarded(|| {
        let watch = watch_of(recipes);
        let queue = queue()?;
        let pass = prepare(recipes, want, &watch).inspect_err(|error| queue.count_end(error))?;
        let pass = pass.without_text();
        let threads = threads_of(recipes);
        let admission = queue.admit(pass.peak_memory(), &watch)?;
        let ran = run_prepared(&pass, &threads, &watch, queue.turn(pass.cost()));
        admission.end(&ran);
        ran
    })
}

fn threads_of(recipes: &[&Recipe]) -> Threads {
    recipes.first().and_then(|first| first.settings.threads.clone()).unwrap_or_default()
}

/// As [`prepare`], for a job of the queue.
pub(super) fn prepare_owned(recipes: &[Recipe], want: Want, watch: &Watch) -> Result<Pass> {
    guarded(|| Ok(prepare(&recipes.iter().collect::<Vec<_>>(), want, watch)?.without_text()))
}

/// Runs a pass that was prepared, by turns with other jobs.
pub(super) fn run_prepared(
    pass: &Pass,
    threads: &Threads,
    watch: &Watch,
    turns: (&Arc<Turns>, Urgency),
) -> Result<Ran> {
    guarded(|| {
        let start = Instant::now();
        let (products, timings) = exec::run(&pass.exec, threads, watch, turns)?;
        let shapes = pass.optimized.roots.iter().map(|&root| pass.optimized.shape(root));
        let products = products.into_iter().zip(shapes).collect();
        let total = pass.plan_time + start.elapsed();
        let timings = Timings { plan: pass.plan_time, total, ..timings };
        Ok(Ran { products, outputs: pass.optimized.outputs.clone(), timings })
    })
}
