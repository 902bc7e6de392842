//! Blend: straight alpha over what is below.

mod modes;

pub(crate) use modes::blend_by;

use super::words::words;

words! {
    /// The way in which a picture comes on the one below, as the W3C's *Compositing and Blending* has it.
    pub enum Blend as "blend" {
        /// On top: what is below shows through where it is clear.
        #[default]
        Over = "over",
        /// The product, which is darker.
        Multiply = "multiply",
        /// The opposite of the product of opposites, which is lighter.
        Screen = "screen",
        /// Multiply where it is dark below, screen where it is light.
        Overlay = "overlay",
        /// The darker of both.
        Darken = "darken",
        /// The lighter of both.
        Lighten = "lighten",
        /// The sum.
        Add = "add",
        /// The difference.
        Difference = "difference",
        /// Darker or lighter, as a soft lamp makes it.
        SoftLight = "soft-light",
        /// Not to be seen itself: what is below stays as far as this is opaque. Beside it all becomes clear.
        DestIn = "dest-in",
    }
}

/// `round(a * b / 255)` for bytes, exactly.
fn scale(a: u32, b: u32) -> u32 {
    let product = a * b + 128;
    (product + (product >> 8)) >> 8
}

fn byte(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

/// Blends a row of pixels of `channels` colour samples and alpha over an opaque row.
pub(crate) fn blend_on_opaque(source: &[u8], target: &mut [u8], channels: usize) {
    match channels {
        1 => on_opaque::<2, 1>(source, target),
        _ => on_opaque::<4, 3>(source, target),
    }
}

/// Pixels of `N` samples, the last of them alpha, over such of `M`.
fn on_opaque<const N: usize, const M: usize>(source: &[u8], target: &mut [u8]) {
    let target = target.as_chunks_mut::<M>().0;
    for (over, under) in source.as_chunks::<N>().0.iter().zip(target) {
        let alpha = u32::from(over[N - 1]);
        for (to, from) in under.iter_mut().zip(over) {
            // The two roundings never sum to more than 255: both weights are complements.
            *to = byte(scale(u32::from(*from), alpha) + scale(u32::from(*to), 255 - alpha));
        }
    }
}

/// Blends a row with alpha over a row with alpha, `channels` colour samples and straight alpha each:
/// source-over of Porter and Duff, 1984.
pub(crate) fn blend(source: &[u8], target: &mut [u8], channels: usize) {
    let pixels = channels + 1;
    for (over, under) in source.chunks_exact(pixels).zip(target.chunks_exact_mut(pixels)) {
        let above = u32::from(over[channels]);
        // Alphas in 1/255^2, so that nothing is lost before the one division.
        let shown = (255 - above) * u32::from(under[channels]);
        let total = above * 255 + shown;
        if total == 0 {
            continue;
        }
        for (to, from) in under.iter_mut().zip(&over[..channels]) {
            let sum = u32::from(*from) * above * 255 + u32::from(*to) * shown;
            *to = byte((sum + total / 2) / total);
        }
        under[channels] = byte((total + 127) / 255);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_hides_and_clear_shows() {
        for value in 0..=255 {
            let mut under = [7];
            blend_on_opaque(&[value, 255], &mut under, 1);
            assert_eq!(under, [value]);
            let mut under = [value];
            blend_on_opaque(&[9, 0], &mut under, 1);
            assert_eq!(under, [value]);
        }
    }

    /// `numerator / denominator`, halves up.
    fn rounded(numerator: u32, denominator: u32) -> u32 {
        (2 * numerator + denominator) / (2 * denominator)
    }

    /// For all values and alphas: over black a share of the value, over any other colour the shares of both, each rounded.
    #[test]
    fn shares_of_what_is_opaque_are_rounded() {
        for alpha in 0..=255_u8 {
            for value in 0..=255_u8 {
                for under in [0, 1, 77, 128, 255] {
                    let mut out = [under];
                    blend_on_opaque(&[value, alpha], &mut out, 1);
                    let [over, alpha] = [value, alpha].map(u32::from);
                    let share = |value: u32, alpha: u32| rounded(value * alpha, 255);
                    let expected = share(over, alpha) + share(under.into(), 255 - alpha);
                    assert_eq!(u32::from(out[0]), expected, "{value} {alpha} over {under}");
                }
            }
        }
    }

    /// For all pairs of alphas: the colour is that of Porter and Duff, rounded once, and so is alpha. What is clear gives
    /// no colour, whatever its samples.
    #[test]
    fn what_two_alphas_show_is_rounded_once() {
        for above in 0..=255_u8 {
            for below in 0..=255_u8 {
                for (over, under) in [(255, 0), (0, 255), (200, 31), (90, 91), (128, 128)] {
                    let mut out = [under, below];
                    blend(&[over, above], &mut out, 1);
                    let [a, b] = [above, below].map(u32::from);
                    let (upper, lower) = (255 * a, (255 - a) * b);
                    let colours = u32::from(over) * upper + u32::from(under) * lower;
                    let expected = match upper + lower {
                        0 => (u32::from(under), 0),
                        total => (rounded(colours, total), rounded(total, 255)),
                    };
                    let found = (u32::from(out[0]), u32::from(out[1]));
                    assert_eq!(found, expected, "{over} {above} over {under} {below}");
                }
            }
        }
    }

    #[test]
    fn half_of_a_colour_over_half_of_another_is_two_thirds_of_what_shows() {
        let mut out = [0, 0, 255, 128];
        blend(&[255, 0, 0, 128], &mut out, 3);
        assert_eq!(out, [170, 0, 85, 192]);
    }

    #[test]
    fn blending_stays_within_its_two_colours() {
        for (over, under, alpha) in [(255, 255, 128), (255, 255, 1), (0, 255, 77), (10, 20, 200)] {
            let mut out = [under];
            blend_on_opaque(&[over, alpha], &mut out, 1);
            assert!(out[0] >= over.min(under) && out[0] <= over.max(under));
            let mut out = [under, 90];
            blend(&[over, alpha], &mut out, 1);
            assert!(out[0] >= over.min(under) && out[0] <= over.max(under));
            assert!(out[1] >= alpha.max(90));
        }
    }
}
