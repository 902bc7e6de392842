//! Figures of the content of a picture, and stand-ins of a few bytes.

mod stand_in;
mod stats;

pub use stand_in::Placeholder;
pub(crate) use stand_in::{HASHED, IN_URI, data_uri, hash};
pub(crate) use stats::stats;
pub use stats::{ChannelStats, Stats};
