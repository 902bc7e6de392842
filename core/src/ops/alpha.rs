//! Flatten and blend: straight alpha over what is below.

use std::ops::Range;

use super::RowOp;
use crate::error::Result;
use crate::image::Colour;
use crate::image::band::{Band, Rows};
use crate::ops::colour::samples;

/// Puts a picture with alpha on an opaque colour.
pub(crate) struct Flatten {
    pub(crate) colour: Colour,
}

impl RowOp for Flatten {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows
    }

    fn run(&self, inputs: &[Rows<'_>], out: &mut Band) -> Result<()> {
        let (stride, rows) = (out.stride(0), out.rows());
        let below = samples(self.colour, out.layout());
        let channels = out.layout().channels() as usize;
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            let source = inputs[0].row(0, y);
            target.chunks_exact_mut(channels).for_each(|p| p.copy_from_slice(&below[..channels]));
            blend_on_opaque(source, target, channels);
        }
        Ok(())
    }
}

/// `round(a * b / 255)` for bytes, exactly.
fn scale(a: u32, b: u32) -> u32 {
    let product = a * b + 128;
    (product + (product >> 8)) >> 8
}

fn byte(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

/// Blends a row of pixels of `channels` colour samples and alpha over an opaque row.
pub(crate) fn blend_on_opaque(source: &[u8], target: &mut [u8], channels: usize) {
    for (over, under) in source.chunks_exact(channels + 1).zip(target.chunks_exact_mut(channels)) {
        let alpha = u32::from(over[channels]);
        for (to, from) in under.iter_mut().zip(over) {
            // The two roundings never sum to more than 255: both weights are complements.
            *to = byte(scale(u32::from(*from), alpha) + scale(u32::from(*to), 255 - alpha));
        }
    }
}

/// Blends a row with alpha over a row with alpha, `channels` colour samples and straight alpha each:
/// source-over of Porter and Duff, 1984.
pub(crate) fn blend(source: &[u8], target: &mut [u8], channels: usize) {
    let pixels = channels + 1;
    for (over, under) in source.chunks_exact(pixels).zip(target.chunks_exact_mut(pixels)) {
        let above = u32::from(over[channels]);
        // Alphas in 1/255^2, so that nothing is lost before the one division.
        let shown = (255 - above) * u32::from(under[channels]);
        let total = above * 255 + shown;
        if total == 0 {
            continue;
        }
        for (to, from) in under.iter_mut().zip(&over[..channels]) {
            let sum = u32::from(*from) * above * 255 + u32::from(*to) * shown;
            *to = byte((sum + total / 2) / total);
        }
        under[channels] = byte((total + 127) / 255);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_hides_and_clear_shows() {
        for value in 0..=255 {
            let mut under = [7];
            blend_on_opaque(&[value, 255], &mut under, 1);
            assert_eq!(under, [value]);
            let mut under = [value];
            blend_on_opaque(&[9, 0], &mut under, 1);
            assert_eq!(under, [value]);
        }
    }

    #[test]
    fn blending_stays_within_its_two_colours() {
        for (over, under, alpha) in [(255, 255, 128), (255, 255, 1), (0, 255, 77), (10, 20, 200)] {
            let mut out = [under];
            blend_on_opaque(&[over, alpha], &mut out, 1);
            assert!(out[0] >= over.min(under) && out[0] <= over.max(under));
            let mut out = [under, 90];
            blend(&[over, alpha], &mut out, 1);
            assert!(out[0] >= over.min(under) && out[0] <= over.max(under));
            assert!(out[1] >= alpha.max(90));
        }
    }
}
