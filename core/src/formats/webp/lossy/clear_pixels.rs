//! Gives pixels that are clear the colour of those around them: it does not show, and takes fewer bytes than what was there.

/// The side of a block, whose pixels get one colour.
const BLOCK: usize = 8;

/// Fills clear pixels, strip by strip.
#[derive(Debug, Default)]
pub(super) struct ClearPixels {
    /// The colour of the last block that has one: that of the blocks after it that are clear everywhere.
    last: [u8; 3],
}

impl ClearPixels {
    /// Fills the clear pixels of rows of red, green, blue and alpha with the mean of the others of their block.
    pub(super) fn fill(&mut self, strip: &mut [u8], width: usize) {
        let (pixels, _) = strip.as_chunks_mut::<4>();
        for rows in pixels.chunks_mut(width * BLOCK) {
            for left in (0..width).step_by(BLOCK) {
                self.fill_block(rows, width, left..(left + BLOCK).min(width));
            }
        }
    }

    fn fill_block(&mut self, rows: &mut [[u8; 4]], width: usize, columns: std::ops::Range<usize>) {
        let (mut sums, mut seen, mut clear) = ([0; 3], 0, 0);
        for row in rows.chunks(width) {
            for [red, green, blue, alpha] in &row[columns.clone()] {
                if *alpha == 0 {
                    clear += 1;
                    continue;
                }
                seen += 1;
                for (sum, sample) in sums.iter_mut().zip([red, green, blue]) {
                    *sum += u32::from(*sample);
                }
            }
        }
        if seen > 0 {
            // A mean of bytes.
            self.last = sums.map(|sum| u8::try_from((sum + seen / 2) / seen).unwrap_or(u8::MAX));
        }
        if clear == 0 {
            return;
        }
        let [red, green, blue] = self.last;
        for row in rows.chunks_mut(width) {
            for pixel in row[columns.clone()].iter_mut().filter(|pixel| pixel[3] == 0) {
                *pixel = [red, green, blue, 0];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_pixels_get_the_mean_of_their_block() {
        let (width, height) = (19, 9);
        let pixel = |at: usize| match (at % width, at / width) {
            (0..=7, _) if at.is_multiple_of(2) => [10, 20, 30, 255],
            (0..=7, _) => [21, 31, 41, 1],
            (9, 3) => [200, 100, 50, 128],
            _ => [7, 7, 7, 0],
        };
        let before: Vec<[u8; 4]> = (0..width * height).map(pixel).collect();
        let mut strip = before.as_flattened().to_vec();
        let mut clear = ClearPixels { last: [1, 2, 3] };
        clear.fill(&mut strip, width);
        for (at, (&found, was)) in strip.as_chunks::<4>().0.iter().zip(before).enumerate() {
            let expected = match (at % width, at / width) {
                _ if was[3] > 0 => was,
                // The last row is one of blocks of its own: only the first of it is seen.
                (_, 8) => [15, 25, 35, 0],
                _ => [200, 100, 50, 0],
            };
            let near = |(a, b): (u8, &u8)| a.abs_diff(*b) <= 1;
            assert!(found.into_iter().zip(&expected).all(near), "{at}: {found:?} {expected:?}");
        }
    }
}
