//! Encodes a row of macroblocks.

use makeready_kernels::webp_encode::{Edges, predict_chroma, predict_luma};

use crate::analysis::{Busyness, busyness};
use crate::edges::{LowerEdge, SharedEdges};
use crate::error::Error;
use crate::macroblock::{Rules, Source, Surroundings, Workspace};
use crate::mode_costs::AS_BLOCK;
use crate::probabilities::TokenCounts;
use crate::reserve::filled;
use crate::tokens::{NonzeroEdge, RowRecords};

/// The source of a row of macroblocks: whole ones, the picture's edges repeated.
#[derive(Debug, Clone)]
pub(crate) struct SourceRow {
    /// Luma of 16 rows, then 8 rows of each plane of chroma.
    samples: Vec<u8>,
    across: usize,
    /// How flat each macroblock is.
    pub(crate) flatness: Vec<u8>,
}

impl SourceRow {
    /// A row of so many macroblocks.
    pub(crate) fn new(across: usize) -> Result<Self, Error> {
        Ok(Self { samples: filled(0, across * 384)?, across, flatness: filled(0, across)? })
    }

    /// A row of a plane.
    pub(crate) fn row(&self, plane: usize, y: usize) -> &[u8] {
        let (start, width) = self.place(plane, y);
        &self.samples[start..][..width]
    }

    /// A row of a plane.
    pub(crate) fn row_mut(&mut self, plane: usize, y: usize) -> &mut [u8] {
        let (start, width) = self.place(plane, y);
        &mut self.samples[start..][..width]
    }

    /// Copies a row of a plane to another of its rows.
    pub(crate) fn repeat_row(&mut self, plane: usize, from: usize, to: usize) {
        let (start, width) = self.place(plane, from);
        let (target, _) = self.place(plane, to);
        self.samples.copy_within(start..start + width, target);
    }

    /// Where a row of a plane is.
    fn place(&self, plane: usize, y: usize) -> (usize, usize) {
        let luma = self.across * 256;
        match plane {
            0 => (y * self.across * 16, self.across * 16),
            _ => (luma + (plane - 1) * luma / 4 + y * self.across * 8, self.across * 8),
        }
    }

    /// A macroblock.
    pub(crate) fn macroblock(&self, x: usize) -> Source<'_> {
        let plane = |plane: usize, x: usize| &self.samples[self.place(plane, 0).0 + x..];
        let planes = [plane(0, x * 16), plane(1, x * 8), plane(2, x * 8)];
        Source { planes, stride: self.across * 16 }
    }

    /// Measures all macroblocks; gives back the sum of the measures of chroma. `above` has the
    /// rows of samples above, if there are any.
    pub(crate) fn analyse(&mut self, above: Option<&Self>, work: &mut Workspace) -> i64 {
        let mut sum = 0;
        for x in 0..self.across {
            work.take_source(&self.macroblock(x));
            let edges = self.own_edges(above, x);
            let Busyness { flatness, chroma } = measure(work, &edges);
            self.flatness[x] = flatness;
            sum += i64::from(chroma);
        }
        sum
    }

    /// The samples of the source around a macroblock.
    fn own_edges(&self, above: Option<&Self>, x: usize) -> [Edges; 3] {
        std::array::from_fn(|plane| {
            let size = if plane == 0 { 16 } else { 8 };
            let mut top = [127; 16];
            let mut corner = if above.is_some() && x == 0 { 129 } else { 127 };
            if let Some(above) = above {
                let row = above.row(plane, size - 1);
                top[..size].copy_from_slice(&row[x * size..][..size]);
                if x > 0 {
                    corner = row[x * size - 1];
                }
            }
            let mut left = [129; 16];
            if x > 0 {
                for (y, left) in left[..size].iter_mut().enumerate() {
                    *left = self.row(plane, y)[x * size - 1];
                }
            }
            with_dc(top, left, corner, size, [above.is_some(), x > 0])
        })
    }
}

/// Measures a macroblock whose source was taken.
fn measure(work: &mut Workspace, edges: &[Edges; 3]) -> Busyness {
    let level = work.level;
    predict_luma(level, &edges[0], &mut work.luma_predictions);
    predict_chroma(level, &[edges[1], edges[2]], &mut work.chroma_predictions);
    let [luma, chroma] = &work.spectra;
    busyness(level, luma, &work.luma_predictions, chroma, &work.chroma_predictions)
}

/// Edges with the value of DC prediction: the mean of the sides that are in the picture, or 128.
fn with_dc(top: [u8; 16], left: [u8; 16], corner: u8, size: usize, inside: [bool; 2]) -> Edges {
    let sides = [(&top, inside[0]), (&left, inside[1])];
    let sides = sides.iter().filter(|side| side.1);
    let count = u32::try_from(sides.clone().count() * size).unwrap_or(0);
    let sum = sides.flat_map(|side| &side.0[..size]).map(|&sample| u32::from(sample)).sum::<u32>();
    let dc = (sum + count / 2).checked_div(count).and_then(|dc| u8::try_from(dc).ok());
    Edges { top, left, corner, dc: dc.unwrap_or(128) }
}

/// Encodes macroblocks of a row from left to right.
#[derive(Debug)]
pub(crate) struct RowEncoder<'a> {
    pub(crate) edges: &'a SharedEdges,
    across: usize,
    /// True for the picture's first row.
    first: bool,
    /// Samples of the left neighbour.
    left: [[u8; 16]; 3],
    corners: [u8; 3],
    left_modes: [u8; 4],
    left_nonzero: NonzeroEdge,
    /// Eighths of bits that modes of blocks may still take.
    mode_bits: i64,
    mode_bits_each: i64,
}

impl<'a> RowEncoder<'a> {
    /// Begins a row. `mode_bits` are the eighths of bits that a macroblock's modes may take.
    pub(crate) fn new(edges: &'a SharedEdges, across: usize, first: bool, mode_bits: i64) -> Self {
        Self {
            edges,
            across,
            first,
            left: [[129; 16]; 3],
            corners: [if first { 127 } else { 129 }; 3],
            left_modes: [0; 4],
            left_nonzero: NonzeroEdge(0),
            mode_bits: 0,
            mode_bits_each: mode_bits,
        }
    }

    /// Encodes the next macroblock; gives back whether it has no levels.
    pub(crate) fn macroblock(
        &mut self,
        x: usize,
        source: &Source<'_>,
        segment: u8,
        rules: &Rules<'_>,
        work: &mut Workspace,
        (records, counts): (&mut RowRecords, &mut TokenCounts),
    ) -> Result<bool, Error> {
        let above = self.edges.get(x);
        let around = self.surroundings(x, &above);
        work.take_source(source);
        work.modes.segment = segment;
        self.mode_bits += self.mode_bits_each;
        work.encode(&around, rules, self.mode_bits);
        self.mode_bits -= rules.mode_costs.of_luma(&work.modes, around.modes);
        let mut lower = LowerEdge { nonzero: above.nonzero, ..LowerEdge::OUTSIDE };
        let (top, left) = (&mut lower.nonzero, &mut self.left_nonzero);
        let skip = records.push(&work.modes, &work.levels, work.nonzero, [top, left], counts)?;
        self.advance(work, &above, lower, x);
        Ok(skip)
    }

    /// The neighbours of a macroblock.
    fn surroundings(&self, x: usize, above: &LowerEdge) -> Surroundings {
        let mut tops = [above.luma, [0; 16], [0; 16]];
        for (top, chroma) in tops[1..].iter_mut().zip(&above.chroma) {
            top[..8].copy_from_slice(chroma);
        }
        let edges = std::array::from_fn(|plane| {
            let size = if plane == 0 { 16 } else { 8 };
            let inside = [!self.first, x > 0];
            with_dc(tops[plane], self.left[plane], self.corners[plane], size, inside)
        });
        let top_right = match x + 1 < self.across {
            true => self.edges.first_luma(x + 1),
            false => [above.luma[15]; 4],
        };
        let modes = [above.modes, self.left_modes];
        Surroundings { edges, top_right, modes, nonzero: [above.nonzero, self.left_nonzero] }
    }

    /// Leaves the edges of a macroblock for its neighbours.
    fn advance(&mut self, work: &Workspace, above: &LowerEdge, mut lower: LowerEdge, x: usize) {
        self.corners = [above.luma[15], above.chroma[0][7], above.chroma[1][7]];
        self.left[0] = work.luma.map(|row| row[15]);
        lower.luma = work.luma[15];
        for plane in 0..2 {
            for (left, row) in self.left[plane + 1].iter_mut().zip(&work.chroma[plane]) {
                *left = row[7];
            }
            lower.chroma[plane] = work.chroma[plane][7];
        }
        let modes = &work.modes;
        match modes.luma {
            Some(mode) => {
                lower.modes = [AS_BLOCK[usize::from(mode)]; 4];
                self.left_modes = lower.modes;
            }
            None => {
                lower.modes.copy_from_slice(&modes.blocks[12..]);
                self.left_modes = std::array::from_fn(|y| modes.blocks[y * 4 + 3]);
            }
        }
        self.edges.set(x, &lower);
    }
}
