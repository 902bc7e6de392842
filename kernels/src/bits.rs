//! Runs plain code that shifts and counts bits with the best instructions for it.
#![allow(unsafe_code, reason = "calls code for a CPU that has been asked what it has")]

use super::Level;
#[cfg(target_arch = "x86_64")]
use super::{InstructionSet, x86};

/// Code for [`with_bit_instructions`]. A trait in place of a closure, as closures cannot be told to
/// be inlined.
pub trait BitKernel {
    /// The result.
    type Output;

    /// Runs the code. Mark it `#[inline(always)]`, and all functions that its loops call.
    fn run(self) -> Self::Output;
}

/// Runs code that shifts and counts bits with the bit instructions of this CPU.
///
/// ```
/// use makeready_kernels::Level;
/// use makeready_kernels::bits::{BitKernel, with_bit_instructions};
///
/// struct LowestBits(u64);
///
/// impl BitKernel for LowestBits {
///     type Output = u32;
///
///     #[inline(always)]
///     fn run(self) -> u32 {
///         self.0.trailing_ones()
///     }
/// }
///
/// assert_eq!(with_bit_instructions(Level::detect(), LowestBits(0b1011)), 2);
/// ```
pub fn with_bit_instructions<K: BitKernel>(level: Level, kernel: K) -> K::Output {
    match level.0 {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 | InstructionSet::Avx512
            if is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt") =>
        {
            // SAFETY: the CPU has just said that it has all four.
            unsafe { x86::bits::run(kernel) }
        }
        _ => kernel.run(),
    }
}
