//! Jobs: run by the core's queue, and told to JavaScript when they have ended.
//!
//! Not on libuv's threads: there are four, which `fs`, `dns` and `zlib` share.

use makeready::{Image, Placeholder};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::image::Pixels;
use crate::output::Output;
use crate::pipeline::{Pipelines, cores};
use crate::stats::Stats;

/// A job of the core.
enum Begun {
    Files(makeready::Job<Vec<makeready::Output>>),
    Pixels(makeready::Job<Image>),
    Stats(makeready::Job<makeready::Stats>),
    Placeholder(makeready::Job<String>),
}

/// A job that was begun. When nobody in JavaScript holds it any more, because its worker has ended for
/// instance, it is cancelled.
#[napi]
pub struct Job(Option<Begun>);

/// A job; under a name of its own, because `napi` does not know `Self`.
type GivenJob = Given<Job>;

/// Calls JavaScript from the thread of a job. It takes no value along: a value under way when a worker ends would be
/// lost there and never freed.
type Done = ThreadsafeFunction<(), (), (), Status, false>;

/// Gives the callback that tells JavaScript of the end of a job.
fn telling(done: Function<'_, (), ()>) -> Result<impl FnOnce() + Send + 'static, Fault> {
    let done: Done = done.build_threadsafe_function().build()?;
    Ok(move || {
        // It fails when the worker that asked has ended: nobody is there to be told.
        done.call((), ThreadsafeFunctionCallMode::NonBlocking);
    })
}

#[napi]
impl Job {
    /// Begins to run pipelines in one pass and calls `done` when it has ended.
    #[napi]
    pub fn files(pipelines: Pipelines<'_>, done: Function<'_, (), ()>) -> GivenJob {
        guard(|| {
            let (pipelines, tell) = (cores(&pipelines)?, telling(done)?);
            let job = makeready::spawn_all(pipelines);
            job.on_end(tell);
            Ok(Self(Some(Begun::Files(job))))
        })
    }

    /// As `files`, for the pixels of one pipeline.
    #[napi]
    pub fn pixels(pipelines: Pipelines<'_>, done: Function<'_, (), ()>) -> GivenJob {
        guard(|| {
            let (pipeline, tell) = (only(&pipelines)?, telling(done)?);
            let job = pipeline.spawn_pixels();
            job.on_end(tell);
            Ok(Self(Some(Begun::Pixels(job))))
        })
    }

    /// As `files`, for figures of what one pipeline shows.
    #[napi]
    pub fn stats(pipelines: Pipelines<'_>, done: Function<'_, (), ()>) -> GivenJob {
        guard(|| {
            let (pipeline, tell) = (only(&pipelines)?, telling(done)?);
            let job = makeready::spawn_stats(pipeline);
            job.on_end(tell);
            Ok(Self(Some(Begun::Stats(job))))
        })
    }

    /// As `files`, for a stand-in for the picture of one pipeline.
    #[napi]
    pub fn placeholder(
        pipelines: Pipelines<'_>,
        done: Function<'_, (), ()>,
        kind: String,
    ) -> GivenJob {
        guard(|| {
            let kind: Placeholder = kind.parse()?;
            let (pipeline, tell) = (only(&pipelines)?, telling(done)?);
            let job = makeready::spawn_placeholder(pipeline, kind);
            job.on_end(tell);
            Ok(Self(Some(Begun::Placeholder(job))))
        })
    }

    /// Stops the job, and frees a result that it may have given.
    #[napi(catch_unwind)]
    pub fn cancel(&mut self) {
        drop(self.0.take());
    }

    /// The result of `files`; to be taken once, after `done` was called.
    #[napi]
    pub fn take_files<'env>(&self, env: &'env Env) -> Given<Vec<Output<'env>>> {
        guard(|| match &self.0 {
            Some(Begun::Files(job)) => {
                let outputs = job.take().ok_or_else(no_result)??;
                outputs.into_iter().map(|output| Output::of_job(env, output)).collect()
            }
            _ => Err(no_result()),
        })
    }

    /// The result of `pixels`; to be taken once, after `done` was called.
    #[napi]
    pub fn take_pixels<'env>(&self, env: &'env Env) -> Given<Pixels<'env>> {
        guard(|| match &self.0 {
            Some(Begun::Pixels(job)) => {
                let image = job.take().ok_or_else(no_result)??;
                Pixels::of_job(env, image)
            }
            _ => Err(no_result()),
        })
    }

    /// The result of `stats`; to be taken once, after `done` was called.
    #[napi]
    pub fn take_stats(&self) -> Given<Stats> {
        guard(|| match &self.0 {
            Some(Begun::Stats(job)) => Ok(job.take().ok_or_else(no_result)??.into()),
            _ => Err(no_result()),
        })
    }

    /// The result of `placeholder`; to be taken once, after `done` was called.
    #[napi]
    pub fn take_placeholder(&self) -> Given<String> {
        guard(|| match &self.0 {
            Some(Begun::Placeholder(job)) => Ok(job.take().ok_or_else(no_result)??),
            _ => Err(no_result()),
        })
    }
}

#[cfg(feature = "fault-injection")]
impl Job {
    /// Begins a job that reads its input by `read`, on a thread of the queue.
    pub(crate) fn of_source(
        done: Function<'_, (), ()>,
        read: fn() -> &'static [u8],
    ) -> Result<Self, Fault> {
        struct Bytes(fn() -> &'static [u8]);

        impl AsRef<[u8]> for Bytes {
            fn as_ref(&self) -> &[u8] {
                (self.0)()
            }
        }

        let tell = telling(done)?;
        let job = makeready::spawn_all([makeready::Source::shared(Bytes(read)).into()]);
        job.on_end(tell);
        Ok(Self(Some(Begun::Files(job))))
    }
}

/// The one pipeline of a job.
fn only(pipelines: &Pipelines<'_>) -> Result<makeready::Pipeline, Fault> {
    cores(pipelines)?.pop().ok_or_else(|| Fault::Internal("no pipeline".to_owned()))
}

fn no_result() -> Fault {
    Fault::Internal("the job has no such result".to_owned())
}
