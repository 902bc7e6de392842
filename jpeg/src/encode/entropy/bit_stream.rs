//! Writes bits to raw streams, one for each row of MCUs or scan.

use crate::encode::bounds::GROWTH;
use crate::error::Error;
use crate::reserve::reserve_within;

/// 64-bit words that one block can fill at most, and a few more: a power of two, so that an index
/// needs a mask in place of a bounds check. A block has at most 1,680 bits: 16 + 11 of DC, 63 times
/// 16 + 10 of AC.
const WINDOW: usize = 32;

/// A stream of bits without byte stuffing, in words with the first bit on top.
///
/// Rows of MCUs and scans are coded to streams of this kind, each from a word of its own on, and
/// [`FileBytes::append`](super::file_bytes::FileBytes::append) moves them to their places.
#[derive(Debug, Default)]
pub(crate) struct BitStream {
    /// Full words up to `at`; longer, so that a block can be written without asking for room.
    pub(crate) words: Vec<u64>,
    pub(crate) at: usize,
    /// The bits that wait, the last one lowest; above them lie bits already written.
    waiting: u64,
    /// The number of bits that wait, below 64.
    count: u32,
    /// Bytes of memory that the words may take.
    limit: u64,
}

impl BitStream {
    /// An empty stream that may take `limit` bytes of memory.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Forgets the bits and keeps the memory.
    pub(crate) fn clear(&mut self) {
        (self.at, self.waiting, self.count) = (0, 0, 0);
    }

    /// The number of bits.
    pub(crate) fn len(&self) -> usize {
        self.at * 64 + self.count as usize
    }

    /// Opens a window for one block; its bits count once it is closed with [`Self::close`].
    ///
    /// # Errors
    /// [`Error::Memory`].
    #[inline(always)]
    pub(crate) fn open(&mut self) -> Result<Window<'_>, Error> {
        if self.words.len() - self.at < WINDOW {
            self.grow()?;
        }
        let words = self.words[self.at..].first_chunk_mut().ok_or(Error::Memory(0))?;
        let state = WindowState { at: 0, waiting: self.waiting, free: 64 - self.count };
        Ok(Window { words, state })
    }

    /// Keeps the bits that a window was given; `state` is the window's at the end.
    #[inline(always)]
    pub(crate) fn close(&mut self, state: WindowState) {
        self.at += state.at;
        (self.waiting, self.count) = (state.waiting, 64 - state.free);
    }

    /// Makes room for more blocks.
    #[cold]
    fn grow(&mut self) -> Result<(), Error> {
        reserve_within(&mut self.words, GROWTH / 8, self.limit)?;
        self.words.resize(self.words.capacity(), 0);
        Ok(())
    }

    /// Up to 64 bits from bit `from` on, on top of a word, zeros below.
    pub(crate) fn read(&self, from: usize) -> u64 {
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

/// The progress of writing bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WindowState {
    /// Full words in the window.
    at: usize,
    /// As in [`BitStream`].
    waiting: u64,
    /// The number of bits that still fit in the word, 1 to 64.
    free: u32,
}

/// A place for the bits of one block, with the state in registers.
pub(crate) struct Window<'a> {
    words: &'a mut [u64; WINDOW],
    pub(crate) state: WindowState,
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
            // Bits that do not fit stay below the ones that do, and the next 64 push those out.
            let over = count - state.free;
            self.words[state.at % WINDOW] = (state.waiting << state.free) | (bits >> over);
            state.at += 1;
            state.waiting = bits;
            state.free = 64 - over;
        }
    }

    /// Lets a rare call, not inlined, write to a copy. So no one has the address of this window,
    /// and its state can stay in registers.
    #[inline(always)]
    pub(crate) fn aside(&mut self, write: impl FnOnce(&mut Window<'_>)) {
        let mut copy = Window { words: &mut *self.words, state: self.state };
        write(&mut copy);
        self.state = copy.state;
    }
}
