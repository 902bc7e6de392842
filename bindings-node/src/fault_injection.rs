//! Panics on request, for the test that one never ends the process. Not in any release.

use napi::bindgen_prelude::Function;
use napi_derive::napi;

use crate::error::{Given, guard};
use crate::job::Job;

/// Panics in an export.
#[napi]
pub fn panic_in_export() -> Given<()> {
    guard(|| panic!("on request, in an export"))
}

/// Panics when it is dropped.
struct Again;

impl Drop for Again {
    fn drop(&mut self) {
        panic!("on request, again");
    }
}

/// Panics on the thread of a job with a value that panics when the panic has been caught.
#[napi]
pub fn panic_twice_in_job(done: Function<'_, (), ()>) -> Given<Job> {
    guard(|| Job::of_source(done, || std::panic::panic_any(Again)))
}

/// Panics on the thread of a job.
#[napi]
pub fn panic_in_job(done: Function<'_, (), ()>) -> Given<Job> {
    guard(|| Job::of_source(done, || panic!("on request, in a job")))
}
