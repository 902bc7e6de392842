//! Encodes a picture as a PNG with a palette.

use png::{BitDepth, ColorType};

use super::super::palette::{self, Entry, Indexed, PaletteSettings};
use super::super::{EncodeMemory, Encoder, WholeEncoder};
use super::encoder::{Head, PngEncoder, Rows, largest_file, memory_of_rows};
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, zeroed};
use crate::picture::reserve::probed;
use crate::recipe::job::Watch;
use crate::recipe::options::Png;

/// An upper bound of the bytes that an encode holds.
pub(super) fn memory(size: Size, layout: Layout) -> EncodeMemory {
    EncodeMemory::of_canvas(layout.bytes(size), palette::memory(size, layout) + of_file(size))
}

/// Bytes of the encode of indices, a byte each.
fn of_file(size: Size) -> u64 {
    let row = u64::from(size.width);
    memory_of_rows(size, row) + largest_file(size, row) / 2 + row
}

/// An encode to come.
pub(super) struct IndexedEncoder {
    pub(super) options: Png,
}

impl WholeEncoder for IndexedEncoder {
    fn encode(self: Box<Self>, canvas: Band, watch: &Watch) -> Result<Vec<u8>> {
        let size = canvas.size();
        let Png { colours, dither, .. } = self.options;
        let settings = PaletteSettings { colours, dither, half_clear: true, keeps_clear: false };
        let Indexed { palette, indices } = Indexed::of(&canvas, settings, watch)?;
        drop(canvas);
        // The crate ends the process where memory is missing.
        probed(of_file(size))?;
        let depth = depth(palette.len());
        let mut packed = zeroed((size.width as usize * depth as usize).div_ceil(8))?;
        let head = |head: &mut Head| set_palette(head, depth, &palette);
        let rows = Rows { bytes: packed.len() as u64, pixel: 1 };
        let mut encoder = PngEncoder::new(&self.options, size, rows, head)?;
        for row in indices.chunks_exact(size.width as usize) {
            watch.check()?;
            pack(row, depth, &mut packed);
            encoder.write_row(&packed)?;
        }
        Box::new(encoder).finish(watch)
    }
}

/// The least bits that an index of so many colours takes.
fn depth(colours: usize) -> BitDepth {
    match colours {
        ..=2 => BitDepth::One,
        3..=4 => BitDepth::Two,
        5..=16 => BitDepth::Four,
        _ => BitDepth::Eight,
    }
}

/// Sets the colours, and the alpha of those that have any: they are the first.
fn set_palette(head: &mut Head, depth: BitDepth, palette: &[Entry]) {
    head.set_color(ColorType::Indexed);
    head.set_depth(depth);
    head.set_palette(palette.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect::<Vec<u8>>());
    let alpha: Vec<u8> = palette.iter().map(|entry| entry[3]).take_while(|&it| it < 255).collect();
    if !alpha.is_empty() {
        head.set_trns(alpha);
    }
}

/// Packs indices into bytes, the first one in the highest bits.
fn pack(indices: &[u8], depth: BitDepth, packed: &mut [u8]) {
    let bits = depth as usize;
    for (byte, indices) in packed.iter_mut().zip(indices.chunks(8 / bits)) {
        let joined = indices.iter().fold(0, |byte: u32, index| byte << bits | u32::from(*index));
        let missing = 8 / bits - indices.len();
        *byte = (joined << (missing * bits)).to_le_bytes()[0];
    }
}
