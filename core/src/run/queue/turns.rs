//! Turns on the shared workers: a job whose turn it is not leaves them between two bands.
//!
//! The workers take tasks of any job. Without turns a worker would stay with a job for as long as that has
//! tasks, and a short job would wait for the end of a long one. A job therefore asks before each task
//! whether the jobs that are more urgent leave a worker free. Where they do not, it stops taking tasks, its
//! own thread sleeps, and it goes on when they leave one.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicUsize, Ordering as Order};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::recipe::job::Watch;

/// How long a job that sleeps goes without asking its watch.
const ASKS_EVERY: Duration = Duration::from_millis(20);

/// The urgency of a job. A shorter one goes before longer ones, and those that are due before all others, so that none is
/// passed by for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Urgency {
    /// The predicted time on one core.
    pub(crate) cost: Duration,
    /// The time that it counts as, which is another by its priority.
    counts: Duration,
    pub(crate) due: Instant,
}

/// A job is due so many times its cost after it was handed in.
const DUE_AFTER: u32 = 20;

impl Urgency {
    /// The urgency of a job that waits since then.
    pub(crate) fn new(cost: Duration, since: Instant) -> Self {
        Self::counting(cost, cost, since)
    }

    /// The same of one that counts as longer or shorter than it is.
    pub(crate) fn counting(counts: Duration, cost: Duration, since: Instant) -> Self {
        // A job of more than that waits for all others.
        let after = counts.saturating_mul(DUE_AFTER).min(Duration::from_secs(1 << 31));
        Self { cost, counts, due: since + after }
    }

    /// Orders the more urgent one first: jobs that are due by now, in the order in which they were, and then the shortest.
    pub(crate) fn compare(&self, other: &Self, now: Instant) -> Ordering {
        match (self.due <= now, other.due <= now) {
            (false, false) => self.counts.cmp(&other.counts).then(self.due.cmp(&other.due)),
            (true, true) => self.due.cmp(&other.due),
            (mine, _) => {
                if mine {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

/// The jobs on the shared workers.
pub(crate) struct Turns {
    workers: usize,
    jobs: Mutex<Vec<Entry>>,
    /// The number of jobs, to be read without the lock.
    count: AtomicUsize,
}

struct Entry {
    id: usize,
    urgency: Urgency,
    /// Tasks that it runs or has handed to the workers.
    tasks: usize,
    /// Its own thread, while that sleeps.
    sleeper: Option<Thread>,
}

impl Turns {
    pub(crate) fn new(workers: usize) -> Self {
        Self { workers, jobs: Mutex::new(Vec::new()), count: AtomicUsize::new(0) }
    }

    /// Adds a job.
    pub(crate) fn begin(self: &Arc<Self>, urgency: Urgency) -> Turn {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let id = NEXT.fetch_add(1, Order::Relaxed);
        lock(&self.jobs).push(Entry { id, urgency, tasks: 0, sleeper: None });
        self.count.fetch_add(1, Order::Relaxed);
        Turn { turns: Arc::clone(self), id, asked_to_stop: AtomicUsize::new(0) }
    }

    /// Wakes the most urgent job that sleeps, where a worker is free for it.
    fn wake(&self, jobs: &mut [Entry]) {
        let (asleep, now) = (jobs.iter().filter(|job| job.sleeper.is_some()), Instant::now());
        let next = asleep.min_by(|a, b| a.urgency.compare(&b.urgency, now)).map(|job| job.id);
        if let Some(next) = next.filter(|&next| self.has_free_worker(jobs, next)) {
            let entry = jobs.iter().find(|job| job.id == next);
            if let Some(thread) = entry.and_then(|job| job.sleeper.as_ref()) {
                thread.unpark();
            }
        }
    }

    /// Tells whether the jobs that are more urgent than this one leave a worker free.
    fn has_free_worker(&self, jobs: &[Entry], id: usize) -> bool {
        let Some(mine) = jobs.iter().find(|job| job.id == id) else { return true };
        let now = Instant::now();
        let before = |job: &&Entry| {
            let order = job.urgency.compare(&mine.urgency, now);
            order.then(job.id.cmp(&mine.id)) == Ordering::Less
        };
        jobs.iter().filter(before).map(|job| job.tasks).sum::<usize>() < self.workers
    }
}

/// The part of a job in [`Turns`]; its end is the end of the job.
pub(crate) struct Turn {
    turns: Arc<Turns>,
    id: usize,
    /// Threads that found it was not their turn, since the job was last woken.
    asked_to_stop: AtomicUsize,
}

impl Turn {
    /// Tells whether the job may take tasks; where not, its thread is to [`wait`](Self::wait).
    pub(crate) fn may_go_on(&self) -> bool {
        if self.turns.count.load(Order::Relaxed) < 2 {
            return true;
        }
        let free = self.turns.has_free_worker(&lock(&self.turns.jobs), self.id);
        if !free {
            self.asked_to_stop.fetch_add(1, Order::Relaxed);
        }
        free
    }

    /// Counts tasks that were taken.
    pub(crate) fn took(&self, tasks: usize) {
        if let Some(job) = lock(&self.turns.jobs).iter_mut().find(|job| job.id == self.id) {
            job.tasks += tasks;
        }
    }

    /// Counts a task that has ended.
    pub(crate) fn ended(&self) {
        let mut jobs = lock(&self.turns.jobs);
        if let Some(job) = jobs.iter_mut().find(|job| job.id == self.id) {
            job.tasks -= 1;
        }
        self.turns.wake(&mut jobs);
    }

    /// Tells whether the job stopped for others, and forgets it.
    pub(crate) fn was_stopped(&self) -> bool {
        self.asked_to_stop.swap(0, Order::Relaxed) > 0
    }

    /// Sleeps until the job may go on, or is stopped by its watch.
    pub(crate) fn wait(&self, watch: &Watch) {
        loop {
            {
                let mut jobs = lock(&self.turns.jobs);
                let free = self.turns.has_free_worker(&jobs, self.id);
                if let Some(job) = jobs.iter_mut().find(|job| job.id == self.id) {
                    job.sleeper = (!free).then(thread::current);
                }
                if free {
                    return;
                }
            }
            thread::park_timeout(ASKS_EVERY);
            if watch.stopped() {
                return;
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut jobs = lock(&self.turns.jobs);
        jobs.retain(|job| job.id != self.id);
        self.turns.count.fetch_sub(1, Order::Relaxed);
        self.turns.wake(&mut jobs);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urgency(millis: u64) -> Urgency {
        Urgency::new(Duration::from_millis(millis), Instant::now())
    }

    #[test]
    fn the_shorter_job_is_first_until_the_longer_one_is_due() {
        let (ms, start) = (Duration::from_millis, Instant::now());
        let (long, short) = (Urgency::new(ms(100), start), Urgency::new(ms(90), start + ms(1900)));
        assert!(short.compare(&long, start + ms(1900)).is_lt());
        assert!(long.compare(&short, start + ms(2000)).is_lt());
        assert!(short.compare(&long, start + ms(1999)).is_lt());
        // Of two that are due the one that has been for longer.
        assert!(long.compare(&short, start + ms(9000)).is_lt());
        let later = Urgency::new(ms(90), start + ms(1901));
        assert!(short.compare(&later, start + ms(1950)).is_lt());
    }

    #[test]
    fn the_shorter_job_goes_on_and_leaves_what_it_cannot_use() {
        let turns = Arc::new(Turns::new(2));
        let long = turns.begin(urgency(100));
        long.took(2);
        assert!(long.may_go_on());
        let short = turns.begin(urgency(10));
        short.took(1);
        assert!(short.may_go_on() && long.may_go_on());
        short.took(1);
        assert!(short.may_go_on() && !long.may_go_on());
        assert!(long.was_stopped() && !long.was_stopped());
        short.ended();
        assert!(long.may_go_on());
        short.took(1);
        assert!(!long.may_go_on());
        drop(short);
        assert!(long.may_go_on());
    }

    #[test]
    fn a_job_that_has_waited_long_goes_before_shorter_ones() {
        let turns = Arc::new(Turns::new(1));
        let since = Instant::now() - Duration::from_secs(200);
        let long = turns.begin(Urgency::new(Duration::from_secs(9), since));
        let short = turns.begin(urgency(1));
        long.took(1);
        assert!(long.may_go_on() && !short.may_go_on());
    }

    #[test]
    fn a_job_that_sleeps_is_woken_by_the_end_of_the_other_or_by_its_watch() {
        let turns = Arc::new(Turns::new(1));
        let short = turns.begin(urgency(1));
        short.took(1);
        let long = turns.begin(urgency(9));
        let waits = thread::spawn(move || {
            let start = Instant::now();
            long.wait(&Watch::default());
            start.elapsed()
        });
        thread::sleep(Duration::from_millis(50));
        drop(short);
        assert!(waits.join().expect("no panic") >= Duration::from_millis(40));
        let (first, second) = (turns.begin(urgency(1)), turns.begin(urgency(2)));
        first.took(1);
        let soon = Watch::new(Vec::new(), Some(Instant::now() + Duration::from_millis(30)));
        second.wait(&soon);
        assert!(soon.stopped() && !second.may_go_on());
    }
}
