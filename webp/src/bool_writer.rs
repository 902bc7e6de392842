//! The boolean entropy encoder: RFC 6386, section 7.

use crate::error::Error;
use crate::reserve::reserve;

/// Writes bits, each with the probability that it is 0.
#[derive(Debug)]
pub(crate) struct BoolWriter {
    bytes: Vec<u8>,
    /// The lower end of the interval: 8 bits and `pending` fraction bits.
    low: u64,
    /// The width of the interval, 128 to 255.
    range: u32,
    /// Fraction bits of `low`.
    pending: u32,
    /// Why bytes are missing.
    error: Option<Error>,
}

impl BoolWriter {
    /// An empty stream.
    pub(crate) fn new() -> Self {
        Self { bytes: Vec::new(), low: 0, range: 255, pending: 0, error: None }
    }

    /// Writes a bit that is 0 with `probability` of 256.
    #[inline(always)]
    pub(crate) fn put(&mut self, bit: bool, probability: u8) {
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        if bit {
            self.low += u64::from(split);
            self.range -= split;
        } else {
            self.range = split;
        }
        let shift = self.range.leading_zeros() - 24;
        self.range <<= shift;
        self.low <<= shift;
        self.pending += shift;
        if self.pending >= 48 {
            self.flush();
        }
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

    /// Moves all whole bytes of the fraction out of `low`.
    #[cold]
    #[inline(never)]
    fn flush(&mut self) {
        let whole = self.pending / 8;
        let rest = self.pending % 8;
        // 8 bits stay, and with them the carry of later additions is no more than 1.
        let out = self.low >> (8 + rest);
        if out >> (8 * whole) != 0 {
            self.carry();
        }
        let bytes = out.to_be_bytes();
        match reserve(&mut self.bytes, 8) {
            Ok(()) => self.bytes.extend_from_slice(&bytes[8 - whole as usize..]),
            Err(error) => self.error = Some(error),
        }
        self.low &= (1 << (8 + rest)) - 1;
        self.pending = rest;
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

    /// Ends the stream.
    ///
    /// # Errors
    /// `Memory`.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.flush();
        // Bits of 0 behind the last one, so that all that matter become whole bytes.
        self.low <<= 16;
        self.pending += 16;
        self.flush();
        self.error.map_or(Ok(self.bytes), Err)
    }
}
