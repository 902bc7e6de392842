//! The second pass of coding with the best tables: from tokens to bits.

use super::Statistics;
use super::table::{ANY, DC_SHORT, DC_WIDE, END, TOKENS, WIDE};
use crate::encode::entropy::coded_bits::CodedBits;
use crate::encode::entropy::huffman::{Histogram, SymbolCodes, size_and_extra, symbol};
use crate::encode::entropy::sink::restarts;
use crate::encode::frame::Frame;
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use makeready_kernels::bits::BitKernel;

/// The codes of the second pass, by token.
#[derive(Debug)]
pub(crate) struct TokenCodes {
    dc: SymbolCodes,
    ac: SymbolCodes,
    /// Bits of each AC token of one byte, `bits << 5 | length`; code alone for the wide ones.
    token: [u32; 256],
    /// Bits of each DC token of one byte, in the same form.
    difference: [u32; 64],
}

impl TokenCodes {
    /// Makes the codes from the tables of a class.
    pub(crate) fn new(dc: &HuffmanSpec, ac: &HuffmanSpec) -> Self {
        let (dc, ac) = (SymbolCodes::new(dc), SymbolCodes::new(ac));
        let mut token = [0; 256];
        for (out, meaning) in token.iter_mut().zip(&TOKENS.meaning).skip(usize::from(END)) {
            let (size, extra) = (u32::from(meaning.size), u32::from(meaning.extra));
            let (bits, length) = ac.with_extra(meaning.symbol, extra, size);
            *out = bits << 5 | length;
        }
        let mut difference = [0; 64];
        for (out, value) in difference.iter_mut().zip(-DC_SHORT..=DC_SHORT) {
            let (size, extra) = size_and_extra(value);
            let (bits, length) = dc.with_extra(symbol(0, size), extra, size);
            *out = bits << 5 | length;
        }
        Self { dc, ac, token, difference }
    }

    /// The number of bits that all blocks of a class take.
    pub(crate) fn bits(&self, statistics: &Statistics, class: usize) -> u64 {
        let sum = |codes: &SymbolCodes, histogram: &Histogram| {
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
    pub(crate) bits: &'a mut CodedBits,
}

impl BitKernel for RowCoding<'_> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { frame, row, tokens, codes, bits } = self;
        let mut tokens = tokens.iter();
        for mcu in 0..frame.across {
            if restarts(frame, row * frame.across + mcu) {
                bits.mark()?;
            }
            for _ in 0..frame.factors.0 * frame.factors.1 {
                code_block(&mut tokens, &codes[0], bits)?;
            }
            for _ in 1..frame.components() {
                code_block(&mut tokens, &codes[1], bits)?;
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
    bits: &mut CodedBits,
) -> Result<(), Error> {
    let mut window = bits.bits.open()?;
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
                (TOKENS.meaning[usize::from(token)].symbol, u32::from(next(tokens)))
            } else {
                (next(tokens), extra_16(tokens))
            };
            let (bits, length) = codes.ac.with_extra(symbol, extra, u32::from(symbol & 15));
            window.put(bits, length);
        }
    }
    let state = window.state;
    bits.bits.close(state);
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
