//! Blend modes: <https://www.w3.org/TR/compositing-1/>, in numbers from 0 to 1.

use super::Blend;

/// Puts a row of pixels of `channels` colours and alpha on a row that has alpha too, if `ALPHA`.
pub(crate) fn blend_by<const ALPHA: bool>(
    mode: Blend,
    source: &[u8],
    target: &mut [u8],
    channels: usize,
) {
    let row = Row { source, target, channels };
    match mode {
        Blend::Over => row.mix::<ALPHA>(|_, above| above),
        Blend::Multiply => row.mix::<ALPHA>(|below, above| below * above),
        Blend::Screen => row.mix::<ALPHA>(screen),
        Blend::Overlay => row.mix::<ALPHA>(|below, above| hard_light(above, below)),
        Blend::Darken => row.mix::<ALPHA>(f32::min),
        Blend::Lighten => row.mix::<ALPHA>(f32::max),
        Blend::Difference => row.mix::<ALPHA>(|below, above| (below - above).abs()),
        Blend::SoftLight => row.mix::<ALPHA>(soft_light),
        Blend::Add => row.add::<ALPHA>(),
        Blend::DestIn => row.keep::<ALPHA>(),
    }
}

struct Row<'a> {
    source: &'a [u8],
    target: &'a mut [u8],
    channels: usize,
}

impl Row<'_> {
    /// Does something to each pixel of the target, with the one of the source at its place.
    fn each<const ALPHA: bool>(self, change: impl Fn(&[u8], &mut [u8])) {
        let target = self.target.chunks_exact_mut(self.channels + usize::from(ALPHA));
        for (above, below) in self.source.chunks_exact(self.channels + 1).zip(target) {
            change(above, below);
        }
    }

    /// Puts colours on top that `blend` makes of both, where there are both.
    fn mix<const ALPHA: bool>(self, blend: impl Fn(f32, f32) -> f32) {
        let channels = self.channels;
        self.each::<ALPHA>(|above, below| {
            let over = share(above[channels]);
            let under = if ALPHA { share(below[channels]) } else { 1.0 };
            let alpha = over + under - over * under;
            if alpha == 0.0 {
                return;
            }
            for (to, from) in below.iter_mut().zip(&above[..channels]) {
                let (lower, upper) = (share(*to), share(*from));
                let both = over * under * blend(lower, upper);
                let single = over * (1.0 - under) * upper + under * (1.0 - over) * lower;
                *to = byte((both + single) / alpha);
            }
            if ALPHA {
                below[channels] = byte(alpha);
            }
        });
    }

    /// Adds what both give.
    fn add<const ALPHA: bool>(self) {
        let channels = self.channels;
        self.each::<ALPHA>(|above, below| {
            let over = share(above[channels]);
            let under = if ALPHA { share(below[channels]) } else { 1.0 };
            let alpha = (over + under).min(1.0);
            if alpha == 0.0 {
                return;
            }
            for (to, from) in below.iter_mut().zip(&above[..channels]) {
                *to = byte((over * share(*from) + under * share(*to)) / alpha);
            }
            if ALPHA {
                below[channels] = byte(alpha);
            }
        });
    }

    /// Keeps of the alpha below as much as there is above.
    fn keep<const ALPHA: bool>(self) {
        let channels = self.channels;
        self.each::<ALPHA>(|above, below| {
            if ALPHA {
                below[channels] = byte(share(above[channels]) * share(below[channels]));
            }
        });
    }
}

fn screen(below: f32, above: f32) -> f32 {
    below + above - below * above
}

fn hard_light(below: f32, above: f32) -> f32 {
    if above <= 0.5 { below * 2.0 * above } else { screen(below, 2.0 * above - 1.0) }
}

fn soft_light(below: f32, above: f32) -> f32 {
    if above <= 0.5 {
        return below - (1.0 - 2.0 * above) * below * (1.0 - below);
    }
    let light = match below <= 0.25 {
        true => ((16.0 * below - 12.0) * below + 4.0) * below,
        false => below.sqrt(),
    };
    below + (2.0 * above - 1.0) * (light - below)
}

fn share(sample: u8) -> f32 {
    f32::from(sample) / 255.0
}

#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn byte(share: f32) -> u8 {
    (share * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::words::Words;

    fn modes() -> impl Iterator<Item = Blend> {
        Blend::WORDS.iter().map(|word| Blend::of_word(word).expect("a word of the list"))
    }

    /// One gray on another, with the alphas of both.
    fn blended(mode: Blend, (above, over): (u8, u8), (below, under): (u8, u8)) -> (u8, u8) {
        let mut out = [below, under];
        blend_by::<true>(mode, &[above, over], &mut out, 1);
        (out[0], out[1])
    }

    #[test]
    fn opaque_grays_give_what_the_mode_says() {
        for mode in modes() {
            let (found, alpha) = blended(mode, (64, 255), (200, 255));
            assert_eq!(alpha, 255);
            let exact: f64 = match mode {
                Blend::Over => 64.0,
                Blend::Multiply => 200.0 * 64.0 / 255.0,
                Blend::Screen => 200.0 + 64.0 - 200.0 * 64.0 / 255.0,
                Blend::Overlay => 255.0 - 2.0 * 55.0 * 191.0 / 255.0,
                Blend::Darken => 64.0,
                Blend::Lighten | Blend::DestIn => 200.0,
                Blend::Add => 255.0,
                Blend::Difference => 136.0,
                Blend::SoftLight => 200.0 - (1.0 - 128.0 / 255.0) * 200.0 * 55.0 / 255.0,
            };
            assert!((f64::from(found) - exact).abs() <= 0.51, "{mode:?}: {found}, not {exact}");
        }
    }

    /// Of all alphas: a picture that is clear changes nothing but where only what it covers stays, and on one that is
    /// clear it is as it was.
    #[test]
    fn a_clear_picture_changes_nothing() {
        for mode in modes() {
            for alpha in 0..=255 {
                let clear = blended(mode, (9, 0), (77, alpha));
                let expected = if mode == Blend::DestIn { (77, 0) } else { (77, alpha) };
                assert_eq!(clear, expected, "{mode:?} {alpha}");
                let on_clear = blended(mode, (77, alpha), (9, 0));
                let expected = match (mode, alpha) {
                    (Blend::DestIn, _) | (_, 0) => (9, 0),
                    _ => (77, alpha),
                };
                assert_eq!(on_clear, expected, "{mode:?} on clear {alpha}");
            }
        }
    }

    /// A row without alpha is one that is opaque.
    #[test]
    fn rows_without_alpha_are_opaque() {
        for mode in modes() {
            for (above, alpha, below) in [0, 60, 130, 255]
                .into_iter()
                .flat_map(|a| (0..=255).map(move |b| (a, b, 255 - a / 2)))
            {
                let mut row = [below, 3];
                blend_by::<false>(mode, &[above, above, alpha], &mut row, 2);
                let (expected, _) = blended(mode, (above, alpha), (below, 255));
                assert_eq!(row[0], expected, "{mode:?} {above} {alpha} on {below}");
            }
        }
    }
}
