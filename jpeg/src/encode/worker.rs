//! One of the workers that a push is spread over, and what it makes.

use crate::encode::Poll;
use crate::encode::bounds::Bounds;
use crate::encode::entropy::direct::Strip;
use crate::encode::entropy::tokens::Tokens;
use crate::encode::frame::Frame;
use crate::encode::input_rows::Source;
use crate::encode::progressive::Coefficients;
use crate::encode::tile::Tile;
use crate::encode::walk::{Coding, Dc, Sink};
use crate::error::Error;
use crate::reserve::reserve;
use makeready_kernels::Level;
use makeready_kernels::bits::with_bit_instructions;
use makeready_kernels::jpeg_encode::Quantiser;

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

/// The workers of an encoder, and the buffers for what they make.
#[derive(Debug)]
pub(crate) struct Crew {
    pub(crate) lanes: Vec<Lane>,
    pub(crate) made: Vec<Made>,
}

impl Crew {
    /// So many lanes for such a picture.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn new(
        frame: &Frame,
        lanes: usize,
        level: Level,
        bounds: &Bounds,
    ) -> Result<Self, Error> {
        let mut crew = Self { lanes: Vec::new(), made: Vec::new() };
        reserve(&mut crew.lanes, lanes)?;
        for _ in 0..lanes {
            crew.lanes.push(Lane::new(frame, level, bounds)?);
        }
        reserve(&mut crew.made, bounds.buffers)?;
        crew.made.extend((0..bounds.buffers).map(|_| Made::new(bounds)));
        Ok(crew)
    }

    /// Gives back the memory of all tokens.
    pub(crate) fn free_tokens(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.tokens.free());
        self.made.iter_mut().for_each(|made| made.tokens = Vec::new());
    }
}

/// What was made of a row of MCUs, or of a scan of a progressive file.
#[derive(Debug)]
pub(crate) struct Made {
    /// Bits, with [`Mode::Direct`] and in the second pass.
    pub(crate) strip: Strip,
    /// Tokens, with [`Mode::Tokens`].
    pub(crate) tokens: Vec<u8>,
    /// Coefficients, with [`Mode::Keep`].
    pub(crate) coefficients: Vec<i16>,
    /// The DC coefficients at the end.
    pub(crate) dc: Dc,
}

impl Made {
    /// Nothing yet.
    pub(crate) fn new(bounds: &Bounds) -> Self {
        let strip = Strip::new(bounds.bits);
        Self { strip, tokens: Vec::new(), coefficients: Vec::new(), dc: Dc::default() }
    }
}

/// What a worker needs for itself.
#[derive(Debug)]
pub(crate) struct Lane {
    tile: Tile,
    pub(crate) tokens: Tokens,
    coefficients: Coefficients,
    /// The row of MCUs after the last that it did, and the DC coefficients that this one ended with.
    next: usize,
    dc: Dc,
    /// Bytes of memory that the tokens of a row may take.
    limit: u64,
}

impl Lane {
    /// A worker for such a picture.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn new(frame: &Frame, level: Level, bounds: &Bounds) -> Result<Self, Error> {
        Ok(Self {
            tile: Tile::new(frame, level)?,
            tokens: Tokens::new(bounds.strip / 2),
            coefficients: Coefficients::default(),
            next: 0,
            dc: Dc::default(),
            limit: bounds.strip,
        })
    }

    /// What it may use of the CPU.
    pub(crate) fn level(&self) -> Level {
        self.tile.level()
    }

    /// Codes a row of MCUs that lies in the source.
    ///
    /// # Errors
    /// [`Error::Stopped`], [`Error::Memory`].
    pub(crate) fn work(&mut self, job: &Job<'_>, made: &mut Made, row: usize) -> Result<(), Error> {
        if (job.poll)() {
            return Err(Error::Stopped);
        }
        let mut dc = match row {
            next if next == self.next => self.dc,
            known if known == job.known.0 => job.known.1,
            other => self.edge(job, other - 1),
        };
        match job.mode {
            Mode::Direct => {
                made.strip.clear();
                work_row(&mut self.tile, job, row, &mut dc, &mut made.strip)?;
            }
            Mode::Tokens => {
                work_row(&mut self.tile, job, row, &mut dc, &mut self.tokens)?;
                let all = self.tokens.len() as u64 + self.tokens.memory();
                if all > self.limit {
                    return Err(Error::Memory(all));
                }
                made.tokens = self.tokens.take()?;
            }
            Mode::Keep => {
                self.coefficients.start(job.frame)?;
                work_row(&mut self.tile, job, row, &mut dc, &mut self.coefficients)?;
                made.coefficients = self.coefficients.take();
            }
        }
        (self.next, self.dc, made.dc) = (row + 1, dc, dc);
        Ok(())
    }

    /// The DC coefficients that a row ends with, from its last MCU alone: so rows need not wait
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
) -> Result<(), Error> {
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
