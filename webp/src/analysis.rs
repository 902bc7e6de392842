//! Segments: macroblocks that are about as busy as each other.
//!
//! The measure is that of libwebp (src/enc/analysis_enc.c): coefficients of the source against a
//! prediction by its own edges, the largest magnitude over the count of the commonest one.

use makeready_kernels::Level;
use makeready_kernels::webp_encode::{Activity, Numbers, Samples, activity};

use crate::quantiser::Character;

/// The measure of one prediction: higher where it leaves more.
fn measure(activities: &[Activity]) -> i32 {
    let largest = activities.iter().map(|activity| activity.largest).max().unwrap_or(0);
    let commonest = (0..4)
        .map(|bin| activities.iter().map(|activity| i32::from(activity.counts[bin])).sum::<i32>())
        .max()
        .unwrap_or(0);
    let measure = (510 * i32::from(largest).max(1)).checked_div(commonest);
    measure.filter(|_| commonest > 1).unwrap_or(0)
}

/// How busy a macroblock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busyness {
    /// 0 (busy) to 255 (flat), of luma and chroma.
    pub(crate) flatness: u8,
    /// The measure of chroma.
    pub(crate) chroma: i32,
}

/// Measures a macroblock: the spectra of luma and chroma, and predictions from the source's own
/// edges.
pub(crate) fn busyness(
    level: Level,
    luma: &Numbers,
    luma_predictions: &[Samples; 4],
    chroma: &Numbers,
    chroma_predictions: &[Samples; 2],
) -> Busyness {
    let of_luma = [0, 3].map(|mode| measure(&activity(level, luma, &luma_predictions[mode])));
    let [dc, _] = activity(level, chroma, &chroma_predictions[0]);
    let [_, motion] = activity(level, chroma, &chroma_predictions[1]);
    let of_chroma = measure(&[dc]).max(measure(&[motion]));
    let mixed = (3 * of_luma[0].max(of_luma[1]) + of_chroma + 2) >> 2;
    let flatness = u8::try_from((255 - mixed).clamp(0, 255)).unwrap_or(0);
    Busyness { flatness, chroma: of_chroma }
}

/// The segments of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segments {
    /// The segment of each flatness.
    pub(crate) map: [u8; 256],
    /// The character of each segment.
    pub(crate) characters: [Character; 4],
}

impl Segments {
    /// Finds the segments by k-means over a histogram of flatness.
    pub(crate) fn new(histogram: &[u32; 256]) -> Self {
        let lowest = histogram.iter().position(|&count| count > 0).unwrap_or(0);
        let highest = histogram.iter().rposition(|&count| count > 0).unwrap_or(0);
        let mut centers = [1, 3, 5, 7].map(|part| lowest + part * (highest - lowest) / 8);
        let mut map = [0u8; 256];
        let mut mean = 0;
        for _ in 0..6 {
            map = assign(&centers);
            let mut sums = [[0usize; 2]; 4];
            for (flatness, &count) in histogram.iter().enumerate() {
                let sum = &mut sums[usize::from(map[flatness])];
                sum[0] += flatness * count as usize;
                sum[1] += count as usize;
            }
            let mut moved = 0;
            for (center, [sum, count]) in centers.iter_mut().zip(sums) {
                if let Some(new) = (sum + count / 2).checked_div(count) {
                    moved += center.abs_diff(new);
                    *center = new;
                }
            }
            let count = sums.iter().map(|sum| sum[1]).sum::<usize>().max(1);
            let weighted = centers.iter().zip(sums).map(|(center, sum)| center * sum[1]);
            mean = (weighted.sum::<usize>() + count / 2) / count;
            if moved < 5 {
                break;
            }
        }
        Self { map, characters: characters(&centers, mean) }
    }
}

impl Segments {
    /// Maps flatness anew, after more of the picture has been seen: each to the segment that comes
    /// nearest to the one it would have, had all this been seen before. The quantisers of segments
    /// stay, as macroblocks have been coded by them.
    pub(crate) fn follow(&mut self, histogram: &[u32; 256]) {
        let wanted = Self::new(histogram);
        let nearest = wanted.characters.map(|character| {
            let distance =
                |at: &usize| character.smoothness.abs_diff(self.characters[*at].smoothness);
            u8::try_from((0..4).min_by_key(distance).unwrap_or(0)).unwrap_or(0)
        });
        self.map = wanted.map.map(|segment| nearest[usize::from(segment)]);
    }
}

/// The nearest center of each flatness; centers rise.
fn assign(centers: &[usize; 4]) -> [u8; 256] {
    let mut segment = 0;
    std::array::from_fn(|flatness| {
        while segment < 3
            && flatness.abs_diff(centers[segment + 1]) < flatness.abs_diff(centers[segment])
        {
            segment += 1;
        }
        u8::try_from(segment).unwrap_or(3)
    })
}

/// Where centers stand between the outermost.
fn characters(centers: &[usize; 4], mean: usize) -> [Character; 4] {
    let signed = |value: usize| i32::try_from(value).unwrap_or(0);
    let lowest = centers.iter().min().map_or(0, |&center| signed(center));
    let highest = centers.iter().max().map_or(0, |&center| signed(center));
    let span = (highest - lowest).max(1);
    centers.map(|center| Character {
        smoothness: (255 * (signed(center) - signed(mean)) / span).clamp(-127, 127),
        calm: (255 * (signed(center) - lowest) / span).clamp(0, 255),
    })
}
