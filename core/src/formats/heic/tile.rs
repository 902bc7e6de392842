//! Decodes a coded picture to rows of 8-bit samples, on a thread that a stopped job leaves behind.

use heifer::color::{ColorParams, frame_to_rgba_into};
use heifer::heifer_hevc_dec::Error as CrateError;
use heifer::heifer_hevc_dec::decoder::{DecodeOptions, decode_picture};
use heifer::heifer_hevc_dec::recon::Frame;
use heifer::heifer_isobmff::boxes::HevcConfig;

use super::super::optional::blamed;
use super::container::Tile;
use crate::error::{Error, ErrorKind, Result};
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::band::zeroed;
use crate::picture::reserve::{reserved, reserved_bytes};
use crate::recipe::aside::{Aside, one_a_core};
use crate::recipe::job::Watch;
use crate::recipe::source::Bytes;

/// Coded pictures are larger than they are shown by less than this.
const BLOCK: u32 = 64;

/// Pixels that a picture of any size may code.
pub(super) const LEAST: u64 = BLOCK as u64 * BLOCK as u64;

/// Bytes a pixel that a decode holds at most: planes of 16 bits, twice where they are cut, and what the filters need.
const PIXEL: u64 = 28;

/// Bytes that a decode holds besides: tables, scratch, and the crate's notes of each unit.
const TABLES: u64 = 512 << 10;

/// Units of codes that a picture may have. A level of HEVC allows 600 slices at most.
const MOST_UNITS: usize = 2048;

const START: [u8; 4] = [0, 0, 0, 1];

const STACK: usize = 2 << 20;

/// Decodes that were stopped and have not ended; one a core at the most.
static DECODES: Aside = Aside::new("makeready-heic", STACK, one_a_core, too_many);

#[cold]
fn too_many(left: usize) -> Error {
    let what =
        format!("cannot be decoded: {left} decodes of HEIC that were stopped have not ended");
    Error::new(ErrorKind::Busy, what)
}

/// The size that a picture may be coded in.
fn coded(size: Size) -> u64 {
    let side = |side: u32| u64::from(side).next_multiple_of(BLOCK.into());
    side(size.width).saturating_mul(side(size.height))
}

/// Bytes that a decode of a picture of this size and of so many bytes holds at most, with the samples that it gives.
pub(super) fn bytes(size: Size, codes: u64) -> u64 {
    // The codes are put together, and then taken apart.
    let codes = codes.saturating_mul(4);
    coded(size).saturating_mul(PIXEL + 4).saturating_add(codes).saturating_add(TABLES)
}

/// The samples of a picture, four a pixel; where luma alone is wanted, one.
pub(super) fn decode(
    file: &Bytes,
    tile: &Tile,
    size: Size,
    luma: bool,
    watch: &Watch,
) -> Result<Vec<u8>> {
    let (file, tile) = (Bytes::clone(file), tile.clone());
    DECODES.run(watch, move |_| {
        blamed(Format::Heic, || {
            let codes = stream((*file).as_ref(), &tile)?;
            let options = DecodeOptions { max_pixels: coded(size), ..DecodeOptions::default() };
            let frame = decode_picture(&codes, options).map_err(|error| fault(&error))?;
            drop(codes);
            if frame.widths[0] < size.width || frame.heights[0] < size.height {
                let (width, height) = (frame.widths[0], frame.heights[0]);
                let what = format!("a HEIC of {size} pixels that codes {width}x{height}");
                return Err(Error::malformed(what));
            }
            if luma { levels(&frame, &tile, size) } else { colours(&frame, &tile, size) }
        })
    })
}

/// Bytes of the parameters that are told of codes, each behind a start.
pub(super) fn told(config: &HevcConfig) -> usize {
    config.nal_units.iter().map(|unit| START.len() + unit.len()).sum()
}

/// The codes as the crate reads them: the parameters and the units, each behind a start.
fn stream(data: &[u8], tile: &Tile) -> Result<Vec<u8>> {
    let config = &tile.config;
    let told = (config.nal_units.iter().map(Vec::as_slice)).map(Ok);
    let mut rest = data.get(tile.data.clone()).unwrap_or(&[]);
    let coded = std::iter::from_fn(|| {
        let (length, behind) = rest.split_at_checked(config.nal_length_size.into())?;
        let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let unit = behind.split_at_checked(length);
        rest = unit.map_or(&[], |(_, behind)| behind);
        Some(unit.map(|(unit, _)| unit).ok_or_else(cut))
    });
    let starts = MOST_UNITS * START.len();
    let mut stream = reserved_bytes((self::told(config) + tile.data.len() + starts) as u64)?;
    for (count, unit) in told.chain(coded).enumerate() {
        if count == MOST_UNITS {
            let what = format!("a HEIC whose codes have more than {MOST_UNITS} units");
            return Err(Error::malformed(what));
        }
        stream.extend_from_slice(&START);
        stream.extend_from_slice(unit?);
    }
    Ok(stream)
}

/// Red, green, blue and an alpha that is opaque.
fn colours(frame: &Frame, tile: &Tile, size: Size) -> Result<Vec<u8>> {
    let params = params(frame, tile);
    let (width, height) = (size.width as usize, size.height as usize);
    let mut samples = zeroed(width * height * 4)?;
    let mut rows: Vec<&mut [u8]> = reserved(height)?;
    rows.extend(samples.chunks_exact_mut(width * 4));
    frame_to_rgba_into(frame, params, &mut rows, width, height);
    Ok(samples)
}

/// The luma, in all of the range.
#[allow(clippy::cast_possible_truncation, reason = "clamped")]
#[allow(clippy::cast_sign_loss, reason = "clamped")]
fn levels(frame: &Frame, tile: &Tile, size: Size) -> Result<Vec<u8>> {
    let bits = frame.bit_depth[0].clamp(8, 16);
    let unit = f64::from(1_u32 << (bits - 8));
    let (least, range) = match params(frame, tile).full_range {
        true => (0.0, unit * 256.0 - 1.0),
        false => (16.0 * unit, 219.0 * unit),
    };
    let level =
        |sample: usize| ((sample as f64 - least) / range * 255.0).round().clamp(0.0, 255.0) as u8;
    let mut table: Vec<u8> = reserved(1 << bits)?;
    table.extend((0..1 << bits).map(level));
    let (width, height) = (size.width as usize, size.height as usize);
    let mut samples = reserved(width * height)?;
    for row in frame.planes[0].chunks_exact(frame.widths[0] as usize).take(height) {
        let level = |sample: &u16| table.get(usize::from(*sample)).copied().unwrap_or(u8::MAX);
        samples.extend(row[..width].iter().map(level));
    }
    Ok(samples)
}

/// The matrix and the range: those that the item tells before those of the codes.
fn params(frame: &Frame, tile: &Tile) -> ColorParams {
    let told = tile.matrix.map(|(matrix, full_range)| ColorParams { matrix, full_range });
    told.unwrap_or_else(|| ColorParams::from_frame(frame))
}

/// The library's error for one of the crate.
#[cold]
fn fault(error: &CrateError) -> Error {
    match error {
        CrateError::UnexpectedEof => cut(),
        CrateError::Unimplemented(what) => Error::unsupported(format!("HEIC: {what}")),
        other => Error::malformed(format!("HEIC: {other}")),
    }
}

#[cold]
fn cut() -> Error {
    Error::truncated("the HEIC ends within the codes of its pixels")
}
