//! The tokens between the two passes of coding with the best tables: a byte for nearly every
//! coefficient, from which bits are made in one step.
//!
//! A block is a DC token, AC tokens and one of two ends. A DC token from 0 to 62 stands for a
//! difference from -31 to 31; 64 + size has the extra bits in two bytes behind it. AC tokens:
//!
//! | token | meaning | bytes behind it |
//! |---|---|---|
//! | 0 | end of a block without zeros at its end (no code) | |
//! | 1, 2 | end of block, 16 zeros | |
//! | 3 to 226 | size 1 or 2 with any run, 3 with runs below 8, 4 with runs below 4 | |
//! | 227 to 250 | size 5 to 8 with runs below 6 | extra bits |
//! | 251 | any other | symbol, two of extra bits |

use crate::encode::entropy::huffman::{self, size_and_extra, symbol};

/// End of a block that has no zeros at its end.
pub(crate) const FULL: u8 = 0;

/// End of block.
pub(crate) const END: u8 = 1;

/// 16 zeros.
pub(crate) const ZEROS: u8 = 2;

/// First token of sizes 5 to 8.
pub(crate) const WIDE: u8 = 227;

/// Runs that these have.
pub(crate) const WIDE_RUNS: usize = 6;

/// Any other coefficient.
pub(crate) const ANY: u8 = 251;

/// DC token of size 0 with its extra bits behind it.
pub(crate) const DC_WIDE: u8 = 64;

/// Highest difference of a DC token of one byte.
pub(crate) const DC_SHORT: i32 = 31;

/// An AC token's symbol and extra bits.
#[derive(Clone, Copy)]
pub(crate) struct Meaning {
    pub(crate) symbol: u8,
    pub(crate) size: u8,
    pub(crate) extra: u8,
}

/// The tokens of one byte, both ways.
pub(crate) struct TokenTable {
    /// The token of a run below 16 and a coefficient, at `run << 8 | coefficient as u8`; 0: none.
    pub(crate) token: [u8; 4096],
    /// The meaning of the tokens below [`WIDE`], and the symbols of the tokens from there on.
    pub(crate) meaning: [Meaning; 256],
}

/// See [`TokenTable`].
pub(crate) static TOKENS: TokenTable = table();

/// Numbers the tokens.
#[allow(clippy::cast_possible_truncation, reason = "small numbers all")]
const fn table() -> TokenTable {
    let nothing = Meaning { symbol: huffman::END, size: 0, extra: 0 };
    let mut table = TokenTable { token: [0; 4096], meaning: [nothing; 256] };
    table.meaning[ZEROS as usize].symbol = huffman::ZEROS;
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
