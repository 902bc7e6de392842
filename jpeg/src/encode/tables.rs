//! The constant tables of the standard: quantisation and Huffman codes.

use crate::standard;

/// Quantisation of luma at quality 50, natural order: T.81, table K.1.
const LUMA: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Quantisation of chroma at quality 50, natural order: T.81, table K.2.
const CHROMA: [u16; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// The quantisation table of a quality from 1 to 100, natural order, entries 1 to 255.
///
/// `class` is 0 for luma, 1 for chroma. The scale is that of libjpeg's `jpeg_set_quality` with
/// baseline forced, which everyone else follows.
pub(crate) fn quantisation(quality: u8, class: usize) -> [u8; 64] {
    let quality = u16::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    let base = if class == 0 { &LUMA } else { &CHROMA };
    base.map(|step| {
        let scaled = (u32::from(step) * u32::from(percent) + 50) / 100;
        u8::try_from(scaled.clamp(1, 255)).unwrap_or(u8::MAX)
    })
}

/// A Huffman code as a DHT segment says it: how many codes of each length, and the symbols by
/// rising code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HuffmanSpec {
    /// How many codes have 1 bit, 2 bits, ... 16 bits.
    pub(crate) counts: [u8; 16],
    /// The symbols; only as many as `counts` sum to mean anything.
    pub(crate) symbols: [u8; 256],
}

impl HuffmanSpec {
    /// A code from its counts and exactly as many symbols.
    const fn new(counts: [u8; 16], symbols: &[u8]) -> Self {
        let mut all = [0; 256];
        let mut at = 0;
        while at < symbols.len() {
            all[at] = symbols[at];
            at += 1;
        }
        Self { counts, symbols: all }
    }

    /// How many symbols have a code.
    pub(crate) fn len(&self) -> usize {
        self.counts.iter().map(|&count| usize::from(count)).sum::<usize>().min(256)
    }
}

/// The typical codes for DC differences: luma, then chroma.
pub(crate) static DC: [HuffmanSpec; 2] = typical(&standard::DC);

/// The typical codes for AC coefficients: luma, then chroma.
pub(crate) static AC: [HuffmanSpec; 2] = typical(&standard::AC);

const fn typical(tables: &[standard::Table; 2]) -> [HuffmanSpec; 2] {
    let [luma, chroma] = tables;
    [HuffmanSpec::new(luma.counts, luma.symbols), HuffmanSpec::new(chroma.counts, chroma.symbols)]
}
