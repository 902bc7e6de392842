//! Turns caught panics into errors, and reports panics in a line.

use std::any::Any;
use std::io::{self, Write};

use crate::error::Error;

/// Turns a caught panic into an error.
#[doc(hidden)]
#[must_use]
pub fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    Error::internal(format!("panicked: {}", text.unwrap_or("no message")))
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
