//! The Node binding: `index.js` calls it, users never do.
//!
//! A function or method here takes JavaScript values, calls the core, and gives either a value or a
//! [`Failure`](error::Failure); `index.js` throws the latter as a `MakereadyError`. Jobs run on threads of
//! [`job`]'s own, never on those of Node or libuv.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![allow(unreachable_pub, reason = "napi exports what is `pub`, and nothing in Rust may call it")]

mod command;
mod copies;
mod definition;
mod error;
#[cfg(feature = "fault-injection")]
mod fault_injection;
mod image;
mod job;
mod options;
mod output;
mod pipeline;
mod plan;
mod probe;
mod queue;
mod reader;
mod serve;
mod sign;
mod source;
mod stats;
mod values;

/// The reserve, by which a job that finds no memory at all ends with an error, and the service goes on.
#[global_allocator]
static HEAP: makeready::Reserve = makeready::Reserve;

/// Runs when Node loads the module.
#[napi_derive::module_init]
fn prepare() {
    makeready::report_panics_in_a_line();
}
