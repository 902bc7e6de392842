//! Rows of a region of an image at a scale.

use makeready_kernels::Level;

use super::header::Header;
use super::layout::{DecodeLayout, PlaneLayout};
use super::many_scans::ManyScans;
use super::one_scan::OneScan;
use super::pixels::rows::PixelRows;
use super::pixels::strip::Strip;
use super::request::{Poll, Request};
use crate::error::Error;
use crate::reserve::boxed;
use crate::samples::{Format, PlaneMut};

/// The source of coefficients.
enum Scans {
    /// One scan with all components, read row by row.
    One(Box<[OneScan; 1]>),
    /// Several scans, all read before the first row.
    Many(Box<ManyScans>),
}

/// A decoder without the data of its file, which every call is given.
pub(crate) struct RegionDecoder {
    header: Header,
    request: Request,
    layout: DecodeLayout,
    level: Level,
    strips: Vec<Strip>,
    rows: PixelRows,
    scans: Scans,
    /// The next row of MCUs to decode; rows before the region are read, not transformed.
    mcu_row: u32,
    /// The next row of the scaled image to write.
    next: u32,
}

impl RegionDecoder {
    /// See [`Request::plane_sizes`].
    pub(crate) fn plane_sizes(
        header: &Header,
        request: &Request,
    ) -> Result<Vec<(u32, u32)>, Error> {
        let layout = DecodeLayout::new(header, request)?;
        Ok(layout.planes().iter().map(|plane| (plane.columns.len(), plane.rows.len())).collect())
    }

    /// See [`Request::memory_bound`].
    pub(crate) fn memory(header: &Header, request: &Request) -> u64 {
        let Ok(layout) = DecodeLayout::new(header, request) else {
            return 0;
        };
        let planes = layout.planes();
        let strips = planes.iter().map(Strip::memory).sum::<u64>();
        let strip_headers = (planes.len() * size_of::<Strip>()) as u64;
        let scans = match has_one_scan(header, &layout) {
            true => OneScan::memory(&header.first_scan, &layout),
            false => ManyScans::memory(header, &layout),
        };
        strips + strip_headers + PixelRows::memory(&layout) + scans
    }

    /// Reserves memory, decodes nothing yet.
    pub(crate) fn new(
        data: &[u8],
        header: Header,
        request: Request,
        level: Level,
    ) -> Result<Self, Error> {
        let layout = DecodeLayout::new(&header, &request)?;
        let mut strips = Vec::new();
        for plane in layout.planes() {
            strips.push(Strip::new(plane)?);
        }
        let rows = PixelRows::new(&header, &request, &layout)?;
        let (scans, mcu_row) = match has_one_scan(&header, &layout) {
            true => {
                request.check_scans((header.width, header.height), 1)?;
                let mut scan = OneScan::new(&header, &layout, request.recover)?;
                scan.skip_to(data, layout.mcu_rows.start);
                (Scans::One(boxed(scan)?), 0)
            }
            false => (Scans::Many(Box::new(ManyScans::new(&layout)?)), layout.mcu_rows.start),
        };
        let next = layout.region.y;
        Ok(Self { header, request, layout, level, strips, rows, scans, mcu_row, next })
    }

    /// See [`Decoder::read_rows`](super::Decoder::read_rows).
    pub(crate) fn read_rows(
        &mut self,
        data: &[u8],
        out: PlaneMut<'_>,
        rows: u32,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        let pixel = match self.request.format {
            Format::Gray => 1,
            Format::Rgb => 3,
            Format::Inks => 4,
            Format::Planes => return Err(Error::Misuse("rows of planes".into())),
        };
        let line = self.layout.region.width as usize * pixel;
        self.check_rows(rows)?;
        out.check(line, rows)?;
        let mut lines = out.samples.chunks_mut(out.stride.max(1));
        for y in self.next..self.next + rows {
            self.decode_to(data, y, poll)?;
            let Some(out) = lines.next() else {
                return Err(Error::Misuse("a buffer too small".into()));
            };
            self.rows.write(self.level, &self.layout, &self.strips, y, &mut out[..line]);
            self.next = y + 1;
        }
        Ok(())
    }

    /// See [`Decoder::read_planes`](super::Decoder::read_planes).
    pub(crate) fn read_planes(
        &mut self,
        data: &[u8],
        planes: &mut [PlaneMut<'_>],
        rows: u32,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        if self.request.format != Format::Planes || planes.len() != self.layout.count {
            return Err(Error::Misuse(format!("{} planes", planes.len())));
        }
        self.check_rows(rows)?;
        let (start, end) = (self.next, self.next + rows);
        let max = self.layout.max_sampling.1;
        for (to, plane) in planes.iter().zip(self.layout.planes()) {
            let rows = rows_before(plane, end, max) - rows_before(plane, start, max);
            to.check(plane.columns.len() as usize, rows)?;
        }
        for y in start..end {
            self.decode_to(data, y, poll)?;
            for (index, to) in planes.iter_mut().enumerate() {
                self.copy_row(index, y, start, to);
            }
            self.next = y + 1;
        }
        Ok(())
    }

    /// Copies the row of a plane that row `y` of the scaled image begins, if it does. `to` begins
    /// with that of row `start`.
    fn copy_row(&self, index: usize, y: u32, start: u32, to: &mut PlaneMut<'_>) {
        let plane = &self.layout.planes[index];
        let max = self.layout.max_sampling.1;
        let row = rows_before(plane, y, max);
        if row < rows_before(plane, y + 1, max) {
            let from = self.strips[index].row(row, i64::from(plane.columns.start));
            let width = plane.columns.len() as usize;
            let line = (row - rows_before(plane, start, max)) as usize * to.stride;
            to.samples[line..line + width].copy_from_slice(&from[..width]);
        }
    }

    /// See [`Decoder::is_damaged`](super::Decoder::is_damaged).
    pub(crate) fn is_damaged(&self) -> bool {
        match &self.scans {
            Scans::One(scan) => scan[0].is_damaged(),
            Scans::Many(scans) => scans.is_damaged(),
        }
    }

    /// Checks that this many rows are left.
    fn check_rows(&self, rows: u32) -> Result<(), Error> {
        let left = self.layout.region.y + self.layout.region.height - self.next;
        if rows <= left {
            return Ok(());
        }
        Err(Error::Misuse(format!("{rows} rows, {left} are left")))
    }

    /// Decodes rows of MCUs until row `y` of the scaled image can be written.
    fn decode_to(&mut self, data: &[u8], y: u32, poll: Poll<'_>) -> Result<(), Error> {
        let first = self.layout.mcu_rows.start;
        while self.mcu_row <= first || y >= self.layout.ready_rows(self.mcu_row - 1) {
            if poll() {
                return Err(Error::Stopped);
            }
            self.decode_mcu_row(data, poll)?;
        }
        Ok(())
    }

    /// Decodes the next row of MCUs.
    fn decode_mcu_row(&mut self, data: &[u8], poll: Poll<'_>) -> Result<(), Error> {
        let (mcu_row, level, layout) = (self.mcu_row, self.level, &self.layout);
        let wanted = mcu_row >= layout.mcu_rows.start;
        if wanted {
            self.strips.iter_mut().for_each(|strip| strip.begin(mcu_row));
        }
        let strips = &mut self.strips[..];
        match &mut self.scans {
            Scans::One(scan) if wanted => {
                scan[0].transform(data, mcu_row, level, layout, strips)?
            }
            Scans::One(scan) => scan[0].pass_over(data, mcu_row, level)?,
            Scans::Many(scans) => {
                scans.read(data, &self.header, &self.request, layout, level, poll)?;
                scans.transform(mcu_row, level, layout, strips);
            }
        }
        if wanted {
            let planes = self.strips.iter_mut().zip(self.layout.planes());
            planes.filter(|(_, p)| p.needed).for_each(|(strip, plane)| strip.extend_edges(plane));
        }
        self.mcu_row += 1;
        Ok(())
    }
}

/// Tells whether the first scan has all components that are wanted.
fn has_one_scan(header: &Header, layout: &DecodeLayout) -> bool {
    let scan = header.first_scan.components();
    let has = |index| scan.iter().any(|component| component.index == index);
    !header.progressive && layout.planes().iter().enumerate().all(|(i, p)| !p.needed || has(i))
}

/// The number of rows of a plane before row `y` of the scaled image, at most `max`.
fn rows_before(plane: &PlaneLayout, y: u32, max: u32) -> u32 {
    (y * plane.ratio.1).div_ceil(max).min(plane.rows.end)
}

impl PlaneMut<'_> {
    /// Checks that there is room for `rows` rows of `line` bytes.
    fn check(&self, line: usize, rows: u32) -> Result<(), Error> {
        let (len, stride) = (self.samples.len(), self.stride);
        let needed = match rows {
            0 => 0,
            rows => (rows as usize - 1).saturating_mul(stride).saturating_add(line),
        };
        if stride >= line && len >= needed {
            return Ok(());
        }
        let text = format!("{len} bytes with stride {stride} for {rows} rows of {line} bytes");
        Err(Error::Misuse(text))
    }
}
