//! Runs work that falls into tasks, some of which wait for others, by turns with other jobs.

use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use rayon::{Scope, ThreadPool};

use crate::picture::reserve::probed_for_threads;
use crate::recipe::job::Watch;
use crate::run::queue::{Turn, lies_on_top};

/// Work that falls into tasks. No task waits: one that cannot run yet is asked for again when another
/// has ended.
pub(super) trait Tasks: Sync {
    type Task: Send;

    /// Takes the tasks that can run now; the last is best run first.
    fn ready(&self) -> Vec<Self::Task>;

    /// Runs one and hands in its result, or gives it back where it paused. It may do so only while it is not the turn of the
    /// job: else its thread would come back to it at once, and never to those for which it paused.
    fn run(&self, task: Self::Task) -> Option<Self::Task>;

    /// Tells whether nothing is left to do.
    fn is_done(&self) -> bool;
}

/// Runs all tasks: on the pool, or where there is none on this thread.
pub(super) fn drive<T: Tasks>(
    tasks: &T,
    pool: Option<&ThreadPool>,
    turn: Option<&Turn>,
    watch: &Watch,
) {
    let drive = Drive { tasks, turn, watch, held: Mutex::new(Vec::new()) };
    loop {
        match pool {
            Some(pool) if is_worker_of_another(pool) => drive.beside(pool),
            Some(pool) => drive.on_pool(pool),
            None => drive.go(None),
        }
        let stopped = turn.filter(|turn| turn.was_stopped());
        match stopped.filter(|_| !tasks.is_done()) {
            Some(turn) => turn.wait(watch),
            None => return,
        }
    }
}

/// Tells whether this thread is a worker of another pool than that of the job. While a scope waits, it would begin the next
/// job of its own pool on top of this one, and the next on top of that, until its stack is full.
fn is_worker_of_another(pool: &ThreadPool) -> bool {
    rayon::current_thread_index().is_some() && pool.current_thread_index().is_none()
}

struct Drive<'a, T: Tasks> {
    tasks: &'a T,
    turn: Option<&'a Turn>,
    watch: &'a Watch,
    /// Tasks that paused, and those that were handed to the pool and came to their thread when it was not the turn of the job.
    held: Mutex<Vec<T::Task>>,
}

impl<T: Tasks> Drive<'_, T> {
    /// Takes tasks while there are any: runs one here, the others on the pool, if there is one.
    ///
    /// Whoever works on the pool holds a sender: when all are gone, the work has come to its end or to a pause.
    fn go<'s>(&'s self, others: Option<(&Scope<'s>, &Sender<Infallible>)>) {
        let mut mine: Vec<T::Task> = Vec::new();
        loop {
            if self.is_out_of_turn() {
                return;
            }
            mine.append(&mut self.held());
            mine.extend(self.tasks.ready());
            self.count(mine.len());
            let Some(task) = mine.pop() else { return };
            if let Some((scope, working)) = others {
                for task in mine.drain(..) {
                    let working = working.clone();
                    scope.spawn(move |scope| {
                        let _here = self.turn.map(Turn::come);
                        if self.is_out_of_turn() {
                            self.held().push(task);
                            self.count_end();
                        } else {
                            self.run(task);
                            self.go_on(scope, &working);
                        }
                    });
                }
            }
            self.run(task);
            if let Some((scope, working)) = others.filter(|_| lies_on_top()) {
                return self.begin(scope, working.clone());
            }
        }
    }

    /// Takes the next tasks. On top of a task that gives way that comes later: the task below is to look first whether it goes on.
    fn go_on<'s>(&'s self, scope: &Scope<'s>, working: &Sender<Infallible>) {
        if lies_on_top() {
            self.begin(scope, working.clone());
        } else {
            self.go(Some((scope, working)));
        }
    }

    /// Does [`go`](Self::go) on the pool, while this thread wakes now and then to ask the watch, where that is to be asked.
    ///
    /// No worker waits for the others: it would run tasks of other jobs meanwhile, and this job would end no sooner than they do.
    fn on_pool(&self, pool: &ThreadPool) {
        let (working, end) = mpsc::channel();
        pool.in_place_scope(|scope| {
            self.begin(scope, working);
            let Some(every) = self.watch.asks() else { return };
            while end.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                // The tasks find the error as well.
                let _ = self.watch.check();
            }
        });
    }

    /// Does [`on_pool`](Self::on_pool) from a thread that is nobody's worker, where one can be started, and sleeps meanwhile.
    fn beside(&self, pool: &ThreadPool) {
        thread::scope(|threads| {
            let beside = thread::Builder::new().name("makeready-wait".to_owned());
            let waits = probed_for_threads(1)
                .ok()
                .and_then(|()| beside.spawn_scoped(threads, || self.on_pool(pool)).ok());
            match waits.map(ScopedJoinHandle::join) {
                Some(Ok(())) => (),
                Some(Err(panic)) => resume_unwind(panic),
                None => self.on_pool(pool),
            }
        });
    }

    /// Asks for a worker that takes tasks.
    fn begin<'s>(&'s self, scope: &Scope<'s>, working: Sender<Infallible>) {
        self.count(1);
        scope.spawn(move |scope| {
            let _here = self.turn.map(Turn::come);
            self.count_end();
            self.go(Some((scope, &working)));
        });
    }

    /// Tells whether the workers are for other jobs now. A job that its watch stops has nothing left to run but its end.
    fn is_out_of_turn(&self) -> bool {
        self.turn.is_some_and(|turn| !turn.may_go_on() && !self.watch.stopped())
    }

    fn held(&self) -> MutexGuard<'_, Vec<T::Task>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, task: T::Task) {
        let paused = self.tasks.run(task);
        self.held().extend(paused);
        self.count_end();
    }

    /// Counts tasks that it runs, or that wait for a worker.
    fn count(&self, tasks: usize) {
        if let Some(turn) = self.turn.filter(|_| tasks > 0) {
            turn.took(tasks);
        }
    }

    fn count_end(&self) {
        if let Some(turn) = self.turn {
            turn.ended();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use rayon::ThreadPoolBuilder;

    use super::*;
    use crate::CancelToken;
    use crate::recipe::job::Workers;
    use crate::run::queue::{Turns, Urgency};

    fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().expect("no panic")
    }

    /// Tasks that can all run at once; with the first that does a more urgent job begins, for which it pauses.
    struct Three {
        turns: Arc<Turns>,
        urgent: Mutex<Option<Turn>>,
        left: Mutex<Vec<u8>>,
        ran: Mutex<Vec<u8>>,
    }

    impl Tasks for Three {
        type Task = u8;

        fn ready(&self) -> Vec<u8> {
            std::mem::take(&mut *lock(&self.left))
        }

        fn run(&self, task: u8) -> Option<u8> {
            let mut ran = lock(&self.ran);
            let pauses = ran.is_empty();
            if pauses {
                let urgent =
                    self.turns.begin(Urgency::new(Duration::from_millis(1), Instant::now()));
                urgent.took(1);
                *lock(&self.urgent) = Some(urgent);
            }
            ran.push(task);
            pauses.then_some(task)
        }

        fn is_done(&self) -> bool {
            lock(&self.ran).len() == 4
        }
    }

    /// As many tasks as are left; the first that runs stops another job.
    struct Stops {
        left: Mutex<Vec<u8>>,
        ran: AtomicUsize,
        other: CancelToken,
    }

    impl Tasks for Stops {
        type Task = u8;

        fn ready(&self) -> Vec<u8> {
            lock(&self.left).pop().into_iter().collect()
        }

        fn run(&self, _: u8) -> Option<u8> {
            self.other.cancel();
            self.ran.fetch_add(1, Ordering::Relaxed);
            None
        }

        fn is_done(&self) -> bool {
            self.ran.load(Ordering::Relaxed) == 3
        }
    }

    #[test]
    fn tasks_on_top_of_one_that_gives_way_let_it_look_between_them() {
        let turns = Arc::new(Turns::new(1));
        let urgency = |time| Urgency::new(time, Instant::now());
        let long = turns.begin(urgency(Duration::from_secs(9)));
        let short = turns.begin(urgency(Duration::from_millis(1)));
        let tasks = Stops {
            left: Mutex::new(vec![0, 1, 2]),
            ran: AtomicUsize::new(0),
            other: CancelToken::new(),
        };
        let watch = Watch::new(vec![tasks.other.clone()], None);
        let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let (tasks, pool, short) = (&tasks, &pool, &short);
        let (here, comes) = mpsc::channel();
        let before = thread::scope(|scope| {
            let task = scope.spawn(move || {
                pool.install(|| {
                    let _here = long.come();
                    here.send(()).expect("a test that waits");
                    while long.may_go_on() {
                        thread::yield_now();
                    }
                    long.give_way(&watch);
                    tasks.ran.load(Ordering::Relaxed)
                })
            });
            // The other job would be done before the worker comes to this one.
            comes.recv().expect("a task on the worker");
            scope.spawn(|| drive(tasks, Some(pool), Some(short), &Watch::default()));
            task.join().expect("no panic")
        });
        assert_eq!((before, tasks.is_done()), (1, true));
    }

    #[test]
    fn tasks_that_paused_or_that_the_pool_has_wait_for_the_next_turn() {
        let turns = Arc::new(Turns::new(1));
        let turn = turns.begin(Urgency::new(Duration::from_secs(9), Instant::now()));
        let (urgent, left, ran) = (Mutex::new(None), Mutex::new(vec![0, 1, 2]), Mutex::default());
        let tasks = Three { turns, urgent, left, ran };
        let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let before = thread::scope(|scope| {
            scope.spawn(|| drive(&tasks, Some(&pool), Some(&turn), &Watch::default()));
            while lock(&tasks.urgent).is_none() {
                thread::yield_now();
            }
            thread::sleep(Duration::from_millis(50));
            let before = lock(&tasks.ran).clone();
            drop(lock(&tasks.urgent).take());
            before
        });
        assert_eq!(before, [2]);
        lock(&tasks.ran).sort_unstable();
        assert_eq!(*lock(&tasks.ran), [0, 1, 2, 2]);
    }
}
