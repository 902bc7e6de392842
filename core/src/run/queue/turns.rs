//! Turns on the shared workers: a job whose turn it is not leaves them between two bands.
//!
//! The workers take tasks of any job. Without turns a worker would stay with a job for as long as that has
//! tasks, and a short job would wait for the end of a long one. Each worker that is with a job therefore asks
//! before each task whether the tasks of more urgent jobs leave room for all workers that are with this one.
//! Where they do not, it goes; when the last has gone, the thread of the job sleeps until there is room.
//!
//! A job asks for workers by its tasks: those that run, those that wait for a worker, and its beginning. One
//! that takes several workers for a task asks for as many. A task that takes long gives way in its middle: its
//! worker does tasks of more urgent jobs on top of it.

use std::cell::Cell;
use std::cmp::Ordering;
use std::sync::atomic::{AtomicUsize, Ordering as Order};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::urgency::Urgency;
use crate::recipe::job::{Watch, Workers};

/// How long a job that sleeps goes without asking its watch.
const ASKS_EVERY: Duration = Duration::from_millis(20);

/// How long a worker that has nothing of others to do goes without looking again.
const LOOKS_EVERY: Duration = Duration::from_micros(250);

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
    /// Workers that are with it.
    present: usize,
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
        lock(&self.jobs).push(Entry { id, urgency, tasks: 0, present: 0, sleeper: None });
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

    /// Tells whether the jobs that are more urgent than this one leave as many workers free as are with it, or one.
    fn has_free_worker(&self, jobs: &[Entry], id: usize) -> bool {
        let Some(mine) = jobs.iter().find(|job| job.id == id) else { return true };
        let urgent = more_urgent_tasks(jobs, mine);
        urgent == 0 || urgent + mine.present.max(1) <= self.workers
    }
}

/// The tasks of jobs that are more urgent.
fn more_urgent_tasks(jobs: &[Entry], mine: &Entry) -> usize {
    let now = Instant::now();
    let before = |job: &&Entry| {
        let order = job.urgency.compare(&mine.urgency, now);
        order.then(job.id.cmp(&mine.id)) == Ordering::Less
    };
    jobs.iter().filter(before).map(|job| job.tasks).sum()
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
        let free = self.is_now();
        if !free {
            self.asked_to_stop.fetch_add(1, Order::Relaxed);
        }
        free
    }

    /// Counts tasks that were taken.
    pub(crate) fn took(&self, tasks: usize) {
        self.change(|job| job.tasks += tasks);
    }

    /// Counts a worker that comes to the job, until the end of what is given.
    pub(crate) fn come(&self) -> Present<'_> {
        self.change(|job| job.present += 1);
        Present(self)
    }

    /// Tells whether it is the turn of the job.
    fn is_now(&self) -> bool {
        self.turns.count.load(Order::Relaxed) < 2
            || self.turns.has_free_worker(&lock(&self.turns.jobs), self.id)
    }

    fn change(&self, change: impl FnOnce(&mut Entry)) {
        if let Some(job) = lock(&self.turns.jobs).iter_mut().find(|job| job.id == self.id) {
            change(job);
        }
    }

    /// Counts a task that has ended.
    pub(crate) fn ended(&self) {
        self.end(1);
    }

    fn end(&self, tasks: usize) {
        let mut jobs = lock(&self.turns.jobs);
        if let Some(job) = jobs.iter_mut().find(|job| job.id == self.id) {
            job.tasks -= tasks;
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

thread_local! {
    /// Tells that a task on this worker gives way, and that what runs now lies on top of it. That does not give way itself: a task
    /// goes on when those on top of it have come to their end.
    static GIVES_WAY: Cell<bool> = const { Cell::new(false) };
}

/// Tells whether what runs now lies on top of a task that gives way. It is to be short, so that the task below can go on, or stop.
pub(crate) fn lies_on_top() -> bool {
    GIVES_WAY.get()
}

impl Workers for Turn {
    fn ask(&self, more: usize) -> usize {
        let mut jobs = lock(&self.turns.jobs);
        let Some(at) = jobs.iter().position(|job| job.id == self.id) else { return more };
        let free = match more_urgent_tasks(&jobs, &jobs[at]) {
            0 => more,
            urgent => self.turns.workers.saturating_sub(urgent + 1).min(more),
        };
        jobs[at].tasks += free;
        free
    }

    fn release(&self, workers: usize) {
        self.end(workers);
    }

    fn give_way(&self, watch: &Watch) {
        if self.is_now() || rayon::current_thread_index().is_none() || lies_on_top() {
            return;
        }
        GIVES_WAY.set(true);
        self.change(|job| job.present -= 1);
        while !self.is_now() && !watch.stopped() {
            if rayon::yield_now() != Some(rayon::Yield::Executed) {
                thread::sleep(LOOKS_EVERY);
            }
        }
        self.change(|job| job.present += 1);
        GIVES_WAY.set(false);
    }
}

/// A worker that is with a job.
pub(crate) struct Present<'a>(&'a Turn);

impl Drop for Present<'_> {
    fn drop(&mut self) {
        self.0.change(|job| job.present -= 1);
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
    fn workers_leave_a_job_for_a_task_of_a_shorter_one_and_one_stays() {
        let turns = Arc::new(Turns::new(2));
        let (long, short) = (turns.begin(urgency(100)), turns.begin(urgency(10)));
        let (first, _second) = (long.come(), long.come());
        assert!(long.may_go_on());
        short.took(1);
        assert!(!long.may_go_on() && short.may_go_on());
        drop(first);
        assert!(long.may_go_on());
        // The shorter one is given what it asks for, the longer one what that leaves.
        assert_eq!((short.ask(1), long.ask(1)), (1, 0));
        assert!(!long.may_go_on());
        short.release(1);
        assert!(long.may_go_on());
        short.ended();
        assert_eq!((long.ask(1), short.ask(3)), (1, 3));
    }

    #[test]
    fn a_task_that_gives_way_goes_on_when_those_of_shorter_jobs_have_ended() {
        let turns = Arc::new(Turns::new(1));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let (long, watch) = (turns.begin(urgency(100)), Watch::default());
        let ran = AtomicUsize::new(0);
        pool.scope(|scope| {
            let _here = long.come();
            long.took(1);
            let short = turns.begin(urgency(10));
            short.took(1);
            let (turns, ran, watch) = (&turns, &ran, &watch);
            scope.spawn(move |_| {
                // It lies on top of another task, and does not give way.
                let shortest = turns.begin(urgency(1));
                shortest.took(1);
                let _here = short.come();
                short.give_way(watch);
                ran.fetch_add(1, Order::Relaxed);
                short.ended();
            });
            assert!(!long.may_go_on());
            long.give_way(watch);
            assert_eq!(ran.load(Order::Relaxed), 1);
            assert!(long.may_go_on());
        });
        // A thread of its own has nothing to do for others.
        let short = turns.begin(urgency(10));
        short.took(1);
        long.give_way(&watch);
        assert!(!long.may_go_on());
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
