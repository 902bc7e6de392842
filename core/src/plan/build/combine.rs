//! A picture with another one: overlay, join alpha.

use super::Builder;
use crate::error::{Error, Result};
use crate::ops::Fade;
use crate::ops::records::{Paint, StitchOp};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::{Colour, Layout};
use crate::plan::{NodeId, Op, painted_layouts};
use crate::recipe::Recipe;
use crate::recipe::combination::Combination;
use crate::recipe::operations::{Extend, Grayscale, RemoveAlpha};
use crate::recipe::options::{Blend, Edges, ExtendMode, Overlay, Strength};

impl Builder<'_> {
    /// A picture with the one of another recipe.
    pub(super) fn combine(
        &mut self,
        node: NodeId,
        combination: &Combination,
        input: &Recipe,
    ) -> Result<NodeId> {
        combination.check()?;
        input.check_as_other(combination)?;
        let other = self.picture(input)?;
        match combination {
            Combination::Overlay(overlay) => self.overlay(node, overlay, other),
            Combination::JoinAlpha => self.join_alpha(node, other),
        }
    }

    fn join_alpha(&mut self, node: NodeId, mask: NodeId) -> Result<NodeId> {
        let (size, found) = (self.size(node), self.size(mask));
        if found != size {
            return Err(Error::invalid_option(format!(
                "join_alpha takes a picture of {size} on one of {size}, found {found}"
            )));
        }
        self.paint(Paint::Alpha, node, mask, Rect::whole(size))
    }

    fn overlay(&mut self, node: NodeId, overlay: &Overlay, other: NodeId) -> Result<NodeId> {
        let canvas = self.size(node);
        let (x, y) = overlay.place(canvas, self.size(other));
        let (mut other, x, y) = match overlay.tile {
            true => (self.tiled(other, (x, y), canvas)?, 0, 0),
            false => (other, x, y),
        };
        let size = self.size(other);
        let (Some((left, columns)), Some((top, rows))) =
            (seen(x, size.width, canvas.width), seen(y, size.height, canvas.height))
        else {
            return self.beside(node, overlay.blend);
        };
        let place = Rect::new(left, top, columns.end - columns.start, rows.end - rows.start);
        let part = Rect::new(columns.start, rows.start, place.width, place.height);
        if part != Rect::whole(size) {
            other = self.plan.add(Op::Crop(part), vec![other])?;
        }
        if overlay.opacity != Strength::FULL {
            other = self.operation(other, Fade { opacity: overlay.opacity }.into())?;
        }
        match overlay.blend {
            Blend::Over => {
                let places = vec![Rect::whole(canvas), place];
                let background = Colour::BLACK;
                let stitch = StitchOp { size: canvas, places, background, paint: Paint::OVER };
                self.lay(stitch, vec![node, other])
            }
            Blend::DestIn => {
                // Beside it nothing stays, as if it were as large and clear there.
                let edges = Edges {
                    top: place.y,
                    left: place.x,
                    right: canvas.width - place.x - place.width,
                    bottom: canvas.height - place.y - place.height,
                };
                let clear = Colour::rgba(0, 0, 0, 0);
                if place != Rect::whole(canvas) {
                    other =
                        self.operation(other, Extend { edges, ..Extend::with(clear) }.into())?;
                }
                self.paint(Paint::Blend(Blend::DestIn), node, other, Rect::whole(canvas))
            }
            blend => self.paint(Paint::Blend(blend), node, other, place),
        }
    }

    /// The picture where nothing of the overlay lies on it.
    fn beside(&mut self, node: NodeId, blend: Blend) -> Result<NodeId> {
        match blend {
            Blend::DestIn => self.operation(node, Fade { opacity: Strength::new(0.0) }.into()),
            _ => Ok(node),
        }
    }

    /// Copies of a tile, one of which begins at a place, as large as a canvas.
    fn tiled(&mut self, tile: NodeId, (x, y): (i64, i64), canvas: Size) -> Result<NodeId> {
        let Size { width, height } = self.size(tile);
        let (left, right) = around(x, width, canvas.width);
        let (top, bottom) = around(y, height, canvas.height);
        let extend = Extend {
            edges: Edges { top, right, bottom, left },
            mode: ExtendMode::Repeat,
            ..Extend::default()
        };
        // Of copies that are larger than the canvas no more than that is made.
        let copies = self.add(extend, tile)?;
        self.plan.add(Op::Crop(Rect::whole(canvas)), vec![copies])
    }

    /// A picture in a layout, which may hold less than its own.
    fn made_of(&mut self, mut node: NodeId, layout: Layout) -> Result<NodeId> {
        let own = self.plan.shape(node).layout;
        if own.has_colour() && !layout.has_colour() {
            node = self.operation(node, Grayscale {}.into())?;
        }
        if own.has_alpha() && !layout.has_alpha() {
            node = self.operation(node, RemoveAlpha {}.into())?;
        }
        self.convert(node, layout)
    }

    fn paint(&mut self, paint: Paint, below: NodeId, above: NodeId, at: Rect) -> Result<NodeId> {
        let size = self.size(below);
        let layouts = [below, above].map(|node| self.plan.shape(node).layout);
        let [below_layout, above_layout] = painted_layouts(paint, layouts[0], layouts[1]);
        let below = self.convert(below, below_layout)?;
        let above = self.made_of(above, above_layout)?;
        let (places, background) = (vec![Rect::whole(size), at], Colour::BLACK);
        self.plan.add(Op::Stitch(StitchOp { size, places, background, paint }), vec![below, above])
    }
}

/// The start on a side of `outer` pixels, and the pixels of one of `inner` that begins at `at` and is seen there.
fn seen(at: i64, inner: u32, outer: u32) -> Option<(u32, std::ops::Range<u32>)> {
    let (from, to) = (at.max(0), (at + i64::from(inner)).min(outer.into()));
    let whole = |number: i64| u32::try_from(number).ok();
    (from < to).then_some(())?;
    Some((whole(from)?, whole(from - at)?..whole(to - at)?))
}

/// The pixels before and after a tile that covers a side of `side` pixels with its copies, one of which begins at `at`.
fn around(at: i64, tile: u32, side: u32) -> (u32, u32) {
    let before = u32::try_from(at.rem_euclid(tile.into())).unwrap_or(0);
    (before, side.saturating_sub(before + tile))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_lies_within_both() {
        assert_eq!(seen(2, 3, 10), Some((2, 0..3)));
        assert_eq!(seen(-2, 3, 10), Some((0, 2..3)));
        assert_eq!(seen(8, 3, 10), Some((8, 0..2)));
        assert_eq!(seen(-1, 30, 10), Some((0, 1..11)));
        assert_eq!(seen(-3, 3, 10), None);
        assert_eq!(seen(10, 3, 10), None);
    }

    /// Of every tile, side and place: the copies cover the side, and one begins at the place.
    #[test]
    fn copies_cover_a_side() {
        for (tile, side) in (1..6).flat_map(|tile| (1..14).map(move |side| (tile, side))) {
            for at in -12..12_i64 {
                let (before, after) = around(at, tile, side);
                assert!(before + tile + after >= side);
                assert_eq!((at - i64::from(before)).rem_euclid(i64::from(tile)), 0);
            }
        }
    }
}
