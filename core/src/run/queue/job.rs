//! A job that was handed in, for those who wait for it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::urgency::Urgency;
use super::waiting::{End, WaitingJob};
use super::{Queue, queue};
use crate::error::{Error, ErrorKind, Result};
use crate::panics::caught;
use crate::picture::image::Image;
use crate::plan::Want;
use crate::recipe::job::{CancelToken, Watch};
use crate::recipe::{Recipe, watch_of};
use crate::run::output::Output;
use crate::run::pass::{self, Ran};

/// A job that the library runs. It is a [`Future`] of any runtime; [`wait`](Self::wait) waits without one. Dropping it
/// cancels the job.
///
/// ```
/// use makeready::{Image, Layout, Pipeline, Size};
///
/// let image = Image::new(Size::new(40, 20), Layout::Gray, vec![9; 800])?;
/// let job = Pipeline::open(image).resize((20, 10)).spawn();
/// assert_eq!(job.wait()?.size(), Size::new(20, 10));
/// # Ok::<(), makeready::Error>(())
/// ```
#[must_use = "dropping a job cancels it"]
pub struct Job<T> {
    shared: Arc<Shared<T>>,
    cancel: CancelToken,
    /// Where it waits.
    place: Option<(Arc<Queue>, u64)>,
}

impl<T> fmt::Debug for Job<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").finish_non_exhaustive()
    }
}

/// The state that the queue and whoever waits share.
struct Shared<T> {
    state: Mutex<State<T>>,
    ended: Condvar,
}

struct State<T> {
    result: Option<Result<T>>,
    waker: Option<Waker>,
    /// Called once, at the end.
    callback: Option<Box<dyn FnOnce() + Send>>,
    is_ended: bool,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, result: Result<T>) {
        let mut state = self.lock();
        state.result = Some(result);
        state.is_ended = true;
        let (waker, callback) = (state.waker.take(), state.callback.take());
        drop(state);
        self.ended.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
        if let Some(callback) = callback {
            callback();
        }
    }
}

impl<T: Send + 'static> Job<T> {
    /// Hands recipes in as one pass, whose result `of` makes what is wanted of.
    fn begin(
        mut recipes: Vec<Recipe>,
        want: Want,
        of: impl FnOnce(Ran, &Watch) -> Result<T> + Send + 'static,
    ) -> Self {
        let state = State { result: None, waker: None, callback: None, is_ended: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), ended: Condvar::new() });
        let cancel = CancelToken::new();
        let mut job = Self { shared: Arc::clone(&shared), cancel: cancel.clone(), place: None };
        let Some(first) = recipes.first_mut() else {
            let text = "a pass needs 1 pipeline or more, found none";
            shared.end(Err(Error::invalid_option(text)));
            return job;
        };
        first.settings.cancel.push(cancel);
        let threads = first.settings.threads.clone().unwrap_or_default();
        let priority = first.settings.priority.unwrap_or_default();
        let watch = watch_of(&recipes.iter().collect::<Vec<_>>());
        let queue = match queue() {
            Ok(queue) => queue,
            Err(error) => {
                shared.end(Err(error));
                return job;
            }
        };
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (handed_in, theirs, its_watch) = (Instant::now(), Arc::clone(&shared), watch.clone());
        let waiting = WaitingJob {
            id,
            recipes,
            want,
            threads,
            priority,
            handed_in,
            watch,
            cost: Duration::ZERO,
            peak: 0,
            urgency: Urgency::new(Duration::ZERO, handed_in),
            pass: None,
            end: End::new(move |result| {
                theirs.end(caught(|| result.and_then(|ran| of(ran, &its_watch))));
            }),
        };
        job.place = Some((Arc::clone(&queue), id));
        queue.hand_in(waiting);
        job
    }
}

impl<T> Job<T> {
    /// Waits for the end of the job.
    ///
    /// # Errors
    /// As [`Pipeline::run`](crate::Pipeline::run), and `busy` where too many jobs wait. `cancelled` in a process that was
    /// forked after the job was handed in.
    pub fn wait(self) -> Result<T> {
        if !self.is_here() {
            return Err(Error::new(
                ErrorKind::Cancelled,
                "the job is of the parent of this process",
            ));
        }
        let mut state = self.shared.lock();
        loop {
            if let Some(result) = state.result.take() {
                return result;
            }
            state = self.shared.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Stops the job: it ends as `cancelled`, within 100 ms.
    pub fn cancel(&self) {
        self.cancel.cancel();
        self.leave();
    }

    /// Has `callback` called when the job has ended, on the thread that ended it; at once where it has. For bindings.
    #[doc(hidden)]
    pub fn on_end(&self, callback: impl FnOnce() + Send + 'static) {
        let mut state = self.shared.lock();
        if state.is_ended {
            drop(state);
            callback();
        } else {
            state.callback = Some(Box::new(callback));
        }
    }

    /// Takes the result, where the job has ended and nobody took it before. For bindings.
    #[doc(hidden)]
    pub fn take(&self) -> Option<Result<T>> {
        self.shared.lock().result.take()
    }

    /// Leaves the queue, where it waits there.
    fn leave(&self) {
        if let Some((queue, id)) = self.place.as_ref().filter(|_| self.is_here()) {
            queue.remove(*id);
        }
    }

    /// Tells whether the job is of this process. A forked child has no thread that would end it, and finds its locks as they
    /// were in the moment of the fork, maybe held for ever.
    fn is_here(&self) -> bool {
        self.place.as_ref().is_none_or(|(queue, _)| queue.process == std::process::id())
    }
}

impl<T> Future for Job<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.shared.lock();
        match state.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        if self.is_here() && !self.shared.lock().is_ended {
            self.cancel();
        }
    }
}

/// Hands one recipe in, for what `of` makes of its file.
pub(crate) fn of_file<T: Send + 'static>(
    recipe: Recipe,
    of: impl FnOnce(Output) -> Result<T> + Send + 'static,
) -> Job<T> {
    Job::begin(vec![recipe], Want::Files, |ran, _| {
        of(pass::outputs(ran)?.pop().ok_or_else(|| Error::internal("no output"))?)
    })
}

/// Hands several recipes in as one pass.
pub(crate) fn files(recipes: Vec<Recipe>) -> Job<Vec<Output>> {
    Job::begin(recipes, Want::Files, |ran, _| pass::outputs(ran))
}

/// Hands one recipe in, for what `of` makes of its pixels.
pub(crate) fn of_pixels<T: Send + 'static>(
    recipe: Recipe,
    of: impl FnOnce(Image, &Watch) -> Result<T> + Send + 'static,
) -> Job<T> {
    Job::begin(vec![recipe], Want::Pixels, |ran, watch| of(pass::image(ran)?, watch))
}
