//! The marker segments before, between and after the scans.

use crate::encode::entropy::file_bytes::FileBytes;
use crate::encode::frame::Frame;
use crate::encode::settings::EncoderSettings;
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::markers;
use crate::zigzag::ZIGZAG;

/// Bytes of a segment beside its own length of two bytes, at most.
const MOST: usize = 65_533;
/// The start of an EXIF segment.
const EXIF: &[u8] = b"Exif\0\0";
/// The start of an ICC segment; its number and their count follow.
const ICC: &[u8] = b"ICC_PROFILE\0";
/// Bytes of a profile in one segment.
const ICC_PART: usize = MOST - ICC.len() - 2;

/// Writes a marker and a segment of these parts.
fn segment(out: &mut FileBytes, marker: u8, parts: &[&[u8]]) -> Result<(), Error> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let length = u16::try_from(length + 2).map_err(|_| too_long(length))?;
    out.write(&[0xFF, marker])?;
    out.write(&length.to_be_bytes())?;
    parts.iter().try_for_each(|part| out.write(part))
}

/// Checks that the metadata fits.
///
/// # Errors
/// [`Error::Misuse`].
pub(crate) fn check(settings: &EncoderSettings) -> Result<(), Error> {
    let exif = settings.exif.as_ref().map_or(0, Vec::len);
    let icc = settings.icc.as_ref().map_or(0, Vec::len);
    if exif > MOST - EXIF.len() {
        return Err(too_long(exif));
    }
    if icc > 255 * ICC_PART {
        return Err(too_long(icc));
    }
    Ok(())
}

/// The error of metadata that is too long.
fn too_long(bytes: usize) -> Error {
    Error::Misuse(format!("metadata of {bytes} bytes do not fit"))
}

/// Writes everything up to the frame header: SOI, JFIF, EXIF, ICC, quantisation tables, SOF.
///
/// # Errors
/// [`Error::Memory`], [`Error::Misuse`].
pub(crate) fn header(
    out: &mut FileBytes,
    frame: &Frame,
    settings: &EncoderSettings,
    steps: &[[u8; 64]; 2],
) -> Result<(), Error> {
    out.write(&[0xFF, markers::SOI])?;
    // JFIF 1.1, square pixels, no thumbnail.
    segment(out, markers::APP0, &[b"JFIF\0", &[1, 1, 0, 0, 1, 0, 1, 0, 0]])?;
    if let Some(exif) = &settings.exif {
        segment(out, markers::APP1, &[EXIF, exif])?;
    }
    if let Some(icc) = &settings.icc {
        let count = u8::try_from(icc.len().div_ceil(ICC_PART)).unwrap_or(u8::MAX);
        for (number, part) in (1..=count).zip(icc.chunks(ICC_PART)) {
            segment(out, markers::APP2, &[ICC, &[number, count], part])?;
        }
    }
    let tables = if frame.components() == 1 { 1 } else { 2 };
    for (number, steps) in (0u8..).zip(&steps[..tables]) {
        segment(
            out,
            markers::DQT,
            &[&[number], &ZIGZAG.map(|natural| steps[usize::from(natural)])],
        )?;
    }
    start_of_frame(out, frame, settings.progressive)
}

/// Writes the frame header.
fn start_of_frame(out: &mut FileBytes, frame: &Frame, progressive: bool) -> Result<(), Error> {
    let short = |value: usize| u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes();
    let components = byte(frame.components());
    let mut each = Vec::new();
    for component in 0..frame.components() {
        let (across, down) = frame.blocks(component);
        each.extend([byte(component + 1), byte(across << 4 | down), byte(component.min(1))]);
    }
    let (height, width) = (short(frame.height), short(frame.width));
    let marker = if progressive { markers::SOF2 } else { markers::SOF0 };
    segment(out, marker, &[&[8], &height, &width, &[components], &each])
}

/// Writes one Huffman table, for AC coefficients or DC differences.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn huffman(
    out: &mut FileBytes,
    ac: bool,
    number: usize,
    spec: &HuffmanSpec,
) -> Result<(), Error> {
    let symbols = &spec.symbols[..spec.len()];
    segment(out, markers::DHT, &[&[u8::from(ac) << 4 | byte(number)], &spec.counts, symbols])
}

/// The part of the coefficients that a scan codes, in the terms of its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ScanParameters {
    /// First and last component, counted from 0.
    pub(crate) components: (usize, usize),
    /// First and last coefficient, zigzag order.
    pub(crate) spectral: (usize, usize),
    /// The low bits left to later scans: before this scan (0 for a first one), and after it.
    pub(crate) bits: (u32, u32),
}

impl ScanParameters {
    /// The one scan of a sequential file.
    pub(crate) fn whole(frame: &Frame) -> Self {
        Self { components: (0, frame.components() - 1), spectral: (0, 63), bits: (0, 0) }
    }
}

/// Writes the restart interval where there is one.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn restart_interval(out: &mut FileBytes, frame: &Frame) -> Result<(), Error> {
    if frame.restart_interval == 0 {
        return Ok(());
    }
    let interval = u16::try_from(frame.restart_interval).unwrap_or(u16::MAX);
    segment(out, markers::DRI, &[&interval.to_be_bytes()])
}

/// Writes a scan header.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn start_of_scan(
    out: &mut FileBytes,
    scan: &ScanParameters,
    progressive: bool,
) -> Result<(), Error> {
    let mut each = Vec::new();
    for component in scan.components.0..=scan.components.1 {
        // A progressive scan names only the tables that it uses.
        let dc = !progressive || scan.spectral.0 == 0 && scan.bits.0 == 0;
        let ac = !progressive || scan.spectral.0 > 0;
        let table = |used: bool| if used { byte(component.min(1)) } else { 0 };
        each.extend([byte(component + 1), (table(dc) << 4) | table(ac)]);
    }
    let count = byte(each.len() / 2);
    let bits = (scan.bits.0 << 4 | scan.bits.1).to_be_bytes()[3];
    segment(
        out,
        markers::SOS,
        &[&[count], &each, &[byte(scan.spectral.0), byte(scan.spectral.1), bits]],
    )
}

/// Writes the end of the file.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn end(out: &mut FileBytes) -> Result<(), Error> {
    out.write(&[0xFF, markers::EOI])
}

/// A small number as a byte.
fn byte(value: usize) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}
