//! The first pass of coding with the best tables: from coefficients to tokens.

pub(crate) mod codes;
pub(crate) mod table;

use self::table::{ANY, DC_SHORT, DC_WIDE, END, FULL, TOKENS, WIDE, WIDE_RUNS, ZEROS};
use super::huffman::{Histogram, size_and_extra, symbol};
use super::sink::{BlockSink, NonZero};
use crate::encode::bounds::GROWTH;
use crate::error::Error;
use crate::reserve::{reserve, reserve_within};
use crate::zigzag::ZIGZAG;
use makeready_kernels::jpeg_encode::QuantisedBlock;

/// Bytes that one block can take at most, rounded up to a power of two: 3 and 63 times 4 and 1.
const WINDOW: usize = 256;

/// Histograms of the symbols: DC and AC of luma, DC and AC of chroma.
#[derive(Debug, Clone)]
pub(crate) struct Statistics {
    dc: [Histogram; 2],
    /// AC tokens, and the symbols of tokens that hold any.
    ac: [Histogram; 2],
    any: [Histogram; 2],
}

impl Default for Statistics {
    fn default() -> Self {
        Self { dc: [[0; 256]; 2], ac: [[0; 256]; 2], any: [[0; 256]; 2] }
    }
}

impl Statistics {
    /// Adds the numbers of another part of the picture.
    pub(crate) fn add(&mut self, other: &Self) {
        let ours = self.dc.iter_mut().chain(&mut self.ac).chain(&mut self.any);
        for (ours, theirs) in ours.zip(other.dc.iter().chain(&other.ac).chain(&other.any)) {
            ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
        }
    }

    /// The histogram of DC symbols.
    pub(crate) fn dc(&self, class: usize) -> &Histogram {
        &self.dc[class]
    }

    /// The histogram of AC symbols.
    pub(crate) fn ac(&self, class: usize) -> Histogram {
        let mut symbols = self.any[class];
        let tokens = self.ac[class].iter().zip(&TOKENS.meaning).take(usize::from(ANY));
        for (count, meaning) in tokens.skip(usize::from(END)) {
            symbols[usize::from(meaning.symbol)] += count;
        }
        symbols
    }
}

/// The tokens of one row of MCUs, and the statistics of all rows that went through.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Longer than `at`, so that a block can be written without asking for room.
    bytes: Vec<u8>,
    at: usize,
    pub(crate) statistics: Statistics,
    /// Bytes of memory that they may take.
    limit: u64,
}

impl Tokens {
    /// Begins without tokens; one row may take `limit` bytes of memory.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Bytes of tokens since the last time.
    pub(crate) fn len(&self) -> usize {
        self.at
    }

    /// Bytes of memory of the buffer.
    pub(crate) fn memory(&self) -> u64 {
        self.bytes.capacity() as u64
    }

    /// Frees the buffer.
    pub(crate) fn free(&mut self) {
        self.bytes = Vec::new();
    }

    /// Takes out the tokens since the last time, in memory of just their size.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn take(&mut self) -> Result<Vec<u8>, Error> {
        let mut row = Vec::new();
        reserve(&mut row, self.at)?;
        row.extend_from_slice(&self.bytes[..self.at]);
        self.at = 0;
        Ok(row)
    }

    /// Makes room for one block.
    #[inline(always)]
    fn window(&mut self) -> Result<(&mut [u8; WINDOW], &mut usize, &mut Statistics), Error> {
        if self.bytes.len() - self.at < WINDOW {
            self.grow()?;
        }
        let window = self.bytes[self.at..].first_chunk_mut().ok_or(Error::Memory(0))?;
        Ok((window, &mut self.at, &mut self.statistics))
    }

    /// Makes room for more blocks.
    #[cold]
    fn grow(&mut self) -> Result<(), Error> {
        reserve_within(&mut self.bytes, GROWTH, self.limit)?;
        self.bytes.resize(self.bytes.capacity(), 0);
        Ok(())
    }
}

impl BlockSink for Tokens {
    #[inline(always)]
    fn block(
        &mut self,
        class: usize,
        difference: i32,
        block: &QuantisedBlock,
    ) -> Result<(), Error> {
        let (window, to, statistics) = self.window()?;
        let mut at = put_dc(window, difference, &mut statistics.dc[class & 1]);
        let tokens = &mut statistics.ac[class & 1];
        let any = &mut statistics.any[class & 1];
        let mut coefficients = NonZero::of(block);
        while let Some((run, place)) = coefficients.step() {
            let clamped = usize::from(block.clamped_zigzag[place % 64].cast_unsigned());
            match TOKENS.token.get((run << 8) | clamped) {
                Some(&token) if token != 0 => {
                    window[at % WINDOW] = token;
                    tokens[usize::from(token)] += 1;
                    at += 1;
                }
                _ => {
                    let value = block.coefficients[usize::from(ZIGZAG[place % 64])];
                    at = put_far(window, at, run, i32::from(value), tokens, any);
                }
            }
        }
        let end = if coefficients.zeros_follow() { END } else { FULL };
        window[at % WINDOW] = end;
        tokens[usize::from(end)] += 1;
        *to += at + 1;
        Ok(())
    }

    fn restart(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Writes a DC token; gives its number of bytes.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes of a token")]
fn put_dc(window: &mut [u8; WINDOW], difference: i32, sizes: &mut Histogram) -> usize {
    let (size, extra) = size_and_extra(difference);
    sizes[size as usize % 256] += 1;
    if difference.abs() <= DC_SHORT {
        window[0] = (difference + DC_SHORT) as u8;
        return 1;
    }
    [window[0], window[1], window[2]] = [DC_WIDE + size as u8, (extra >> 8) as u8, extra as u8];
    3
}

/// Writes a coefficient that has no token of one byte; gives back the place behind it.
#[allow(clippy::cast_possible_truncation, reason = "bytes of a token")]
fn put_far(
    window: &mut [u8; WINDOW],
    mut at: usize,
    run: usize,
    value: i32,
    tokens: &mut Histogram,
    any: &mut Histogram,
) -> usize {
    let mut put = |byte: u8| {
        window[at % WINDOW] = byte;
        at += 1;
    };
    for _ in 0..run / 16 {
        put(ZEROS);
        tokens[usize::from(ZEROS)] += 1;
    }
    let (run, (size, extra)) = (run % 16, size_and_extra(value));
    let token = TOKENS.token[run << 8 | (value & 0xFF) as usize];
    if (-128..128).contains(&value) && token != 0 {
        put(token);
        tokens[usize::from(token)] += 1;
    } else if (5..=8).contains(&size) && run < WIDE_RUNS {
        let token = usize::from(WIDE) + (size as usize - 5) * WIDE_RUNS + run;
        put(token as u8);
        put(extra as u8);
        tokens[token % 256] += 1;
    } else {
        let symbol = symbol(run, size);
        any[usize::from(symbol)] += 1;
        [ANY, symbol, (extra >> 8) as u8, extra as u8].into_iter().for_each(put);
    }
    at
}
