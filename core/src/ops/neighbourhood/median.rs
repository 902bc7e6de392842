//! Median: each sample the middle one of those around it.

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::numbers::pad;
use super::{Neighbourhood, around, line_at};
use crate::error::{Error, Result};
use crate::ops::{Kind, RowOp};
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::reserve::{filled, reserved};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::operations::Median;

impl fmt::Display for Median {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "median {}", self.size)
    }
}

impl Neighbourhood for Median {
    fn check(&self) -> Result<()> {
        if self.size.is_multiple_of(2) {
            let size = self.size;
            return Err(Error::invalid_option(format!(
                "median size is an odd number, found {size}"
            )));
        }
        Ok(())
    }

    fn reach(&self) -> (u32, u32) {
        (self.size / 2, self.size / 2)
    }

    fn keeps(&self) -> bool {
        self.size == 1
    }

    fn filter(&self, input: Shape, _: Level) -> Box<dyn RowOp> {
        Box::new(MedianRows { size: self.size, input })
    }
}

/// Makes rows of the middle samples of squares of `size`.
struct MedianRows {
    size: u32,
    input: Shape,
}

impl RowOp for MedianRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        around(rows, self.size / 2, self.input.size.height)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (size, height) = (self.size as usize, self.input.size.height);
        let (stride, rows) = (out.stride(0), out.rows());
        let channels = out.layout().channels() as usize;
        let mut window = reserved::<&[u8]>(size)?;
        let mut three = Three::new(if size == 3 { stride } else { 0 }, channels)?;
        for (to, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            window.clear();
            let lines = (0..size).map(|step| line_at(y, step, self.size / 2, height));
            window.extend(lines.map(|line| inputs[0].row(0, line)));
            match window[..] {
                [above, at, below] => three.fill([above, at, below], to),
                _ => (0..channels).for_each(|channel| slide(&window, channels, channel, to)),
            }
        }
        Ok(())
    }

    fn scratch(&self, _: u32) -> u64 {
        let window = u64::from(self.size) * size_of::<&[u8]>() as u64;
        // Three rows with a pixel of up to four samples on either side, and the one that these are added to.
        let three = 4 * self.input.layout.bytes((self.input.size.width, 1).into()) + 24;
        window + three
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        let samples = made.layout.bytes(made.size) as f64;
        match self.size {
            3 => work.add_at(WorkKind::Neighbour, 1, samples),
            // A column comes in and one goes.
            _ => work.add_at(WorkKind::Neighbour, 2, samples * 2.0 * f64::from(self.size)),
        }
    }

    fn mixes(&self) -> bool {
        self.input.layout != Layout::Gray
    }

    fn kind(&self) -> Kind {
        Kind::Resample
    }
}

/// Squares of three: sorts the columns, each once for three squares. The middle one of nine is that of the largest of
/// the least, the middle of the middle ones and the least of the largest (Paeth, "Median finding on a 3x3 grid", 1990).
struct Three {
    channels: usize,
    /// A row, and the least, the middle and the largest of each column, with a pixel more on either side.
    row: Vec<u8>,
    sorted: [Vec<u8>; 3],
}

impl Three {
    fn new(stride: usize, channels: usize) -> Result<Self> {
        let padded = || filled(0, stride + 2 * channels);
        let sorted = [padded()?, padded()?, padded()?];
        Ok(Self { channels, row: filled(0, stride)?, sorted })
    }

    fn fill(&mut self, rows: [&[u8]; 3], to: &mut [u8]) {
        self.sort(0, rows, |[a, b, c]| a.min(b).min(c));
        self.sort(1, rows, middle);
        self.sort(2, rows, |[a, b, c]| a.max(b).max(c));
        let [least, mid, most] = self.sorted.each_ref().map(|row| {
            let [left, right] = [self.channels, 2 * self.channels].map(|at| &row[at..]);
            row.iter().zip(left).zip(right).map(|((&a, &b), &c)| [a, b, c])
        });
        for (to, ((least, mid), most)) in to.iter_mut().zip(least.zip(mid).zip(most)) {
            let [a, b, c] = least;
            let (low, [d, e, f]) = (a.max(b).max(c), most);
            *to = middle([low, middle(mid), d.min(e).min(f)]);
        }
    }

    /// Fills one of the sorted rows by the samples of each column.
    fn sort(&mut self, place: usize, [a, b, c]: [&[u8]; 3], of: impl Fn([u8; 3]) -> u8) {
        for (to, ((&a, &b), &c)) in self.row.iter_mut().zip(a.iter().zip(b).zip(c)) {
            *to = of([a, b, c]);
        }
        pad(&self.row, self.channels, 1, &mut self.sorted[place]);
    }
}

/// The middle one of three.
fn middle([a, b, c]: [u8; 3]) -> u8 {
    a.min(b).max(a.max(b).min(c))
}

/// Makes a channel of a row by a count of the samples in a square, from which a column goes and to which one comes at
/// every step (Huang, Yang and Tang, "A fast two-dimensional median filtering algorithm", 1979).
fn slide(window: &[&[u8]], channels: usize, channel: usize, to: &mut [u8]) {
    let (size, width) = (window.len(), to.len() / channels);
    let column = |x: usize, step: usize| {
        let x = (x + step).saturating_sub(size / 2).min(width - 1);
        window.iter().map(move |row| row[x * channels + channel])
    };
    let mut counts = Counts { of: [0; 256], level: 0, below: 0 };
    let place = u16::try_from(size * size / 2).unwrap_or(u16::MAX);
    (0..size).flat_map(|step| column(0, step)).for_each(|sample| counts.add(sample));
    for (x, pixel) in to.chunks_exact_mut(channels).enumerate() {
        pixel[channel] = counts.middle(place);
        column(x, 0).for_each(|sample| counts.remove(sample));
        column(x, size).for_each(|sample| counts.add(sample));
    }
}

/// How many samples there are of each level, and how many below one of them.
struct Counts {
    of: [u16; 256],
    level: u8,
    below: u16,
}

impl Counts {
    fn add(&mut self, sample: u8) {
        self.of[usize::from(sample)] += 1;
        self.below += u16::from(sample < self.level);
    }

    fn remove(&mut self, sample: u8) {
        self.of[usize::from(sample)] -= 1;
        self.below -= u16::from(sample < self.level);
    }

    /// The sample that has `place` others before it. It is near the one of the square before.
    fn middle(&mut self, place: u16) -> u8 {
        while self.below > place {
            self.level -= 1;
            self.below -= self.of[usize::from(self.level)];
        }
        while self.below + self.of[usize::from(self.level)] <= place {
            self.below += self.of[usize::from(self.level)];
            self.level += 1;
        }
        self.level
    }
}
