//! Decodes only the part of a file that a crop keeps.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::plan::{NodeId, Op, Plan};

/// A crop of a decode becomes the decode's region, where the decoder can decode a part to the same
/// samples. A decoder that cannot keeps its crop, which drops rows as they come.
///
/// ```text
/// crop 600x400+3000+2000
///   decode #0 region 4000x3000+0+0   ->   decode #0 region 600x400+3000+2000
/// ```
pub(super) struct PushCropIntoDecode;

impl Rule for PushCropIntoDecode {
    fn name(&self) -> &'static str {
        "push_crop_into_decode"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Crop(rect) = *plan.op(node) else {
            return Ok(false);
        };
        let child = plan.child(node);
        let Op::Decode { input, scale, region, layout } = *plan.op(child) else {
            return Ok(false);
        };
        if !plan.inputs[input].header().caps.region || !plan.has_one_user(child) {
            return Ok(false);
        }
        let region = rect.within(region);
        plan.set(node, Op::Decode { input, scale, region, layout }, Vec::new())?;
        Ok(true)
    }
}
