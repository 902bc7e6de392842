//! Grayscale: shades of gray, by the luma of JFIF.

use std::fmt;

use super::{By, Change, Pointwise};
use crate::error::Result;
use crate::ops::convert::map;
use crate::picture::image::Layout;
use crate::recipe::operations::Grayscale;

impl fmt::Display for Grayscale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("grayscale")
    }
}

impl Pointwise for Grayscale {
    fn output_layout(&self, input: Layout) -> Result<Layout> {
        Ok(Layout::interleaved(false, input.has_alpha()))
    }

    fn keeps(&self, input: Layout) -> bool {
        !input.has_colour()
    }

    fn keeps_means(&self) -> bool {
        true
    }

    fn is_of_luma(&self) -> bool {
        true
    }

    fn change(&self, input: Layout) -> Change {
        shades(input, |shade| [shade])
    }
}

/// The change of rows of a layout to `N` samples for the shade of gray of each pixel, and its alpha behind them.
pub(super) fn shades<const N: usize>(
    input: Layout,
    of: impl Fn(u8) -> [u8; N] + Send + Sync + 'static,
) -> Change {
    let row = move |from: &[u8], to: &mut [u8]| match input {
        Layout::Gray => map::<1, N>(from, to, |[gray]| of(gray)),
        Layout::Rgb => map::<3, N>(from, to, |rgb| of(luma(rgb))),
        Layout::GrayA => with_alpha::<2, N>(from, to, |pixel| of(pixel[0])),
        _ => with_alpha::<4, N>(from, to, |[r, g, b, _]| of(luma([r, g, b]))),
    };
    Change::new(By::Samples, row)
}

/// Gives each pixel of `M` samples, of which the last is alpha, `N` others before it.
fn with_alpha<const M: usize, const N: usize>(
    from: &[u8],
    to: &mut [u8],
    of: impl Fn([u8; M]) -> [u8; N],
) {
    for (to, from) in to.chunks_exact_mut(N + 1).zip(from.as_chunks::<M>().0) {
        to[..N].copy_from_slice(&of(*from));
        to[N] = from[M - 1];
    }
}

/// How light a pixel is, as a JPEG of gray has it.
pub(crate) fn luma(rgb: [u8; 3]) -> u8 {
    u8::try_from((luma_in_65536ths(rgb) + (1 << 15)) >> 16).unwrap_or(u8::MAX)
}

/// In 65,536ths, of which the weights are all.
pub(in crate::ops) fn luma_in_65536ths([red, green, blue]: [u8; 3]) -> u32 {
    19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue)
}
