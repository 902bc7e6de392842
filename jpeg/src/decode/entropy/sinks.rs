//! Takes the blocks of a file of several scans, by the kind of the scan.

use crate::decode::entropy::bit_reader::BitReader;
use crate::decode::entropy::coefficients::{Coefficients, Lowest, Store};
use crate::decode::entropy::huffman::CodeTable;
use crate::decode::entropy::progressive::{self, Spectral};
use crate::decode::entropy::scan_reader::{At, ScanSink, ScanState};
use crate::decode::entropy::sequential::decode_block;
use crate::decode::entropy::tables::{ComponentTables, Tables};
use crate::decode::header::scan_header::ScanHeader;

/// The state of a scan with its tables. Scans that begin with DC values may have several
/// components.
pub(crate) struct Common<'a> {
    pub(crate) spec: &'a ScanHeader,
    pub(crate) tables: &'a Tables,
    pub(crate) coefficients: &'a mut [Coefficients],
}

/// Blocks of a sequential scan.
pub(crate) struct Sequential<'a>(pub(crate) Common<'a>);

impl ScanSink for Sequential<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut BitReader<'_>, state: &mut ScanState, at: At) {
        let Common { spec, tables, coefficients } = &mut self.0;
        let component = &spec.components()[at.slot];
        let prediction = &mut state.predictions[at.slot & 3];
        let mut block = [0; 64];
        if let Some(ComponentTables { dc, ac, pairs: Some(pairs), .. }) = tables.of(component) {
            decode_block(bits, (dc, ac, pairs), prediction, &mut block);
        }
        coefficients[at.plane].store.take(at.column, at.row, &block);
    }

    fn missing(&mut self, _: At) {}
}

/// The first scan of DC values.
pub(crate) struct DcFirst<'a>(pub(crate) Common<'a>);

impl ScanSink for DcFirst<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut BitReader<'_>, state: &mut ScanState, at: At) {
        let Common { spec, tables, coefficients } = &mut self.0;
        let prediction = &mut state.predictions[at.slot & 3];
        let Some(table) = tables.dc[spec.components()[at.slot].dc & 3].as_ref() else {
            return;
        };
        let value = progressive::dc_first(bits, table, prediction, spec.low);
        if let Some(to) = coefficients[at.plane].store.dc_mut(at.column, at.row) {
            *to = value;
        }
    }

    fn missing(&mut self, _: At) {}
}

/// A refinement of DC values.
pub(crate) struct DcRefine<'a>(pub(crate) Common<'a>);

impl ScanSink for DcRefine<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut BitReader<'_>, _: &mut ScanState, at: At) {
        let Common { spec, coefficients, .. } = &mut self.0;
        let bit = progressive::dc_refine(bits, spec.low);
        if let Some(to) = coefficients[at.plane].store.dc_mut(at.column, at.row) {
            *to |= bit;
        }
    }

    fn missing(&mut self, _: At) {}
}

/// A scan of AC coefficients, of one component.
pub(crate) struct Ac<'a, const N: usize> {
    pub(crate) table: &'a CodeTable,
    pub(crate) spectral: Spectral,
    pub(crate) store: &'a mut Store<Lowest<N>>,
}

/// The first scan of a spectral range.
pub(crate) struct AcFirst<'a, const N: usize>(pub(crate) Ac<'a, N>);

impl<const N: usize> ScanSink for AcFirst<'_, N> {
    #[inline(always)]
    fn block(&mut self, bits: &mut BitReader<'_>, state: &mut ScanState, at: At) {
        let Ac { table, spectral, store } = &mut self.0;
        if let Some(block) = store.get_mut(at.column, at.row) {
            progressive::ac_first(bits, table, *spectral, &mut state.ends, block);
        }
    }

    fn missing(&mut self, _: At) {}
}

/// A refinement of a spectral range.
pub(crate) struct AcRefine<'a, const N: usize>(pub(crate) Ac<'a, N>);

impl<const N: usize> ScanSink for AcRefine<'_, N> {
    #[inline(always)]
    fn block(&mut self, bits: &mut BitReader<'_>, state: &mut ScanState, at: At) {
        let Ac { table, spectral, store } = &mut self.0;
        if let Some(block) = store.get_mut(at.column, at.row) {
            progressive::ac_refine(bits, table, *spectral, &mut state.ends, block);
        }
    }

    fn missing(&mut self, _: At) {}
}
