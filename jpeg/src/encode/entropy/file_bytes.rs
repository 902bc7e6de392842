//! The bytes of the file: entropy-coded data with stuffing, joined from raw streams of bits, and
//! whole bytes.

use super::bit_stream::BitStream;
use crate::error::Error;
use crate::markers::has_ff;
use crate::reserve::reserve_within;

/// Words taken from a raw stream between two looks at the room in the output.
const BATCH: usize = 512;

/// The file as far as it is written.
#[derive(Debug, Default)]
pub(crate) struct FileBytes {
    bytes: Vec<u8>,
    /// Bits that do not make a byte yet, on top.
    waiting: u64,
    /// The number of bits that wait, below 64.
    count: u32,
    /// Bytes that it may take.
    limit: u64,
}

impl FileBytes {
    /// Sets the bytes that it may take from now on.
    pub(crate) fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Makes room for `bytes` more, if the limit lets it. Room that cannot be had now is asked for
    /// later, in small pieces.
    pub(crate) fn expect(&mut self, bytes: u64) {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let _ = reserve_within(&mut self.bytes, bytes, self.limit);
    }

    /// Writes whole bytes without stuffing, where no bits wait.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        reserve_within(&mut self.bytes, bytes.len(), self.limit)?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Adds the bits `from..to` of a raw stream.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn append(&mut self, bits: &BitStream, from: usize, to: usize) -> Result<(), Error> {
        let mut at = from;
        while at < to {
            reserve_within(&mut self.bytes, 16 * (BATCH + 1), self.limit)?;
            // A cut word needs the next one, which the last word may not have yet.
            let whole = bits.at.saturating_sub(at / 64 + 1).min((to - at) / 64).min(BATCH);
            if whole > 0 {
                self.push_words(&bits.words[at / 64..][..=whole], at % 64);
                at += whole * 64;
            } else {
                let count = (to - at).min(64);
                self.push_bits(bits.read(at), u32::try_from(count).unwrap_or(0));
                at += count;
            }
        }
        Ok(())
    }

    /// Ends the entropy-coded segment: ones up to the next whole byte.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn pad(&mut self) -> Result<(), Error> {
        reserve_within(&mut self.bytes, 16, self.limit)?;
        self.push_bits(u64::MAX << 57, (8 - self.count % 8) % 8);
        for byte in &self.waiting.to_be_bytes()[..self.count as usize / 8] {
            self.push_byte(*byte);
        }
        (self.waiting, self.count) = (0, 0);
        Ok(())
    }

    /// The file, in memory of just its size.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.shrink_to_fit();
        self.bytes
    }

    /// Adds the top `count` bits of a word.
    fn push_bits(&mut self, bits: u64, count: u32) {
        let bits = if count == 0 { 0 } else { bits >> (64 - count) << (64 - count) };
        let rest = bits.checked_shl(64 - self.count).unwrap_or(0);
        self.waiting |= bits >> self.count;
        self.count += count;
        if self.count >= 64 {
            self.waiting.to_be_bytes().into_iter().for_each(|byte| self.push_byte(byte));
            self.waiting = rest;
            self.count -= 64;
        }
    }

    /// Adds all words but the last, which lends the bits that are missing from the first.
    fn push_words(&mut self, words: &[u64], missing: usize) {
        let start = self.bytes.len();
        // Zeros: a byte of 0xFF just leaves out one.
        self.bytes.resize(start + 16 * (words.len() - 1), 0);
        let out = &mut self.bytes[start..];
        let mut to = 0;
        for pair in words.array_windows() {
            let [first, second] = *pair;
            let word = (first << missing) | (second >> 1 >> (63 - missing));
            let whole = self.waiting | (word >> self.count);
            self.waiting = word << 1 << (63 - self.count);
            if has_ff(whole) {
                for byte in whole.to_be_bytes() {
                    out[to] = byte;
                    to += 1 + usize::from(byte == 0xFF);
                }
            } else {
                out[to..to + 8].copy_from_slice(&whole.to_be_bytes());
                to += 8;
            }
        }
        self.bytes.truncate(start + to);
    }

    /// Writes a byte, and a zero after 0xFF.
    fn push_byte(&mut self, byte: u8) {
        self.bytes.push(byte);
        if byte == 0xFF {
            self.bytes.push(0);
        }
    }
}
