//! The one error type, with a stable code that says who is to blame.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Who is to blame, one variant a stable [code](Error::code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller: an option out of its range, or a call that makes no sense.
    InvalidOption,
    /// This library: a format or a feature that this build lacks.
    Unsupported,
    /// The file: its bytes do not follow its format.
    Malformed,
    /// The file: it ends too early.
    Truncated,
    /// Policy: one of [`Limits`](crate::Limits) would be passed.
    LimitExceeded,
    /// Negotiation: a client accepts nothing that may be sent.
    NotAcceptable,
    /// A signature that is missing, wrong or expired.
    Forbidden,
    /// The moment: the deadline has passed.
    Timeout,
    /// The moment: the caller cancelled the job.
    Cancelled,
    /// The moment: too many jobs wait already.
    Busy,
    /// The environment: reading or writing failed, or memory could not be had.
    Io,
    /// A bug of this library.
    Internal,
}

impl ErrorKind {
    /// All kinds. The order is that of exit codes of the command: a new one comes last.
    pub(crate) const ALL: [Self; 12] = [
        Self::InvalidOption,
        Self::Unsupported,
        Self::Malformed,
        Self::Truncated,
        Self::LimitExceeded,
        Self::NotAcceptable,
        Self::Forbidden,
        Self::Timeout,
        Self::Cancelled,
        Self::Busy,
        Self::Io,
        Self::Internal,
    ];

    /// The status that a service answers with over HTTP: 400 to 499 where the client or its file is to blame, 499 where it has gone,
    /// 503 and 504 where it may come again.
    ///
    /// ```
    /// assert_eq!(makeready::ErrorKind::LimitExceeded.http_status(), 413);
    /// ```
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::InvalidOption => 400,
            Self::Forbidden => 403,
            Self::NotAcceptable => 406,
            Self::LimitExceeded => 413,
            Self::Unsupported => 415,
            Self::Malformed | Self::Truncated => 422,
            Self::Cancelled => 499,
            Self::Io | Self::Internal => 500,
            Self::Busy => 503,
            Self::Timeout => 504,
        }
    }

    /// The code as it reads in every language, `"limit_exceeded"` for instance.
    ///
    /// ```
    /// assert_eq!(makeready::ErrorKind::LimitExceeded.code(), "limit_exceeded");
    /// ```
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidOption => "invalid_option",
            Self::Unsupported => "unsupported",
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::LimitExceeded => "limit_exceeded",
            Self::NotAcceptable => "not_acceptable",
            Self::Forbidden => "forbidden",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Busy => "busy",
            Self::Io => "io",
            Self::Internal => "internal",
        }
    }
}

/// The codes of all kinds, in an order that stays.
pub fn error_codes() -> impl ExactSizeIterator<Item = &'static str> {
    ErrorKind::ALL.into_iter().map(ErrorKind::code)
}

/// The status of [`ErrorKind::http_status`] of a code.
#[must_use]
pub fn http_status(code: &str) -> u16 {
    let kind = ErrorKind::ALL.into_iter().find(|kind| kind.code() == code);
    kind.unwrap_or(ErrorKind::Internal).http_status()
}

/// Everything that can go wrong in a job.
///
/// The [kind](Self::kind) and its [code](Self::code) are stable; the message is for people and
/// gives the expected and the found value.
///
/// ```
/// use makeready::{ErrorKind, Pipeline};
///
/// let error = Pipeline::open(&b"not an image"[..]).run().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Unsupported);
/// assert_eq!(error.code(), "unsupported");
/// assert_eq!(error.input(), Some(0));
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    input: Option<usize>,
    name: Option<String>,
    limit: Option<&'static str>,
    parameter: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Who is to blame.
    ///
    /// ```
    /// use makeready::{ErrorKind, Pipeline};
    ///
    /// let error = Pipeline::open("no such file.jpg").run().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Io);
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable code, the same in every language.
    ///
    /// ```
    /// use makeready::{Image, Layout, Size};
    ///
    /// let no_pixels = Image::new(Size::new(0, 2), Layout::Gray, vec![]);
    /// assert_eq!(no_pixels.unwrap_err().code(), "invalid_option");
    /// ```
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// Tells whether the file is to blame, so that a part of it may be recovered.
    pub(crate) fn is_damage(&self) -> bool {
        matches!(self.kind(), ErrorKind::Malformed | ErrorKind::Truncated)
    }

    /// The index of the input at fault, if one is. Inputs are counted from 0 in the order given.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size, Stitch};
    ///
    /// let good = Pipeline::open(Image::new(Size::new(1, 1), Layout::Gray, vec![7])?);
    /// let bad = Pipeline::open(&b"not an image"[..]);
    /// let page = Pipeline::stitch(Stitch::across(2), [good.clone(), bad]);
    /// assert_eq!(page.run().unwrap_err().input(), Some(1));
    /// // A crop that sticks out is the fault of no input.
    /// let crop = good.crop(makeready::Rect::new(0, 0, 2, 2));
    /// assert_eq!(crop.run().unwrap_err().input(), None);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn input(&self) -> Option<usize> {
        self.0.input
    }

    /// The name of the limit that would be passed, `"max_memory"` for instance, for
    /// [`ErrorKind::LimitExceeded`].
    ///
    /// ```
    /// use makeready::{Limits, Pipeline};
    ///
    /// let limits = Limits::new().with_max_input_bytes(4);
    /// let error = Pipeline::open(&b"five!"[..]).limits(limits).plan().unwrap_err();
    /// assert_eq!(error.limit(), Some("max_input_bytes"));
    /// ```
    #[must_use]
    pub fn limit(&self) -> Option<&'static str> {
        self.0.limit
    }

    /// The parameter of a [`Rendition`](crate::Rendition) that is at fault, `"w"` for instance. Of a name that is none of
    /// its parameters the first 40 characters, as a message shows them.
    ///
    /// ```
    /// use makeready::{Policy, Rendition};
    ///
    /// let error = Rendition::parse("w=0", &Policy::new()).unwrap_err();
    /// assert_eq!(error.parameter(), Some("w"));
    /// ```
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        self.0.parameter.as_deref()
    }

    /// The time after which to try again, for [`ErrorKind::Busy`].
    ///
    /// ```
    /// let error = makeready::Pipeline::open(&b"not an image"[..]).run().unwrap_err();
    /// assert_eq!(error.retry_after(), None);
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    #[cold]
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            input: None,
            name: None,
            limit: None,
            parameter: None,
            retry_after: None,
            source: None,
        }))
    }

    #[cold]
    pub(crate) fn invalid_option(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidOption, message)
    }

    #[cold]
    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    #[cold]
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    #[cold]
    pub(crate) fn truncated(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Truncated, message)
    }

    #[cold]
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// A queue that is full for so long.
    #[cold]
    pub(crate) fn busy(message: String, retry_after: Duration) -> Self {
        let mut error = Self::new(ErrorKind::Busy, message);
        error.0.retry_after = Some(retry_after);
        error
    }

    /// The error of a limit that `actual` would pass.
    #[cold]
    pub(crate) fn limit_exceeded(limit: &'static str, allowed: u64, actual: u64) -> Self {
        let message = format!("{limit} is {allowed}, this needs {actual}");
        let mut error = Self::new(ErrorKind::LimitExceeded, message);
        error.0.limit = Some(limit);
        error
    }

    /// The error of memory that the system did not give.
    #[cold]
    pub(crate) fn out_of_memory(bytes: u64) -> Self {
        Self::new(ErrorKind::Io, format!("could not reserve {bytes} bytes of memory"))
    }

    /// The error of a failed read or write of `what`.
    #[cold]
    pub(crate) fn io(what: impl fmt::Display, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("{what}: {source}")).with_source(source)
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// The same, of a parameter of a rendition, whose name stands before the message. Anybody may have written it.
    pub(crate) fn of_parameter(mut self, name: &str) -> Self {
        let shown: String = name.chars().take(40).flat_map(char::escape_debug).collect();
        self.0.message = format!("{shown}: {}", self.0.message);
        self.0.parameter = Some(shown);
        self
    }

    /// Says which input is at fault, unless that is known already. That time is over, or that the job was cancelled, is the
    /// fault of no input.
    pub(crate) fn at_input(mut self, index: usize, name: Option<String>) -> Self {
        let stopped = matches!(self.0.kind, ErrorKind::Timeout | ErrorKind::Cancelled);
        if self.0.input.is_none() && !stopped {
            self.0.input = Some(index);
            self.0.name = name;
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.input, &self.0.name) {
            (Some(index), Some(name)) => write!(f, "input {index} ({name}): ")?,
            (Some(index), None) => write!(f, "input {index}: ")?,
            _ => {}
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.code())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
