//! Failures on their way to JavaScript: never an exception, never a panic, always a value.

use std::panic::{AssertUnwindSafe, catch_unwind};

use makeready::ErrorKind;
use makeready::by_name::{CallError, http_status as http_status_of};
use napi::Either;
use napi_derive::napi;

use crate::options::camel;

/// Why a call cannot be done.
pub(crate) enum Fault {
    /// The core says so.
    Core(makeready::Error),
    /// A number that no option of the core can hold, or a name that is none of its options.
    Option(String),
    /// A value of the wrong type: a `TypeError`, as JavaScript users expect.
    Type(String),
    /// The system gives no memory or no thread.
    Environment(String),
    /// A bug of the binding.
    Internal(String),
}

impl From<makeready::Error> for Fault {
    fn from(error: makeready::Error) -> Self {
        Self::Core(error)
    }
}

/// A value of the wrong type is a `TypeError`; options are named as JavaScript spells them.
impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Value { error, .. } => Self::Core(error),
            CallError::Type { .. } => Self::Type(error.message(camel)),
            CallError::Unknown { .. } => Self::Option(error.message(camel)),
        }
    }
}

/// A refusal of JavaScript itself: the value does not have the type that was asked for.
impl From<napi::Error> for Fault {
    fn from(error: napi::Error) -> Self {
        Self::Type(error.reason.clone())
    }
}

/// The status that a service answers with over HTTP.
#[napi]
pub fn http_status(code: String) -> u32 {
    http_status_of(&code).into()
}

/// An error on its way to `index.js`.
///
/// Its content is taken at once. Left to the garbage collector it would lie for thousands of jobs among the memory
/// of the threads that run them, which their allocator could then not use in one piece: 20 MiB were lost to that.
#[napi]
pub struct Failure(Option<Fault>);

/// The content of a failure.
#[napi(object, object_from_js = false)]
pub struct Told {
    /// The stable code; none for a value of the wrong type.
    pub code: Option<&'static str>,
    /// Says what was expected and what was found.
    pub message: String,
    /// The index of the input at fault.
    pub input: Option<u32>,
    /// The name of the limit that would be passed.
    pub limit: Option<&'static str>,
    /// The parameter of a rendition that is at fault.
    pub parameter: Option<String>,
    /// Milliseconds after which to try again.
    pub retry_after: Option<f64>,
}

#[napi]
impl Failure {
    /// Its content; to be taken once.
    #[napi(catch_unwind)]
    pub fn take(&mut self) -> Option<Told> {
        self.0.take().map(Told::from)
    }
}

impl From<Fault> for Told {
    fn from(fault: Fault) -> Self {
        let (code, message) = match fault {
            Fault::Core(error) => return Self::core(&error),
            Fault::Option(message) => (Some(ErrorKind::InvalidOption), message),
            Fault::Environment(message) => (Some(ErrorKind::Io), message),
            Fault::Internal(message) => (Some(ErrorKind::Internal), message),
            Fault::Type(message) => (None, message),
        };
        let code = code.map(|kind| kind.code());
        Self { code, message, input: None, limit: None, parameter: None, retry_after: None }
    }
}

impl Told {
    fn core(error: &makeready::Error) -> Self {
        Self {
            code: Some(error.code()),
            message: error.to_string(),
            input: error.input().and_then(|index| u32::try_from(index).ok()),
            limit: error.limit(),
            parameter: error.parameter().map(str::to_owned),
            retry_after: error.retry_after().map(|time| time.as_secs_f64() * 1000.0),
        }
    }
}

/// The result of every export.
pub(crate) type Given<T> = Either<T, Failure>;

/// Does the work of an export. A panic is a failure too: one that left an export would end the process.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T, Fault>) -> Given<T> {
    match caught(work) {
        Ok(value) => Either::A(value),
        Err(fault) => Either::B(Failure(Some(fault))),
    }
}

/// Does some work; a panic is a fault.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(makeready::panicked(&*panic).into()))
}
