//! The work of the threads of the queue: they plan jobs, run them, and end those that are stopped.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::waiting::{Action, Lane, WaitingJob};
use super::{ASKS_EVERY, Queue, State, lock, running_cost};
use crate::error::{Error, ErrorKind, Result};
use crate::panics::caught;
use crate::recipe::threads::Threads;
use crate::run::pass;

impl Queue {
    /// The loop of a thread, until the process ends.
    pub(super) fn serve(self: &Arc<Self>) {
        loop {
            let action = {
                let mut state = lock(&self.state);
                loop {
                    if let Some(action) = self.take(&mut state) {
                        // There may be more to do than this. A thread that cannot be started is none.
                        let _ = self.wake(&mut state);
                        break action;
                    }
                    state.idle += 1;
                    // While jobs wait, somebody asks whether they are to stop.
                    state = if state.waiting.len() == 0 {
                        self.work.wait(state).unwrap_or_else(PoisonError::into_inner)
                    } else {
                        let waited = self.work.wait_timeout(state, ASKS_EVERY);
                        waited.unwrap_or_else(PoisonError::into_inner).0
                    };
                    state.idle -= 1;
                }
            };
            // The parts of a job catch their own panics; this catches those of its values as they are dropped.
            let _ = caught(|| {
                match action {
                    Action::Stop(job) => self.stop(job),
                    Action::Plan(job) => self.plan(job),
                    Action::Run(job, lane) => self.run(job, lane),
                }
                Ok(())
            });
        }
    }

    /// Ends a job that its watch stopped while it waited, or that would not end in time any more.
    fn stop(&self, job: WaitingJob) {
        let stopped = job.watch.check().map_or_else(|error| error, |()| too_late());
        lock(&self.state).counts.end(Some(&stopped));
        job.finish(Err(stopped));
    }

    /// Plans a job: then it is known how long it takes and what it holds.
    fn plan(self: &Arc<Self>, mut job: WaitingJob) {
        let planned = pass::prepare_owned(&job.recipes, job.want, &job.watch);
        let mut state = lock(&self.state);
        state.planning -= 1;
        let checked = planned.and_then(|planned| {
            job.learn(&planned);
            // A file that was read from a path is not held while the job waits.
            job.pass = Some(planned).filter(|planned| !planned.holds_files());
            self.check_budget(job.peak)?;
            self.check_wait(&state)?;
            self.check_deadline(&state, &job, Some(state.waiting.cost_before(&job.urgency)))
        });
        if let Err(error) = checked {
            if error.kind() == ErrorKind::Busy {
                state.counts.refused += 1;
            } else {
                state.counts.end(Some(&error));
            }
            drop(state);
            job.finish(Err(error));
            return;
        }
        state.waiting.add_planned(job);
        // This thread looks for work itself.
        let _ = self.wake(&mut state);
    }

    pub(super) fn check_budget(&self, peak: u64) -> Result<()> {
        if peak <= self.budget {
            return Ok(());
        }
        Err(Error::limit_exceeded("memory", self.budget, peak))
    }

    /// A job that would not end in time is not begun. One that waits has so much work before it; where there is none at all
    /// it may try.
    pub(super) fn check_deadline(
        &self,
        state: &State,
        job: &WaitingJob,
        waiting: Option<Duration>,
    ) -> Result<()> {
        let Some(left) = job.watch.time_left() else { return Ok(()) };
        let before = waiting.unwrap_or_default() + running_cost(state);
        if job.is_express() || before.is_zero() {
            return Ok(());
        }
        // Predictions of what lies ahead are off by some part of it.
        let ahead = waiting.map_or(Duration::ZERO, |_| self.time_of(state, before) * 5 / 4);
        if ahead + state.pace.of(job.cost) <= left { Ok(()) } else { Err(too_late()) }
    }

    /// Runs a job that was admitted.
    fn run(self: &Arc<Self>, mut job: WaitingJob, lane: Lane) {
        let (peak, urgency) = (job.peak, job.urgency);
        let result = match job.pass.take() {
            Some(pass) => Ok(pass),
            None => pass::prepare_owned(&job.recipes, job.want, &job.watch),
        };
        let start = Instant::now();
        let alone = Threads::Count(1);
        let threads = match lane {
            // Beside others it takes one thread; where there are none, all.
            Lane::Express if !self.is_quiet() => &alone,
            _ => &job.threads,
        };
        let result = match result {
            Ok(pass) if pass.peak_memory() <= peak => {
                pass.looked(threads, &job.watch, (&self.turns, urgency))
            }
            other => other,
        };
        let pass = match result {
            Ok(pass) if pass.peak_memory() > peak => {
                // The file has changed since, or what was found in it takes more: the job waits for that memory.
                job.learn(&pass);
                job.pass = Some(pass);
                let mut state = lock(&self.state);
                self.end(&mut state, peak, urgency, lane);
                if let Err(error) = self.check_budget(job.peak) {
                    state.counts.end(Some(&error));
                    drop(state);
                    return job.finish(Err(error));
                }
                state.waiting.add_planned(job);
                let _ = self.wake(&mut state);
                return;
            }
            other => other,
        };
        lock(&self.state).counts.wait.add(start - job.handed_in);
        let run = |pass| pass::run_prepared(&pass, threads, &job.watch, (&self.turns, job.urgency));
        let result = pass.and_then(run);
        {
            let mut state = lock(&self.state);
            if result.is_ok() {
                state.pace.done(job.cost, self.workers, Instant::now());
            }
            self.end(&mut state, peak, urgency, lane);
            state.counts.run.add(start.elapsed());
            state.counts.end(result.as_ref().err());
            let _ = self.wake(&mut state);
        }
        job.finish(result);
    }

    /// Tells whether one job runs, and none waits.
    fn is_quiet(&self) -> bool {
        let state = lock(&self.state);
        state.main.len() + state.express + state.callers == 1 && state.waiting.len() == 0
    }
}

#[cold]
fn too_late() -> Error {
    Error::new(ErrorKind::Timeout, "the deadline of the job would pass before its end")
}
