//! Writing bits: a raw stream of each strip, and the one output with stuffing that they are joined
//! to.

use crate::encode::bounds::STEP;
use crate::error::Error;
use crate::markers::has_ff;
use crate::reserve::reserve_within;

/// 64-bit words that one block can fill at most, and a few more: a power of two, so that an index
/// needs a mask in place of a bounds check. A block has at most 1,680 bits: 16 + 11 of DC, 63 times
/// 16 + 10 of AC.
const WINDOW: usize = 32;

/// A stream of bits without byte stuffing, in words with the first bit on top.
///
/// Strips are coded to such streams, each from a word of its own on, and [`Output::append`] moves
/// them to their places.
#[derive(Debug, Default)]
pub(crate) struct Bits {
    /// Full words up to `at`; longer, so that a block can be written without asking for room.
    words: Vec<u64>,
    at: usize,
    /// The bits that wait, the last one lowest; above them lie bits already written.
    waiting: u64,
    /// How many wait, below 64.
    count: u32,
    /// Bytes of memory that the words may take.
    limit: u64,
}

impl Bits {
    /// An empty stream that may take so many bytes of memory.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Forgets the bits and keeps the memory.
    pub(crate) fn clear(&mut self) {
        (self.at, self.waiting, self.count) = (0, 0, 0);
    }

    /// How many bits there are.
    pub(crate) fn len(&self) -> usize {
        self.at * 64 + self.count as usize
    }

    /// Room for one block; what is written counts from [`Self::close`] on.
    ///
    /// # Errors
    /// [`Error::Memory`].
    #[inline(always)]
    pub(crate) fn open(&mut self) -> Result<Window<'_>, Error> {
        if self.words.len() - self.at < WINDOW {
            self.grow()?;
        }
        let words = self.words[self.at..].first_chunk_mut().ok_or(Error::Memory(0))?;
        let state = State { at: 0, waiting: self.waiting, free: 64 - self.count };
        Ok(Window { words, state })
    }

    /// Keeps what a window was given, which is the window's `state` at the end.
    #[inline(always)]
    pub(crate) fn close(&mut self, state: State) {
        self.at += state.at;
        (self.waiting, self.count) = (state.waiting, 64 - state.free);
    }

    /// Makes room for more blocks.
    #[cold]
    fn grow(&mut self) -> Result<(), Error> {
        reserve_within(&mut self.words, STEP / 8, self.limit)?;
        self.words.resize(self.words.capacity(), 0);
        Ok(())
    }

    /// Up to 64 bits from bit `from` on, on top of a word, zeros below.
    fn read(&self, from: usize) -> u64 {
        let (word, shift) = (from / 64, from % 64);
        let get = |at: usize| match at.cmp(&self.at) {
            std::cmp::Ordering::Less => self.words[at],
            std::cmp::Ordering::Equal if self.count > 0 => self.waiting << (64 - self.count),
            _ => 0,
        };
        let high = get(word) << shift;
        if shift == 0 { high } else { high | get(word + 1) >> (64 - shift) }
    }
}

/// How far the writing of bits has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    /// Full words in the window.
    at: usize,
    /// As in [`Bits`].
    waiting: u64,
    /// How many bits still fit in the word, 1 to 64.
    free: u32,
}

/// A place for the bits of one block, with the state in registers.
pub(crate) struct Window<'a> {
    words: &'a mut [u64; WINDOW],
    pub(crate) state: State,
}

impl Window<'_> {
    /// Writes the lowest `count` bits, at most 32, of a number that has no others.
    #[inline(always)]
    pub(crate) fn put(&mut self, bits: u32, count: u32) {
        let (bits, state) = (u64::from(bits), &mut self.state);
        if count < state.free {
            state.waiting = (state.waiting << count) | bits;
            state.free -= count;
        } else {
            // The bits that do not fit stay below those that do, which the next 64 push out.
            let over = count - state.free;
            self.words[state.at % WINDOW] = (state.waiting << state.free) | (bits >> over);
            state.at += 1;
            state.waiting = bits;
            state.free = 64 - over;
        }
    }

    /// Lets rare work that is not inlined write to a copy, so that no one has the address of this
    /// window and its state can stay in registers.
    #[inline(always)]
    pub(crate) fn aside(&mut self, work: impl FnOnce(&mut Window<'_>)) {
        let mut copy = Window { words: &mut *self.words, state: self.state };
        work(&mut copy);
        self.state = copy.state;
    }
}

/// Words taken from a raw stream between two looks at the room in the output.
const BATCH: usize = 512;

/// The file as far as it is written.
#[derive(Debug, Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    /// Bits that do not make a byte yet, on top.
    waiting: u64,
    /// How many, below 64.
    count: u32,
    /// Bytes that it may take.
    limit: u64,
}

impl Output {
    /// How many bytes it may take from now on.
    pub(crate) fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Makes room for so many more bytes, if the limit lets it; what is not there then is asked for
    /// in small pieces.
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
    pub(crate) fn append(&mut self, bits: &Bits, from: usize, to: usize) -> Result<(), Error> {
        let mut at = from;
        while at < to {
            reserve_within(&mut self.bytes, 16 * (BATCH + 1), self.limit)?;
            // A word that is cut needs the next one, which the last may not have yet.
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

    /// Adds all words but the last, which lends as many bits as are missing from the first.
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
