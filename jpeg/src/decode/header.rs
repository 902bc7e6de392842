//! The markers up to the first scan, as a value.

pub(crate) mod definitions;
pub(crate) mod frame;
pub(crate) mod metadata;
pub(crate) mod scan_header;
pub(crate) mod search;
pub(crate) mod segments;

use std::ops::Range;

use self::definitions::{Definitions, definition};
use self::frame::{Component, FrameHeader, frame, is_frame, number_of_lines};
use self::metadata::{ColourModel, Metadata};
use self::scan_header::{ScanHeader, scan_of};
use self::segments::Segments;
use crate::error::Error;
use crate::markers;

/// The facts of the markers up to the first scan. Ranges are places in the data that was read.
#[derive(Debug, Clone)]
pub struct Header {
    /// Columns of pixels, 1 to 65,535.
    pub width: u32,
    /// Rows of pixels, 1 to 65,535.
    pub height: u32,
    /// One, three or four components, in the order of the frame.
    pub components: Vec<Component>,
    /// Whether the frame is progressive.
    pub progressive: bool,
    /// The meaning of the components.
    pub colour: ColourModel,
    /// Whether the inks of a four-component file are stored as 255 minus the ink, as Adobe does.
    pub inverted_inks: bool,
    /// The place of the TIFF structure of the first EXIF segment.
    pub exif: Option<Range<usize>>,
    /// The place of the first XMP packet.
    pub xmp: Option<Range<usize>>,
    /// Dots an inch across, as JFIF says it.
    pub dots_per_inch: Option<f64>,
    /// The places of the pieces of the ICC profile, in order. Empty if one is missing.
    pub icc: Vec<Range<usize>>,
    /// Tells whether a piece of the ICC profile is missing.
    pub icc_is_broken: bool,
    /// The tables before the first scan.
    pub(crate) definitions: Definitions,
    /// The first scan.
    pub(crate) first_scan: ScanHeader,
}

impl Header {
    /// The highest horizontal and vertical sampling factors, 1 to 4 each: a side of an MCU has 8
    /// times that number of pixels.
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format, Subsampling, read_header};
    ///
    /// let mut settings = EncoderSettings::new(75);
    /// settings.subsampling = Subsampling::S422;
    /// let mut encoder = Encoder::new(8, 5, Format::Rgb, &settings, 1)?;
    /// encoder.push(&[0; 8 * 5 * 3], 8 * 3, 5, &|| false)?;
    /// assert_eq!(read_header(&encoder.finish(&|| false)?)?.max_sampling(), (2, 1));
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn max_sampling(&self) -> (u32, u32) {
        let h = self.components.iter().map(|c| u32::from(c.h)).max().unwrap_or(1);
        let v = self.components.iter().map(|c| u32::from(c.v)).max().unwrap_or(1);
        (h, v)
    }

    /// The place of the first byte of entropy-coded data, behind the header of the first scan.
    ///
    /// ```
    /// use makeready_jpeg::{Encoder, EncoderSettings, Error, Format, read_header};
    ///
    /// let mut encoder = Encoder::new(8, 8, Format::Rgb, &EncoderSettings::new(75), 1)?;
    /// encoder.push(&[0; 8 * 8 * 3], 8 * 3, 8, &|| false)?;
    /// let file = encoder.finish(&|| false)?;
    /// // A picture of one colour: three blocks, and the marker of the end.
    /// assert!(file.len() - read_header(&file)?.coded_start() < 10);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn coded_start(&self) -> usize {
        self.first_scan.start
    }
}

/// Reads the markers up to the first scan; no entropy-coded data, save to look for the number of
/// lines (DNL) where the frame leaves the height open.
///
/// # Errors
/// `Malformed`, `Truncated`, and `Unsupported` for arithmetic, lossless, hierarchical and 12-bit
/// files.
///
/// ```
/// use makeready_jpeg::{ColourModel, Encoder, EncoderSettings, Error, Format, read_header};
///
/// let mut encoder = Encoder::new(8, 5, Format::Rgb, &EncoderSettings::new(75), 1)?;
/// encoder.push(&[0; 8 * 5 * 3], 8 * 3, 5, &|| false)?;
/// let file = encoder.finish(&|| false)?;
///
/// let header = read_header(&file)?;
/// assert_eq!((header.width, header.height), (8, 5));
/// assert_eq!(header.colour, ColourModel::YCbCr);
/// assert_eq!(header.max_sampling(), (2, 2));
/// assert!(matches!(read_header(&file[..100]), Err(Error::Truncated(_))));
/// # Ok::<(), Error>(())
/// ```
pub fn read_header(data: &[u8]) -> Result<Header, Error> {
    let mut segments = Segments::open(data)?;
    let mut definitions = Definitions::new();
    let mut metadata = Metadata::default();
    let mut found: Option<FrameHeader> = None;
    loop {
        let segment = segments.next()?;
        match segment.marker {
            markers::SOS => {
                let Some(frame) = found else {
                    return Err(Error::Malformed("a scan (SOS) before any frame (SOF)".into()));
                };
                let first_scan = scan_of(data, &segment, &frame.components, frame.progressive)?;
                return assemble(data, frame, metadata, definitions, first_scan);
            }
            markers::EOI => {
                return Err(Error::Malformed("the end (EOI) before any scan (SOS)".into()));
            }
            marker if is_frame(marker) => {
                if found.is_some() {
                    return Err(Error::Malformed("a second frame (SOF)".into()));
                }
                found = Some(frame(data, &segment)?);
            }
            markers::APP0 | markers::APP1 | markers::APP2 | markers::APP14 => {
                metadata.take(data, &segment);
            }
            _ => definition(data, &segment, &mut definitions)?,
        }
    }
}

/// Puts the header together, with the height from DNL where the frame has none.
fn assemble(
    data: &[u8],
    frame: FrameHeader,
    mut metadata: Metadata,
    definitions: Definitions,
    first_scan: ScanHeader,
) -> Result<Header, Error> {
    let height = match frame.height {
        0 => number_of_lines(data, first_scan.start)?,
        height => height,
    };
    let icc_is_broken = !metadata.icc_is_whole();
    Ok(Header {
        width: frame.width,
        height,
        colour: metadata.colour(&frame.components)?,
        components: frame.components,
        progressive: frame.progressive,
        inverted_inks: metadata.adobe.is_some(),
        icc: metadata.icc.into_iter().filter(|_| !icc_is_broken).map(|piece| piece.2).collect(),
        icc_is_broken,
        exif: metadata.exif,
        xmp: metadata.xmp,
        dots_per_inch: metadata.dots_per_inch,
        definitions,
        first_scan,
    })
}
