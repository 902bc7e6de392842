//! Two coefficients in one look-up.
//!
//! The place of a code is known only once the code before it has been looked up. Waiting for that
//! is most of the cost of reading coefficients, so a look-up gives as much as its bits hold.

use crate::decode::block::low16;
use crate::decode::entropy::huffman::CodeTable;
use crate::error::Error;
use crate::reserve::filled_array;

/// Bits of a look-up. With 11 the tables of luma and chroma stay in the first-level cache together
/// with a row of samples; 10 and 12 measured slower.
const PAIR_BITS: u32 = 11;

/// The answer of a look-up of up to two coefficients. Packed, from the lowest bit: 6 bits of
/// length, 2 of end, 8 of advance, from bit 16 on 8 for the places of both coefficients each, from
/// bit 32 on 16 for their values each. The length comes first and has 6 bits because a shift needs
/// no mask then.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair(u64);

impl Pair {
    /// The first coefficient does not fit the look-up: advances beyond every block.
    const UNKNOWN: Self = Self(127 << 8);

    /// Bits to drop.
    #[inline(always)]
    pub(crate) const fn length(self) -> u32 {
        (self.0 & 63) as u32
    }

    /// Tells whether the last code is the end of the block.
    #[inline(always)]
    pub(crate) const fn is_end(self) -> bool {
        self.0 & 64 != 0
    }

    /// Places passed over, the coefficients' own included.
    #[inline(always)]
    pub(crate) const fn advance(self) -> usize {
        (self.0 >> 8 & 0xFF) as usize
    }

    /// Places passed over before each coefficient.
    #[inline(always)]
    pub(crate) const fn places(self) -> [usize; 2] {
        [(self.0 >> 16 & 0xFF) as usize, (self.0 >> 24 & 0xFF) as usize]
    }

    /// The values of the coefficients.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "16 bits each")]
    pub(crate) const fn values(self) -> [i16; 2] {
        [(self.0 >> 32) as i16, (self.0 >> 48) as i16]
    }
}

/// A table for reading the AC coefficients of sequential blocks two at a time.
pub(crate) struct PairTable {
    pairs: Box<[Pair; 1 << PAIR_BITS]>,
}

impl PairTable {
    /// Bytes on the heap.
    pub(crate) const HEAP: usize = size_of::<[Pair; 1 << PAIR_BITS]>();

    /// Builds the table.
    pub(crate) fn new(table: &CodeTable) -> Result<Self, Error> {
        let mut pairs: Box<[Pair; _]> = filled_array(Pair(0))?;
        for (window, pair) in (0u32..).zip(pairs.iter_mut()) {
            *pair = pair_of(table, window);
        }
        Ok(Self { pairs })
    }

    /// Looks up the top bits of `window`.
    #[inline(always)]
    pub(crate) fn look_up(&self, window: u64) -> Pair {
        self.pairs[(window >> (64 - PAIR_BITS)) as usize]
    }
}

/// Up to two whole coefficients that a window holds, and the end of the block behind them.
fn pair_of(table: &CodeTable, window: u32) -> Pair {
    let window = u64::from(window) << (64 - PAIR_BITS);
    let (mut used, mut advance, mut end, mut count) = (0, 0, false, 0);
    let (mut places, mut values) = ([0; 2], [0; 2]);
    while !end {
        let rest = window << used;
        let entry = table.look_up(rest);
        if entry.length() == 0 || used + entry.length() > PAIR_BITS {
            break;
        }
        if entry.is_coefficient() {
            if count == 2 {
                break;
            }
            places[count] = advance + entry.run() as u64;
            values[count] = u64::from(low16(entry.value(rest)).cast_unsigned());
            count += 1;
        }
        end = !entry.is_coefficient() && entry.run() != 15;
        used += entry.length();
        advance += if end { 0 } else { entry.run() as u64 + 1 };
    }
    if used == 0 {
        return Pair::UNKNOWN;
    }
    // A missing coefficient writes a 0 to a place where nothing is yet.
    places[count..].fill(advance);
    Pair(
        values[1] << 48
            | values[0] << 32
            | places[1] << 24
            | places[0] << 16
            | advance << 8
            | u64::from(end) << 6
            | u64::from(used),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard;

    /// Every window, read a code at a time with the rules of T.81.
    #[test]
    fn a_look_up_gives_what_its_bits_hold() {
        for (index, spec) in standard::AC.iter().enumerate() {
            let table = CodeTable::new(spec, false).unwrap();
            let pairs = PairTable::new(&table).unwrap();
            for bits in 0..1u64 << PAIR_BITS {
                let window = bits << (64 - PAIR_BITS);
                let pair = pairs.look_up(window);
                let mut found = [0; 256];
                let [first, second] = pair.places();
                let [value, second_value] = pair.values();
                found[second] = second_value;
                found[first] = value;
                let mut expected = [0; 256];
                let (mut used, mut place, mut ended) = (0, 0, false);
                while used < pair.length() {
                    assert!(!ended, "table {index}, {bits:b}: codes behind the end of a block");
                    let entry = table.look_up(window << used);
                    if entry.is_coefficient() {
                        expected[place + entry.run()] = low16(entry.value(window << used));
                    }
                    ended = !entry.is_coefficient() && entry.run() < 15;
                    place += if ended { 0 } else { entry.run() + 1 };
                    used += entry.length();
                }
                assert_eq!((used, ended), (pair.length(), pair.is_end()), "{index}, {bits:b}");
                assert_eq!(found, expected, "table {index}, {bits:b}");
                match used {
                    0 => assert!(pair.advance() > 63, "table {index}, {bits:b}"),
                    _ => assert_eq!(pair.advance(), place, "table {index}, {bits:b}"),
                }
            }
        }
    }
}
