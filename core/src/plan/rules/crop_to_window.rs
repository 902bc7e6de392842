//! Cuts off the part of a source that no pixel of a resize's window is made from.

use super::{Context, Fidelity, Rule};
use crate::error::Result;
use crate::ops::records::ResizeOp;
use crate::ops::resample::source_window;
use crate::picture::geometry::Rect;
use crate::picture::shape::Shape;
use crate::plan::{NodeId, Op, Plan};

/// A resize of which only a window is wanted crops its source to what the kernel reaches from there;
/// later rounds push that crop into the decode.
///
/// Exact: positions are whole numbers and fractions, of which a crop changes the whole numbers only, and no
/// source pixel that has a weight is cut off.
///
/// ```text
/// resize 100x100 -> 10x10 window 2x2+0+0        resize 100x100 -> 10x10 window 2x2+0+0
///   decode #0 (100x100)                    ->     crop 51x51+0+0
///                                                   decode #0 (100x100)
/// ```
pub(super) struct CropToWindow;

impl Rule for CropToWindow {
    fn name(&self) -> &'static str {
        "crop_to_window"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Exact
    }

    fn apply(&self, plan: &mut Plan, node: NodeId, _: &Context) -> Result<bool> {
        let Op::Resize(resize) = *plan.op(node) else { return Ok(false) };
        let child = plan.child(node);
        let Shape { size, layout } = plan.shape(child);
        let needed = outward(source_window(&resize, size, layout));
        if needed == Rect::whole(size) || !plan.has_one_user(child) {
            return Ok(false);
        }
        let cropped = plan.add(Op::Crop(needed), vec![child])?;
        let from = resize.from.moved_from(needed.x, needed.y);
        plan.set(node, Op::Resize(ResizeOp { from, ..resize }), vec![cropped])?;
        Ok(true)
    }
}

/// From an even column and row on, so that no chroma sample is split where planes are kept.
fn outward(rect: Rect) -> Rect {
    let (left, above) = (rect.x % 2, rect.y % 2);
    Rect::new(rect.x - left, rect.y - above, rect.width + left, rect.height + above)
}
