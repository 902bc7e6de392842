//! CLAHE: each sample by its rank among those of a window around it.
//!
//! ```text
//! of a level in a window: how many samples have it, at most max_slope
//! those beyond max_slope count for all 256 levels alike
//! a sample becomes 255 times the share of all that are of its level or lower
//! ```
//! Beyond its edges the picture is mirrored. Its samples are those of `hist_local` of libvips 8.18, as measured.

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::{Neighbourhood, around};
use crate::error::Result;
use crate::ops::extend::side::Side;
use crate::ops::{Kind, RowOp};
use crate::picture::geometry::Size;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::reserve::{filled, reserved};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::operations::Clahe;
use crate::recipe::options::ExtendMode;

/// The most samples of a band, about 30 ms of them: a job is to stop in time.
const SAMPLES: u64 = 1 << 18;

/// Levels of which samples are counted at a time, by the time that one takes which comes into a column.
const LEVELS: f64 = 100.0;

/// Columns that are begun at a time: their counts stay in the cache.
const BLOCK: usize = 64;

/// The number of samples of each level.
type Counts<T> = [T; 256];

impl fmt::Display for Clahe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "clahe {}x{}", self.width, self.height)?;
        if self.max_slope == 0 { Ok(()) } else { write!(f, " slope {}", self.max_slope) }
    }
}

impl Neighbourhood for Clahe {
    /// Its table has the ranges of all.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn reach(&self) -> (u32, u32) {
        (self.width / 2, self.height / 2)
    }

    fn keeps(&self) -> bool {
        false
    }

    fn filter(&self, input: Shape, _: Level) -> Box<dyn RowOp> {
        Box::new(ClaheRows { op: *self, input })
    }
}

/// Makes rows of ranks; alpha stays.
struct ClaheRows {
    op: Clahe,
    input: Shape,
}

impl ClaheRows {
    /// Samples of a row that are not alpha.
    fn samples(&self) -> u64 {
        u64::from(self.input.size.width) * self.colours() as u64
    }

    fn colours(&self) -> usize {
        self.input.layout.channels() as usize - usize::from(self.input.layout.has_alpha())
    }

    /// Makes a channel of a row, of the counts of all columns. `places` are the columns of the window of the first pixel,
    /// and one more for each after it.
    fn slide(&self, columns: &[Counts<u16>], places: &[usize], channel: usize, to: &mut [u8]) {
        let across = self.op.width as usize;
        let mut ranks = Ranks::new(self.op);
        for &place in &places[..across] {
            ranks.step(&columns[place], &[0; 256]);
        }
        let channels = self.input.layout.channels() as usize;
        for (x, pixel) in to.chunks_exact_mut(channels).enumerate() {
            pixel[channel] = ranks.of(pixel[channel]);
            ranks.step(&columns[places[x + across]], &columns[places[x]]);
        }
    }
}

/// Changes the count of each column by its sample in a row.
fn count(
    columns: &mut [Counts<u16>],
    row: &[u8],
    (channels, channel): (usize, usize),
    change: impl Fn(u16) -> u16,
) {
    for (column, pixel) in columns.iter_mut().zip(row.chunks_exact(channels)) {
        let count = &mut column[usize::from(pixel[channel])];
        *count = change(*count);
    }
}

impl RowOp for ClaheRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        around(rows, self.op.height / 2, self.input.size.height)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let Clahe { width: across, height: down, .. } = self.op;
        let Shape { size: Size { width, height }, layout } = self.input;
        let channels = layout.channels() as usize;
        let side = |length, side| Side::new(ExtendMode::Mirror, length / 2, side, length);
        let (columns_of, lines_of) = (side(across, width), side(down, height));
        let mut places = reserved((width + across) as usize)?;
        places.extend((0..width + across).map(|place| columns_of.at(place) as usize));
        let mut columns = filled([0; 256], width as usize)?;
        // How many times a row is in the window of the first: of a picture that is lower, its rows are mirrored again and again.
        let needed = self.needs(out.rows(), 0);
        let mut times = filled(0, needed.len())?;
        for step in 0..down {
            let line = lines_of.at(out.rows().start + step) - needed.start;
            times[line as usize] += 1;
        }
        let (stride, rows) = (out.stride(0), out.rows());
        let source = |place: u32| inputs[0].row(0, lines_of.at(place));
        for channel in 0..self.colours() {
            let at = (channels, channel);
            columns.fill([0; 256]);
            for (block, columns) in columns.chunks_mut(BLOCK).enumerate() {
                let start = block * BLOCK * channels;
                for (y, &times) in (needed.start..).zip(&times).filter(|(_, times)| **times > 0) {
                    count(columns, &inputs[0].row(0, y)[start..], at, |it| it + times);
                }
            }
            for (to, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows.clone()) {
                if channel == 0 {
                    to.copy_from_slice(inputs[0].row(0, y));
                }
                self.slide(&columns, &places, channel, to);
                count(&mut columns, source(y), at, |it| it - 1);
                if y + 1 < rows.end {
                    count(&mut columns, source(y + down), at, |it| it + 1);
                }
            }
        }
        Ok(())
    }

    fn band_rows(&self, most: u32) -> u32 {
        let rows = SAMPLES / self.samples().max(1);
        u32::try_from(rows).unwrap_or(u32::MAX).clamp(1, most.max(1))
    }

    fn scratch(&self, rows: u32) -> u64 {
        let width = u64::from(self.input.size.width);
        let places = (width + u64::from(self.op.width)) * size_of::<usize>() as u64;
        let times = u64::from(self.input.size.height.min(self.op.height + rows)) * 2;
        places + width * size_of::<Counts<u16>>() as u64 + times
    }

    fn work(&self, made: Shape, band_rows: u32, work: &mut Work) {
        let bands = f64::from(made.size.height.div_ceil(band_rows.max(1)));
        let levels = LEVELS * f64::from(made.size.height);
        let counted = bands * f64::from(self.op.height) + levels;
        work.add_at(WorkKind::Neighbour, 2, self.samples() as f64 * counted);
    }

    fn mixes(&self) -> bool {
        true
    }

    fn kind(&self) -> Kind {
        Kind::Resample
    }
}

/// The samples of a window, by their levels.
struct Ranks {
    counts: Counts<u32>,
    /// The most of one level that count for it alone.
    limit: u32,
    /// How many samples there are.
    all: u32,
}

impl Ranks {
    fn new(op: Clahe) -> Self {
        let limit = if op.max_slope == 0 { u32::MAX } else { op.max_slope };
        Self { counts: [0; 256], limit, all: op.width * op.height }
    }

    /// Takes a column in, and another one out.
    fn step(&mut self, new: &Counts<u16>, old: &Counts<u16>) {
        for ((count, &new), &old) in self.counts.iter_mut().zip(new).zip(old) {
            *count = count.wrapping_add(u32::from(new)).wrapping_sub(u32::from(old));
        }
    }

    /// How many samples of some levels count for them alone.
    fn alone(&self, levels: &[u32]) -> u32 {
        levels.iter().fold(0, |sum, count| sum.wrapping_add(*count.min(&self.limit)))
    }

    /// The share of all samples of a level and those below it, as a sample.
    #[allow(clippy::cast_possible_truncation, reason = "a share of 255")]
    fn of(&self, sample: u8) -> u8 {
        let below = self.alone(&self.counts[..=usize::from(sample)]);
        let spread = self.all - self.alone(&self.counts);
        let share = (u32::from(sample) + 1) * spread / 256;
        (255 * (below + share) / self.all) as u8
    }
}
