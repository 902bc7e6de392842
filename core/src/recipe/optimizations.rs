//! Which rules a plan is rewritten by.

use std::collections::BTreeSet;

/// Which rewrite rules may run; all of them by default.
///
/// ```
/// use makeready::Optimizations;
///
/// assert!(Optimizations::names().contains(&"push_resize_into_decode"));
/// let none = Optimizations::none();
/// let one = Optimizations::none().with("merge_crops", true)?;
/// assert_ne!(none, one);
/// assert_eq!(none.with("speed_up", true).unwrap_err().code(), "invalid_option");
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Optimizations {
    /// The names of those that are off.
    pub(crate) off: BTreeSet<&'static str>,
}
