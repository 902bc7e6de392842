//! Makes quantised blocks from rows of the input, a tile at a time.

use std::ops::Range;

use super::frame::{Frame, TILE};
use super::input_rows::InputRows;
use super::quantisation::Quantisation;

use crate::error::Error;
use crate::reserve::filled;
use crate::samples::Format;
use makeready_kernels::Level;
use makeready_kernels::jpeg_encode::{QuantisedBlock, halve_both, halve_width, rgb_to_ycc};

/// Blocks in a row of a tile at most.
const BLOCKS: usize = TILE / 8;

/// The samples of one tile, and the blocks made of them.
#[derive(Debug)]
pub(crate) struct Tile {
    level: Level,
    /// Rows of [`TILE`] samples of each component.
    samples: [Vec<u8>; 3],
    /// Chroma before downsampling: two rows of Cb, two of Cr.
    chroma: Vec<u8>,
    /// Rows of [`BLOCKS`] blocks of each component.
    blocks: [Vec<QuantisedBlock>; 3],
}

impl Tile {
    /// An empty tile for a picture.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn new(frame: &Frame, level: Level) -> Result<Self, Error> {
        let mut samples = [const { Vec::new() }; 3];
        let mut blocks = [const { Vec::new() }; 3];
        for component in 0..frame.components() {
            let down = frame.blocks(component).1;
            samples[component] = filled(0, 8 * down * TILE)?;
            blocks[component] = filled(QuantisedBlock::ZERO, down * BLOCKS)?;
        }
        Ok(Self { level, samples, chroma: filled(0, 4 * TILE)?, blocks })
    }

    /// The instructions that it may use.
    pub(crate) fn level(&self) -> Level {
        self.level
    }

    /// The bytes that a tile takes at most.
    pub(crate) const MEMORY: u64 =
        ((16 + 16 + 4) * TILE + 4 * BLOCKS * size_of::<QuantisedBlock>()) as u64;

    /// Makes the blocks of the MCUs `range` of the row of MCUs whose first luma row is `y`.
    pub(crate) fn load(
        &mut self,
        frame: &Frame,
        quantisation: &Quantisation,
        input: &InputRows<'_>,
        y: usize,
        range: Range<usize>,
    ) {
        match frame.format {
            Format::Rgb => self.convert(frame, input, y, &range),
            Format::Gray | Format::Planes | Format::Inks => self.copy(frame, input, y, &range),
        }
        for component in 0..frame.components() {
            let count = range.len() * frame.blocks(component).0;
            let rows = self.samples[component].chunks_exact(8 * TILE);
            for (samples, blocks) in rows.zip(self.blocks[component].chunks_exact_mut(BLOCKS)) {
                quantisation.blocks(self.level, component.min(1), samples, &mut blocks[..count]);
            }
        }
    }

    /// Block `x` of row `y` of a component, as last loaded.
    #[inline(always)]
    pub(crate) fn block(&self, component: usize, x: usize, y: usize) -> &QuantisedBlock {
        &self.blocks[component][y * BLOCKS + x]
    }

    /// Takes samples as they are.
    fn copy(&mut self, frame: &Frame, input: &InputRows<'_>, y: usize, range: &Range<usize>) {
        for component in 0..frame.components() {
            let width = 8 * frame.blocks(component).0;
            let first = y / frame.luma_rows(component);
            for (at, row) in self.samples[component].chunks_exact_mut(TILE).enumerate() {
                let from = &input.0[component].row(first + at)[range.start * width..];
                let row = &mut row[..range.len() * width];
                let count = from.len().min(row.len());
                row[..count].copy_from_slice(&from[..count]);
                extend(row, count);
            }
        }
    }

    /// Takes RGB: converts it, and halves chroma as the frame says. Below the picture the last rows
    /// are repeated, chroma after halving, as libjpeg does.
    fn convert(&mut self, frame: &Frame, input: &InputRows<'_>, y: usize, range: &Range<usize>) {
        let rows = &input.0[0];
        let down = frame.factors.1;
        let count = (rows.len() - y).div_ceil(down).min(8);
        for at in 0..count {
            for half in 0..down {
                let pixels = rows.row(y + at * down + half);
                let from = &pixels[range.start * frame.mcu().0 * 3..];
                self.convert_row(frame, from, at * down + half, range.len() * frame.mcu().0);
            }
            self.halve(frame, at, range.len() * 8);
        }
        repeat(&mut self.samples[0], count * down);
        repeat(&mut self.samples[1], count);
        repeat(&mut self.samples[2], count);
    }

    /// Converts row `at` of the tile: `width` pixels, the last of `pixels` in place of the
    /// missing ones.
    fn convert_row(&mut self, frame: &Frame, pixels: &[u8], at: usize, width: usize) {
        let [luma, blue, red] = &mut self.samples;
        // Chroma that is not subsampled goes straight to its place.
        let (blue, red, to) = if frame.factors.0 == 1 {
            (&mut blue[..], &mut red[..], at * TILE)
        } else {
            let (blue, red) = self.chroma.split_at_mut(2 * TILE);
            (blue, red, at % frame.factors.1 * TILE)
        };
        let luma = &mut luma[at * TILE..][..width];
        let (blue, red) = (&mut blue[to..][..width], &mut red[to..][..width]);
        rgb_to_ycc(self.level, pixels, luma, blue, red);
        for row in [luma, blue, red] {
            extend(row, width.min(pixels.len() / 3));
        }
    }

    /// Makes row `at` of chroma, `width` samples, where it is subsampled.
    fn halve(&mut self, frame: &Frame, at: usize, width: usize) {
        if frame.factors.0 == 1 {
            return;
        }
        let full = self.chroma.chunks_exact(2 * TILE);
        for (full, out) in full.zip(&mut self.samples[1..]) {
            let (top, bottom) = full.split_at(TILE);
            let (top, bottom) = (&top[..2 * width], &bottom[..2 * width]);
            let out = &mut out[at * TILE..][..width];
            if frame.factors.1 == 1 {
                halve_width(self.level, top, out);
            } else {
                halve_both(self.level, top, bottom, out);
            }
        }
    }
}

/// Repeats the row before row `from` in it and all below.
fn repeat(samples: &mut [u8], from: usize) {
    let (there, missing) = samples.split_at_mut(from * TILE);
    for row in missing.chunks_exact_mut(TILE) {
        row.copy_from_slice(&there[(from - 1) * TILE..]);
    }
}

/// Repeats the last of the first `count` samples up to the end of the row.
fn extend(row: &mut [u8], count: usize) {
    let (there, missing) = row.split_at_mut(count);
    if let Some(&last) = there.last() {
        missing.fill(last);
    }
}
