//! Jobs on threads of their callers: they begin when there is memory for them.

use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::{ASKS_EVERY, Queue, State, lock};
use crate::error::Result;
use crate::recipe::job::Watch;
use crate::run::pass::Ran;

impl Queue {
    /// Lets a job of a caller begin when there is memory for it.
    pub(crate) fn admit(self: &Arc<Self>, peak: u64, watch: &Watch) -> Result<Admission> {
        let since = Instant::now();
        let mut state = lock(&self.state);
        if let Err(error) = self.check_budget(peak) {
            state.counts.end(Some(&error));
            return Err(error);
        }
        let fits = |state: &State| self.has_room(state, peak) && !self.is_owed_memory(state);
        if !state.callers_waiting.is_empty() || !fits(&state) {
            let mine = state.next_caller;
            state.next_caller += 1;
            state.callers_waiting.push((mine, since));
            let is_first = |state: &State| state.callers_waiting.first() == Some(&(mine, since));
            while !is_first(&state) || !fits(&state) {
                let waited = self.room.wait_timeout(state, ASKS_EVERY);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
                if let Err(error) = watch.check() {
                    state.callers_waiting.retain(|(other, _)| *other != mine);
                    state.counts.end(Some(&error));
                    self.room.notify_all();
                    return Err(error);
                }
            }
            state.callers_waiting.retain(|(other, _)| *other != mine);
            self.room.notify_all();
        }
        state.reserved += peak;
        state.callers += 1;
        state.counts.wait.add(since.elapsed());
        Ok(Admission { queue: Arc::clone(self), peak, start: Instant::now() })
    }
}

/// The memory of a caller's job, until its end.
pub(crate) struct Admission {
    queue: Arc<Queue>,
    peak: u64,
    start: Instant,
}

impl Admission {
    /// Ends the job, with its error where it has one.
    pub(crate) fn end(self, result: &Result<Ran>) {
        lock(&self.queue.state).counts.end(result.as_ref().err());
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut state = lock(&self.queue.state);
        state.reserved -= self.peak;
        state.callers -= 1;
        state.counts.run.add(self.start.elapsed());
        self.queue.room.notify_all();
        let _ = self.queue.wake(&mut state);
    }
}
