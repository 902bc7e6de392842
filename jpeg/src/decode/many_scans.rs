//! A file of several scans: coefficients are stored until all that the output needs are known.

pub(crate) mod blocks;
pub(crate) mod reader;

use makeready_kernels::Level;

use self::blocks::PlaneBlocks;
use self::reader::AllScansReader;
use super::entropy::coefficients::{CoefficientStore, Coefficients};
use super::entropy::tables::Tables;
use super::header::Header;
use super::layout::DecodeLayout;
use super::pixels::smoothing;
use super::pixels::strip::Strip;
use super::request::{Poll, Request};
use crate::error::Error;
use crate::zigzag::ZIGZAG;

/// All scans of a file.
pub(crate) struct ManyScans {
    /// The coefficients of each component.
    coefficients: Vec<Coefficients>,
    read: bool,
    sequential: bool,
    /// Whether coefficients are missing that smoothing estimates.
    smooth: bool,
    /// The rows of MCUs for which the last scan had data.
    good_mcu_rows: u32,
    /// Whether something is missing, in a file that is to be recovered.
    damaged: bool,
}

impl ManyScans {
    /// Reserves room for the coefficients.
    pub(crate) fn new(layout: &DecodeLayout) -> Result<Self, Error> {
        let mut coefficients = Vec::new();
        for plane in layout.planes() {
            coefficients.push(Coefficients::new(plane, layout)?);
        }
        Ok(Self {
            coefficients,
            read: false,
            sequential: false,
            smooth: false,
            good_mcu_rows: 0,
            damaged: false,
        })
    }

    /// The bytes that reading all scans reserves at most, and its own.
    pub(crate) fn memory(header: &Header, layout: &DecodeLayout) -> u64 {
        let planes = layout.planes().iter();
        let stored = planes.map(|plane| CoefficientStore::memory(plane, layout)).sum::<u64>();
        let tables = Tables::most_memory(layout.count, header.progressive);
        let own = size_of::<Self>() + layout.count * size_of::<Coefficients>();
        stored + tables + own as u64
    }

    /// Tells whether something is missing, in a file that is to be recovered.
    pub(crate) const fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Reads scans until the layout's needs are met, or the file ends. Does nothing a second time.
    pub(crate) fn read(
        &mut self,
        data: &[u8],
        header: &Header,
        request: &Request,
        layout: &DecodeLayout,
        level: Level,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        if self.read {
            return Ok(());
        }
        self.sequential = !header.progressive;
        let mut reader = AllScansReader {
            data,
            header,
            request,
            layout,
            level,
            poll,
            good_mcu_rows: 0,
            damaged: false,
        };
        self.read_with(&mut reader)?;
        self.good_mcu_rows = reader.good_mcu_rows;
        self.damaged = reader.damaged;
        self.read = true;
        self.check_complete(request, layout)
    }

    /// Reads scans, each with the tables as it finds them.
    fn read_with(&mut self, reader: &mut AllScansReader<'_>) -> Result<(), Error> {
        let header = reader.header;
        let mut definitions = header.definitions.clone();
        let mut spec = header.first_scan;
        for number in 1.. {
            reader.request.check_scans((header.width, header.height), number)?;
            let end = reader.scan(&spec, &definitions, &mut self.coefficients, number == 1)?;
            if self.is_complete(reader.layout) {
                break;
            }
            match reader.next_scan(end, &mut definitions)? {
                Some(next) => spec = next,
                None => {
                    self.smooth = header.progressive && self.wants_smoothing();
                    break;
                }
            }
        }
        Ok(())
    }

    /// Tells whether every coefficient that the layout needs is known to the last bit.
    fn is_complete(&self, layout: &DecodeLayout) -> bool {
        let mut planes = self.coefficients.iter().zip(layout.planes());
        planes.all(|(coefficients, plane)| coefficients.is_complete(plane))
    }

    /// Tells whether smoothing applies: all DC values are known in part, and an AC coefficient is
    /// not in full.
    fn wants_smoothing(&self) -> bool {
        let has_tables = |of: &Coefficients| {
            let places = &ZIGZAG[..smoothing::COUNT];
            of.quantisation.is_some_and(|q| places.iter().all(|&p| q[usize::from(p & 63)] != 0))
        };
        let unfinished = |of: &Coefficients| of.bits[1..smoothing::COUNT].iter().any(|&b| b != 0);
        let is_stored = |of: &&Coefficients| !matches!(of.store, CoefficientStore::None);
        let mut stored = self.coefficients.iter().filter(is_stored);
        stored.clone().all(|of| of.bits[0] >= 0 && has_tables(of)) && stored.any(unfinished)
    }

    /// Checks that every component was in a scan. Coefficients that a progressive file leaves out
    /// on purpose are 0.
    fn check_complete(&mut self, request: &Request, layout: &DecodeLayout) -> Result<(), Error> {
        let mut planes = self.coefficients.iter().zip(layout.planes());
        let lacking =
            planes.position(|(of, plane)| plane.needed && of.bits.iter().all(|&bit| bit < 0));
        match lacking {
            Some(index) if !request.recover => {
                Err(Error::Malformed(format!("no scan has component {index}")))
            }
            Some(_) => {
                self.damaged = true;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Transforms the blocks of the row `mcu_row` of MCUs that the region needs.
    pub(crate) fn transform(
        &self,
        mcu_row: u32,
        level: Level,
        layout: &DecodeLayout,
        strips: &mut [Strip],
    ) {
        for ((coefficients, plane), strip) in
            self.coefficients.iter().zip(layout.planes()).zip(strips)
        {
            let (sequential, smooth) = (self.sequential, self.smooth);
            let good_mcu_rows = self.good_mcu_rows;
            PlaneBlocks { level, coefficients, plane, sequential, smooth, good_mcu_rows }
                .transform(mcu_row, strip);
        }
    }
}
