//! From strips and tokens to the file.

use makeready_kernels::heap::give_back;

use crate::encode::bounds::Bounds;
use crate::encode::entropy::direct::Strip;
use crate::encode::entropy::tokens::{RowCoding, Statistics, TokenCodes};
use crate::encode::entropy::{bits, huffman};
use crate::encode::frame::Frame;
use crate::encode::turns::in_turns;
use crate::encode::walk::Dc;
use crate::encode::worker::{Crew, Lane, Made, Mode};
use crate::encode::{Poll, Settings, segments};
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::markers;
use crate::reserve::reserve;
use crate::standard;
use makeready_kernels::bits::with_bit_instructions;

/// The file as far as it is made, and what lies between the passes.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) frame: Frame,
    /// What becomes of the rows of MCUs that are not done.
    pub(crate) mode: Mode,
    /// Rows of MCUs done.
    pub(crate) done: usize,
    /// The DC coefficients that those end with.
    pub(crate) dc: Dc,
    pub(crate) output: bits::Output,
    /// Restart markers written in this scan.
    pub(crate) restarts: usize,
    /// Tokens of each row, with [`Mode::Tokens`].
    token_rows: Vec<Vec<u8>>,
    /// Their bytes.
    tokens: u64,
    /// Coefficients of each row, with [`Mode::Keep`].
    pub(crate) coefficient_rows: Vec<Vec<i16>>,
    pub(crate) bounds: Bounds,
}

impl File {
    /// The headers of a file, and the start of its scan where the tables are known.
    ///
    /// # Errors
    /// [`Error::Memory`], and where metadata do not fit in a file.
    pub(crate) fn new(
        frame: &Frame,
        settings: &Settings,
        steps: &[[u8; 64]; 2],
        bounds: &Bounds,
    ) -> Result<Self, Error> {
        let mode = match (settings.progressive, settings.optimize_coding) {
            (true, _) => Mode::Keep,
            (false, true) => Mode::Tokens,
            (false, false) => Mode::Direct,
        };
        let mut file = Self {
            frame: *frame,
            mode,
            done: 0,
            dc: Dc::default(),
            output: bits::Output::default(),
            restarts: 0,
            token_rows: Vec::new(),
            tokens: 0,
            coefficient_rows: Vec::new(),
            bounds: *bounds,
        };
        file.output.set_limit(bounds.file);
        segments::header(&mut file.output, frame, settings, steps)?;
        match mode {
            Mode::Direct => file.start_scan(&standard::DC, &standard::AC)?,
            Mode::Tokens => reserve(&mut file.token_rows, frame.down)?,
            Mode::Keep => reserve(&mut file.coefficient_rows, frame.down)?,
        }
        Ok(file)
    }

    /// Takes over what was made of the next row of MCUs. Whether to go on: not where there are more tokens
    /// than may lie between the passes.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn collect(&mut self, made: &mut Made) -> Result<bool, Error> {
        match self.mode {
            Mode::Direct => self.join(&made.strip)?,
            Mode::Tokens => {
                self.tokens += made.tokens.len() as u64;
                self.token_rows.push(std::mem::take(&mut made.tokens));
            }
            Mode::Keep => self.coefficient_rows.push(std::mem::take(&mut made.coefficients)),
        }
        self.done += 1;
        self.dc = made.dc;
        Ok(!self.has_too_many_tokens())
    }

    /// Whether there are more tokens than may lie between the passes.
    pub(crate) fn has_too_many_tokens(&self) -> bool {
        self.mode == Mode::Tokens && self.tokens > self.bounds.tokens
    }

    /// Goes over to the standard's tables, which need no tokens. What tells is the number of
    /// tokens, so the bytes of the file depend on the picture alone.
    ///
    /// # Errors
    /// [`Error::Stopped`], [`Error::Memory`].
    pub(crate) fn give_up_tokens(&mut self, crew: &mut Crew, poll: Poll<'_>) -> Result<(), Error> {
        self.mode = Mode::Direct;
        self.start_scan(&standard::DC, &standard::AC)?;
        let codes = [0, 1].map(|class| TokenCodes::new(&standard::DC[class], &standard::AC[class]));
        self.transcode(crew, &codes, poll)
    }

    /// The second pass: makes the tables, then bits from tokens.
    ///
    /// # Errors
    /// [`Error::Stopped`], [`Error::Memory`].
    pub(crate) fn code_tokens(&mut self, crew: &mut Crew, poll: Poll<'_>) -> Result<(), Error> {
        let mut statistics = Statistics::default();
        crew.lanes.iter().for_each(|lane| statistics.add(&lane.tokens.statistics));
        let dc = [0, 1].map(|class| huffman::optimal(statistics.dc(class)));
        let ac = [0, 1].map(|class| huffman::optimal(&statistics.ac(class)));
        self.start_scan(&dc, &ac)?;
        let codes = [0, 1].map(|class| TokenCodes::new(&dc[class], &ac[class]));
        let bits: u64 = [0, 1].map(|class| codes[class].bits(&statistics, class)).iter().sum();
        // Stuffing adds about a 256th; the rest is for the markers.
        let bytes = bits / 8 + bits / 1024 + 4096;
        self.output.set_limit(self.bounds.file.saturating_sub(self.tokens));
        self.output.expect(bytes);
        self.transcode(crew, &codes, poll)
    }

    /// Makes bits of the tokens, freeing them.
    fn transcode(
        &mut self,
        crew: &mut Crew,
        codes: &[TokenCodes; 2],
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        let (frame, level) = (self.frame, crew.lanes[0].level());
        crew.free_tokens();
        let is_noise = self.tokens > self.bounds.file / 2;
        let mut rows = std::mem::take(&mut self.token_rows);
        let code = |_: &mut Lane, made: &mut Made, (row, tokens): (usize, &mut Vec<u8>)| {
            if poll() {
                return Err(Error::Stopped);
            }
            made.tokens = std::mem::take(tokens);
            made.strip.clear();
            let (tokens, strip) = (&made.tokens, &mut made.strip);
            with_bit_instructions(level, RowCoding { frame: &frame, row, tokens, codes, strip })
        };
        let pieces = rows.iter_mut().enumerate();
        in_turns(&mut crew.lanes, &mut crew.made, pieces, self, code, |file, made| {
            file.tokens -= made.tokens.len() as u64;
            let mut tokens = std::mem::take(&mut made.tokens);
            if is_noise {
                tokens.clear();
                give_back(tokens.spare_capacity_mut());
            }
            file.output.set_limit(file.bounds.file.saturating_sub(file.tokens));
            file.join(&made.strip)?;
            Ok(true)
        })
    }

    /// Appends a strip to the output.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn join(&mut self, strip: &Strip) -> Result<(), Error> {
        let mut from = 0;
        for &to in &strip.restarts {
            self.output.append(&strip.bits, from, to)?;
            self.output.pad()?;
            let number = self.restarts.to_be_bytes()[size_of::<usize>() - 1] % 8;
            self.output.write(&[0xFF, markers::RST0 + number])?;
            self.restarts += 1;
            from = to;
        }
        self.output.append(&strip.bits, from, strip.bits.len())
    }

    /// Writes tables and header of the one scan of a sequential file.
    fn start_scan(&mut self, dc: &[HuffmanSpec; 2], ac: &[HuffmanSpec; 2]) -> Result<(), Error> {
        for class in 0..self.frame.components().min(2) {
            segments::huffman(&mut self.output, false, class, &dc[class])?;
            segments::huffman(&mut self.output, true, class, &ac[class])?;
        }
        segments::restart_interval(&mut self.output, &self.frame)?;
        segments::start_of_scan(&mut self.output, &segments::Scan::whole(&self.frame), false)
    }
}
