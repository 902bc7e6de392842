//! The marker segments: where they lie, and what each kind says.

use crate::decode::header::{Component, Definitions};
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::markers;

/// A marker segment, without its marker and length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    /// The byte after 0xFF.
    pub(crate) marker: u8,
    /// Where its content starts.
    pub(crate) start: usize,
    /// Where its content ends.
    pub(crate) end: usize,
}

impl Segment {
    /// Its content.
    pub(crate) fn body<'a>(&self, data: &'a [u8]) -> &'a [u8] {
        data.get(self.start..self.end).unwrap_or_default()
    }
}

/// Walks the segments of a file.
pub(crate) struct Segments<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    /// Begins at the start of a file, which must be SOI.
    pub(crate) fn open(data: &'a [u8]) -> Result<Self, Error> {
        match data {
            [0xFF, markers::SOI, ..] => Ok(Self { data, at: 2 }),
            [_, _, ..] => {
                let found = format!("{:02X} {:02X}", data[0], data[1]);
                Err(Error::Malformed(format!("expected FF D8 (SOI) at the start, found {found}")))
            }
            _ => Err(Error::Truncated(format!("{} bytes, no start (SOI)", data.len()))),
        }
    }

    /// Goes on after entropy-coded data.
    pub(crate) const fn resume(data: &'a [u8], at: usize) -> Self {
        Self { data, at }
    }

    /// The next segment. EOI comes as an empty one; restart markers and bytes between are passed over.
    pub(crate) fn next(&mut self) -> Result<Segment, Error> {
        loop {
            let Some(found) = markers::next_marker(self.data, self.at) else {
                let len = self.data.len();
                return Err(Error::Truncated(format!(
                    "expected a marker, found the end of the data at {len} bytes"
                )));
            };
            self.at = found.after;
            match found.marker {
                markers::EOI => return Ok(self.segment(found.marker, 0)),
                markers::SOI => return Err(Error::Malformed("a second start (SOI)".into())),
                markers::TEM => {}
                marker if markers::restart_number(marker).is_some() => {}
                marker => return self.with_length(marker),
            }
        }
    }

    /// Reads the length of a segment and checks that the file holds all of it.
    fn with_length(&mut self, marker: u8) -> Result<Segment, Error> {
        let Some(&[high, low]) = self.data.get(self.at..self.at + 2) else {
            return Err(Error::Truncated(format!("inside the length of marker {marker:02X}")));
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let left = self.data.len() - self.at;
        // Of what libjpeg passes over it reads the two bytes of the length, whatever they say.
        let length = if is_passed_over(marker) { length.max(2) } else { length };
        if length < 2 {
            let text = format!("marker {marker:02X} has length {length}, at least 2 expected");
            return Err(Error::Malformed(text));
        }
        if length > left {
            let text = format!("marker {marker:02X} has {length} bytes, {left} are there");
            return Err(Error::Truncated(text));
        }
        self.at += 2;
        Ok(self.segment(marker, length - 2))
    }

    /// The segment of `len` bytes here; goes on behind it.
    fn segment(&mut self, marker: u8, len: usize) -> Segment {
        let start = self.at;
        self.at += len;
        Segment { marker, start, end: self.at }
    }
}

/// The frame header.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) progressive: bool,
    pub(crate) components: Vec<Component>,
}

/// One component of a scan.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ScanComponent {
    /// The index of the component in the frame.
    pub(crate) index: usize,
    /// The number of its DC table.
    pub(crate) dc: usize,
    /// The number of its AC table.
    pub(crate) ac: usize,
}

/// A scan header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScanSpec {
    components: [ScanComponent; 4],
    count: usize,
    /// The first and last coefficient, in zigzag order.
    pub(crate) band: (usize, usize),
    /// Successive approximation: the bit position of the scan before, 0 for a first scan.
    pub(crate) high: u8,
    /// Successive approximation: the bit position of this scan.
    pub(crate) low: u8,
    /// Where its entropy-coded data starts.
    pub(crate) start: usize,
}

impl ScanSpec {
    /// Its components.
    pub(crate) fn components(&self) -> &[ScanComponent] {
        &self.components[..self.count]
    }
}

/// Whether no pixel depends on the length of a segment: applications' data, comments, the number of lines, which is
/// looked for elsewhere, and conditions of arithmetic coding, whose frames are refused by their own marker.
fn is_passed_over(marker: u8) -> bool {
    matches!(marker, markers::APP0..=markers::APP15 | markers::COM | markers::DNL | markers::DAC)
}

/// Whether a marker starts a frame, of whatever kind.
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
pub(crate) fn frame(data: &[u8], segment: &Segment) -> Result<Frame, Error> {
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
    let mut components = Vec::with_capacity(4);
    for spec in specs.chunks_exact(3).take(usize::from(count)) {
        components.push(component(spec)?);
    }
    let height = u32::from(u16::from_be_bytes([y1, y0]));
    Ok(Frame { width, height, progressive: segment.marker == markers::SOF2, components })
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

/// Reads a scan header (SOS).
pub(crate) fn scan(data: &[u8], segment: &Segment, frame: &Frame) -> Result<ScanSpec, Error> {
    scan_of(data, segment, &frame.components, frame.progressive)
}

/// Reads a scan header (SOS) of a frame with these components.
pub(crate) fn scan_of(
    data: &[u8],
    segment: &Segment,
    frame: &[Component],
    progressive: bool,
) -> Result<ScanSpec, Error> {
    let body = segment.body(data);
    let count = usize::from(body.first().copied().unwrap_or(0));
    if !(1..=4).contains(&count) {
        return Err(Error::Malformed(format!("a scan of {count} components, expected 1 to 4")));
    }
    let Some((specs, &[first, last, bits, ..])) =
        body.get(1..).and_then(|rest| rest.split_at_checked(count * 2))
    else {
        return Err(too_short("scan (SOS)", 4 + count * 2, body.len()));
    };
    let mut components = [ScanComponent::default(); 4];
    for (place, spec) in specs.chunks_exact(2).enumerate() {
        components[place] = scan_component(spec, frame, &components[..place])?;
    }
    // A sequential scan has all coefficients, whatever its header says: libjpeg only warns.
    let (band, high, low) = match progressive {
        true => ((usize::from(first), usize::from(last)), bits >> 4, bits & 15),
        false => ((0, 63), 0, 0),
    };
    let scan = ScanSpec { components, count, band, high, low, start: segment.end };
    if progressive { check_progression(&scan).map(|()| scan) } else { Ok(scan) }
}

/// Reads one component of a scan header. Of components with one id it is the first that the scan does not have
/// yet: files that give all of them one mean them by their order, and libjpeg takes them so.
fn scan_component(
    spec: &[u8],
    frame: &[Component],
    earlier: &[ScanComponent],
) -> Result<ScanComponent, Error> {
    let mut named = frame.iter().enumerate().filter(|(_, component)| component.id == spec[0]);
    let taken = |index| earlier.iter().any(|component| component.index == index);
    let Some((index, _)) = named.clone().find(|&(index, _)| !taken(index)) else {
        let text = match named.next() {
            Some(_) => format!("component {} twice in a scan", spec[0]),
            None => format!("a scan of component {}, which the frame does not have", spec[0]),
        };
        return Err(Error::Malformed(text));
    };
    let (dc, ac) = (usize::from(spec[1] >> 4), usize::from(spec[1] & 15));
    if dc > 3 || ac > 3 {
        return Err(Error::Malformed(format!("Huffman tables {dc} and {ac}, expected 0 to 3")));
    }
    Ok(ScanComponent { index, dc, ac })
}

/// Checks the parameters of a progressive scan.
fn check_progression(scan: &ScanSpec) -> Result<(), Error> {
    let (first, last) = scan.band;
    let band_ok = match first {
        0 => last == 0,
        _ => first <= last && last < 64 && scan.count == 1,
    };
    let bits_ok = scan.low <= 13 && (scan.high == 0 || scan.high == scan.low + 1);
    if band_ok && bits_ok {
        return Ok(());
    }
    Err(Error::Malformed(format!(
        "a progressive scan of {} components, coefficients {first} to {last}, bits {} to {}",
        scan.count, scan.high, scan.low
    )))
}

/// Reads a segment that defines tables; any other segment is passed over.
pub(crate) fn definition(
    data: &[u8],
    segment: &Segment,
    into: &mut Definitions,
) -> Result<(), Error> {
    let body = segment.body(data);
    match segment.marker {
        markers::DQT => quantisation_tables(body, into),
        markers::DHT => huffman_tables(body, into),
        markers::DRI => match body {
            &[high, low, ..] => {
                into.restart_interval = u32::from(u16::from_be_bytes([high, low]));
                Ok(())
            }
            _ => Err(too_short("restart interval (DRI)", 2, body.len())),
        },
        _ => Ok(()),
    }
}

/// Reads DQT: any number of tables of 8 or 16 bits.
fn quantisation_tables(mut body: &[u8], into: &mut Definitions) -> Result<(), Error> {
    while let [spec, rest @ ..] = body {
        let (wide, number) = (spec >> 4 != 0, usize::from(spec & 15));
        let size = if wide { 128 } else { 64 };
        let Some((values, rest)) = rest.split_at_checked(size) else {
            return Err(too_short("quantisation table (DQT)", size, rest.len()));
        };
        let Some(slot) = into.quantisation.get_mut(number) else {
            let text = format!("quantisation table {number}, expected 0 to 3");
            return Err(Error::Malformed(text));
        };
        let mut table = [0; 64];
        for (place, value) in table.iter_mut().enumerate() {
            *value = match wide {
                true => u16::from_be_bytes([values[place * 2], values[place * 2 + 1]]),
                false => u16::from(values[place]),
            };
        }
        *slot = Some(table);
        body = rest;
    }
    Ok(())
}

/// Reads DHT: any number of tables.
fn huffman_tables(mut body: &[u8], into: &mut Definitions) -> Result<(), Error> {
    while let [spec, rest @ ..] = body {
        let Some((counts, rest)) = rest.split_first_chunk::<16>() else {
            return Err(too_short("Huffman table (DHT)", 17, body.len()));
        };
        let size = counts.iter().map(|&count| usize::from(count)).sum::<usize>();
        if size > 256 {
            return Err(Error::Malformed(format!("a Huffman table of {size} codes, 256 at most")));
        }
        let Some((values, rest)) = rest.split_at_checked(size) else {
            return Err(too_short("Huffman table (DHT)", 17 + size, body.len()));
        };
        let tables = if spec >> 4 == 0 { &mut into.dc } else { &mut into.ac };
        let Some(slot) = tables.get_mut(usize::from(spec & 15)).filter(|_| spec >> 4 < 2) else {
            return Err(Error::Malformed(format!("Huffman table {spec:02X}, expected 00 to 13")));
        };
        *slot = Some(HuffmanSpec::new(*counts, values));
        body = rest;
    }
    Ok(())
}

/// Looks behind the first scan for the number of lines (DNL).
pub(crate) fn number_of_lines(data: &[u8], scan_start: usize) -> Result<u32, Error> {
    if let Some(found) = markers::end_of_scan(data, scan_start)
        && found.marker == markers::DNL
        && let Some(&[_, _, high, low]) = data.get(found.after..found.after + 4)
        && let lines @ 1.. = u32::from(u16::from_be_bytes([high, low]))
    {
        return Ok(lines);
    }
    Err(Error::Malformed("the frame is 0 pixels high, and no number of lines (DNL) follows".into()))
}

/// The error for a segment that is shorter than its content.
#[cold]
fn too_short(what: &str, expected: usize, found: usize) -> Error {
    Error::Malformed(format!("{what}: expected at least {expected} bytes, found {found}"))
}
