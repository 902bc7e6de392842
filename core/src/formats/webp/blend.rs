//! Blends the pixels of frames as libwebp does: in integers that round down.

/// Blends a row of red, green, blue and alpha over another. Clear pixels leave those below as they
/// are.
pub(super) fn blend(source: &[u8], target: &mut [u8]) {
    let (over, under) = (source.as_chunks::<4>().0, target.as_chunks_mut::<4>().0);
    for (over, under) in over.iter().zip(under) {
        match over[3] {
            0 => {}
            255 => *under = *over,
            _ => *under = mixed(*over, *under),
        }
    }
}

/// The same over a row of red, green and blue, which is opaque and stays so.
pub(super) fn blend_over_opaque(source: &[u8], target: &mut [u8]) {
    let (over, under) = (source.as_chunks::<4>().0, target.as_chunks_mut::<3>().0);
    for (over, under) in over.iter().zip(under) {
        let [red, green, blue] = *under;
        match over[3] {
            0 => {}
            255 => *under = [over[0], over[1], over[2]],
            _ => [under[0], under[1], under[2], _] = mixed(*over, [red, green, blue, 255]),
        }
    }
}

/// A pixel that is neither clear nor opaque over another.
fn mixed(over: [u8; 4], under: [u8; 4]) -> [u8; 4] {
    let above = u32::from(over[3]);
    let below = (u32::from(under[3]) * (256 - above)) >> 8;
    let alpha = above + below;
    let scale = (1 << 24) / alpha;
    let colour = |at: usize| {
        let sum = u32::from(over[at]) * above + u32::from(under[at]) * below;
        byte((sum * scale) >> 24)
    };
    [colour(0), colour(1), colour(2), byte(alpha)]
}

fn byte(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For all alphas: within one of the sum of both colours, each by its share of what shows.
    #[test]
    fn colours_are_those_of_their_shares() {
        for above in 0..=255_u8 {
            for below in 0..=255_u8 {
                for (over, under) in [(255, 0), (0, 255), (200, 31), (128, 128)] {
                    let mut found = [under, 0, 255, below];
                    blend(&[over, 0, 255, above], &mut found);
                    let [a, b] = [above, below].map(f64::from);
                    let shown = b * (255.0 - a) / 255.0;
                    let alpha = a + shown;
                    let colour = (f64::from(over) * a + f64::from(under) * shown) / alpha;
                    let near = |found: u8, expected: f64, within: f64| {
                        (f64::from(found) - expected).abs() <= within
                    };
                    assert!(near(found[3], alpha, 1.0), "{above} {below}");
                    // Alpha of a few steps has shares that are rounded to a few steps too.
                    let within = 1.0 + 255.0 / alpha.max(1.0);
                    assert!(alpha == 0.0 || near(found[0], colour, within), "{above} {below}");
                    assert_eq!(found[1], 0);
                    let mut opaque = [under, 0, 255];
                    blend_over_opaque(&[over, 0, 255, above], &mut opaque);
                    if below == 255 {
                        assert_eq!(found, [opaque[0], 0, opaque[2], 255]);
                    }
                }
            }
        }
    }
}
