//! A file of several scans: coefficients are kept until all that the output needs are there.

use crate::decode::entropy::coefficients::{Coefficients, Lowest, Store};
use crate::decode::entropy::huffman::Table;
use crate::decode::entropy::progressive::Band;
use crate::decode::entropy::scan_reader::{Scan, Sink};
use crate::decode::entropy::sequential::Block;
use crate::decode::entropy::sinks::{Ac, AcFirst, AcRefine, Common, DcFirst, DcRefine, Sequential};
use crate::decode::entropy::tables::{Reading, Tables};
use crate::decode::header::segments::{self, ScanSpec, Segments};
use crate::decode::header::{Definitions, Header};
use crate::decode::layout::{Layout, Plane};
use crate::decode::pixels::smoothing;
use crate::decode::pixels::strip::Strip;
use crate::decode::request::Request;
use crate::decode::{Poll, quantisation};
use crate::error::Error;
use crate::markers;
use crate::zigzag::ZIGZAG;
use makeready_kernels::Level;

/// What is known of a component.
pub(crate) struct Kept {
    pub(crate) coefficients: Coefficients,
    /// Its quantisation table, as its first scan found it.
    quantisation: Option<Block>,
    /// For each coefficient in zigzag order the lowest bit that is known; -1 for none.
    bits: [i8; 64],
    /// The same before the last scan of the component.
    bits_before: [i8; 64],
}

/// All scans of a file.
pub(crate) struct Multiple {
    kept: Vec<Kept>,
    read: bool,
    sequential: bool,
    /// Whether coefficients are missing that smoothing estimates.
    smooth: bool,
    /// The rows of MCUs for which the last scan had data.
    good_bands: u32,
    /// Whether something is missing, in a file that is to be recovered.
    pub(crate) damaged: bool,
}

/// Checks the number of scans against the request's limits.
pub(crate) fn check_limits(header: &Header, request: &Request, scans: u32) -> Result<(), Error> {
    if scans > request.max_scans {
        let (max, actual) = (u64::from(request.max_scans), u64::from(scans));
        return Err(Error::Scans { max, actual });
    }
    let pixels = u64::from(header.width) * u64::from(header.height) * u64::from(scans);
    if pixels > request.max_scan_pixels {
        let max = request.max_scan_pixels;
        return Err(Error::ScanPixels { max, actual: pixels });
    }
    Ok(())
}

impl Multiple {
    /// Reserves room for the coefficients.
    pub(crate) fn new(layout: &Layout) -> Result<Self, Error> {
        let mut kept = Vec::with_capacity(layout.count);
        for plane in layout.planes() {
            let coefficients = Coefficients::new(plane, layout)?;
            kept.push(Kept {
                coefficients,
                quantisation: None,
                bits: [-1; 64],
                bits_before: [-1; 64],
            });
        }
        Ok(Self {
            kept,
            read: false,
            sequential: false,
            smooth: false,
            good_bands: 0,
            damaged: false,
        })
    }

    /// The bytes that reading all scans reserves at most, and those of itself.
    pub(crate) fn memory(header: &Header, layout: &Layout) -> u64 {
        let kept =
            layout.planes().iter().map(|plane| Coefficients::memory(plane, layout)).sum::<u64>();
        let tables = Tables::most_memory(layout.count, header.progressive);
        let own = size_of::<Self>() + layout.count * size_of::<Kept>();
        kept + tables + own as u64
    }

    /// Reads scans until all is known that the layout needs, or the file ends. Does nothing a second time.
    pub(crate) fn read(
        &mut self,
        data: &[u8],
        header: &Header,
        request: &Request,
        layout: &Layout,
        level: Level,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        if self.read {
            return Ok(());
        }
        self.sequential = !header.progressive;
        let mut definitions = header.definitions.clone();
        let mut spec = header.first_scan;
        let mut reader =
            Reader { data, header, request, layout, level, poll, good_bands: 0, damaged: false };
        for number in 1.. {
            check_limits(header, request, number)?;
            let end = reader.scan(&spec, &definitions, &mut self.kept, number == 1)?;
            if self.is_complete(layout) {
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
        self.good_bands = reader.good_bands;
        self.damaged = reader.damaged;
        self.read = true;
        self.check_complete(request, layout)
    }

    /// Whether every coefficient that the layout needs is known to the last bit.
    fn is_complete(&self, layout: &Layout) -> bool {
        self.kept.iter().zip(layout.planes()).all(|(kept, plane)| {
            let mut used = kept.bits[..plane.coefficients].iter();
            !plane.needed || used.all(|&bit| bit == 0)
        })
    }

    /// Whether smoothing applies: all DC values are known in part, and an AC coefficient is not in full.
    fn wants_smoothing(&self) -> bool {
        let has_tables = |kept: &Kept| {
            let places = &ZIGZAG[..smoothing::COUNT];
            kept.quantisation.is_some_and(|q| places.iter().all(|&p| q[usize::from(p & 63)] != 0))
        };
        let unfinished = |kept: &Kept| kept.bits[1..smoothing::COUNT].iter().any(|&bit| bit != 0);
        let mut kept =
            self.kept.iter().filter(|kept| !matches!(kept.coefficients, Coefficients::None));
        kept.clone().all(|kept| kept.bits[0] >= 0 && has_tables(kept)) && kept.any(unfinished)
    }

    /// Smooths a block of the row `band` of MCUs.
    fn smooth(&self, kept: &Kept, plane: &Plane, (column, row): (u32, u32), block: &mut Block) {
        let Some(quantisation) = &kept.quantisation else {
            return;
        };
        let band = row / plane.sampling.1;
        let last_band = band + 1 == plane.padded_blocks.1 / plane.sampling.1;
        // libjpeg looks at blocks that fill up the last MCUs as well, if not from the last row itself.
        let rows = if last_band { plane.blocks.1 } else { plane.padded_blocks.1 };
        let mut dc = [0; 25];
        for (y, line) in (0..).zip(dc.chunks_exact_mut(5)) {
            let row = (row + y).saturating_sub(2).min(rows - 1);
            for (x, dc) in (0..).zip(line) {
                let column = (column + x).saturating_sub(2).min(plane.blocks.0 - 1);
                *dc = i32::from(kept.coefficients.dc(column, row));
            }
        }
        let bits = if band < self.good_bands { &kept.bits } else { &kept.bits_before };
        if let Some(bits) = bits.first_chunk() {
            smoothing::smooth(block, &dc, bits, quantisation);
        }
    }

    /// Checks that every component was in a scan. What a progressive file leaves out on purpose is 0.
    fn check_complete(&mut self, request: &Request, layout: &Layout) -> Result<(), Error> {
        let lacking = self
            .kept
            .iter()
            .zip(layout.planes())
            .position(|(kept, plane)| plane.needed && kept.bits.iter().all(|&bit| bit < 0));
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

    /// Transforms what the region needs of the row `band` of MCUs.
    pub(crate) fn transform(&self, band: u32, level: Level, layout: &Layout, strips: &mut [Strip]) {
        for ((kept, plane), strip) in self.kept.iter().zip(layout.planes()).zip(strips) {
            let mut row = Row { level, kept, plane, strip };
            match &kept.coefficients {
                Coefficients::None => {}
                Coefficients::Dc(store) => self.transform_row(band, &mut row, |at, block| {
                    block[0] = *store.get(at.0, at.1);
                    0
                }),
                Coefficients::Two(store) => self.transform_blocks(band, &mut row, store),
                Coefficients::Four(store) => self.transform_blocks(band, &mut row, store),
                Coefficients::Whole(store) => self.transform_blocks(band, &mut row, store),
            }
        }
    }

    /// Transforms what the region needs of a row of MCUs in one plane.
    fn transform_blocks<const N: usize>(
        &self,
        band: u32,
        row: &mut Row<'_>,
        store: &Store<Lowest<N>>,
    ) {
        self.transform_row(band, row, |at, block| {
            store.get(at.0, at.1).put(self.sequential, block)
        });
    }

    /// The same, with blocks that `put` puts into rows of eight (0 before); it gives the last zigzag place.
    #[inline(always)]
    fn transform_row(
        &self,
        band: u32,
        Row { level, kept, plane, strip }: &mut Row<'_>,
        put: impl Fn((u32, u32), &mut Block) -> usize,
    ) {
        let quantisation = kept.quantisation.unwrap_or([0; 64]);
        let first = band * plane.sampling.1;
        for row in (first..first + plane.sampling.1).filter(|&row| plane.block_rows.contains(row)) {
            for column in plane.block_columns.start..plane.block_columns.end {
                let mut block = [0; 64];
                let mut last = put((column, row), &mut block);
                if self.smooth {
                    self.smooth(kept, plane, (column, row), &mut block);
                    last = 63;
                }
                strip.transform(*level, &quantisation, &block, last, (column, row));
            }
        }
    }
}

/// One plane of a row of MCUs, to be transformed.
struct Row<'a> {
    level: Level,
    kept: &'a Kept,
    plane: &'a Plane,
    strip: &'a mut Strip,
}

/// What reading a scan needs to know.
struct Reader<'a> {
    data: &'a [u8],
    header: &'a Header,
    request: &'a Request,
    layout: &'a Layout,
    level: Level,
    poll: Poll<'a>,
    /// The rows of MCUs for which the last scan had data.
    good_bands: u32,
    damaged: bool,
}

impl Reader<'_> {
    /// Reads a scan, or passes over it if nothing in it is needed. Gives the place where to look for
    /// the next.
    fn scan(
        &mut self,
        spec: &ScanSpec,
        definitions: &Definitions,
        kept: &mut [Kept],
        first: bool,
    ) -> Result<usize, Error> {
        for component in spec.components() {
            let plane = &mut kept[component.index];
            // libjpeg counts all as known before the very first scan.
            plane.bits_before = if first { [0; 64] } else { plane.bits };
            plane.bits[spec.band.0..=spec.band.1].fill(spec.low.cast_signed());
        }
        if !self.is_needed(spec) {
            return Ok(spec.start);
        }
        for component in spec.components() {
            let plane = &mut kept[component.index];
            if plane.quantisation.is_none() && self.layout.planes[component.index].needed {
                let number = self.header.components[component.index].quantisation;
                plane.quantisation = Some(quantisation(definitions, number)?);
            }
        }
        let tables = Tables::new(spec, definitions, |_| Reading::ALL)?;
        let interval = definitions.restart_interval;
        let mut scan = Scan::new(spec, self.layout, interval, self.request.recover);
        let common = Common { spec, tables: &tables, kept };
        match (self.header.progressive, spec.band.0, spec.high) {
            (false, _, _) => self.bands(&mut scan, &mut Sequential(common)),
            (true, 0, 0) => self.bands(&mut scan, &mut DcFirst(common)),
            (true, 0, _) => self.bands(&mut scan, &mut DcRefine(common)),
            (true, _, _) => self.ac(&mut scan, common),
        }?;
        Ok(scan.position())
    }

    /// Reads a scan of AC coefficients, which has one component.
    fn ac(&mut self, scan: &mut Scan, common: Common<'_>) -> Result<(), Error> {
        let component = &common.spec.components()[0];
        let Some(table) = &common.tables.ac[component.ac & 3] else {
            return Ok(());
        };
        match &mut common.kept[component.index].coefficients {
            Coefficients::None | Coefficients::Dc(_) => Ok(()),
            Coefficients::Two(store) => self.ac_of(scan, common.spec, table, store),
            Coefficients::Four(store) => self.ac_of(scan, common.spec, table, store),
            Coefficients::Whole(store) => self.ac_of(scan, common.spec, table, store),
        }
    }

    /// The same, for a store of its kind.
    fn ac_of<const N: usize>(
        &mut self,
        scan: &mut Scan,
        spec: &ScanSpec,
        table: &Table,
        store: &mut Store<Lowest<N>>,
    ) -> Result<(), Error> {
        let band = Band { first: spec.band.0, last: spec.band.1, low: spec.low };
        let ac = Ac { table, band, store };
        match spec.high {
            0 => self.bands(scan, &mut AcFirst(ac)),
            _ => self.bands(scan, &mut AcRefine(ac)),
        }
    }

    /// Whether a scan has anything that the layout needs. Where AC coefficients are, all are: later scans may
    /// refine those that are used and others in one.
    fn is_needed(&self, spec: &ScanSpec) -> bool {
        spec.components().iter().any(|component| {
            let plane = &self.layout.planes[component.index];
            plane.needed && (spec.band.0 == 0 || plane.side > 1)
        })
    }

    /// Reads a scan down to the last row of MCUs that the region needs.
    fn bands(&mut self, scan: &mut Scan, sink: &mut impl Sink) -> Result<(), Error> {
        for band in 0..self.layout.kept_bands {
            if (self.poll)() {
                return Err(Error::Stopped);
            }
            if !scan.is_exhausted() {
                self.good_bands = band + 1;
            }
            scan.band(self.level, self.data, band, sink)?;
        }
        self.damaged |= scan.is_damaged();
        Ok(())
    }

    /// Reads the markers between two scans; `None` at the end of the image.
    fn next_scan(
        &mut self,
        from: usize,
        definitions: &mut Definitions,
    ) -> Result<Option<ScanSpec>, Error> {
        let recover = self.request.recover;
        let Some(end) = markers::end_of_scan(self.data, from) else {
            let text = "the data ends before all scans are there";
            self.damaged = true;
            return if recover { Ok(None) } else { Err(Error::Truncated(text.into())) };
        };
        let mut segments = Segments::resume(self.data, end.after - 2);
        loop {
            let segment = match segments.next() {
                Err(Error::Truncated(_)) if recover => {
                    self.damaged = true;
                    return Ok(None);
                }
                segment => segment?,
            };
            match segment.marker {
                markers::EOI => return Ok(None),
                markers::SOS => {
                    let (frame, progressive) = (&self.header.components, self.header.progressive);
                    return segments::scan_of(self.data, &segment, frame, progressive).map(Some);
                }
                marker if segments::is_frame(marker) => {
                    return Err(Error::Malformed("a second frame (SOF)".into()));
                }
                _ => segments::definition(self.data, &segment, definitions)?,
            }
        }
    }
}
