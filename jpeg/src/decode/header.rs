//! The markers up to the first scan, as a value.

pub(crate) mod segments;

use std::ops::Range;

use self::segments::{ScanSpec, Segment, Segments};
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::markers;
use crate::standard;

/// How samples are to be read as colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColourModel {
    /// One component.
    Gray,
    /// Three components, as JFIF has them.
    YCbCr,
    /// Three components, each a colour.
    Rgb,
    /// Four components, each an ink.
    Cmyk,
    /// CMYK with the first three turned into YCbCr, as Adobe does it.
    Ycck,
}

/// One component of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// The name that scans call it by.
    pub id: u8,
    /// The horizontal sampling factor, 1 to 4.
    pub h: u8,
    /// The vertical sampling factor, 1 to 4.
    pub v: u8,
    /// The quantisation table, 0 to 3.
    pub quantisation: u8,
}

/// The tables that markers define and redefine between scans.
#[derive(Debug, Clone)]
pub(crate) struct Definitions {
    /// Quantisation tables in zigzag order.
    pub(crate) quantisation: [Option<[u16; 64]>; 4],
    /// Huffman tables of DC differences.
    pub(crate) dc: [Option<HuffmanSpec>; 4],
    /// Huffman tables of AC coefficients.
    pub(crate) ac: [Option<HuffmanSpec>; 4],
    /// MCUs between restart markers, 0 for none.
    pub(crate) restart_interval: u32,
}

impl Definitions {
    /// What a file starts with: nothing but the typical Huffman tables, that Motion JPEG leaves out.
    fn new() -> Self {
        Self {
            quantisation: [None; 4],
            dc: [Some(standard::DC[0]), Some(standard::DC[1]), None, None],
            ac: [Some(standard::AC[0]), Some(standard::AC[1]), None, None],
            restart_interval: 0,
        }
    }
}

/// All that the markers up to the first scan say.
#[derive(Debug, Clone)]
pub struct Header {
    /// Columns of pixels.
    pub width: u32,
    /// Rows of pixels.
    pub height: u32,
    /// One, three or four components.
    pub components: Vec<Component>,
    /// Whether the frame is progressive.
    pub progressive: bool,
    /// What the components mean.
    pub colour: ColourModel,
    /// Whether the inks of a four-component file are stored as 255 minus the ink, as Adobe does.
    pub inverted_inks: bool,
    /// Where the TIFF structure of the EXIF segment lies.
    pub exif: Option<Range<usize>>,
    /// Where the pieces of the ICC profile lie, in order. Empty if one is missing.
    pub icc: Vec<Range<usize>>,
    /// The tables as the first scan finds them.
    pub(crate) definitions: Definitions,
    /// The first scan.
    pub(crate) first_scan: ScanSpec,
}

impl Header {
    /// The highest horizontal and vertical sampling factors.
    pub fn max_sampling(&self) -> (u32, u32) {
        let h = self.components.iter().map(|c| u32::from(c.h)).max().unwrap_or(1);
        let v = self.components.iter().map(|c| u32::from(c.v)).max().unwrap_or(1);
        (h, v)
    }
}

/// What application segments tell.
#[derive(Default)]
struct Metadata {
    jfif: bool,
    adobe: Option<u8>,
    exif: Option<Range<usize>>,
    icc: Vec<(u8, u8, Range<usize>)>,
}

/// Reads the markers up to the first scan; no entropy-coded data, save to look for the number of lines
/// (DNL) where the frame leaves the height open.
///
/// # Errors
/// `Malformed`, `Truncated`, and `Unsupported` for arithmetic, lossless, hierarchical and 12-bit files.
pub fn read_header(data: &[u8]) -> Result<Header, Error> {
    let mut segments = Segments::open(data)?;
    let mut definitions = Definitions::new();
    let mut metadata = Metadata::default();
    let mut frame = None;
    loop {
        let segment = segments.next()?;
        match segment.marker {
            markers::SOS => {
                let Some(frame) = frame else {
                    return Err(Error::Malformed("a scan (SOS) before any frame (SOF)".into()));
                };
                let first_scan = segments::scan(data, &segment, &frame)?;
                return assemble(data, frame, metadata, definitions, first_scan);
            }
            markers::EOI => {
                return Err(Error::Malformed("the end (EOI) before any scan (SOS)".into()));
            }
            marker if segments::is_frame(marker) => {
                if frame.is_some() {
                    return Err(Error::Malformed("a second frame (SOF)".into()));
                }
                frame = Some(segments::frame(data, &segment)?);
            }
            markers::APP0 | markers::APP1 | markers::APP2 | markers::APP14 => {
                metadata.take(data, &segment);
            }
            _ => segments::definition(data, &segment, &mut definitions)?,
        }
    }
}

impl Metadata {
    /// Notes what an application segment holds. Unknown and damaged ones are passed over.
    fn take(&mut self, data: &[u8], segment: &Segment) {
        let body = segment.body(data);
        match segment.marker {
            markers::APP0 if body.len() >= 12 && body.starts_with(b"JFIF\0") => self.jfif = true,
            markers::APP1 if body.starts_with(b"Exif\0\0") && self.exif.is_none() => {
                self.exif = Some(segment.start + 6..segment.end);
            }
            markers::APP2 if body.len() >= 14 && body.starts_with(b"ICC_PROFILE\0") => {
                self.icc.push((body[12], body[13], segment.start + 14..segment.end));
            }
            markers::APP14 if body.len() >= 12 && body.starts_with(b"Adobe") => {
                self.adobe = Some(body[11]);
            }
            _ => {}
        }
    }

    /// The pieces of the profile in order, or none if they are not 1 to n of n.
    fn icc_in_order(&mut self) -> Vec<Range<usize>> {
        self.icc.sort_by_key(|piece| piece.0);
        let count = self.icc.len();
        let whole = self
            .icc
            .iter()
            .zip(1..)
            .all(|((number, of, _), place)| *number == place && usize::from(*of) == count);
        match whole {
            true => self.icc.drain(..).map(|(_, _, range)| range).collect(),
            false => Vec::new(),
        }
    }

    /// The colour model, by the rules of libjpeg's `default_decompress_parms`.
    fn colour(&self, components: &[Component]) -> Result<ColourModel, Error> {
        match (components, self.adobe) {
            ([_], _) => Ok(ColourModel::Gray),
            ([_, _, _], _) if self.jfif => Ok(ColourModel::YCbCr),
            ([_, _, _], Some(0)) => Ok(ColourModel::Rgb),
            ([_, _, _], Some(_)) => Ok(ColourModel::YCbCr),
            ([a, b, c], None) if [a.id, b.id, c.id] == *b"RGB" => Ok(ColourModel::Rgb),
            ([_, _, _], None) => Ok(ColourModel::YCbCr),
            ([_, _, _, _], None | Some(0)) => Ok(ColourModel::Cmyk),
            ([_, _, _, _], Some(_)) => Ok(ColourModel::Ycck),
            (other, _) => Err(Error::Unsupported(format!(
                "{} components, this decoder reads 1, 3 or 4",
                other.len()
            ))),
        }
    }
}

/// Puts the header together, with the height from DNL where the frame has none.
fn assemble(
    data: &[u8],
    frame: segments::Frame,
    mut metadata: Metadata,
    definitions: Definitions,
    first_scan: ScanSpec,
) -> Result<Header, Error> {
    let height = match frame.height {
        0 => segments::number_of_lines(data, first_scan.start)?,
        height => height,
    };
    Ok(Header {
        width: frame.width,
        height,
        colour: metadata.colour(&frame.components)?,
        components: frame.components,
        progressive: frame.progressive,
        inverted_inks: metadata.adobe.is_some(),
        icc: metadata.icc_in_order(),
        exif: metadata.exif,
        definitions,
        first_scan,
    })
}
