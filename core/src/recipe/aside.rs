//! Work that cannot be stopped, on a thread that is left behind when its job stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::picture::reserve::probed_for_threads;
use crate::recipe::job::Watch;

/// How long the caller waits between two looks at the watch.
const WAIT: Duration = Duration::from_millis(10);

/// A kind of such work, and its threads that this process has left behind: a fork takes none of them along.
pub(crate) struct Aside {
    /// The name of its threads.
    name: &'static str,
    /// Bytes of the stack of each.
    stack: usize,
    /// Gives how many may be left behind at a time.
    most: fn() -> usize,
    /// The error where so many are.
    too_many: fn(usize) -> Error,
    process: AtomicU32,
    left: AtomicUsize,
}

/// As many threads as there are cores.
#[cfg(any(feature = "heic", feature = "pdf", feature = "svg"))]
pub(crate) fn one_a_core() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

impl Aside {
    pub(crate) const fn new(
        name: &'static str,
        stack: usize,
        most: fn() -> usize,
        too_many: fn(usize) -> Error,
    ) -> Self {
        let (process, left) = (AtomicU32::new(0), AtomicUsize::new(0));
        Self { name, stack, most, too_many, process, left }
    }

    /// Runs `work` on another thread, and leaves it there when the watch stops.
    pub(crate) fn run<T: Send + 'static>(
        &'static self,
        watch: &Watch,
        work: impl FnOnce(&Watch) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        watch.check()?;
        let most = (self.most)();
        if self.left().load(Ordering::Relaxed) >= most {
            return Err((self.too_many)(most));
        }
        probed_for_threads(1 + self.stack / (4 << 20))?;
        let (sender, receiver) = sync_channel(1);
        let state = Arc::new(AtomicU32::new(WORKING));
        let ended = Ended { state: Arc::clone(&state), of: self };
        let its_watch = watch.clone();
        let run = move || {
            let _ended = ended;
            // Nobody may be there any more to take it.
            let _ = sender.send(work(&its_watch));
        };
        let thread = thread::Builder::new().name(self.name.to_owned()).stack_size(self.stack);
        thread.spawn(run).map_err(|error| Error::io("could not start a thread", error))?;
        loop {
            match receiver.recv_timeout(WAIT) {
                Ok(done) => return done,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::internal(format!("a thread {} has gone", self.name)));
                }
            }
            if let Err(stopped) = watch.check() {
                self.leave(&state);
                return Err(stopped);
            }
        }
    }

    /// Leaves a thread behind.
    fn leave(&'static self, state: &AtomicU32) {
        // Counted first, so that the thread takes off what is there.
        self.left().fetch_add(1, Ordering::Relaxed);
        if state.swap(LEFT, Ordering::AcqRel) == ENDED {
            self.take_off();
        }
    }

    /// The threads left behind by this process.
    fn left(&self) -> &AtomicUsize {
        let process = std::process::id();
        if self.process.swap(process, Ordering::Relaxed) != process {
            self.left.store(0, Ordering::Relaxed);
        }
        &self.left
    }

    fn take_off(&self) {
        // A thread that was begun before the first look at the count is not in it.
        let less = |count: usize| count.checked_sub(1);
        let _ = self.left().fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

const WORKING: u32 = 0;
const ENDED: u32 = 1;
const LEFT: u32 = 2;

/// Says at the end of a thread that it has ended.
struct Ended {
    state: Arc<AtomicU32>,
    of: &'static Aside,
}

impl Drop for Ended {
    fn drop(&mut self) {
        if self.state.swap(ENDED, Ordering::AcqRel) == LEFT {
            self.of.take_off();
        }
    }
}
