//! Failures, and the codes to exit with.

use makeready::Error;
use makeready::by_name::{CallError, error_codes};

/// The code to exit with for the first of the library's error codes; the others follow.
const FIRST: u8 = 2;

/// A failure: the code of the library's error, and its message.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn invalid_option(message: impl Into<String>) -> Self {
        Self { code: "invalid_option", message: message.into() }
    }

    /// Reading or writing failed.
    pub(crate) fn io(what: &str, error: &std::io::Error) -> Self {
        Self { code: "io", message: format!("{what}: {error}") }
    }

    /// A call that was refused, with the names of its options as they are spelled here.
    pub(crate) fn of_call(error: CallError, spell: impl Fn(&str) -> String) -> Self {
        match error {
            CallError::Value { error, .. } => error.into(),
            other => Self::invalid_option(other.message(spell)),
        }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        let at = error_codes().position(|code| code == self.code).unwrap_or_default();
        FIRST + u8::try_from(at).unwrap_or(0)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

/// The list of exit codes, for the help.
pub(crate) fn exit_codes() -> String {
    let mut text = String::from("Exit codes, of the first failure:\n   0  all is done\n");
    for (code, exit) in error_codes().zip(FIRST..) {
        text += &format!("  {exit:>2}  {code}\n");
    }
    text
}
