//! Runs a lowered plan: bands flow from decoders to outputs, on all threads of the job.
//!
//! ```text
//! while an output is not done:
//!     demand: each output wants the rows of its next bands;
//!         walk up: each node wants the rows that these need
//!     for every node that is wanted, not busy, and has its input rows:
//!         take the next band as a task
//!     run the tasks side by side; each, when it ends, hands in its band and looks for more
//! ```
//!
//! No task ever waits: a node that cannot run yet is looked at again when a task ends. Rows are
//! dropped as soon as no user needs them.

mod drive;
mod film;
mod schedule;
mod stage;

use std::sync::{Arc, Mutex};

use crate::error::{Error, Result};
use crate::panics::caught;
use crate::picture::format::Format;
use crate::picture::image::Image;
use crate::plan::Input;
use crate::recipe::job::Watch;
use crate::recipe::threads::Threads;
use crate::run::lower::ExecPlan;
use crate::run::output::Timings;
use crate::run::queue::{Turn, Turns, Urgency};
use drive::{Tasks, drive};
use schedule::{Schedule, Task};
use stage::{Job, Made, Stage};

/// The output of one root of a plan.
pub(crate) struct Product {
    pub(crate) data: ProductData,
    /// Frames of the file.
    pub(crate) frames: u32,
    /// The losses in its inputs, a sentence each.
    pub(crate) warnings: Vec<String>,
}

/// A file or pixels.
pub(crate) enum ProductData {
    File(Vec<u8>, Format),
    Pixels(Image),
}

/// A job that makes fewer bytes runs on the calling thread: handing its tasks to others costs more.
const SMALL: u64 = 256 << 10;

/// Runs a plan to its end, or to its first error.
pub(crate) fn run(
    plan: &ExecPlan,
    threads: &Threads,
    watch: &Watch,
    (turns, urgency): (&Arc<Turns>, Urgency),
) -> Result<(Vec<Product>, Timings)> {
    let pool = if plan.bytes_made < SMALL { None } else { threads.pool()? };
    let workers = if pool.is_some() { plan.threads } else { 1 };
    // Jobs with workers of their own take no turns.
    let shares = pool.is_some() && matches!(threads, Threads::Cores);
    let turn = shares.then(|| Arc::new(turns.begin(urgency)));
    let shared = turn.as_ref().map(|turn| watch.sharing(turn));
    let (watch, turn) = (shared.as_ref().unwrap_or(watch), turn.as_deref());
    match &plan.film {
        None => {
            let picture = Picture::new(plan, &plan.inputs, (watch, turn), workers, |_| true);
            drive(&picture, pool.as_deref(), turn, watch);
            picture.finish()
        }
        Some(film) => {
            let line = film::Line::new(plan, film, watch)?;
            drive(&line, pool.as_deref(), turn, watch);
            line.finish()
        }
    }
}

/// One run of a plan, for a picture or for a frame of a film.
struct Picture<'a> {
    plan: &'a ExecPlan,
    inputs: &'a [Input],
    watch: &'a Watch,
    turn: Option<&'a Turn>,
    /// The state of each node between bands. A node that keeps any runs on one thread at a time.
    stages: Vec<Mutex<Stage>>,
    schedule: Mutex<Schedule<'a>>,
}

impl<'a> Picture<'a> {
    /// `inputs` stand for those of the plan. Only outputs that are `wanted` are made.
    fn new(
        plan: &'a ExecPlan,
        inputs: &'a [Input],
        (watch, turn): (&'a Watch, Option<&'a Turn>),
        workers: usize,
        wanted: impl Fn(usize) -> bool,
    ) -> Self {
        let stages = plan.nodes.iter().map(|_| Mutex::new(Stage::new(workers))).collect();
        let schedule = Mutex::new(Schedule::new(plan, workers, wanted));
        Self { plan, inputs, watch, turn, stages, schedule }
    }

    /// Gives the outputs, or the error of the run.
    fn finish(self) -> Result<(Vec<Product>, Timings)> {
        let (products, timings) = self.products()?;
        let missing = || Error::internal("an output was not made");
        let all = products.into_iter().map(|product| product.ok_or_else(missing));
        Ok((all.collect::<Result<_>>()?, timings))
    }

    /// Gives the output of each root that was run.
    fn products(self) -> Result<(Vec<Option<Product>>, Timings)> {
        self.schedule.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).end()?;
        let mut stages: Vec<Stage> = self
            .stages
            .into_iter()
            .map(|stage| stage.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
            .collect();
        let mut timings = Timings::default();
        for (stage, node) in stages.iter().zip(&self.plan.nodes) {
            stage.add_time(node, &mut timings);
        }
        let of_stage = |(id, stage): (usize, &Stage)| {
            stage.warnings().iter().map(move |text| (id, text.clone())).collect::<Vec<_>>()
        };
        let warnings: Vec<(usize, String)> = stages.iter().enumerate().flat_map(of_stage).collect();
        let product = |&root: &usize| {
            let data = stages[root].take_data()?;
            if warnings.is_empty() {
                return Some(Product { data, frames: 1, warnings: Vec::new() });
            }
            let below = self.plan.below(root);
            let mine = warnings.iter().filter(|(node, _)| below.contains(node));
            Some(Product {
                data,
                frames: 1,
                warnings: mine.map(|(_, text)| text.clone()).collect(),
            })
        };
        Ok((self.plan.roots.iter().map(product).collect(), timings))
    }
}

impl Tasks for Picture<'_> {
    type Task = Task;

    fn ready(&self) -> Vec<Task> {
        lock(&self.schedule).ready()
    }

    fn run(&self, task: Task) -> Option<Task> {
        let Self { plan, inputs, watch, turn, .. } = *self;
        let node = &plan.nodes[task.node];
        let result = watch.check().and_then(|()| {
            let job = Job { plan, inputs, node, watch, turn };
            caught(|| lock(&self.stages[task.node]).step(&job, &task))
        });
        let band = match result {
            Ok(Made::Paused) => return Some(task),
            Ok(Made::Band(band)) => Ok(Some(band)),
            Ok(Made::Taken) => Ok(None),
            Err(error) => Err(error),
        };
        lock(&self.schedule).done(task, band);
        None
    }

    fn is_done(&self) -> bool {
        lock(&self.schedule).is_done()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic inside a step is caught before it reaches a guard; if one did, the job has failed
    // anyway.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
