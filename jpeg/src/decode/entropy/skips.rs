//! Passes over the coefficients of blocks whose DC value alone is wanted. A look-up passes over all
//! that its bits hold.

use super::huffman::{CodeList, windows};
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::reserve::filled_array;

/// Bits of a look-up in a [`SkipTable`].
pub(crate) const SKIP_BITS: u32 = 13;

/// The answer of a look-up of several coefficients. Packed: 4 bits of length, 7 of advance, 1 of
/// end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Skip(u16);

impl Skip {
    const END: u16 = 1 << 15;
    /// The first code does not fit the look-up: advances beyond every block.
    const UNKNOWN: Self = Self(127 << 4);

    /// Bits to drop.
    #[inline(always)]
    pub(crate) const fn length(self) -> u32 {
        (self.0 & 15) as u32
    }

    /// Coefficients passed over before the end of the block, if that is among them.
    #[inline(always)]
    pub(crate) const fn advance(self) -> usize {
        (self.0 >> 4 & 127) as usize
    }

    /// Tells whether the last code is the end of the block.
    #[inline(always)]
    pub(crate) const fn is_end(self) -> bool {
        self.0 & Self::END != 0
    }
}

/// A table for passing over the AC coefficients of sequential blocks.
pub(crate) struct SkipTable {
    skips: Box<[Skip; 1 << SKIP_BITS]>,
}

impl SkipTable {
    /// Bytes on the heap.
    pub(crate) const HEAP: usize = size_of::<[Skip; 1 << SKIP_BITS]>();

    /// Builds the table from that of single coefficients.
    pub(crate) fn new(spec: &HuffmanSpec) -> Result<Self, Error> {
        let mut first = [(0, 0); 1 << SKIP_BITS];
        for code in CodeList::of(spec)?.iter().filter(|code| u32::from(code.length) <= SKIP_BITS) {
            for window in windows(code, SKIP_BITS) {
                first[window as usize] = (u16::from(code.length), code.symbol);
            }
        }
        let mut skips: Box<[Skip; _]> = filled_array(Skip(0))?;
        for (window, skip) in (0u32..).zip(skips.iter_mut()) {
            *skip = pack(&first, window);
        }
        Ok(Self { skips })
    }

    /// Looks up the top bits of `window`.
    #[inline(always)]
    pub(crate) fn look_up(&self, window: u64) -> Skip {
        self.skips[(window >> (64 - SKIP_BITS)) as usize]
    }
}

/// Packs the whole coefficients that a window holds. `first` gives length and symbol of its first
/// code.
fn pack(first: &[(u16, u8)], window: u32) -> Skip {
    let (mut used, mut advance, mut end) = (0, 0, 0);
    while end == 0 {
        let rest = window << used & ((1 << SKIP_BITS) - 1);
        let (length, symbol) = first[rest as usize];
        let total = length + u16::from(symbol & 15);
        let step = u16::from(symbol >> 4) + 1;
        if length == 0 || u32::from(used + total) > SKIP_BITS || advance + step > 63 {
            break;
        }
        used += total;
        match symbol {
            // Sizes of 0 end the block, save after the run of 16; libjpeg reads them so as well.
            0xF0 => advance += 16,
            _ if symbol & 15 == 0 => end = Skip::END,
            _ => advance += step,
        }
    }
    if used == 0 { Skip::UNKNOWN } else { Skip(end | advance << 4 | used) }
}
