//! The worker pools: one for each number of threads, made lazily, shared by all jobs of the
//! process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use arc_swap::ArcSwapOption;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, ErrorKind, Result};
use crate::ops::resample::light;
use crate::picture::checks::in_range;
use crate::picture::reserve::probed_for_threads;
use crate::recipe::threads::Threads;
use crate::run::queue::{Settings, queue};
use makeready_kernels::{Level, priority};

impl Threads {
    /// The number of threads.
    pub(crate) fn count(&self) -> Result<usize> {
        match self {
            Self::Cores => cores(),
            Self::Count(count) => in_range("threads", *count, 1..=1024).map(|()| *count),
            Self::Pool(pool) => Ok(pool.current_num_threads()),
        }
    }

    /// The pool of the threads; `None` for the calling thread alone.
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

/// The threads of jobs that say nothing of them; 0 while nobody has asked. An atomic, as a fork could leave
/// a `OnceLock` half made.
static CORES: AtomicUsize = AtomicUsize::new(0);

/// Sets the number of threads of jobs that say nothing of them.
pub(crate) fn set_cores(threads: Option<usize>) {
    if let Some(threads) = threads {
        CORES.store(threads, Ordering::Relaxed);
    }
}

/// The cores that the process may use, unless another number was set. Kept, as on Linux three files are read
/// for it, which takes 20 microseconds.
pub(crate) fn cores() -> Result<usize> {
    match CORES.load(Ordering::Relaxed) {
        0 => {
            let set = Settings::default().or_environment()?.threads;
            let cores = set.unwrap_or_else(|| available_parallelism().map_or(1, Into::into));
            CORES.store(cores, Ordering::Relaxed);
            Ok(cores)
        }
        cores => Ok(cores),
    }
}

/// A shared pool, and the process that made it.
#[derive(Clone)]
struct SharedPool {
    process: u32,
    count: usize,
    pool: Arc<ThreadPool>,
}

/// The pool of `count` workers of this process.
///
/// A fork leaves the child without the parent's threads, so a pool is known by the process that
/// made it; the child makes its own. The list is exchanged as a whole and never locked: a lock that
/// another thread holds in the moment of a fork stays locked in the child for ever. The parent's
/// pools stay in the child's list, as dropping one would wake threads that do not exist.
fn shared(count: usize) -> Result<Arc<ThreadPool>> {
    static POOLS: ArcSwapOption<Vec<SharedPool>> = ArcSwapOption::const_empty();
    let process = std::process::id();
    let find = |pools: &Option<Arc<Vec<SharedPool>>>| {
        let mine = |shared: &&SharedPool| (shared.process, shared.count) == (process, count);
        pools
            .iter()
            .flat_map(|pools| pools.iter())
            .find(mine)
            .map(|shared| Arc::clone(&shared.pool))
    };
    if let Some(pool) = find(&POOLS.load()) {
        return Ok(pool);
    }
    let pool = Arc::new(build(count)?);
    // Where two threads come here at the same time, the pool of the first stays.
    POOLS.rcu(|pools| {
        let mut all = pools.as_deref().cloned().unwrap_or_default();
        if find(pools).is_none() {
            all.push(SharedPool { process, count, pool: Arc::clone(&pool) });
        }
        Some(Arc::new(all))
    });
    Ok(find(&POOLS.load()).unwrap_or(pool))
}

fn build(count: usize) -> Result<ThreadPool> {
    probed_for_threads(count)?;
    let named = |index| format!("makeready-{index}");
    let nice = queue()?.nice();
    let pool = ThreadPoolBuilder::new().num_threads(count).thread_name(named);
    pool.start_handler(move |_| priority::lower(nice)).build().map_err(|error| {
        Error::new(ErrorKind::Io, "could not start worker threads").with_source(error)
    })
}

/// Makes everything that the first job makes once for the process. A fork in the middle of that
/// would leave the child with something half made, and waiting for it without end. For callers that
/// fork while jobs run on other threads: call it just before the fork.
#[doc(hidden)]
pub fn prepare_fork() {
    let _ = Level::detect();
    light::prepare();
    // The first look of a worker for the work of another makes a collector that all queues of the process share.
    drop(crossbeam_epoch::pin());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_of_a_number_are_one() -> Result<()> {
        let pools = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| shared(3))).collect();
            let join =
                |thread: std::thread::ScopedJoinHandle<'_, _>| thread.join().expect("a pool");
            threads.into_iter().map(join).collect::<Result<Vec<_>>>()
        })?;
        assert!(pools.iter().all(|pool| Arc::ptr_eq(pool, &pools[0])));
        assert_eq!(pools[0].current_num_threads(), 3);
        assert!(!Arc::ptr_eq(&pools[0], &shared(2)?));
        Ok(())
    }
}
