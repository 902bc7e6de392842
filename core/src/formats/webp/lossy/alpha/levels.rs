//! Levels of alpha: fewer of them make a smaller file.

/// Rounds of moving levels to the middle of what they stand for.
const ROUNDS: usize = 8;

/// The level that stands for each value of alpha, of as many as a quality has, by libwebp's scale: 2 at 0, 16 at 70, all at
/// 100. The least and the greatest value stay as they are, so what is clear or opaque remains so.
pub(super) fn levels(alpha: impl Iterator<Item = u8>, quality: u8) -> [u8; 256] {
    let every = std::array::from_fn(|value| u8::try_from(value).unwrap_or(u8::MAX));
    if quality >= 100 {
        return every;
    }
    let mut counts = [0_u64; 256];
    alpha.for_each(|value| counts[usize::from(value)] += 1);
    let quality = usize::from(quality);
    let most = if quality <= 70 { 2 + quality / 5 } else { 16 + (quality - 70) * 8 };
    let found: Vec<(f64, f64)> = (0_u8..=255)
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|(value, count)| (f64::from(value), count as f64))
        .collect();
    let (Some((least, _)), Some((greatest, _))) = (found.first(), found.last()) else {
        return every;
    };
    if found.len() <= most {
        return every;
    }
    let step = (greatest - least) / (most - 1) as f64;
    let mut levels: Vec<f64> = (0..most).map(|at| least + step * at as f64).collect();
    for _ in 0..ROUNDS {
        let mut sums = [(0.0, 0.0); 256];
        for &(value, count) in &found {
            let (sum, total) = &mut sums[nearest(&levels, value)];
            *sum += value * count;
            *total += count;
        }
        for (level, (sum, total)) in levels.iter_mut().zip(&sums).skip(1).take(most - 2) {
            if *total > 0.0 {
                *level = sum / total;
            }
        }
    }
    every.map(|value| rounded(levels[nearest(&levels, value.into())]))
}

/// The number of the level that is nearest, of those that are in order.
fn nearest(levels: &[f64], value: f64) -> usize {
    levels.windows(2).take_while(|pair| value > f64::midpoint(pair[0], pair[1])).count()
}

#[allow(clippy::cast_possible_truncation, reason = "between two samples")]
#[allow(clippy::cast_sign_loss, reason = "between two samples")]
fn rounded(level: f64) -> u8 {
    level.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_levels_as_the_quality_has_and_both_ends() {
        let slope = || (0..20_000_u32).map(|at| (at * at % 251).to_le_bytes()[0]);
        for (quality, most) in [(0, 2), (40, 10), (70, 16), (80, 96)] {
            let map = levels(slope(), quality);
            let mut distinct: Vec<u8> = slope().map(|alpha| map[usize::from(alpha)]).collect();
            distinct.sort_unstable();
            distinct.dedup();
            assert!(distinct.len() <= most && distinct.len() * 10 > most * 8, "{quality}");
            assert_eq!((distinct[0], distinct.last()), (0, Some(&slope().max().expect("some"))));
            let worst = slope().map(|alpha| alpha.abs_diff(map[usize::from(alpha)])).max();
            assert!(worst <= Some(u8::try_from(255 / (most - 1)).expect("small")), "{quality}");
        }
    }

    #[test]
    fn values_that_are_few_stay() {
        for (quality, values) in [(100, (0..=255).collect::<Vec<u8>>()), (20, vec![0, 9, 77, 255])]
        {
            let map = levels(values.iter().copied(), quality);
            assert!(values.iter().all(|value| map[usize::from(*value)] == *value));
        }
    }

    #[test]
    fn levels_lie_where_the_values_are() {
        // Three heaps, and a level for each.
        let heaps = [0, 1, 2, 99, 100, 101, 253, 254, 255];
        assert_eq!(levels(heaps.into_iter(), 5)[99..=101], [100; 3]);
    }
}
