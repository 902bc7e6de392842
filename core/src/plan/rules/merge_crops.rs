//! Makes one crop of a crop of a crop.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::plan::{NodeId, Op, Plan};

/// A crop of a crop is one crop.
///
/// ```text
/// crop 5x5+1+1
///   crop 10x10+20+20   ->   crop 5x5+21+21
/// ```
pub(super) struct MergeCrops;

impl Rule for MergeCrops {
    fn name(&self) -> &'static str {
        "merge_crops"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Crop(inner) = *plan.op(node) else {
            return Ok(false);
        };
        let child = plan.child(node);
        let Op::Crop(outer) = *plan.op(child) else {
            return Ok(false);
        };
        // The lower crop stays for others that use it; this one no longer waits for it.
        plan.set(node, Op::Crop(inner.within(outer)), vec![plan.child(child)])?;
        Ok(true)
    }
}
