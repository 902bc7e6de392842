//! Plain code compiled for the bit instructions of newer CPUs.

use crate::bits::BitKernel;

/// Runs `kernel`. The compiler inlines it here, and so translates it with shifts that leave the
/// flags alone (BMI2) and the cheap removal of the lowest bit (BMI1).
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt")]
pub(crate) fn run<K: BitKernel>(kernel: K) -> K::Output {
    kernel.run()
}
