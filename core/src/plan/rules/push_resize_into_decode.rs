//! Lets the decoders do a part of a shrink, through a stitch too.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::ops::records::{Paint, ResizeOp, SourceBox, StitchOp};
use crate::picture::geometry::{Rect, Size};
use crate::plan::{NodeId, Op, Plan};
use crate::recipe::options::Kernel;

/// A shrinking resize lets every decode below it run at 1/2, 1/4 or 1/8; the resize does the rest from a
/// fractional box of the scaled picture, so that nothing shifts.
///
/// All decodes below must be able to, and what lies between may only be turns, crops, stitches, edges
/// whose every edge falls on a whole pixel of the scaled picture, and operations on single pixels.
/// Where a resize has the decode directly below it, the picture's own edges may split a pixel. Not below a resize
/// in linear light (the decoder scales sRGB-encoded samples), nor by the nearest kernel (it promises
/// samples of the original). All users of what is scaled must be resizes that allow it.
///
/// Approximate: SSIMULACRA2 against the unscaled result stays above 90 with the default shrink.
///
/// ```text
/// resize 4000x3000 -> 800x600                resize 2000x1500 -> 800x600
///   stitch 4 (4000x3000)                       stitch 4 (2000x1500)
///     at 0,0                            ->       at 0,0
///       decode #0 (2000x1500)                      decode #0 at 1/2 (1000x750)
///     ...                                        ...
/// ```
pub(super) struct PushResizeIntoDecode;

impl Rule for PushResizeIntoDecode {
    fn name(&self) -> &'static str {
        "push_resize_into_decode"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Approximate
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, context: &Context) -> Result<bool> {
        let Op::Resize(_) = plan.op(node) else {
            return Ok(false);
        };
        let child = plan.child(node);
        // It is of all users as one: to look at all of them for each is quadratic.
        if plan.users(child).last() != Some(&node) {
            return Ok(false);
        }
        let Some(resizes) = resizes_above(plan, child) else {
            return Ok(false);
        };
        let Some(most) = most_shrink(&resizes, context) else {
            return Ok(false);
        };
        for scale in [8, 4, 2] {
            if scale <= most && scale_child(plan, child, scale, &resizes)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The users of `child`, if all are resizes.
fn resizes_above(plan: &Plan, child: NodeId) -> Option<Vec<(NodeId, ResizeOp)>> {
    let resize = |user: NodeId| match plan.op(user) {
        Op::Resize(resize) => Some((user, *resize)),
        _ => None,
    };
    plan.users(child).iter().map(|&user| resize(user)).collect()
}

/// The largest scale that leaves enough to every resampler.
fn most_shrink(resizes: &[(NodeId, ResizeOp)], context: &Context) -> Option<u32> {
    let residual = u64::from(context.shrink.residual()?);
    let allowed = |(_, resize): &(NodeId, ResizeOp)| {
        if resize.linear || resize.kernel == Kernel::Nearest {
            return 0;
        }
        let factor = |from: u32, to: u32| {
            u64::from(from) / (u64::from(resize.from.unit) * residual * u64::from(to))
        };
        let across = factor(resize.from.width, resize.to.width);
        across.min(factor(resize.from.height, resize.to.height))
    };
    resizes.iter().map(allowed).min().and_then(|most| u32::try_from(most).ok())
}

/// Scales what lies below the resizes, if it can be; says whether.
fn scale_child(
    plan: &mut Plan,
    child: NodeId,
    scale: u32,
    resizes: &[(NodeId, ResizeOp)],
) -> Result<bool> {
    let scaled = match scaled_decode(plan, child, scale)? {
        None => scaled_tree(plan, child, scale)?.map(|node| (node, 0, 0)),
        decode => decode,
    };
    let Some((scaled, left, top)) = scaled else { return Ok(false) };
    for &(user, resize) in resizes {
        let from = SourceBox {
            unit: resize.from.unit * scale,
            x: resize.from.x + i64::from(left) * i64::from(resize.from.unit),
            y: resize.from.y + i64::from(top) * i64::from(resize.from.unit),
            ..resize.from
        };
        plan.set(user, Op::Resize(ResizeOp { from, ..resize }), vec![scaled])?;
    }
    Ok(true)
}

/// A decode at `1/scale`, with what belongs to it, and the full-size pixels that its region has more on the left and
/// above; `None` where there is none or it cannot.
fn scaled_decode(plan: &mut Plan, node: NodeId, scale: u32) -> Result<Option<(NodeId, u32, u32)>> {
    match plan.op(node).clone() {
        Op::Decode { input, scale: 1, region, layout } => {
            let Some(outward) = scaled_region(plan, input, region, scale) else { return Ok(None) };
            let decode = Op::Decode { input, scale, region: outward, layout };
            let (left, top) = (region.x - outward.x * scale, region.y - outward.y * scale);
            Ok(Some((plan.add(decode, Vec::new())?, left, top)))
        }
        Op::Picture(op) if op.op().belongs_to_decode() => {
            let input = plan.child(node);
            if !plan.has_one_user(input) {
                return Ok(None);
            }
            let Some((decode, left, top)) = scaled_decode(plan, input, scale)? else {
                return Ok(None);
            };
            Ok(Some((plan.add(Op::Picture(op), vec![decode])?, left, top)))
        }
        _ => Ok(None),
    }
}

/// The scaled pixels that `region` of the full picture touches; `None` where the decoder cannot give
/// them.
fn scaled_region(plan: &Plan, input: usize, region: Rect, scale: u32) -> Option<Rect> {
    let header = plan.inputs[input].header();
    let caps = header.caps;
    let whole = region == Rect::whole(header.size);
    if !caps.scales.contains(&scale) || !(caps.region || whole) {
        return None;
    }
    let (x, y) = (region.x / scale, region.y / scale);
    let width = (region.x + region.width).div_ceil(scale) - x;
    let height = (region.y + region.height).div_ceil(scale) - y;
    Some(Rect::new(x, y, width, height))
}

/// A copy of the tree at `node` at `1/scale`, every edge on a whole pixel; `None` where that cannot be.
fn scaled_tree(plan: &mut Plan, node: NodeId, scale: u32) -> Result<Option<NodeId>> {
    let divided = |rect: Rect| rect.divided(scale);
    let op = match plan.op(node).clone() {
        Op::Decode { input, scale: 1, region, layout } => {
            let exact = divided(region)
                .filter(|exact| scaled_region(plan, input, region, scale) == Some(*exact));
            exact.map(|region| Op::Decode { input, scale, region, layout })
        }
        Op::Orient(orientation) => Some(Op::Orient(orientation)),
        Op::Crop(rect) => divided(rect).map(Op::Crop),
        Op::Stitch(stitch) => scaled_stitch(&stitch, scale).map(Op::Stitch),
        Op::Picture(op) => op.op().scaled(scale).map(Op::Picture),
        _ => None,
    };
    let Some(op) = op else { return Ok(None) };
    let mut inputs = Vec::new();
    for input in plan.nodes[node].inputs.clone() {
        // Somebody else needs it in full: then it is decoded in full, once.
        if !plan.has_one_user(input) {
            return Ok(None);
        }
        let Some(input) = scaled_tree(plan, input, scale)? else {
            return Ok(None);
        };
        inputs.push(input);
    }
    plan.add(op, inputs).map(Some)
}

/// Other blends than over make something else of means than the mean of what they make.
fn scaled_stitch(stitch: &StitchOp, scale: u32) -> Option<StitchOp> {
    if !matches!(stitch.paint, Paint::OVER | Paint::Alpha) {
        return None;
    }
    let Size { width, height } = Rect::whole(stitch.size).divided(scale)?.size();
    let places = stitch.places.iter().map(|place| place.divided(scale)).collect::<Option<_>>()?;
    Some(StitchOp { size: Size::new(width, height), places, ..stitch.clone() })
}
