//! The logical plan: the operations in the order written, each with the shape of what it gives.
//!
//! It is built from recorded pipelines and the headers of their inputs, rewritten by
//! [`optimize`](crate::plan::rules), and made executable by [`lower`](crate::run::lower). It knows no pixels.

mod alike;
mod build;
mod explain;
mod op;
pub(crate) mod rules;
mod shape;

pub(crate) use build::{Want, build};
pub(crate) use explain::explain;
pub(crate) use op::Op;
pub(crate) use shape::{infer, painted_layouts};

use std::collections::HashSet;
use std::sync::Arc;

use crate::error::Result;
use crate::formats::{Film, Header, Opened};
use crate::picture::metadata::Carried;
use crate::picture::motion::Motion;
use crate::picture::shape::Shape;
use crate::recipe::limits::Limits;
use crate::recipe::options::{OnError, Open};
use crate::recipe::source::Source;

/// The number of a node in its [`Plan`].
pub(crate) type NodeId = usize;

/// An operation with what it takes and gives.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) inputs: Vec<NodeId>,
    pub(crate) shape: Shape,
}

/// An input that has been opened.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    /// As the pass has it: a path has been read.
    pub(crate) source: Source,
    pub(crate) opened: Arc<dyn Opened>,
    /// Its frames, where it is opened with all of them.
    pub(crate) film: Option<Arc<dyn Film>>,
    pub(crate) open: Open,
    /// Its number among the inputs of its pipeline, for error messages.
    pub(crate) ordinal: usize,
    /// Those of its pipeline; of all pipelines that share its decode the strictest.
    pub(crate) limits: Limits,
    /// A sentence for a profile that cannot be used.
    pub(crate) warning: Option<String>,
}

impl Input {
    pub(crate) fn header(&self) -> &Header {
        self.opened.header()
    }

    /// Tells whether what is damaged gives what can be had.
    pub(crate) fn recovers(&self) -> bool {
        self.open.on_error == OnError::Recover
    }
}

/// The output of a pipeline.
#[derive(Debug, Clone)]
pub(crate) struct PlanOutput {
    /// The data that each of its files carries besides pixels. Their roots stand behind those of the outputs before, and
    /// of the files that they give the smallest is the output.
    pub(crate) carried: Vec<Carried>,
    /// The headers of a client that it depends on.
    pub(crate) vary: Option<String>,
}

/// Several pipelines as one graph without cycles. Nodes are never removed: what no root needs is not
/// part of the plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) nodes: Vec<Node>,
    /// What is wanted: for each output an `Encode` or a `Collect`, or several to choose from.
    pub(crate) roots: Vec<NodeId>,
    /// What each pipeline gives.
    pub(crate) outputs: Vec<PlanOutput>,
    pub(crate) inputs: Vec<Input>,
    /// For each input the first one that gives the same picture; where there is one root, nothing.
    pub(crate) alike: Vec<usize>,
    /// For each node those nodes of the plan that use it, once for each use. Kept at every change, as a look
    /// through all nodes for each of them would make planning quadratic.
    users: Vec<Vec<NodeId>>,
}

impl Plan {
    /// Adds an operation; its shape follows from its inputs.
    pub(crate) fn add(&mut self, op: Op, inputs: Vec<NodeId>) -> Result<NodeId> {
        let shape = self.infer(&op, &inputs)?;
        self.nodes.push(Node { op, inputs, shape });
        self.users.push(Vec::new());
        Ok(self.nodes.len() - 1)
    }

    /// Adds the output of a pipeline.
    pub(crate) fn add_output(&mut self, roots: Vec<(NodeId, Carried)>, vary: Option<String>) {
        let (roots, carried): (Vec<_>, _) = roots.into_iter().unzip();
        self.outputs.push(PlanOutput { carried, vary });
        roots.into_iter().for_each(|root| self.add_root(root));
    }

    /// Tells whether the file of a root is to carry more than pixels.
    pub(crate) fn carries(&self, root: NodeId) -> bool {
        let mut carried = self.outputs.iter().flat_map(|output| &output.carried);
        let at = self.roots.iter().position(|&id| id == root);
        at.and_then(|at| carried.nth(at)).is_some_and(|carried| !carried.is_empty())
    }

    /// Makes what a node gives an output.
    fn add_root(&mut self, id: NodeId) {
        let was_there = self.is_needed(id);
        self.roots.push(id);
        if !was_there {
            self.use_inputs(id);
        }
    }

    /// Makes a node do something else, for all that use it.
    pub(crate) fn set(&mut self, id: NodeId, op: Op, inputs: Vec<NodeId>) -> Result<()> {
        let shape = self.infer(&op, &inputs)?;
        let before = std::mem::replace(&mut self.nodes[id], Node { op, inputs, shape });
        if self.is_needed(id) {
            // What both need must not go in between.
            self.use_inputs(id);
            self.leave_inputs(id, before.inputs);
        }
        Ok(())
    }

    /// Makes all that use `old` use `new`.
    pub(crate) fn replace(&mut self, old: NodeId, new: NodeId) {
        let users = std::mem::take(&mut self.users[old]);
        for &user in &users {
            let inputs = self.nodes[user].inputs.iter_mut();
            inputs.filter(|id| **id == old).for_each(|id| *id = new);
        }
        let was_there = self.is_needed(new);
        self.users[new].extend(&users);
        if !was_there && self.is_needed(new) {
            self.use_inputs(new);
        }
        if !users.is_empty() {
            self.leave_inputs(old, self.nodes[old].inputs.clone());
        }
    }

    /// Whether a root needs it. Roots have no users.
    fn is_needed(&self, id: NodeId) -> bool {
        !self.users[id].is_empty() || self.is_root(id)
    }

    /// Whether it is an output.
    pub(crate) fn is_root(&self, id: NodeId) -> bool {
        self.nodes[id].op.is_output() && self.roots.binary_search(&id).is_ok()
    }

    /// Counts a node that is needed now as a user of its inputs, and so on down.
    fn use_inputs(&mut self, id: NodeId) {
        let mut needed = vec![id];
        while let Some(user) = needed.pop() {
            for &input in &self.nodes[user].inputs {
                self.users[input].push(user);
                if self.users[input].len() == 1 {
                    needed.push(input);
                }
            }
        }
    }

    /// Takes a node off the users of `inputs`, and those that nobody uses any more off theirs.
    fn leave_inputs(&mut self, id: NodeId, inputs: Vec<NodeId>) {
        let mut left = vec![(id, inputs)];
        while let Some((user, inputs)) = left.pop() {
            for input in inputs {
                let users = &mut self.users[input];
                let Some(at) = users.iter().rposition(|&id| id == user) else { continue };
                users.swap_remove(at);
                if users.is_empty() {
                    left.push((input, self.nodes[input].inputs.clone()));
                }
            }
        }
    }

    pub(crate) fn op(&self, id: NodeId) -> &Op {
        &self.nodes[id].op
    }

    pub(crate) fn shape(&self, id: NodeId) -> Shape {
        self.nodes[id].shape
    }

    /// The time of what a node gives, where it moves: that of the first film it is made from.
    pub(crate) fn motion(&self, id: NodeId) -> Option<&Motion> {
        self.films(id).next().map(|film| film.motion())
    }

    /// The films that a node is made from.
    pub(crate) fn films(&self, id: NodeId) -> impl Iterator<Item = &Arc<dyn Film>> {
        // Most plans have none, and need not be walked through.
        let moves = self.inputs.iter().any(|input| input.film.is_some());
        let below = if moves { self.below(id) } else { Vec::new() };
        below.into_iter().filter_map(|id| match self.op(id) {
            Op::Decode { input, .. } => self.inputs[*input].film.as_ref(),
            _ => None,
        })
    }

    /// The only input of a node that has one.
    pub(crate) fn child(&self, id: NodeId) -> NodeId {
        self.nodes[id].inputs[0]
    }

    pub(crate) fn infer(&self, op: &Op, inputs: &[NodeId]) -> Result<Shape> {
        let shapes: Vec<Shape> = inputs.iter().map(|&id| self.shape(id)).collect();
        infer(op, &shapes, &self.inputs)
    }

    /// The nodes that the roots need, inputs before users.
    pub(crate) fn live(&self) -> Vec<NodeId> {
        let mut seen: Vec<bool> = self.nodes.iter().map(|_| false).collect();
        let mut order = Vec::new();
        for &root in &self.roots {
            self.visit(root, &mut |id| !std::mem::replace(&mut seen[id], true), &mut order);
        }
        order
    }

    /// The nodes that one node needs and itself, inputs before users.
    pub(crate) fn below(&self, id: NodeId) -> Vec<NodeId> {
        self.below_all(&[id])
    }

    /// The nodes that some nodes need and they themselves, inputs before users.
    pub(crate) fn below_all(&self, ids: &[NodeId]) -> Vec<NodeId> {
        let (mut seen, mut order) = (HashSet::new(), Vec::new());
        for &id in ids {
            self.visit(id, &mut |id| seen.insert(id), &mut order);
        }
        order
    }

    /// Adds `top` and what it needs to `order`, inputs before users, of those that are `new` alone. Without
    /// recursion: a pipeline may have more operations than a stack has room for.
    fn visit(&self, top: NodeId, new: &mut impl FnMut(NodeId) -> bool, order: &mut Vec<NodeId>) {
        let mut path = Vec::new();
        if new(top) {
            path.push((top, 0));
        }
        while let Some((id, next)) = path.last_mut() {
            match self.nodes[*id].inputs.get(*next) {
                Some(&input) => {
                    *next += 1;
                    if new(input) {
                        path.push((input, 0));
                    }
                }
                None => {
                    order.push(*id);
                    path.pop();
                }
            }
        }
    }

    /// The nodes of the plan that use `id`, once for each use.
    pub(crate) fn users(&self, id: NodeId) -> &[NodeId] {
        &self.users[id]
    }

    /// Whether just one thing uses `id`, so that it may be rewritten for that user.
    pub(crate) fn has_one_user(&self, id: NodeId) -> bool {
        self.users(id).len() == 1
    }
}
