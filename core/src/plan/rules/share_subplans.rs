//! Does once what several pipelines of a pass have in common.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::plan::{NodeId, Op, Plan};
use crate::recipe::job::Watch;

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

    /// One output alone has nobody to share with.
    fn apply(&self, _: &mut Plan, _: NodeId, _: &Context) -> Result<bool> {
        Ok(false)
    }

    fn apply_everywhere(&self, plan: &mut Plan, _: &Context, watch: &Watch) -> Result<usize> {
        let roots = plan.roots.clone();
        if roots.len() == 1 {
            return Ok(0);
        }
        let mut count = 0;
        let mut earlier = Earlier::new(plan);
        for (output, root) in roots.into_iter().enumerate() {
            watch.check()?;
            count += usize::from(earlier.share(plan, root, output)?);
        }
        Ok(count)
    }
}

/// The parts of the outputs so far, to be found by a hash of what they are.
struct Earlier {
    by_hash: HashMap<u64, Vec<NodeId>>,
    /// For each node the last output that has it, or that has made it its own.
    taken_by: Vec<Option<usize>>,
}

impl Earlier {
    fn new(plan: &Plan) -> Self {
        Self { by_hash: HashMap::new(), taken_by: plan.nodes.iter().map(|_| None).collect() }
    }

    /// Makes parts of an output those of earlier ones that are equal, and its others known to later ones.
    fn share(&mut self, plan: &mut Plan, root: NodeId, output: usize) -> Result<bool> {
        let mut mine = plan.below(root);
        mine.retain(|&id| id != root);
        // What is shared already is neither's to share again.
        mine.retain(|&id| self.taken_by[id].replace(output).is_none());
        let mut shared = false;
        // Inputs come before users, so that equal inputs are one by the time their users are compared.
        for id in mine {
            let alike = self.by_hash.entry(hash(plan, id)).or_default();
            let free = |other: &&NodeId| {
                self.taken_by[**other] != Some(output) && equal(plan, id, **other)
            };
            if let Some(&other) = alike.iter().find(free) {
                self.taken_by[other] = Some(output);
                share_limits(plan, id, other);
                plan.replace(id, other);
                shared = true;
            } else {
                alike.push(id);
            }
        }
        Ok(shared)
    }
}

/// What is equal has the same: the operation, the inputs, and the picture that is decoded.
fn hash(plan: &Plan, id: NodeId) -> u64 {
    let node = &plan.nodes[id];
    let mut hasher = DefaultHasher::new();
    node.inputs.hash(&mut hasher);
    match &node.op {
        Op::Decode { input, scale, region, layout } => {
            (plan.alike[*input], scale, region, layout).hash(&mut hasher);
        }
        op => op.hash(&mut hasher),
    }
    hasher.finish()
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
            (scale, region, layout) == (other_scale, other_region, other_layout)
                && plan.inputs[*i].open == plan.inputs[*j].open
                && plan.alike[*i] == plan.alike[*j]
        }
        (a, b) => a == b,
    }
}

/// A decode for several pipelines is held to the limits of all of them.
fn share_limits(plan: &mut Plan, from: NodeId, to: NodeId) {
    if let (&Op::Decode { input: from, .. }, &Op::Decode { input: to, .. }) =
        (plan.op(from), plan.op(to))
    {
        plan.inputs[to].limits = plan.inputs[to].limits.strictest(plan.inputs[from].limits);
    }
}
