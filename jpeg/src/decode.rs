//! The front of the decoder: rows of a region of an image at a scale.

use crate::decode::entropy::sequential::Block;
use crate::decode::header::Header;
use crate::decode::layout::{Layout, Plane};
use crate::decode::many_scans::{Multiple, check_limits};
use crate::decode::one_scan::Streaming;
use crate::decode::pixels::rows::Rows;
use crate::decode::pixels::strip::{Strip, in_rows};
use crate::decode::request::{Format, Request};
use crate::error::Error;
use crate::reserve::boxed;
use makeready_kernels::Level;

pub(crate) mod entropy;
pub(crate) mod header;
pub(crate) mod layout;
pub(crate) mod many_scans;
pub(crate) mod one_scan;
pub(crate) mod pixels;
pub(crate) mod request;
#[cfg(test)]
mod tests;

/// Asks the caller whether to stop.
pub(crate) type Poll<'a> = &'a dyn Fn() -> bool;

/// Where samples of one component go.
#[derive(Debug)]
pub struct PlaneMut<'a> {
    /// The rows, from the first of this call on.
    pub samples: &'a mut [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
}

/// Where coefficients come from.
enum Source {
    /// One scan with all components: row by row from the file.
    Streaming(Box<[Streaming; 1]>),
    /// Several scans: all of them first.
    Multiple(Box<Multiple>),
}

/// Decodes a region of an image at a scale, row by row.
pub struct Decoder<D> {
    data: D,
    header: Header,
    request: Request,
    layout: Layout,
    level: Level,
    strips: Vec<Strip>,
    rows: Rows,
    source: Source,
    /// The next row of MCUs to decode; those before the region are read, not transformed.
    band: u32,
    /// The next row of the scaled image to write.
    next: u32,
}

impl<D: AsRef<[u8]>> Decoder<D> {
    /// Columns and rows of samples of each plane of the region, as [`Decoder::read_planes`] writes them.
    ///
    /// # Errors
    /// `Misuse` for a region outside the image.
    #[cfg(test)]
    pub fn plane_sizes(header: &Header, request: &Request) -> Result<Vec<(u32, u32)>, Error> {
        let layout = Layout::new(header, request)?;
        Ok(layout.planes().iter().map(|plane| (plane.columns.len(), plane.rows.len())).collect())
    }

    /// The most bytes that [`Decoder::with_level`] and reading all rows have reserved at any time. 0 for a
    /// request that cannot be met.
    pub fn memory(header: &Header, request: &Request) -> u64 {
        let Ok(layout) = Layout::new(header, request) else {
            return 0;
        };
        let planes = layout.planes();
        let strips = planes.iter().map(Strip::memory).sum::<u64>();
        let strip_headers = (planes.len() * size_of::<Strip>()) as u64;
        let source = match is_streaming(header, &layout) {
            true => Streaming::memory(&header.first_scan, &layout),
            false => Multiple::memory(header, &layout),
        };
        strips + strip_headers + Rows::memory(&layout) + source
    }

    /// As [`Decoder::with_level`], with the best kernels.
    #[cfg(test)]
    pub fn new(data: D, header: Header, request: Request) -> Result<Self, Error> {
        Self::with_level(data, header, request, Level::detect())
    }

    /// Prepares to read rows with the kernels of `level`: reserves memory, decodes nothing yet.
    ///
    /// # Errors
    /// `Misuse` for a region outside the image or a format that the file does not have, `Memory`,
    /// `Malformed` for tables that are wrong or missing.
    pub fn with_level(
        data: D,
        header: Header,
        request: Request,
        level: Level,
    ) -> Result<Self, Error> {
        let layout = Layout::new(&header, &request)?;
        let mut strips = Vec::with_capacity(layout.count);
        for plane in layout.planes() {
            strips.push(Strip::new(plane)?);
        }
        let rows = Rows::new(&header, &request, &layout)?;
        let source = match is_streaming(&header, &layout) {
            true => {
                check_limits(&header, &request, 1)?;
                let mut streaming = Streaming::new(&header, &layout, request.recover)?;
                streaming.scan.skip_to(data.as_ref(), layout.bands.start);
                Source::Streaming(boxed(streaming)?)
            }
            false => Source::Multiple(Box::new(Multiple::new(&layout)?)),
        };
        let next = layout.region.y;
        let band = match source {
            Source::Streaming(_) => 0,
            Source::Multiple(_) => layout.bands.start,
        };
        Ok(Self { data, header, request, layout, level, strips, rows, source, band, next })
    }

    /// Writes the next `rows` rows of the region, one pixel after the other, `stride` bytes from row to row.
    /// The bytes do not depend on how many rows a call asks for.
    ///
    /// `poll` is asked at least once for every row of MCUs, also within the scans of a progressive file.
    ///
    /// # Errors
    /// `Malformed`, `Truncated`, `Limit`, `Memory`; `Stopped` when `poll` gave true; `Misuse` for more
    /// rows than are left, a buffer too small, or planes.
    pub fn read_rows(
        &mut self,
        out: &mut [u8],
        stride: usize,
        rows: u32,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        let pixel = match self.request.format {
            Format::Gray => 1,
            Format::Rgb => 3,
            Format::Planes => return Err(Error::Misuse("rows of planes".into())),
        };
        let line = self.layout.region.width as usize * pixel;
        self.check_rows(rows)?;
        check_buffer(out.len(), stride, line, rows)?;
        let mut lines = out.chunks_mut(stride.max(1));
        for y in self.next..self.next + rows {
            self.decode_to(y, poll)?;
            let Some(out) = lines.next() else {
                return Err(Error::Misuse("a buffer too small".into()));
            };
            self.rows.write(self.level, &self.layout, &self.strips, y, &mut out[..line]);
            self.next = y + 1;
        }
        Ok(())
    }

    /// Writes the samples of the next `rows` rows of the region, each component to its own plane, none
    /// upsampled. `rows` and the place of the region are multiples of the vertical sampling ratio, unless
    /// the rows end the region. A grey file has one plane.
    ///
    /// # Errors
    /// As [`Decoder::read_rows`].
    pub fn read_planes(
        &mut self,
        planes: &mut [PlaneMut<'_>],
        rows: u32,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        if self.request.format != Format::Planes || planes.len() != self.layout.count {
            return Err(Error::Misuse(format!("{} planes", planes.len())));
        }
        self.check_rows(rows)?;
        let end = self.next + rows;
        let max = self.layout.max_sampling.1;
        for (to, plane) in planes.iter().zip(self.layout.planes()) {
            let rows = plane_rows(plane, end, max) - plane_rows(plane, self.next, max);
            check_buffer(to.samples.len(), to.stride, plane.columns.len() as usize, rows)?;
        }
        let start = self.next;
        for y in start..end {
            self.decode_to(y, poll)?;
            for (index, to) in planes.iter_mut().enumerate() {
                let plane = &self.layout.planes[index];
                let row = plane_rows(plane, y, max);
                if row < plane_rows(plane, y + 1, max) {
                    let from = self.strips[index].row(row, i64::from(plane.columns.start));
                    let width = plane.columns.len() as usize;
                    let line = (row - plane_rows(plane, start, max)) as usize * to.stride;
                    to.samples[line..line + width].copy_from_slice(&from[..width]);
                }
            }
            self.next = y + 1;
        }
        Ok(())
    }

    /// Whether some of the rows that were written are not the file's, in a file that is to be recovered.
    pub fn is_damaged(&self) -> bool {
        match &self.source {
            Source::Streaming(source) => source[0].scan.is_damaged(),
            Source::Multiple(source) => source.damaged,
        }
    }

    /// Checks that so many rows are left.
    fn check_rows(&self, rows: u32) -> Result<(), Error> {
        let left = self.layout.region.y + self.layout.region.height - self.next;
        if rows <= left {
            return Ok(());
        }
        Err(Error::Misuse(format!("{rows} rows, {left} are left")))
    }

    /// Decodes rows of MCUs until row `y` of the scaled image can be written.
    fn decode_to(&mut self, y: u32, poll: Poll<'_>) -> Result<(), Error> {
        while self.band <= self.layout.bands.start || y >= self.layout.ready_rows(self.band - 1) {
            if poll() {
                return Err(Error::Stopped);
            }
            self.decode_band(poll)?;
        }
        Ok(())
    }

    /// Decodes the next row of MCUs.
    fn decode_band(&mut self, poll: Poll<'_>) -> Result<(), Error> {
        let data = self.data.as_ref();
        let wanted = self.band >= self.layout.bands.start;
        if wanted {
            self.strips.iter_mut().for_each(|strip| strip.begin(self.band));
        }
        match &mut self.source {
            Source::Streaming(source) if wanted => {
                source[0].transform(data, self.band, self.level, &self.layout, &mut self.strips)?;
            }
            Source::Streaming(source) => source[0].pass_over(data, self.band, self.level)?,
            Source::Multiple(source) => {
                source.read(data, &self.header, &self.request, &self.layout, self.level, poll)?;
                source.transform(self.band, self.level, &self.layout, &mut self.strips);
            }
        }
        if wanted {
            for (strip, plane) in self.strips.iter_mut().zip(self.layout.planes()) {
                if plane.needed {
                    strip.extend_edges(plane);
                }
            }
        }
        self.band += 1;
        Ok(())
    }
}

/// Whether the first scan has all that is wanted.
fn is_streaming(header: &Header, layout: &Layout) -> bool {
    let scan = header.first_scan.components();
    let has = |index| scan.iter().any(|component| component.index == index);
    !header.progressive && layout.planes().iter().enumerate().all(|(i, p)| !p.needed || has(i))
}

/// The first row of a plane at or after row `y` of the scaled image, no later than its last wanted one.
fn plane_rows(plane: &Plane, y: u32, max: u32) -> u32 {
    (y * plane.ratio.1).div_ceil(max).min(plane.rows.end)
}

/// Checks that a buffer holds `rows` rows of `line` bytes.
fn check_buffer(len: usize, stride: usize, line: usize, rows: u32) -> Result<(), Error> {
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

/// The quantisation table of a component, as the kernels want it.
pub(crate) fn quantisation(
    definitions: &crate::decode::header::Definitions,
    number: u8,
) -> Result<Block, Error> {
    match definitions.quantisation.get(usize::from(number)) {
        Some(Some(table)) => Ok(in_rows(table)),
        _ => Err(Error::Malformed(format!("no quantisation table {number} (DQT)"))),
    }
}
