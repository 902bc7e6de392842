//! The logical plan: the operations in the order written, each with the shape of what it gives.
//!
//! It is built from recorded pipelines and the headers of their inputs, rewritten by
//! [`optimize`](crate::optimize), and made executable by [`lower`](crate::lower). It knows no pixels.

mod build;
mod explain;
mod op;
mod shape;

pub(crate) use build::{Want, build};
pub(crate) use explain::explain;
pub(crate) use op::{Op, ResizeOp, SourceBox, StitchOp};
pub(crate) use shape::{Shape, infer};

use crate::codec::Header;
use crate::error::Result;
use crate::options::Open;
use crate::source::Source;

/// The number of a node in its [`Plan`].
pub(crate) type NodeId = usize;

/// An operation with what it takes and gives.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) inputs: Vec<NodeId>,
    pub(crate) shape: Shape,
}

/// An input with its header.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) source: Source,
    pub(crate) header: Header,
    pub(crate) open: Open,
    /// Its number among the inputs of its pipeline, for error messages.
    pub(crate) ordinal: usize,
}

/// Several pipelines as one graph without cycles. Nodes are never removed: what no root needs is not
/// part of the plan.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) nodes: Vec<Node>,
    /// What is wanted: an `Encode` or a `Collect` for each pipeline.
    pub(crate) roots: Vec<NodeId>,
    pub(crate) inputs: Vec<Input>,
}

impl Plan {
    /// Adds an operation; its shape follows from its inputs.
    pub(crate) fn add(&mut self, op: Op, inputs: Vec<NodeId>) -> Result<NodeId> {
        let shape = self.infer(&op, &inputs)?;
        self.nodes.push(Node { op, inputs, shape });
        Ok(self.nodes.len() - 1)
    }

    /// Makes a node do something else, for all that use it.
    pub(crate) fn set(&mut self, id: NodeId, op: Op, inputs: Vec<NodeId>) -> Result<()> {
        let shape = self.infer(&op, &inputs)?;
        self.nodes[id] = Node { op, inputs, shape };
        Ok(())
    }

    /// Makes all that use `old` use `new`.
    pub(crate) fn replace(&mut self, old: NodeId, new: NodeId) {
        let users = self.nodes.iter_mut().flat_map(|node| &mut node.inputs);
        users.chain(&mut self.roots).filter(|id| **id == old).for_each(|id| *id = new);
    }

    pub(crate) fn op(&self, id: NodeId) -> &Op {
        &self.nodes[id].op
    }

    pub(crate) fn shape(&self, id: NodeId) -> Shape {
        self.nodes[id].shape
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
        let mut order = Vec::new();
        let mut seen = vec![false; self.nodes.len()];
        for &root in &self.roots {
            self.visit(root, &mut seen, &mut order);
        }
        order
    }

    /// The nodes that one node needs and itself, inputs before users.
    pub(crate) fn below(&self, id: NodeId) -> Vec<NodeId> {
        let mut order = Vec::new();
        self.visit(id, &mut vec![false; self.nodes.len()], &mut order);
        order
    }

    fn visit(&self, id: NodeId, seen: &mut [bool], order: &mut Vec<NodeId>) {
        if !std::mem::replace(&mut seen[id], true) {
            for &input in &self.nodes[id].inputs {
                self.visit(input, seen, order);
            }
            order.push(id);
        }
    }

    /// The nodes that use `id`, once for each use.
    pub(crate) fn users(&self, id: NodeId) -> Vec<NodeId> {
        let uses = |user: &NodeId| {
            let count = self.nodes[*user].inputs.iter().filter(|&&input| input == id).count();
            std::iter::repeat_n(*user, count)
        };
        self.live().iter().flat_map(uses).collect()
    }

    /// Whether just one thing uses `id`, so that it may be rewritten for that user.
    pub(crate) fn has_one_user(&self, id: NodeId) -> bool {
        self.users(id).len() == 1
    }
}
