//! Pictures in few colours: chooses a palette of at most 256 colours and maps pixels to its indices.
//!
//! ```text
//! at most that many colours: take them as they are
//! else:
//!     count the pixels in cells of like colours              cells.rs
//!     cut the cells into boxes, the widest in two each time  boxes.rs
//!     move each colour to the mean of the cells next to it   boxes.rs
//!     take each pixel for the nearest colour, and pass the difference on to its neighbours
//! ```
//!
//! All of it is arithmetic in whole numbers and basic operations of floating point, row after row: the same bytes on
//! every machine.

mod boxes;
mod cells;
mod exact;
mod map;
mod nearest;
mod point;

use super::EncodeInput;
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::picture::reserve::reserved_bytes;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::options::Strength;

/// A colour with straight alpha. All of alpha 0 are one, [`CLEAR`].
pub(super) type Entry = [u8; 4];

/// The colour of clear pixels.
pub(super) const CLEAR: Entry = [0; 4];

/// The conditions of a palette.
#[derive(Debug, Clone, Copy)]
pub(super) struct PaletteSettings {
    /// The most colours, 2 to 256.
    pub(super) colours: u32,
    /// How much of a pixel's error its neighbours are given.
    pub(super) dither: Strength,
    /// Tells whether colours may be half clear; else alpha from 128 on is opaque, and less is clear.
    pub(super) half_clear: bool,
    /// Tells whether the palette has [`CLEAR`] whatever the picture.
    pub(super) keeps_clear: bool,
}

/// A picture as indices of its palette.
#[derive(Debug)]
pub(super) struct Indexed {
    /// The colours: those with alpha first, then from dark to light.
    pub(super) palette: Vec<Entry>,
    /// An index for every pixel, row by row.
    pub(super) indices: Vec<u8>,
}

impl Indexed {
    /// Maps a picture to a palette made for it.
    pub(super) fn of(canvas: &Band, settings: PaletteSettings, watch: &Watch) -> Result<Self> {
        let pixels = Pixels { canvas, half_clear: settings.half_clear };
        let mut indices = reserved_bytes(canvas.size().pixels())?;
        let kept = settings.keeps_clear.then_some(CLEAR);
        let palette = if let Some(palette) = exact::palette(pixels, kept, settings.colours, watch)?
        {
            exact::map(pixels, &palette, &mut indices, watch)?;
            palette
        } else {
            let mut cells = cells::count(pixels, watch)?;
            cells.clear |= settings.keeps_clear;
            let palette = boxes::palette(cells, settings.colours as usize, watch)?;
            map::dithered(pixels, &palette, settings.dither, &mut indices, watch)?;
            palette
        };
        Ok(Self { palette, indices })
    }

    /// Maps a picture to a palette that was made for another one, where its pixels are in the mean no further from that
    /// than so many levels, and the palette has [`CLEAR`] if they need it.
    pub(super) fn within(
        canvas: &Band,
        palette: &[Entry],
        settings: PaletteSettings,
        levels: u8,
        watch: &Watch,
    ) -> Result<Option<Self>> {
        let pixels = Pixels { canvas, half_clear: settings.half_clear };
        let needs_clear =
            !palette.contains(&CLEAR) && pixels.rows().flatten().any(|it| it == CLEAR);
        if needs_clear || map::error(pixels, palette, watch)? > f64::from(levels) {
            return Ok(None);
        }
        let mut indices = reserved_bytes(canvas.size().pixels())?;
        map::dithered(pixels, palette, settings.dither, &mut indices, watch)?;
        Ok(Some(Self { palette: palette.to_vec(), indices }))
    }
}

/// Tells whether a picture has at most so many colours, up to 256.
pub(super) fn has_at_most(canvas: &Band, colours: u32, watch: &Watch) -> Result<bool> {
    let pixels = Pixels { canvas, half_clear: true };
    Ok(exact::palette(pixels, None, colours, watch)?.is_some())
}

/// Bytes of palettes and boxes.
const COLOURS: u64 = 64 << 10;

/// An upper bound of the bytes that [`Indexed::of`] holds, its result included.
pub(super) fn memory(size: Size, layout: Layout) -> u64 {
    size.pixels() + cells::memory(size, layout) + map::memory(size) + COLOURS
}

/// Adds the work of [`Indexed::of`]. A picture that comes from a palette mostly has few enough colours.
pub(super) fn work(picture: &EncodeInput, content: Content, work: &mut Work) {
    let pixels = picture.size.pixels() as f64;
    work.add(WorkKind::Copy, picture.layout.bytes(picture.size) as f64);
    work.add_at(WorkKind::PalettePixel, usize::from(!content.palette), pixels);
}

/// The pixels of an interleaved picture, with the alpha that a palette may have.
#[derive(Clone, Copy)]
struct Pixels<'a> {
    canvas: &'a Band,
    half_clear: bool,
}

impl<'a> Pixels<'a> {
    /// The rows, each of them the bytes of a pixel after the other.
    fn rows(self) -> impl Iterator<Item = impl Iterator<Item = Entry> + 'a> + 'a {
        let channels = self.canvas.layout().channels() as usize;
        let rows = self.canvas.plane(0).chunks_exact(self.canvas.stride(0));
        rows.map(move |row| row.chunks_exact(channels).map(move |samples| self.entry(samples)))
    }

    fn entry(self, samples: &[u8]) -> Entry {
        let (rgb, alpha) = match *samples {
            [level] => ([level; 3], 255),
            [level, alpha] => ([level; 3], alpha),
            [r, g, b] => ([r, g, b], 255),
            [r, g, b, alpha, ..] => ([r, g, b], alpha),
            [] => ([0; 3], 0),
        };
        let alpha = match alpha {
            alpha if self.half_clear => alpha,
            128.. => 255,
            _ => 0,
        };
        if alpha == 0 { CLEAR } else { [rgb[0], rgb[1], rgb[2], alpha] }
    }
}

/// Sorts colours as a palette has them, each once.
fn sort(palette: &mut Vec<Entry>) {
    palette.sort_unstable_by_key(|&entry| (entry[3] == 255, entry[3], point::of(entry)[0], entry));
    palette.dedup();
}

#[cfg(test)]
mod tests;
