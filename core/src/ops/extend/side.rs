//! Places beyond a side of a picture, and the pixels that they are copies of.

use std::ops::Range;

use crate::recipe::options::ExtendMode;

/// The columns, or the rows, of a picture that goes on beyond both ends.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops) struct Side {
    mode: ExtendMode,
    before: u32,
    length: u32,
    after: u32,
}

impl Side {
    pub(in crate::ops) const fn new(
        mode: ExtendMode,
        before: u32,
        length: u32,
        after: u32,
    ) -> Self {
        Self { mode, before, length, after }
    }

    /// All places.
    pub(super) const fn whole(self) -> u32 {
        self.before + self.length + self.after
    }

    /// The places of the picture.
    pub(super) const fn inside(self) -> Range<u32> {
        self.before..self.before + self.length
    }

    /// The pixel at a place.
    pub(in crate::ops) fn at(self, place: u32) -> u32 {
        let (place, length) = (self.after_first(place), i64::from(self.length));
        let pixel = match self.mode {
            ExtendMode::Background | ExtendMode::Copy => place.clamp(0, length - 1),
            ExtendMode::Repeat => place.rem_euclid(length),
            ExtendMode::Mirror => {
                let place = place.rem_euclid(2 * length);
                place.min(2 * length - 1 - place)
            }
        };
        u32::try_from(pixel).unwrap_or(0)
    }

    /// The pixels that `places` and those before them reach down to, from the first that these and those after them need.
    pub(super) fn needed(self, places: Range<u32>) -> Range<u32> {
        if places.is_empty() {
            return 0..0;
        }
        let (first, last) = (places.start, places.end - 1);
        let length = i64::from(self.length);
        let (lowest, highest, period) = match self.mode {
            ExtendMode::Background | ExtendMode::Copy => return self.at(first)..self.at(last) + 1,
            ExtendMode::Repeat => ([0, 0], [length - 1; 2], length),
            ExtendMode::Mirror => ([-1, 0], [length - 1, length], 2 * length),
        };
        let reach = |pixels: [i64; 2], from: u32, to: u32| {
            let from = self.after_first(from);
            let next = |pixel: i64| from + (pixel - from).rem_euclid(period);
            pixels.into_iter().any(|pixel| next(pixel) <= self.after_first(to))
        };
        let end = self.whole() - 1;
        // Where neither end of the picture is between two places, those between them are pixels between theirs.
        let start = match reach(lowest, first, end) {
            true => 0,
            false => self.at(first).min(self.at(end)),
        };
        match reach(highest, 0, last) {
            true => start..self.length,
            false => start..self.at(0).max(self.at(last)) + 1,
        }
    }

    /// How far a place is behind the first of the picture.
    fn after_first(self, place: u32) -> i64 {
        i64::from(place) - i64::from(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels by their numbers, as each mode puts them.
    #[test]
    fn pixels_beyond_the_ends() {
        let of = |mode, before, length, after| -> Vec<u32> {
            let side = Side::new(mode, before, length, after);
            (0..side.whole()).map(|place| side.at(place)).collect()
        };
        assert_eq!(of(ExtendMode::Copy, 2, 3, 2), [0, 0, 0, 1, 2, 2, 2]);
        assert_eq!(of(ExtendMode::Repeat, 4, 3, 2), [2, 0, 1, 2, 0, 1, 2, 0, 1]);
        assert_eq!(of(ExtendMode::Mirror, 4, 3, 2), [2, 2, 1, 0, 0, 1, 2, 2, 1]);
        assert_eq!(of(ExtendMode::Mirror, 2, 1, 2), [0; 5]);
    }

    /// Of any run of places, against each place by itself.
    #[test]
    fn what_is_needed_is_what_places_have() {
        for mode in [ExtendMode::Copy, ExtendMode::Repeat, ExtendMode::Mirror] {
            for (before, length, after) in
                (0..8).flat_map(|b| (1..5).flat_map(move |l| (0..8).map(move |a| (b, l, a))))
            {
                let side = Side::new(mode, before, length, after);
                for start in 0..side.whole() {
                    for end in start + 1..=side.whole() {
                        let first = (start..side.whole()).map(|place| side.at(place)).min();
                        let last = (0..end).map(|place| side.at(place)).max();
                        let found = side.needed(start..end);
                        let expected = (first, last.map(|last| last + 1));
                        assert_eq!(
                            (Some(found.start), Some(found.end)),
                            expected,
                            "{side:?} {start}..{end}"
                        );
                    }
                }
            }
        }
    }
}
