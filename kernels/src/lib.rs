//! The unsafe code of makeready, behind interfaces that are safe.

pub mod heap;
