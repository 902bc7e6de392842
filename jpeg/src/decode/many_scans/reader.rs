//! Reads the scans of a file one after the other.

use makeready_kernels::Level;

use crate::decode::entropy::coefficients::{CoefficientStore, Coefficients, Lowest, Store};
use crate::decode::entropy::huffman::CodeTable;
use crate::decode::entropy::progressive::Spectral;
use crate::decode::entropy::scan_reader::{ScanReader, ScanSink};
use crate::decode::entropy::sinks::{Ac, AcFirst, AcRefine, Common, DcFirst, DcRefine, Sequential};
use crate::decode::entropy::tables::{Reading, Tables};
use crate::decode::header::Header;
use crate::decode::header::definitions::{Definitions, definition};
use crate::decode::header::frame::is_frame;
use crate::decode::header::scan_header::{ScanHeader, scan_of};
use crate::decode::header::search::end_of_scan;
use crate::decode::header::segments::Segments;
use crate::decode::layout::DecodeLayout;
use crate::decode::request::{Poll, Request};
use crate::error::Error;
use crate::markers;

/// The file and the request, and the extent of the data so far.
pub(crate) struct AllScansReader<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) header: &'a Header,
    pub(crate) request: &'a Request,
    pub(crate) layout: &'a DecodeLayout,
    pub(crate) level: Level,
    pub(crate) poll: Poll<'a>,
    /// The rows of MCUs for which the last scan had data.
    pub(crate) good_mcu_rows: u32,
    /// Whether something is missing, in a file that is to be recovered.
    pub(crate) damaged: bool,
}

impl AllScansReader<'_> {
    /// Reads a scan, or passes over it if nothing in it is needed. Gives the place to look for the
    /// next scan.
    pub(crate) fn scan(
        &mut self,
        spec: &ScanHeader,
        definitions: &Definitions,
        coefficients: &mut [Coefficients],
        first: bool,
    ) -> Result<usize, Error> {
        for component in spec.components() {
            let of = &mut coefficients[component.index];
            // libjpeg counts all as known before the very first scan.
            of.bits_before = if first { [0; 64] } else { of.bits };
            of.bits[spec.spectral.0..=spec.spectral.1].fill(spec.low.cast_signed());
        }
        if !self.is_needed(spec) {
            return Ok(spec.start);
        }
        self.take_quantisation(spec, definitions, coefficients)?;
        let tables = Tables::new(spec, definitions, |_| Reading::ALL)?;
        let interval = definitions.restart_interval;
        let mut scan = ScanReader::new(spec, self.layout, interval, self.request.recover);
        let common = Common { spec, tables: &tables, coefficients };
        match (self.header.progressive, spec.spectral.0, spec.high) {
            (false, _, _) => self.mcu_rows(&mut scan, &mut Sequential(common)),
            (true, 0, 0) => self.mcu_rows(&mut scan, &mut DcFirst(common)),
            (true, 0, _) => self.mcu_rows(&mut scan, &mut DcRefine(common)),
            (true, _, _) => self.ac(&mut scan, common),
        }?;
        Ok(scan.position())
    }

    /// Notes the quantisation tables of components in their first scan.
    fn take_quantisation(
        &self,
        spec: &ScanHeader,
        definitions: &Definitions,
        coefficients: &mut [Coefficients],
    ) -> Result<(), Error> {
        for component in spec.components() {
            let of = &mut coefficients[component.index];
            if of.quantisation.is_none() && self.layout.planes[component.index].needed {
                let number = self.header.components[component.index].quantisation;
                of.quantisation = Some(definitions.quantisation_in_rows(number)?);
            }
        }
        Ok(())
    }

    /// Reads a scan of AC coefficients, which has one component.
    fn ac(&mut self, scan: &mut ScanReader, common: Common<'_>) -> Result<(), Error> {
        let component = &common.spec.components()[0];
        let Some(table) = &common.tables.ac[component.ac & 3] else {
            return Ok(());
        };
        match &mut common.coefficients[component.index].store {
            CoefficientStore::None | CoefficientStore::Dc(_) => Ok(()),
            CoefficientStore::Two(store) => self.ac_of(scan, common.spec, table, store),
            CoefficientStore::Four(store) => self.ac_of(scan, common.spec, table, store),
            CoefficientStore::Whole(store) => self.ac_of(scan, common.spec, table, store),
        }
    }

    /// Reads a scan of AC coefficients into a store of `N` coefficients a block.
    fn ac_of<const N: usize>(
        &mut self,
        scan: &mut ScanReader,
        spec: &ScanHeader,
        table: &CodeTable,
        store: &mut Store<Lowest<N>>,
    ) -> Result<(), Error> {
        let (first, last) = spec.spectral;
        let ac = Ac { table, spectral: Spectral { first, last, low: spec.low }, store };
        match spec.high {
            0 => self.mcu_rows(scan, &mut AcFirst(ac)),
            _ => self.mcu_rows(scan, &mut AcRefine(ac)),
        }
    }

    /// Tells whether a scan has anything that the layout needs. If AC coefficients are needed, all
    /// are: a later scan may refine used and unused ones together.
    fn is_needed(&self, spec: &ScanHeader) -> bool {
        spec.components().iter().any(|component| {
            let plane = &self.layout.planes[component.index];
            plane.needed && (spec.spectral.0 == 0 || plane.side > 1)
        })
    }

    /// Reads a scan down to the last row of MCUs that the region needs.
    fn mcu_rows(&mut self, scan: &mut ScanReader, sink: &mut impl ScanSink) -> Result<(), Error> {
        for mcu_row in 0..self.layout.kept_mcu_rows {
            if (self.poll)() {
                return Err(Error::Stopped);
            }
            if !scan.is_exhausted() {
                self.good_mcu_rows = mcu_row + 1;
            }
            scan.mcu_row(self.level, self.data, mcu_row, sink)?;
        }
        self.damaged |= scan.is_damaged();
        Ok(())
    }

    /// Reads the markers between two scans; `None` at the end of the image.
    pub(crate) fn next_scan(
        &mut self,
        from: usize,
        definitions: &mut Definitions,
    ) -> Result<Option<ScanHeader>, Error> {
        let Some(end) = end_of_scan(self.data, from) else {
            let text = "the data ends before all scans are there";
            return self.cut_short(Error::Truncated(text.into()));
        };
        let mut segments = Segments::resume(self.data, end.after - 2);
        loop {
            let segment = match segments.next() {
                Err(error @ Error::Truncated(_)) => return self.cut_short(error),
                segment => segment?,
            };
            match segment.marker {
                markers::EOI => return Ok(None),
                markers::SOS => {
                    let (frame, progressive) = (&self.header.components, self.header.progressive);
                    return scan_of(self.data, &segment, frame, progressive).map(Some);
                }
                marker if is_frame(marker) => {
                    return Err(Error::Malformed("a second frame (SOF)".into()));
                }
                _ => definition(self.data, &segment, definitions)?,
            }
        }
    }

    /// Ends the image where the file ends: with the error, or damaged in a file that is to be
    /// recovered.
    fn cut_short(&mut self, error: Error) -> Result<Option<ScanHeader>, Error> {
        self.damaged = true;
        if self.request.recover { Ok(None) } else { Err(error) }
    }
}
