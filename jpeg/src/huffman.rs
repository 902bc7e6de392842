//! A Huffman table in the form that files have.

/// A Huffman table in the form of a DHT segment: the number of codes of each length, and the
/// symbols by rising code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HuffmanSpec {
    /// The number of codes of 1 bit, 2 bits, ... 16 bits.
    pub(crate) counts: [u8; 16],
    /// The symbols; any behind the sum of `counts` mean nothing.
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

    /// The number of symbols with a code.
    pub(crate) fn len(&self) -> usize {
        self.counts.iter().map(|&count| usize::from(count)).sum::<usize>().min(256)
    }
}
