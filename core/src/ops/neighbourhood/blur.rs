//! Blur: each pixel a mean of those around it.

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::gaussian::{self, Gaussian};
use super::{Neighbourhood, numbers};
use crate::error::Result;
use crate::ops::{Kind, RowOp};
use crate::picture::checks::in_range;
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::shape::Shape;
use crate::picture::work::Work;
use crate::recipe::operations::Blur;

impl fmt::Display for Blur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "blur {}", self.sigma.value())
    }
}

impl Neighbourhood for Blur {
    fn check(&self) -> Result<()> {
        in_range("blur sigma", self.sigma.value(), 0.3..=1000.0)
    }

    fn reach(&self) -> (u32, u32) {
        let reach = gaussian::reach(self.sigma.value());
        (reach, reach)
    }

    fn keeps(&self) -> bool {
        false
    }

    fn filter(&self, input: Shape, level: Level) -> Box<dyn RowOp> {
        let Shape { size, layout } = input;
        let channels = layout.channels() as usize;
        let gaussian = Gaussian::new(self.sigma.value(), size, channels, level);
        Box::new(BlurRows { gaussian, layout, level })
    }
}

/// Blurs rows, colours premultiplied where there is alpha.
struct BlurRows {
    gaussian: Gaussian,
    layout: Layout,
    level: Level,
}

impl RowOp for BlurRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        self.gaussian.needs(rows)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let Self { gaussian, layout, level } = self;
        let (channels, rows, stride) = (layout.channels() as usize, out.rows(), out.stride(0));
        let (first, out) = (rows.start, out.plane_mut(0));
        let widen = |y: u32, pixels: Range<usize>, numbers: &mut [f32]| {
            let bytes = pixels.start * channels..pixels.end * channels;
            numbers::widen(*level, *layout, &inputs[0].row(0, y)[bytes], numbers);
        };
        gaussian.run(rows, widen, |y, row| {
            let at = (y - first) as usize * stride;
            numbers::narrow(*level, *layout, row, &mut out[at..at + stride]);
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
    }

    fn mixes(&self) -> bool {
        true
    }

    fn kind(&self) -> Kind {
        Kind::Resample
    }
}
