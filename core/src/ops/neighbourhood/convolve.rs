//! Convolve: each pixel the sum of those around it, each times a weight.

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::numbers::{self, add, pad};
use super::{Neighbourhood, around, line_at};
use crate::error::{Error, Result};
use crate::ops::{Kind, RowOp};
use crate::picture::checks::in_range;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::reserve::{filled, reserved};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::operations::Convolve;

/// The largest number, and one divided by the least that sums are divided by.
const MOST: f64 = 1e6;

/// Numbers of a row that are taken at a time.
const BLOCK: usize = 1024;

impl fmt::Display for Convolve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.sides();
        write!(f, "convolve {width}x{height} / {}", self.divisor())?;
        if self.offset.value() == 0.0 { Ok(()) } else { write!(f, " + {}", self.offset.value()) }
    }
}

impl Convolve {
    /// Weights in a row, and rows.
    fn sides(&self) -> (usize, usize) {
        (self.kernel.width(), self.kernel.rows().len())
    }

    /// The number that sums are divided by.
    fn divisor(&self) -> f64 {
        let sum: f64 = self.kernel.values().sum();
        let usual = if sum.abs() < 1.0 / MOST { 1.0 } else { sum };
        self.scale.map_or(usual, |scale| scale.value())
    }

    /// The weights that count, each with the columns and rows of the one in the corner before it.
    fn taps(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        self.kernel.rows().iter().enumerate().flat_map(|(down, row)| {
            let row = row.iter().enumerate().map(move |(across, it)| (across, down, it.value()));
            row.filter(|(.., weight)| *weight != 0.0)
        })
    }
}

/// Checks the length of a side of a kernel.
fn check_side(name: &str, length: usize) -> Result<()> {
    in_range(&format!("convolve kernel: {name}"), length, 3..=31)?;
    if length.is_multiple_of(2) {
        let message = format!("convolve kernel: {name} is an odd number, found {length}");
        return Err(Error::invalid_option(message));
    }
    Ok(())
}

impl Neighbourhood for Convolve {
    fn check(&self) -> Result<()> {
        let (width, height) = self.sides();
        check_side("the number of rows", height)?;
        check_side("the length of a row", width)?;
        if let Some(row) = self.kernel.rows().iter().find(|row| row.len() != width) {
            let found = row.len();
            let message = format!("convolve kernel: rows are of {width} weights, found {found}");
            return Err(Error::invalid_option(message));
        }
        let mut weights = self.kernel.values();
        weights.try_for_each(|it| in_range("convolve kernel: a weight", it, -MOST..=MOST))?;
        in_range("convolve offset", self.offset.value(), -MOST..=MOST)?;
        in_range("convolve scale, without its sign,", self.divisor().abs(), 1.0 / MOST..=MOST)
    }

    #[allow(clippy::cast_possible_truncation, reason = "at most 31, or refused")]
    fn reach(&self) -> (u32, u32) {
        let (width, height) = self.sides();
        (width as u32 / 2, height as u32 / 2)
    }

    fn keeps(&self) -> bool {
        let (width, height) = self.sides();
        let middle = (width / 2, height / 2, self.divisor());
        self.offset.value() == 0.0 && self.taps().eq([middle])
    }

    #[allow(clippy::cast_possible_truncation, reason = "numbers that fit")]
    fn filter(&self, input: Shape, level: Level) -> Box<dyn RowOp> {
        let (scale, offset) = (self.divisor() as f32, self.offset.value() as f32);
        Box::new(ConvolveRows { op: self.clone(), scale, offset, input, level })
    }
}

/// Makes rows of sums, colours premultiplied where there is alpha.
struct ConvolveRows {
    op: Convolve,
    scale: f32,
    offset: f32,
    input: Shape,
    level: Level,
}

impl ConvolveRows {
    /// Numbers of a row of the source with those on either side of it.
    fn pitch(&self) -> usize {
        (self.input.size.width + 2 * self.op.reach().0) as usize * self.channels()
    }

    fn channels(&self) -> usize {
        self.input.layout.channels() as usize
    }

    /// The rows of the source as numbers.
    fn numbers(&self, source: BandRows<'_>, rows: Range<u32>) -> Result<Vec<f32>> {
        let (layout, channels) = (self.input.layout, self.channels());
        let margin = self.op.reach().0 as usize;
        let mut row = filled(0.0, self.input.size.width as usize * channels)?;
        let mut all = filled(0.0, rows.len() * self.pitch())?;
        for (to, y) in all.chunks_exact_mut(self.pitch()).zip(rows) {
            numbers::widen(self.level, layout, source.row(0, y), &mut row);
            pad(&row, channels, margin, to);
        }
        Ok(all)
    }

    /// Makes numbers of the sums of pixels, as [`numbers::narrow`] takes them. Alpha is at most all, and no colour more
    /// than alpha: CPUs make other samples of numbers that are far too large.
    fn scale(&self, sums: &mut [f32]) {
        let Self { scale, offset, .. } = *self;
        if !self.input.layout.has_alpha() {
            return sums.iter_mut().for_each(|sum| *sum = *sum / scale + offset);
        }
        for pixel in sums.chunks_exact_mut(self.channels()) {
            let Some((alpha, colours)) = pixel.split_last_mut() else { continue };
            *alpha = (*alpha / scale + offset).clamp(0.0, 255.0);
            let most = 255.0 * *alpha;
            for colour in colours {
                *colour = (*colour / scale + 255.0 * offset).clamp(0.0, most);
            }
        }
    }
}

impl RowOp for ConvolveRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        around(rows, self.op.reach().1, self.input.size.height)
    }

    #[allow(clippy::cast_possible_truncation, reason = "numbers that fit")]
    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (rows, stride, pitch) = (out.rows(), out.stride(0), self.pitch());
        let (reach, height) = (self.op.reach().1, self.input.size.height);
        let needed = self.needs(rows.clone(), 0);
        let numbers = self.numbers(inputs[0], needed.clone())?;
        let (mut weights, mut places) = (reserved(MOST_TAPS)?, reserved(MOST_TAPS)?);
        for (across, down, weight) in self.op.taps() {
            weights.push(weight as f32);
            places.push((across * self.channels(), down));
        }
        let mut sums = filled(0.0, stride)?;
        for (to, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            sums.fill(0.0);
            for (index, block) in sums.chunks_mut(BLOCK).enumerate() {
                let len = block.len();
                let row = |tap: usize| {
                    let (across, down): (usize, usize) = places[tap];
                    let line = line_at(y, down, reach, height) - needed.start;
                    &numbers[line as usize * pitch + index * BLOCK + across..][..len]
                };
                add(self.level, &weights, row, block);
            }
            self.scale(&mut sums);
            numbers::narrow(self.level, self.input.layout, &sums, to);
        }
        Ok(())
    }

    fn scratch(&self, rows: u32) -> u64 {
        let row = u64::from(self.input.size.width) * self.channels() as u64;
        let lines = u64::from(rows) + 2 * u64::from(self.op.reach().1);
        let taps = MOST_TAPS * (size_of::<f32>() + size_of::<(usize, usize)>());
        4 * (lines * self.pitch() as u64 + 2 * row) + taps as u64
    }

    fn work(&self, made: Shape, band_rows: u32, work: &mut Work) {
        let samples = made.layout.bytes(made.size) as f64;
        let bands = f64::from(made.size.height.div_ceil(band_rows.max(1)));
        let more = bands * 2.0 * f64::from(self.op.reach().1) / f64::from(made.size.height.max(1));
        work.add_at(WorkKind::ResampleSource, 1, samples * (1.0 + more));
        work.add_at(WorkKind::Neighbour, 0, samples * self.op.taps().count() as f64);
        work.add_at(WorkKind::ResampleOut, 1, samples);
    }

    fn mixes(&self) -> bool {
        true
    }

    fn kind(&self) -> Kind {
        Kind::Resample
    }
}

/// The most weights that a kernel has.
const MOST_TAPS: usize = 31 * 31;
