//! The scan header (SOS).

use super::frame::Component;
use super::segments::{Segment, too_short};
use crate::error::Error;

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
pub(crate) struct ScanHeader {
    components: [ScanComponent; 4],
    count: usize,
    /// The first and last coefficient, in zigzag order.
    pub(crate) spectral: (usize, usize),
    /// Successive approximation: the bit position of the scan before, 0 for a first scan.
    pub(crate) high: u8,
    /// Successive approximation: the bit position of this scan.
    pub(crate) low: u8,
    /// The place where its entropy-coded data starts.
    pub(crate) start: usize,
}

impl ScanHeader {
    /// Its components.
    pub(crate) fn components(&self) -> &[ScanComponent] {
        &self.components[..self.count]
    }
}

/// Reads a scan header (SOS) of a frame with these components.
pub(crate) fn scan_of(
    data: &[u8],
    segment: &Segment,
    frame: &[Component],
    progressive: bool,
) -> Result<ScanHeader, Error> {
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
    let (spectral, high, low) = match progressive {
        true => ((usize::from(first), usize::from(last)), bits >> 4, bits & 15),
        false => ((0, 63), 0, 0),
    };
    let scan = ScanHeader { components, count, spectral, high, low, start: segment.end };
    if progressive { check_progression(&scan).map(|()| scan) } else { Ok(scan) }
}

/// Reads one component of a scan header. Of several components with one id, the first that the scan
/// does not have yet is taken, as in libjpeg: files that give all of them one id mean them by their
/// order.
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
fn check_progression(scan: &ScanHeader) -> Result<(), Error> {
    let (first, last) = scan.spectral;
    let spectral_ok = match first {
        0 => last == 0,
        _ => first <= last && last < 64 && scan.count == 1,
    };
    let bits_ok = scan.low <= 13 && (scan.high == 0 || scan.high == scan.low + 1);
    if spectral_ok && bits_ok {
        return Ok(());
    }
    Err(Error::Malformed(format!(
        "a progressive scan of {} components, coefficients {first} to {last}, bits {} to {}",
        scan.count, scan.high, scan.low
    )))
}
