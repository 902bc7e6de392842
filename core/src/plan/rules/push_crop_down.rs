//! Moves crops below operations that make every pixel from one pixel.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::picture::geometry::{Rect, Size};
use crate::plan::{NodeId, Op, Plan};
use crate::recipe::options::Edges;

/// A crop of a turned, flattened, converted or extended picture crops first.
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
        let below = match *plan.op(child) {
            Op::Orient(orientation) => orientation.inverse().rect(rect, plan.shape(child).size),
            ref op if op.is_pointwise() => rect,
            Op::Extend(edges, colour) => {
                let inner = plan.shape(plan.child(child)).size;
                let Some((rest, below)) = crop_extended(rect, edges, inner) else {
                    return Ok(false);
                };
                let cropped = plan.add(Op::Crop(below), vec![plan.child(child)])?;
                plan.set(node, Op::Extend(rest, colour), vec![cropped])?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        let op = plan.op(child).clone();
        let cropped = plan.add(Op::Crop(below), vec![plan.child(child)])?;
        plan.set(node, op, vec![cropped])?;
        Ok(true)
    }
}

/// What is left of the edges when `rect` of the extended picture is kept, and of the picture; `None`
/// where nothing is left of the picture.
fn crop_extended(rect: Rect, edges: Edges, inner: Size) -> Option<(Edges, Rect)> {
    let place = Rect::new(edges.left, edges.top, inner.width, inner.height);
    let seen = place.intersection(rect)?;
    let rest = Edges {
        left: seen.x - rect.x,
        top: seen.y - rect.y,
        right: rect.x + rect.width - (seen.x + seen.width),
        bottom: rect.y + rect.height - (seen.y + seen.height),
    };
    Some((rest, seen.moved_from(place.x, place.y)))
}
