//! The frame header (SOF), and the number of lines (DNL) that may follow its first scan.

use super::search::end_of_scan;
use super::segments::{Segment, too_short};
use crate::error::Error;
use crate::markers;

/// One component of the frame: luma, chroma, a colour or an ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// The name by which scans refer to it.
    pub id: u8,
    /// The horizontal sampling factor, 1 to 4.
    pub h: u8,
    /// The vertical sampling factor, 1 to 4.
    pub v: u8,
    /// The quantisation table, 0 to 3.
    pub quantisation: u8,
}

/// The frame header.
#[derive(Debug)]
pub(crate) struct FrameHeader {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) progressive: bool,
    pub(crate) components: Vec<Component>,
}

/// Tells whether a marker starts a frame of any kind.
pub(crate) fn is_frame(marker: u8) -> bool {
    (0xC0..=0xCF).contains(&marker) && !matches!(marker, markers::DHT | markers::DAC | markers::JPG)
}

/// Names the kinds of frame that this decoder does not read.
fn unsupported(marker: u8) -> Option<&'static str> {
    match marker {
        0xC0..=0xC2 => None,
        0xC3 => Some("lossless coding"),
        0xC5..=0xC7 => Some("hierarchical coding"),
        0xC9 | 0xCA => Some("arithmetic coding"),
        0xCB => Some("lossless arithmetic coding"),
        _ => Some("hierarchical arithmetic coding"),
    }
}

/// Reads a frame header (SOF).
pub(crate) fn frame(data: &[u8], segment: &Segment) -> Result<FrameHeader, Error> {
    if let Some(kind) = unsupported(segment.marker) {
        return Err(Error::Unsupported(kind.into()));
    }
    let body = segment.body(data);
    let &[precision, y1, y0, x1, x0, count, ref specs @ ..] = body else {
        return Err(too_short("frame (SOF)", 6, body.len()));
    };
    if precision != 8 {
        return Err(Error::Unsupported(format!("{precision}-bit samples, 8 expected")));
    }
    if specs.len() < usize::from(count) * 3 {
        return Err(too_short("frame (SOF)", 6 + usize::from(count) * 3, body.len()));
    }
    if !matches!(count, 1 | 3 | 4) {
        let text = format!("{count} components, this decoder reads 1, 3 or 4");
        return Err(Error::Unsupported(text));
    }
    let width = u32::from(u16::from_be_bytes([x1, x0]));
    if width == 0 {
        return Err(Error::Malformed("the frame is 0 pixels wide".into()));
    }
    let mut components = Vec::new();
    for spec in specs.chunks_exact(3).take(usize::from(count)) {
        components.push(component(spec)?);
    }
    let height = u32::from(u16::from_be_bytes([y1, y0]));
    Ok(FrameHeader { width, height, progressive: segment.marker == markers::SOF2, components })
}

/// Reads one component of a frame header.
fn component(spec: &[u8]) -> Result<Component, Error> {
    let component =
        Component { id: spec[0], h: spec[1] >> 4, v: spec[1] & 15, quantisation: spec[2] };
    let (h, v) = (component.h, component.v);
    if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
        return Err(Error::Malformed(format!("sampling factors {h}x{v}, expected 1 to 4")));
    }
    if component.quantisation > 3 {
        let text = format!("quantisation table {}, expected 0 to 3", component.quantisation);
        return Err(Error::Malformed(text));
    }
    Ok(component)
}

/// Looks behind the first scan for the number of lines (DNL).
pub(crate) fn number_of_lines(data: &[u8], scan_start: usize) -> Result<u32, Error> {
    if let Some(found) = end_of_scan(data, scan_start)
        && found.marker == markers::DNL
        && let Some(&[_, _, high, low]) = data.get(found.after..found.after + 4)
        && let lines @ 1.. = u32::from(u16::from_be_bytes([high, low]))
    {
        return Ok(lines);
    }
    Err(Error::Malformed("the frame is 0 pixels high, and no number of lines (DNL) follows".into()))
}
