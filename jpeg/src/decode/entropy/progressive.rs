//! Blocks of progressive scans (T.81, Annex G). Coefficients are stored in zigzag order: the scans
//! run along it, and a spectral range is a range of bits in a mask of the non-zero ones.
//! Coefficients that are not stored have their bit in the mask alone.

use std::hint::select_unpredictable;

use crate::decode::block::low16;
use crate::decode::entropy::bit_reader::BitReader;
use crate::decode::entropy::coefficients::Lowest;
use crate::decode::entropy::huffman::CodeTable;
use crate::decode::entropy::sequential::{dc_difference, next_entry};

/// Reads a DC value in its first scan.
#[inline(always)]
pub(crate) fn dc_first(
    bits: &mut BitReader<'_>,
    table: &CodeTable,
    prediction: &mut i32,
    low: u8,
) -> i16 {
    *prediction = prediction.wrapping_add(dc_difference(bits, table));
    low16(prediction.wrapping_shl(u32::from(low)))
}

/// Reads the bit that a refinement adds to a DC value.
#[inline(always)]
pub(crate) fn dc_refine(bits: &mut BitReader<'_>, low: u8) -> i16 {
    bits.refill();
    low16(bits.take(1).cast_signed() << low)
}

/// A range of AC coefficients at a bit position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spectral {
    /// The first coefficient, at least 1.
    pub(crate) first: usize,
    /// The last coefficient, at most 63.
    pub(crate) last: usize,
    /// The bit position.
    pub(crate) low: u8,
}

impl Spectral {
    /// The bits of its coefficients.
    const fn places(self) -> u64 {
        (u64::MAX << self.first) & (u64::MAX >> (63 - self.last))
    }

    /// The place that libjpeg gives to coefficients behind the range, in damaged files.
    const fn behind(self) -> usize {
        if self.last < 63 { self.last + 1 } else { 63 }
    }
}

/// Reads a block in the first scan of a spectral range. `ends` counts the blocks still to come that
/// have nothing in it.
#[inline(always)]
pub(crate) fn ac_first<const N: usize>(
    reader: &mut BitReader<'_>,
    table: &CodeTable,
    spectral: Spectral,
    ends: &mut u32,
    block: &mut Lowest<N>,
) {
    if *ends > 0 {
        *ends -= 1;
        return;
    }
    let mut bits = *reader;
    let mut nonzero = block.nonzero();
    let mut k = spectral.first;
    while k <= spectral.last {
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
        let (place, value) = (k.min(63), low16(value << spectral.low));
        // In a damaged file the value may have been shifted out, or a second one come to the place.
        nonzero = nonzero & !(1 << place) | u64::from(value != 0) << place;
        if let Some(to) = block.value_mut(place) {
            *to = value;
        }
        k += 1;
    }
    block.set_nonzero(nonzero);
    *reader = bits;
}

/// The number of blocks, this one included, with nothing more in the range.
fn end_run(bits: &mut BitReader<'_>, exponent: usize) -> u32 {
    // The exponent is the run of a code, at most 14.
    (1 << exponent) + bits.take(u32::try_from(exponent).unwrap_or(0))
}

/// Refines a spectral range: coefficients that are not zero yet get one more bit, and new ones
/// appear.
///
/// ```text
/// until the range ends: code (run of zeros, 0 or a new coefficient of one bit)
///     the run counts zeros alone; each non-zero coefficient passed over takes one bit
/// ```
/// The bits of non-zero coefficients are gathered and handed out once, when the range ends: a loop
/// for every code would end where no branch predictor expects it. Bits of coefficients that are not
/// stored are counted and dropped.
#[inline(always)]
pub(crate) fn ac_refine<const N: usize>(
    reader: &mut BitReader<'_>,
    table: &CodeTable,
    spectral: Spectral,
    ends: &mut u32,
    block: &mut Lowest<N>,
) {
    let mut bits = *reader;
    let mut nonzero = block.nonzero();
    let old = nonzero & spectral.places();
    let mut left = spectral.places();
    let mut corrections = Corrections::default();
    while *ends == 0 && left != 0 {
        bits.refill();
        let (run, value) = match refinement(&mut bits, table) {
            Ok(new) => new,
            Err(exponent) => {
                *ends = end_run(&mut bits, exponent);
                break;
            }
        };
        let place = nth_one(left & !old, run);
        corrections.take::<N>(&mut bits, old & left & place.wrapping_sub(1));
        // No place left: a run beyond the range ends behind it.
        left &= !(place ^ place.wrapping_sub(1));
        if value != 0 {
            let k = if place == 0 { spectral.behind() } else { place.trailing_zeros() as usize };
            nonzero |= 1 << k;
            if let Some(to) = block.value_mut(k) {
                *to = value << spectral.low;
            }
        }
    }
    if *ends > 0 {
        bits.refill();
        corrections.take::<N>(&mut bits, old & left);
        *ends -= 1;
    }
    corrections.hand_out(old & Lowest::<N>::PLACES, spectral.low, block);
    block.set_nonzero(nonzero);
    *reader = bits;
}

/// Reads the next code of a refinement with the bit that belongs to it: a run of zeros, then a new
/// coefficient or (after 15 zeros) another zero. `Err` has the exponent of a run of blocks that end
/// here.
#[inline(always)]
fn refinement(bits: &mut BitReader<'_>, table: &CodeTable) -> Result<(usize, i16), usize> {
    let entry = next_entry(bits, table);
    let (run, value) = (entry.run(), low16(entry.value(bits.window())));
    if entry.size() == 1 {
        bits.skip(entry.length());
        return Ok((run, value));
    }
    bits.skip(entry.length() - entry.size());
    if entry.size() == 0 {
        return if run < 15 { Err(run) } else { Ok((run, 0)) };
    }
    bits.note_bad_code();
    Ok((run, if bits.take(1) == 1 { 1 } else { -1 }))
}

/// The 1 with `n` ones below it, alone; 0 if there are not that many.
///
/// Most runs are up to three long, and no predictor guesses them, so they are told apart without a
/// branch. PDEP does all in one instruction, and where it is fast a thumbnail took 5 to 7 % less.
/// But on some CPUs that have it, it takes hundreds of cycles.
#[inline(always)]
fn nth_one(mask: u64, n: usize) -> u64 {
    let one = without_lowest(mask);
    let two = without_lowest(one);
    let three = without_lowest(two);
    let found = if n > 3 {
        (3..n).fold(three, |mask, _| without_lowest(mask))
    } else {
        let low = select_unpredictable(n & 1 != 0, one, mask);
        let high = select_unpredictable(n & 1 != 0, three, two);
        select_unpredictable(n & 2 != 0, high, low)
    };
    found & found.wrapping_neg()
}

/// All ones but the lowest.
#[inline(always)]
const fn without_lowest(mask: u64) -> u64 {
    mask & mask.wrapping_sub(1)
}

/// Bits of non-zero coefficients, in their order.
#[derive(Default)]
struct Corrections {
    bits: u64,
    count: u32,
}

impl Corrections {
    /// Takes a bit for each coefficient of `passed` that is stored, and drops the bits of the
    /// others.
    #[inline(always)]
    fn take<const N: usize>(&mut self, bits: &mut BitReader<'_>, passed: u64) {
        let mut stored = (passed & Lowest::<N>::PLACES).count_ones();
        let mut all = passed.count_ones();
        // The bits that a refill leaves behind a code are enough, save when nearly all coefficients
        // are passed.
        if all > 32 {
            let now = stored.min(32);
            self.push(bits.window(), now);
            bits.skip(32);
            bits.refill();
            stored -= now;
            all -= 32;
        }
        // The stored ones come first.
        self.push(bits.window(), stored);
        bits.skip(all);
    }

    /// Gathers the top `count` bits of `window`, up to 32.
    #[inline(always)]
    const fn push(&mut self, window: u64, count: u32) {
        self.bits = self.bits << count | window >> 1 >> (63 - count);
        self.count += count;
    }

    /// Gives the coefficients of `nonzero` their bits, the first ones first.
    #[inline(always)]
    fn hand_out<const N: usize>(self, mut nonzero: u64, low: u8, block: &mut Lowest<N>) {
        if self.bits == 0 {
            return;
        }
        let mut rest = self.bits << ((64 - self.count) & 63);
        while rest != 0 && nonzero != 0 {
            if let Some(coefficient) = block.value_mut(nonzero.trailing_zeros() as usize) {
                // Without a branch on the bit, which no predictor guesses.
                let bit = i16::from(rest >> 63 != 0) << low & !*coefficient;
                let sign = *coefficient >> 15;
                *coefficient = coefficient.wrapping_add((bit ^ sign).wrapping_sub(sign));
            }
            nonzero &= nonzero - 1;
            rest <<= 1;
        }
    }
}
