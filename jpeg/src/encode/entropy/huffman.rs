//! Huffman codes: from their counts, and the best ones for given frequencies.

use crate::huffman::HuffmanSpec;

/// The codes of a table, by symbol.
#[derive(Debug, Clone)]
pub(crate) struct SymbolCodes {
    /// The code of each symbol, in its lowest bits.
    code: [u16; 256],
    /// The number of bits; 0 for a symbol without a code.
    length: [u8; 256],
}

impl SymbolCodes {
    /// The canonical codes: T.81, figures C.1 to C.3.
    pub(crate) const fn new(spec: &HuffmanSpec) -> Self {
        let mut out = Self { code: [0; 256], length: [0; 256] };
        let (mut next, mut at, mut bits) = (0u32, 0, 1u8);
        while bits <= 16 {
            let mut left = spec.counts[bits as usize - 1];
            while left > 0 && at < 256 {
                let symbol = spec.symbols[at] as usize;
                #[allow(clippy::cast_possible_truncation, reason = "a code of at most 16 bits")]
                let code = next as u16;
                out.code[symbol] = code;
                out.length[symbol] = bits;
                next += 1;
                at += 1;
                left -= 1;
            }
            next <<= 1;
            bits += 1;
        }
        out
    }

    /// The code of a symbol followed by `size` extra bits, and the length of both.
    #[inline(always)]
    pub(crate) const fn with_extra(&self, symbol: u8, extra: u32, size: u32) -> (u32, u32) {
        let code = self.code[symbol as usize] as u32;
        (code << size | extra, self.length[symbol as usize] as u32 + size)
    }
}

/// The number of bits of a value's size, and its extra bits: T.81, F.1.2.1.
#[inline(always)]
pub(crate) const fn size_and_extra(value: i32) -> (u32, u32) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    let extra = value.wrapping_add(value >> 31).cast_unsigned();
    (size, extra & ((1 << size) - 1))
}

/// The number of times each symbol occurs.
pub(crate) type Histogram = [u64; 256];

/// The code that T.81, K.2 makes for these frequencies, with libjpeg's choice among equals (the
/// higher symbol goes first) and its way to hold codes to 16 bits. No code consists of ones alone.
pub(crate) fn optimal(histogram: &Histogram) -> HuffmanSpec {
    let sizes = code_sizes(histogram);
    let mut spec = HuffmanSpec { counts: limited_counts(&sizes), symbols: [0; 256] };
    // The code point kept free is the last one of the longest codes.
    if let Some(last) = spec.counts.iter_mut().rev().find(|count| **count > 0) {
        *last -= 1;
    }
    let mut symbols: Vec<u8> = (0..=255).filter(|&at| sizes[usize::from(at)] > 0).collect();
    symbols.sort_by_key(|&symbol| sizes[usize::from(symbol)]);
    spec.symbols[..symbols.len()].copy_from_slice(&symbols);
    spec
}

/// Symbols, and the one that stands for the code point kept free.
const NODES: usize = 257;

/// The length of each symbol's code, without a limit.
fn code_sizes(histogram: &Histogram) -> [u16; NODES] {
    // The frequency of each tree that is left, by one of its symbols.
    let mut trees: Vec<(u64, usize)> = histogram.iter().copied().zip(0..).collect();
    trees.retain(|&(frequency, _)| frequency > 0);
    trees.push((1, NODES - 1));
    let mut sizes = [0; NODES];
    // The tree of each symbol, by the same symbol.
    let mut tree_of: [usize; NODES] = std::array::from_fn(|at| at);
    while trees.len() > 1 {
        let (least, first) = take_least(&mut trees);
        let (next, second) = take_least(&mut trees);
        for (tree, size) in tree_of.iter_mut().zip(&mut sizes) {
            if *tree == first || *tree == second {
                *size += 1;
                *tree = first;
            }
        }
        trees.push((least + next, first));
    }
    sizes
}

/// Takes the tree of the lowest frequency, among equals that of the highest symbol.
fn take_least(trees: &mut Vec<(u64, usize)>) -> (u64, usize) {
    let key = |&(frequency, symbol): &(u64, usize)| (frequency, usize::MAX - symbol);
    let at = (0..trees.len()).min_by_key(|&at| key(&trees[at])).unwrap_or(0);
    trees.swap_remove(at)
}

/// The number of codes of 1 to 16 bits once longer ones are shortened as K.2 says: two codes of the
/// longest length go, one of them up a bit, the other to a shorter code that is split.
fn limited_counts(sizes: &[u16; NODES]) -> [u8; 16] {
    let mut counts = [0u16; NODES + 1];
    for &size in sizes {
        counts[usize::from(size)] += 1;
    }
    counts[0] = 0;
    for long in (17..counts.len()).rev() {
        while counts[long] > 0 {
            let split = (1..=long - 2).rev().find(|&at| counts[at] > 0).unwrap_or(0);
            counts[long] -= 2;
            counts[long - 1] += 1;
            counts[split + 1] += 2;
            counts[split] -= 1;
        }
    }
    std::array::from_fn(|at| u8::try_from(counts[at + 1]).unwrap_or(u8::MAX))
}

/// The symbol for 16 zeros.
pub(crate) const ZEROS: u8 = 0xF0;

/// The symbol for zeros up to the end of the block.
pub(crate) const END: u8 = 0x00;

/// The symbol of a run below 16 and a size below 16.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "both have four bits")]
pub(crate) const fn symbol(run: usize, size: u32) -> u8 {
    ((run as u8) << 4) | (size as u8 & 15)
}
