//! Blocks of sequential scans: DC difference and all AC coefficients.

use crate::decode::block::{Block, low16};
use crate::decode::entropy::bit_reader::BitReader;
use crate::decode::entropy::huffman::{CodeTable, Entry};
use crate::decode::entropy::pairs::PairTable;
use crate::decode::entropy::skips::SkipTable;
use crate::zigzag::PADDED_ZIGZAG;

/// Looks up the next code, of any length.
#[inline(always)]
pub(crate) fn next_entry(bits: &mut BitReader<'_>, table: &CodeTable) -> Entry {
    let entry = table.look_up(bits.window());
    if entry.length() == 0 { long_entry(bits, table) } else { entry }
}

/// A code longer than a look-up; no code at all counts as symbol 0.
#[inline(always)]
fn long_entry(bits: &mut BitReader<'_>, table: &CodeTable) -> Entry {
    table.look_up_long(bits.window()).unwrap_or_else(|| {
        bits.note_bad_code();
        Entry::INVALID
    })
}

/// Reads a DC difference.
#[inline(always)]
pub(crate) fn dc_difference(bits: &mut BitReader<'_>, table: &CodeTable) -> i32 {
    bits.refill();
    let entry = next_entry(bits, table);
    let value = entry.value(bits.window());
    bits.skip(entry.length());
    value
}

/// Decodes a block into `block`, which is all zeros, in rows of eight. `prediction` is the DC value
/// of the block before. Returns the zigzag place that no coefficient lies beyond.
#[inline(always)]
pub(crate) fn decode_block(
    reader: &mut BitReader<'_>,
    (dc, ac, pairs): (&CodeTable, &CodeTable, &PairTable),
    prediction: &mut i32,
    block: &mut Block,
) -> usize {
    let mut bits = *reader;
    *prediction = prediction.wrapping_add(dc_difference(&mut bits, dc));
    block[0] = low16(*prediction);
    let (behind, _) = decode_ac(&mut bits, (ac, pairs), block, 64);
    *reader = bits;
    (behind - 1).min(63)
}

/// Decodes the coefficients at places below `count` (others may be stored too), and passes over the
/// rest. Else like [`decode_block`].
#[inline(always)]
pub(crate) fn decode_lowest(
    reader: &mut BitReader<'_>,
    (dc, ac, pairs): (&CodeTable, &CodeTable, &PairTable),
    skips: &SkipTable,
    prediction: &mut i32,
    block: &mut Block,
    count: usize,
) -> usize {
    let mut bits = *reader;
    *prediction = prediction.wrapping_add(dc_difference(&mut bits, dc));
    block[0] = low16(*prediction);
    let (behind, ended) = decode_ac(&mut bits, (ac, pairs), block, count);
    if !ended {
        skip_ac(&mut bits, ac, skips, behind);
    }
    *reader = bits;
    (behind - 1).min(63)
}

/// Stores AC coefficients up to place `count` or beyond. Gives the place behind the last, and
/// whether the block ended with it.
///
/// ```text
/// until the end of the block: refill; up to four times:
///     look up a pair: store both coefficients, or
///     one does not fit, or the 64th place is near: refill; one code, its extra bits
/// ```
#[inline(always)]
fn decode_ac(
    bits: &mut BitReader<'_>,
    (ac, pairs): (&CodeTable, &PairTable),
    block: &mut Block,
    count: usize,
) -> (usize, bool) {
    let mut k = 1;
    'more: while k < count {
        bits.refill();
        // A refill lasts for four look-ups of 11 bits.
        for _ in 0..4 {
            let pair = pairs.look_up(bits.window());
            let next = k + pair.advance();
            if next > 63 {
                // The end is near, or a code is long: one coefficient alone.
                bits.refill();
                let entry = next_entry(bits, ac);
                let value = entry.value(bits.window());
                bits.skip(entry.length());
                k += entry.run();
                if entry.is_coefficient() {
                    block[usize::from(PADDED_ZIGZAG[k & 127] & 63)] = low16(value);
                } else if entry.run() != 15 {
                    return (k - entry.run(), true);
                }
                k += 1;
                continue 'more;
            }
            // The second goes first: if there is none, its 0 goes where nothing is yet.
            let ([first, second], [value, second_value]) = (pair.places(), pair.values());
            block[usize::from(PADDED_ZIGZAG[(k + second) & 127] & 63)] = second_value;
            block[usize::from(PADDED_ZIGZAG[(k + first) & 127] & 63)] = value;
            k = next;
            bits.skip(pair.length());
            if pair.is_end() {
                return (k, true);
            }
        }
    }
    (k, false)
}

/// Passes over a block; only its DC difference is applied to `prediction`.
#[inline(always)]
pub(crate) fn skip_block(
    reader: &mut BitReader<'_>,
    (dc, ac, skips): (&CodeTable, &CodeTable, &SkipTable),
    prediction: &mut i32,
) {
    let mut bits = *reader;
    *prediction = prediction.wrapping_add(dc_difference(&mut bits, dc));
    skip_ac(&mut bits, ac, skips, 1);
    *reader = bits;
}

/// Passes over the AC coefficients from place `k` on.
#[inline(always)]
fn skip_ac(bits: &mut BitReader<'_>, ac: &CodeTable, skips: &SkipTable, mut k: usize) {
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
                bits.skip(entry.length());
                if !entry.is_coefficient() && entry.run() != 15 {
                    break 'block;
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
