//! Removes operations that change nothing.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::picture::orientation::Orientation;
use crate::plan::{NodeId, Op, Plan};

/// An operation that gives its input unchanged is left out.
///
/// ```text
/// crop 40x30+0+0            decode #0 (40x30)
///   decode #0 (40x30)   ->
/// ```
pub(super) struct DropNoops;

impl Rule for DropNoops {
    fn name(&self) -> &'static str {
        "drop_noops"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let changes_nothing = does_nothing(plan, node);
        if changes_nothing {
            plan.replace(node, plan.child(node));
        }
        Ok(changes_nothing)
    }
}

fn does_nothing(plan: &Plan, node: NodeId) -> bool {
    let [input] = plan.nodes[node].inputs[..] else {
        return false;
    };
    let (from, to) = (plan.shape(input), plan.shape(node));
    match plan.op(node) {
        Op::Orient(orientation) => *orientation == Orientation::NORMAL,
        Op::Crop(rect) => *rect == Rect::whole(from.size),
        Op::Resize(resize) => {
            resize.from.is_whole(from.size)
                && resize.to == from.size
                && resize.window == Rect::whole(resize.to)
        }
        // One opaque input that covers the canvas: nothing shows of the background.
        Op::Stitch(_) => from == to && !from.layout.has_alpha(),
        Op::Picture(op) => op.op().changes_nothing(from),
        _ => false,
    }
}
