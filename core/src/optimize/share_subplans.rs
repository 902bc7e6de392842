//! Does once what several pipelines of a pass have in common.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::plan::{NodeId, Op, Plan};

/// Equal parts of different pipelines become one part that both use.
///
/// Within one pipeline equal parts stay apart: a tile that lies at two places of a page is needed at two
/// times, and would have to be kept whole between them.
///
/// ```text
/// encode jpeg quality=90          encode jpeg quality=90
///   decode #0                       [a] decode #0
/// encode webp quality=80     ->   encode webp quality=80
///   decode #1 (same bytes)          [a] as above
/// ```
pub(super) struct ShareSubplans;

impl Rule for ShareSubplans {
    fn name(&self) -> &'static str {
        "share_subplans"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Some(place) = plan.roots.iter().position(|&root| root == node) else {
            return Ok(false);
        };
        let mut mine = plan.below(node);
        let mut theirs: Vec<NodeId> = Vec::new();
        for &root in &plan.roots[..place] {
            theirs.extend(plan.below(root));
        }
        // What is shared already is neither's to share again.
        let both: Vec<NodeId> = mine.iter().copied().filter(|id| theirs.contains(id)).collect();
        mine.retain(|id| !both.contains(id));
        theirs.retain(|id| !both.contains(id));
        let mut shared = false;
        // Inputs come before users, so that equal inputs are one by the time their users are compared.
        for id in mine {
            if id == node {
                continue;
            }
            if let Some(at) = theirs.iter().position(|&other| equal(plan, id, other)) {
                let other = theirs.swap_remove(at);
                plan.replace(id, other);
                shared = true;
            }
        }
        Ok(shared)
    }
}

/// Whether two nodes give the same picture, given that equal inputs are one node already.
fn equal(plan: &Plan, a: NodeId, b: NodeId) -> bool {
    if plan.nodes[a].inputs != plan.nodes[b].inputs {
        return false;
    }
    match (plan.op(a), plan.op(b)) {
        (
            Op::Decode { input: i, scale, region, layout },
            Op::Decode { input: j, scale: other_scale, region: other_region, layout: other_layout },
        ) => {
            let (i, j) = (&plan.inputs[*i], &plan.inputs[*j]);
            (scale, region, layout) == (other_scale, other_region, other_layout)
                && i.open == j.open
                && i.source.same(&j.source)
        }
        (a, b) => a == b,
    }
}
