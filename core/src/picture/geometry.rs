//! Sizes and rectangles: exact integer maths, no pixels.
//!
//! Products are taken in `u64` and narrowed once, so that no size from a header can overflow.

use std::ops::Range;

use crate::picture::words::words;

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// A size of `width` by `height` pixels.
    ///
    /// ```
    /// use makeready::Size;
    /// assert_eq!(Size::new(800, 600), (800, 600).into());
    /// assert_eq!(Size::new(800, 600).to_string(), "800x600");
    /// ```
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// The number of pixels.
    ///
    /// ```
    /// use makeready::Size;
    /// assert_eq!(Size::new(4000, 3000).pixels(), 12_000_000);
    /// assert_eq!(Size::new(u32::MAX, 2).pixels(), 8_589_934_590);
    /// ```
    #[must_use]
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Width and height exchanged, as a quarter turn does.
    pub(crate) const fn transposed(self) -> Self {
        Self::new(self.height, self.width)
    }

    /// The size of a decode at `1/scale`: rounded up, as JPEG does.
    pub(crate) const fn scaled(self, scale: u32) -> Self {
        Self::new(self.width.div_ceil(scale), self.height.div_ceil(scale))
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl From<(u32, u32)> for Size {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

/// A rectangle of pixels: its left top corner and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Columns left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Rect {
    /// The rectangle of `width` by `height` pixels whose left top pixel is (`x`, `y`).
    ///
    /// ```
    /// use makeready::{Rect, Size};
    ///
    /// let rect = Rect::new(10, 20, 100, 60);
    /// assert_eq!((rect.x, rect.y, rect.size()), (10, 20, Size::new(100, 60)));
    /// ```
    #[must_use]
    pub const fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// The whole of an image of this size.
    ///
    /// ```
    /// use makeready::{Rect, Size};
    /// assert_eq!(Rect::whole(Size::new(800, 600)), Rect::new(0, 0, 800, 600));
    /// ```
    #[must_use]
    pub const fn whole(size: Size) -> Self {
        Self::new(0, 0, size.width, size.height)
    }

    /// Its size.
    ///
    /// ```
    /// assert_eq!(makeready::Rect::new(10, 20, 100, 60).size(), (100, 60).into());
    /// ```
    #[must_use]
    pub const fn size(self) -> Size {
        Size::new(self.width, self.height)
    }

    /// The column after its last; `u64`, because the corner and the size may both be large.
    pub(crate) const fn right(self) -> u64 {
        self.x as u64 + self.width as u64
    }

    /// The row after its last.
    pub(crate) const fn bottom(self) -> u64 {
        self.y as u64 + self.height as u64
    }

    /// Tells whether it has pixels and all of them lie in an image of this size.
    pub(crate) const fn fits(self, size: Size) -> bool {
        self.width > 0
            && self.height > 0
            && self.right() <= size.width as u64
            && self.bottom() <= size.height as u64
    }

    /// The same pixels in an image whose left top pixel is (`x`, `y`) here.
    pub(crate) const fn moved_from(self, x: u32, y: u32) -> Self {
        Self::new(self.x - x, self.y - y, self.width, self.height)
    }

    /// This rectangle of pixels of `outer`, in the image that `outer` lies in.
    pub(crate) const fn within(self, outer: Self) -> Self {
        Self::new(self.x + outer.x, self.y + outer.y, self.width, self.height)
    }

    /// The part that both have in common; `None` if there is none.
    pub(crate) fn intersection(self, other: Self) -> Option<Self> {
        let columns = overlap(self.columns(), other.columns())?;
        let rows = overlap(self.rows(), other.rows())?;
        Some(Self::new(
            columns.start,
            rows.start,
            columns.end - columns.start,
            rows.end - rows.start,
        ))
    }

    /// The rest of it without `other`: up to four rectangles, above, below, left and right.
    fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let parts = match self.intersection(other) {
            None => [Some(self), None, None, None],
            Some(hole) => {
                let beside = |columns: Range<u32>| part(columns, hole.rows());
                let level = |rows: Range<u32>| part(self.columns(), rows);
                [
                    level(self.rows().start..hole.rows().start),
                    level(hole.rows().end..self.rows().end),
                    beside(self.columns().start..hole.columns().start),
                    beside(hole.columns().end..self.columns().end),
                ]
            }
        };
        parts.into_iter().flatten()
    }

    /// The columns it covers; it must fit an image, so the end fits `u32`.
    pub(crate) const fn columns(self) -> Range<u32> {
        self.x..self.x + self.width
    }

    /// The rows it covers.
    pub(crate) const fn rows(self) -> Range<u32> {
        self.y..self.y + self.height
    }

    /// The same rectangle at `1/scale`, `None` where an edge would split a pixel.
    pub(crate) const fn divided(self, scale: u32) -> Option<Self> {
        if self.x.is_multiple_of(scale)
            && self.y.is_multiple_of(scale)
            && self.width.is_multiple_of(scale)
            && self.height.is_multiple_of(scale)
        {
            Some(Self::new(self.x / scale, self.y / scale, self.width / scale, self.height / scale))
        } else {
            None
        }
    }
}

impl std::fmt::Display for Rect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}+{}+{}", self.width, self.height, self.x, self.y)
    }
}

/// The part that two ranges have in common; `None` if there is none.
pub(crate) fn overlap(a: Range<u32>, b: Range<u32>) -> Option<Range<u32>> {
    let common = a.start.max(b.start)..a.end.min(b.end);
    (common.start < common.end).then_some(common)
}

/// The pixels of these columns and rows, where there are any.
fn part(columns: Range<u32>, rows: Range<u32>) -> Option<Rect> {
    let some = !columns.is_empty() && !rows.is_empty();
    some.then(|| {
        Rect::new(columns.start, rows.start, columns.end - columns.start, rows.end - rows.start)
    })
}

/// Tells whether rectangles together cover all of `area`.
pub(crate) fn covers(rectangles: impl Iterator<Item = Rect>, area: Rect) -> bool {
    let mut left = vec![area];
    for rectangle in rectangles {
        left = left.into_iter().flat_map(|part| part.without(rectangle)).collect();
    }
    left.is_empty()
}

words! {
    /// The way the picture meets the box it is resized to, when both sides are given.
    pub enum Fit as "fit" {
        /// Fill the box, keep the aspect ratio, cut what sticks out.
        #[default]
        Cover = "cover",
        /// Fit inside the box, keep the aspect ratio, fill the rest with the background.
        Contain = "contain",
        /// Exactly the box, whatever the aspect ratio.
        Fill = "fill",
        /// As large as possible inside the box; the output may be smaller than it.
        Inside = "inside",
        /// As small as possible around the box; the output may be larger than it.
        Outside = "outside",
    }
}

/// `round(value * numerator / denominator)`, halves up, at least 1.
pub(crate) fn scale_side(value: u32, numerator: u32, denominator: u32) -> u64 {
    let product = u64::from(value) * u64::from(numerator);
    let d = u64::from(denominator);
    // 2^64 is out of reach: the product is below 2^64 - 2^33, and only its double could pass it.
    let rounded = product / d + u64::from(product % d >= d - product % d);
    rounded.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_round_half_up_and_never_vanish() {
        assert_eq!(scale_side(2225, 320, 2725), 261);
        assert_eq!(scale_side(399, 100, 500), 80);
        assert_eq!(scale_side(3, 8, 100), 1);
        assert_eq!(scale_side(1, 1, 2), 1);
        assert_eq!(scale_side(5, 1, 2), 3);
        assert_eq!(scale_side(u32::MAX, u32::MAX, 1), u64::from(u32::MAX) * u64::from(u32::MAX));
    }

    #[test]
    fn rectangles_that_reach_outside_do_not_fit() {
        let size = Size::new(10, 8);
        assert!(Rect::new(0, 0, 10, 8).fits(size));
        assert!(!Rect::new(1, 0, 10, 8).fits(size));
        assert!(!Rect::new(0, 0, 0, 8).fits(size));
        assert!(!Rect::new(u32::MAX, 0, u32::MAX, 1).fits(size));
    }

    /// All places and sizes in a small picture: only where all four edges are multiples.
    #[test]
    fn a_rectangle_is_divided_where_every_edge_is_a_multiple() {
        let multiple = |edge: u64, scale: u32| edge.is_multiple_of(scale.into());
        for scale in [1, 2, 4, 8] {
            for n in 0..9_u32.pow(4) {
                let [x, y, width, height] = [n % 9, n / 9 % 9, n / 81 % 9, n / 729];
                let rect = Rect::new(x, y, width, height);
                let edges = [x.into(), y.into(), rect.right(), rect.bottom()];
                let expected = edges
                    .iter()
                    .all(|&edge| multiple(edge, scale))
                    .then(|| Rect::new(x / scale, y / scale, width / scale, height / scale));
                assert_eq!(rect.divided(scale), expected, "{rect} at 1/{scale}");
            }
        }
    }

    /// Compared with a map of pixels, for all places of two rectangles in a small picture.
    #[test]
    fn what_rectangles_leave_is_what_no_pixel_of_theirs_covers() {
        let all: Vec<Rect> =
            (0..54).map(|n| Rect::new(n % 3, n / 3 % 3, 1 + n / 9 % 3, 1 + n / 27)).collect();
        let area = Rect::new(1, 1, 2, 2);
        let has = |rect: Rect, x, y| rect.columns().contains(&x) && rect.rows().contains(&y);
        let mut covered = 0;
        for &a in &all {
            for &b in &all {
                let mut pixels = area.columns().flat_map(|x| area.rows().map(move |y| (x, y)));
                let expected = pixels.all(|(x, y)| has(a, x, y) || has(b, x, y));
                assert_eq!(covers([a, b].into_iter(), area), expected, "{a} and {b}");
                covered += usize::from(expected);
                let left: u64 = a.without(b).map(|part| part.size().pixels()).sum();
                let common = a.intersection(b).map_or(0, |both| both.size().pixels());
                assert_eq!(left + common, a.size().pixels(), "{a} without {b}");
            }
        }
        assert!((100..all.len() * all.len()).contains(&covered), "{covered}");
    }
}
