//! Jobs of the main thread, which a signal can end.
//!
//! Python runs the handlers of signals on its main thread alone, and never during a call: Ctrl-C would wait until the
//! job ends. So the main thread is asked, while it runs a job or waits for one, to look after signals. To hand its
//! jobs over to a thread of ours and to wait for that costs 90 us a job, twice as much as a small job takes.

use std::cell::Cell;
use std::process;
use std::sync::{Arc, Mutex, PoisonError};

use makeready::CancelToken;
use pyo3::prelude::*;

/// Runs a job without the GIL. On the main thread the exception of a signal handler cancels the token, and comes out
/// when the job has ended.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    job: impl FnOnce(CancelToken) -> T + Send,
) -> PyResult<T> {
    if !is_main(py) {
        return Ok(py.detach(|| job(CancelToken::new())));
    }
    let raised = Arc::new(Mutex::new(None));
    let raise = Arc::clone(&raised);
    let token = CancelToken::asking(move || match Python::attach(|py| py.check_signals()) {
        Ok(()) => false,
        Err(exception) => {
            *raise.lock().unwrap_or_else(PoisonError::into_inner) = Some(exception);
            true
        }
    });
    let result = py.detach(|| job(token));
    let exception = raised.lock().unwrap_or_else(PoisonError::into_inner).take();
    exception.map_or(Ok(result), Err)
}

/// Whether this is the main thread of Python. Where Python cannot tell, signals wait until the job ends; nothing else is
/// different.
fn is_main(py: Python<'_>) -> bool {
    thread_local! {
        /// The process in which it was asked, and the answer: a fork makes the thread that forks the main one.
        static MAIN: Cell<Option<(u32, bool)>> = const { Cell::new(None) };
    }
    let process = process::id();
    let ask = || -> PyResult<bool> {
        let threading = py.import("threading")?;
        let main = threading.call_method0("main_thread")?.getattr("ident")?;
        threading.call_method0("get_ident")?.eq(main)
    };
    match MAIN.get() {
        Some((asked_in, answer)) if asked_in == process => answer,
        _ => {
            let answer = ask().unwrap_or(false);
            MAIN.set(Some((process, answer)));
            answer
        }
    }
}
