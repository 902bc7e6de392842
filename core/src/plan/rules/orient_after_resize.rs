//! Turns the small picture instead of the large one.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::ops::records::{ResizeOp, SourceBox};
use crate::picture::geometry::{Rect, Size};
use crate::picture::orientation::Orientation;
use crate::plan::{NodeId, Op, Plan};

/// A resize that shrinks a turned picture shrinks first.
///
/// Approximate: the two passes of the resampler round in the other order, so that a sample may differ
/// by 2.
///
/// ```text
/// resize 30x40 -> 15x20          orient rotate 90
///   orient rotate 90        ->     resize 40x30 -> 20x15
///     decode #0 (40x30)              decode #0 (40x30)
/// ```
pub(super) struct OrientAfterResize;

impl Rule for OrientAfterResize {
    fn name(&self) -> &'static str {
        "orient_after_resize"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Approximate
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Resize(resize) = *plan.op(node) else {
            return Ok(false);
        };
        let child = plan.child(node);
        let Op::Orient(orientation) = *plan.op(child) else {
            return Ok(false);
        };
        if !resize.shrinks() || !plan.has_one_user(child) {
            return Ok(false);
        }
        let size = plan.shape(child).size;
        let Some(turned) = turned_back(&resize, orientation, size) else {
            return Ok(false);
        };
        let small = plan.add(Op::Resize(turned), vec![plan.child(child)])?;
        plan.set(node, Op::Orient(orientation), vec![small])?;
        Ok(true)
    }
}

/// The resize that gives the same pixels before the turn; `size` is the picture's after the turn.
fn turned_back(resize: &ResizeOp, orientation: Orientation, size: Size) -> Option<ResizeOp> {
    let back = orientation.inverse();
    let unit = resize.from.unit;
    let in_units = Size::new(size.width.checked_mul(unit)?, size.height.checked_mul(unit)?);
    // Where a window cut source off, the box reaches beyond what is left: there is nothing to turn it in.
    let edges = resize.from.edges().filter(|edges| edges.fits(in_units))?;
    let Rect { x, y, width, height } = back.rect(edges, in_units);
    Some(ResizeOp {
        from: SourceBox { unit, x: x.into(), y: y.into(), width, height },
        to: back.size(resize.to),
        window: back.rect(resize.window, resize.to),
        ..*resize
    })
}
