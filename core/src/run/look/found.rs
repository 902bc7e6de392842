//! The findings of a look at a picture: the edges of its content, how light it is, where it is most worth seeing.

mod place;

use crate::error::Result;
use crate::ops::lightness;
use crate::picture::geometry::Rect;
use crate::picture::image::{Colour, Image, rgba};
use crate::recipe::Step;
use crate::recipe::job::Watch;
use crate::recipe::look::Look;
use crate::recipe::options::{Levels, Normalize, Real, Trim};

/// The steps in the place of the one that looks.
pub(in crate::run) fn found(look: &Look, image: &Image, watch: &Watch) -> Result<Vec<Step>> {
    Ok(match look {
        Look::Trim(trim) => within_edges(trim, image, watch)?.map(Step::Crop).into_iter().collect(),
        Look::Normalize(normalize) => {
            levels(normalize, image).map(Step::Levels).into_iter().collect()
        }
        Look::Place(resize) => {
            let (x, y) = place::found(resize.position, image, resize.kept_shares(image.size())?)?;
            vec![Step::Resize(resize.focus(x, y))]
        }
    })
}

/// Rows that are looked at between two questions whether to stop.
const ROWS: usize = 64;

/// The least rectangle with all pixels that differ from the background; none where no pixel does.
fn within_edges(trim: &Trim, image: &Image, watch: &Watch) -> Result<Option<Rect>> {
    let channels = image.layout().channels() as usize;
    let stride = image.size().width as usize * channels;
    let first = || rgba(&image.data()[..channels]);
    let background = trim
        .background
        .map_or_else(first, |Colour { red, green, blue, alpha }| [red, green, blue, alpha]);
    let differs = |pixel: &[u8]| is_apart(rgba(pixel), background, trim.threshold);
    let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, None, 0);
    for (y, row) in image.data().chunks_exact(stride).enumerate() {
        if y % ROWS == 0 {
            watch.check()?;
        }
        let mut pixels = row.chunks_exact(channels);
        let Some(first) = pixels.position(differs) else { continue };
        let last = row.chunks_exact(channels).rposition(differs).unwrap_or(first);
        (left, right) = (left.min(first), right.max(last));
        (top, bottom) = (top.or(Some(y)), y);
    }
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    Ok(top.map(|top| {
        let (width, height) = (right + 1 - left, bottom + 1 - top);
        Rect::new(side(left), side(top), side(width), side(height))
    }))
}

/// Tells whether a pixel is further from the background than the threshold. Colours that nobody sees count for nothing.
fn is_apart(pixel: [u8; 4], background: [u8; 4], threshold: u8) -> bool {
    let clear = pixel[3] == 0 && background[3] == 0;
    let apart = |(a, b): (u8, u8)| a.abs_diff(b) > threshold;
    !clear && pixel.into_iter().zip(background).any(apart)
}

/// Steps of lightness that are told apart.
const STEPS: usize = 1000;
/// Lightness below which two levels are one: there is nothing to stretch in a picture of one tone.
const LEAST: f64 = 1.0;

/// The lightness below which so many pixels are, by both percentages. Clear pixels do not count.
fn levels(normalize: &Normalize, image: &Image) -> Option<Levels> {
    let mut counts = [0_u32; STEPS + 1];
    let channels = image.layout().channels() as usize;
    for pixel in image.data().chunks_exact(channels) {
        let [r, g, b, alpha] = rgba(pixel);
        if alpha > 0 {
            counts[step(lightness([r, g, b]))] += 1;
        }
    }
    let [black, white] = [normalize.lower, normalize.upper].map(|share| at(&counts, share.value()));
    (white - black > LEAST).then_some(Levels { black: Real::new(black), white: Real::new(white) })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "of 0 to 100")]
fn step(lightness: f32) -> usize {
    ((lightness.clamp(0.0, 100.0) / 100.0 * STEPS as f32).round() as usize).min(STEPS)
}

/// The lightness that so many percent of the pixels have at most.
fn at(counts: &[u32], percent: f64) -> f64 {
    let all: u32 = counts.iter().sum();
    let enough = f64::from(all) * percent / 100.0;
    let mut seen = 0;
    let reached = counts.iter().position(|count| {
        seen += count;
        seen > 0 && f64::from(seen) >= enough
    });
    reached.unwrap_or(0) as f64 / STEPS as f64 * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::geometry::Size;
    use crate::picture::image::Layout;

    fn gray(width: u32, samples: &[u8]) -> Result<Image> {
        let size = Size::new(width, u32::try_from(samples.len()).unwrap_or(0) / width);
        Image::new(size, Layout::Gray, samples.to_vec())
    }

    #[test]
    fn content_is_what_differs_by_more_than_the_threshold() -> Result<()> {
        let image = gray(4, &[9, 9, 9, 9, 9, 20, 9, 9, 9, 9, 19, 9])?;
        let edges = |trim: Trim| within_edges(&trim, &image, &Watch::default()).unwrap_or_default();
        assert_eq!(edges(Trim::new()), Some(Rect::new(1, 1, 1, 1)));
        assert_eq!(edges(Trim::new().threshold(9)), Some(Rect::new(1, 1, 2, 2)));
        assert_eq!(edges(Trim::new().threshold(11)), None);
        assert_eq!(edges(Trim::new().background(Colour::WHITE)), Some(Rect::new(0, 0, 4, 3)));
        Ok(())
    }

    #[test]
    fn clear_pixels_are_alike_whatever_their_colour() -> Result<()> {
        let samples = vec![0, 0, 0, 0, 200, 9, 7, 0, 1, 2, 3, 255];
        let image = Image::new(Size::new(3, 1), Layout::Rgba, samples)?;
        let found = within_edges(&Trim::new(), &image, &Watch::default())?;
        assert_eq!(found, Some(Rect::new(2, 0, 1, 1)));
        Ok(())
    }

    #[test]
    fn levels_are_the_lightness_of_shares_of_the_pixels() -> Result<()> {
        let samples: Vec<u8> =
            (0..100).map(|at| if at < 3 { 0 } else { 119 }).chain([255; 2]).collect();
        let image = gray(102, &samples)?;
        let found = |lower, upper| levels(&Normalize::new().lower(lower).upper(upper), &image);
        let ends = |levels: Levels| (levels.black.value().round(), levels.white.value().round());
        assert_eq!(found(0.0, 100.0).map(ends), Some((0.0, 100.0)));
        assert_eq!(found(2.0, 98.0).map(ends), Some((0.0, 50.0)));
        assert_eq!(found(5.0, 98.0), None);
        Ok(())
    }
}
