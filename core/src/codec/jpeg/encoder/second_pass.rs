//! From strips and tokens to the file.

use super::lane::{Mode, each};
use super::tables::HuffmanSpec;
use super::tokens::{RowCoding, Statistics, TokenCodes};
use super::{EncodeError, Encoder, Poll, ROUND, huffman, segments, tables};

use crate::simd::bits::with_bit_instructions;

impl Encoder {
    /// Goes over to the standard's tables, which need no tokens. What tells is the number of
    /// tokens, so the bytes of the file depend on the picture alone.
    pub(super) fn give_up_tokens(&mut self, poll: Poll<'_>) -> Result<(), EncodeError> {
        self.mode = Mode::Direct;
        self.start_scan(&tables::DC, &tables::AC)?;
        let codes = [0, 1].map(|class| TokenCodes::new(&tables::DC[class], &tables::AC[class]));
        self.transcode(&codes, poll)
    }

    /// The second pass: makes the tables, then bits from tokens.
    pub(super) fn code_tokens(&mut self, poll: Poll<'_>) -> Result<(), EncodeError> {
        let mut statistics = Statistics::default();
        self.lanes.iter().for_each(|lane| statistics.add(&lane.tokens.statistics));
        let dc = [0, 1].map(|class| huffman::optimal(statistics.dc(class)));
        let ac = [0, 1].map(|class| huffman::optimal(&statistics.ac(class)));
        self.start_scan(&dc, &ac)?;
        let codes = [0, 1].map(|class| TokenCodes::new(&dc[class], &ac[class]));
        let bits: u64 = [0, 1].map(|class| codes[class].bits(&statistics, class)).iter().sum();
        // Stuffing adds about a 256th; the rest is for the markers.
        let bytes = bits / 8 + bits / 1024 + 4096;
        self.output.set_limit(self.bounds.file.saturating_sub(self.tokens));
        self.output.expect(bytes);
        self.transcode(&codes, poll)
    }

    /// Makes bits of the tokens, freeing them.
    pub(super) fn transcode(
        &mut self,
        codes: &[TokenCodes; 2],
        poll: Poll<'_>,
    ) -> Result<(), EncodeError> {
        let (frame, level) = (self.frame, self.lanes[0].level());
        self.lanes.iter_mut().for_each(|lane| lane.tokens.free());
        let mut rows = std::mem::take(&mut self.token_rows);
        let round = if self.lanes.len() == 1 { 1 } else { ROUND * self.lanes.len() };
        for (number, rows) in rows.chunks_mut(round).enumerate() {
            let each_rows = rows.len().div_ceil(self.lanes.len());
            let used = rows.len().div_ceil(each_rows);
            let freed = rows.iter().map(|row| row.len() as u64).sum::<u64>();
            let mut pieces: Vec<_> =
                self.lanes.iter_mut().zip(rows.chunks_mut(each_rows)).collect();
            each(&mut pieces, |at, (lane, rows)| {
                lane.strip.clear();
                for (row, tokens) in (number * round + at * each_rows..).zip(rows.iter_mut()) {
                    if poll() {
                        return Err(EncodeError::Stopped);
                    }
                    let tokens = std::mem::take(tokens);
                    let strip = &mut lane.strip;
                    let coding = RowCoding { frame: &frame, row, tokens: &tokens, codes, strip };
                    with_bit_instructions(level, coding)?;
                }
                Ok(())
            })?;
            self.tokens -= freed;
            self.output.set_limit(self.bounds.file.saturating_sub(self.tokens));
            self.join(0..used)?;
        }
        Ok(())
    }

    /// Appends the strips of some lanes to the output.
    pub(super) fn join(&mut self, lanes: std::ops::Range<usize>) -> Result<(), EncodeError> {
        for lane in &self.lanes[lanes] {
            let strip = &lane.strip;
            let mut from = 0;
            for &to in &strip.restarts {
                self.output.append(&strip.bits, from, to)?;
                self.output.pad()?;
                let number = self.restarts.to_be_bytes()[size_of::<usize>() - 1] % 8;
                self.output.write(&[0xFF, 0xD0 + number])?;
                self.restarts += 1;
                from = to;
            }
            self.output.append(&strip.bits, from, strip.bits.len())?;
        }
        Ok(())
    }

    /// Writes tables and header of the one scan of a sequential file.
    pub(super) fn start_scan(
        &mut self,
        dc: &[HuffmanSpec; 2],
        ac: &[HuffmanSpec; 2],
    ) -> Result<(), EncodeError> {
        for class in 0..self.frame.components().min(2) {
            segments::huffman(&mut self.output, false, class, &dc[class])?;
            segments::huffman(&mut self.output, true, class, &ac[class])?;
        }
        segments::restart_interval(&mut self.output, &self.frame)?;
        segments::start_of_scan(&mut self.output, &segments::Scan::whole(&self.frame), false)
    }
}
