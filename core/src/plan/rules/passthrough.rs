//! Copies a file that nothing is left to change in.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::plan::{Input, NodeId, Op, Plan};
use crate::recipe::options::Encode;

/// An encode with default options, directly of a whole file of the same format that holds nothing but
/// pixels, is whole, and has at most `max_bytes`, copies the file; unless it is to carry more.
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
        let Op::Decode { input, scale: 1, region, layout } = *plan.op(plan.child(node)) else {
            return Ok(false);
        };
        let header = plan.inputs[input].header();
        let same_format = header.format == encode.format();
        // What is to be recovered is to be looked at.
        let recover = plan.inputs[input].recovers();
        if !same_format
            || recover
            || encode.with_max_bytes(None) != Encode::default_of(encode.format())
            || region != Rect::whole(header.size)
            // Its luma alone is no copy.
            || layout.has_colour() != header.layout.has_colour()
            || plan.carries(node)
        {
            return Ok(false);
        }
        let Input { source, opened, limits, .. } = &plan.inputs[input];
        if let Some(max) = encode.max_bytes()
            && (*source.bytes(limits.max_input_bytes)?).as_ref().len() as u64 > max
        {
            return Ok(false);
        }
        if !opened.holds_only_pixels() {
            return Ok(false);
        }
        plan.set(node, Op::Copy { input }, Vec::new())?;
        Ok(true)
    }
}
