//! One of the workers that a push is spread over: what it needs, and its strips.

use std::ops::Range;

use super::direct::Strip;
use super::frame::Frame;
use super::memory::Bounds;
use super::progressive::Coefficients;
use super::source::Source;
use super::tile::Tile;
use super::tokens::Tokens;
use super::walk::{Coding, Dc, Sink};
use super::{EncodeError, Poll};
use crate::simd::Level;
use crate::simd::bits::with_bit_instructions;
use crate::simd::jpeg_encode::Quantiser;

/// What becomes of the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Bits, by the standard's tables.
    Direct,
    /// Tokens, for tables yet to be made.
    Tokens,
    /// They are kept for several scans.
    Keep,
}

/// Rows of MCUs that a lane does before they are taken over, at most: bounds what is in flight.
const PIECE: usize = 2;

/// Of so many rows of MCUs, how many a lane does at a time. Alone, one row: the strip stays in the cache.
pub(crate) fn rows_of_piece(rows: usize, lanes: usize) -> usize {
    if lanes == 1 { 1 } else { rows.div_ceil(lanes).clamp(1, PIECE) }
}

/// What all workers of a push share.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) quantisers: &'a [Quantiser; 2],
    pub(crate) source: &'a Source<'a>,
    /// The row of MCUs that the source begins with.
    pub(crate) first: usize,
    /// A row of MCUs, and the DC coefficients that the one before it ends with.
    pub(crate) known: (usize, Dc),
    pub(crate) mode: Mode,
    pub(crate) poll: Poll<'a>,
}

/// A worker's buffers and results.
#[derive(Debug)]
pub(crate) struct Lane {
    tile: Tile,
    /// Bits, with [`Mode::Direct`] and in the second pass.
    pub(crate) strip: Strip,
    pub(crate) tokens: Tokens,
    pub(crate) coefficients: Coefficients,
    /// Tokens of each row, with [`Mode::Tokens`].
    pub(crate) token_rows: Vec<Vec<u8>>,
    /// Coefficients of each row, with [`Mode::Keep`].
    pub(crate) coefficient_rows: Vec<Vec<i16>>,
    /// The row of MCUs after the last that it did, and the DC coefficients that this one ends with.
    next: usize,
    pub(crate) dc: Dc,
    /// Bytes of memory that tokens of a piece may take.
    limit: u64,
}

impl Lane {
    /// A worker for such a picture.
    ///
    /// # Errors
    /// [`EncodeError::Memory`].
    pub(crate) fn new(frame: &Frame, level: Level, bounds: &Bounds) -> Result<Self, EncodeError> {
        Ok(Self {
            tile: Tile::new(frame, level)?,
            strip: Strip::new(bounds.bits),
            tokens: Tokens::new(bounds.strip / 2),
            coefficients: Coefficients::default(),
            token_rows: Vec::new(),
            coefficient_rows: Vec::new(),
            next: 0,
            dc: Dc::default(),
            limit: bounds.strip,
        })
    }

    /// What it may use of the CPU.
    pub(crate) fn level(&self) -> Level {
        self.tile.level()
    }

    /// Gives back the memory of its tokens.
    pub(crate) fn free_tokens(&mut self) {
        self.tokens.free();
        self.token_rows = Vec::new();
    }

    /// Codes rows of MCUs that lie in the source; gives their number.
    ///
    /// # Errors
    /// [`EncodeError::Stopped`], [`EncodeError::Memory`].
    pub(crate) fn work(&mut self, job: &Job<'_>, rows: Range<usize>) -> Result<usize, EncodeError> {
        self.strip.clear();
        self.dc = match rows.start {
            next if next == self.next => self.dc,
            known if known == job.known.0 => job.known.1,
            other => self.edge(job, other - 1),
        };
        self.next = rows.end;
        let count = rows.len();
        for row in rows {
            if (job.poll)() {
                return Err(EncodeError::Stopped);
            }
            match job.mode {
                Mode::Direct => work_row(&mut self.tile, job, row, &mut self.dc, &mut self.strip)?,
                Mode::Tokens => {
                    work_row(&mut self.tile, job, row, &mut self.dc, &mut self.tokens)?;
                    self.check_tokens()?;
                    self.token_rows.push(self.tokens.take()?);
                }
                Mode::Keep => {
                    self.coefficients.start(job.frame)?;
                    work_row(&mut self.tile, job, row, &mut self.dc, &mut self.coefficients)?;
                    self.coefficient_rows.push(self.coefficients.take());
                }
            }
        }
        Ok(count)
    }

    /// Holds the tokens of a piece, this row's among them, and the buffer that they come from, to
    /// the limit.
    fn check_tokens(&self) -> Result<(), EncodeError> {
        let held: u64 = self.token_rows.iter().map(|row| row.len() as u64).sum();
        let all = held + self.tokens.len() as u64 + self.tokens.memory();
        if all > self.limit {
            return Err(EncodeError::Memory(all));
        }
        Ok(())
    }

    /// The DC coefficients that a row ends with, from its last MCU alone: so strips need not wait
    /// for one another.
    fn edge(&mut self, job: &Job<'_>, row: usize) -> Dc {
        let frame = job.frame;
        let y = (row - job.first) * frame.mcu().1;
        let last = frame.across - 1;
        self.tile.load(frame, job.quantisers, job.source, y, last..frame.across);
        let mut dc = Dc::default();
        for (component, dc) in dc.iter_mut().enumerate().take(frame.components()) {
            let (across, down) = frame.blocks(component);
            let x = frame.real_blocks(component).0 - 1 - last * across;
            *dc = self.tile.block(component, x, down - 1).coefficients[0];
        }
        dc
    }
}

/// Codes one row of MCUs, tile by tile.
fn work_row(
    tile: &mut Tile,
    job: &Job<'_>,
    row: usize,
    dc: &mut Dc,
    sink: &mut impl Sink,
) -> Result<(), EncodeError> {
    let frame = job.frame;
    let y = (row - job.first) * frame.mcu().1;
    for from in (0..frame.across).step_by(frame.tile_mcus()) {
        let range = from..frame.across.min(from + frame.tile_mcus());
        tile.load(frame, job.quantisers, job.source, y, range.clone());
        let coding = Coding { frame, tile, row, range, dc: &mut *dc, sink: &mut *sink };
        with_bit_instructions(tile.level(), coding)?;
    }
    Ok(())
}
