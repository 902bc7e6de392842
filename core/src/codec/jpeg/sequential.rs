//! Blocks of sequential scans: DC difference and all AC coefficients.

use super::bits::Bits;
use super::huffman::{Entry, SkipTable, Table, extend};

/// 64 coefficients of a block.
pub(super) type Block = [i16; 64];

/// The place in rows of eight of each coefficient in zigzag order. Damaged files run past the 64th; as
/// in libjpeg, what they have there lands on the last place.
#[allow(clippy::cast_possible_truncation, reason = "places are below 64")]
pub(super) const NATURAL: [u8; 128] = {
    let mut order = [63; 128];
    let (mut place, mut sum) = (0, 0);
    while sum < 15 {
        let mut step = 0;
        while step <= sum {
            // Odd diagonals run down to the left, even ones up to the right.
            let (row, column) = if sum % 2 == 1 { (step, sum - step) } else { (sum - step, step) };
            if row < 8 && column < 8 {
                order[place] = (row * 8 + column) as u8;
                place += 1;
            }
            step += 1;
        }
        sum += 1;
    }
    order
};

/// The lower 16 bits: coefficients of damaged files wrap, as in libjpeg.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "wrapping is what is meant")]
pub(super) const fn low16(value: i32) -> i16 {
    value as i16
}

/// Looks up the next code whatever its length and drops what the entry covers.
#[inline(always)]
pub(super) fn next_entry(bits: &mut Bits<'_>, table: &Table) -> Entry {
    let mut entry = table.look_up(bits.window());
    if entry.length() == 0 {
        entry = long_entry(bits, table);
    }
    bits.skip(entry.length());
    entry
}

/// Looks up the next code and drops it alone; gives its run and size.
#[inline(always)]
pub(super) fn next_code(bits: &mut Bits<'_>, table: &Table) -> (usize, u32) {
    let mut entry = table.look_up(bits.window());
    if entry.length() == 0 {
        entry = long_entry(bits, table);
    }
    let extra = if entry.is_whole() { entry.size() } else { 0 };
    bits.skip(entry.length() - extra);
    (entry.run(), entry.size())
}

/// A code longer than a look-up; no code at all counts as symbol 0.
#[cold]
fn long_entry(bits: &mut Bits<'_>, table: &Table) -> Entry {
    table.look_up_long(bits.window()).unwrap_or_else(|| {
        bits.note_bad_code();
        Entry::INVALID
    })
}

/// Reads a DC difference, without a branch on its size.
#[inline(always)]
pub(super) fn dc_difference(bits: &mut Bits<'_>, table: &Table) -> i32 {
    bits.refill();
    let entry = next_entry(bits, table);
    let negative = (!bits.window() >> 63) as u32;
    let size = entry.size();
    let extra = bits.take(size);
    extra.wrapping_sub(((1 << size) - 1) * negative).cast_signed()
}

/// Decodes a block into `block` (in rows of eight, all 0 before). `prediction` is the DC value of the
/// block before. Returns the zigzag place that no coefficient lies beyond.
pub(super) fn decode_block(
    reader: &mut Bits<'_>,
    dc: &Table,
    ac: &Table,
    prediction: &mut i32,
    block: &mut Block,
) -> usize {
    let mut bits = *reader;
    *prediction = prediction.wrapping_add(dc_difference(&mut bits, dc));
    block[0] = low16(*prediction);
    let (behind, _) = decode_ac(&mut bits, ac, block, 64);
    *reader = bits;
    (behind - 1).min(63)
}

/// The same for the coefficients at places below `count` (others may be stored too), and passes over the rest.
pub(super) fn decode_lowest(
    reader: &mut Bits<'_>,
    (dc, ac, skips): (&Table, &Table, &SkipTable),
    prediction: &mut i32,
    block: &mut Block,
    count: usize,
) -> usize {
    let mut bits = *reader;
    *prediction = prediction.wrapping_add(dc_difference(&mut bits, dc));
    block[0] = low16(*prediction);
    let (behind, ended) = decode_ac(&mut bits, ac, block, count);
    if !ended {
        skip_ac(&mut bits, ac, skips, behind);
    }
    *reader = bits;
    (behind - 1).min(63)
}

/// Stores AC coefficients up to place `count` or beyond; gives the place behind the last, and whether the block
/// ended with it.
///
/// ```text
/// until the end of the block: refill; look up
///     up to twice: while the entry is whole (run, value): store it, look up the next
///     else: code, extra bits
/// ```
/// A refill lasts for two whole entries of 10 bits and a code with extra bits of 31.
#[inline(always)]
fn decode_ac(bits: &mut Bits<'_>, ac: &Table, block: &mut Block, count: usize) -> (usize, bool) {
    let mut k = 1;
    while k < count {
        bits.refill();
        let mut entry = ac.look_up(bits.window());
        if entry.is_whole() {
            k = store(bits, block, k, entry);
            if k >= count {
                break;
            }
            entry = ac.look_up(bits.window());
            if entry.is_whole() {
                k = store(bits, block, k, entry);
                if k >= count {
                    break;
                }
                entry = ac.look_up(bits.window());
            }
        }
        if entry.is_whole() {
            k = store(bits, block, k, entry);
            continue;
        }
        if entry.length() == 0 {
            entry = long_entry(bits, ac);
        }
        bits.skip(entry.length());
        let size = entry.size();
        if size == 0 {
            if entry.run() != 15 {
                return (k, true);
            }
            k += 16;
            continue;
        }
        k += entry.run();
        let value = extend(bits.take(size), size);
        block[usize::from(NATURAL[k & 127] & 63)] = low16(value);
        k += 1;
    }
    (k, false)
}

/// Stores a whole coefficient and drops its bits; gives the place behind it.
#[inline(always)]
fn store(bits: &mut Bits<'_>, block: &mut Block, k: usize, entry: Entry) -> usize {
    bits.skip(entry.length());
    let k = k + entry.run();
    block[usize::from(NATURAL[k & 127] & 63)] = entry.value();
    k + 1
}

/// Passes over a block; only its DC difference is applied to `prediction`.
pub(super) fn skip_block(
    reader: &mut Bits<'_>,
    dc: &Table,
    ac: &Table,
    skips: &SkipTable,
    prediction: &mut i32,
) {
    let mut bits = *reader;
    *prediction = prediction.wrapping_add(dc_difference(&mut bits, dc));
    skip_ac(&mut bits, ac, skips, 1);
    *reader = bits;
}

/// Passes over the AC coefficients from place `k` on.
#[inline(always)]
fn skip_ac(bits: &mut Bits<'_>, ac: &Table, skips: &SkipTable, mut k: usize) {
    'block: while k < 64 {
        bits.refill();
        // A refill lasts for four look-ups.
        for _ in 0..4 {
            let skip = skips.look_up(bits.window());
            let next = k + skip.advance();
            if next > 63 {
                // The end is near, or a code is long: one coefficient alone.
                bits.refill();
                let entry = next_entry(bits, ac);
                if !entry.is_whole() {
                    if entry.size() == 0 && entry.run() != 15 {
                        break 'block;
                    }
                    bits.skip(entry.size());
                }
                k += entry.run() + 1;
                continue 'block;
            }
            k = next;
            bits.skip(skip.length());
            if skip.is_end() {
                break 'block;
            }
        }
    }
}
