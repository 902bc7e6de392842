//! Macroblocks as compact records, and records as bits.
//!
//! A record is a byte of modes, the modes of the 16 blocks where they have their own, a mask of
//! blocks that have levels, and for each of these the number of levels and the levels, a byte each
//! (-128 announces two bytes). That is less than the binary decisions would take, and the contexts
//! come again as the records are read.

use std::sync::{Mutex, PoisonError};

use crate::bool_writer::{BoolBytes, BoolWriter, Interval};
use crate::error::Error;
use crate::probabilities::{END, TokenCounts, category, kind};
use crate::reserve::{reserve, shrink};
use crate::tables::default_probabilities::TokenProbabilities;
use crate::tables::format::{BANDS, CATEGORY_BASES, CATEGORY_BITS};

/// Which blocks of a macroblock have levels, as their neighbours below and to the right see it:
/// bits 0 to 3 luma, 4 and 5 the first plane of chroma, 6 and 7 the second, 8 the DC of luma.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct NonzeroEdge(pub(crate) u16);

/// The place of the DC of luma in masks of blocks: after 16 of luma and 8 of chroma.
pub(crate) const LUMA_DC_BLOCK: usize = 24;

impl NonzeroEdge {
    /// 1 where the block has levels.
    pub(crate) fn get(self, at: usize) -> usize {
        usize::from(self.0 >> at & 1)
    }

    /// Sets whether the block has levels.
    fn set(&mut self, at: usize, nonzero: bool) {
        self.0 = self.0 & !(1 << at) | u16::from(nonzero) << at;
    }

    /// Forgets all blocks of a macroblock without levels; the DC of luma only where it has one.
    fn clear(&mut self, has_luma_dc: bool) {
        self.0 = if has_luma_dc { 0 } else { self.0 & 1 << 8 };
    }
}

/// A block of a macroblock and its places among the edges.
#[derive(Debug, Clone, Copy)]
struct BlockPlace {
    block: usize,
    kind: usize,
    top: usize,
    left: usize,
}

/// The blocks of a macroblock in the order of coding: its DC of luma, if there is any, its luma,
/// whose blocks are of a kind, and its chroma.
const fn places<const COUNT: usize>(luma_kind: usize) -> [BlockPlace; COUNT] {
    let dc = BlockPlace { block: LUMA_DC_BLOCK, kind: kind::LUMA_DC, top: 8, left: 8 };
    let mut places = [dc; COUNT];
    let mut block = 0;
    while block < 24 {
        let chroma = block % 8;
        places[COUNT - 24 + block] = if block < 16 {
            BlockPlace { block, kind: luma_kind, top: block % 4, left: block / 4 }
        } else {
            BlockPlace {
                block,
                kind: kind::CHROMA,
                top: 4 + chroma / 4 * 2 + chroma % 2,
                left: 4 + chroma / 4 * 2 + chroma % 4 / 2,
            }
        };
        block += 1;
    }
    places
}

/// The blocks of a macroblock with a DC of luma.
static WITH_DC: [BlockPlace; 25] = places(kind::LUMA_WITHOUT_DC);
/// The blocks of a macroblock whose blocks have modes of their own.
static WITHOUT_DC: [BlockPlace; 24] = places(kind::LUMA);

/// The blocks of a macroblock.
fn blocks(has_luma_dc: bool) -> &'static [BlockPlace] {
    if has_luma_dc { &WITH_DC } else { &WITHOUT_DC }
}

/// The modes of a macroblock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Modes {
    /// 0 to 3.
    pub(crate) segment: u8,
    /// The mode of the macroblock, or `None` where each block has its own.
    pub(crate) luma: Option<u8>,
    /// The modes of the blocks; without meaning where the macroblock has one.
    pub(crate) blocks: [u8; 16],
    /// The mode of chroma.
    pub(crate) chroma: u8,
}

/// The levels of a macroblock in the order of coding: 16 blocks of luma, 8 of chroma, and the DC
/// of luma.
pub(crate) type Levels = [[i16; 16]; 25];

/// The records of a row of macroblocks.
#[derive(Debug)]
pub(crate) struct RowRecords {
    modes: Vec<u8>,
    /// The tokens, until they are written.
    tokens: Mutex<Vec<u8>>,
    /// The blocks above that have levels, by macroblock, so that a row can be written by itself.
    above: Vec<NonzeroEdge>,
    /// Macroblocks without levels, and with some.
    pub(crate) skipped: [u64; 2],
    /// Macroblocks of each segment.
    pub(crate) segments: [u64; 4],
}

/// The most bytes of a record's modes, and of its tokens.
const MOST_BYTES: [usize; 2] = [1 + 8, 4 + 25 * (1 + 16 * 3)];

/// Bit of a record's first byte: blocks have modes of their own.
const OWN_MODES: u8 = 1 << 6;
/// Bit of a record's first byte: there are no levels.
const SKIPPED: u8 = 1 << 7;

impl RowRecords {
    /// No records.
    pub(crate) fn new() -> Self {
        let (modes, tokens, above) = (Vec::new(), Vec::new(), Vec::new());
        Self { modes, tokens: Mutex::new(tokens), above, skipped: [0; 2], segments: [0; 4] }
    }

    /// Adds a macroblock whose blocks with levels are those of `nonzero`, and counts its tokens.
    /// `edges` are above and to the left. Gives back whether there are no levels.
    ///
    /// # Errors
    /// `Memory`.
    pub(crate) fn push(
        &mut self,
        modes: &Modes,
        levels: &Levels,
        nonzero: u32,
        [top, left]: [&mut NonzeroEdge; 2],
        counts: &mut TokenCounts,
    ) -> Result<bool, Error> {
        reserve(&mut self.modes, MOST_BYTES[0])?;
        let tokens = self.tokens.get_mut().unwrap_or_else(PoisonError::into_inner);
        reserve(tokens, MOST_BYTES[1])?;
        reserve(&mut self.above, 1)?;
        let skip = nonzero == 0;
        self.skipped[usize::from(!skip)] += 1;
        self.segments[usize::from(modes.segment)] += 1;
        self.above.push(*top);
        let mut first = modes.segment | modes.chroma << 2 | modes.luma.unwrap_or(0) << 4;
        first |= if modes.luma.is_none() { OWN_MODES } else { 0 };
        first |= if skip { SKIPPED } else { 0 };
        self.modes.push(first);
        if modes.luma.is_none() {
            let pairs = modes.blocks.as_chunks::<2>().0;
            self.modes.extend(pairs.iter().map(|pair| pair[0] | pair[1] << 4));
        }
        if skip {
            top.clear(modes.luma.is_some());
            left.clear(modes.luma.is_some());
            return Ok(true);
        }
        tokens.extend_from_slice(&nonzero.to_le_bytes());
        for place in blocks(modes.luma.is_some()) {
            let context = top.get(place.top) + left.get(place.left);
            let has_levels = nonzero >> place.block & 1 == 1;
            top.set(place.top, has_levels);
            left.set(place.left, has_levels);
            let counts = &mut counts.0[place.kind];
            if has_levels {
                push_block(tokens, place.kind, context, &levels[place.block], counts);
            } else {
                let band = BANDS[usize::from(place.kind == kind::LUMA_WITHOUT_DC)];
                counts[band][context][END] += 1;
            }
        }
        Ok(false)
    }

    /// Gives back room that is not used.
    pub(crate) fn shrink(&mut self) {
        shrink(&mut self.modes);
        shrink(self.tokens.get_mut().unwrap_or_else(PoisonError::into_inner));
    }

    /// Bytes of the tokens that are not written yet.
    pub(crate) fn token_bytes(&self) -> usize {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Reads the modes of the macroblocks, and whether each has no levels.
    pub(crate) fn modes(&self) -> impl Iterator<Item = (Modes, bool)> {
        let mut reader = RecordReader(&self.modes);
        std::iter::from_fn(move || {
            let first = *reader.0.first()?;
            reader.0 = &reader.0[1..];
            let own = first & OWN_MODES != 0;
            let mut blocks = [0; 16];
            if own {
                for pair in blocks.as_chunks_mut::<2>().0 {
                    let byte = reader.byte();
                    *pair = [byte & 15, byte >> 4];
                }
            }
            let luma = (!own).then_some(first >> 4 & 3);
            let modes = Modes { segment: first & 3, luma, blocks, chroma: first >> 2 & 3 };
            Some((modes, first & SKIPPED != 0))
        })
    }

    /// Writes the tokens of the row, and gives back the memory of their records.
    #[inline(always)]
    pub(crate) fn write_tokens(&self, probabilities: &TokenProbabilities, out: &mut BoolWriter) {
        let BoolWriter { interval, bytes } = out;
        let mut writer = TokenWriter { interval: *interval, bytes };
        let tokens =
            std::mem::take(&mut *self.tokens.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut modes, mut tokens) = (&self.modes[..], RecordReader(&tokens));
        let mut left = NonzeroEdge::default();
        for &above in &self.above {
            let Some((&first, rest)) = modes.split_first() else { break };
            let own_modes = first & OWN_MODES != 0;
            modes = if own_modes { rest.get(8..).unwrap_or(&[]) } else { rest };
            if first & SKIPPED != 0 {
                left.clear(!own_modes);
            } else {
                writer.macroblock(&mut tokens, !own_modes, probabilities, above, &mut left);
            }
        }
        *interval = writer.interval;
    }
}

/// Adds the levels of a block that has some.
fn push_block(
    tokens: &mut Vec<u8>,
    kind: usize,
    context: usize,
    levels: &[i16; 16],
    counts: &mut [[[u32; 12]; 4]; 8],
) {
    let first = usize::from(kind == kind::LUMA_WITHOUT_DC);
    let end = levels.iter().rposition(|&level| level != 0).map_or(first, |last| last + 1);
    let mut context = context;
    tokens.push(u8::try_from(end).unwrap_or(16));
    for (at, &level) in levels.iter().enumerate().take(end).skip(first) {
        let magnitude = level.unsigned_abs();
        let token = if magnitude < 5 { usize::from(magnitude) } else { 5 + category(magnitude) };
        counts[BANDS[at]][context][token + 1] += 1;
        context = if magnitude == 0 { 3 } else { usize::from(magnitude.min(2)) };
        match i8::try_from(level) {
            Ok(byte) if byte != i8::MIN => tokens.push(byte.cast_unsigned()),
            _ => {
                tokens.push(i8::MIN.cast_unsigned());
                tokens.extend_from_slice(&level.to_le_bytes());
            }
        }
    }
    if end < 16 {
        counts[BANDS[end]][context][END] += 1;
    }
}

/// Reads records.
struct RecordReader<'a>(&'a [u8]);

impl RecordReader<'_> {
    #[inline(always)]
    fn byte(&mut self) -> u8 {
        let (&byte, rest) = self.0.split_first().expect("a record is whole");
        self.0 = rest;
        byte
    }
}

/// Writes tokens.
struct TokenWriter<'a> {
    interval: Interval,
    bytes: &'a mut BoolBytes,
}

impl TokenWriter<'_> {
    #[inline(always)]
    fn put(&mut self, bit: bool, probability: u8) {
        self.interval.put(bit, probability, self.bytes);
    }

    /// Writes the tokens of a macroblock.
    #[inline(always)]
    fn macroblock(
        &mut self,
        records: &mut RecordReader<'_>,
        has_luma_dc: bool,
        probabilities: &TokenProbabilities,
        mut top: NonzeroEdge,
        left: &mut NonzeroEdge,
    ) {
        let nonzero = u32::from_le_bytes(std::array::from_fn(|_| records.byte()));
        for place in blocks(has_luma_dc) {
            let context = top.get(place.top) + left.get(place.left);
            let has_levels = nonzero >> place.block & 1 == 1;
            top.set(place.top, has_levels);
            left.set(place.left, has_levels);
            let probabilities = &probabilities[place.kind];
            let first = usize::from(place.kind == kind::LUMA_WITHOUT_DC);
            let p = &probabilities[BANDS[first]][context];
            self.put(has_levels, p[0]);
            if has_levels {
                self.block(records, first, p, probabilities);
            }
        }
    }

    /// Writes the tokens of a block that has levels, but for the flag that it does.
    #[inline(always)]
    fn block<'p>(
        &mut self,
        records: &mut RecordReader<'_>,
        first: usize,
        mut p: &'p [u8; 11],
        probabilities: &'p [[[u8; 11]; 3]; 8],
    ) {
        let end = usize::from(records.byte());
        let mut flag_is_coded = false;
        for at in first..end {
            let mut level = i16::from(records.byte().cast_signed());
            if level == i16::from(i8::MIN) {
                level = i16::from_le_bytes([records.byte(), records.byte()]);
            }
            if flag_is_coded {
                self.put(true, p[0]);
            }
            let magnitude = level.unsigned_abs();
            self.level(magnitude, p);
            if level != 0 {
                self.put(level < 0, 128);
            }
            flag_is_coded = level != 0;
            if at < 15 {
                p = &probabilities[BANDS[at + 1]][usize::from(magnitude.min(2))];
            }
        }
        if end < 16 {
            self.put(false, p[0]);
        }
    }

    /// Writes the token of a level and its extra bits: RFC 6386, section 13.2.
    #[inline(always)]
    fn level(&mut self, level: u16, p: &[u8; 11]) {
        self.put(level != 0, p[1]);
        if level == 0 {
            return;
        }
        self.put(level > 1, p[2]);
        if level == 1 {
            return;
        }
        self.put(level > 4, p[3]);
        if level <= 4 {
            self.put(level > 2, p[4]);
            if level > 2 {
                self.put(level > 3, p[5]);
            }
        } else {
            self.large_level(level, p);
        }
    }

    /// Writes the rest of the token of a level of 5 or more.
    #[inline(always)]
    fn large_level(&mut self, level: u16, p: &[u8; 11]) {
        let category = category(level);
        let (high, odd) = (category >= 4, category % 2 == 1);
        self.put(category > 1, p[6]);
        if category > 1 {
            self.put(high, p[8]);
            self.put(odd, p[if high { 10 } else { 9 }]);
        } else {
            self.put(odd, p[7]);
        }
        let rest = level - CATEGORY_BASES[category];
        let extra = CATEGORY_BITS[category];
        for (at, &probability) in extra.iter().enumerate() {
            self.put(rest >> (extra.len() - 1 - at) & 1 == 1, probability);
        }
    }
}
