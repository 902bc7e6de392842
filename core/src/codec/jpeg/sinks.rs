//! The kinds of scans of a file that has several: what each does with a block.

use super::bits::Bits;
use super::coefficients::Coefficients;
use super::huffman::Table;
use super::progressive::{self, Band};
use super::scan::{At, Sink, State, Tables};
use super::scans::Kept;
use super::segments::ScanSpec;
use super::sequential::{Block, decode_block};
use crate::simd::Level;

/// What all kinds of scans need.
pub(super) struct Common<'a> {
    pub(super) spec: &'a ScanSpec,
    pub(super) tables: &'a Tables,
    pub(super) kept: &'a mut [Kept],
}

impl Common<'_> {
    /// The DC table of the component in a place of the scan.
    fn dc(&self, slot: usize) -> Option<&Table> {
        self.tables.dc[self.spec.components()[slot].dc & 3].as_ref()
    }

    /// Where the DC value of a block goes, if it is kept.
    fn dc_value(&mut self, at: At) -> Option<&mut i16> {
        match &mut self.kept[at.plane].coefficients {
            Coefficients::None => None,
            Coefficients::Dc(store) => store.get_mut(at.column, at.row),
            Coefficients::Blocks(store) => {
                store.get_mut(at.column, at.row).map(|block| &mut block[0])
            }
        }
    }
}

/// Blocks of a sequential scan.
pub(super) struct Sequential<'a>(pub(super) Common<'a>);

impl Sink for Sequential<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, state: &mut State, at: At) {
        let Common { spec, tables, kept } = &mut self.0;
        let component = &spec.components()[at.slot];
        let prediction = &mut state.predictions[at.slot & 3];
        let mut block = [0; 64];
        if let Some(tables) = tables.of(component) {
            decode_block(bits, &tables, prediction, &mut block);
        }
        match &mut kept[at.plane].coefficients {
            Coefficients::None => {}
            Coefficients::Dc(store) => {
                if let Some(to) = store.get_mut(at.column, at.row) {
                    *to = block[0];
                }
            }
            Coefficients::Blocks(store) => {
                if let Some(to) = store.get_mut(at.column, at.row) {
                    *to = block;
                }
            }
        }
    }

    fn missing(&mut self, _: At) {}
}

/// The first scan of DC values.
pub(super) struct DcFirst<'a>(pub(super) Common<'a>);

impl Sink for DcFirst<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, state: &mut State, at: At) {
        let low = self.0.spec.low;
        let prediction = &mut state.predictions[at.slot & 3];
        let Some(table) = self.0.dc(at.slot) else {
            return;
        };
        let value = progressive::dc_first(bits, table, prediction, low);
        if let Some(to) = self.0.dc_value(at) {
            *to = value;
        }
    }

    fn missing(&mut self, _: At) {}
}

/// A refinement of DC values.
pub(super) struct DcRefine<'a>(pub(super) Common<'a>);

impl Sink for DcRefine<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, _: &mut State, at: At) {
        let bit = progressive::dc_refine(bits, self.0.spec.low);
        if let Some(to) = self.0.dc_value(at) {
            *to |= bit;
        }
    }

    fn missing(&mut self, _: At) {}
}

impl Common<'_> {
    /// The table, band and block of a scan of AC coefficients.
    fn ac_block(&mut self, at: At) -> Option<(&Table, Band, &mut Block)> {
        let table = self.tables.ac[self.spec.components()[at.slot].ac & 3].as_ref()?;
        let (first, last) = self.spec.band;
        match &mut self.kept[at.plane].coefficients {
            Coefficients::Blocks(store) => {
                let block = store.get_mut(at.column, at.row)?;
                Some((table, Band { first, last, low: self.spec.low }, block))
            }
            Coefficients::Dc(_) | Coefficients::None => None,
        }
    }
}

/// The first scan of a band.
pub(super) struct AcFirst<'a>(pub(super) Common<'a>);

impl Sink for AcFirst<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, state: &mut State, at: At) {
        if let Some((table, band, block)) = self.0.ac_block(at) {
            progressive::ac_first(bits, table, band, &mut state.ends, block);
        }
    }

    fn missing(&mut self, _: At) {}
}

/// A refinement of a band.
pub(super) struct AcRefine<'a>(pub(super) Common<'a>, pub(super) Level);

impl Sink for AcRefine<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, state: &mut State, at: At) {
        let level = self.1;
        if let Some((table, band, block)) = self.0.ac_block(at) {
            progressive::ac_refine(level, bits, table, band, &mut state.ends, block);
        }
    }

    fn missing(&mut self, _: At) {}
}
