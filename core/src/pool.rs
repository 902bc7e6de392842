//! The worker pools: one a number of threads, made lazily, shared by the jobs of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, ErrorKind, Result};
use crate::options::in_range;

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

impl Threads {
    /// How many they are.
    pub(crate) fn count(&self) -> Result<usize> {
        match self {
            Self::Cores => Ok(std::thread::available_parallelism().map_or(1, Into::into)),
            Self::Count(count) => in_range("threads", *count, 1..=1024).map(|()| *count),
            Self::Pool(pool) => Ok(pool.current_num_threads()),
        }
    }

    /// Their pool; `None` for the calling thread alone.
    pub(crate) fn pool(&self) -> Result<Option<Arc<ThreadPool>>> {
        match self {
            Self::Pool(pool) => Ok(Some(Arc::clone(pool))),
            _ => match self.count()? {
                1 => Ok(None),
                count => shared(count).map(Some),
            },
        }
    }
}

/// The pool of `count` workers of this process. A fork leaves the child without the parent's threads, so
/// a pool is known by the process that made it; the child makes its own.
fn shared(count: usize) -> Result<Arc<ThreadPool>> {
    type Pools = HashMap<(u32, usize), Arc<ThreadPool>>;
    static POOLS: Mutex<Option<Pools>> = Mutex::new(None);
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let pools = pools.get_or_insert_default();
    let key = (std::process::id(), count);
    if let Some(pool) = pools.get(&key) {
        return Ok(Arc::clone(pool));
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(count)
        .thread_name(|index| format!("makeready-{index}"))
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Io, "could not start worker threads").with_source(error)
        })?;
    let pool = Arc::new(pool);
    pools.insert(key, Arc::clone(&pool));
    Ok(pool)
}
