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
use crate::ops::{Kind, RowOp};
use crate::picture::geometry::Size;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::reserve::reserved;
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::operations::Clahe;

/// The most samples of a band that come into windows and go, about 10 ms of them: a job is to stop in time.
const SAMPLES: u64 = 1 << 22;

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
    /// Samples that come into the windows of a row, and go.
    fn samples(&self) -> u64 {
        let columns = u64::from(self.op.width) + 2 * u64::from(self.input.size.width);
        columns * u64::from(self.op.height) * self.colours() as u64
    }

    fn colours(&self) -> usize {
        self.input.layout.channels() as usize - usize::from(self.input.layout.has_alpha())
    }

    /// Makes a channel of a row, of the rows and the columns of its windows: a column goes and one comes at every step.
    fn slide(&self, rows: &[&[u8]], columns: &[usize], channel: usize, to: &mut [u8]) {
        let across = self.op.width as usize;
        let column = |at: usize| {
            let at = columns[at] + channel;
            rows.iter().map(move |row| row[at])
        };
        let mut ranks = Ranks::new(self.op);
        (0..across).flat_map(column).for_each(|sample| ranks.add(sample));
        let channels = self.input.layout.channels() as usize;
        for (x, pixel) in to.chunks_exact_mut(channels).enumerate() {
            pixel[channel] = ranks.of(pixel[channel]);
            column(x).for_each(|sample| ranks.remove(sample));
            column(x + across).for_each(|sample| ranks.add(sample));
        }
    }
}

/// A line that is `step` further than another, less half the length of a window; beyond an edge it is mirrored there.
fn line_at(line: u32, step: u32, length: u32, side: u32) -> u32 {
    let period = 2 * i64::from(side);
    let at = i64::from(line) + i64::from(step) - i64::from(length / 2);
    let at = at.rem_euclid(period);
    u32::try_from(at.min(period - 1 - at)).unwrap_or_default()
}

impl RowOp for ClaheRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        around(rows, self.op.height / 2, self.input.size.height)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let Clahe { width: across, height: down, .. } = self.op;
        let Shape { size: Size { width, height }, layout } = self.input;
        let channels = layout.channels() as usize;
        let mut columns = reserved((width + across) as usize)?;
        let places = (0..width + across).map(|step| line_at(0, step, across, width));
        columns.extend(places.map(|x| x as usize * channels));
        let mut window = reserved::<&[u8]>(down as usize)?;
        let (stride, rows) = (out.stride(0), out.rows());
        for (to, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            window.clear();
            let lines = (0..down).map(|step| line_at(y, step, down, height));
            window.extend(lines.map(|line| inputs[0].row(0, line)));
            to.copy_from_slice(inputs[0].row(0, y));
            (0..self.colours()).for_each(|channel| self.slide(&window, &columns, channel, to));
        }
        Ok(())
    }

    fn band_rows(&self, most: u32) -> u32 {
        let rows = SAMPLES / self.samples().max(1);
        u32::try_from(rows).unwrap_or(u32::MAX).clamp(1, most.max(1))
    }

    fn scratch(&self, _: u32) -> u64 {
        let columns = u64::from(self.input.size.width + self.op.width) * size_of::<usize>() as u64;
        columns + u64::from(self.op.height) * size_of::<&[u8]>() as u64
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        work.add_at(WorkKind::Neighbour, 2, self.samples() as f64 * f64::from(made.size.height));
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
    counts: [u32; 256],
    /// The most of one level that count for it alone.
    limit: u32,
    /// How many samples there are.
    all: u32,
    /// A level, and how many count for it and those below it.
    level: u8,
    below: u32,
    /// How many count for all levels.
    spread: u32,
}

impl Ranks {
    fn new(op: Clahe) -> Self {
        let limit = if op.max_slope == 0 { u32::MAX } else { op.max_slope };
        let all = op.width * op.height;
        Self { counts: [0; 256], limit, all, level: 0, below: 0, spread: 0 }
    }

    fn add(&mut self, sample: u8) {
        let count = &mut self.counts[usize::from(sample)];
        let counts = *count < self.limit;
        *count += 1;
        self.below += u32::from(counts && sample <= self.level);
        self.spread += u32::from(!counts);
    }

    fn remove(&mut self, sample: u8) {
        let count = &mut self.counts[usize::from(sample)];
        *count -= 1;
        let counts = *count < self.limit;
        self.below -= u32::from(counts && sample <= self.level);
        self.spread -= u32::from(!counts);
    }

    /// How many count for a level.
    fn count(&self, level: u8) -> u32 {
        self.counts[usize::from(level)].min(self.limit)
    }

    /// What a sample becomes. It is near the one before.
    #[allow(clippy::cast_possible_truncation, reason = "a share of 255")]
    fn of(&mut self, sample: u8) -> u8 {
        while self.level < sample {
            self.level += 1;
            self.below += self.count(self.level);
        }
        while self.level > sample {
            self.below -= self.count(self.level);
            self.level -= 1;
        }
        let share = (u32::from(sample) + 1) * self.spread / 256;
        (255 * (self.below + share) / self.all) as u8
    }
}
