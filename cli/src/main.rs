//! The command `makeready`.

use std::process::ExitCode;

#[global_allocator]
static HEAP: makeready::Reserve = makeready::Reserve;

fn main() -> ExitCode {
    ExitCode::from(makeready_cli::run(std::env::args_os()))
}
