//! Application segments, and the colour model that follows from them.

use std::ops::Range;

use super::frame::Component;
use super::segments::Segment;
use crate::error::Error;
use crate::markers;

/// The way to read samples as colours, by the rules of libjpeg.
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

/// The start of a segment of XMP.
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// The facts that application segments tell.
#[derive(Default)]
pub(crate) struct Metadata {
    jfif: bool,
    pub(crate) adobe: Option<u8>,
    pub(crate) exif: Option<Range<usize>>,
    pub(crate) xmp: Option<Range<usize>>,
    pub(crate) dots_per_inch: Option<f64>,
    pub(crate) icc: Vec<(u8, u8, Range<usize>)>,
}

impl Metadata {
    /// Notes the content of an application segment. Unknown and damaged ones are passed over.
    pub(crate) fn take(&mut self, data: &[u8], segment: &Segment) {
        let body = segment.body(data);
        match segment.marker {
            markers::APP0 if body.len() >= 12 && body.starts_with(b"JFIF\0") => {
                self.jfif = true;
                self.dots_per_inch = dots_per_inch(body[7], [body[8], body[9]]);
            }
            markers::APP1 if body.starts_with(b"Exif\0\0") && self.exif.is_none() => {
                self.exif = Some(segment.start + 6..segment.end);
            }
            markers::APP1 if body.starts_with(XMP) && self.xmp.is_none() => {
                self.xmp = Some(segment.start + XMP.len()..segment.end);
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

    /// Puts the pieces of the profile in order; tells whether they are 1 to n of n.
    pub(crate) fn icc_is_whole(&mut self) -> bool {
        self.icc.sort_by_key(|piece| piece.0);
        let count = self.icc.len();
        let mut numbered = self.icc.iter().zip(1..);
        numbered.all(|((number, of, _), place)| *number == place && usize::from(*of) == count)
    }

    /// The colour model, by the rules of libjpeg's `default_decompress_parms`.
    pub(crate) fn colour(&self, components: &[Component]) -> Result<ColourModel, Error> {
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

/// The density by JFIF: its unit may be none, an inch or a centimetre.
fn dots_per_inch(unit: u8, across: [u8; 2]) -> Option<f64> {
    let across = f64::from(u16::from_be_bytes(across));
    match unit {
        _ if across == 0.0 => None,
        1 => Some(across),
        2 => Some(across * 2.54),
        _ => None,
    }
}
