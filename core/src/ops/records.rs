//! Operations with every place known, as the plan has them and rows are made by them.

use crate::picture::geometry::{Rect, Size};
use crate::picture::image::{Colour, Layout, Subsampling};
use crate::recipe::options::{Blend, Kernel};

/// A resample: the picture's `from` box becomes `to` pixels, of which `window` is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ResizeOp {
    pub(crate) from: SourceBox,
    pub(crate) to: Size,
    pub(crate) window: Rect,
    pub(crate) kernel: Kernel,
    pub(crate) linear: bool,
    /// Whether subsampled chroma becomes as large as luma.
    pub(crate) full_chroma: bool,
}

impl ResizeOp {
    /// Source pixels for one output pixel, across and down.
    pub(crate) fn ratio(&self) -> (f64, f64) {
        let across = f64::from(self.from.width) / f64::from(self.to.width);
        let down = f64::from(self.from.height) / f64::from(self.to.height);
        (across / f64::from(self.from.unit), down / f64::from(self.from.unit))
    }

    /// The layout that a picture of this layout gets.
    pub(crate) const fn layout(&self, source: Layout) -> Layout {
        match source {
            Layout::YCbCr(_) if self.full_chroma => Layout::YCbCr(Subsampling::S444),
            _ => source,
        }
    }

    /// Whether it makes the picture larger in no direction.
    pub(crate) fn shrinks(&self) -> bool {
        let (across, down) = self.ratio();
        across >= 1.0 && down >= 1.0
    }
}

/// A rectangle whose edges are multiples of `1/unit` source pixel: what a scaled decode leaves of a
/// picture whose sides are no multiple of the scale. It may begin left of or above the source, where
/// only a window of the resized picture is wanted and the rest of the source was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SourceBox {
    pub(crate) unit: u32,
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl SourceBox {
    /// All of a picture.
    pub(crate) const fn whole(size: Size) -> Self {
        Self { unit: 1, x: 0, y: 0, width: size.width, height: size.height }
    }

    /// Whether it is exactly all of a picture.
    pub(crate) fn is_whole(&self, size: Size) -> bool {
        let covers =
            |length: u32, side: u32| u64::from(length) == u64::from(side) * u64::from(self.unit);
        (self.x, self.y) == (0, 0)
            && covers(self.width, size.width)
            && covers(self.height, size.height)
    }

    /// The same box seen from a source of which (`x`, `y`) whole pixels were cut off.
    pub(crate) fn moved_from(self, x: u32, y: u32) -> Self {
        let moved = |at: i64, cut: u32| at - i64::from(cut) * i64::from(self.unit);
        Self { x: moved(self.x, x), y: moved(self.y, y), ..self }
    }

    /// Its edges as numbers of `1/unit` pixels, `None` where they begin outside the source.
    pub(crate) fn edges(self) -> Option<Rect> {
        let (x, y) = (u32::try_from(self.x).ok()?, u32::try_from(self.y).ok()?);
        Some(Rect::new(x, y, self.width, self.height))
    }

    /// Its left and its top edge, in source pixels.
    pub(crate) fn corner(self) -> (f64, f64) {
        // Sides stay far below the 2^53 up to which a double is exact.
        let part = |value: i64| value as f64 / f64::from(self.unit);
        (part(self.x), part(self.y))
    }
}

impl std::fmt::Display for SourceBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |value: u32| f64::from(value) / f64::from(self.unit);
        let (x, y) = self.corner();
        write!(f, "{}x{}{x:+}{y:+}", part(self.width), part(self.height))
    }
}

/// A stitch with every place known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct StitchOp {
    pub(crate) size: Size,
    /// One for each input; each as large as its input and inside the canvas.
    pub(crate) places: Vec<Rect>,
    pub(crate) background: Colour,
    pub(crate) paint: Paint,
}

/// The way in which an input of a stitch comes on those before it. In any but [`OVER`](Self::OVER) there are two inputs,
/// of which the first covers the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Paint {
    Blend(Blend),
    /// Its shades of gray become the alpha.
    Alpha,
}

impl Paint {
    /// Later inputs lie on top, and what is below shows where they are clear.
    pub(crate) const OVER: Self = Self::Blend(Blend::Over);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_whole_where_all_its_edges_are_those_of_the_picture() {
        let size = Size::new(10, 6);
        assert!(SourceBox::whole(size).is_whole(size));
        for (x, y, width, height, expected) in [
            (0, 0, 20, 12, true),
            (1, 0, 20, 12, false),
            (0, -1, 20, 12, false),
            (0, 0, 19, 12, false),
            (0, 0, 20, 11, false),
            (0, 0, 10, 6, false),
        ] {
            let found = SourceBox { unit: 2, x, y, width, height };
            assert_eq!(found.is_whole(size), expected, "{found}");
        }
    }

    #[test]
    fn a_resize_shrinks_where_it_makes_no_side_larger() {
        for (to, expected) in [
            ((5, 3), true),
            ((10, 6), true),
            ((10, 3), true),
            ((11, 6), false),
            ((10, 7), false),
            ((5, 7), false),
            ((20, 20), false),
        ] {
            let to = Size::new(to.0, to.1);
            let from = SourceBox { unit: 2, x: 0, y: 0, width: 20, height: 12 };
            let (window, kernel) = (Rect::whole(to), Kernel::Linear);
            let resize = ResizeOp { from, to, window, kernel, linear: false, full_chroma: false };
            assert_eq!(resize.shrinks(), expected, "{to}");
        }
    }
}
