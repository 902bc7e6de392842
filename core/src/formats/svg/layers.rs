//! Bounds the memory and tells the work of a drawing, from its tree.
//!
//! A group that is blended as one (by an opacity, a mask, a clip, a filter) is drawn on a layer of its own first. Layers
//! lie one in another, each as large as its group, and at the most five times as wide and high as the strip.

use std::sync::Arc;

use resvg::usvg::filter::Filter;
use resvg::usvg::{ClipPath, Group, Mask, Node, Paint, Path, Pattern};

use super::super::drawing::View;
use super::effort;
use super::parse::Parsed;
use crate::picture::geometry::Size;

/// Bytes of a pixel of a layer.
const PIXEL: f64 = 4.0;

/// Layers that a filter holds besides its results.
const FILTER: usize = 5;

/// A path in pixels: its points, their edges, and the spans of a row.
const PATH: f64 = (64 << 10) as f64;
const POINT: f64 = 200.0;

/// Points of the outline of a dash, and the samples that a filter looks at in its time.
const DASH: f64 = 2.0;
const DASH_TIME: f64 = 100.0;

/// The memory and the work of a drawing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    /// The most bytes held at a time.
    pub(super) bytes: u64,
    /// Pixels that are painted, those below others too.
    pub(super) painted: f64,
    /// Samples that filters look at, and those that dashes take the time of.
    pub(super) samples: u64,
}

/// The cost of a strip of this size.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
pub(super) fn cost(parsed: &Parsed, view: &View, strip: Size) -> Cost {
    let (width, height) = (f64::from(strip.width), f64::from(strip.height));
    let mut walk = Walk { widest: 5.0 * width, highest: 5.0 * height, painted: 0.0, samples: 0.0 };
    let bytes = walk.group(parsed.tree().root(), view.scale) as u64;
    Cost { bytes, painted: walk.painted, samples: walk.samples as u64 }
}

struct Walk {
    widest: f64,
    highest: f64,
    painted: f64,
    samples: f64,
}

impl Walk {
    /// The most bytes that a group holds at a time. `scale` is that of the layer that it is drawn on.
    fn group(&mut self, group: &Group, scale: (f64, f64)) -> f64 {
        let children = group.children().iter();
        let inner = children.map(|node| self.node(node, scale)).fold(0.0, f64::max);
        if !group.should_isolate() {
            return inner;
        }
        let layer = self.layer(group, scale);
        let filters = group.filters().iter().map(|filter| filter.primitives().len() + FILTER);
        let filtered = filters.max().unwrap_or(0) as f64 * layer;
        // Masks and clips have places of their own, which the group may enlarge.
        let own = group.abs_transform().get_scale();
        let within = (scale.0 * f64::from(own.0).max(1.0), scale.1 * f64::from(own.1).max(1.0));
        let samples = |filter: &Arc<Filter>| effort::samples(filter, within, layer / PIXEL);
        self.samples += group.filters().iter().map(samples).sum::<f64>();
        let masked = group.mask().map_or(0.0, |mask| self.mask(mask, layer, within));
        let clipped = group.clip_path().map_or(0.0, |clip| self.clip(clip, layer, within));
        self.painted += (layer + filtered) / PIXEL;
        layer + inner.max(filtered).max(masked).max(clipped)
    }

    /// Bytes of the layer of a group, turned as it may be.
    fn layer(&self, group: &Group, scale: (f64, f64)) -> f64 {
        let stored = group.abs_layer_bounding_box();
        let (across, down) =
            (f64::from(stored.width()) * scale.0, f64::from(stored.height()) * scale.1);
        let (width, height) = (across.min(self.widest) + 4.0, down.min(self.highest) + 4.0);
        if group.filters().is_empty() {
            return width * height * PIXEL;
        }
        // A filter works on an upright layer, whichever way the group is turned.
        let longer = width.hypot(height);
        longer * longer * PIXEL
    }

    fn node(&mut self, node: &Node, scale: (f64, f64)) -> f64 {
        match node {
            Node::Group(group) => self.group(group, scale),
            Node::Path(path) => self.path(path, scale),
            Node::Text(text) => self.group(text.flattened(), scale),
            Node::Image(image) => {
                let bounds = image.abs_bounding_box();
                self.paint(bounds.width(), bounds.height(), scale);
                0.0
            }
        }
    }

    fn path(&mut self, path: &Path, scale: (f64, f64)) -> f64 {
        let bounds = path.abs_stroke_bounding_box();
        self.paint(bounds.width(), bounds.height(), scale);
        let dashes = effort::dashes(path);
        self.samples += DASH_TIME * dashes;
        let fill = path.fill().map(|fill| fill.paint());
        let stroke = path.stroke().map(|stroke| stroke.paint());
        let patterns = [fill, stroke].into_iter().flatten();
        let pattern = patterns.map(|paint| match paint {
            Paint::Pattern(pattern) => self.pattern(pattern, path, scale),
            _ => 0.0,
        });
        let points = POINT * (path.data().len() as f64 + DASH * dashes);
        pattern.fold(0.0, f64::max) + points + PATH
    }

    /// A pattern is drawn once, in full size, on a layer that nothing bounds.
    fn pattern(&mut self, pattern: &Pattern, path: &Path, scale: (f64, f64)) -> f64 {
        let (own, of_path) = (pattern.transform(), path.abs_transform());
        let all = of_path.pre_concat(own).get_scale();
        let rect = pattern.rect();
        let (across, down) = (scale.0 * f64::from(all.0), scale.1 * f64::from(all.1));
        let larger = across.max(down);
        let layer = (f64::from(rect.width()) * larger + 2.0)
            * (f64::from(rect.height()) * larger + 2.0)
            * PIXEL;
        self.painted += layer / PIXEL;
        layer + self.group(pattern.root(), (larger, larger))
    }

    fn mask(&mut self, mask: &Mask, layer: f64, scale: (f64, f64)) -> f64 {
        let next = mask.mask().map_or(0.0, |mask| self.mask(mask, layer, scale));
        1.5 * layer + self.group(mask.root(), scale).max(next)
    }

    /// A clip, and the clips of its groups, are each drawn on a layer of the same size.
    fn clip(&mut self, clip: &ClipPath, layer: f64, scale: (f64, f64)) -> f64 {
        let next = clip.clip_path().map_or(0.0, |clip| self.clip(clip, layer, scale));
        1.25 * layer + self.clip_group(clip.root(), layer, scale).max(next)
    }

    fn clip_group(&mut self, group: &Group, layer: f64, scale: (f64, f64)) -> f64 {
        let own = group.clip_path().map_or(0.0, |clip| layer + self.clip(clip, layer, scale));
        let children = group.children().iter().map(|node| match node {
            Node::Group(group) => self.clip_group(group, layer, scale),
            Node::Text(text) => self.clip_group(text.flattened(), layer, scale),
            other => self.node(other, scale),
        });
        own + children.fold(0.0, f64::max)
    }

    /// Counts the pixels of a rectangle, in units of the file.
    fn paint(&mut self, width: f32, height: f32, scale: (f64, f64)) {
        let across = (f64::from(width) * scale.0).min(self.widest) + 1.0;
        let down = (f64::from(height) * scale.1).min(self.highest) + 1.0;
        self.painted += across * down;
    }
}
