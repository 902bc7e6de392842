//! The jobs that wait, and which of them is next.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::urgency::Urgency;
use crate::error::{Error, Result};
use crate::plan::Want;
use crate::recipe::Recipe;
use crate::recipe::job::Watch;
use crate::recipe::options::Priority;
use crate::recipe::threads::Threads;
use crate::run::pass::{Pass, Ran};

/// The cost below which a job goes beside the others.
const EXPRESS: Duration = Duration::from_millis(10);

/// A job that was handed in.
pub(super) struct WaitingJob {
    pub(super) id: u64,
    pub(super) recipes: Vec<Recipe>,
    pub(super) want: Want,
    pub(super) threads: Threads,
    pub(super) priority: Priority,
    pub(super) handed_in: Instant,
    pub(super) watch: Watch,
    /// Known when it is planned, as all that follows.
    pub(super) cost: Duration,
    pub(super) peak: u64,
    pub(super) urgency: Urgency,
    /// The plan, where it may be kept.
    pub(super) pass: Option<Pass>,
    pub(super) end: End,
}

/// Takes the result of a job; where a job is dropped without one, an error.
pub(super) struct End(Option<Box<dyn FnOnce(Result<Ran>) + Send>>);

impl End {
    pub(super) fn new(take: impl FnOnce(Result<Ran>) + Send + 'static) -> Self {
        Self(Some(Box::new(take)))
    }

    fn call(&mut self, result: Result<Ran>) {
        if let Some(take) = self.0.take() {
            take(result);
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.call(Err(Error::internal("a job ended without a result")));
    }
}

/// What a thread of the queue is to do.
pub(super) enum Action {
    /// End it, as its watch says so or it would end too late.
    Stop(WaitingJob),
    Plan(WaitingJob),
    Run(WaitingJob, Lane),
}

/// Where a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// On a thread of its own.
    Express,
    /// On the shared workers.
    Main,
}

impl WaitingJob {
    /// Takes over the cost and the memory that its plan tells.
    pub(super) fn learn(&mut self, pass: &Pass) {
        self.cost = pass.cost();
        self.peak = pass.peak_memory();
        let counts = match self.priority {
            Priority::High => self.cost / 4,
            Priority::Normal => self.cost,
            Priority::Low => self.cost * 4,
        };
        self.urgency = Urgency::counting(counts, self.cost, self.handed_in);
    }

    pub(super) fn is_express(&self) -> bool {
        self.cost < EXPRESS
    }

    /// Hands its result over.
    pub(super) fn finish(self, result: Result<Ran>) {
        let Self { recipes, pass, mut end, .. } = self;
        // The inputs are freed before whoever waits goes on.
        drop((recipes, pass));
        end.call(result);
    }
}

/// The jobs that wait, those of each kind in the order they came.
#[derive(Default)]
pub(super) struct Waiting {
    places: usize,
    new: VecDeque<WaitingJob>,
    express: VecDeque<WaitingJob>,
    ready: Vec<WaitingJob>,
}

impl Waiting {
    pub(super) fn new(places: usize) -> Self {
        Self { places, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.new.len() + self.express.len() + self.ready.len()
    }

    /// Whether no more may wait; `free` of those that do will begin at once.
    pub(super) fn is_full(&self, free: usize) -> bool {
        self.len() >= self.places.saturating_add(free)
    }

    pub(super) fn add(&mut self, job: WaitingJob) {
        self.new.push_back(job);
    }

    pub(super) fn has_new(&self) -> bool {
        !self.new.is_empty()
    }

    pub(super) fn take_new(&mut self) -> Option<WaitingJob> {
        self.new.pop_front()
    }

    pub(super) fn take_last_new(&mut self) -> Option<WaitingJob> {
        self.new.pop_back()
    }

    pub(super) fn add_planned(&mut self, job: WaitingJob) {
        if job.is_express() {
            self.express.push_back(job);
        } else {
            self.ready.push(job);
        }
    }

    pub(super) fn next_express(&self) -> Option<&WaitingJob> {
        self.express.front()
    }

    pub(super) fn take_express(&mut self) -> Option<WaitingJob> {
        self.express.pop_front()
    }

    pub(super) fn next_ready(&self) -> Option<&WaitingJob> {
        let now = Instant::now();
        self.ready.iter().min_by(|a, b| before(a, b, now))
    }

    pub(super) fn take_ready(&mut self) -> Option<WaitingJob> {
        let id = self.next_ready()?.id;
        let at = self.ready.iter().position(|job| job.id == id)?;
        Some(self.ready.swap_remove(at))
    }

    /// A job that its cancel token or its deadline stops.
    pub(super) fn take_stopped(&mut self) -> Option<WaitingJob> {
        let mut all = self.new.iter().chain(&self.express).chain(&self.ready);
        let id = all.find(|job| job.watch.stopped())?.id;
        self.remove(id)
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<WaitingJob> {
        for jobs in [&mut self.new, &mut self.express] {
            if let Some(at) = jobs.iter().position(|job| job.id == id) {
                return jobs.remove(at);
            }
        }
        let at = self.ready.iter().position(|job| job.id == id)?;
        Some(self.ready.swap_remove(at))
    }

    /// The work of all that wait, on one core. Jobs that are not planned yet may be short ones, and count as nothing.
    pub(super) fn predicted(&self) -> Duration {
        self.ready.iter().chain(&self.express).map(|job| job.cost).sum()
    }

    /// The work of those that go before a job of this urgency, on one core.
    pub(super) fn cost_before(&self, urgency: &Urgency) -> Duration {
        let now = Instant::now();
        let first = |job: &&WaitingJob| job.urgency.compare(urgency, now) != Ordering::Greater;
        let ready = self.ready.iter().filter(first).map(|job| job.cost).sum::<Duration>();
        ready + self.express.iter().map(|job| job.cost).sum::<Duration>()
    }
}

/// The more urgent first, of equals the one that came first.
fn before(a: &WaitingJob, b: &WaitingJob, now: Instant) -> Ordering {
    a.urgency.compare(&b.urgency, now).then(a.id.cmp(&b.id))
}
