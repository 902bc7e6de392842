//! The boolean entropy encoder: RFC 6386, section 7.

use crate::error::Error;
use crate::reserve::reserve_step;

/// Where in its interval an encoder is. It is small enough for registers: whoever writes many bits
/// takes it out of the [`BoolWriter`] and puts it back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interval {
    /// The lower end: 8 bits and `pending` fraction bits.
    low: u64,
    /// The width, 128 to 255.
    range: u32,
    /// Fraction bits of `low`.
    pending: u32,
}

/// Writes bits, each with the probability that it is 0.
#[derive(Debug)]
pub(crate) struct BoolWriter {
    pub(crate) interval: Interval,
    pub(crate) bytes: BoolBytes,
}

/// The bytes that are out.
#[derive(Debug)]
pub(crate) struct BoolBytes {
    bytes: Vec<u8>,
    /// Why bytes are missing.
    error: Option<Error>,
}

impl Interval {
    /// Writes a bit that is 0 with `probability` of 256.
    #[inline(always)]
    pub(crate) fn put(&mut self, bit: bool, probability: u8, bytes: &mut BoolBytes) {
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        let (skipped, range) = if bit { (split, self.range - split) } else { (0, split) };
        let shift = range.leading_zeros() - 24;
        self.range = range << shift;
        self.low = (self.low + u64::from(skipped)) << shift;
        self.pending += shift;
        if self.pending >= 48 {
            *self = bytes.take(*self);
        }
    }
}

impl BoolBytes {
    /// The number of bytes that are out.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Moves all whole bytes of the fraction out of an interval.
    #[cold]
    #[inline(never)]
    fn take(&mut self, interval: Interval) -> Interval {
        let Interval { low, range, pending } = interval;
        let (whole, rest) = (pending / 8, pending % 8);
        // 8 bits stay, and with them the carry of later additions is no more than 1.
        let out = low >> (8 + rest);
        if out >> (8 * whole) != 0 {
            self.carry();
        }
        let bytes = out.to_be_bytes();
        let step = (self.bytes.capacity() / 16).max(BoolWriter::STEP);
        match reserve_step(&mut self.bytes, 8, step) {
            Ok(()) => self.bytes.extend_from_slice(&bytes[8 - whole as usize..]),
            Err(error) => self.error = Some(error),
        }
        Interval { low: low & ((1 << (8 + rest)) - 1), range, pending: rest }
    }

    /// Adds 1 to the bytes that are out.
    fn carry(&mut self) {
        for byte in self.bytes.iter_mut().rev() {
            let (sum, more) = byte.overflowing_add(1);
            *byte = sum;
            if !more {
                break;
            }
        }
    }
}

impl BoolWriter {
    /// Bytes that are reserved at a time at least.
    pub(crate) const STEP: usize = 2 << 10;

    /// An empty stream.
    pub(crate) fn new() -> Self {
        Self {
            interval: Interval { low: 0, range: 255, pending: 0 },
            bytes: BoolBytes { bytes: Vec::new(), error: None },
        }
    }

    /// Writes a bit that is 0 with `probability` of 256.
    pub(crate) fn put(&mut self, bit: bool, probability: u8) {
        self.interval.put(bit, probability, &mut self.bytes);
    }

    /// Writes a bit that is as often 0 as 1.
    pub(crate) fn put_flag(&mut self, bit: bool) {
        self.put(bit, 128);
    }

    /// Writes the lowest `count` bits of a value, the highest first.
    pub(crate) fn put_number(&mut self, value: u32, count: u32) {
        for at in (0..count).rev() {
            self.put_flag(value >> at & 1 == 1);
        }
    }

    /// Writes a flag for a value other than 0, then `count` bits of its magnitude, then its sign.
    pub(crate) fn put_signed(&mut self, value: i32, count: u32) {
        self.put_flag(value != 0);
        if value != 0 {
            self.put_number(value.unsigned_abs(), count);
            self.put_flag(value < 0);
        }
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// `Memory`.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, Error> {
        let mut interval = self.bytes.take(self.interval);
        // Bits of 0 behind the last one, so that all that matter become whole bytes.
        interval.low <<= 16;
        interval.pending += 16;
        self.bytes.take(interval);
        self.bytes.error.map_or(Ok(self.bytes.bytes), Err)
    }
}
