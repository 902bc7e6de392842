//! The parts of a file that a request needs: pure geometry, no samples.
//!
//! **Sizes of transforms.** With a scale of 1/n, a block of the components with the highest
//! sampling factors becomes `s = 8 / n` samples a side. Other components are transformed at `2s`,
//! `4s`, ... up to 8 as long as that does not give them more samples than the output has, in both
//! directions; so libjpeg does it (`jpeg_calc_output_dimensions`). For a 4:2:0 file (luma, chroma):
//! 1/1 8 and 8, 1/2 4 and 8, 1/4 2 and 4, 1/8 1 and 2; for 4:2:2, where the heights forbid it: both
//! alike.
//!
//! **Planes** keep the sampling of the file: all components at `s`. No other decoder gives planes
//! at 1/2 and 1/4, so there is none to be equal to. They are transformed from their lowest 4x4 and
//! 2x2 coefficients alone, and the others passed over.

use crate::decode::header::Header;
use crate::decode::header::metadata::ColourModel;
use crate::decode::request::{Region, Request, scaled_size};
use crate::error::Error;
use crate::samples::Format;

/// The way from a component's samples to the output's: libjpeg's choices, with fancy upsampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upsampling {
    /// None: they are the output's.
    None,
    /// Twice as wide, by a triangle filter.
    Wide,
    /// Twice as high, by a triangle filter.
    High,
    /// Twice as wide and high, by triangle filters.
    Both,
    /// By repetition, whatever the ratio.
    Repeat,
}

impl Upsampling {
    /// Tells whether rows above and below take part.
    pub(crate) const fn has_vertical(self) -> bool {
        matches!(self, Self::High | Self::Both)
    }

    /// Tells whether columns left and right take part.
    pub(crate) const fn has_horizontal(self) -> bool {
        matches!(self, Self::Wide | Self::Both)
    }
}

/// A range of samples or blocks; `end` is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// The number of them.
    pub(crate) const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Tells whether `at` is one of them.
    #[inline(always)]
    pub(crate) const fn contains(self, at: u32) -> bool {
        at >= self.start && at < self.end
    }

    /// The blocks of `side` samples that hold these samples.
    const fn blocks(self, side: u32) -> Self {
        Self { start: self.start / side, end: self.end.div_ceil(side) }
    }
}

/// The geometry of one component in a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlaneLayout {
    /// Blocks a row and rows of blocks in an MCU.
    pub(crate) sampling: (u32, u32),
    /// Blocks of the component that hold samples of the image, a row and a column.
    pub(crate) blocks: (u32, u32),
    /// Blocks with the ones that fill up the last MCUs.
    pub(crate) padded_blocks: (u32, u32),
    /// Whether samples of it are wanted at all.
    pub(crate) needed: bool,
    /// Samples a side that a block becomes: 1, 2, 4 or 8.
    pub(crate) side: u32,
    /// The zigzag place behind the last coefficient that its transform uses.
    pub(crate) coefficients: usize,
    /// Samples of the plane, a row and a column.
    pub(crate) size: (u32, u32),
    /// Samples of this plane for every `max_sampling` of the output, a row and a column.
    pub(crate) ratio: (u32, u32),
    /// The way from its samples to the output's.
    pub(crate) upsampling: Upsampling,
    /// Columns of samples that the region needs.
    pub(crate) columns: Span,
    /// Rows of samples that the region needs.
    pub(crate) rows: Span,
    /// Columns of blocks that hold them; none if the component is not wanted.
    pub(crate) block_columns: Span,
    /// Rows of blocks that hold them.
    pub(crate) block_rows: Span,
}

/// The geometry of one decode.
#[derive(Debug, Clone)]
pub(crate) struct DecodeLayout {
    /// The region, checked.
    pub(crate) region: Region,
    /// The highest sampling factors.
    pub(crate) max_sampling: (u32, u32),
    /// MCUs of an interleaved scan, a row and a column.
    pub(crate) mcus: (u32, u32),
    /// Rows of the scaled image that a row of MCUs makes.
    pub(crate) mcu_height: u32,
    /// The rows of MCUs that hold the region.
    pub(crate) mcu_rows: Span,
    /// The rows of MCUs of which coefficients are stored: two more, for the smoothing of unfinished
    /// files.
    pub(crate) kept_mcu_rows: u32,
    /// Rows of the output that wait for the next row of MCUs: 1 with vertical upsampling.
    pub(crate) lag: u32,
    /// The geometry of each component of the frame.
    pub(crate) planes: [PlaneLayout; 4],
    /// The number of planes that count.
    pub(crate) count: usize,
}

impl DecodeLayout {
    /// Works out the needs of `request`.
    pub(crate) fn new(header: &Header, request: &Request) -> Result<Self, Error> {
        let scaled = scaled_size(header, request.scale);
        check_region(request.region, scaled)?;
        check_format(header, request.format)?;
        let max = header.max_sampling();
        let mcus = (header.width.div_ceil(max.0 * 8), header.height.div_ceil(max.1 * 8));
        let mut planes = [blank_plane(); 4];
        for (index, plane) in planes.iter_mut().enumerate().take(header.components.len()) {
            *plane = plane_of(header, request, index, mcus);
        }
        let count = header.components.len();
        let lag = u32::from(planes[..count].iter().any(|plane| {
            request.format != Format::Planes && plane.needed && plane.upsampling.has_vertical()
        }));
        let mcu_height = max.1 * request.scale.block_side();
        let region = request.region;
        let last = (region.y + region.height - 1 + lag).min(scaled.1 - 1);
        let mcu_rows =
            Span { start: region.y.saturating_sub(lag) / mcu_height, end: last / mcu_height + 1 };
        let kept_mcu_rows = (mcu_rows.end + 2).min(mcus.1);
        Ok(Self {
            kept_mcu_rows,
            region,
            max_sampling: max,
            mcus,
            mcu_height,
            mcu_rows,
            lag,
            planes,
            count,
        })
    }

    /// The planes that count.
    pub(crate) fn planes(&self) -> &[PlaneLayout] {
        &self.planes[..self.count]
    }

    /// The first row of the output that waits for more once row `mcu_row` of MCUs is decoded.
    pub(crate) fn ready_rows(&self, mcu_row: u32) -> u32 {
        let end = self.region.y + self.region.height;
        if mcu_row + 1 >= self.mcu_rows.end {
            end
        } else {
            ((mcu_row + 1) * self.mcu_height - self.lag).min(end)
        }
    }
}

/// Checks that the region is part of the scaled image.
fn check_region(region: Region, (width, height): (u32, u32)) -> Result<(), Error> {
    let within = |start: u32, len: u32, all: u32| {
        len > 0 && start.checked_add(len).is_some_and(|end| end <= all)
    };
    if within(region.x, region.width, width) && within(region.y, region.height, height) {
        return Ok(());
    }
    Err(Error::Misuse(format!("{region:?} is not part of the image of {width}x{height}")))
}

/// Checks that the file has the components that the format needs.
fn check_format(header: &Header, format: Format) -> Result<(), Error> {
    match (format, header.colour) {
        (Format::Rgb, _)
        | (Format::Inks, ColourModel::Cmyk | ColourModel::Ycck)
        | (Format::Gray | Format::Planes, ColourModel::Gray | ColourModel::YCbCr) => Ok(()),
        (format, model) => Err(Error::Misuse(format!("{format:?} of a {model:?} file"))),
    }
}

/// Stands where there is no component.
const fn blank_plane() -> PlaneLayout {
    let none = Span { start: 0, end: 0 };
    PlaneLayout {
        sampling: (1, 1),
        blocks: (0, 0),
        padded_blocks: (0, 0),
        needed: false,
        side: 1,
        coefficients: 1,
        size: (0, 0),
        ratio: (1, 1),
        upsampling: Upsampling::None,
        columns: none,
        rows: none,
        block_columns: none,
        block_rows: none,
    }
}

/// The plane of a component.
fn plane_of(header: &Header, request: &Request, index: usize, mcus: (u32, u32)) -> PlaneLayout {
    let max = header.max_sampling();
    let component = &header.components[index];
    let sampling = (u32::from(component.h), u32::from(component.v));
    let base = request.scale.block_side();
    let side = transform_side(request.format, base, sampling, max);
    let ratio = (sampling.0 * side / base, sampling.1 * side / base);
    let size = (
        (header.width * sampling.0 * side).div_ceil(max.0 * 8),
        (header.height * sampling.1 * side).div_ceil(max.1 * 8),
    );
    let upsampling = match request.format {
        Format::Planes => Upsampling::None,
        Format::Gray | Format::Rgb | Format::Inks => upsampling(ratio, max, base > 1, size.0),
    };
    let needed = index == 0 || request.format != Format::Gray;
    let region = request.region;
    let reach = (upsampling.has_horizontal(), upsampling.has_vertical());
    let columns = samples_for(region.x, region.width, ratio.0, max.0, reach.0, size.0);
    let rows = samples_for(region.y, region.height, ratio.1, max.1, reach.1, size.1);
    PlaneLayout {
        sampling,
        blocks: (
            (header.width * sampling.0).div_ceil(max.0 * 8),
            (header.height * sampling.1).div_ceil(max.1 * 8),
        ),
        padded_blocks: (mcus.0 * sampling.0, mcus.1 * sampling.1),
        needed,
        side,
        coefficients: coefficients(request.format, side),
        size,
        ratio,
        upsampling,
        columns,
        rows,
        block_columns: if needed { columns.blocks(side) } else { Span { start: 0, end: 0 } },
        block_rows: rows.blocks(side),
    }
}

/// The side of a component's transform; see the head of this file.
fn transform_side(format: Format, base: u32, sampling: (u32, u32), max: (u32, u32)) -> u32 {
    let mut side = base;
    let fits = |side: u32| {
        (max.0 * base).is_multiple_of(sampling.0 * side * 2)
            && (max.1 * base).is_multiple_of(sampling.1 * side * 2)
    };
    while format != Format::Planes && side < 8 && fits(side) {
        side *= 2;
    }
    side
}

/// The zigzag place behind the last coefficient that a transform uses.
fn coefficients(format: Format, side: u32) -> usize {
    match (format, side) {
        (_, 1) => 1,
        // The last at (1, 1) and (3, 3).
        (Format::Planes, 2) => 5,
        (Format::Planes, 4) => 25,
        _ => 64,
    }
}

/// The kind of upsampling (`jinit_upsampler`): none is fancy at 1/8 or for planes up to two samples
/// wide.
fn upsampling(ratio: (u32, u32), max: (u32, u32), fancy: bool, width: u32) -> Upsampling {
    let (same_width, same_height) = (ratio.0 == max.0, ratio.1 == max.1);
    let (twice_as_wide, twice_as_high) = (ratio.0 * 2 == max.0, ratio.1 * 2 == max.1);
    if same_width && same_height {
        Upsampling::None
    } else if fancy && width > 2 && twice_as_wide && same_height {
        Upsampling::Wide
    } else if fancy && same_width && twice_as_high {
        Upsampling::High
    } else if fancy && width > 2 && twice_as_wide && twice_as_high {
        Upsampling::Both
    } else {
        Upsampling::Repeat
    }
}

/// The samples of a plane `size` long that `len` pixels from `start` on are made of.
fn samples_for(start: u32, len: u32, ratio: u32, max: u32, reach: bool, size: u32) -> Span {
    let reach = u32::from(reach);
    let first = (start * ratio / max).saturating_sub(reach);
    let last = ((start + len - 1) * ratio / max + reach).min(size - 1);
    Span { start: first.min(last), end: last + 1 }
}
