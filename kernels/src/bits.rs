//! Plain code that shifts and counts bits, as it runs best.
#![allow(unsafe_code, reason = "calls code for a CPU that has been asked what it has")]

use super::Level;
#[cfg(target_arch = "x86_64")]
use super::{InstructionSet, x86};

/// BitKernel for [`with_bit_instructions`]. A trait in place of a closure, as closures cannot be told to
/// be inlined.
pub trait BitKernel {
    /// What comes of it.
    type Output;

    /// Does it; to be `#[inline(always)]`, with all that it calls in its loops.
    fn run(self) -> Self::Output;
}

/// Does work that shifts and counts bits, as well as this CPU can.
pub fn with_bit_instructions<W: BitKernel>(level: Level, work: W) -> W::Output {
    match level.0 {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 | InstructionSet::Avx512
            if is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt") =>
        {
            // SAFETY: the CPU has just said that it has all four.
            unsafe { x86::bits::run(work) }
        }
        _ => work.run(),
    }
}
