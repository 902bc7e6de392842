//! Makes rows of pixels from the samples of the components: upsampling and colour conversion.

use crate::decode::header::Header;
use crate::decode::header::metadata::ColourModel;
use crate::decode::layout::{DecodeLayout, PlaneLayout, Upsampling};
use crate::decode::pixels::strip::Strip;
use crate::decode::request::Request;
use crate::error::Error;
use crate::reserve::filled;
use crate::samples::Format;
use makeready_kernels::{Level, jpeg_decode};

/// Bytes that kernels may write beyond a row of upsampled samples.
const SLACK: usize = 64;

/// Makes rows of pixels. Keeps one row of upsampled samples a component.
pub(crate) struct PixelRows {
    scratch: [Vec<u8>; 4],
    colour: ColourModel,
    inverted_inks: bool,
    format: Format,
}

impl PixelRows {
    /// Makes room for the rows of this layout.
    pub(crate) fn new(
        header: &Header,
        request: &Request,
        layout: &DecodeLayout,
    ) -> Result<Self, Error> {
        let mut scratch = [const { Vec::new() }; 4];
        for (row, plane) in scratch.iter_mut().zip(layout.planes()) {
            *row = filled(0, scratch_len(plane, layout))?;
        }
        Ok(Self {
            scratch,
            colour: header.colour,
            inverted_inks: header.inverted_inks,
            format: request.format,
        })
    }

    /// The bytes that [`PixelRows::new`] reserves.
    pub(crate) fn memory(layout: &DecodeLayout) -> u64 {
        layout.planes().iter().map(|plane| scratch_len(plane, layout) as u64).sum()
    }

    /// Writes row `y` of the scaled image, the columns of the region.
    pub(crate) fn write(
        &mut self,
        level: Level,
        layout: &DecodeLayout,
        strips: &[Strip],
        y: u32,
        out: &mut [u8],
    ) {
        let mut samples: [&[u8]; 4] = [&[]; 4];
        let width = layout.region.width as usize;
        for (index, scratch) in self.scratch.iter_mut().enumerate().take(layout.count) {
            let plane = &layout.planes[index];
            if plane.needed {
                samples[index] = samples_of(level, layout, plane, &strips[index], y, scratch);
            }
        }
        let [a, b, c, d] = samples;
        let out = &mut out[..];
        match (self.format, self.colour) {
            (Format::Gray, _) => out[..width].copy_from_slice(&a[..width]),
            (_, ColourModel::Gray) => gray_to_rgb(&a[..width], out),
            (_, ColourModel::YCbCr) => jpeg_decode::ycc_to_rgb(level, a, b, c, out),
            (_, ColourModel::Rgb) => interleave(a, b, c, out),
            (Format::Inks, ColourModel::Cmyk) => {
                interleave(a, b, c, &mut out[..width * 3]);
                add_black(out, d, self.inverted_inks);
            }
            (Format::Inks, _) => {
                jpeg_decode::ycc_to_rgb(level, a, b, c, &mut out[..width * 3]);
                // The three colours are 255 minus the stored inks.
                out[..width * 3].iter_mut().for_each(|sample| *sample = !*sample);
                add_black(out, d, self.inverted_inks);
            }
            (_, ColourModel::Cmyk) => {
                interleave(a, b, c, out);
                ink_to_rgb(out, d, self.inverted_inks);
            }
            (_, ColourModel::Ycck) => {
                jpeg_decode::ycc_to_rgb(level, a, b, c, out);
                // The three colours are 255 minus the stored inks.
                out.iter_mut().for_each(|sample| *sample = !*sample);
                ink_to_rgb(out, d, self.inverted_inks);
            }
        }
    }
}

/// The bytes of a row of upsampled samples.
fn scratch_len(plane: &PlaneLayout, layout: &DecodeLayout) -> usize {
    match (plane.needed, plane.upsampling) {
        (false, _) | (_, Upsampling::None) => 0,
        _ => layout.region.width as usize + 2 + SLACK,
    }
}

/// The samples of row `y` of a component at the size of the output, the columns of the region.
fn samples_of<'a>(
    level: Level,
    layout: &DecodeLayout,
    plane: &PlaneLayout,
    strip: &'a Strip,
    y: u32,
    scratch: &'a mut [u8],
) -> &'a [u8] {
    let (x, width) = (layout.region.x, layout.region.width as usize);
    let near = y * plane.ratio.1 / layout.max_sampling.1;
    // The triangle filters take the row on the side that the output row lies on.
    let far = match y % 2 {
        0 => near.saturating_sub(1),
        _ => (near + 1).min(plane.size.1 - 1),
    };
    let count = ((x + layout.region.width - 1) / 2 - x / 2 + 1) as usize;
    let before = i64::from(x / 2) - 1;
    match plane.upsampling {
        Upsampling::None => return &strip.row(near, i64::from(x))[..width],
        Upsampling::Wide => {
            jpeg_decode::upsample_wide(level, strip.row(near, before), count, scratch);
        }
        Upsampling::Both => {
            let rows = (strip.row(near, before), strip.row(far, before));
            jpeg_decode::upsample_both(level, rows.0, rows.1, count, scratch);
        }
        Upsampling::High => {
            let rows = (strip.row(near, i64::from(x)), strip.row(far, i64::from(x)));
            // libjpeg rounds the upper row of a pair down, the lower one up.
            let bias = 1 + (y % 2) as u16;
            upsample_high(&rows.0[..width], &rows.1[..width], bias, scratch);
            return &scratch[..width];
        }
        Upsampling::Repeat => {
            let first = x * plane.ratio.0 / layout.max_sampling.0;
            let row = strip.row(near, i64::from(first));
            repeat(row, (x, first), plane.ratio.0, layout.max_sampling.0, &mut scratch[..width]);
            return &scratch[..width];
        }
    }
    &scratch[(x % 2) as usize..][..width]
}

/// Makes a row between two: three quarters of the near one and one of the far one.
#[allow(clippy::cast_possible_truncation, reason = "weighted means of bytes are bytes")]
fn upsample_high(near: &[u8], far: &[u8], bias: u16, out: &mut [u8]) {
    for ((out, &near), &far) in out.iter_mut().zip(near).zip(far) {
        *out = ((u16::from(near) * 3 + u16::from(far) + bias) >> 2) as u8;
    }
}

/// Repeats samples: `ratio` of them become `max`. `row` starts with sample `first`, `out` with
/// pixel `x`.
fn repeat(row: &[u8], (x, first): (u32, u32), ratio: u32, max: u32, out: &mut [u8]) {
    if ratio * 2 == max && x.is_multiple_of(2) {
        for (pair, &sample) in out.chunks_mut(2).zip(row) {
            pair.fill(sample);
        }
        return;
    }
    for (out, x) in out.iter_mut().zip(x..) {
        *out = row[(x * ratio / max - first) as usize];
    }
}

/// Repeats each gray three times.
fn gray_to_rgb(gray: &[u8], out: &mut [u8]) {
    for (pixel, &gray) in out.chunks_exact_mut(3).zip(gray) {
        pixel.fill(gray);
    }
}

/// Interleaves three planes to pixels.
fn interleave(a: &[u8], b: &[u8], c: &[u8], out: &mut [u8]) {
    for (((pixel, &a), &b), &c) in out.chunks_exact_mut(3).zip(a).zip(b).zip(c) {
        pixel.copy_from_slice(&[a, b, c]);
    }
}

/// Makes pixels of four inks of those of three, which lie at the start. `inverted` says that the file has 255 minus the
/// ink.
fn add_black(pixels: &mut [u8], black: &[u8], inverted: bool) {
    let flip = if inverted { 255 } else { 0 };
    // From the last one on, as no pixel then lands on one that is still to be read.
    for (at, &black) in black.iter().enumerate().take(pixels.len() / 4).rev() {
        let [c, m, y] = [0, 1, 2].map(|ink| pixels[at * 3 + ink]);
        pixels[at * 4..][..4].copy_from_slice(&[c, m, y, black].map(|ink| ink ^ flip));
    }
}

/// Turns inks into colours: `colour = (255 - ink) * (255 - black) / 255`, rounded. `inverted` says
/// that the file has 255 minus the ink.
fn ink_to_rgb(pixels: &mut [u8], black: &[u8], inverted: bool) {
    let flip = if inverted { 0 } else { 255 };
    for (pixel, &black) in pixels.chunks_exact_mut(3).zip(black) {
        for sample in pixel {
            let product = u16::from(*sample ^ flip) * u16::from(black ^ flip) + 128;
            *sample = ((product + (product >> 8)) >> 8) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inks_of_both_kinds_of_files_are_pixels_of_four() {
        let mut pixels = [1, 2, 3, 4, 5, 6, 0, 0];
        add_black(&mut pixels, &[7, 8], false);
        assert_eq!(pixels, [1, 2, 3, 7, 4, 5, 6, 8]);
        let mut pixels = [254, 253, 252, 251, 250, 249, 0, 0];
        add_black(&mut pixels, &[248, 247], true);
        assert_eq!(pixels, [1, 2, 3, 7, 4, 5, 6, 8]);
    }
}
