//! Runs a plan: its cost, the order of its tasks, their threads, its outputs.

mod cost;
pub(crate) mod exec;
mod look;
mod lower;
pub(crate) mod output;
pub(crate) mod pass;
pub(crate) mod planned;
pub(crate) mod pool;
pub(crate) mod queue;
pub(crate) mod shown;
