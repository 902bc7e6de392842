//! Resamples only the part of a resized picture that a crop keeps.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::ops::records::ResizeOp;
use crate::plan::{NodeId, Op, Plan};

/// A crop of a resized picture becomes the resize's window.
///
/// Exact: the weights of a pixel follow from its place in the whole resized picture, whatever the window.
///
/// ```text
/// crop 20x20+5+0
///   resize 100x80 -> 25x20   ->   resize 100x80 -> 25x20 window 20x20+5+0
/// ```
pub(super) struct PushCropIntoResize;

impl Rule for PushCropIntoResize {
    fn name(&self) -> &'static str {
        "push_crop_into_resize"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Crop(rect) = *plan.op(node) else { return Ok(false) };
        let child = plan.child(node);
        let Op::Resize(resize) = *plan.op(child) else { return Ok(false) };
        if !plan.has_one_user(child) {
            return Ok(false);
        }
        let window = rect.within(resize.window);
        plan.set(node, Op::Resize(ResizeOp { window, ..resize }), vec![plan.child(child)])?;
        Ok(true)
    }
}
