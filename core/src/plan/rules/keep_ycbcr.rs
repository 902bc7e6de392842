//! Lets the planes of JPEG files through to the encoder, or to the last resize.

use std::collections::HashSet;

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::formats;
use crate::ops::convert::Convert;
use crate::ops::records::{Paint, ResizeOp};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::{Layout, Subsampling};
use crate::plan::{NodeId, Op, Plan};
use crate::recipe::job::Watch;
use crate::recipe::options::Kernel;

/// Where every input of an output is a JPEG of one subsampling, and nothing in between needs RGB, they are decoded,
/// cropped, stitched and resampled each at its own size: no colour is converted and no chroma made larger and
/// smaller again. A JPEG of that subsampling is encoded from these planes. For any other output the last resize
/// brings chroma to the size of luma, and RGB is made of the few pixels that are left: if all decodes are scaled,
/// so that the output is not that of the full picture anyway, and chroma is made larger nowhere.
///
/// The planes are not for WebP itself: its samples have a narrower range, and planes narrowed after 8 bits measured
/// half a point of SSIMULACRA2 worse than those made from RGB. Not below alpha, edges or conversions,
/// in linear light, by the nearest kernel, nor where a place, a crop or a window would split a chroma sample. All
/// outputs that share a node must allow it.
///
/// A scaled decode scales every plane alike, while on the way to RGB subsampled chroma is decoded at twice the
/// scale of luma and then resampled twice as far: so at 1/8 a progressive file is read no further than its DC scans.
///
/// Approximate: on photographs SSIMULACRA2 against the way through RGB stays above 95 for pixels, and for a JPEG 1.5 below
/// what encoding one again leaves of it; against the original it is at most 0.1 lower.
///
/// ```text
/// encode jpeg => 80x60 rgb               encode jpeg => 80x60 rgb
///   resize => 80x60 rgb             ->     resize => 80x60 ycbcr 4:2:0
///     decode #0 => 200x150 rgb               decode #0 => 200x150 ycbcr 4:2:0
///
/// encode webp => 80x60 rgb               encode webp => 80x60 rgb
///   resize => 80x60 rgb             ->     convert to rgb => 80x60 rgb
///     decode #0 => 200x150 rgb               resize => 80x60 ycbcr 4:4:4
///                                              decode #0 => 200x150 ycbcr 4:2:0
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
        let nodes = connected(plan, node);
        let Some(subsampling) = common_subsampling(plan, &nodes) else { return Ok(false) };
        let Some(ends) = ends(plan, &nodes, subsampling) else { return Ok(false) };
        let planar = plan.below_all(&ends);
        let ends: HashSet<NodeId> = ends.into_iter().collect();
        for id in planar {
            let (mut op, inputs) = (plan.op(id).clone(), plan.nodes[id].inputs.clone());
            match &mut op {
                Op::Decode { layout, .. } => *layout = Layout::YCbCr(subsampling),
                Op::Resize(resize) if ends.contains(&id) => {
                    resize.full_chroma = true;
                    let resized = plan.add(op, inputs)?;
                    let convert = Op::Picture(Convert { layout: Layout::Rgb }.into());
                    plan.set(id, convert, vec![resized])?;
                    continue;
                }
                _ => {}
            }
            plan.set(id, op, inputs)?;
        }
        Ok(true)
    }

    /// At outputs alone, and once for those that share a node.
    fn apply_everywhere(&self, plan: &mut Plan, context: &Context, watch: &Watch) -> Result<usize> {
        let mut count = 0;
        let mut seen = HashSet::new();
        for root in plan.roots.clone().into_iter().rev() {
            watch.check()?;
            if !seen.contains(&root) {
                seen.extend(connected_roots(plan, root));
                count += usize::from(self.apply(plan, root, context)?);
            }
        }
        Ok(count)
    }
}

/// Where planes end: at the outputs that take them, and above the last resizes of all others. None if some node
/// below cannot work on planes.
fn ends(plan: &Plan, nodes: &[NodeId], subsampling: Subsampling) -> Option<Vec<NodeId>> {
    let keeps = |&id: &NodeId| keeps_planes(plan, id, subsampling);
    let roots: Vec<NodeId> = nodes.iter().copied().filter(|&id| plan.is_root(id)).collect();
    let mut resizes = Vec::new();
    for &root in roots.iter().filter(|root| !plan.below(**root).iter().all(keeps)) {
        let last = last_resize(plan, root)?;
        let Op::Resize(resize) = plan.op(last) else { return None };
        let below = plan.below(last);
        let mut below = below.iter().filter(|&&id| id != last);
        if !brings_to_luma(resize, subsampling) || !below.all(keeps) {
            return None;
        }
        resizes.push(last);
    }
    let scaled = |&id: &NodeId| !matches!(plan.op(id), Op::Decode { scale: 1, .. });
    if !resizes.is_empty() && !nodes.iter().all(scaled) {
        return None;
    }
    // An output that would take planes gets RGB from a resize that others have it from.
    let ends: HashSet<NodeId> = resizes.iter().copied().collect();
    let has_rgb = |&root: &NodeId| plan.below(root).iter().any(|id| ends.contains(id));
    let (rgb, planar): (Vec<NodeId>, Vec<NodeId>) = roots.into_iter().partition(has_rgb);
    let single = |root: &NodeId| last_resize(plan, *root).is_some_and(|id| ends.contains(&id));
    if !rgb.iter().all(single) {
        return None;
    }
    resizes.extend(planar);
    Some(resizes)
}

/// The resize that everything between it and an output follows.
fn last_resize(plan: &Plan, root: NodeId) -> Option<NodeId> {
    let mut id = root;
    while !matches!(plan.op(id), Op::Resize(_)) {
        let [input] = plan.nodes[id].inputs[..] else { return None };
        id = input;
    }
    Some(id)
}

/// Whether a resize can make planes of one size, and none larger than it is.
fn brings_to_luma(resize: &ResizeOp, subsampling: Subsampling) -> bool {
    let (sub_x, sub_y) = subsampling.factors();
    let (across, down) = resize.ratio();
    let shrinks = across >= f64::from(sub_x) && down >= f64::from(sub_y);
    shrinks && !resize.linear && resize.kernel != Kernel::Nearest
}

/// The nodes of a root and of all roots that share one with it, inputs before users.
fn connected(plan: &Plan, root: NodeId) -> Vec<NodeId> {
    plan.below_all(&connected_roots(plan, root))
}

/// A root and all that share a node with it, or with one that does, in rising order.
fn connected_roots(plan: &Plan, root: NodeId) -> Vec<NodeId> {
    if plan.roots.len() == 1 {
        return vec![root];
    }
    let (mut seen, mut next) = (HashSet::from([root]), vec![root]);
    let mut roots = Vec::new();
    while let Some(id) = next.pop() {
        if plan.is_root(id) {
            roots.push(id);
        }
        let neighbours = plan.nodes[id].inputs.iter().chain(plan.users(id));
        next.extend(neighbours.filter(|&&id| seen.insert(id)));
    }
    roots.sort_unstable();
    roots
}

/// The subsampling that all files have, if they are decoded to RGB and have one.
fn common_subsampling(plan: &Plan, nodes: &[NodeId]) -> Option<Subsampling> {
    let mut common = None;
    for &id in nodes {
        if let Op::Decode { input, layout: Layout::Rgb, .. } = plan.op(id) {
            let planar = plan.inputs[*input].header().planar?;
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
            stitch.paint == Paint::OVER && stitch.places.iter().all(fits)
        }
        Op::Orient(orientation) => {
            let size = plan.shape(id).size;
            let whole = size.width.is_multiple_of(sub_x) && size.height.is_multiple_of(sub_y);
            whole && (sub_x == sub_y || !orientation.transposes())
        }
        Op::Encode(encode) => formats::writer(encode).takes_planes(subsampling),
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
