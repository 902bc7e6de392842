//! Colours as samples of a layout.

use crate::picture::image::{Colour, Layout};

/// A colour as the samples of a pixel: the interleaved ones in order, or one of each plane.
pub(crate) fn samples(colour: Colour, layout: Layout) -> [u8; 4] {
    let Colour { red, green, blue, alpha } = colour;
    match layout {
        Layout::Gray | Layout::GrayA => [red, alpha, 0, 0],
        // Inks are colours before anything is put beside them.
        Layout::Rgb | Layout::Rgba | Layout::Cmyk => [red, green, blue, alpha],
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

/// A layout that holds the samples of `layout` and `colour` too.
pub(crate) fn holding(layout: Layout, colour: Colour) -> Layout {
    let has_colour = layout.has_colour() || !colour.is_gray();
    Layout::interleaved(has_colour, layout.has_alpha() || !colour.is_opaque())
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
