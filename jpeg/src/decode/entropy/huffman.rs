//! Huffman tables made for reading one code at a time.

use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::reserve::filled_array;

/// Bits of a look-up in a [`CodeTable`]: only codes of rare coefficients are longer.
pub(crate) const LOOKUP_BITS: u32 = 10;

/// One code of a table.
#[derive(Clone, Copy)]
pub(crate) struct Code {
    bits: u32,
    pub(crate) length: u8,
    pub(crate) symbol: u8,
}

/// The codes of a table. Not on the heap, as tables are built anew for every scan.
pub(crate) struct CodeList {
    all: [Code; 256],
    count: usize,
}

impl CodeList {
    /// Every code with its length and symbol, in order.
    pub(crate) fn of(spec: &HuffmanSpec) -> Result<Self, Error> {
        let mut codes = Self { all: [Code { bits: 0, length: 0, symbol: 0 }; 256], count: 0 };
        let mut next = 0u32;
        for (&count, length) in spec.counts.iter().zip(1u8..) {
            next <<= 1;
            for _ in 0..count {
                let symbol = spec.symbols.get(codes.count).filter(|_| next >> length == 0);
                let Some(&symbol) = symbol else {
                    let text = format!("Huffman table: more codes of {length} bits than there are");
                    return Err(Error::Malformed(text));
                };
                codes.all[codes.count] = Code { bits: next, length, symbol };
                codes.count += 1;
                next += 1;
            }
        }
        Ok(codes)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Code> {
        self.all[..self.count].iter()
    }
}

/// The meaning of the next bits. Packed: a mask as wide as the size in the upper 16 bits, then 4
/// bits of size, 4 of run, and 8 of length, code and extra bits together.
///
/// A length of 0 stands for a code longer than the look-up, or for no code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry(u32);

impl Entry {
    /// Stands in for bits that are no code. As in libjpeg, 17 of them are dropped, for symbol 0.
    pub(crate) const INVALID: Self = Self(17);

    /// A symbol with its code of `length` bits.
    fn new(symbol: u8, length: u8) -> Self {
        let size = u32::from(symbol & 15);
        let run = u32::from(symbol >> 4);
        Self(((1 << size) - 1) << 16 | size << 12 | run << 8 | (u32::from(length) + size))
    }

    /// Tells whether it is a coefficient: not the end of a block, a run of 16 zeros, or a code that
    /// was not found.
    #[inline(always)]
    pub(crate) const fn is_coefficient(self) -> bool {
        self.0 >> 16 != 0
    }

    /// Bits to drop for the code and the extra bits.
    #[inline(always)]
    pub(crate) const fn length(self) -> u32 {
        self.0 & 0xFF
    }

    /// Zero coefficients before this one.
    #[inline(always)]
    pub(crate) const fn run(self) -> usize {
        (self.0 >> 8 & 15) as usize
    }

    /// Extra bits of the value.
    #[inline(always)]
    pub(crate) const fn size(self) -> u32 {
        self.0 >> 12 & 15
    }

    /// The value (T.81, F.12) whose code `window` starts with, without a branch on its size or
    /// sign.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "the mask leaves 15 bits at most")]
    pub(crate) const fn value(self, window: u64) -> i32 {
        let mask = self.0 >> 16;
        let extra = (window >> (self.length().wrapping_neg() & 63)) as u32 & mask;
        let (extra, mask) = (extra.cast_signed(), mask.cast_signed());
        // All ones where the highest extra bit is 0.
        let negative = (extra - (mask + 1) / 2) >> 31;
        extra - (mask & negative)
    }
}

/// A table for decoding.
pub(crate) struct CodeTable {
    entries: Box<[Entry; 1 << LOOKUP_BITS]>,
    long: LongCodes,
}

/// The codes that are longer than a look-up.
struct LongCodes {
    /// The first 16-bit window beyond the codes of each length.
    limits: [u32; 17],
    /// The number to add to a code of each length for the index of its symbol.
    offsets: [i32; 17],
    symbols: [u8; 256],
}

impl CodeTable {
    /// Bytes on the heap.
    pub(crate) const HEAP: usize = size_of::<[Entry; 1 << LOOKUP_BITS]>();

    /// Builds the table. `dc` checks that the symbols are sizes.
    pub(crate) fn new(spec: &HuffmanSpec, dc: bool) -> Result<Self, Error> {
        let codes = CodeList::of(spec)?;
        if let Some(code) = codes.iter().find(|code| dc && code.symbol > 15) {
            let text = format!("Huffman table: DC size {}, 15 at most", code.symbol);
            return Err(Error::Malformed(text));
        }
        let mut entries: Box<[Entry; _]> = filled_array(Entry(0))?;
        for code in codes.iter().filter(|code| u32::from(code.length) <= LOOKUP_BITS) {
            for window in windows(code, LOOKUP_BITS) {
                entries[window as usize] = Entry::new(code.symbol, code.length);
            }
        }
        Ok(Self { entries, long: LongCodes::new(spec, &codes) })
    }

    /// Looks up the top bits of `window`.
    #[inline(always)]
    pub(crate) fn look_up(&self, window: u64) -> Entry {
        self.entries[(window >> (64 - LOOKUP_BITS)) as usize]
    }

    /// The symbol at the top of `window`, for codes longer than a look-up. `None` if the
    /// bits are no code.
    #[cold]
    #[inline(never)]
    pub(crate) fn look_up_long(&self, window: u64) -> Option<Entry> {
        let top = (window >> 48) as u32;
        let length = (1..=16u8).find(|&length| top < self.long.limits[usize::from(length)])?;
        let code = (top >> (16 - length)).cast_signed();
        let index = usize::try_from(code + self.long.offsets[usize::from(length)]).ok()?;
        Some(Entry::new(*self.long.symbols.get(index)?, length))
    }
}

impl LongCodes {
    fn new(spec: &HuffmanSpec, codes: &CodeList) -> Self {
        let mut limits = [0; 17];
        let mut offsets = [0; 17];
        for (index, code) in (0i32..).zip(codes.iter()) {
            let length = usize::from(code.length);
            if limits[length] == 0 {
                offsets[length] = index - code.bits.cast_signed();
            }
            limits[length] = (code.bits + 1) << (16 - code.length);
        }
        Self { limits, offsets, symbols: spec.symbols }
    }
}

/// Every window of `width` bits that starts with a code.
pub(crate) fn windows(code: &Code, width: u32) -> std::ops::Range<u32> {
    let free = width - u32::from(code.length);
    code.bits << free..(code.bits + 1) << free
}
