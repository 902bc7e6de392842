//! Takes the symbols and bits of a scan: first they are counted, then written.

use crate::encode::entropy::coded_bits::CodedBits;
use crate::encode::entropy::huffman::{Histogram, SymbolCodes};
use crate::error::Error;

/// Takes the symbols and bits of a scan.
pub(crate) trait SymbolSink {
    /// Takes a symbol of a class, 0 or 1, and extra bits behind it.
    ///
    /// # Errors
    /// [`Error::Memory`].
    fn symbol(&mut self, class: usize, symbol: u8, extra: u32, size: u32) -> Result<(), Error>;

    /// Takes bits without a symbol.
    ///
    /// # Errors
    /// [`Error::Memory`].
    fn bits(&mut self, bits: u64, count: u32) -> Result<(), Error>;

    /// Notes a restart marker.
    ///
    /// # Errors
    /// [`Error::Memory`].
    fn restart(&mut self) -> Result<(), Error>;
}

/// Counts symbols.
pub(crate) struct CountSymbols {
    pub(crate) histograms: [Histogram; 2],
}

impl Default for CountSymbols {
    fn default() -> Self {
        Self { histograms: [[0; 256]; 2] }
    }
}

impl SymbolSink for CountSymbols {
    #[inline(always)]
    fn symbol(&mut self, class: usize, symbol: u8, _: u32, _: u32) -> Result<(), Error> {
        self.histograms[class & 1][usize::from(symbol)] += 1;
        Ok(())
    }

    fn bits(&mut self, _: u64, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn restart(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Writes symbols by their codes.
pub(crate) struct WriteSymbols<'a> {
    pub(crate) bits: &'a mut CodedBits,
    pub(crate) codes: &'a [SymbolCodes; 2],
}

impl SymbolSink for WriteSymbols<'_> {
    #[inline(always)]
    fn symbol(&mut self, class: usize, symbol: u8, extra: u32, size: u32) -> Result<(), Error> {
        let (bits, length) = self.codes[class & 1].with_extra(symbol, extra, size);
        let mut window = self.bits.bits.open()?;
        window.put(bits, length);
        let state = window.state;
        self.bits.bits.close(state);
        Ok(())
    }

    fn bits(&mut self, bits: u64, count: u32) -> Result<(), Error> {
        let [high, low] = [(bits >> 32) as u32, (bits & 0xFFFF_FFFF) as u32];
        let mut window = self.bits.bits.open()?;
        window.put(high, count.saturating_sub(32));
        window.put(low, count.min(32));
        let state = window.state;
        self.bits.bits.close(state);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), Error> {
        self.bits.mark()
    }
}
