//! The Huffman tables of a scan, made for the coefficients that are read of its blocks.

use crate::decode::entropy::huffman::CodeTable;
use crate::decode::entropy::pairs::PairTable;
use crate::decode::entropy::skips::SkipTable;
use crate::decode::header::definitions::Definitions;
use crate::decode::header::scan_header::{ScanComponent, ScanHeader};
use crate::decode::layout::PlaneLayout;
use crate::error::Error;

/// The parts of a component's blocks that a scan reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Whether some give AC coefficients.
    pub(crate) coefficients: bool,
    /// Whether some are passed over, or their last coefficients are.
    pub(crate) skips: bool,
}

impl Reading {
    /// All coefficients of all blocks.
    pub(crate) const ALL: Self = Self { coefficients: true, skips: false };

    /// The needs of a plane in a scan that is transformed as it is read.
    pub(crate) fn of(plane: &PlaneLayout) -> Self {
        Self {
            coefficients: plane.needed && plane.side > 1,
            skips: !plane.needed
                || plane.coefficients < 64
                || plane.block_columns.len() < plane.blocks.0
                || plane.block_rows.start > 0,
        }
    }
}

/// The tables of a scan, each under the number that the scan calls it by.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) dc: [Option<CodeTable>; 4],
    pub(crate) ac: [Option<CodeTable>; 4],
    pairs: [Option<PairTable>; 4],
    skips: [Option<SkipTable>; 4],
}

impl Tables {
    /// Builds the tables of `spec`. `reading` tells of each component, by its index in the frame,
    /// the parts that are read.
    pub(crate) fn new(
        spec: &ScanHeader,
        definitions: &Definitions,
        reading: impl Fn(usize) -> Reading,
    ) -> Result<Self, Error> {
        let mut tables = Self::default();
        let missing = || Error::Malformed("a scan without its Huffman table (DHT)".into());
        for component in spec.components() {
            if spec.spectral.0 == 0 && spec.high == 0 && tables.dc[component.dc].is_none() {
                let dc = definitions.dc[component.dc].as_ref().ok_or_else(missing)?;
                tables.dc[component.dc] = Some(CodeTable::new(dc, true)?);
            }
            if spec.spectral.1 == 0 {
                continue;
            }
            let ac = definitions.ac[component.ac].as_ref().ok_or_else(missing)?;
            let reading = reading(component.index);
            let table = match &mut tables.ac[component.ac] {
                Some(table) => table,
                none => none.insert(CodeTable::new(ac, false)?),
            };
            let pairs = &mut tables.pairs[component.ac];
            if spec.spectral.0 == 0 && reading.coefficients && pairs.is_none() {
                *pairs = Some(PairTable::new(table)?);
            }
            let skips = &mut tables.skips[component.ac];
            if reading.skips && skips.is_none() {
                *skips = Some(SkipTable::new(ac)?);
            }
        }
        Ok(tables)
    }

    /// The tables of a component of a sequential scan; none if one is missing.
    #[inline(always)]
    pub(crate) fn of(&self, component: &ScanComponent) -> Option<ComponentTables<'_>> {
        Some(ComponentTables {
            dc: self.dc[component.dc & 3].as_ref()?,
            ac: self.ac[component.ac & 3].as_ref()?,
            pairs: self.pairs[component.ac & 3].as_ref(),
            skips: self.skips[component.ac & 3].as_ref(),
        })
    }

    /// The bytes that [`Tables::new`] reserves at most for this scan.
    pub(crate) fn memory(spec: &ScanHeader, reading: impl Fn(usize) -> Reading) -> u64 {
        let (mut dc, mut ac, mut pairs, mut skips) = ([0; 4], [0; 4], [0; 4], [0; 4]);
        for component in spec.components() {
            let reading = reading(component.index);
            dc[component.dc] = CodeTable::HEAP;
            ac[component.ac] = CodeTable::HEAP;
            if reading.coefficients {
                pairs[component.ac] = PairTable::HEAP;
            }
            if reading.skips {
                skips[component.ac] = SkipTable::HEAP;
            }
        }
        dc.iter().chain(&ac).chain(&pairs).chain(&skips).sum::<usize>() as u64
    }

    /// The bytes that [`Tables::new`] reserves at most for any scan of `components` components.
    pub(crate) fn most_memory(components: usize, progressive: bool) -> u64 {
        // A progressive scan has DC tables or one AC table; a sequential one has both for all
        // components.
        let each =
            if progressive { CodeTable::HEAP } else { 2 * CodeTable::HEAP + PairTable::HEAP };
        (components * each) as u64
    }
}

/// The tables of one component of a sequential scan.
#[derive(Clone, Copy)]
pub(crate) struct ComponentTables<'a> {
    pub(crate) dc: &'a CodeTable,
    pub(crate) ac: &'a CodeTable,
    /// Set where AC coefficients are read.
    pub(crate) pairs: Option<&'a PairTable>,
    /// Set where blocks are passed over.
    pub(crate) skips: Option<&'a SkipTable>,
}
