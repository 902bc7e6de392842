//! The kinds of scans of a file that has several: what each does with a block.

use crate::decode::entropy::bits::Bits;
use crate::decode::entropy::coefficients::{Lowest, Store};
use crate::decode::entropy::huffman::Table;
use crate::decode::entropy::progressive::{self, Band};
use crate::decode::entropy::scan_reader::{At, Sink, State};
use crate::decode::entropy::sequential::decode_block;
use crate::decode::entropy::tables::{ComponentTables, Tables};
use crate::decode::header::segments::ScanSpec;
use crate::decode::many_scans::Kept;

/// What scans that begin with DC values need: they may have several components.
pub(crate) struct Common<'a> {
    pub(crate) spec: &'a ScanSpec,
    pub(crate) tables: &'a Tables,
    pub(crate) kept: &'a mut [Kept],
}

/// Blocks of a sequential scan.
pub(crate) struct Sequential<'a>(pub(crate) Common<'a>);

impl Sink for Sequential<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, state: &mut State, at: At) {
        let Common { spec, tables, kept } = &mut self.0;
        let component = &spec.components()[at.slot];
        let prediction = &mut state.predictions[at.slot & 3];
        let mut block = [0; 64];
        if let Some(ComponentTables { dc, ac, pairs: Some(pairs), .. }) = tables.of(component) {
            decode_block(bits, (dc, ac, pairs), prediction, &mut block);
        }
        kept[at.plane].coefficients.take(at.column, at.row, &block);
    }

    fn missing(&mut self, _: At) {}
}

/// The first scan of DC values.
pub(crate) struct DcFirst<'a>(pub(crate) Common<'a>);

impl Sink for DcFirst<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, state: &mut State, at: At) {
        let Common { spec, tables, kept } = &mut self.0;
        let prediction = &mut state.predictions[at.slot & 3];
        let Some(table) = tables.dc[spec.components()[at.slot].dc & 3].as_ref() else {
            return;
        };
        let value = progressive::dc_first(bits, table, prediction, spec.low);
        if let Some(to) = kept[at.plane].coefficients.dc_mut(at.column, at.row) {
            *to = value;
        }
    }

    fn missing(&mut self, _: At) {}
}

/// A refinement of DC values.
pub(crate) struct DcRefine<'a>(pub(crate) Common<'a>);

impl Sink for DcRefine<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, _: &mut State, at: At) {
        let Common { spec, kept, .. } = &mut self.0;
        let bit = progressive::dc_refine(bits, spec.low);
        if let Some(to) = kept[at.plane].coefficients.dc_mut(at.column, at.row) {
            *to |= bit;
        }
    }

    fn missing(&mut self, _: At) {}
}

/// A scan of AC coefficients, of one component.
pub(crate) struct Ac<'a, const N: usize> {
    pub(crate) table: &'a Table,
    pub(crate) band: Band,
    pub(crate) store: &'a mut Store<Lowest<N>>,
}

/// The first scan of a band.
pub(crate) struct AcFirst<'a, const N: usize>(pub(crate) Ac<'a, N>);

impl<const N: usize> Sink for AcFirst<'_, N> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, state: &mut State, at: At) {
        let Ac { table, band, store } = &mut self.0;
        if let Some(block) = store.get_mut(at.column, at.row) {
            progressive::ac_first(bits, table, *band, &mut state.ends, block);
        }
    }

    fn missing(&mut self, _: At) {}
}

/// A refinement of a band.
pub(crate) struct AcRefine<'a, const N: usize>(pub(crate) Ac<'a, N>);

impl<const N: usize> Sink for AcRefine<'_, N> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, state: &mut State, at: At) {
        let Ac { table, band, store } = &mut self.0;
        if let Some(block) = store.get_mut(at.column, at.row) {
            progressive::ac_refine(bits, table, *band, &mut state.ends, block);
        }
    }

    fn missing(&mut self, _: At) {}
}
