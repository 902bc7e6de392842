//! Sharpen: edges made steeper, in how light pixels are alone.
//!
//! The difference of a picture to a blurred one is large at edges. It is added once more (unsharp mask). Luma alone is
//! blurred: one number a pixel instead of three, and no edges of colours that were not there.

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::Neighbourhood;
use super::gaussian::{self, Gaussian};
use super::numbers::nearest;
use crate::error::Result;
use crate::ops::pointwise::luma_in_65536ths;
use crate::ops::{Kind, RowOp};
use crate::picture::checks::in_range;
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::operations::Sharpen;
use crate::recipe::options::table::{Options, show};

impl fmt::Display for Sharpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sharpen{}", show(&Self::fields(), &self.values()))
    }
}

impl Neighbourhood for Sharpen {
    fn check(&self) -> Result<()> {
        in_range("sharpen sigma", self.sigma.value(), 0.3..=10.0)
    }

    fn reach(&self) -> (u32, u32) {
        let reach = gaussian::reach(self.sigma.value());
        (reach, reach)
    }

    fn keeps(&self) -> bool {
        self.amount.value() == 0.0
    }

    #[allow(clippy::cast_possible_truncation, reason = "a number of 0 to 10, rounded")]
    fn filter(&self, input: Shape, level: Level) -> Box<dyn RowOp> {
        let Shape { size, layout } = input;
        let gaussian = Gaussian::new(self.sigma.value(), size, numbers_of(layout), level);
        let (amount, threshold) = (self.amount.value() as f32, f32::from(self.threshold));
        Box::new(SharpenRows { gaussian, layout, amount, threshold })
    }
}

/// Numbers of a pixel that are blurred: its luma, or its luma times alpha and alpha, so that clear pixels do not count.
fn numbers_of(layout: Layout) -> usize {
    1 + usize::from(layout.has_alpha())
}

/// Sharpens rows.
struct SharpenRows {
    gaussian: Gaussian,
    layout: Layout,
    amount: f32,
    threshold: f32,
}

impl SharpenRows {
    /// Makes the samples of a row of pixels of `N`, of their blurred numbers.
    fn sharpen<const N: usize>(&self, from: &[u8], blurred: &[f32], to: &mut [u8]) {
        let numbers = blurred.chunks_exact(numbers_of(self.layout));
        let pixels = from.as_chunks::<N>().0.iter().zip(to.as_chunks_mut::<N>().0);
        for ((from, to), blurred) in pixels.zip(numbers) {
            *to = *from;
            let around = match *blurred {
                // Of a clear pixel nothing is to be seen, and all around it may be clear too.
                [_, _] if from[N - 1] == 0 => continue,
                [sum, alpha] => sum / alpha,
                _ => blurred[0],
            };
            let difference = luma(from) - around;
            if difference.abs() >= self.threshold {
                let colours = if N < 3 { 1 } else { 3 };
                for sample in &mut to[..colours] {
                    *sample = nearest(f32::from(*sample) + self.amount * difference);
                }
            }
        }
    }
}

impl RowOp for SharpenRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        self.gaussian.needs(rows)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (channels, layout) = (self.layout.channels() as usize, self.layout);
        let (rows, stride) = (out.rows(), out.stride(0));
        let (first, out) = (rows.start, out.plane_mut(0));
        let widen = |y: u32, pixels: Range<usize>, numbers: &mut [f32]| {
            let row = &inputs[0].row(0, y)[pixels.start * channels..pixels.end * channels];
            match layout {
                Layout::Gray => lumas::<1, 1>(row, numbers),
                Layout::GrayA => lumas::<2, 2>(row, numbers),
                Layout::Rgb => lumas::<3, 1>(row, numbers),
                _ => lumas::<4, 2>(row, numbers),
            }
        };
        self.gaussian.run(rows, widen, |y, blurred| {
            let (from, at) = (inputs[0].row(0, y), (y - first) as usize * stride);
            let to = &mut out[at..at + stride];
            match layout {
                Layout::Gray => self.sharpen::<1>(from, blurred, to),
                Layout::GrayA => self.sharpen::<2>(from, blurred, to),
                Layout::Rgb => self.sharpen::<3>(from, blurred, to),
                _ => self.sharpen::<4>(from, blurred, to),
            }
        })
    }

    fn band_rows(&self, most: u32) -> u32 {
        self.gaussian.band_rows(most)
    }

    fn scratch(&self, rows: u32) -> u64 {
        self.gaussian.scratch(rows)
    }

    fn work(&self, made: Shape, band_rows: u32, work: &mut Work) {
        self.gaussian.work(made.size.height, band_rows, work);
        work.add_at(WorkKind::Point, 0, made.size.pixels() as f64);
    }

    fn mixes(&self) -> bool {
        true
    }

    fn kind(&self) -> Kind {
        Kind::Resample
    }
}

/// Makes `M` numbers of each pixel of `N` samples.
fn lumas<const N: usize, const M: usize>(row: &[u8], numbers: &mut [f32]) {
    for (to, pixel) in numbers.as_chunks_mut::<M>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        to[0] = luma(pixel);
        if M == 2 {
            let alpha = f32::from(pixel[N - 1]);
            to[0] *= alpha;
            to[1] = alpha;
        }
    }
}

/// The luma of JFIF, not rounded.
fn luma<const N: usize>(pixel: &[u8; N]) -> f32 {
    match *pixel.as_slice() {
        // All bits of it fit.
        [red, green, blue, ..] => luma_in_65536ths([red, green, blue]) as f32 / 65_536.0,
        _ => f32::from(pixel[0]),
    }
}
