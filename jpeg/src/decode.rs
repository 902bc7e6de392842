//! The decoder: rows of a region of an image at a scale.
//!
//! [`header`] reads the markers up to the first scan, [`layout`] works out the parts of the file
//! that a request needs, [`entropy`] reads coefficients from bits and [`pixels`] makes samples and
//! rows of them. [`one_scan`] and [`many_scans`] join the two, and [`region`] drives them.

pub(crate) mod block;
pub(crate) mod entropy;
pub(crate) mod header;
pub(crate) mod layout;
pub(crate) mod many_scans;
pub(crate) mod one_scan;
pub(crate) mod pixels;
pub(crate) mod region;
pub(crate) mod request;
#[cfg(test)]
mod tests;

use makeready_kernels::Level;

use self::header::Header;
use self::region::RegionDecoder;
use self::request::{Poll, Request};
use crate::error::Error;
use crate::samples::PlaneMut;

/// Decodes a region of an image at a scale, row by row from top to bottom.
///
/// `D` is the file: a slice, a vector, or anything else that lends its bytes. It must lend the same
/// bytes every time.
pub struct Decoder<D> {
    data: D,
    region: RegionDecoder,
}

impl<D: AsRef<[u8]>> Decoder<D> {
    /// Prepares to read rows: reserves memory, decodes nothing yet. `header` is the header of the
    /// same file.
    ///
    /// # Errors
    /// `Misuse` for a region outside the image or a format that the file does not have, `Memory`,
    /// `Malformed` for tables that are wrong or missing, `Scans` and `ScanPixels`.
    ///
    /// ```
    /// use makeready_jpeg::{
    ///     Decoder, Encoder, EncoderSettings, Error, Format, Request, Scale, read_header,
    /// };
    ///
    /// # let mut encoder = Encoder::new(40, 30, Format::Gray, &EncoderSettings::new(95), 1)?;
    /// # encoder.push(&[90; 40 * 30], 40, 30, &|| false)?;
    /// # let file = encoder.finish(&|| false)?;
    /// // A file of 40 x 30 pixels.
    /// let header = read_header(&file)?;
    /// let mut request = Request::whole(&header, Scale::Full, Format::Gray);
    /// assert!(Decoder::new(&file, header.clone(), request).is_ok());
    /// request.region.x = 1;
    /// assert!(matches!(Decoder::new(&file, header, request), Err(Error::Misuse(_))));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn new(data: D, header: Header, request: Request) -> Result<Self, Error> {
        Self::with_level(data, header, request, Level::detect())
    }

    /// Prepares to read rows like [`Decoder::new`], with the vector instructions of `level`. The
    /// pixels do not depend on it.
    ///
    /// # Errors
    /// The same as [`Decoder::new`].
    ///
    /// ```
    /// use makeready_jpeg::{
    ///     Decoder, Encoder, EncoderSettings, Error, Format, Level, Request, Scale, read_header,
    /// };
    ///
    /// # let mut encoder = Encoder::new(40, 30, Format::Gray, &EncoderSettings::new(95), 1)?;
    /// # encoder.push(&[90; 40 * 30], 40, 30, &|| false)?;
    /// # let file = encoder.finish(&|| false)?;
    /// let header = read_header(&file)?;
    /// let request = Request::whole(&header, Scale::Full, Format::Gray);
    /// let pixels = |level| {
    ///     let mut decoder = Decoder::with_level(&file, header.clone(), request, level)?;
    ///     let mut pixels = [0; 40 * 30];
    ///     decoder.read_rows(&mut pixels, 40, 30, &|| false)?;
    ///     Ok::<_, Error>(pixels)
    /// };
    /// assert_eq!(pixels(Level::scalar())?, pixels(Level::detect())?);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_level(
        data: D,
        header: Header,
        request: Request,
        level: Level,
    ) -> Result<Self, Error> {
        let region = RegionDecoder::new(data.as_ref(), header, request, level)?;
        Ok(Self { data, region })
    }

    /// Writes the next `rows` rows of the region, one pixel after the other, `stride` bytes from
    /// row to row. The bytes do not depend on the number of rows in a call.
    ///
    /// `poll` is asked at least once for every row of MCUs, also within the scans of a progressive
    /// file.
    ///
    /// # Errors
    /// `Malformed`, `Truncated`, `Scans`, `ScanPixels`, `Memory`; `Stopped` when `poll` gave true;
    /// `Misuse` for more rows than are left, a buffer too small, or planes.
    ///
    /// ```
    /// use makeready_jpeg::{
    ///     Decoder, Encoder, EncoderSettings, Error, Format, Request, Scale, read_header,
    /// };
    ///
    /// # let mut encoder = Encoder::new(40, 30, Format::Gray, &EncoderSettings::new(95), 1)?;
    /// # encoder.push(&[90; 40 * 30], 40, 30, &|| false)?;
    /// # let file = encoder.finish(&|| false)?;
    /// // A file of 40 x 30 pixels, gray of 90, at a quarter: 10 x 8.
    /// let header = read_header(&file)?;
    /// let request = Request::whole(&header, Scale::Quarter, Format::Rgb);
    /// let mut decoder = Decoder::new(&file, header, request)?;
    /// let mut rows = [0; 4 * 10 * 3];
    /// decoder.read_rows(&mut rows, 10 * 3, 4, &|| false)?; // the upper half
    /// assert_eq!(rows, [90; 4 * 10 * 3]);
    /// assert_eq!(decoder.read_rows(&mut rows, 10 * 3, 4, &|| true), Err(Error::Stopped));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn read_rows(
        &mut self,
        out: &mut [u8],
        stride: usize,
        rows: u32,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        self.region.read_rows(self.data.as_ref(), PlaneMut { samples: out, stride }, rows, poll)
    }

    /// Writes the samples of the next `rows` rows of the region, each component to its own plane,
    /// none upsampled. `rows` and the place of the region are multiples of the vertical sampling
    /// ratio, unless the rows end the region. A gray file has one plane.
    ///
    /// # Errors
    /// The same as [`Decoder::read_rows`].
    ///
    /// ```
    /// use makeready_jpeg::{
    ///     Decoder, Encoder, EncoderSettings, Error, Format, PlaneMut, Request, Scale, read_header,
    /// };
    ///
    /// # let mut encoder = Encoder::new(20, 10, Format::Rgb, &EncoderSettings::new(95), 1)?;
    /// # encoder.push(&[90; 20 * 10 * 3], 60, 10, &|| false)?;
    /// # let file = encoder.finish(&|| false)?;
    /// // A file of 20 x 10 pixels with chroma of half the width and height.
    /// let header = read_header(&file)?;
    /// let request = Request::whole(&header, Scale::Full, Format::Planes);
    /// assert_eq!(request.plane_sizes(&header)?, [(20, 10), (10, 5), (10, 5)]);
    /// let mut decoder = Decoder::new(&file, header, request)?;
    /// let (mut y, mut cb, mut cr) = ([0; 200], [0; 50], [0; 50]);
    /// let mut planes = [
    ///     PlaneMut { samples: &mut y, stride: 20 },
    ///     PlaneMut { samples: &mut cb, stride: 10 },
    ///     PlaneMut { samples: &mut cr, stride: 10 },
    /// ];
    /// decoder.read_planes(&mut planes, 10, &|| false)?;
    /// assert_eq!((y, cb, cr), ([90; 200], [128; 50], [128; 50]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn read_planes(
        &mut self,
        planes: &mut [PlaneMut<'_>],
        rows: u32,
        poll: Poll<'_>,
    ) -> Result<(), Error> {
        self.region.read_planes(self.data.as_ref(), planes, rows, poll)
    }

    /// Tells whether some of the rows written are not the file's, in a file that is to be
    /// recovered.
    ///
    /// ```
    /// use makeready_jpeg::{
    ///     Decoder, Encoder, EncoderSettings, Error, Format, Request, Scale, read_header,
    /// };
    ///
    /// # let mut encoder = Encoder::new(40, 30, Format::Gray, &EncoderSettings::new(95), 1)?;
    /// # encoder.push(&[90; 40 * 30], 40, 30, &|| false)?;
    /// # let file = encoder.finish(&|| false)?;
    /// let header = read_header(&file)?;
    /// let mut request = Request::whole(&header, Scale::Full, Format::Gray);
    /// request.recover = true;
    /// let is_damaged = |file: &[u8]| {
    ///     let mut decoder = Decoder::new(file, header.clone(), request)?;
    ///     decoder.read_rows(&mut [0; 40 * 30], 40, 30, &|| false)?;
    ///     Ok::<_, Error>(decoder.is_damaged())
    /// };
    /// assert!(!is_damaged(&file)?);
    /// assert!(is_damaged(&file[..file.len() - 10])?);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.region.is_damaged()
    }
}

impl Request {
    /// The most bytes that a [`Decoder`] has reserved at any time while it reads all rows. 0 for a
    /// request that cannot be met.
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format, Request, Scale, read_header};
    ///
    /// # let mut encoder = Encoder::new(40, 30, Format::Gray, &EncoderSettings::new(95), 1)?;
    /// # encoder.push(&[90; 40 * 30], 40, 30, &|| false)?;
    /// # let file = encoder.finish(&|| false)?;
    /// let header = read_header(&file)?;
    /// let mut request = Request::whole(&header, Scale::Full, Format::Rgb);
    /// assert!(request.memory_bound(&header) < 100_000);
    /// request.region.width = 41;
    /// assert_eq!(request.memory_bound(&header), 0);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn memory_bound(&self, header: &Header) -> u64 {
        RegionDecoder::memory(header, self)
    }

    /// Columns and rows of samples of each plane of the region, as [`Decoder::read_planes`] writes
    /// them.
    ///
    /// # Errors
    /// `Misuse` for a region outside the image.
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format, Request, Scale, read_header};
    ///
    /// # let mut encoder = Encoder::new(40, 30, Format::Gray, &EncoderSettings::new(95), 1)?;
    /// # encoder.push(&[90; 40 * 30], 40, 30, &|| false)?;
    /// # let file = encoder.finish(&|| false)?;
    /// let header = read_header(&file)?;
    /// let request = Request::whole(&header, Scale::Half, Format::Planes);
    /// assert_eq!(request.plane_sizes(&header)?, [(20, 15)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn plane_sizes(&self, header: &Header) -> Result<Vec<(u32, u32)>, Error> {
        RegionDecoder::plane_sizes(header, self)
    }
}
