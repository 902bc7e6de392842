//! Bits of entropy-coded data, read in place.
//!
//! The buffer holds the next bits at its top. A refill reads eight bytes at once and keeps all that
//! fit, without a branch on their number (variant 4 of Fabian Giesen's "Reading bits in far too
//! many ways"). Only words with a byte 0xFF, one in thirty, go byte by byte. Removing the stuffing
//! first, by a copy of the data, would cost about as much as these words do.

use crate::markers::has_ff;

/// The state of a reader, without the data.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BitPosition {
    /// The next byte that is not in the buffer.
    at: usize,
    buffer: u64,
    /// Bits in the buffer that count. The bits below them are either 0 or the ones that follow.
    count: u32,
    /// The counted bits that are zeros in place of missing data.
    padding: u32,
    /// Whether bits were met that begin no code of the table.
    bad_code: bool,
}

impl BitPosition {
    /// The start of entropy-coded data.
    pub(crate) fn start(at: usize) -> Self {
        Self { at, ..Self::default() }
    }

    /// The next byte that was not read. At or before the marker that ends the data.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }
}

/// Reads bits. Small and `Copy`, so that hot loops keep it in registers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BitReader<'a> {
    data: &'a [u8],
    position: BitPosition,
}

impl<'a> BitReader<'a> {
    /// Goes on from `position`.
    pub(crate) const fn resume(data: &'a [u8], position: BitPosition) -> Self {
        Self { data, position }
    }

    /// The state to go on from.
    pub(crate) const fn position(&self) -> BitPosition {
        self.position
    }

    /// Makes sure that at least 56 bits are there: real ones, or zeros behind the end of the data.
    #[inline(always)]
    pub(crate) fn refill(&mut self) {
        let p = &mut self.position;
        if let Some(bytes) = self.data.get(p.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_be_bytes(*bytes);
            if !has_ff(word) {
                // Never 64 or more; the mask says so to the compiler.
                p.count &= 63;
                p.buffer |= word >> p.count;
                p.at += ((63 - p.count) >> 3) as usize;
                p.count |= 56;
                return;
            }
        }
        *self = self.refilled_bytewise();
    }

    /// Refills byte by byte. The reader is passed by value, so that the caller's copy need not be
    /// in memory.
    #[cold]
    #[inline(never)]
    fn refilled_bytewise(mut self) -> Self {
        let p = &mut self.position;
        while p.count < 56 {
            let byte = match self.data.get(p.at..) {
                Some([0xFF, 0, ..]) => {
                    p.at += 2;
                    0xFF
                }
                Some([byte, ..]) if *byte != 0xFF => {
                    p.at += 1;
                    *byte
                }
                _ => {
                    p.padding += 8;
                    0
                }
            };
            p.buffer |= u64::from(byte) << (56 - p.count);
            p.count += 8;
        }
        self
    }

    /// The next bits, the first at the top.
    #[inline(always)]
    pub(crate) const fn window(&self) -> u64 {
        self.position.buffer
    }

    /// Drops bits: no more than a refill promised.
    #[inline(always)]
    pub(crate) const fn skip(&mut self, bits: u32) {
        self.position.buffer <<= bits & 63;
        self.position.count = self.position.count.wrapping_sub(bits);
    }

    /// Takes up to 32 bits: no more than a refill promised.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "no more than 32 bits are left")]
    pub(crate) const fn take(&mut self, bits: u32) -> u32 {
        let value = (self.position.buffer >> 1 >> (63 - bits)) as u32;
        self.skip(bits);
        value
    }

    /// Notes bits that no code starts with.
    #[inline(always)]
    pub(crate) const fn note_bad_code(&mut self) {
        self.position.bad_code = true;
    }

    /// Tells whether bits were met that no code starts with.
    pub(crate) const fn has_bad_code(&self) -> bool {
        self.position.bad_code
    }

    /// Tells whether more bits were taken than there are.
    #[inline(always)]
    pub(crate) const fn is_overrun(&self) -> bool {
        self.position.padding > self.position.count
    }
}
