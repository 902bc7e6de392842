//! The jobs of the process: which run, which wait, which are refused.
//!
//! ```text
//! hand-in ──> new ──plan──> express (under 10 ms) ──> run beside the others, on one thread
//!                      └──> ready, the most urgent first ──> run on the shared workers, by turns
//! ```
//!
//! A job that is handed in is planned on a thread of the queue: from then on its cost and its memory are
//! known. The memory of all jobs that run, those of callers on their own threads included, stays within one
//! budget. A fork leaves the child without threads, so the queue is known by its process.

mod admission;
pub(crate) mod job;
mod pace;
pub(crate) mod settings;
mod stats;
mod threads;
mod turns;
mod urgency;
mod waiting;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use crate::error::{Error, ErrorKind, Result};
use crate::picture::reserve::probed_for_threads;
use crate::run::pool;
use makeready_kernels::priority;
use pace::Pace;
pub use settings::Settings;
use stats::Counts;
pub use stats::{JobStats, Percentiles};
pub(crate) use turns::{Turn, Turns, lies_on_top};
pub(crate) use urgency::Urgency;
use waiting::{Action, Lane, Waiting, WaitingJob};

/// The predicted work of waiting jobs, on all workers, from which on no more are taken in.
const MOST_PREDICTED: Duration = Duration::from_secs(30);

/// How long a caller that waits for memory goes without asking its watch.
const ASKS_EVERY: Duration = Duration::from_millis(20);

/// The queue of a process.
pub(crate) struct Queue {
    process: u32,
    settings: Settings,
    budget: u64,
    workers: usize,
    /// Steps by which the threads that work on jobs have less priority than others.
    nice: u8,
    turns: Arc<Turns>,
    state: Mutex<State>,
    /// Wakes threads of the queue that have nothing to do.
    work: Condvar,
    /// Wakes callers that wait for memory.
    room: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    /// Jobs that run: those of the queue, by lane, and those of callers.
    express: usize,
    main: Vec<Urgency>,
    callers: usize,
    planning: usize,
    reserved: u64,
    /// Callers that wait for memory, each by its number and the time at which it began.
    callers_waiting: Vec<(u64, Instant)>,
    /// The number of the next caller that waits.
    next_caller: u64,
    threads: usize,
    idle: usize,
    counts: Counts,
    pace: Pace,
}

/// The queue of this process; made by the first who asks.
pub(crate) fn queue() -> Result<Arc<Queue>> {
    queue_with(None)
}

static QUEUE: ArcSwapOption<Queue> = ArcSwapOption::const_empty();

fn queue_with(settings: Option<Settings>) -> Result<Arc<Queue>> {
    let process = std::process::id();
    let mine = |queue: &Option<Arc<Queue>>| {
        queue.as_ref().filter(|queue| queue.process == process).map(Arc::clone)
    };
    let before = QUEUE.load();
    if let Some(queue) = mine(&before) {
        return match settings {
            Some(settings) if settings != queue.settings => {
                let text = "configure is called once, before the first job of the process";
                Err(Error::invalid_option(text))
            }
            _ => Ok(queue),
        };
    }
    // A child has the settings of its parent.
    let settings = settings.or_else(|| before.as_ref().map(|parent| parent.settings));
    let settings = settings.unwrap_or_default();
    let all = settings.or_environment()?;
    pool::set_cores(settings.threads);
    let workers = pool::cores()?;
    let queue = Arc::new(Queue {
        process,
        settings,
        budget: all.budget(),
        workers,
        nice: all.nice.unwrap_or_default(),
        turns: Arc::new(Turns::new(workers)),
        state: Mutex::new(State { waiting: Waiting::new(all.places()), ..State::default() }),
        work: Condvar::new(),
        room: Condvar::new(),
    });
    // Where two threads come here at the same time, the queue of the first stays.
    QUEUE.rcu(|now| mine(now).or_else(|| Some(Arc::clone(&queue))));
    Ok(mine(&QUEUE.load()).unwrap_or(queue))
}

/// Sets what all jobs of the process may use together. To be called once, before the first job.
///
/// ```standalone_crate
/// use makeready::{Settings, configure};
///
/// configure(Settings::new().memory(512 << 20).queue(200))?;
/// assert_eq!(makeready::job_stats().budget, 512 << 20);
/// assert_eq!(configure(Settings::new().queue(5)).unwrap_err().code(), "invalid_option");
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// `invalid_option` for a value out of its range, in the settings or in the environment, and where jobs have run or other
/// settings were made before.
pub fn configure(settings: Settings) -> Result<()> {
    queue_with(Some(settings)).map(drop)
}

/// Figures of the jobs of this process so far.
///
/// ```
/// use makeready::{Image, Layout, Pipeline, Size};
///
/// let before = makeready::job_stats().done;
/// Pipeline::open(Image::new(Size::new(1, 1), Layout::Gray, vec![7])?).run()?;
/// assert_eq!(makeready::job_stats().done, before + 1);
/// # Ok::<(), makeready::Error>(())
/// ```
#[must_use]
pub fn job_stats() -> JobStats {
    queue().map(|queue| queue.stats()).unwrap_or_default()
}

impl Queue {
    /// Steps by which the threads that work on jobs have less priority than others.
    pub(crate) fn nice(&self) -> u8 {
        self.nice
    }

    /// Takes a job in, to be planned. Where too many wait, or no thread can be had, it ends at once.
    fn hand_in(self: &Arc<Self>, job: WaitingJob) {
        let mut state = lock(&self.state);
        let free = self.workers.saturating_sub(state.main.len());
        let full = state.waiting.is_full(free).then(|| busy(self.predicted_wait(&state)));
        if let Some(error) = full.or_else(|| self.check_wait(&state).err()) {
            state.counts.refused += 1;
            drop(state);
            return job.finish(Err(error));
        }
        state.waiting.add(job);
        let Err(error) = self.wake(&mut state) else { return };
        // Nobody would come to it.
        let job = state.waiting.take_last_new();
        drop(state);
        if let Some(job) = job {
            job.finish(Err(error));
        }
    }

    /// Where the workers have enough to do for long, no more is taken in. Of many that are handed in at once that is known
    /// when they are planned.
    fn check_wait(&self, state: &State) -> Result<()> {
        let wait = self.predicted_wait(state);
        if wait > MOST_PREDICTED { Err(busy(wait)) } else { Ok(()) }
    }

    /// Sees to it that a thread comes for a job that may be taken now. An error where there is no thread
    /// at all, and none can be started.
    fn wake(self: &Arc<Self>, state: &mut State) -> Result<()> {
        if !self.has_action(state) {
            return Ok(());
        }
        if state.idle > 0 {
            self.work.notify_one();
            return Ok(());
        }
        if state.threads >= self.most_threads() {
            return Ok(());
        }
        let queue = Arc::clone(self);
        let start = || {
            let thread = thread::Builder::new().name("makeready-job".to_owned());
            let work = move || {
                priority::lower(queue.nice);
                queue.serve();
            };
            thread.spawn(work).map_err(|error| Error::io("spawn", error))
        };
        match probed_for_threads(1).and_then(|()| start()) {
            Ok(_) => state.threads += 1,
            Err(error) if state.threads == 0 => {
                let text = format!("could not start a thread: {error}");
                return Err(Error::new(ErrorKind::Io, text));
            }
            // The threads that there are will come to it.
            Err(_) => {}
        }
        Ok(())
    }

    fn most_threads(&self) -> usize {
        self.most_planning() + self.most_express() + 2 * self.workers
    }

    /// Jobs that are planned at a time: they read their inputs, which may take long.
    fn most_planning(&self) -> usize {
        self.workers.max(2)
    }

    /// Short jobs that run at a time, beside the others.
    fn most_express(&self) -> usize {
        self.workers.max(2)
    }

    fn has_action(&self, state: &State) -> bool {
        (state.waiting.has_new() && state.planning < self.most_planning())
            || self.express_fits(state)
            || self.main_fits(state)
    }

    fn express_fits(&self, state: &State) -> bool {
        let fits = |job: &WaitingJob| self.has_room(state, job.peak);
        state.express < self.most_express()
            && state.waiting.next_express().is_some_and(fits)
            && !self.is_owed_memory(state)
    }

    fn main_fits(&self, state: &State) -> bool {
        self.next_main(state).is_some_and(|job| self.has_room(state, job.peak))
    }

    fn has_room(&self, state: &State, peak: u64) -> bool {
        state.reserved.saturating_add(peak) <= self.budget
    }

    /// Tells whether a job that is due waits for memory alone. Nobody else takes any then: short jobs, one after the other, would
    /// never leave enough of it.
    fn is_owed_memory(&self, state: &State) -> bool {
        self.next_main(state).is_some_and(|job| job.urgency.due <= Instant::now())
    }

    /// The next job for the shared workers, where it may begin as soon as there is memory for it.
    fn next_main<'a>(&self, state: &'a State) -> Option<&'a WaitingJob> {
        let job = state.waiting.next_ready()?;
        let now = Instant::now();
        let before = |other: &Urgency| job.urgency.compare(other, now).is_lt();
        let running = state.main.len();
        // More than one a worker run only to let a shorter one go first.
        let turn =
            running < self.workers || (running < 2 * self.workers && state.main.iter().all(before));
        // A caller that waits for memory since longer is not passed by.
        let callers =
            state.callers_waiting.first().is_some_and(|(_, since)| *since < job.handed_in);
        (turn && !callers).then_some(job)
    }

    /// Takes what is to be done next.
    fn take(&self, state: &mut State) -> Option<Action> {
        if let Some(job) = state.waiting.take_stopped() {
            return Some(Action::Stop(job));
        }
        if state.waiting.has_new() && state.planning < self.most_planning() {
            state.planning += 1;
            return state.waiting.take_new().map(Action::Plan);
        }
        if self.express_fits(state) {
            let job = state.waiting.take_express()?;
            self.begin(state, &job, Lane::Express);
            return Some(Action::Run(job, Lane::Express));
        }
        if self.main_fits(state) {
            let job = state.waiting.take_ready()?;
            // A job that is begun too late is work for nothing.
            if self.check_deadline(state, &job, None).is_err() {
                return Some(Action::Stop(job));
            }
            self.begin(state, &job, Lane::Main);
            return Some(Action::Run(job, Lane::Main));
        }
        None
    }

    fn begin(&self, state: &mut State, job: &WaitingJob, lane: Lane) {
        state.reserved += job.peak;
        match lane {
            Lane::Express => state.express += 1,
            Lane::Main => state.main.push(job.urgency),
        }
        self.keep_pace(state);
    }

    fn end(&self, state: &mut State, peak: u64, urgency: Urgency, lane: Lane) {
        state.reserved -= peak;
        match lane {
            Lane::Express => state.express -= 1,
            Lane::Main => {
                if let Some(at) = state.main.iter().position(|other| *other == urgency) {
                    state.main.swap_remove(at);
                }
            }
        }
        self.keep_pace(state);
        self.room.notify_all();
    }

    /// Tells the pace whether the workers have enough to do: a job that waits takes the next free place.
    fn keep_pace(&self, state: &mut State) {
        let busy = state.main.len() >= self.workers || state.waiting.next_ready().is_some();
        state.pace.busy(busy, Instant::now());
    }

    /// The turns of jobs on the shared workers, and how urgent a job of this cost is that begins now.
    pub(crate) fn turn(&self, cost: Duration) -> (&Arc<Turns>, Urgency) {
        (&self.turns, Urgency::new(cost, Instant::now()))
    }

    /// Counts a job that ended before it was admitted.
    pub(crate) fn count_end(&self, error: &Error) {
        lock(&self.state).counts.end(Some(error));
    }

    /// Ends a job that waits, as it was cancelled.
    fn remove(&self, id: u64) {
        let mut state = lock(&self.state);
        let Some(job) = state.waiting.remove(id) else { return };
        let error = Error::new(ErrorKind::Cancelled, "the job was cancelled");
        state.counts.end(Some(&error));
        drop(state);
        job.finish(Err(error));
    }

    /// The time in which the workers do all that runs and waits.
    fn predicted_wait(&self, state: &State) -> Duration {
        self.time_of(state, running_cost(state) + state.waiting.predicted())
    }

    /// The time in which all workers do work of this cost.
    fn time_of(&self, state: &State, cost: Duration) -> Duration {
        state.pace.of(cost) / u32::try_from(self.workers).unwrap_or(1)
    }

    fn stats(&self) -> JobStats {
        let state = lock(&self.state);
        let mut stats = JobStats {
            running: state.main.len() + state.express + state.callers,
            waiting: state.waiting.len() + state.planning + state.callers_waiting.len(),
            reserved: state.reserved,
            budget: self.budget,
            predicted_wait: self.predicted_wait(&state),
            ..JobStats::default()
        };
        state.counts.fill(&mut stats);
        stats
    }
}

/// The work that is left of the jobs that run: of each about half.
fn running_cost(state: &State) -> Duration {
    state.main.iter().map(|job| job.cost).sum::<Duration>() / 2
}

#[cold]
fn busy(wait: Duration) -> Error {
    // A second is what clients wait at least.
    let seconds = wait.as_secs_f64();
    let text = format!("too many jobs wait: those before this one take {seconds:.1} s");
    Error::busy(text, wait.max(Duration::from_secs(1)))
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
