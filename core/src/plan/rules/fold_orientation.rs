//! Makes one turn of several.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::plan::{NodeId, Op, Plan};

/// A turn of a turn is one turn; the eight orientations are a group.
///
/// ```text
/// orient rotate 90
///   orient flop       ->   orient flop, rotate 90
/// ```
pub(super) struct FoldOrientation;

impl Rule for FoldOrientation {
    fn name(&self) -> &'static str {
        "fold_orientation"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Orient(second) = *plan.op(node) else {
            return Ok(false);
        };
        let child = plan.child(node);
        let Op::Orient(first) = *plan.op(child) else {
            return Ok(false);
        };
        plan.set(node, Op::Orient(first.then(second)), vec![plan.child(child)])?;
        Ok(true)
    }
}
