//! Draws a picture that is made of shapes at the size asked for, in place of resampling it.

use std::sync::Arc;

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::formats::{Drawing, Opened};
use crate::ops::convert::Convert;
use crate::ops::records::{ResizeOp, SourceBox};
use crate::picture::geometry::Rect;
use crate::plan::{Input, NodeId, Op, Plan};
use crate::recipe::options::Kernel;

/// A resize right above the decode of an SVG or a PDF becomes a decode at that size, with a crop for its window. A smaller
/// picture takes less to draw, and a larger one has the edges that it would have been drawn with. Each of several resizes of one
/// picture draws its own.
///
/// A page that is only a scan is resampled, from the scan itself.
///
/// Not for the nearest kernel, which promises samples of the original, nor in linear light, in which shapes are
/// not drawn. What converts the colours of a file belongs to its decode.
///
/// Approximate: a shape covers a part of a pixel by its area and not by the kernel.
///
/// ```text
/// resize 100x80 -> 800x640                    decode #0 region 800x640 (svg 800x640)
///   decode #0 region 100x80 (svg 100x80)  ->
/// ```
pub(super) struct DrawAtSize;

impl Rule for DrawAtSize {
    fn name(&self) -> &'static str {
        "draw_at_size"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Approximate
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Resize(resize) = *plan.op(node) else { return Ok(false) };
        if resize.linear || resize.kernel == Kernel::Nearest {
            return Ok(false);
        }
        if as_scan(plan, node, &resize)? {
            return Ok(true);
        }
        let Some(drawn) = drawn(plan, plan.child(node), &resize)? else { return Ok(false) };
        if resize.window == Rect::whole(resize.to) {
            plan.replace(node, drawn);
        } else {
            plan.set(node, Op::Crop(resize.window), vec![drawn])?;
        }
        Ok(true)
    }
}

/// Makes a resize of a page that is only a scan one of the scan itself; says whether.
fn as_scan(plan: &mut Plan, node: NodeId, resize: &ResizeOp) -> Result<bool> {
    let child = plan.child(node);
    let Op::Decode { input, scale: 1, region, layout } = *plan.op(child) else { return Ok(false) };
    let of = &plan.inputs[input];
    let is_whole = region == Rect::whole(of.header().size);
    if !is_whole || resize.from != SourceBox::whole(region.size()) {
        return Ok(false);
    }
    let Some(scan) = of.opened.scan() else { return Ok(false) };
    let (size, scanned) = (scan.header().size, scan.header().layout);
    let input = replaced(plan, input, scan, plan.has_one_user(child));
    let region = Rect::whole(size);
    let decode = Op::Decode { input, scale: 1, region, layout: scanned };
    let decode = plan.add(decode, Vec::new())?;
    let resize = Op::Resize(ResizeOp { from: SourceBox::whole(size), ..*resize });
    if scanned == layout {
        plan.set(node, resize, vec![decode])?;
    } else {
        let resized = plan.add(resize, vec![decode])?;
        plan.set(node, Op::Picture(Convert { layout }.into()), vec![resized])?;
    }
    Ok(true)
}

/// The decode at `node` at the size of the resize, with what belongs to it; `None` where there is none, or it cannot.
fn drawn(plan: &mut Plan, node: NodeId, resize: &ResizeOp) -> Result<Option<NodeId>> {
    match plan.op(node).clone() {
        Op::Decode { region, .. } => drawn_part(plan, node, region, resize),
        // Of a decoder that gives no regions.
        Op::Crop(rect) if plan.has_one_user(node) => {
            let decode = plan.child(node);
            let Op::Decode { region, .. } = *plan.op(decode) else { return Ok(None) };
            drawn_part(plan, decode, rect.within(region), resize)
        }
        Op::Picture(op) if op.op().belongs_to_decode() => {
            let Some(decode) = drawn(plan, plan.child(node), resize)? else { return Ok(None) };
            plan.add(Op::Picture(op), vec![decode]).map(Some)
        }
        _ => Ok(None),
    }
}

/// A part of the picture that a decode would give whole, at the size of the resize.
fn drawn_part(
    plan: &mut Plan,
    decode: NodeId,
    part: Rect,
    resize: &ResizeOp,
) -> Result<Option<NodeId>> {
    let Op::Decode { input, scale: 1, layout, .. } = *plan.op(decode) else { return Ok(None) };
    let alone = plan.has_one_user(decode);
    let Some(input) = drawn_input(plan, input, part, resize, alone)? else { return Ok(None) };
    let region = Rect::whole(resize.to);
    plan.add(Op::Decode { input, scale: 1, region, layout }, Vec::new()).map(Some)
}

/// The input that gives a region of another at the size of the resize.
fn drawn_input(
    plan: &mut Plan,
    input: usize,
    region: Rect,
    resize: &ResizeOp,
    alone: bool,
) -> Result<Option<usize>> {
    let of = &plan.inputs[input];
    let is_whole = resize.from == SourceBox::whole(region.size());
    if !is_whole || of.limits.check_output(resize.to).is_err() {
        return Ok(None);
    }
    let Some(opened) = of.opened.drawn(Drawing::Part(region, resize.to))? else { return Ok(None) };
    Ok(Some(replaced(plan, input, opened, alone)))
}

/// The number of an input with another picture of the same file: its own where nothing else needs that, else a new one.
fn replaced(plan: &mut Plan, input: usize, opened: Arc<dyn Opened>, alone: bool) -> usize {
    if alone {
        plan.inputs[input].opened = opened;
        return input;
    }
    plan.inputs.push(Input { opened, ..plan.inputs[input].clone() });
    // It is like no other: equal ones were one before.
    let own = plan.inputs.len() - 1;
    if !plan.alike.is_empty() {
        plan.alike.push(own);
    }
    own
}
