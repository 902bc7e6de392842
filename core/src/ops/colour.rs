//! Convert: widens a layout, and colours as samples of a layout.

use std::ops::Range;

use super::RowOp;
use crate::error::Result;
use crate::picture::image::band::{Band, Rows};
use crate::picture::image::{Colour, Layout};
use makeready_kernels::{Level, jpeg_decode};

/// Changes an interleaved layout to one that holds at least as much: gray to colour, opaque to alpha.
pub(crate) struct Convert;

impl RowOp for Convert {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows
    }

    fn run(&self, inputs: &[Rows<'_>], out: &mut Band) -> Result<()> {
        let (to, stride, rows) = (out.layout(), out.stride(0), out.rows());
        let from = inputs[0].bands().first().map_or(to, |band| band.layout());
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            widen(inputs[0].row(0, y), from, target, to);
        }
        Ok(())
    }
}

/// Makes RGB of planes that all have full size.
pub(crate) struct ToRgb {
    /// Whose kernels are used.
    pub(crate) level: Level,
}

impl RowOp for ToRgb {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows
    }

    fn run(&self, inputs: &[Rows<'_>], out: &mut Band) -> Result<()> {
        let (stride, rows) = (out.stride(0), out.rows());
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            let [luma, blue, red] = [0, 1, 2].map(|plane| inputs[0].row(plane, y));
            jpeg_decode::ycc_to_rgb(self.level, luma, blue, red, target);
        }
        Ok(())
    }
}

/// Writes one row in another layout.
fn widen(source: &[u8], from: Layout, target: &mut [u8], to: Layout) {
    match (from, to) {
        (Layout::Gray, Layout::GrayA) => map::<1, 2>(source, target, |[g]| [g, 255]),
        (Layout::Gray, Layout::Rgb) => map::<1, 3>(source, target, |[g]| [g, g, g]),
        (Layout::Gray, Layout::Rgba) => map::<1, 4>(source, target, |[g]| [g, g, g, 255]),
        (Layout::GrayA, Layout::Rgba) => map::<2, 4>(source, target, |[g, a]| [g, g, g, a]),
        (Layout::Rgb, Layout::Rgba) => map::<3, 4>(source, target, |[r, g, b]| [r, g, b, 255]),
        _ => target.copy_from_slice(source),
    }
}

fn map<const N: usize, const M: usize>(
    source: &[u8],
    target: &mut [u8],
    pixel: impl Fn([u8; N]) -> [u8; M],
) {
    let source = source.as_chunks::<N>().0;
    for (to, from) in target.as_chunks_mut::<M>().0.iter_mut().zip(source) {
        *to = pixel(*from);
    }
}

/// A colour as the samples of a pixel: the interleaved ones in order, or one of each plane.
pub(crate) fn samples(colour: Colour, layout: Layout) -> [u8; 4] {
    let Colour { red, green, blue, alpha } = colour;
    match layout {
        Layout::Gray | Layout::GrayA => [red, alpha, 0, 0],
        Layout::Rgb | Layout::Rgba => [red, green, blue, alpha],
        Layout::YCbCr(_) => ycbcr(red, green, blue),
    }
}

/// JFIF's conversion, in sixteenths of a bit: the sums of the weights are 1 and 0.
fn ycbcr(red: u8, green: u8, blue: u8) -> [u8; 4] {
    let dot = |weights: [i32; 3], offset: i32| {
        let sum = weights[0] * i32::from(red)
            + weights[1] * i32::from(green)
            + weights[2] * i32::from(blue);
        u8::try_from((((sum + (1 << 15)) >> 16) + offset).clamp(0, 255)).unwrap_or(u8::MAX)
    };
    [
        dot([19_595, 38_470, 7_471], 0),
        dot([-11_059, -21_709, 32_768], 128),
        dot([32_768, -27_439, -5_329], 128),
        0,
    ]
}

/// Fills pixels of one plane with their samples of `colour`.
pub(crate) fn fill(target: &mut [u8], plane: usize, layout: Layout, colour: Colour) {
    let pixel = samples(colour, layout);
    let channels = layout.planes()[plane].channels as usize;
    if channels == 1 {
        target.fill(pixel[plane]);
    } else {
        target.chunks_exact_mut(channels).for_each(|p| p.copy_from_slice(&pixel[..channels]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::image::Subsampling;

    #[test]
    fn colours_become_jfif_samples() {
        let layout = Layout::YCbCr(Subsampling::S420);
        assert_eq!(samples(Colour::BLACK, layout), [0, 128, 128, 0]);
        assert_eq!(samples(Colour::WHITE, layout), [255, 128, 128, 0]);
        assert_eq!(samples(Colour::rgb(255, 0, 0), layout), [76, 85, 255, 0]);
    }
}
