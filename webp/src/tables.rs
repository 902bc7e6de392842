//! Tables that RFC 6386 fixes.

pub(crate) mod default_probabilities;
pub(crate) mod format;
pub(crate) mod mode_probabilities;
pub(crate) mod update_probabilities;
