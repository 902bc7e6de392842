//! From a plan to bytes: what it costs, in which order it is done, on which threads, and what it gives.

pub(crate) mod exec;
pub(crate) mod lower;
pub(crate) mod output;
pub(crate) mod pass;
pub(crate) mod pool;
