//! Rewrites a logical plan: the same final shapes, fewer pixels.
//!
//! Rules run in a fixed order, each wherever it applies, the list again and again until nothing changes.
//! After every rule all shapes are inferred anew and those of the roots compared with the plan as written,
//! in release builds too: a rule that changes them is an `internal` error with its name.

mod colours_after_resize;
mod crop_to_window;
mod decode_luma_alone;
mod draw_at_size;
mod drop_noops;
mod fold_orientation;
mod keep_ycbcr;
mod merge_crops;
mod orient_after_resize;
mod passthrough;
mod push_crop_down;
mod push_crop_into_decode;
mod push_crop_into_resize;
mod push_crop_through_stitch;
mod push_resize_into_decode;
mod share_subplans;

use crate::error::{Error, Result};
use crate::picture::shape::Shape;
use crate::plan::{NodeId, Plan};
use crate::recipe::job::Watch;
use crate::recipe::optimizations::Optimizations;
use crate::recipe::options::Shrink;

/// What a rule may do to the bytes of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fidelity {
    /// Same bytes with the rule on or off.
    Exact,
    /// As good to the eye, within the bound that docs/pushdown.md states and a test holds.
    Approximate,
}

/// A rewrite of a plan.
pub(crate) trait Rule: Sync {
    /// Its name, a verb phrase.
    fn name(&self) -> &'static str;
    fn fidelity(&self) -> Fidelity;
    /// Rewrites at `node` if it applies there; says whether it did.
    fn apply(&self, plan: &mut Plan, node: NodeId, context: &Context) -> Result<bool>;

    /// Rewrites wherever it applies, users before inputs; says how often it did. Rules that look at several outputs
    /// at once have their own, as to look at all of them for each is quadratic.
    fn apply_everywhere(&self, plan: &mut Plan, context: &Context, watch: &Watch) -> Result<usize> {
        let mut count = 0;
        for node in plan.live().into_iter().rev() {
            watch.check()?;
            count += usize::from(self.apply(plan, node, context)?);
        }
        Ok(count)
    }
}

/// What rules may ask besides the plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) shrink: Shrink,
}

/// The rules and why they stand where they stand.
const RULES: [&dyn Rule; 16] = [
    // First, while equal parts still look equal: later rules treat a shared node as a barrier.
    &share_subplans::ShareSubplans,
    // Small plans make every later rule cheaper and its patterns simpler.
    &drop_noops::DropNoops,
    &merge_crops::MergeCrops,
    &fold_orientation::FoldOrientation,
    // Crops go down before turns go up, so that a turn sees no crop between itself and a resize.
    &push_crop_into_resize::PushCropIntoResize,
    &push_crop_through_stitch::PushCropThroughStitch,
    &push_crop_down::PushCropDown,
    // A turn above the resize turns fewer pixels and leaves the resize next to its decode.
    &orient_after_resize::OrientAfterResize,
    // So does a conversion of colours, which below would keep planes from passing.
    &colours_after_resize::ColoursAfterResize,
    // A region in full size first: a scale takes the region over, but a scaled picture may not be
    // cropped at full-size pixels any more.
    &push_crop_into_decode::PushCropIntoDecode,
    // So is a part that is drawn at another size: its place is known in pixels of the whole.
    &draw_at_size::DrawAtSize,
    &push_resize_into_decode::PushResizeIntoDecode,
    // Only when the scale is settled is it known which source pixels the kernel reaches.
    &crop_to_window::CropToWindow,
    // Before planes are asked of all components.
    &decode_luma_alone::DecodeLumaAlone,
    // When all regions and windows are settled: whether one splits a chroma sample is known then.
    &keep_ycbcr::KeepYcbcr,
    // Last: it needs a plan in which nothing is left to do.
    &passthrough::Passthrough,
];

/// The names of the rules, which the plan alone knows.
impl Optimizations {
    /// All rules on.
    ///
    /// ```
    /// use makeready::Optimizations;
    ///
    /// assert_eq!(Optimizations::all(), Optimizations::default());
    /// ```
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// All rules off: the plan runs as written.
    ///
    /// ```
    /// use makeready::Optimizations;
    ///
    /// let mut on = Optimizations::none();
    /// for rule in Optimizations::names() {
    ///     on = on.with(rule, true)?;
    /// }
    /// assert_eq!(on, Optimizations::all());
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn none() -> Self {
        Self { off: Self::names().into_iter().collect() }
    }

    /// The names of the rules, in the order they run.
    ///
    /// ```
    /// use makeready::Optimizations;
    ///
    /// assert_eq!(Optimizations::names()[0], "share_subplans");
    /// ```
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        RULES.iter().map(|rule| rule.name()).collect()
    }

    /// The names of the rules that may change an output within stated bounds.
    ///
    /// ```
    /// use makeready::Optimizations;
    ///
    /// let approximate = Optimizations::approximate();
    /// assert!(approximate.contains(&"push_resize_into_decode"));
    /// assert!(!approximate.contains(&"merge_crops"));
    /// ```
    #[must_use]
    pub fn approximate() -> Vec<&'static str> {
        let approximate = RULES.iter().filter(|rule| rule.fidelity() == Fidelity::Approximate);
        approximate.map(|rule| rule.name()).collect()
    }

    /// Switches one rule on or off.
    ///
    /// ```
    /// use makeready::Optimizations;
    ///
    /// let whole = Optimizations::all().with("push_crop_into_decode", false)?;
    /// assert_ne!(whole, Optimizations::all());
    /// assert!(whole.with("push_everything", true).is_err());
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` when there is no rule of that name.
    pub fn with(mut self, name: &str, on: bool) -> Result<Self> {
        let names = Self::names();
        let Some(rule) = names.iter().find(|rule| **rule == name) else {
            return Err(Error::invalid_option(format!(
                "an optimization is one of {}, found {name:?}",
                names.join(", ")
            )));
        };
        if on {
            self.off.remove(rule);
        } else {
            self.off.insert(rule);
        }
        Ok(self)
    }
}

/// Rewrites `plan`; gives the names of the rules that applied and how often, in the order of the list.
pub(crate) fn optimize(
    plan: &mut Plan,
    optimizations: &Optimizations,
    context: &Context,
    watch: &Watch,
) -> Result<Vec<(&'static str, usize)>> {
    let wanted: Vec<Shape> = plan.roots.iter().map(|&root| plan.shape(root)).collect();
    let mut counts = [0; RULES.len()];
    // Every rule moves work down, merges or removes, so the list settles; the bound is for bugs.
    for _ in 0..100 {
        let before = counts;
        for (rule, count) in RULES.iter().zip(&mut counts) {
            if !optimizations.off.contains(rule.name()) {
                let applied = rule.apply_everywhere(plan, context, watch)?;
                if applied > 0 {
                    check(*rule, plan, &wanted)?;
                }
                *count += applied;
            }
        }
        if counts == before {
            let applied = RULES.iter().zip(counts).filter(|(_, count)| *count > 0);
            return Ok(applied.map(|(rule, count)| (rule.name(), count)).collect());
        }
    }
    Err(Error::internal("the rewrite rules do not settle"))
}

/// Every shape follows from its inputs', and the roots give what they gave as written.
fn check(rule: &dyn Rule, plan: &Plan, wanted: &[Shape]) -> Result<()> {
    let broken = |what: String| Error::internal(format!("rule {} broke {what}", rule.name()));
    for id in plan.live() {
        let node = &plan.nodes[id];
        let shape =
            plan.infer(&node.op, &node.inputs).map_err(|error| broken(error.to_string()))?;
        if shape != node.shape {
            return Err(broken(format!("{}: expected {shape}, found {}", node.op, node.shape)));
        }
    }
    for (&root, &shape) in plan.roots.iter().zip(wanted) {
        if plan.shape(root) != shape {
            let found = plan.shape(root);
            return Err(broken(format!("an output: expected {shape}, found {found}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Want, build};
    use crate::recipe::source::Reads;
    use crate::recipe::{Change, Recipe, Start, Step};
    use crate::{Image, Layout, Open, Orientation, Size};

    #[test]
    fn a_rule_that_changes_a_shape_is_named() -> Result<()> {
        let image = Image::new(Size::new(4, 2), Layout::Gray, vec![0; 8])?;
        let mut recipe = Recipe::new(Start::Open(image.into(), Open::default()));
        recipe.apply(Change::Step(Step::Orient(Orientation::FLIP)));
        let plan = build(&[&recipe], Want::Pixels, &mut Reads::default(), &Watch::default())?;
        let (rule, wanted) = (RULES[0], plan.shape(plan.roots[0]));
        check(rule, &plan, &[wanted])?;
        let other = Shape::new(Size::new(2, 4), Layout::Gray);
        let mut found = vec![check(rule, &plan, &[other]).map_err(|error| error.to_string())];
        for id in plan.live() {
            let mut broken = plan.clone();
            broken.nodes[id].shape = other;
            found.push(check(rule, &broken, &[wanted]).map_err(|error| error.to_string()));
        }
        assert_eq!(found.len(), 4);
        for found in found {
            let text = found.expect_err("a broken plan");
            assert!(text.contains("rule share_subplans broke"), "{text}");
        }
        Ok(())
    }
}
