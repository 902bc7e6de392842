//! The unsafe code of makeready, behind interfaces that are safe: kernels that use the vector
//! instructions of a CPU, a [heap] that keeps a reserve, and the [priority] of threads.
//!
//! A [`Level`] stands for instructions that this CPU has. It comes from [`Level::detect`],
//! [`Level::available`] or [`Level::scalar`] alone, so a kernel that takes one may rely on it. The
//! scalar code is the oracle: every other level gives the same bytes.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

/// Calls a kernel at a level: that of a module of `x86`, or the one in plain Rust.
macro_rules! dispatch {
    (
        $level:expr,
        $vectors:ident or $($plain:ident)::+ : $kernel:ident ($($argument:expr),*)
    ) => {
        match $level.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the token says that this CPU has AVX2.
            InstructionSet::Avx2 | InstructionSet::Avx512 => unsafe {
                x86::$vectors::avx2::$kernel($($argument),*)
            },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the token says that this CPU has SSE4.1.
            InstructionSet::Sse41 => unsafe { x86::$vectors::sse41::$kernel($($argument),*) },
            InstructionSet::Scalar => $($plain)::+::$kernel($($argument),*),
        }
    };
}

pub mod bits;
pub mod heap;
pub mod jpeg_decode;
pub mod jpeg_encode;
pub mod priority;
pub mod resample;
mod scalar;
pub mod webp_encode;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::sync::OnceLock;

/// A set of instructions that this CPU is known to have. It is a token: holding it is the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level(InstructionSet);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum InstructionSet {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Sse41,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX2, and of AVX-512 the parts F, BW, VBMI and VNNI. Used for the one kernel that whole jobs
    /// gain from.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// The best level of this CPU, looked up once a process.
    ///
    /// ```
    /// use makeready_kernels::Level;
    ///
    /// assert!(Level::available().contains(&Level::detect()));
    /// ```
    #[must_use]
    pub fn detect() -> Self {
        static BEST: OnceLock<Level> = OnceLock::new();
        *BEST.get_or_init(|| *Self::available().last().expect("scalar is always there"))
    }

    /// Plain Rust, on any CPU.
    ///
    /// ```
    /// use makeready_kernels::Level;
    ///
    /// assert_eq!(Level::available()[0], Level::scalar());
    /// ```
    #[must_use]
    pub const fn scalar() -> Self {
        Self(InstructionSet::Scalar)
    }

    /// Every level that this CPU has, the plainest first; tests run each against the scalar one.
    ///
    /// ```
    /// use makeready_kernels::Level;
    /// use makeready_kernels::jpeg_encode::halve_width;
    ///
    /// for level in Level::available() {
    ///     let mut out = [0; 2];
    ///     halve_width(level, &[2, 4, 6, 8], &mut out);
    ///     assert_eq!(out, [3, 7]);
    /// }
    /// ```
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut, reason = "other architectures have the scalar level alone")]
        let mut levels = vec![Self(InstructionSet::Scalar)];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("sse4.1") {
                levels.push(Self(InstructionSet::Sse41));
            }
            if is_x86_feature_detected!("avx2") {
                levels.push(Self(InstructionSet::Avx2));
                if is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vbmi")
                    && is_x86_feature_detected!("avx512vnni")
                {
                    levels.push(Self(InstructionSet::Avx512));
                }
            }
        }
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test over all levels shows little if one of them is left out.
    #[test]
    fn every_level_below_the_best_is_available() {
        let levels = Level::available();
        assert_eq!(
            (levels.first(), levels.last()),
            (Some(&Level::scalar()), Some(&Level::detect()))
        );
        #[cfg(target_arch = "x86_64")]
        {
            let all = [
                InstructionSet::Scalar,
                InstructionSet::Sse41,
                InstructionSet::Avx2,
                InstructionSet::Avx512,
            ]
            .map(Level);
            let best = all.iter().position(|level| *level == Level::detect()).expect("a level");
            assert_eq!(levels, all[..=best]);
        }
    }
}
