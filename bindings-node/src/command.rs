//! The command, for `npx makeready`.

use napi_derive::napi;

use crate::error::{Given, guard};

/// Runs the command with these arguments, of which the first one is its name; gives the code to exit with.
#[napi]
pub fn command(arguments: Vec<String>) -> Given<u32> {
    guard(|| Ok(u32::from(makeready_cli::run(arguments))))
}
