//! Tells the loops of asyncio of jobs that have ended.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use makeready_kernels::heap;
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;

/// The jobs of one loop that have ended, by their numbers. The loop is woken over a pair of sockets: a thread of the library
/// needs neither the GIL nor memory for that, so that nobody waits for ever where there is none left.
#[pyclass(frozen, module = "makeready._native")]
pub(crate) struct Ends(Arc<Shared>);

struct Shared {
    jobs: Mutex<Jobs>,
    woken: UnixStream,
    wakes: UnixStream,
}

#[derive(Default)]
struct Jobs {
    running: usize,
    /// It has room for all that run.
    ended: Vec<u64>,
}

#[pymethods]
impl Ends {
    #[new]
    fn new() -> PyResult<Self> {
        let (woken, wakes) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        wakes.set_nonblocking(true)?;
        Ok(Self(Arc::new(Shared { jobs: Mutex::default(), woken, wakes })))
    }

    /// The descriptor that can be read while there is a job to take.
    fn fileno(&self) -> i32 {
        self.0.woken.as_raw_fd()
    }

    /// Takes the number of a job that has ended, or none.
    fn take(&self) -> Option<u64> {
        let mut jobs = self.0.lock();
        let job = jobs.ended.pop();
        if job.is_none() {
            // Only now: until then the loop comes again, even if it could not go on with one of them.
            let mut signals = [0; 256];
            while (&self.0.woken).read(&mut signals).is_ok_and(|length| length > 0) {}
        }
        job
    }
}

impl Ends {
    /// Gives what is to be called at the end of the job of this number, on any thread.
    pub(crate) fn telling(&self, job: u64) -> PyResult<impl FnOnce() + Send + 'static> {
        let shared = Arc::clone(&self.0);
        let mut jobs = shared.lock();
        let needed = jobs.running + 1;
        heap::try_reserve_exact(&mut jobs.ended, needed)
            .map_err(|_| PyMemoryError::new_err("no memory for a job"))?;
        jobs.running = needed;
        drop(jobs);
        Ok(move || {
            let mut jobs = shared.lock();
            jobs.running -= 1;
            jobs.ended.push(job);
            drop(jobs);
            // Where it is full the loop is awake anyway.
            let _ = (&shared.wakes).write(&[1]);
        })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
