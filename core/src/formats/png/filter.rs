//! Chooses how rows are filtered.
//!
//! A filter suits what changes smoothly; what repeats is better left as it is, and small numbers alone do not tell that.
//! So each row is tried with every filter, of which the one that leaves the smallest numbers is taken; and it is filtered
//! only where that leaves fewer pairs of bytes, as the code finds again what it has seen.

use png::Filter as RowFilter;

use crate::error::Result;
use crate::picture::image::band::zeroed;
use crate::picture::reserve::filled;
use crate::recipe::options::{Filter, Png};

/// The share of the pairs, in percent, that a row without a filter is counted with: its pairs come in longer repeats.
const UNFILTERED: u32 = 80;

/// Filters as the format numbers them.
const FILTERS: [RowFilter; 4] = [RowFilter::Sub, RowFilter::Up, RowFilter::Avg, RowFilter::Paeth];

/// Words with a bit for every pair of bytes.
const PAIRS: usize = 1 << 10;

/// Bytes that the choice takes for rows of `row` bytes.
pub(super) fn memory(row: u64) -> u64 {
    2 * row + 8 * PAIRS as u64
}

/// Chooses the filter of row after row.
pub(super) struct RowFilters {
    filter: Filter,
    /// Bytes of a pixel, at least 1.
    pixel: usize,
    previous: Vec<u8>,
    /// The row behind one of the filters.
    filtered: Vec<u8>,
    /// Pairs of bytes that were seen; none between two rows.
    seen: Vec<u64>,
}

impl RowFilters {
    pub(super) fn new(options: &Png, row: u64, pixel: usize) -> Result<Self> {
        let filter = match options.filter {
            // Nothing becomes smaller where nothing is compressed.
            Filter::Auto if options.compression_level == 0 => Filter::None,
            filter => filter,
        };
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        let room = if filter == Filter::Auto { row } else { 0 };
        let seen = filled(0, if room > 0 { PAIRS } else { 0 })?;
        Ok(Self { filter, pixel, previous: zeroed(room)?, filtered: zeroed(room)?, seen })
    }

    /// The filter of the next row.
    pub(super) fn next(&mut self, row: &[u8]) -> RowFilter {
        match self.filter {
            Filter::None => RowFilter::NoFilter,
            Filter::Adaptive => RowFilter::Adaptive,
            Filter::Auto => {
                let chosen = self.chosen(row);
                self.previous.copy_from_slice(row);
                chosen
            }
        }
    }

    fn chosen(&mut self, row: &[u8]) -> RowFilter {
        let mut least = (u64::MAX, RowFilter::NoFilter);
        for filter in FILTERS {
            self.filter_row(filter, row);
            let magnitude = magnitude(&self.filtered);
            if magnitude < least.0 {
                least = (magnitude, filter);
            }
        }
        self.filter_row(least.1, row);
        let filtered = pairs(&self.filtered, &mut self.seen);
        if pairs(row, &mut self.seen) * UNFILTERED <= filtered * 100 {
            return RowFilter::NoFilter;
        }
        least.1
    }

    /// Filters a row as the format says.
    fn filter_row(&mut self, filter: RowFilter, row: &[u8]) {
        match filter {
            RowFilter::Sub => self.predict(row, |left, _, _| left),
            RowFilter::Up => self.predict(row, |_, up, _| up),
            RowFilter::Avg => self.predict(row, |left, up, _| (left & up) + ((left ^ up) >> 1)),
            _ => self.predict(row, paeth),
        }
    }

    /// Takes off each byte its prediction by those of the pixels to the left, above, and above that to the left.
    fn predict(&mut self, row: &[u8], predicted: impl Fn(u8, u8, u8) -> u8) {
        let pixel = self.pixel.min(row.len());
        let (first, rest) = self.filtered.split_at_mut(pixel);
        for ((to, here), up) in first.iter_mut().zip(row).zip(&self.previous) {
            *to = here.wrapping_sub(predicted(0, *up, 0));
        }
        let here = row[pixel..].iter().zip(row);
        let above = self.previous[pixel..].iter().zip(&self.previous);
        for ((to, (here, left)), (up, before)) in rest.iter_mut().zip(here).zip(above) {
            *to = here.wrapping_sub(predicted(*left, *up, *before));
        }
    }
}

/// Of the three the nearest to `left + up - before`.
fn paeth(left: u8, up: u8, before: u8) -> u8 {
    let (x, y, z) = (i16::from(left), i16::from(up), i16::from(before));
    let (from_left, from_up, from_before) = ((y - z).abs(), (x - z).abs(), (x + y - 2 * z).abs());
    if from_left <= from_up && from_left <= from_before {
        left
    } else if from_up <= from_before {
        up
    } else {
        before
    }
}

/// The sum of the bytes as numbers of -128 to 127, without their signs.
fn magnitude(bytes: &[u8]) -> u64 {
    // The sum of 32 fits into 16 bits.
    let of_some = |bytes: &[u8]| {
        bytes.iter().map(|byte| u16::from(byte.cast_signed().unsigned_abs())).sum::<u16>()
    };
    bytes.chunks(32).map(|bytes| u64::from(of_some(bytes))).sum()
}

/// The number of different pairs of bytes side by side.
fn pairs(bytes: &[u8], seen: &mut [u64]) -> u32 {
    let pairs = || bytes.array_windows().map(|pair| usize::from(u16::from_le_bytes(*pair)));
    let mut count = 0;
    for pair in pairs() {
        let (word, bit) = (&mut seen[pair / 64], 1 << (pair % 64));
        count += u32::from(*word & bit == 0);
        *word |= bit;
    }
    pairs().for_each(|pair| seen[pair / 64] = 0);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: usize = 96;

    /// The filters of rows of 32 pixels in RGB.
    fn chosen(rows: &[Vec<u8>]) -> Result<Vec<u8>> {
        let mut filters = RowFilters::new(&Png::new(), ROW as u64, 3)?;
        Ok(rows.iter().map(|row| filters.next(row) as u8).collect())
    }

    #[test]
    fn slopes_are_filtered_and_repeats_are_not() -> Result<()> {
        let slope = |y: usize| (0..ROW).map(|x| (x * 2 + y * 5).to_le_bytes()[0]).collect();
        let slopes: Vec<Vec<u8>> = (0..4).map(slope).collect();
        assert!(chosen(&slopes)?.iter().all(|&filter| filter != RowFilter::NoFilter as u8));
        let dots = |y: usize| (0..ROW).map(|x| [0, 90, 200, 7][(x * x + y) % 4]).collect();
        let dots: Vec<Vec<u8>> = (0..4).map(dots).collect();
        assert_eq!(chosen(&dots)?, [RowFilter::NoFilter as u8; 4]);
        Ok(())
    }

    #[test]
    fn magnitudes_and_pairs_are_counted() {
        assert_eq!(magnitude(&[0, 1, 255, 128, 127].repeat(20)), (1 + 1 + 128 + 127) * 20);
        let mut seen = vec![0; PAIRS];
        let mut pairs = |bytes: &[u8]| pairs(bytes, &mut seen);
        assert_eq!((pairs(&[1, 2].repeat(32)), pairs(&[9; 64]), pairs(&[9])), (2, 1, 0));
    }

    /// The definition of the format, in so many words.
    #[test]
    fn the_nearest_predicts() {
        for (left, up, before) in [
            (10, 20, 15),
            (10, 20, 10),
            (10, 20, 20),
            (200, 100, 150),
            (5, 9, 7),
            (9, 5, 8),
            (3, 3, 9),
        ] {
            let wanted = i32::from(left) + i32::from(up) - i32::from(before);
            let nearest = [left, up, before]
                .into_iter()
                .min_by_key(|&it: &u8| (wanted - i32::from(it)).abs());
            assert_eq!(Some(paeth(left, up, before)), nearest);
        }
    }
}
