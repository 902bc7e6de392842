//! The part of a small picture that is most worth seeing.

use crate::error::Result;
use crate::ops::colourfulness;
use crate::picture::image::{Image, rgba};
use crate::picture::position::Position;
use crate::picture::reserve::filled;

/// The middle of the part of these shares of width and height that has the most of what is looked for, by shares.
pub(super) fn found(
    position: Position,
    image: &Image,
    (width, height): (f64, f64),
) -> Result<(f64, f64)> {
    let weights = match position {
        Position::Entropy => Weights::of_detail(image)?,
        _ => Weights::of_attention(image)?,
    };
    Ok((middle(&weights.columns, width), middle(&weights.rows, height)))
}

/// The middle of the part of a line with the most weight, by shares of its length; of several the one nearest to the middle
/// of all.
fn middle(weights: &[f64], share: f64) -> f64 {
    let all = weights.len();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "of 0 to 1")]
    let part = ((all as f64 * share).round() as usize).clamp(1, all);
    let sums = weights.windows(part).map(|part| part.iter().sum::<f64>());
    let centre = (all - part) as f64 / 2.0;
    let from_centre = |at: usize| (at as f64 - centre).abs();
    let best = sums.enumerate().reduce(|best, sum| {
        let alike = (sum.1 - best.1).abs() <= best.1 * NEARLY;
        let better = if alike { from_centre(sum.0) < from_centre(best.0) } else { sum.1 > best.1 };
        if better { sum } else { best }
    });
    let first = best.map_or(0, |(at, _)| at);
    (first as f64 + part as f64 / 2.0) / all as f64
}

/// Parts whose weights differ by less are alike.
const NEARLY: f64 = 1e-9;

/// The weight of each column and row.
struct Weights {
    columns: Vec<f64>,
    rows: Vec<f64>,
}

impl Weights {
    fn new(image: &Image, weight: impl Fn(usize, usize) -> f64) -> Result<Self> {
        let size = image.size();
        let mut columns = filled(0.0, size.width as usize)?;
        let mut rows = filled(0.0, size.height as usize)?;
        for (y, of_row) in rows.iter_mut().enumerate() {
            for (x, of_column) in columns.iter_mut().enumerate() {
                let weight = weight(x, y);
                *of_row += weight;
                *of_column += weight;
            }
        }
        Ok(Self { columns, rows })
    }

    /// How much each pixel tells beyond those around it, of which a sharp edge tells less than many faint ones.
    fn of_detail(image: &Image) -> Result<Self> {
        let seen = Seen::new(image);
        Self::new(image, |x, y| seen.contrast(x, y).sqrt())
    }

    /// Edges, strong colours and skin.
    fn of_attention(image: &Image) -> Result<Self> {
        let seen = Seen::new(image);
        Self::new(image, |x, y| {
            let [r, g, b, alpha] = seen.pixel(x, y);
            let (strong, skin) = colourfulness([r, g, b]);
            // Each of about 0 to 1 where it is much.
            let edge = seen.contrast(x, y) / 100.0;
            let colour = f64::from(strong) / 100.0;
            (edge + 0.5 * colour + f64::from(skin)) * f64::from(alpha) / 255.0
        })
    }
}

/// The pixels of a picture by their places.
struct Seen<'a> {
    image: &'a Image,
    channels: usize,
}

impl<'a> Seen<'a> {
    fn new(image: &'a Image) -> Self {
        Self { image, channels: image.layout().channels() as usize }
    }

    fn pixel(&self, x: usize, y: usize) -> [u8; 4] {
        let start = (y * self.image.size().width as usize + x) * self.channels;
        rgba(&self.image.data()[start..start + self.channels])
    }

    /// How far the shade of a pixel is from those beside it, of 0 to 255; clear pixels are black.
    fn contrast(&self, x: usize, y: usize) -> f64 {
        let size = self.image.size();
        let (right, below) = (size.width as usize - 1, size.height as usize - 1);
        let here = self.shade(x, y);
        let apart = |x: usize, y: usize| (self.shade(x, y) - here).abs();
        let across = apart(x.saturating_sub(1), y).max(apart((x + 1).min(right), y));
        let down = apart(x, y.saturating_sub(1)).max(apart(x, (y + 1).min(below)));
        across.max(down)
    }

    fn shade(&self, x: usize, y: usize) -> f64 {
        let [r, g, b, alpha] = self.pixel(x, y).map(f64::from);
        (0.299 * r + 0.587 * g + 0.114 * b) * alpha / 255.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::geometry::Size;
    use crate::picture::image::Layout;

    #[test]
    fn the_part_with_the_most_weight_is_found_and_of_equal_ones_the_middle() {
        assert!((middle(&[0.0, 0.0, 0.0, 9.0], 0.25) - 0.875).abs() < 1e-9);
        assert!((middle(&[1.0; 5], 0.2) - 0.5).abs() < 1e-9);
        assert!((middle(&[5.0, 1.0, 1.0, 4.0, 4.0], 0.4) - 0.8).abs() < 1e-9);
        assert!((middle(&[3.0], 0.1) - 0.5).abs() < 1e-9);
    }

    /// A gray picture with a patch: of a colour, or of a fine pattern.
    fn with_patch(left: u32, top: u32, patch: impl Fn(u32, u32) -> [u8; 3]) -> Result<Image> {
        let pixel = |at: u32| {
            let (x, y) = (at % 90, at / 90);
            let inside = (left..left + 20).contains(&x) && (top..top + 20).contains(&y);
            if inside { patch(x, y) } else { [120; 3] }
        };
        Image::new(Size::new(90, 60), Layout::Rgb, (0..90 * 60).flat_map(pixel).collect())
    }

    #[test]
    fn both_find_a_patch_of_detail_and_attention_one_of_colour() -> Result<()> {
        let check = |x: u32, y: u32| if (x + y).is_multiple_of(2) { [90; 3] } else { [150; 3] };
        for (left, top) in [(0, 0), (60, 0), (35, 40), (70, 40)] {
            let detail = with_patch(left, top, check)?;
            let skin = with_patch(left, top, |_, _| [224, 172, 145])?;
            for (position, image) in [
                (Position::Entropy, &detail),
                (Position::Attention, &detail),
                (Position::Attention, &skin),
            ] {
                let (x, y) = found(position, image, (1.0 / 3.0, 0.5))?;
                // The patch lies within the part of 30 by 30 around this middle.
                let holds = |middle: f64, first: u32| {
                    middle - 15.0 < f64::from(first) + 1.0
                        && middle + 15.0 > f64::from(first) + 19.0
                };
                let found = (x * 90.0, y * 60.0);
                assert!(
                    holds(found.0, left) && holds(found.1, top),
                    "{position:?} {left},{top}: {found:?}"
                );
            }
        }
        Ok(())
    }
}
