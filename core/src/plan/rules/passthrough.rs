//! Copies a file that nothing is left to change in.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::plan::{NodeId, Op, Plan};
use crate::recipe::options::{Encode, OnError};

/// An encode with default options, directly of a whole file of the same format that holds nothing but
/// pixels and is whole, copies the file.
///
/// Approximate: the copy is better than what a second encode gives; it is the input.
///
/// ```text
/// encode jpeg quality=80 4:2:0
///   decode #0 (jpeg 40x30)       ->   copy #0
/// ```
pub(super) struct Passthrough;

impl Rule for Passthrough {
    fn name(&self) -> &'static str {
        "passthrough"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Approximate
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Encode(encode) = *plan.op(node) else {
            return Ok(false);
        };
        let Op::Decode { input, scale: 1, region, .. } = *plan.op(plan.child(node)) else {
            return Ok(false);
        };
        let header = plan.inputs[input].header();
        let same_format = header.format == encode.format();
        // What is to be recovered is to be looked at.
        let recover = plan.inputs[input].open.on_error == OnError::Recover;
        if !same_format
            || recover
            || encode != Encode::default_of(encode.format())
            || region != Rect::whole(header.size)
        {
            return Ok(false);
        }
        if !plan.inputs[input].opened.holds_only_pixels() {
            return Ok(false);
        }
        plan.set(node, Op::Copy { input }, Vec::new())?;
        Ok(true)
    }
}
