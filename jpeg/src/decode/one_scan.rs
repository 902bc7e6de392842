//! A file of one sequential scan: blocks are transformed as they are read, none is stored.

use crate::decode::block::{Block, low16};
use crate::decode::entropy::bit_reader::BitReader;
use crate::decode::entropy::scan_reader::{At, ScanReader, ScanSink, ScanState};
use crate::decode::entropy::sequential::{decode_block, decode_lowest, skip_block};
use crate::decode::entropy::tables::{ComponentTables, Reading, Tables};
use crate::decode::header::Header;
use crate::decode::header::scan_header::ScanHeader;
use crate::decode::layout::{DecodeLayout, PlaneLayout};
use crate::decode::pixels::strip::Strip;
use crate::error::Error;
use makeready_kernels::Level;

/// The scan and the tables that its blocks need.
pub(crate) struct OneScan {
    scan: ScanReader,
    spec: ScanHeader,
    tables: Tables,
    quantisation: [Block; 4],
}

impl OneScan {
    /// Prepares the first scan of the file, which has all components that the layout needs.
    pub(crate) fn new(
        header: &Header,
        layout: &DecodeLayout,
        recover: bool,
    ) -> Result<Self, Error> {
        let spec = header.first_scan;
        let definitions = &header.definitions;
        let mut tables = [[0; 64]; 4];
        for (index, component) in header.components.iter().enumerate() {
            if layout.planes[index].needed {
                tables[index] = definitions.quantisation_in_rows(component.quantisation)?;
            }
        }
        Ok(Self {
            scan: ScanReader::new(&spec, layout, definitions.restart_interval, recover),
            spec,
            tables: Tables::new(&spec, definitions, |index| Reading::of(&layout.planes[index]))?,
            quantisation: tables,
        })
    }

    /// Passes over the restart intervals that end before row `mcu_row` of MCUs, where their markers
    /// are in order.
    pub(crate) fn skip_to(&mut self, data: &[u8], mcu_row: u32) {
        self.scan.skip_to(data, mcu_row);
    }

    /// Tells whether data was missing or no code, in a file that is to be recovered.
    pub(crate) const fn is_damaged(&self) -> bool {
        self.scan.is_damaged()
    }

    /// The bytes that [`OneScan::new`] reserves, and its own.
    pub(crate) fn memory(spec: &ScanHeader, layout: &DecodeLayout) -> u64 {
        let tables = Tables::memory(spec, |index| Reading::of(&layout.planes[index]));
        tables + size_of::<Self>() as u64
    }

    /// Reads the row `mcu_row` of MCUs and transforms the blocks that the region needs.
    pub(crate) fn transform(
        &mut self,
        data: &[u8],
        mcu_row: u32,
        level: Level,
        layout: &DecodeLayout,
        strips: &mut [Strip],
    ) -> Result<(), Error> {
        let Self { scan, spec, tables, quantisation } = self;
        let mut components = [None; 4];
        for (to, component) in components.iter_mut().zip(spec.components()) {
            let index = component.index;
            let (plane, quantisation) = (&layout.planes[index], &quantisation[index]);
            *to = tables.of(component).map(|tables| PlaneTables { tables, plane, quantisation });
        }
        let mut sink = Transformer { level, components, strips, block: [0; 64] };
        scan.mcu_row(level, data, mcu_row, &mut sink)
    }

    /// Reads the row `mcu_row` of MCUs and transforms nothing of it.
    pub(crate) fn pass_over(
        &mut self,
        data: &[u8],
        mcu_row: u32,
        level: Level,
    ) -> Result<(), Error> {
        let mut components = [None; 4];
        for (to, component) in components.iter_mut().zip(self.spec.components()) {
            *to = self.tables.of(component);
        }
        let mut sink = Passer { components };
        self.scan.mcu_row(level, data, mcu_row, &mut sink)
    }
}

/// Tables and geometry of the blocks of a component.
#[derive(Clone, Copy)]
struct PlaneTables<'a> {
    tables: ComponentTables<'a>,
    plane: &'a PlaneLayout,
    quantisation: &'a Block,
}

/// Transforms blocks of the region.
struct Transformer<'a> {
    level: Level,
    /// The components of the scan, in its order.
    components: [Option<PlaneTables<'a>>; 4],
    strips: &'a mut [Strip],
    block: Block,
}

impl ScanSink for Transformer<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut BitReader<'_>, state: &mut ScanState, at: At) {
        let Some(PlaneTables { tables, plane, quantisation }) = &self.components[at.slot & 3]
        else {
            return;
        };
        let prediction = &mut state.predictions[at.slot & 3];
        let place = (at.column, at.row);
        let wanted = plane.block_columns.contains(at.column) && plane.block_rows.contains(at.row);
        let ComponentTables { dc, ac, pairs, skips } = *tables;
        let last = match (skips, pairs) {
            (Some(skips), _) if !wanted || plane.side == 1 => {
                skip_block(bits, (dc, ac, skips), prediction);
                if wanted {
                    self.strips[at.plane].fill(quantisation, low16(*prediction), place);
                }
                return;
            }
            (Some(skips), Some(pairs)) if plane.coefficients < 64 => {
                self.block = [0; 64];
                let (block, count) = (&mut self.block, plane.coefficients);
                decode_lowest(bits, (dc, ac, pairs), skips, prediction, block, count)
            }
            (_, Some(pairs)) => {
                self.block = [0; 64];
                decode_block(bits, (dc, ac, pairs), prediction, &mut self.block)
            }
            (_, None) => return,
        };
        if wanted {
            let strip = &mut self.strips[at.plane];
            strip.transform(self.level, quantisation, &self.block, last, place);
        }
    }

    fn missing(&mut self, at: At) {
        let Some(PlaneTables { plane, .. }) = &self.components[at.slot & 3] else {
            return;
        };
        if plane.block_columns.contains(at.column) && plane.block_rows.contains(at.row) {
            let place = (at.column, at.row);
            self.strips[at.plane].transform(self.level, &[0; 64], &[0; 64], 0, place);
        }
    }
}

/// Passes over blocks.
struct Passer<'a> {
    components: [Option<ComponentTables<'a>>; 4],
}

impl ScanSink for Passer<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut BitReader<'_>, state: &mut ScanState, at: At) {
        let prediction = &mut state.predictions[at.slot & 3];
        match self.components[at.slot & 3] {
            Some(ComponentTables { dc, ac, skips: Some(skips), .. }) => {
                skip_block(bits, (dc, ac, skips), prediction);
            }
            Some(ComponentTables { dc, ac, pairs: Some(pairs), .. }) => {
                decode_block(bits, (dc, ac, pairs), prediction, &mut [0; 64]);
            }
            _ => {}
        }
    }

    fn missing(&mut self, _: At) {}
}
