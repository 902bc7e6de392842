//! What lies between the two passes of coding with the best tables: tokens, a byte for nearly every
//! coefficient, and the step from them to bits.
//!
//! A block is a DC token, AC tokens and one of two ends. A DC token from 0 to 62 stands for a
//! difference from -31 to 31; 64 + size has the extra bits in two bytes behind it. AC tokens:
//!
//! | token | what | bytes behind it |
//! |---|---|---|
//! | 0 | end of a block without zeros at its end (no code) | |
//! | 1, 2 | end of block, 16 zeros | |
//! | 3 to 226 | size 1 or 2 with any run, 3 with runs below 8, 4 with runs below 4 | |
//! | 227 to 250 | size 5 to 8 with runs below 6 | extra bits |
//! | 251 | any other | symbol, two of extra bits |

use crate::encode::entropy::direct::{self, Strip, symbol};
use crate::encode::entropy::huffman::{Codes, Histogram, size_and_extra};
use crate::encode::frame::Frame;
use crate::encode::walk::{Coefficients, Sink, restarts};
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::zigzag::ZIGZAG;
use makeready_kernels::bits::Work;
use makeready_kernels::jpeg_encode::Block;

/// End of a block that has no zeros at its end.
const FULL: u8 = 0;
/// End of block.
const END: u8 = 1;
/// 16 zeros.
const ZEROS: u8 = 2;
/// First token of sizes 5 to 8.
const WIDE: u8 = 227;
/// Runs that these have.
const WIDE_RUNS: usize = 6;
/// Any other coefficient.
const ANY: u8 = 251;
/// DC token of size 0 with its extra bits behind it.
const DC_WIDE: u8 = 64;
/// Highest difference of a DC token of one byte.
const DC_NEAR: i32 = 31;

/// Bytes that one block can take at most, rounded up to a power of two: 3 and 63 times 4 and 1.
const WINDOW: usize = 256;

/// An AC token's symbol and extra bits.
#[derive(Clone, Copy)]
struct Meaning {
    symbol: u8,
    size: u8,
    extra: u8,
}

/// The tokens of one byte, both ways.
struct Table {
    /// The token of a run below 16 and a coefficient, at `run << 8 | coefficient as u8`; 0: none.
    token: [u8; 4096],
    /// What the tokens below [`WIDE`] mean, and the symbols of those from there on.
    meaning: [Meaning; 256],
}

/// See [`Table`].
static TABLE: Table = table();

/// Numbers the tokens.
#[allow(clippy::cast_possible_truncation, reason = "small numbers all")]
const fn table() -> Table {
    let nothing = Meaning { symbol: direct::END, size: 0, extra: 0 };
    let mut table = Table { token: [0; 4096], meaning: [nothing; 256] };
    table.meaning[ZEROS as usize].symbol = direct::ZEROS;
    let mut next = ZEROS as usize + 1;
    let mut value = -15i32;
    while value <= 15 {
        let (size, extra) = size_and_extra(value);
        let runs = [0, 16, 16, 8, 4][size as usize];
        let mut run = 0;
        while run < runs {
            table.token[run << 8 | (value & 0xFF) as usize] = next as u8;
            table.meaning[next] =
                Meaning { symbol: symbol(run, size), size: size as u8, extra: extra as u8 };
            next += 1;
            run += 1;
        }
        value += 1;
    }
    assert!(next == WIDE as usize, "the numbers of the tokens");
    while next < ANY as usize {
        let wide = next - WIDE as usize;
        table.meaning[next].symbol = symbol(wide % WIDE_RUNS, (wide / WIDE_RUNS) as u32 + 5);
        next += 1;
    }
    table
}

/// How often each symbol occurs: DC and AC of luma, DC and AC of chroma.
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
    /// Adds those of another part of the picture.
    pub(crate) fn add(&mut self, other: &Self) {
        let ours = self.dc.iter_mut().chain(&mut self.ac).chain(&mut self.any);
        for (ours, theirs) in ours.zip(other.dc.iter().chain(&other.ac).chain(&other.any)) {
            ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
        }
    }

    /// Of DC symbols.
    pub(crate) fn dc(&self, class: usize) -> &Histogram {
        &self.dc[class]
    }

    /// Of AC symbols.
    pub(crate) fn ac(&self, class: usize) -> Histogram {
        let mut symbols = self.any[class];
        let tokens = self.ac[class].iter().zip(&TABLE.meaning).take(usize::from(ANY));
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
    /// None yet; one row may take so many bytes of memory.
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
        crate::reserve::reserve(&mut row, self.at)?;
        row.extend_from_slice(&self.bytes[..self.at]);
        self.at = 0;
        Ok(row)
    }

    /// Room for one block.
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
        crate::reserve::reserve_within(&mut self.bytes, crate::encode::bounds::STEP, self.limit)?;
        self.bytes.resize(self.bytes.capacity(), 0);
        Ok(())
    }
}

impl Sink for Tokens {
    #[inline(always)]
    fn block(&mut self, class: usize, difference: i32, block: &Block) -> Result<(), Error> {
        let (window, to, statistics) = self.window()?;
        let mut at = put_dc(window, difference, &mut statistics.dc[class & 1]);
        let tokens = &mut statistics.ac[class & 1];
        let any = &mut statistics.any[class & 1];
        let mut coefficients = Coefficients::of(block);
        while let Some((run, place)) = coefficients.step() {
            let near = usize::from(block.near[place % 64].cast_unsigned());
            match TABLE.token.get((run << 8) | near) {
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

/// Writes a DC token; says how many bytes it has.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes of a token")]
fn put_dc(window: &mut [u8; WINDOW], difference: i32, sizes: &mut Histogram) -> usize {
    let (size, extra) = size_and_extra(difference);
    sizes[size as usize % 256] += 1;
    if difference.abs() <= DC_NEAR {
        window[0] = (difference + DC_NEAR) as u8;
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
    let near = TABLE.token[run << 8 | (value & 0xFF) as usize];
    if (-128..128).contains(&value) && near != 0 {
        put(near);
        tokens[usize::from(near)] += 1;
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

/// The codes of the second pass, by token.
#[derive(Debug)]
pub(crate) struct TokenCodes {
    dc: Codes,
    ac: Codes,
    /// Bits of each AC token of one byte, `bits << 5 | length`; code alone for the wide ones.
    token: [u32; 256],
    /// The same for DC tokens of one byte.
    difference: [u32; 64],
}

impl TokenCodes {
    /// For the tables of a class.
    pub(crate) fn new(dc: &HuffmanSpec, ac: &HuffmanSpec) -> Self {
        let (dc, ac) = (Codes::new(dc), Codes::new(ac));
        let mut token = [0; 256];
        for (out, meaning) in token.iter_mut().zip(&TABLE.meaning).skip(usize::from(END)) {
            let (size, extra) = (u32::from(meaning.size), u32::from(meaning.extra));
            let (bits, length) = ac.with_extra(meaning.symbol, extra, size);
            *out = bits << 5 | length;
        }
        let mut difference = [0; 64];
        for (out, value) in difference.iter_mut().zip(-DC_NEAR..=DC_NEAR) {
            let (size, extra) = size_and_extra(value);
            let (bits, length) = dc.with_extra(symbol(0, size), extra, size);
            *out = bits << 5 | length;
        }
        Self { dc, ac, token, difference }
    }

    /// How many bits all the blocks of a class take.
    pub(crate) fn bits(&self, statistics: &Statistics, class: usize) -> u64 {
        let sum = |codes: &Codes, histogram: &Histogram| {
            let counts = (0u8..=255).zip(histogram);
            counts
                .map(|(symbol, count)| {
                    count * u64::from(codes.with_extra(symbol, 0, u32::from(symbol & 15)).1)
                })
                .sum::<u64>()
        };
        sum(&self.dc, statistics.dc(class)) + sum(&self.ac, &statistics.ac(class))
    }
}

/// Codes the tokens of a row of MCUs.
pub(crate) struct RowCoding<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) row: usize,
    pub(crate) tokens: &'a [u8],
    pub(crate) codes: &'a [TokenCodes; 2],
    pub(crate) strip: &'a mut Strip,
}

impl Work for RowCoding<'_> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { frame, row, tokens, codes, strip } = self;
        let mut tokens = tokens.iter();
        for mcu in 0..frame.across {
            if restarts(frame, row * frame.across + mcu) {
                strip.mark()?;
            }
            for _ in 0..frame.factors.0 * frame.factors.1 {
                code_block(&mut tokens, &codes[0], strip)?;
            }
            for _ in 1..frame.components() {
                code_block(&mut tokens, &codes[1], strip)?;
            }
        }
        Ok(())
    }
}

/// Codes the tokens of a block.
#[inline(always)]
fn code_block(
    tokens: &mut std::slice::Iter<'_, u8>,
    codes: &TokenCodes,
    strip: &mut Strip,
) -> Result<(), Error> {
    let mut window = strip.bits.open()?;
    let first = next(tokens);
    if first < DC_WIDE {
        let found = codes.difference[usize::from(first)];
        window.put(found >> 5, found & 31);
    } else {
        let size = first - DC_WIDE;
        let (bits, length) = codes.dc.with_extra(size, extra_16(tokens), u32::from(size));
        window.put(bits, length);
    }
    while let Some(&token) = tokens.next() {
        if token < WIDE {
            let found = codes.token[usize::from(token)];
            window.put(found >> 5, found & 31);
            if token <= END {
                break;
            }
        } else {
            let (symbol, extra) = if token < ANY {
                (TABLE.meaning[usize::from(token)].symbol, u32::from(next(tokens)))
            } else {
                (next(tokens), extra_16(tokens))
            };
            let (bits, length) = codes.ac.with_extra(symbol, extra, u32::from(symbol & 15));
            window.put(bits, length);
        }
    }
    let state = window.state;
    strip.bits.close(state);
    Ok(())
}

/// The next byte; tokens are not cut short.
#[inline(always)]
fn next(tokens: &mut std::slice::Iter<'_, u8>) -> u8 {
    tokens.next().copied().unwrap_or(0)
}

/// Extra bits of two bytes.
#[inline(always)]
fn extra_16(tokens: &mut std::slice::Iter<'_, u8>) -> u32 {
    let high = u32::from(next(tokens));
    (high << 8) | u32::from(next(tokens))
}
