//! Lets the planes of JPEG files through to the encoder.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::geometry::{Rect, Size};
use crate::image::{Layout, Subsampling};
use crate::options::{Encode, Kernel};
use crate::plan::{NodeId, Op, Plan};

/// Where every input of an output is a JPEG of one subsampling, nothing in between needs RGB, and the output
/// is a JPEG of that subsampling too, they are decoded, cropped, stitched and resampled each at its own size: no
/// colour is converted and no chroma made larger and smaller again.
///
/// Not for WebP: its samples have a narrower range, and planes narrowed after 8 bits measured half a point of
/// SSIMULACRA2 worse than those that libwebp makes from RGB. Not with alpha, edges or conversions, in linear
/// light, by the nearest kernel, nor where a place, a crop or a window would split a chroma sample. All outputs
/// that share a node must allow it.
///
/// A scaled decode scales every plane alike, while on the way to RGB subsampled chroma is decoded at twice the
/// scale of luma and then resampled twice as far: so at 1/8 a progressive file is read no further than its DC scans.
///
/// Approximate: SSIMULACRA2 against the way through RGB stays above 90 on photographs, and is at most 0.1 lower
/// against the original.
///
/// ```text
/// encode jpeg => 80x60 rgb               encode jpeg => 80x60 rgb
///   resize => 80x60 rgb             ->     resize => 80x60 ycbcr 4:2:0
///     decode #0 => 200x150 rgb               decode #0 => 200x150 ycbcr 4:2:0
/// ```
pub(super) struct KeepYcbcr;

impl Rule for KeepYcbcr {
    fn name(&self) -> &'static str {
        "keep_ycbcr"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Approximate
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        if !plan.roots.contains(&node) {
            return Ok(false);
        }
        let nodes = connected(plan, node);
        let Some(subsampling) = common_subsampling(plan, &nodes) else { return Ok(false) };
        if !nodes.iter().all(|&id| keeps_planes(plan, id, subsampling)) {
            return Ok(false);
        }
        let planes = Layout::YCbCr(subsampling);
        for id in nodes {
            let mut op = plan.op(id).clone();
            if let Op::Decode { layout, .. } = &mut op {
                *layout = planes;
            }
            plan.set(id, op, plan.nodes[id].inputs.clone())?;
        }
        Ok(true)
    }
}

/// The nodes of a root and of all roots that share one with it, inputs before users.
fn connected(plan: &Plan, root: NodeId) -> Vec<NodeId> {
    let mut nodes = plan.below(root);
    loop {
        let before = nodes.len();
        for &other in &plan.roots {
            let below = plan.below(other);
            if below.iter().any(|id| nodes.contains(id)) {
                nodes.extend(below);
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        if nodes.len() == before {
            let mut order = plan.live();
            order.retain(|id| nodes.contains(id));
            return order;
        }
    }
}

/// The subsampling that all files have, if they are decoded to RGB and have one.
fn common_subsampling(plan: &Plan, nodes: &[NodeId]) -> Option<Subsampling> {
    let mut common = None;
    for &id in nodes {
        if let Op::Decode { input, layout: Layout::Rgb, .. } = plan.op(id) {
            let planar = plan.inputs[*input].header.planar?;
            if *common.get_or_insert(planar) != planar {
                return None;
            }
        }
    }
    common
}

/// Whether a node can work on planes of this subsampling.
fn keeps_planes(plan: &Plan, id: NodeId, subsampling: Subsampling) -> bool {
    let (sub_x, sub_y) = subsampling.factors();
    let corner_fits = |rect: Rect| rect.x.is_multiple_of(sub_x) && rect.y.is_multiple_of(sub_y);
    match plan.op(id) {
        Op::Decode { layout, region, .. } => *layout == Layout::Rgb && corner_fits(*region),
        Op::Crop(rect) => corner_fits(*rect),
        Op::Resize(resize) => {
            !resize.linear && resize.kernel != Kernel::Nearest && corner_fits(resize.window)
        }
        Op::Stitch(stitch) => {
            let fits = |place: &Rect| place_fits(*place, stitch.size, (sub_x, sub_y));
            stitch.places.iter().all(fits)
        }
        Op::Orient(orientation) => {
            let size = plan.shape(id).size;
            let whole = size.width.is_multiple_of(sub_x) && size.height.is_multiple_of(sub_y);
            whole && (sub_x == sub_y || !orientation.transposes())
        }
        Op::Encode(Encode::Jpeg(jpeg)) => jpeg.subsampling == subsampling,
        _ => false,
    }
}

/// Whether a place begins on a chroma sample, and ends on one or with the canvas.
fn place_fits(place: Rect, canvas: Size, (sub_x, sub_y): (u32, u32)) -> bool {
    let ends = |end: u64, sub: u32, side: u32| {
        end.is_multiple_of(u64::from(sub)) || end == u64::from(side)
    };
    place.x.is_multiple_of(sub_x)
        && place.y.is_multiple_of(sub_y)
        && ends(place.right(), sub_x, canvas.width)
        && ends(place.bottom(), sub_y, canvas.height)
}
