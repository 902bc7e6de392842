//! Where output samples lie in the source, along one axis of a plane.
//!
//! Positions are exact fractions. A source from which whole samples were cut off moves them by whole
//! numbers only, so that weights, which depend on the fraction alone, stay the same: a window of a resize
//! gives the samples that the whole gives there, from the whole source or from a part of it.

use std::ops::Range;

use super::kernel;
use crate::recipe::options::Kernel;

/// One axis of a resize, for one plane.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) kernel: Kernel,
    /// Samples of the source.
    pub(super) limit: u32,
    /// The output samples wanted, of all that the resize makes.
    pub(super) window: Range<u32>,
    /// Source samples for one output sample.
    pub(super) ratio: f64,
    /// The edge of the first output sample, and the way from an edge to a centre, over `denominator`.
    edge: i128,
    half: i128,
    denominator: i128,
}

/// What an axis of a resize is given by, in picture pixels.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    /// The source box along this axis, in `1/unit` pixels.
    pub(super) start: i64,
    pub(super) length: u32,
    pub(super) unit: u32,
    /// Pixels it becomes, and those of them wanted.
    pub(super) to: u32,
    pub(super) window: Range<u32>,
    /// Pixels of the source.
    pub(super) limit: u32,
}

/// How many pixels a sample of a plane stands for along an axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sub {
    pub(super) source: u32,
    pub(super) made: u32,
}

impl Axis {
    /// The axis of a plane of which one sample stands for so many pixels.
    ///
    /// Sample `i` of the output has its centre at sample
    /// `(2 * to * start + (2i + 1) * length * sub.made) / (2 * to * unit * sub.source)` of the source.
    pub(super) fn new(kernel: Kernel, extent: &Extent, sub: Sub) -> Self {
        let (to, unit) = (i128::from(extent.to), i128::from(extent.unit));
        let pixels = f64::from(extent.length) / (f64::from(extent.to) * f64::from(extent.unit));
        Self {
            kernel,
            limit: extent.limit.div_ceil(sub.source),
            window: extent.window.start / sub.made..extent.window.end.div_ceil(sub.made),
            ratio: pixels * f64::from(sub.made) / f64::from(sub.source),
            edge: 2 * to * i128::from(extent.start),
            half: i128::from(extent.length) * i128::from(sub.made),
            denominator: 2 * to * unit * i128::from(sub.source),
        }
    }

    /// Whether every output sample is the source sample at a whole distance.
    pub(super) fn is_identity(&self) -> bool {
        2 * self.half == self.denominator && self.edge % self.denominator == 0
    }

    /// The centre of output sample `index`: the source sample it lies in, and the fraction from that
    /// sample's edge.
    pub(super) fn centre(&self, index: u32) -> (i64, f64) {
        let at = self.edge + (2 * i128::from(index) + 1) * self.half;
        let fraction = at.rem_euclid(self.denominator);
        // A remainder is below 2^37, the denominator at most that: doubles hold both.
        let fraction = fraction as f64 / self.denominator as f64;
        (clamp_i64(at.div_euclid(self.denominator)), fraction)
    }

    /// Source samples that the kernel reaches on either side of a centre.
    pub(super) fn reach(&self) -> f64 {
        kernel::support(self.kernel) * self.ratio.max(1.0)
    }

    /// The most source samples that an output sample is made from.
    pub(super) fn most_taps(&self) -> u32 {
        if self.takes_one() {
            return 1;
        }
        // One more for the roundings of doubles.
        clamp_u32(2.0 * self.reach() + 2.0, self.limit)
    }

    /// Whether each output sample is one source sample.
    pub(super) fn takes_one(&self) -> bool {
        self.kernel == Kernel::Nearest || self.is_identity()
    }

    /// The source samples that output sample `index` is made from: never empty, never outside.
    pub(super) fn taps(&self, index: u32) -> Range<u32> {
        let (whole, fraction) = self.centre(index);
        let limit = i64::from(self.limit);
        let nearest = whole.clamp(0, limit - 1);
        let (mut first, mut end) = (nearest, nearest + 1);
        if !self.takes_one() {
            let reach = self.reach();
            let start = (whole + floor_i64((fraction - reach - 0.5).ceil())).max(0);
            let stop = (whole + floor_i64(fraction + reach - 0.5) + 1).min(limit);
            if start < stop {
                (first, end) = (start, stop);
            }
        }
        narrow(first)..narrow(end)
    }

    /// The number of output samples after which fractions come again.
    pub(super) fn period(&self) -> u32 {
        let (mut step, mut divisor) = (2 * self.half, self.denominator);
        while step != 0 {
            (step, divisor) = (divisor % step, step);
        }
        u32::try_from(self.denominator / divisor).unwrap_or(u32::MAX)
    }

    /// Whether two output samples are made from the same places around their centres: at an edge of the
    /// source some are missing.
    pub(super) fn are_alike(&self, a: u32, b: u32) -> bool {
        let around = |index: u32| {
            let (whole, taps) = (self.centre(index).0, self.taps(index));
            (i64::from(taps.start) - whole, i64::from(taps.end) - whole)
        };
        around(a) == around(b)
    }

    /// The source samples that output samples `range` are made from; empty where that is.
    pub(super) fn reached(&self, range: Range<u32>) -> Range<u32> {
        if range.is_empty() {
            return 0..0;
        }
        self.taps(range.start).start..self.taps(range.end - 1).end
    }
}

/// A source sample's number, which was clamped to the source.
fn narrow(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

fn clamp_i64(value: i128) -> i64 {
    // Positions beyond 2^40 lie outside of any source.
    i64::try_from(value).unwrap_or(if value < 0 { -(1 << 40) } else { 1 << 40 })
}

#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
fn floor_i64(value: f64) -> i64 {
    value.floor() as i64
}

/// The whole part of `value`, at least 1 and at most `limit`.
#[allow(clippy::cast_possible_truncation, reason = "clamped to what fits before the cast")]
#[allow(clippy::cast_sign_loss, reason = "clamped to what fits before the cast")]
fn clamp_u32(value: f64, limit: u32) -> u32 {
    value.clamp(1.0, f64::from(limit.max(1))) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNELS: [Kernel; 6] = [
        Kernel::Nearest,
        Kernel::Linear,
        Kernel::Cubic,
        Kernel::Mitchell,
        Kernel::Lanczos2,
        Kernel::Lanczos3,
    ];

    const SAME: Sub = Sub { source: 1, made: 1 };
    const SUBS: [Sub; 3] = [SAME, Sub { source: 2, made: 2 }, Sub { source: 2, made: 1 }];

    fn extent(length: u32, unit: u32, to: u32, limit: u32) -> Extent {
        Extent { start: 0, length, unit, to, window: 0..to, limit }
    }

    #[test]
    fn taps_are_never_empty_never_outside_and_in_order() {
        for kernel in KERNELS {
            for sub in SUBS {
                for (from, to) in [(1, 1), (1, 9), (7, 1), (7, 3), (100, 33), (65_535, 2), (5, 5)] {
                    let axis = Axis::new(kernel, &extent(from, 1, to, from), sub);
                    let mut last = 0..0;
                    for index in axis.window.clone() {
                        let taps = axis.taps(index);
                        assert!(taps.start < taps.end && taps.end <= axis.limit);
                        assert!(last.start <= taps.start && last.end <= taps.end);
                        let count = taps.end - taps.start;
                        assert!(count <= axis.most_taps(), "{kernel:?} {from} {to} {count}");
                        last = taps;
                    }
                }
            }
        }
    }

    #[test]
    fn cutting_whole_samples_off_moves_taps_by_them() {
        for (unit, start, cut) in [(1, 0, 7), (8, 3, 5), (4, -9, 2), (3, 17, 40)] {
            let whole = Extent { start, ..extent(97 * unit + 1, unit, 31, 120) };
            let rest =
                Extent { start: start - i64::from(cut * unit), limit: 120 - cut, ..whole.clone() };
            let whole = Axis::new(Kernel::Lanczos3, &whole, SAME);
            let rest = Axis::new(Kernel::Lanczos3, &rest, SAME);
            for index in 0..31 {
                let ((at, fraction), (moved, same)) = (whole.centre(index), rest.centre(index));
                assert_eq!((at - i64::from(cut), fraction.to_bits()), (moved, same.to_bits()));
            }
        }
    }

    #[test]
    fn identity_is_told_from_a_shift() {
        assert!(Axis::new(Kernel::Mitchell, &extent(40, 4, 10, 10), SAME).is_identity());
        let shifted = Extent { start: 1, ..extent(40, 4, 10, 11) };
        assert!(!Axis::new(Kernel::Mitchell, &shifted, SAME).is_identity());
        let moved = Extent { start: -8, ..extent(40, 4, 10, 10) };
        assert!(Axis::new(Kernel::Mitchell, &moved, SAME).is_identity());
        assert!(!Axis::new(Kernel::Mitchell, &extent(40, 4, 11, 10), SAME).is_identity());
    }
}
