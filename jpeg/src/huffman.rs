//! A Huffman table as files have it.

/// A Huffman table as a DHT segment says it: how many codes of each length, and the symbols by rising code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HuffmanSpec {
    /// How many codes have 1 bit, 2 bits, ... 16 bits.
    pub(crate) counts: [u8; 16],
    /// The symbols; only as many as `counts` sum to mean anything.
    pub(crate) symbols: [u8; 256],
}

impl HuffmanSpec {
    /// A table from its counts and up to 256 symbols; missing symbols are 0.
    pub(crate) const fn new(counts: [u8; 16], symbols: &[u8]) -> Self {
        let mut all = [0; 256];
        let mut at = 0;
        while at < symbols.len() && at < 256 {
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
