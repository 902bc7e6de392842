//! The threads of a job.

use std::sync::Arc;

use rayon::ThreadPool;

/// The threads that a job may use at a time.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Threads {
    /// As many as the machine has cores.
    #[default]
    Cores,
    /// This many, 1 to 1024; 1 runs on the calling thread alone.
    Count(usize),
    /// The workers of a pool of the caller's.
    Pool(Arc<ThreadPool>),
}

impl From<usize> for Threads {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<Arc<ThreadPool>> for Threads {
    fn from(pool: Arc<ThreadPool>) -> Self {
        Self::Pool(pool)
    }
}
