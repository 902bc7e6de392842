//! The workers that rows of MCUs are spread over, and their results.

use super::bounds::Bounds;
use super::entropy::coded_bits::CodedBits;
use super::entropy::sink::{BlockSink, Dc};
use super::entropy::tokens::Tokens;
use super::frame::Frame;
use super::input_rows::InputRows;
use super::progressive::coefficient_row::CoefficientRow;
use super::quantisation::Quantisation;
use super::settings::SyncPoll;
use super::tile::Tile;
use super::walk::Coding;
use crate::error::Error;
use crate::reserve::reserve;
use makeready_kernels::Level;
use makeready_kernels::bits::with_bit_instructions;

/// The form that blocks take until the file is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Bits, by the standard's tables.
    Direct,
    /// Tokens, for tables that are made later.
    Tokens,
    /// Coefficients, for several scans.
    Coefficients,
}

/// The rows of a push, and everything that workers need to code them.
#[derive(Clone, Copy)]
pub(crate) struct Push<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) quantisation: &'a Quantisation,
    pub(crate) rows: &'a InputRows<'a>,
    /// The row of MCUs that the rows begin with.
    pub(crate) first: usize,
    /// A row of MCUs, and the DC coefficients that the one before it ends with.
    pub(crate) known: (usize, Dc),
    pub(crate) mode: Mode,
    pub(crate) poll: SyncPoll<'a>,
}

/// The workers of an encoder, and the buffers for their results.
#[derive(Debug)]
pub(crate) struct Workers {
    pub(crate) workers: Vec<Worker>,
    pub(crate) results: Vec<RowResult>,
}

impl Workers {
    /// Makes `workers` workers for a picture.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn new(
        frame: &Frame,
        workers: usize,
        level: Level,
        bounds: &Bounds,
    ) -> Result<Self, Error> {
        let mut all = Self { workers: Vec::new(), results: Vec::new() };
        reserve(&mut all.workers, workers)?;
        for _ in 0..workers {
            all.workers.push(Worker::new(frame, level, bounds)?);
        }
        reserve(&mut all.results, bounds.buffers)?;
        all.results.extend((0..bounds.buffers).map(|_| RowResult::new(bounds)));
        Ok(all)
    }

    /// The bytes of workers and buffers beside the parts that [`Bounds`] counts.
    pub(crate) fn memory(workers: usize, buffers: usize) -> u64 {
        let each = Tile::MEMORY + size_of::<Worker>() as u64;
        workers as u64 * each + (buffers * size_of::<RowResult>()) as u64
    }

    /// Gives back the memory of all tokens.
    pub(crate) fn free_tokens(&mut self) {
        self.workers.iter_mut().for_each(|worker| worker.tokens.free());
        self.results.iter_mut().for_each(|result| result.tokens = Vec::new());
    }
}

/// A row of MCUs, coded, or a scan of a progressive file.
#[derive(Debug)]
pub(crate) struct RowResult {
    /// Bits, with [`Mode::Direct`] and in the second pass.
    pub(crate) bits: CodedBits,
    /// Tokens, with [`Mode::Tokens`].
    pub(crate) tokens: Vec<u8>,
    /// Coefficients, with [`Mode::Coefficients`].
    pub(crate) coefficients: Vec<i16>,
    /// The DC coefficients at the end.
    pub(crate) dc: Dc,
}

impl RowResult {
    /// Begins an empty result.
    pub(crate) fn new(bounds: &Bounds) -> Self {
        let bits = CodedBits::new(bounds.row_bits);
        Self { bits, tokens: Vec::new(), coefficients: Vec::new(), dc: Dc::default() }
    }
}

/// One of the workers that a push is spread over.
#[derive(Debug)]
pub(crate) struct Worker {
    tile: Tile,
    pub(crate) tokens: Tokens,
    coefficients: CoefficientRow,
    /// The row of MCUs after its last one, and the DC coefficients at the end of that last one.
    next: usize,
    dc: Dc,
    /// Bytes of memory that the tokens of a row may take.
    limit: u64,
}

impl Worker {
    /// Makes a worker for a picture.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn new(frame: &Frame, level: Level, bounds: &Bounds) -> Result<Self, Error> {
        Ok(Self {
            tile: Tile::new(frame, level)?,
            tokens: Tokens::new(bounds.row_tokens / 2),
            coefficients: CoefficientRow::default(),
            next: 0,
            dc: Dc::default(),
            limit: bounds.row_tokens,
        })
    }

    /// The instructions that it may use.
    pub(crate) fn level(&self) -> Level {
        self.tile.level()
    }

    /// Codes a row of MCUs that was pushed.
    ///
    /// # Errors
    /// [`Error::Stopped`], [`Error::Memory`].
    pub(crate) fn code_row(
        &mut self,
        push: &Push<'_>,
        result: &mut RowResult,
        row: usize,
    ) -> Result<(), Error> {
        if (push.poll)() {
            return Err(Error::Stopped);
        }
        let mut dc = match row {
            next if next == self.next => self.dc,
            known if known == push.known.0 => push.known.1,
            other => self.edge(push, other - 1),
        };
        match push.mode {
            Mode::Direct => {
                result.bits.clear();
                code_tiles(&mut self.tile, push, row, &mut dc, &mut result.bits)?;
            }
            Mode::Tokens => {
                code_tiles(&mut self.tile, push, row, &mut dc, &mut self.tokens)?;
                let all = self.tokens.len() as u64 + self.tokens.memory();
                if all > self.limit {
                    return Err(Error::Memory(all));
                }
                result.tokens = self.tokens.take()?;
            }
            Mode::Coefficients => {
                self.coefficients.start(push.frame)?;
                code_tiles(&mut self.tile, push, row, &mut dc, &mut self.coefficients)?;
                result.coefficients = self.coefficients.take();
            }
        }
        (self.next, self.dc, result.dc) = (row + 1, dc, dc);
        Ok(())
    }

    /// The DC coefficients at the end of a row, made from its last MCU alone. So rows need not wait
    /// for one another.
    fn edge(&mut self, push: &Push<'_>, row: usize) -> Dc {
        let frame = push.frame;
        let y = (row - push.first) * frame.mcu().1;
        let last = frame.across - 1;
        self.tile.load(frame, push.quantisation, push.rows, y, last..frame.across);
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
fn code_tiles(
    tile: &mut Tile,
    push: &Push<'_>,
    row: usize,
    dc: &mut Dc,
    sink: &mut impl BlockSink,
) -> Result<(), Error> {
    let frame = push.frame;
    let y = (row - push.first) * frame.mcu().1;
    for from in (0..frame.across).step_by(frame.tile_mcus()) {
        let range = from..frame.across.min(from + frame.tile_mcus());
        tile.load(frame, push.quantisation, push.rows, y, range.clone());
        let coding = Coding { frame, tile, row, range, dc: &mut *dc, sink: &mut *sink };
        with_bit_instructions(tile.level(), coding)?;
    }
    Ok(())
}
