//! The weights of one axis, in fixed point.

use std::ops::Range;

use super::axis::Axis;
use super::kernel;
use crate::error::Result;
use crate::picture::reserve::reserved;
use makeready_kernels::resample::{FloatTaps, Taps};

/// Weights that one output sample has room for are a multiple of this: what vectors take at a time.
const CHUNK: usize = 8;

/// What each output sample of an axis is made from: source samples, and for each its weight in `1 << bits`.
/// The weights of an output sample sum to exactly that, so that a plain area keeps its value.
#[derive(Debug)]
pub(super) struct Weights {
    taps: Vec<Range<u32>>,
    /// First source samples, counted from that of the first output sample.
    firsts: Vec<u32>,
    weights: Vec<i16>,
    stride: usize,
    bits: u32,
    /// The same weights in floating point, where they are asked for; in strides of an even number.
    floats: Vec<f32>,
}

/// The forms in which weights are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Fixed point alone.
    Fixed,
    /// Floating point as well.
    Float,
}

impl Weights {
    /// The weights of all output samples of an axis; memory is reserved fallibly.
    pub(super) fn new(axis: &Axis, form: Form) -> Result<Self> {
        let count = axis.window.len();
        let stride = stride(axis);
        let bits = bits(axis);
        let (mut taps, mut firsts) = (reserved(count)?, reserved(count)?);
        let (mut weights, mut exact) = (reserved(count * stride)?, reserved(stride)?);
        let base = axis.reached(axis.window.clone()).start;
        let period = axis.period();
        for (at, index) in axis.window.clone().enumerate() {
            let range = axis.taps(index);
            firsts.push(range.start - base);
            // Kernels are slow; most ratios come back to the same fractions soon.
            let first = axis.window.start;
            let known = index.checked_sub(period).filter(|&known| known >= first);
            if let Some(known) = known.filter(|&known| axis.are_alike(known, index)) {
                let known = (known - first) as usize;
                weights.extend_from_within(known * stride..(known + 1) * stride);
            } else {
                weigh(axis, index, range.clone(), &mut exact);
                round(&exact, bits, &mut weights);
                weights.resize((at + 1) * stride, 0);
            }
            taps.push(range);
        }
        let floats = Vec::new();
        let mut made = Self { taps, firsts, weights, stride, bits, floats };
        if form == Form::Float {
            made.floats = reserved(count * float_stride(axis))?;
            made.make_floats(float_stride(axis));
        }
        Ok(made)
    }

    /// Powers of two, and so exact.
    fn make_floats(&mut self, stride: usize) {
        let one = f32::from_bits((127 - self.bits) << 23);
        for weights in self.weights.chunks_exact(self.stride) {
            self.floats.extend(weights[..stride].iter().map(|&weight| f32::from(weight) * one));
        }
    }

    /// The source samples of output sample `index` of the window, and their weights in floating point.
    pub(super) fn floats_of(&self, index: usize) -> (Range<u32>, &[f32]) {
        let range = self.taps[index].clone();
        let weights = &self.floats[index * self.float_stride()..][..range.len()];
        (range, weights)
    }

    /// All, for the kernels of a row of floating-point samples.
    pub(super) fn float_row(&self) -> FloatTaps<'_> {
        let stride = self.float_stride();
        FloatTaps { firsts: &self.firsts, weights: &self.floats, stride }
    }

    fn float_stride(&self) -> usize {
        self.floats.len() / self.taps.len().max(1)
    }

    /// The number of bits behind the point.
    pub(super) const fn bits(&self) -> u32 {
        self.bits
    }

    /// The source samples of output sample `index` of the window, and their weights.
    pub(super) fn of(&self, index: usize) -> (Range<u32>, &[i16]) {
        let range = self.taps[index].clone();
        let weights = &self.weights[index * self.stride..][..range.len()];
        (range, weights)
    }

    /// The same without samples of weight 0 at both ends.
    pub(super) fn trimmed(&self, index: usize) -> (Range<u32>, &[i16]) {
        let (mut range, mut weights) = self.of(index);
        while let [0, rest @ ..] = weights {
            weights = rest;
            range.start += 1;
        }
        while let [rest @ .., 0] = weights {
            weights = rest;
            range.end -= 1;
        }
        (range, weights)
    }

    /// All, for the kernels of a row.
    pub(super) fn row(&self) -> Taps<'_> {
        Taps { firsts: &self.firsts, weights: &self.weights, stride: self.stride, bits: self.bits }
    }
}

/// Samples that a row must have behind its last one for [`Weights::row`] to be read in whole chunks.
pub(super) fn stride(axis: &Axis) -> usize {
    (axis.most_taps() as usize).next_multiple_of(CHUNK)
}

/// The same in floating point.
fn float_stride(axis: &Axis) -> usize {
    (axis.most_taps() as usize).next_multiple_of(2)
}

/// An upper bound of the bytes that the weights of an axis take, and the making of them.
pub(super) fn bytes(axis: &Axis, form: Form) -> u64 {
    let stride = stride(axis) as u64;
    let floats = if form == Form::Float { float_stride(axis) as u64 * 4 } else { 0 };
    axis.window.len() as u64 * (stride * 2 + 12 + floats) + stride * 8
}

/// The bits behind the point of a weight: as many as 16 with a sign allow.
///
/// Where nothing shrinks, a weight at the edge of the source may be 1.5; where the source shrinks by
/// `ratio`, it is at most `2 / ratio`. More than 16 bits would overflow the sum of a row, whose samples
/// have 6 bits behind the point already.
fn bits(axis: &Axis) -> u32 {
    if axis.takes_one() || axis.limit < 3 {
        return 14;
    }
    let shrinks_by = |factor: f64| u32::from(axis.ratio * 0.75 >= factor);
    14 + shrinks_by(2.0) + shrinks_by(4.0)
}

/// The exact weights of an output sample, which sum to 1 but for roundings.
fn weigh(axis: &Axis, index: u32, taps: Range<u32>, exact: &mut Vec<f64>) {
    exact.clear();
    if taps.len() == 1 {
        exact.push(1.0);
        return;
    }
    let (whole, fraction) = axis.centre(index);
    let scale = axis.ratio.max(1.0);
    let distance = |tap: u32| (i64::from(tap) - whole) as f64 + 0.5 - fraction;
    exact.extend(taps.map(|tap| kernel::weight(axis.kernel, distance(tap) / scale)));
    let sum: f64 = exact.iter().sum();
    exact.iter_mut().for_each(|weight| *weight /= sum);
}

/// Appends the weights in fixed point. What rounding takes from one is given to the next, so that they
/// sum to exactly 1, and a kernel over thousands of samples keeps its shape.
fn round(exact: &[f64], bits: u32, weights: &mut Vec<i16>) {
    let one = f64::from(1 << bits);
    let (mut sum, mut rounded) = (0.5, 0);
    for weight in exact {
        sum += weight * one;
        // By the half that it begins with, the last is `one` even though doubles may not sum to 1 in their last bits.
        let total = floor_i32(sum);
        weights.push(i16::try_from(total - rounded).unwrap_or(i16::MAX));
        rounded = total;
    }
}

/// The whole number at or below `value`; the library's `floor` is a call on the oldest CPUs.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
fn floor_i32(value: f64) -> i32 {
    let whole = value as i32;
    whole - i32::from(f64::from(whole) > value)
}

#[cfg(test)]
mod tests {
    use super::super::axis::{Extent, Sub};
    use super::*;
    use crate::recipe::options::Kernel;

    fn axes() -> impl Iterator<Item = Axis> {
        let kernels = [
            Kernel::Nearest,
            Kernel::Linear,
            Kernel::Cubic,
            Kernel::Mitchell,
            Kernel::Lanczos2,
            Kernel::Lanczos3,
        ];
        let sizes =
            [(1, 7), (3, 3), (2, 9), (5, 4), (7, 3), (16, 3), (97, 13), (999, 3), (9999, 2)];
        kernels.into_iter().flat_map(move |kernel| {
            sizes.into_iter().flat_map(move |(from, to)| {
                [(1, 1), (2, 2), (2, 1)].map(move |(source, made)| {
                    let extent =
                        Extent { start: 0, length: from, unit: 1, to, window: 0..to, limit: from };
                    Axis::new(kernel, &extent, Sub { source, made })
                })
            })
        })
    }

    #[test]
    fn weights_sum_to_one() -> Result<()> {
        for axis in axes() {
            let weights = Weights::new(&axis, Form::Float)?;
            for index in 0..axis.window.len() {
                let (range, of) = weights.of(index);
                assert_eq!(range.len(), of.len());
                let sum: i32 = of.iter().map(|&weight| i32::from(weight)).sum();
                assert_eq!(sum, 1 << weights.bits(), "{axis:?} {index}");
                assert!(of.iter().all(|&weight| weight < i16::MAX), "{axis:?} {index}");
            }
            // Nothing was reserved again as it grew.
            let size = weights.taps.capacity() * 8
                + weights.firsts.capacity() * 4
                + weights.weights.capacity() * 2
                + weights.floats.capacity() * 4;
            assert!(size as u64 <= bytes(&axis, Form::Float), "{axis:?}");
        }
        Ok(())
    }

    /// Rows of samples have 6 bits behind the point when they are summed.
    #[test]
    fn sums_never_overflow() -> Result<()> {
        let (mut least, mut most) = (0.0_f64, 0.0_f64);
        for axis in axes() {
            let weights = Weights::new(&axis, Form::Float)?;
            let one = f64::from(1 << weights.bits());
            for index in 0..axis.window.len() {
                let of = weights.of(index).1.iter().map(|&weight| f64::from(weight) / one);
                most = most.max(of.clone().filter(|w| *w > 0.0).sum());
                least = least.min(of.filter(|w| *w < 0.0).sum());
            }
        }
        let (top, bottom) = (255.0 * 64.0 * most, 255.0 * 64.0 * least);
        assert!(top < 32_767.0 && bottom > -32_768.0);
        assert!((top * most + bottom * least) * 65_536.0 < 2_147_483_647.0, "{most} {least}");
        Ok(())
    }

    /// A bit more where a source is shrunk to 3/8, and one more at 3/16; none where samples are copied, and none in a
    /// source so small that its edges weigh more.
    #[test]
    fn weights_have_as_many_bits_as_fit() {
        for (kernel, from, to, expected) in [
            (Kernel::Linear, 4, 8, 14),
            (Kernel::Linear, 8, 8, 14),
            (Kernel::Linear, 80, 31, 14),
            (Kernel::Linear, 80, 30, 15),
            (Kernel::Linear, 80, 16, 15),
            (Kernel::Lanczos3, 80, 15, 16),
            (Kernel::Lanczos3, 800, 2, 16),
            (Kernel::Lanczos3, 3, 1, 15),
            (Kernel::Lanczos3, 2, 1, 14),
            (Kernel::Nearest, 80, 15, 14),
        ] {
            let extent = Extent { start: 0, length: from, unit: 1, to, window: 0..to, limit: from };
            let axis = Axis::new(kernel, &extent, Sub { source: 1, made: 1 });
            assert_eq!(bits(&axis), expected, "{kernel:?} of {from} to {to}");
        }
        let extent = Extent { start: 0, length: 60, unit: 8, to: 1, window: 0..1, limit: 2 };
        let axis = Axis::new(Kernel::Linear, &extent, Sub { source: 1, made: 1 });
        assert_eq!(bits(&axis), 14, "of a source of 2");
    }

    #[test]
    fn floors_lie_at_or_below() {
        for (value, floor) in
            [(-2.0, -2), (-1.5, -2), (-0.25, -1), (0.0, 0), (0.75, 0), (1.0, 1), (2.5, 2)]
        {
            assert_eq!(floor_i32(value), floor, "{value}");
        }
    }
}
