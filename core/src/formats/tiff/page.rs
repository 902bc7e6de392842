//! The facts of a page before its pixels.

use std::ops::Range;

use super::chunks::Chunks;
use super::directory::{Directory, Field, Form};
use crate::error::{Error, Result};
use crate::picture::density::{self, INCH};
use crate::picture::exif::ByteOrder;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::orientation::Orientation;
use crate::picture::xmp;
use crate::recipe::limits::Limits;

pub(super) mod tags {
    //! The numbers of fields, by TIFF 6.0 and its supplements.

    pub(in super::super) const WIDTH: u16 = 256;
    pub(in super::super) const HEIGHT: u16 = 257;
    pub(in super::super) const BITS: u16 = 258;
    pub(in super::super) const COMPRESSION: u16 = 259;
    pub(in super::super) const PHOTOMETRIC: u16 = 262;
    pub(in super::super) const FILL_ORDER: u16 = 266;
    pub(in super::super) const STRIP_OFFSETS: u16 = 273;
    pub(in super::super) const ORIENTATION: u16 = 274;
    pub(in super::super) const SAMPLES: u16 = 277;
    pub(in super::super) const ROWS_PER_STRIP: u16 = 278;
    pub(in super::super) const STRIP_BYTES: u16 = 279;
    pub(in super::super) const X_RESOLUTION: u16 = 282;
    pub(in super::super) const PLANAR: u16 = 284;
    pub(in super::super) const RESOLUTION_UNIT: u16 = 296;
    pub(in super::super) const PREDICTOR: u16 = 317;
    pub(in super::super) const COLOUR_MAP: u16 = 320;
    pub(in super::super) const TILE_WIDTH: u16 = 322;
    pub(in super::super) const TILE_HEIGHT: u16 = 323;
    pub(in super::super) const TILE_OFFSETS: u16 = 324;
    pub(in super::super) const TILE_BYTES: u16 = 325;
    pub(in super::super) const INK_SET: u16 = 332;
    pub(in super::super) const EXTRA_SAMPLES: u16 = 338;
    pub(in super::super) const SAMPLE_FORMAT: u16 = 339;
    pub(in super::super) const JPEG_TABLES: u16 = 347;
    pub(in super::super) const XMP: u16 = 700;
    pub(in super::super) const ICC: u16 = 34675;
}
use tags::*;

/// The method by which chunks are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    None,
    PackBits,
    Lzw,
    Deflate,
    Jpeg,
    Fax4,
}

impl Coding {
    fn of(number: u64) -> Result<Self> {
        let name = match number {
            1 => return Ok(Self::None),
            4 => return Ok(Self::Fax4),
            5 => return Ok(Self::Lzw),
            7 => return Ok(Self::Jpeg),
            8 | 32946 => return Ok(Self::Deflate),
            32773 => return Ok(Self::PackBits),
            2 => "CCITT run lengths",
            3 => "CCITT group 3",
            6 => "JPEG as of TIFF 6.0",
            50000 => "Zstandard",
            50001 => "WebP",
            _ => "an unknown method",
        };
        Err(Error::unsupported(format!(
            "a TIFF compressed by {name} ({number}), this build reads those of none, PackBits, LZW, Deflate, JPEG and \
             CCITT group 4"
        )))
    }
}

/// The meaning of the samples of a pixel but alpha.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    Gray,
    Rgb,
    /// An index into a palette.
    Palette(Field),
    Inks,
    /// RGB, stored by JPEG as luma and chroma.
    YCbCr,
}

impl Model {
    /// Samples of a pixel.
    pub(super) const fn samples(self) -> usize {
        match self {
            Self::Gray | Self::Palette(_) => 1,
            Self::Rgb | Self::YCbCr => 3,
            Self::Inks => 4,
        }
    }
}

/// Alpha among the samples of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alpha {
    /// Its place.
    pub(super) at: usize,
    /// The colours are multiplied by it.
    pub(super) associated: bool,
}

/// The facts of a page.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) size: Size,
    pub(super) order: ByteOrder,
    /// Bits of a sample: 1, 2, 4, 8 or 16.
    pub(super) bits: u8,
    /// Samples of a pixel, of which the last may mean nothing.
    pub(super) samples: usize,
    pub(super) model: Model,
    /// Samples of gray are 0 where it is white.
    pub(super) inverted: bool,
    pub(super) alpha: Option<Alpha>,
    pub(super) coding: Coding,
    /// Samples are differences to those on their left.
    pub(super) differences: bool,
    /// Each sample has chunks of its own.
    pub(super) planar: bool,
    /// The first pixel of a byte is its lowest bit.
    pub(super) lowest_first: bool,
    pub(super) chunks: Chunks,
    pub(super) orientation: Orientation,
    pub(super) density: Option<u32>,
    pub(super) icc: Option<Range<usize>>,
    pub(super) xmp: Option<Range<usize>>,
    /// Tables that all chunks of JPEG share.
    pub(super) jpeg_tables: Option<Range<usize>>,
}

impl Page {
    pub(super) fn read(
        data: &[u8],
        form: Form,
        directory: &Directory,
        limits: &Limits,
    ) -> Result<Self> {
        let number = |tag, usual| directory.number(data, tag).unwrap_or(usual);
        let place = |tag| directory.field(data, tag)?.place(data);
        let size = Size::new(side(number(WIDTH, 0), "width")?, side(number(HEIGHT, 0), "height")?);
        let coding = Coding::of(number(COMPRESSION, 1))?;
        let samples = usize::try_from(number(SAMPLES, 1)).unwrap_or(usize::MAX);
        let bits = bits(directory, data, samples)?;
        let photometric = number(PHOTOMETRIC, 0);
        let model = model(directory, data, photometric)?;
        let alpha = alpha(directory, data, model, samples)?;
        let planar = number(PLANAR, 1) == 2 && samples > 1;
        let (planes, together) = if planar { (samples, 1) } else { (1, samples) };
        let pixel_bits = u64::from(bits) * together as u64;
        let icc = place(ICC);
        let xmp = place(XMP);
        let page = Self {
            size,
            order: form.order,
            bits,
            samples,
            model,
            inverted: model == Model::Gray && photometric == 0,
            alpha,
            coding,
            differences: differences(coding, bits, number(PREDICTOR, 1))?,
            planar,
            lowest_first: number(FILL_ORDER, 1) == 2 && coding != Coding::Jpeg,
            chunks: Chunks::read(data, directory, size, pixel_bits, planes)?,
            orientation: orientation(directory, data, xmp.clone(), limits),
            density: resolution(directory, data),
            icc,
            xmp,
            jpeg_tables: place(JPEG_TABLES),
        };
        page.check()
    }

    /// The layout that pixels are read in.
    pub(super) fn layout(&self) -> Layout {
        Layout::interleaved(self.model != Model::Gray, self.alpha.is_some())
    }

    /// The samples that make pixels, in the order of the layout.
    pub(super) fn used(&self) -> impl Iterator<Item = usize> {
        (0..self.model.samples()).chain(self.alpha.map(|alpha| alpha.at))
    }

    /// Chunks that make a pixel.
    pub(super) fn planes(&self) -> usize {
        if self.planar { self.samples } else { 1 }
    }

    /// Refuses what codecs cannot hold.
    fn check(self) -> Result<Self> {
        let Self { bits, samples, model, coding, planar, .. } = &self;
        let fits = match coding {
            Coding::Fax4 => (*bits, *samples) == (1, 1) && self.size.width <= u16::MAX.into(),
            Coding::Jpeg if *planar => *bits == 8 && *model != Model::YCbCr,
            Coding::Jpeg => *bits == 8 && *samples == model.samples(),
            _ => *model != Model::YCbCr && (*bits <= 8 || !matches!(model, Model::Palette(_))),
        };
        if fits {
            return Ok(self);
        }
        Err(Error::unsupported(format!(
            "a TIFF of {samples} samples of {bits} bits, {model}, compressed by {coding:?}"
        )))
    }
}

impl std::fmt::Display for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gray => "gray",
            Self::Rgb => "rgb",
            Self::Palette(_) => "of a palette",
            Self::Inks => "cmyk",
            Self::YCbCr => "ycbcr",
        })
    }
}

/// The sample that stands first behind the colours and is alpha. Gray and RGB with one sample more and no word of it
/// have alpha, as Pillow takes it.
fn alpha(
    directory: &Directory,
    data: &[u8],
    model: Model,
    samples: usize,
) -> Result<Option<Alpha>> {
    let colours = model.samples();
    if samples < colours {
        return Err(wrong("samples a pixel", format!("at least {colours}"), samples));
    }
    let Some(extra) = directory.field(data, EXTRA_SAMPLES) else {
        let told_by_number = samples == colours + 1 && matches!(model, Model::Gray | Model::Rgb);
        return Ok(told_by_number.then_some(Alpha { at: colours, associated: false }));
    };
    let kinds = (0..samples - colours).map(|index| extra.number(data, index).unwrap_or(0));
    let alpha = kinds.enumerate().find(|(_, kind)| matches!(kind, 1 | 2));
    let alpha = alpha.map(|(index, kind)| Alpha { at: colours + index, associated: kind == 1 });
    if alpha.is_some() && model == Model::Inks {
        return Err(Error::unsupported("a TIFF of inks with alpha"));
    }
    Ok(alpha)
}

/// A side of at least one pixel.
pub(super) fn side(found: u64, what: &str) -> Result<u32> {
    match u32::try_from(found) {
        Ok(side) if side > 0 => Ok(side),
        _ => Err(wrong(what, format!("1 to {}", u32::MAX), found)),
    }
}

/// Bits of a sample, which are those of all samples.
fn bits(directory: &Directory, data: &[u8], samples: usize) -> Result<u8> {
    if !(1..=usize::from(u16::MAX)).contains(&samples) {
        return Err(wrong("samples a pixel", format!("1 to {}", u16::MAX), samples));
    }
    let all_equal = |tag, usual| {
        let Some(field) = directory.field(data, tag) else { return Some(usual) };
        let first = field.number(data, 0)?;
        let others = 1..field.count.min(samples);
        let differs = |index| field.number(data, index) != Some(first);
        (!others.into_iter().any(differs)).then_some(first)
    };
    let bits = all_equal(BITS, 1).and_then(|bits| u8::try_from(bits).ok());
    match (bits, all_equal(SAMPLE_FORMAT, 1)) {
        (Some(bits @ (1 | 2 | 4 | 8 | 16)), Some(1 | 4)) => Ok(bits),
        (Some(bits), Some(1 | 4)) => {
            Err(Error::unsupported(format!("a TIFF of {bits} bits a sample, not 1, 2, 4, 8 or 16")))
        }
        (None, _) => Err(Error::unsupported("a TIFF of samples of several sizes")),
        _ => Err(Error::unsupported("a TIFF of samples that are no natural numbers")),
    }
}

fn model(directory: &Directory, data: &[u8], photometric: u64) -> Result<Model> {
    match photometric {
        0 | 1 => Ok(Model::Gray),
        2 => Ok(Model::Rgb),
        3 => match directory.field(data, COLOUR_MAP) {
            Some(map) => Ok(Model::Palette(map)),
            None => Err(Error::malformed("a TIFF of a palette that it has not")),
        },
        5 if directory.number(data, INK_SET).unwrap_or(1) == 1 => Ok(Model::Inks),
        6 => Ok(Model::YCbCr),
        other => Err(Error::unsupported(format!(
            "a TIFF of the photometric interpretation {other}, not gray, rgb, a palette, cmyk or ycbcr"
        ))),
    }
}

/// Tells whether samples are stored as differences. Methods that know none pass over the field.
fn differences(coding: Coding, bits: u8, predictor: u64) -> Result<bool> {
    match (coding, predictor) {
        (Coding::Lzw | Coding::Deflate, 2) if bits >= 8 => Ok(true),
        (Coding::Lzw | Coding::Deflate, 2..) => Err(Error::unsupported(format!(
            "a TIFF with the predictor {predictor} of samples of {bits} bits"
        ))),
        _ => Ok(false),
    }
}

/// By its own field, else by XMP.
fn orientation(
    directory: &Directory,
    data: &[u8],
    packet: Option<Range<usize>>,
    limits: &Limits,
) -> Orientation {
    let own = directory.field(data, ORIENTATION).map(|field| field.number(data, 0).unwrap_or(1));
    let own =
        own.map(|number| u16::try_from(number).map_or(Orientation::NORMAL, Orientation::from_exif));
    let packet = packet.and_then(|place| data.get(place)).unwrap_or_default();
    own.or_else(|| xmp::orientation(packet, limits.max_exif_bytes)).unwrap_or_default()
}

/// Dots an inch across.
fn resolution(directory: &Directory, data: &[u8]) -> Option<u32> {
    let dots = directory.field(data, X_RESOLUTION)?.rational(data)?;
    match directory.number(data, RESOLUTION_UNIT).unwrap_or(2) {
        2 => density::whole(dots),
        3 => density::whole(dots * INCH),
        _ => None,
    }
}

/// The error of a value that a TIFF cannot have.
#[cold]
pub(super) fn wrong(
    what: &str,
    expected: impl std::fmt::Display,
    found: impl std::fmt::Display,
) -> Error {
    Error::malformed(format!("{what} of a TIFF: expected {expected}, found {found}"))
}
