//! Panics: caught ones as errors, and how they are reported.

use std::any::Any;
use std::io::{self, Write};

use crate::error::Error;

/// A caught panic as an error.
#[doc(hidden)]
#[must_use]
pub fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    Error::internal(format!("panicked: {}", text.unwrap_or("no message")))
}

/// Makes every panic of the program be reported in one line; for the bindings, each of which has the Rust runtime
/// for itself, so that no panic of another library comes here.
///
/// The hook of Rust itself shows a backtrace where `RUST_BACKTRACE` is set. It reserves megabytes for that under a lock,
/// and where it does not get them it waits for this very lock: the call would never end.
#[doc(hidden)]
pub fn report_panics_in_a_line() {
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("no message");
        // Nothing is to be done where nobody can be told.
        let _ = match panic.location() {
            Some(place) => writeln!(io::stderr(), "makeready panicked at {place}: {text}"),
            None => writeln!(io::stderr(), "makeready panicked: {text}"),
        };
    }));
}
