//! What stops a job early: its cancel token and its deadline.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::error::{Error, ErrorKind, Result};

/// Cancels the jobs it was given to, from any thread. Clones cancel the same jobs.
///
/// ```
/// use makeready::{CancelToken, Image, Layout, Pipeline, Size};
///
/// let token = CancelToken::new();
/// let image = Image::new(Size::new(1, 1), Layout::Gray, vec![7])?;
/// let job = Pipeline::open(image).cancel(token.clone());
/// assert!(job.pixels().is_ok());
/// token.cancel();
/// assert_eq!(job.pixels().unwrap_err().code(), "cancelled");
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that nobody has cancelled yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels: running jobs stop within 100 ms, later ones at once.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a running job asks between two pieces of work.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    cancel: Vec<CancelToken>,
    deadline: Option<Instant>,
}

impl Watch {
    /// Stops when one of the tokens is cancelled or at the deadline, whichever is first.
    pub(crate) fn new(cancel: Vec<CancelToken>, deadline: Option<Instant>) -> Self {
        Self { cancel, deadline }
    }

    /// Whether anything can stop the job.
    pub(crate) fn can_stop(&self) -> bool {
        self.deadline.is_some() || !self.cancel.is_empty()
    }

    /// Whether to stop; the reason is [`check`](Self::check)'s to give.
    pub(crate) fn stopped(&self) -> bool {
        self.check().is_err()
    }

    /// An error when the job is to stop.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.iter().any(CancelToken::is_cancelled) {
            return Err(Error::new(ErrorKind::Cancelled, "the job was cancelled"));
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => {
                Err(Error::new(ErrorKind::Timeout, "the deadline of the job has passed"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{CancelToken, Image, Layout, Pipeline, Result, Size};

    #[test]
    fn each_of_several_tokens_stops_a_job() -> Result<()> {
        for index in 0..2 {
            let tokens = [CancelToken::new(), CancelToken::new()];
            let image = Image::new(Size::new(1, 1), Layout::Gray, vec![7])?;
            let job = Pipeline::open(image).cancel(tokens[0].clone()).cancel(tokens[1].clone());
            assert!(job.pixels().is_ok());
            tokens[index].cancel();
            assert_eq!(job.pixels().unwrap_err().code(), "cancelled");
        }
        Ok(())
    }
}
