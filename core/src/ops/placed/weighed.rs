//! Pixels as sums of those around their place, by the weights of a kernel.

use super::Around;
use super::map::{PARTS, Walk};
use crate::error::Result;
use crate::ops::resample::{support, weight};
use crate::picture::reserve::reserved;
use crate::recipe::options::Kernel;

/// Pixels of a row that the widest kernel weighs.
const MOST: usize = 6;

/// Bytes of the weights.
pub(super) const TABLE: u64 = PARTS as u64 * MOST as u64 * 4;

/// Pixels on either side of a place that a kernel weighs.
#[allow(clippy::cast_possible_truncation, reason = "at most 3")]
#[allow(clippy::cast_sign_loss, reason = "a distance")]
pub(super) fn reach(kernel: Kernel) -> u32 {
    support(kernel).ceil() as u32
}

/// Makes rows of the pixels around their places.
pub(super) struct Weighed<'a, const N: usize> {
    around: &'a Around<'a, N>,
    /// Pixels on either side of a place.
    reach: usize,
    /// The weights of the pixels of a row, by the part of a pixel that a place lies behind one.
    weights: Vec<[f32; MOST]>,
}

impl<'a, const N: usize> Weighed<'a, N> {
    pub(super) fn new(around: &'a Around<'a, N>, kernel: Kernel) -> Result<Self> {
        let reach = reach(kernel) as usize;
        let mut weights = reserved(PARTS as usize)?;
        weights.extend((0..PARTS).map(|part| self::weights(kernel, reach, part)));
        Ok(Self { around, reach, weights })
    }

    pub(super) fn row(&self, walk: Walk, row: &mut [[u8; N]]) {
        match self.reach {
            1 => self.pixels::<2>(walk, row),
            2 => self.pixels::<4>(walk, row),
            _ => self.pixels::<MOST>(walk, row),
        }
    }

    fn pixels<const W: usize>(&self, mut walk: Walk, row: &mut [[u8; N]]) {
        let before = W as i64 / 2 - 1;
        for pixel in row {
            let [(column, across), (row, down)] = walk.next();
            let (left, top) = (column - before, row - before);
            let (across, down) = (&self.weights[across as usize], &self.weights[down as usize]);
            let mut sum = Sum { samples: [0.0; N], alpha: self.around.alpha };
            match self.around.block::<W>(left, top) {
                Some(rows) => {
                    for (row, weight) in rows.into_iter().zip(down) {
                        sum.add(row, across, *weight);
                    }
                }
                None => {
                    for (row, weight) in (top..).zip(&down[..W]) {
                        let found: [_; W] =
                            std::array::from_fn(|x| self.around.pixel(left + x as i64, row));
                        sum.add(&found, across, *weight);
                    }
                }
            }
            *pixel = sum.pixel();
        }
    }
}

/// A sum of samples; of colours each times the alpha of its pixel.
struct Sum<const N: usize> {
    samples: [f32; N],
    alpha: bool,
}

impl<const N: usize> Sum<N> {
    /// Adds the pixels of a row, by their weights and that of the row.
    fn add<const W: usize>(&mut self, row: &[[u8; N]; W], weights: &[f32; MOST], of_row: f32) {
        for (pixel, weight) in row.iter().zip(weights) {
            let mut weight = weight * of_row;
            if self.alpha {
                weight *= f32::from(pixel[N - 1]);
                self.samples[N - 1] += weight;
            }
            let colours = if self.alpha { N - 1 } else { N };
            for (sum, sample) in self.samples[..colours].iter_mut().zip(pixel) {
                *sum += weight * f32::from(*sample);
            }
        }
    }

    fn pixel(&self) -> [u8; N] {
        if !self.alpha {
            return self.samples.map(nearest);
        }
        let alpha = self.samples[N - 1];
        if alpha < 0.5 {
            return [0; N];
        }
        let mut pixel = self.samples.map(|sample| nearest(sample / alpha));
        pixel[N - 1] = nearest(alpha);
        pixel
    }
}

#[allow(clippy::cast_possible_truncation, reason = "clamped by the conversion")]
#[allow(clippy::cast_sign_loss, reason = "clamped by the conversion")]
#[inline]
fn nearest(sample: f32) -> u8 {
    (sample + 0.5) as u8
}

/// The weights of the pixels of a row around a place so many parts behind one, which come to 1.
#[allow(clippy::cast_possible_truncation, reason = "as fine as samples need")]
fn weights(kernel: Kernel, reach: usize, part: u32) -> [f32; MOST] {
    let part = f64::from(part) / f64::from(PARTS);
    let distance = |at: usize| part + reach as f64 - 1.0 - at as f64;
    let of = |at: usize| match kernel {
        // Half a pixel away from two, it is the next one.
        Kernel::Nearest => f64::from(at == usize::from(part >= 0.5)),
        _ if at < 2 * reach => weight(kernel, distance(at)),
        _ => 0.0,
    };
    let weights: [f64; MOST] = std::array::from_fn(of);
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| (weight / sum) as f32)
}
