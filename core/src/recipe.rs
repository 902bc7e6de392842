//! What was asked for, as data: sources, options, limits, settings of the job.

pub(crate) mod job;
pub(crate) mod limits;
pub(crate) mod options;
pub(crate) mod source;
