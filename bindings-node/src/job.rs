//! Jobs: run on a few threads of their own, and told to JavaScript when they have ended.
//!
//! Not on libuv's threads: there are four, which `fs`, `dns` and `zlib` share. Not as tasks of the core's
//! worker pool either: a worker that waits for the parts of its job takes up other work meanwhile, which
//! would be other whole jobs, one within the other. So a thread here calls the core and waits, and the
//! pixel work goes to the pool. One job a core runs at a time; the others wait.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

use makeready::{CancelToken, Image};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;

use crate::error::{Fault, Given, caught, guard};
use crate::image::Pixels;
use crate::output::Output;
use crate::pipeline::{Pipelines, cores};

/// The result of a job.
pub(crate) enum Product {
    Files(Vec<makeready::Output>),
    Pixels(Image),
}

/// The state that the thread of a job and JavaScript share.
#[derive(Default)]
struct Shared {
    cancel: CancelToken,
    result: Mutex<Option<Result<Product, Fault>>>,
}

impl Shared {
    /// Keeps the result of a job for JavaScript, which does not fetch it after a cancel.
    fn finish(&self, result: Result<Product, Fault>) {
        let mut kept = lock(&self.result);
        if !self.cancel.is_cancelled() {
            *kept = Some(result);
        }
    }

    /// Stops the job, and frees a result that it may have given.
    fn cancel(&self) {
        self.cancel.cancel();
        lock(&self.result).take();
    }
}

/// A job that was begun. When nobody in JavaScript holds it any more, because its worker has ended for
/// instance, it is cancelled.
#[napi]
pub struct Job(Arc<Shared>);

impl Drop for Job {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A job; under a name of its own, because `napi` does not know `Self`.
type Begun = Given<Job>;

/// Calls JavaScript from the thread of a job. It takes no value along: a value under way when a worker ends would be
/// lost there and never freed.
type Done = ThreadsafeFunction<(), (), (), Status, false>;

/// Tells JavaScript that a job has ended. It does so when it is dropped, so that a job that never reaches its own end is
/// reported too.
struct Ended(Done);

impl Drop for Ended {
    fn drop(&mut self) {
        // It fails when the worker that asked has ended: nobody is there to be told.
        self.0.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

#[napi]
impl Job {
    /// Begins to run pipelines in one pass and calls `done` when it has ended.
    #[napi]
    pub fn files(pipelines: Pipelines<'_>, done: Function<'_, (), ()>) -> Begun {
        guard(|| {
            let mut pipelines = cores(&pipelines)?;
            Self::start(done, move |cancel| {
                if let Some(first) = pipelines.first_mut() {
                    *first = first.clone().cancel(cancel);
                }
                Ok(Product::Files(makeready::run_all(pipelines)?))
            })
        })
    }

    /// As `files`, for the pixels of one pipeline.
    #[napi]
    pub fn pixels(pipelines: Pipelines<'_>, done: Function<'_, (), ()>) -> Begun {
        guard(|| {
            let pipeline = cores(&pipelines)?.pop();
            let pipeline = pipeline.ok_or_else(|| Fault::Internal("no pipeline".to_owned()))?;
            Self::start(done, move |cancel| Ok(Product::Pixels(pipeline.cancel(cancel).pixels()?)))
        })
    }

    /// Stops the job.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// The result of `files`; to be taken once, after `done` was called.
    #[napi]
    pub fn take_files<'env>(&self, env: &'env Env) -> Given<Vec<Output<'env>>> {
        guard(|| match self.take()? {
            Product::Files(outputs) => {
                outputs.into_iter().map(|output| Output::of_job(env, output)).collect()
            }
            Product::Pixels(_) => Err(Fault::Internal("expected files, found pixels".to_owned())),
        })
    }

    /// The result of `pixels`; to be taken once, after `done` was called.
    #[napi]
    pub fn take_pixels<'env>(&self, env: &'env Env) -> Given<Pixels<'env>> {
        guard(|| match self.take()? {
            Product::Pixels(image) => Pixels::of_job(env, image),
            Product::Files(_) => Err(Fault::Internal("expected pixels, found files".to_owned())),
        })
    }

    fn take(&self) -> Result<Product, Fault> {
        let result = lock(&self.0.result).take();
        result.unwrap_or_else(|| Err(Fault::Internal("the job has no result".to_owned())))
    }

    /// Puts a job into the queue.
    pub(crate) fn start<W>(done: Function<'_, (), ()>, work: W) -> Result<Self, Fault>
    where
        W: FnOnce(CancelToken) -> Result<Product, Fault> + Send + 'static,
    {
        let ended = Ended(done.build_threadsafe_function().build()?);
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        QUEUE.push(Box::new(move || {
            let _ended = ended;
            let result = caught(|| work(theirs.cancel.clone()));
            theirs.finish(result);
        }))?;
        Ok(Self(shared))
    }
}

/// The jobs that wait for a thread.
struct Queue {
    state: Mutex<State>,
    ready: Condvar,
}

struct State {
    waiting: VecDeque<Box<dyn FnOnce() + Send>>,
    threads: usize,
    idle: usize,
}

static QUEUE: Queue = Queue {
    state: Mutex::new(State { waiting: VecDeque::new(), threads: 0, idle: 0 }),
    ready: Condvar::new(),
};

impl Queue {
    /// Adds a job, and a thread where all are busy and there may be one more.
    fn push(&'static self, job: Box<dyn FnOnce() + Send>) -> Result<(), Fault> {
        let mut state = lock(&self.state);
        state.waiting.push_back(job);
        if state.waiting.len() > state.idle && state.threads < *CORES {
            let start =
                || thread::Builder::new().name("makeready-job".to_owned()).spawn(|| self.work());
            match makeready::room_for_a_thread()
                .map_err(std::io::Error::other)
                .and_then(|()| start())
            {
                Ok(_) => state.threads += 1,
                Err(error) if state.threads == 0 => {
                    state.waiting.pop_back();
                    return Err(Fault::Environment(format!("could not start a thread: {error}")));
                }
                // The threads that there are will come to it.
                Err(_) => {}
            }
        }
        drop(state);
        self.ready.notify_one();
        Ok(())
    }

    /// The loop of a thread, until the process ends.
    fn work(&self) {
        loop {
            let mut state = lock(&self.state);
            state.idle += 1;
            let mut state = self
                .ready
                .wait_while(state, |state| state.waiting.is_empty())
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
            let job = state.waiting.pop_front();
            drop(state);
            if let Some(job) = job {
                // The job has caught its own panics; this catches those of its values as they are dropped.
                let _ = caught(|| {
                    job();
                    Ok(())
                });
            }
        }
    }
}

/// Asked for once: Linux has three files to read for it.
static CORES: LazyLock<usize> =
    LazyLock::new(|| thread::available_parallelism().map_or(1, Into::into));

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
