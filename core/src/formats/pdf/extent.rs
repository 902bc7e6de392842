//! Pixels of what is drawn, at any scale.

use hayro::kurbo::Size;

/// The sum, or the largest, of rectangles on whole pixels, in points of the page.
#[derive(Debug, Default)]
pub(super) struct Extent {
    area: f64,
    width: f64,
    height: f64,
    count: f64,
}

impl Extent {
    pub(super) fn add(&mut self, size: Size) {
        self.area += size.area();
        self.width += size.width;
        self.height += size.height;
        self.count += 1.0;
    }

    pub(super) const fn grow_to(&mut self, size: Size) {
        self.area = self.area.max(size.area());
        self.width = self.width.max(size.width);
        self.height = self.height.max(size.height);
        self.count = 1.0;
    }

    /// Pixels at most at so many of them for a point: one more at each edge than a rectangle is long.
    pub(super) fn pixels(&self, across: f64, down: f64) -> f64 {
        let edges = 2.0 * (self.width * across + self.height * down);
        self.area * across * down + edges + 4.0 * self.count
    }
}

/// A length as it is, or without an end where it is no number.
pub(super) const fn length(length: f64) -> f64 {
    if length.is_nan() { f64::INFINITY } else { length.abs() }
}

/// Bytes of a list or a table that has grown to so many items by doubling: what it has, and what it was moved from.
pub(super) fn grown(items: f64, bytes: usize) -> u64 {
    let items = whole(items).checked_next_power_of_two().unwrap_or(u64::MAX);
    items.saturating_mul(bytes as u64).saturating_mul(3) / 2
}

/// A number without its fraction; what is no number has no end.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
pub(super) fn whole(number: f64) -> u64 {
    if number.is_nan() { u64::MAX } else { number as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_those_of_rectangles_that_lie_anywhere() {
        let mut sum = Extent::default();
        assert!(sum.pixels(3.0, 3.0).abs() < 1e-9);
        sum.add(Size::new(10.0, 0.5));
        sum.add(Size::new(2.0, 3.0));
        let each = |width: f64, height: f64| (width + 2.0) * (height + 2.0);
        assert!((sum.pixels(1.0, 2.0) - each(10.0, 1.0) - each(2.0, 6.0)).abs() < 1e-9);
        let mut largest = Extent::default();
        largest.grow_to(Size::new(10.0, 0.5));
        largest.grow_to(Size::new(2.0, 3.0));
        assert!(largest.pixels(1.0, 1.0) >= each(10.0, 0.5).max(each(2.0, 3.0)));
    }

    #[test]
    fn what_is_no_number_has_no_end() {
        assert_eq!(grown(f64::INFINITY, 8), u64::MAX / 2);
        assert_eq!(grown(length(f64::NAN), 8), u64::MAX / 2);
        assert_eq!(whole(f64::NAN), u64::MAX);
        assert_eq!(grown(5.0, 10), 120);
    }
}
