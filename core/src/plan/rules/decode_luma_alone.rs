//! Decodes the luma alone of a JPEG of which nothing else is seen.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::picture::image::Layout;
use crate::plan::{NodeId, Op, Plan};

/// An operation that sees shades of gray alone, of a JPEG that may be cropped, turned and resampled before: its colours are
/// neither transformed nor resampled, as luma is the shade of gray.
///
/// Not through what a profile converts, nor through a resize in linear light: both need the colours.
///
/// Approximate: shades of gray are not rounded once more on their way through RGB, and colours that RGB does not have are
/// not cut before they are gray. On photographs the mean difference is below half a step.
///
/// ```text
/// grayscale => 80x60 gray                grayscale => 80x60 gray
///   resize => 80x60 rgb             ->     resize => 80x60 gray
///     decode #0 => 200x150 rgb               decode #0 => 200x150 gray
/// ```
pub(super) struct DecodeLumaAlone;

impl Rule for DecodeLumaAlone {
    fn name(&self) -> &'static str {
        "decode_luma_alone"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Approximate
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Picture(op) = plan.op(node) else { return Ok(false) };
        if !op.op().sees_luma_alone() {
            return Ok(false);
        }
        let Some(mut nodes) = down_to_decode(plan, node) else { return Ok(false) };
        nodes.reverse();
        for id in nodes {
            let (mut op, inputs) = (plan.op(id).clone(), plan.nodes[id].inputs.clone());
            if let Op::Decode { layout, .. } = &mut op {
                *layout = Layout::Gray;
            }
            plan.set(id, op, inputs)?;
        }
        Ok(true)
    }
}

/// The nodes from one to the decode below it, if all of them can be done on luma and nothing else needs them.
fn down_to_decode(plan: &Plan, node: NodeId) -> Option<Vec<NodeId>> {
    let mut nodes = vec![node];
    loop {
        let [id] = plan.nodes[*nodes.last()?].inputs[..] else { return None };
        nodes.push(id);
        let may_pass = match plan.op(id) {
            Op::Decode { input, layout: Layout::Rgb, .. } => {
                let is_ycbcr = plan.inputs[*input].header().planar.is_some();
                return (is_ycbcr && plan.has_one_user(id)).then_some(nodes);
            }
            Op::Crop(_) | Op::Orient(_) => true,
            Op::Resize(resize) => !resize.linear,
            _ => false,
        };
        if !may_pass || !plan.has_one_user(id) {
            return None;
        }
    }
}
