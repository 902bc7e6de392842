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

mod schedule;
mod stage;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rayon::{Scope, ThreadPool};

use crate::error::{Error, Result};
use crate::panics::caught;
use crate::picture::format::Format;
use crate::picture::image::Image;
use crate::recipe::job::Watch;
use crate::recipe::threads::Threads;
use crate::run::lower::ExecPlan;
use crate::run::output::Timings;
use crate::run::queue::{Turn, Turns, Urgency};
use schedule::{Schedule, Task};
use stage::Stage;

/// The output of one root of a plan.
pub(crate) struct Product {
    pub(crate) data: ProductData,
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
    let workers = if pool.is_some() { plan.settings.threads } else { 1 };
    // Jobs with workers of their own take no turns.
    let shares = pool.is_some() && matches!(threads, Threads::Cores);
    let run = Run {
        plan,
        watch,
        turn: shares.then(|| turns.begin(urgency)),
        stages: plan.nodes.iter().map(|_| Mutex::new(Stage::new(workers))).collect(),
        schedule: Mutex::new(Schedule::new(plan, workers)),
    };
    loop {
        match (&pool, watch.asks()) {
            (Some(pool), Some(every)) => run.run_tasks_on_pool(pool, every),
            (Some(pool), None) => pool.scope(|scope| run.run_tasks(Some(scope))),
            (None, _) => run.run_tasks(None),
        }
        let stopped = run.turn.as_ref().filter(|turn| turn.was_stopped());
        match stopped.filter(|_| !lock(&run.schedule).is_done()) {
            Some(turn) => turn.wait(watch),
            None => return run.finish(),
        }
    }
}

/// A running plan.
struct Run<'a> {
    plan: &'a ExecPlan,
    watch: &'a Watch,
    /// Its turns among jobs on the shared workers.
    turn: Option<Turn>,
    /// The state of each node between bands. A node that keeps any runs on one thread at a time.
    stages: Vec<Mutex<Stage>>,
    schedule: Mutex<Schedule<'a>>,
}

impl<'a> Run<'a> {
    /// Takes tasks while there are any: runs one here, the others on the pool, if there is one.
    fn run_tasks<'s>(&'s self, scope: Option<&Scope<'s>>) {
        let mut mine: Vec<Task> = Vec::new();
        loop {
            // A job that its watch stops has nothing left to run but its end.
            let stopped = |turn: &Turn| !turn.may_go_on() && !self.watch.stopped();
            if self.turn.as_ref().is_some_and(stopped) {
                return;
            }
            mine.extend(lock(&self.schedule).ready());
            if let Some(turn) = self.turn.as_ref().filter(|_| !mine.is_empty()) {
                turn.took(mine.len());
            }
            let Some(task) = mine.pop() else { return };
            if let Some(scope) = scope {
                for task in mine.drain(..) {
                    scope.spawn(move |scope| {
                        self.run_task(task);
                        self.run_tasks(Some(scope));
                    });
                }
            }
            self.run_task(task);
        }
    }

    /// Does [`run_tasks`](Self::run_tasks) on the pool, while this thread wakes now and then to ask
    /// the watch.
    fn run_tasks_on_pool(&self, pool: &ThreadPool, every: Duration) {
        pool.in_place_scope(|outer| {
            let (ends, end) = mpsc::channel::<()>();
            outer.spawn(move |_| {
                rayon::scope(|scope| self.run_tasks(Some(scope)));
                drop(ends);
            });
            while end.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                // The tasks find the error as well.
                let _ = self.watch.check();
            }
        });
    }

    /// Runs one task and hands in its result.
    fn run_task(&self, task: Task) {
        let node = &self.plan.nodes[task.node];
        let result = self.watch.check().and_then(|()| {
            let step = || lock(&self.stages[task.node]).step(self.plan, node, &task, self.watch);
            caught(step)
        });
        lock(&self.schedule).done(task, result);
        if let Some(turn) = &self.turn {
            turn.ended();
        }
    }

    /// Gives the outputs, or the error of the run.
    fn finish(self) -> Result<(Vec<Product>, Timings)> {
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
        let warnings =
            stages.iter().enumerate().filter_map(|(id, stage)| Some((id, stage.warning()?)));
        let warnings: Vec<(usize, String)> = warnings.collect();
        let product = |&root: &usize| {
            let data = stages[root].take_data();
            let data = data.ok_or_else(|| Error::internal("an output was not made"))?;
            if warnings.is_empty() {
                return Ok(Product { data, warnings: Vec::new() });
            }
            let below = self.plan.below(root);
            let mine = warnings.iter().filter(|(node, _)| below.contains(node));
            Ok(Product { data, warnings: mine.map(|(_, text)| text.clone()).collect() })
        };
        Ok((self.plan.roots.iter().map(product).collect::<Result<_>>()?, timings))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic inside a step is caught before it reaches a guard; if one did, the job has failed
    // anyway.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
