//! Turns caught panics into errors, and reports panics in a line.

use std::any::Any;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result};

/// Turns a caught panic into an error. One that unwinds with an error, out of code that cannot give it, is that error.
#[doc(hidden)]
#[must_use]
pub fn panicked(panic: &(dyn Any + Send)) -> Error {
    if let Some(error) = panic.downcast_ref::<Error>() {
        return error.clone();
    }
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    Error::internal(format!("panicked: {}", text.unwrap_or("no message")))
}

/// Does some work, and turns a panic in it into an error.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let error = panicked(&*panic);
        // The value of a panic may panic itself when it is dropped. Its second value is not looked at.
        if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(panic))) {
            std::mem::forget(second);
        }
        Err(error)
    })
}

/// Reports every panic of the program in one line. For the bindings: each has the Rust runtime for
/// itself, so that no panic of another library comes here.
///
/// Rust's own hook shows a backtrace where `RUST_BACKTRACE` is set. It reserves megabytes for that
/// under a lock, and without them it waits for this very lock: the call would never end.
#[doc(hidden)]
pub fn report_panics_in_a_line() {
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("no message");
        // An error is ignored, as nobody could be told of it.
        let _ = match panic.location() {
            Some(place) => writeln!(io::stderr(), "makeready panicked at {place}: {text}"),
            None => writeln!(io::stderr(), "makeready panicked: {text}"),
        };
    }));
}
