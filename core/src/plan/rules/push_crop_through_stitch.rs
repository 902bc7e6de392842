//! Crops the inputs of a stitch instead of the canvas.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::ops::records::{Paint, StitchOp};
use crate::plan::{NodeId, Op, Plan};

/// A crop of a stitch becomes a smaller stitch of cropped inputs; inputs outside the crop are not read.
///
/// ```text
/// crop 10x10+5+0                 stitch 2 (10x10)
///   stitch 2 (20x10)               at 0,0
///     at 0,0                         crop 5x10+5+0
///       decode #0 (10x10)   ->         decode #0 (10x10)
///     at 10,0                      at 5,0
///       decode #1 (10x10)            crop 5x10+0+0
///                                      decode #1 (10x10)
/// ```
pub(super) struct PushCropThroughStitch;

impl Rule for PushCropThroughStitch {
    fn name(&self) -> &'static str {
        "push_crop_through_stitch"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Crop(rect) = *plan.op(node) else {
            return Ok(false);
        };
        let child = plan.child(node);
        let Op::Stitch(stitch) = plan.op(child).clone() else {
            return Ok(false);
        };
        if !plan.has_one_user(child) {
            return Ok(false);
        }
        let layout = plan.shape(child).layout;
        let mut kept = StitchOp { size: rect.size(), places: Vec::new(), ..stitch };
        let mut inputs = Vec::new();
        for (&place, &input) in stitch.places.iter().zip(&plan.nodes[child].inputs.clone()) {
            let Some(seen) = place.intersection(rect) else {
                continue;
            };
            let cropped = plan.add(Op::Crop(seen.moved_from(place.x, place.y)), vec![input])?;
            kept.places.push(seen.moved_from(rect.x, rect.y));
            inputs.push(cropped);
        }
        // The picture that another was painted on is left as it is.
        if let (true, [_]) = (kept.paint != Paint::OVER, &inputs[..]) {
            let below = plan.child(child);
            plan.set(node, Op::Crop(rect), vec![below])?;
            return Ok(true);
        }
        // The layout follows from the inputs, and the last coloured one may be gone.
        if plan.infer(&Op::Stitch(kept.clone()), &inputs)?.layout != layout {
            return Ok(false);
        }
        plan.set(node, Op::Stitch(kept), inputs)?;
        Ok(true)
    }
}
