//! Plain code compiled for the bit instructions of newer CPUs.

use crate::bits::BitKernel;

/// Runs `work`, which the compiler inlines here and so translates with shifts that leave the flags
/// alone (BMI2) and the cheap removal of the lowest bit (BMI1).
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt")]
pub(crate) fn run<W: BitKernel>(work: W) -> W::Output {
    work.run()
}
