//! Writes the file from rows of MCUs, tokens and coefficients.

use std::iter;

use makeready_kernels::bits::with_bit_instructions;
use makeready_kernels::heap::give_back;

use super::bounds::Bounds;
use super::entropy::coded_bits::CodedBits;
use super::entropy::file_bytes::FileBytes;
use super::entropy::huffman::optimal;
use super::entropy::sink::Dc;
use super::entropy::tokens::Statistics;
use super::entropy::tokens::codes::{RowCoding, TokenCodes};
use super::frame::Frame;
use super::progressive::code_scan;
use super::progressive::script::script;
use super::segments::{self, ScanParameters};
use super::settings::{EncoderSettings, SyncPoll};
use super::turns::in_turns;
use super::worker::{Mode, RowResult, Worker, Workers};
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::reserve::reserve;
use crate::{markers, standard};

/// The file as far as it is made, and the tokens or coefficients between the passes.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) frame: Frame,
    /// The form of the rows of MCUs that are not done.
    pub(crate) mode: Mode,
    /// Rows of MCUs done.
    pub(crate) done: usize,
    /// The DC coefficients that they end with.
    pub(crate) dc: Dc,
    pub(crate) output: FileBytes,
    /// Restart markers written in this scan.
    pub(crate) restarts: usize,
    /// The tokens of each row, with [`Mode::Tokens`].
    token_rows: Vec<Vec<u8>>,
    /// The bytes of all tokens.
    tokens: u64,
    /// The second pass over the tokens, while it rests: one at the most, whose tables are best kept apart.
    token_pass: Vec<TokenPass>,
    /// Coefficients of each row, with [`Mode::Coefficients`].
    pub(crate) coefficient_rows: Vec<Vec<i16>>,
    /// Scans written, with [`Mode::Coefficients`].
    scans: usize,
    pub(crate) bounds: Bounds,
}

/// The second pass over the tokens.
#[derive(Debug)]
struct TokenPass {
    codes: [TokenCodes; 2],
    /// Rows of MCUs that are bits by now.
    rows: usize,
    /// Tells whether there are so many tokens that their memory is best given back at once.
    is_noise: bool,
}

impl File {
    /// Begins a file: its headers, and the start of its scan where the tables are known.
    ///
    /// # Errors
    /// [`Error::Memory`], and where metadata do not fit in a file.
    pub(crate) fn new(
        frame: &Frame,
        settings: &EncoderSettings,
        steps: &[[u8; 64]; 2],
        bounds: &Bounds,
    ) -> Result<Self, Error> {
        let mode = match (settings.progressive, settings.optimize_coding) {
            (true, _) => Mode::Coefficients,
            (false, true) => Mode::Tokens,
            (false, false) => Mode::Direct,
        };
        let mut file = Self {
            frame: *frame,
            mode,
            done: 0,
            dc: Dc::default(),
            output: FileBytes::default(),
            restarts: 0,
            token_rows: Vec::new(),
            tokens: 0,
            token_pass: Vec::new(),
            coefficient_rows: Vec::new(),
            scans: 0,
            bounds: *bounds,
        };
        file.output.set_limit(bounds.file);
        segments::header(&mut file.output, frame, settings, steps)?;
        match mode {
            Mode::Direct => file.start_scan(&standard::DC, &standard::AC)?,
            Mode::Tokens => reserve(&mut file.token_rows, frame.down)?,
            Mode::Coefficients => reserve(&mut file.coefficient_rows, frame.down)?,
        }
        Ok(file)
    }

    /// Takes over the next row of MCUs. Gives false once there are more tokens than may lie between
    /// the passes.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn collect(&mut self, result: &mut RowResult) -> Result<bool, Error> {
        match self.mode {
            Mode::Direct => self.join(&result.bits)?,
            Mode::Tokens => {
                self.tokens += result.tokens.len() as u64;
                self.token_rows.push(std::mem::take(&mut result.tokens));
            }
            Mode::Coefficients => {
                self.coefficient_rows.push(std::mem::take(&mut result.coefficients))
            }
        }
        self.done += 1;
        self.dc = result.dc;
        Ok(!self.has_too_many_tokens())
    }

    /// Tells whether there are more tokens than may lie between the passes.
    pub(crate) fn has_too_many_tokens(&self) -> bool {
        self.mode == Mode::Tokens && self.tokens > self.bounds.tokens
    }

    /// Goes over to the standard's tables, which need no tokens. The number of tokens decides, so
    /// that the bytes of the file depend on the picture alone.
    ///
    /// # Errors
    /// [`Error::Stopped`], [`Error::Memory`].
    pub(crate) fn give_up_tokens(
        &mut self,
        workers: &mut Workers,
        poll: SyncPoll<'_>,
    ) -> Result<(), Error> {
        self.mode = Mode::Direct;
        self.start_scan(&standard::DC, &standard::AC)?;
        let codes = [0, 1].map(|class| TokenCodes::new(&standard::DC[class], &standard::AC[class]));
        let pass = self.begin_pass(workers, codes);
        self.transcode(workers, pass, poll, &|| false)?;
        self.token_rows = Vec::new();
        Ok(())
    }

    /// Runs the second pass, until `pause` gives true: makes the tables, then bits from tokens. Tells whether all is done.
    ///
    /// # Errors
    /// [`Error::Stopped`], [`Error::Memory`].
    pub(crate) fn code_tokens(
        &mut self,
        workers: &mut Workers,
        poll: SyncPoll<'_>,
        pause: SyncPoll<'_>,
    ) -> Result<bool, Error> {
        let pass = match self.token_pass.pop() {
            Some(pass) => pass,
            None => self.begin_best(workers)?,
        };
        let pass = self.transcode(workers, pass, poll, pause)?;
        let all = pass.rows == self.token_rows.len();
        reserve(&mut self.token_pass, 1)?;
        self.token_pass.push(pass);
        Ok(all)
    }

    /// Begins the second pass with the best tables.
    fn begin_best(&mut self, workers: &mut Workers) -> Result<TokenPass, Error> {
        let mut statistics = Statistics::default();
        workers.workers.iter().for_each(|worker| statistics.add(&worker.tokens.statistics));
        let dc = [0, 1].map(|class| optimal(statistics.dc(class)));
        let ac = [0, 1].map(|class| optimal(&statistics.ac(class)));
        self.start_scan(&dc, &ac)?;
        let codes = [0, 1].map(|class| TokenCodes::new(&dc[class], &ac[class]));
        let bits: u64 = [0, 1].map(|class| codes[class].bits(&statistics, class)).iter().sum();
        // Stuffing adds about a 256th; the rest is for the markers.
        let bytes = bits / 8 + bits / 1024 + 4096;
        self.output.set_limit(self.bounds.file.saturating_sub(self.tokens));
        self.output.expect(bytes);
        Ok(self.begin_pass(workers, codes))
    }

    fn begin_pass(&self, workers: &mut Workers, codes: [TokenCodes; 2]) -> TokenPass {
        workers.free_tokens();
        TokenPass { codes, rows: 0, is_noise: self.tokens > self.bounds.file / 2 }
    }

    /// Makes bits of the tokens, freeing them, until `pause` gives true.
    fn transcode(
        &mut self,
        workers: &mut Workers,
        mut pass: TokenPass,
        poll: SyncPoll<'_>,
        pause: SyncPoll<'_>,
    ) -> Result<TokenPass, Error> {
        let (frame, level) = (self.frame, workers.workers[0].level());
        let TokenPass { codes, rows: first, is_noise } = &pass;
        let mut rows = std::mem::take(&mut self.token_rows);
        let code =
            |_: &mut Worker, result: &mut RowResult, (row, tokens): (usize, &mut Vec<u8>)| {
                if poll() {
                    return Err(Error::Stopped);
                }
                result.tokens = std::mem::take(tokens);
                result.bits.clear();
                let (tokens, bits) = (&result.tokens, &mut result.bits);
                with_bit_instructions(level, RowCoding { frame: &frame, row, tokens, codes, bits })
            };
        let mut left = rows.iter_mut().enumerate().skip(*first);
        let mut claimed = 0;
        let pieces = unless_paused(&mut left, pause).inspect(|_| claimed += 1);
        in_turns(
            &mut workers.workers,
            &mut workers.results,
            pieces,
            self,
            code,
            |file, result| {
                file.tokens -= result.tokens.len() as u64;
                let mut tokens = std::mem::take(&mut result.tokens);
                if *is_noise {
                    tokens.clear();
                    give_back(tokens.spare_capacity_mut());
                }
                file.output.set_limit(file.bounds.file.saturating_sub(file.tokens));
                file.join(&result.bits)?;
                Ok(true)
            },
        )?;
        pass.rows += claimed;
        self.token_rows = rows;
        Ok(pass)
    }

    /// Appends a row of MCUs or a scan to the output.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn join(&mut self, coded: &CodedBits) -> Result<(), Error> {
        let mut from = 0;
        for &to in &coded.restarts {
            self.output.append(&coded.bits, from, to)?;
            self.output.pad()?;
            let number = self.restarts.to_be_bytes()[size_of::<usize>() - 1] % 8;
            self.output.write(&[0xFF, markers::RST0 + number])?;
            self.restarts += 1;
            from = to;
        }
        self.output.append(&coded.bits, from, coded.bits.len())
    }

    /// Writes tables and header of the one scan of a sequential file.
    fn start_scan(&mut self, dc: &[HuffmanSpec; 2], ac: &[HuffmanSpec; 2]) -> Result<(), Error> {
        for class in 0..self.frame.components().min(2) {
            segments::huffman(&mut self.output, false, class, &dc[class])?;
            segments::huffman(&mut self.output, true, class, &ac[class])?;
        }
        segments::restart_interval(&mut self.output, &self.frame)?;
        segments::start_of_scan(&mut self.output, &ScanParameters::whole(&self.frame), false)
    }

    /// Codes the scans, one on each worker at a time, until `pause` gives true. Tells whether all are done.
    ///
    /// # Errors
    /// [`Error::Stopped`], [`Error::Memory`].
    pub(crate) fn code_scans(
        &mut self,
        workers: &mut Workers,
        poll: SyncPoll<'_>,
        pause: SyncPoll<'_>,
    ) -> Result<bool, Error> {
        let rows = std::mem::take(&mut self.coefficient_rows);
        let frame = self.frame;
        let level = workers.workers[0].level();
        let mut buffers: Vec<_> =
            workers.results.iter_mut().map(|result| (&mut result.bits, None)).collect();
        let scans = script(&frame);
        let all = scans.len();
        let mut left = scans.into_iter().enumerate().skip(self.scans);
        let pieces = unless_paused(&mut left, pause);
        let code = |_: &mut Worker,
                    (bits, coded): &mut CodedScan<'_>,
                    (number, scan): (usize, ScanParameters)| {
            *coded = Some((number, scan, code_scan(&frame, &rows, scan, level, bits, poll)?));
            Ok(())
        };
        in_turns(&mut workers.workers, &mut buffers, pieces, self, code, |file, (bits, coded)| {
            let Some((number, scan, tables)) = coded.take() else { return Ok(false) };
            for (class, table) in tables.iter().enumerate().filter(|(_, t)| t.len() > 0) {
                segments::huffman(&mut file.output, scan.spectral.0 > 0, class, table)?;
            }
            if number == 0 {
                segments::restart_interval(&mut file.output, &frame)?;
            }
            segments::start_of_scan(&mut file.output, &scan, true)?;
            file.restarts = 0;
            file.join(bits)?;
            file.output.pad()?;
            file.scans = number + 1;
            Ok(true)
        })?;
        drop(buffers);
        self.coefficient_rows = rows;
        Ok(self.scans == all)
    }
}

/// The pieces that are left, none once `pause` gives true.
fn unless_paused<P>(
    left: &mut (impl Iterator<Item = P> + Send),
    pause: SyncPoll<'_>,
) -> impl Iterator<Item = P> + Send {
    iter::from_fn(move || if pause() { None } else { left.next() })
}

/// The bits of a scan; its number, parameters and tables.
type CodedScan<'a> = (&'a mut CodedBits, Option<(usize, ScanParameters, [HuffmanSpec; 2])>);
