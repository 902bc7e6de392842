//! Blocks of progressive scans (T.81, Annex G). Coefficients are kept in zigzag order: the scans run
//! along it, and a band is a range of bits in a mask of the non-zero ones.

use super::bits::Bits;
use super::huffman::Table;
use super::sequential::{Block, dc_difference, low16, next_code, next_entry};
use crate::simd::{Level, jpeg_decode};

/// First scan of DC values.
#[inline(always)]
pub(super) fn dc_first(bits: &mut Bits<'_>, table: &Table, prediction: &mut i32, low: u8) -> i16 {
    *prediction = prediction.wrapping_add(dc_difference(bits, table));
    low16(prediction.wrapping_shl(u32::from(low)))
}

/// Refinement of DC values: the bit of this scan.
#[inline(always)]
pub(super) fn dc_refine(bits: &mut Bits<'_>, low: u8) -> i16 {
    bits.refill();
    low16(bits.take(1).cast_signed() << low)
}

/// A band of AC coefficients at a bit position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Band {
    /// The first coefficient, at least 1.
    pub(super) first: usize,
    /// The last coefficient, at most 63.
    pub(super) last: usize,
    /// The bit position.
    pub(super) low: u8,
}

impl Band {
    /// The bits from coefficient `k` to the last of the band; none if `k` lies beyond.
    const fn from(self, k: usize) -> u64 {
        if k > self.last { 0 } else { (u64::MAX << k) & (u64::MAX >> (63 - self.last)) }
    }
}

/// First scan of a band. `ends` counts the blocks still to come that have nothing in it.
pub(super) fn ac_first(
    reader: &mut Bits<'_>,
    table: &Table,
    band: Band,
    ends: &mut u32,
    block: &mut Block,
) {
    if *ends > 0 {
        *ends -= 1;
        return;
    }
    let mut bits = *reader;
    let mut k = band.first;
    while k <= band.last {
        bits.refill();
        let entry = next_entry(&mut bits, table);
        let value = entry.value(bits.window());
        bits.skip(entry.length());
        k += entry.run();
        if !entry.is_coefficient() {
            if entry.run() == 15 {
                k += 1;
                continue;
            }
            *ends = end_run(&mut bits, entry.run()) - 1;
            break;
        }
        block[k.min(63)] = low16(value << band.low);
        k += 1;
    }
    *reader = bits;
}

/// How many blocks, this one included, have nothing more in the band.
fn end_run(bits: &mut Bits<'_>, exponent: usize) -> u32 {
    // The exponent is the run of a code, at most 14.
    (1 << exponent) + bits.take(u32::try_from(exponent).unwrap_or(0))
}

/// Refines a band: coefficients that are not zero yet get one more bit, and new ones appear.
///
/// ```text
/// until the band ends: code (run of zeros, 0 or a new coefficient of one bit)
///     the run counts zeros alone; each non-zero coefficient passed over takes one bit
/// ```
/// The bits of non-zero coefficients are gathered and handed out once, when the band ends: a loop for
/// every code would end where no branch predictor expects it.
pub(super) fn ac_refine(
    level: Level,
    reader: &mut Bits<'_>,
    table: &Table,
    band: Band,
    ends: &mut u32,
    block: &mut Block,
) {
    let mut bits = *reader;
    let nonzero = jpeg_decode::nonzero_mask(level, block) & band.from(band.first);
    let mut corrections = Corrections::default();
    let mut k = band.first;
    while *ends == 0 && k <= band.last {
        bits.refill();
        let (run, size) = next_code(&mut bits, table);
        if size == 0 && run < 15 {
            *ends = end_run(&mut bits, run);
            break;
        }
        let positive = size != 0 && bits.take(1) == 1;
        if size > 1 {
            bits.note_bad_code();
        }
        // A run beyond the band ends behind it; what comes there lands where libjpeg has it.
        let place = nth_one(!nonzero & band.from(k), run).min(band.last + 1);
        corrections.take(&mut bits, nonzero & band.from(k) & below(place));
        if size != 0 {
            block[place.min(63)] = if positive { 1 << band.low } else { -1 << band.low };
        }
        k = place + 1;
    }
    if *ends > 0 {
        bits.refill();
        corrections.take(&mut bits, nonzero & band.from(k));
        *ends -= 1;
    }
    corrections.hand_out(nonzero, band.low, block);
    *reader = bits;
}

/// The bits below bit `k`, all of them from 64 on.
const fn below(k: usize) -> u64 {
    if k > 63 { u64::MAX } else { (1 << k) - 1 }
}

/// The place of the 1 that has `n` ones below it, 64 if there are not that many.
///
/// A broadword selection without a loop was no faster: runs are short.
#[inline(always)]
const fn nth_one(mut mask: u64, n: usize) -> usize {
    let mut left = n;
    while left > 0 {
        mask &= mask.wrapping_sub(1);
        left -= 1;
    }
    mask.trailing_zeros() as usize
}

/// Bits of non-zero coefficients, in their order.
#[derive(Default)]
struct Corrections {
    bits: u64,
    count: u32,
}

impl Corrections {
    /// Takes a bit for each coefficient of `passed`.
    #[inline(always)]
    fn take(&mut self, bits: &mut Bits<'_>, passed: u64) {
        let mut left = passed.count_ones();
        self.count += left;
        // What a refill leaves behind a code is enough, save when nearly all coefficients are passed.
        if left > 32 {
            self.bits = self.bits << 32 | u64::from(bits.take(32));
            bits.refill();
            left -= 32;
        }
        self.bits = self.bits << left | u64::from(bits.take(left));
    }

    /// Gives the coefficients of `nonzero` their bits, the first ones first.
    #[inline(always)]
    fn hand_out(self, mut nonzero: u64, low: u8, block: &mut Block) {
        if self.bits == 0 {
            return;
        }
        let mut rest = self.bits << ((64 - self.count) & 63);
        while rest != 0 && nonzero != 0 {
            let coefficient = &mut block[(nonzero.trailing_zeros() & 63) as usize];
            // Without a branch on the bit, which no predictor guesses.
            let bit = i16::from(rest >> 63 != 0) << low & !*coefficient;
            let sign = *coefficient >> 15;
            *coefficient = coefficient.wrapping_add((bit ^ sign).wrapping_sub(sign));
            nonzero &= nonzero - 1;
            rest <<= 1;
        }
    }
}
