//! The Python binding: converts, lets go of the GIL, calls the core, maps the error, wraps.
//!
//! It has no default and no check that the core has: calls are passed on by their names. Code that must be Python, the
//! pipeline's methods, the error classes, the results and asyncio, is in `python/makeready`.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod command;
mod definition;
mod ends;
mod error;
mod image;
mod interrupt;
mod job;
mod memory;
mod options;
mod output;
mod pipeline;
mod probe;
mod queue;
mod record;
mod rendition;
mod serve;
mod shown;
mod sign;
mod source;

use pyo3::prelude::*;

/// The reserve, by which a job that finds no memory at all ends with an error, and the service goes on.
#[global_allocator]
static HEAP: makeready::Reserve = makeready::Reserve;

/// The part of makeready that is compiled.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    makeready::report_panics_in_a_line();
    error::prepare(module.py())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<image::Image>()?;
    module.add_class::<job::CancelToken>()?;
    module.add_class::<pipeline::Recipe>()?;
    module.add_class::<definition::Definition>()?;
    module.add_function(wrap_pyfunction!(definition::pipelines_to_json, module)?)?;
    module.add_class::<rendition::Rendition>()?;
    module.add_class::<serve::PolicyBase>()?;
    module.add_class::<ends::Ends>()?;
    module.add_class::<queue::Job>()?;
    module.add_function(wrap_pyfunction!(job::run_all, module)?)?;
    module.add_function(wrap_pyfunction!(job::run_all_async, module)?)?;
    module.add_function(wrap_pyfunction!(job::plan_all, module)?)?;
    module.add_function(wrap_pyfunction!(job::explain_all, module)?)?;
    module.add_function(wrap_pyfunction!(job::prepare_fork, module)?)?;
    module.add_function(wrap_pyfunction!(options::optimization_names, module)?)?;
    module.add_function(wrap_pyfunction!(output::write_file, module)?)?;
    module.add_function(wrap_pyfunction!(probe::probe, module)?)?;
    module.add_function(wrap_pyfunction!(serve::function, module)?)?;
    module.add_function(wrap_pyfunction!(shown::placeholder, module)?)?;
    module.add_function(wrap_pyfunction!(shown::stats, module)?)?;
    module.add_function(wrap_pyfunction!(serve::policy_options, module)?)?;
    module.add_function(wrap_pyfunction!(sign::sign, module)?)?;
    module.add_function(wrap_pyfunction!(sign::verify, module)?)?;
    module.add_function(wrap_pyfunction!(command::command, module)?)?;
    module.add_function(wrap_pyfunction!(queue::configure, module)?)?;
    module.add_function(wrap_pyfunction!(queue::job_stats, module)?)?;
    #[cfg(feature = "test-hooks")]
    module.add_function(wrap_pyfunction!(job::panic, module)?)?;
    Ok(())
}
