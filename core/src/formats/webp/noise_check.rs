//! Tells noise from photographs.

use crate::picture::image::band::Band;

/// The mean difference of neighbouring samples from which on a picture counts as noise. Photographs
/// of fine detail, shrunk to the size of a page, have 11 to 15; noise of 0 and 255 has 127.
const NOISY: u64 = 24;

/// Tells whether neighbouring samples of colour differ by [`NOISY`] or more in the mean, across and
/// down.
pub(super) fn is_noisy(canvas: &Band) -> bool {
    let channels = canvas.layout().channels() as usize;
    let colours = channels.min(3);
    let (mut sum, mut count) = (0, 0);
    let mut above: Option<&[u8]> = None;
    for y in canvas.rows() {
        let row = canvas.row(0, y);
        let right = &row[channels.min(row.len())..];
        for (row, other) in [(right, row)].into_iter().chain(above.map(|above| (row, above))) {
            sum += differences(row, other, channels, colours);
            count += (row.len() / channels * colours) as u64;
        }
        above = Some(row);
    }
    sum >= NOISY * count.max(1)
}

/// The sum of the differences of samples, alpha left out.
fn differences(row: &[u8], other: &[u8], channels: usize, colours: usize) -> u64 {
    let apart = |(a, b): (&u8, &u8)| u32::from(a.abs_diff(*b));
    if channels == colours {
        // At most 255 for each of 3 * 16,383 samples.
        return u64::from(row.iter().zip(other).map(apart).sum::<u32>());
    }
    let pixels = row.chunks_exact(channels).zip(other.chunks_exact(channels));
    pixels.map(|(a, b)| u64::from(a.iter().zip(b).take(colours).map(apart).sum::<u32>())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::picture::image::Layout;

    /// A chessboard of fields of `0` and `high`, with alpha that changes from pixel to pixel.
    fn board(layout: Layout, field: u32, high: u8) -> Result<Band> {
        let (width, height) = (48, 40);
        let mut band = Band::new(layout, width, 0..height)?;
        let channels = layout.channels();
        for (i, sample) in (0_u32..).zip(band.plane_mut(0)) {
            let (x, y) = (i / channels % width, i / channels / width);
            let odd = if i % channels == 3 { x } else { x / field + y / field };
            *sample = if odd % 2 == 1 { high } else { 0 };
        }
        Ok(band)
    }

    #[test]
    fn noise_is_what_differs_from_pixel_to_pixel() -> Result<()> {
        for (layout, field, high, noisy) in [
            (Layout::Rgb, 1, 24, true),
            (Layout::Rgb, 1, 23, false),
            (Layout::Rgba, 1, 24, true),
            (Layout::Rgba, 1, 23, false),
            (Layout::Rgb, 4, 120, true),
            (Layout::Rgb, 8, 120, false),
            (Layout::Rgba, 48, 255, false),
        ] {
            assert_eq!(is_noisy(&board(layout, field, high)?), noisy, "{layout} {field} {high}");
        }
        Ok(())
    }

    #[test]
    fn one_pixel_is_not_noisy() -> Result<()> {
        assert!(!is_noisy(&Band::new(Layout::Rgb, 1, 0..1)?));
        Ok(())
    }
}
