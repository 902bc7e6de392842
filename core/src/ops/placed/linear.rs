//! Pixels as means of the four around their place.

use super::Around;
use super::map::{PARTS, Walk};

/// Makes rows of the pixels around their places.
pub(super) struct Linear<'a, const N: usize>(pub(super) &'a Around<'a, N>);

impl<const N: usize> Linear<'_, N> {
    pub(super) fn row(&self, mut walk: Walk, row: &mut [[u8; N]]) {
        let around = self.0;
        let alpha = around.alpha;
        for pixel in row {
            let [(left, right_part), (top, lower_part)] = walk.next();
            let inside = around.block(left, top);
            let inside = inside.map(|[upper, lower]| [upper[0], upper[1], lower[0], lower[1]]);
            let pixels = inside.unwrap_or_else(|| {
                [
                    around.pixel(left, top),
                    around.pixel(left + 1, top),
                    around.pixel(left, top + 1),
                    around.pixel(left + 1, top + 1),
                ]
            });
            let (left_part, upper_part) = (PARTS - right_part, PARTS - lower_part);
            let weights = [
                left_part * upper_part,
                right_part * upper_part,
                left_part * lower_part,
                right_part * lower_part,
            ];
            *pixel = if alpha { mean_of_clear(pixels, weights) } else { mean(pixels, weights) };
        }
    }
}

/// The mean by weights, which come to 2^16.
#[inline]
fn mean<const N: usize>(pixels: [[u8; N]; 4], weights: [u32; 4]) -> [u8; N] {
    std::array::from_fn(|sample| {
        let sum: u32 = pixels.iter().zip(weights).map(|(p, w)| u32::from(p[sample]) * w).sum();
        byte((sum + (1 << 15)) >> 16)
    })
}

/// The mean by weights and by alpha, the last sample: of what is clear no colour comes.
fn mean_of_clear<const N: usize>(pixels: [[u8; N]; 4], weights: [u32; 4]) -> [u8; N] {
    // They come to 2^16 times 255 at most.
    let weights: [u32; 4] = std::array::from_fn(|at| weights[at] * u32::from(pixels[at][N - 1]));
    let total: u32 = weights.iter().sum();
    if total == 0 {
        return [0; N];
    }
    std::array::from_fn(|sample| {
        if sample == N - 1 {
            return byte((total + (1 << 15)) >> 16);
        }
        let terms = pixels.iter().zip(weights);
        let sum: u64 = terms.map(|(p, w)| u64::from(p[sample]) * u64::from(w)).sum();
        let total = u64::from(total);
        byte(u32::try_from((sum + total / 2) / total).unwrap_or(u32::MAX))
    })
}

#[inline]
fn byte(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}
