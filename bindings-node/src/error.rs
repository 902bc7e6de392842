//! What goes wrong, on its way to JavaScript: never an exception, never a panic, always a value.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use makeready::ErrorKind;
use napi::Either;
use napi_derive::napi;

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

/// What JavaScript itself refuses: the value is not of the type that was asked for.
impl From<napi::Error> for Fault {
    fn from(error: napi::Error) -> Self {
        Self::Type(error.reason.clone())
    }
}

impl Fault {
    /// A caught panic.
    pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self::Internal(format!("a panic: {}", text.unwrap_or("of unknown cause")))
    }
}

/// An error as `index.js` sees it.
#[napi]
pub struct Failure(Fault);

#[napi]
impl Failure {
    /// The stable code; none for a value of the wrong type.
    #[napi(getter, catch_unwind)]
    pub fn code(&self) -> Option<&'static str> {
        match &self.0 {
            Fault::Core(error) => Some(error.code()),
            Fault::Option(_) => Some(ErrorKind::InvalidOption.code()),
            Fault::Environment(_) => Some(ErrorKind::Io.code()),
            Fault::Internal(_) => Some(ErrorKind::Internal.code()),
            Fault::Type(_) => None,
        }
    }

    /// What was expected and what was found.
    #[napi(getter, catch_unwind)]
    pub fn message(&self) -> String {
        match &self.0 {
            Fault::Core(error) => error.to_string(),
            Fault::Option(message)
            | Fault::Type(message)
            | Fault::Environment(message)
            | Fault::Internal(message) => message.clone(),
        }
    }

    /// The index of the input at fault.
    #[napi(getter, catch_unwind)]
    pub fn input(&self) -> Option<u32> {
        self.core().and_then(makeready::Error::input).and_then(|index| u32::try_from(index).ok())
    }

    /// The name of the limit that would be passed.
    #[napi(getter, catch_unwind)]
    pub fn limit(&self) -> Option<&'static str> {
        self.core().and_then(makeready::Error::limit)
    }

    fn core(&self) -> Option<&makeready::Error> {
        match &self.0 {
            Fault::Core(error) => Some(error),
            _ => None,
        }
    }
}

/// What every export gives.
pub(crate) type Given<T> = Either<T, Failure>;

/// Does the work of an export. A panic is a failure too: one that left an export would end the process.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T, Fault>) -> Given<T> {
    match caught(work) {
        Ok(value) => Either::A(value),
        Err(fault) => Either::B(Failure(fault)),
    }
}

/// Does some work; a panic is a fault.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Fault::panicked(&*panic)))
}
