//! What stops a job early: its cancel token and its deadline.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

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
pub struct CancelToken(Arc<Token>);

#[derive(Debug, Default)]
struct Token {
    cancelled: AtomicBool,
    asks: Option<Asks>,
}

/// A thread that is asked whether to cancel, every [`Asks::EVERY`] at most.
struct Asks {
    thread: ThreadId,
    since: Instant,
    /// When it was asked last, in milliseconds from `since`.
    last: AtomicU64,
    ask: Box<dyn Fn() -> bool + Send + Sync>,
}

impl Asks {
    const EVERY: Duration = Duration::from_millis(50);

    fn is_here(&self) -> bool {
        thread::current().id() == self.thread
    }

    /// The answer, where this is the thread and it is time to ask.
    fn answer(&self) -> bool {
        if !self.is_here() {
            return false;
        }
        let now = self.since.elapsed();
        if now < Duration::from_millis(self.last.load(Ordering::Relaxed)) + Self::EVERY {
            return false;
        }
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
        (self.ask)()
    }
}

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asks").field("thread", &self.thread).finish_non_exhaustive()
    }
}

impl CancelToken {
    /// A token that nobody has cancelled yet.
    ///
    /// ```
    /// assert!(!makeready::CancelToken::new().is_cancelled());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that the calling thread may cancel during a call: while that thread runs a job of the token or waits
    /// for one, `ask` is called on it every 50 ms, and `true` cancels. For languages that handle signals on one
    /// thread alone.
    #[doc(hidden)]
    #[must_use]
    pub fn asking(ask: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let (thread, since, last) = (thread::current().id(), Instant::now(), AtomicU64::new(0));
        let asks = Asks { thread, since, last, ask: Box::new(ask) };
        Self(Arc::new(Token { asks: Some(asks), ..Token::default() }))
    }

    /// Cancels: running jobs stop within 100 ms, later ones at once.
    ///
    /// ```
    /// use makeready::CancelToken;
    ///
    /// let token = CancelToken::new();
    /// let clone = token.clone();
    /// std::thread::spawn(move || clone.cancel()).join().unwrap();
    /// assert!(token.is_cancelled());
    /// ```
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether somebody cancelled.
    ///
    /// ```
    /// use makeready::CancelToken;
    ///
    /// let token = CancelToken::new();
    /// assert!(!token.is_cancelled());
    /// token.cancel();
    /// assert!(token.is_cancelled());
    /// ```
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let is_cancelled = || self.0.cancelled.load(Ordering::Relaxed);
        // Nobody is asked again who has said so.
        if !is_cancelled() && self.0.asks.as_ref().is_some_and(Asks::answer) {
            self.cancel();
        }
        is_cancelled()
    }
}

/// The workers that jobs share, to one of the jobs.
pub(crate) trait Workers: Send + Sync {
    /// Asks for so many workers besides the one that calls. Gives the number that there are for the job, which are its own until
    /// they are released.
    fn ask(&self, more: usize) -> usize;
    /// Gives so many back.
    fn release(&self, workers: usize);
    /// Does tasks of more urgent jobs while those leave no worker to this one. To be called where nothing is locked.
    fn give_way(&self, watch: &Watch);
}

/// What a running job asks between two pieces of work.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    cancel: Vec<CancelToken>,
    deadline: Option<Instant>,
    workers: Option<Weak<dyn Workers>>,
}

impl Watch {
    /// Stops when one of the tokens is cancelled or at the deadline, whichever is first.
    pub(crate) fn new(cancel: Vec<CancelToken>, deadline: Option<Instant>) -> Self {
        Self { cancel, deadline, workers: None }
    }

    /// The same for a job that shares workers with others.
    pub(crate) fn sharing(&self, workers: &Arc<impl Workers + 'static>) -> Self {
        let shared = Arc::downgrade(workers);
        Self { workers: Some(shared), ..self.clone() }
    }

    /// Does work on as many threads as wanted, or as other jobs leave: at least this one. The work is given their number.
    pub(crate) fn on_threads<R>(&self, wanted: usize, work: impl FnOnce(usize) -> R) -> R {
        let Some(workers) = self.workers().filter(|_| wanted > 1) else { return work(wanted) };
        let more = workers.ask(wanted - 1);
        let result = work(1 + more);
        workers.release(more);
        result
    }

    /// Lets more urgent jobs go first, in the middle of work that takes long. To be called where nothing is locked.
    pub(crate) fn give_way(&self) {
        if let Some(workers) = self.workers() {
            workers.give_way(self);
        }
    }

    fn workers(&self) -> Option<Arc<dyn Workers>> {
        self.workers.as_ref().and_then(Weak::upgrade)
    }

    /// Whether anything can stop the job.
    pub(crate) fn can_stop(&self) -> bool {
        self.deadline.is_some() || !self.cancel.is_empty()
    }

    /// The time until the deadline, where there is one.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Whether to stop; the reason is [`check`](Self::check)'s to give.
    pub(crate) fn stopped(&self) -> bool {
        self.check().is_err()
    }

    /// How often this thread has to ask while it waits for the job, if it has to.
    pub(crate) fn asks(&self) -> Option<Duration> {
        let asks = self.cancel.iter().filter_map(|token| token.0.asks.as_ref());
        asks.filter(|asks| asks.is_here()).map(|_| Asks::EVERY).next()
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
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::{Duration, Instant};

    use crate::{CancelToken, Image, Layout, Pipeline, Result, Size, WebP};

    /// A picture that takes seconds to encode.
    fn slow(threads: usize) -> Result<Pipeline> {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let samples = (0..3 * 2000 * 2000).map(|_| noise()).collect();
        let image = Image::new(Size::new(2000, 2000), Layout::Rgb, samples)?;
        let best = WebP { effort: 6, ..WebP::quality(90) };
        Ok(Pipeline::open(image).encode(best).threads(threads))
    }

    #[test]
    fn the_thread_that_runs_or_waits_is_asked() -> Result<()> {
        for threads in [1, 2] {
            let job = slow(threads)?;
            let here = thread::current().id();
            let asked = Arc::new(Mutex::new(Vec::new()));
            let log = Arc::clone(&asked);
            let token = CancelToken::asking(move || {
                let mut log = log.lock().expect("nobody panics");
                log.push((thread::current().id(), Instant::now()));
                log.len() == 3
            });
            let (start, code) = (Instant::now(), job.cancel(token).run().unwrap_err().code());
            let asked = asked.lock().expect("nobody panics");
            assert_eq!((code, asked.len()), ("cancelled", 3), "{threads} threads");
            assert!(asked.iter().all(|(thread, _)| *thread == here));
            // Three times 50 ms, and room for a busy machine.
            let took = asked[2].1 - start;
            assert!(
                took >= Duration::from_millis(140) && took < Duration::from_secs(2),
                "{took:?}"
            );
        }
        Ok(())
    }

    #[test]
    fn no_other_thread_is_asked() -> Result<()> {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let token = CancelToken::asking(move || count.fetch_add(1, Ordering::Relaxed) == 0);
        let job = slow(2)?.cancel(token.clone()).deadline(Duration::from_millis(200));
        let other = thread::spawn(move || job.run().unwrap_err().code());
        assert_eq!(other.join().expect("no panic"), "timeout");
        assert_eq!(asked.load(Ordering::Relaxed), 0);
        assert!(token.is_cancelled());
        // Nor again, however long after.
        thread::sleep(Duration::from_millis(60));
        assert!(token.is_cancelled());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        Ok(())
    }

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
