//! Turns recipes into a plan that can be shown or run.

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use makeready_kernels::Level;

use crate::error::{Error, Result};
use crate::formats;
use crate::panics::caught;
use crate::picture::geometry::Size;
use crate::picture::image::Image;
use crate::picture::metadata::Carried;
use crate::picture::motion::Motion;
use crate::picture::reserve::probed;
use crate::picture::shape::Shape;
use crate::picture::work::Work;
use crate::plan::rules::{Context, optimize};
use crate::plan::{self, Plan, PlanOutput, Want};
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};
use crate::recipe::source::Reads;
use crate::recipe::threads::Threads;
use crate::recipe::{Recipe, watch_of};
use crate::run::cost;
use crate::run::exec::{self, Product, ProductData};
use crate::run::look::Looks;
use crate::run::lower::{self, ExecOp, ExecPlan, FilmOutput, RunSettings};
use crate::run::output::{Output, Timings};
use crate::run::planned::{Planned, PlannedDecode};
use crate::run::queue::{Turns, Urgency, queue};

/// A pass that is ready to run.
pub(super) struct Pass {
    pub(super) exec: ExecPlan,
    written: Plan,
    optimized: Plan,
    rules: Vec<(&'static str, usize)>,
    /// The time that it took to prepare it.
    plan_time: Duration,
    /// The pictures that it looks at before it is planned to the end.
    looks: Option<Looks>,
    /// Each look by its name, and the plan of its picture.
    shown_looks: Vec<(&'static str, Plan)>,
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
        (self.written, self.rules, self.shown_looks) = (Plan::default(), Vec::new(), Vec::new());
        self
    }

    /// Looks at what it has to look at, and plans it to the end; the peak may be more than it was.
    pub(super) fn looked(
        mut self,
        threads: &Threads,
        watch: &Watch,
        turns: (&Arc<Turns>, Urgency),
    ) -> Result<Self> {
        let Some(mut looks) = self.looks.take() else { return Ok(self) };
        let (start, planned_in) = (Instant::now(), self.plan_time);
        // The inputs that it has opened are opened anew.
        drop(self);
        let looked = looks.look(watch, |picture, reads| {
            let pass = planned(&[picture], Want::Pixels, reads, watch)?.without_text();
            image(run_prepared(&pass, threads, watch, turns)?)
        })?;
        let recipes: Vec<&Recipe> = looked.iter().collect();
        let pass = planned(&recipes, looks.want, &mut looks.reads, watch)?.without_text();
        Ok(Self { plan_time: planned_in + start.elapsed(), ..pass })
    }

    /// Counts the pictures that are looked at in its memory and cost.
    fn add_looks(&mut self, mut looks: Looks, watch: &Watch) -> Result<()> {
        looks.plan(|look, picture, reads| {
            let pass = planned(&[picture], Want::Pixels, reads, watch)?;
            self.exec.peak_memory = self.exec.peak_memory.max(pass.exec.peak_memory);
            self.exec.cost += pass.exec.cost;
            self.exec.work = self.exec.work.saturating_add(pass.exec.work);
            check("max_work", self.exec.settings.limits.max_work, self.exec.work)?;
            self.shown_looks.push((look.name(), pass.optimized));
            Ok(())
        })?;
        self.looks = Some(looks);
        Ok(())
    }

    /// Whether it holds files that it has read.
    pub(super) fn holds_files(&self) -> bool {
        self.exec.inputs.iter().any(|input| input.source.held_bytes() > 0)
    }
}

/// Plans a pass, and what it looks at before, unless the watch stops it.
pub(super) fn prepare(recipes: &[&Recipe], want: Want, watch: &Watch) -> Result<Pass> {
    let mut reads = Reads::default();
    let mut pass = planned(recipes, want, &mut reads, watch)?;
    if let Some(looks) = Looks::of(recipes, want, reads) {
        pass.add_looks(looks, watch)?;
    }
    Ok(pass)
}

/// Builds, rewrites and lowers a plan.
fn planned(recipes: &[&Recipe], want: Want, reads: &mut Reads, watch: &Watch) -> Result<Pass> {
    let Some(first) = recipes.first() else {
        return Err(Error::invalid_option("a pass needs 1 pipeline or more, found none"));
    };
    let start = Instant::now();
    watch.check()?;
    let limits = limits_of_pass(recipes);
    check("max_outputs", limits.max_outputs as u64, recipes.len() as u64)?;
    let written = plan::build(recipes, want, reads, watch)?;
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
    let (looks, shown_looks) = (None, Vec::new());
    Ok(Pass { exec, written, optimized, rules, plan_time: start.elapsed(), looks, shown_looks })
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
    let Pass { exec, optimized, shown_looks, .. } = prepare_to_show(recipes)?;
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
            looks: shown_looks.len(),
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
    let Pass { exec, written, optimized, rules, shown_looks, .. } = prepare_to_show(recipes)?;
    let mut text = format!("plan as written\n{}", plan::explain(&written));
    // Writing to a string cannot fail.
    let _ = write!(text, "plan as it will run\n{}", plan::explain(&optimized));
    for (name, look) in &shown_looks {
        let _ = write!(text, "a look for {name}\n{}", plan::explain(look));
    }
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
        let (peak, cost) = (pass.peak_memory(), pass.cost());
        let mut admission = queue.admit(peak, &watch)?;
        let looked = pass.looked(&threads, &watch, queue.turn(cost));
        let found = looked.as_ref().map_or(0, Pass::peak_memory);
        if found > peak {
            drop(admission);
            admission = queue.admit(found, &watch)?;
        }
        let run = |pass| run_prepared(&pass, &threads, &watch, queue.turn(cost));
        let ran = looked.and_then(run);
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
