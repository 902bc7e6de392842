//! Moves crops below operations that make every pixel from one pixel, or from those around it.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::plan::{NodeId, Op, Plan};

/// A crop of a turned, flattened, converted, extended or blurred picture crops first. Of one whose pixels are made from
/// those around them it keeps as many more as they reach.
///
/// ```text
/// crop 3x2+0+0                  orient rotate 90
///   orient rotate 90       ->     crop 2x3+0+7
///     decode #0 (8x10)              decode #0 (8x10)
/// ```
pub(super) struct PushCropDown;

impl Rule for PushCropDown {
    fn name(&self) -> &'static str {
        "push_crop_down"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Crop(rect) = *plan.op(node) else {
            return Ok(false);
        };
        let child = plan.child(node);
        if !plan.has_one_user(child) {
            return Ok(false);
        }
        let size = plan.shape(child).size;
        let (below, op) = match plan.op(child) {
            Op::Orient(turn) => (turn.inverse().rect(rect, size), Op::Orient(*turn)),
            Op::Picture(op) => {
                let input = plan.shape(plan.child(child)).size;
                let Some(cropped) = op.op().cropped(rect, input) else { return Ok(false) };
                (cropped.input, Op::Picture(cropped.op))
            }
            _ => return Ok(false),
        };
        let cropped = plan.add(Op::Crop(below), vec![plan.child(child)])?;
        plan.set(node, op, vec![cropped])?;
        Ok(true)
    }
}
