//! Every pixel by the definition of an operation, in double precision.

use super::*;

/// A picture whose pixels are asked for by any place: beyond its edges it goes on.
struct Picture<'a> {
    band: &'a Band,
    channels: usize,
    /// Samples whose colours are multiplied by alpha, where there is one.
    premultiplied: Vec<f64>,
}

impl<'a> Picture<'a> {
    fn new(band: &'a Band) -> Self {
        let channels = band.layout().channels() as usize;
        let premultiplied = band.plane(0).chunks_exact(channels).flat_map(|pixel| {
            let share = if band.layout().has_alpha() {
                f64::from(pixel[channels - 1]) / 255.0
            } else {
                1.0
            };
            (0..channels).map(move |channel| {
                let is_alpha = band.layout().has_alpha() && channel == channels - 1;
                f64::from(pixel[channel]) * if is_alpha { 1.0 } else { share }
            })
        });
        Self { band, channels, premultiplied: premultiplied.collect() }
    }

    /// Where the samples of a pixel are.
    fn at(&self, x: i64, y: i64) -> std::ops::Range<usize> {
        let Size { width, height } = self.band.size();
        let clamped =
            |at: i64, side: u32| usize::try_from(at.clamp(0, i64::from(side) - 1)).expect("a line");
        let at = (clamped(y, height) * width as usize + clamped(x, width)) * self.channels;
        at..at + self.channels
    }

    fn pixel(&self, x: i64, y: i64) -> &[u8] {
        &self.band.plane(0)[self.at(x, y)]
    }

    fn has_alpha(&self) -> bool {
        self.band.layout().has_alpha()
    }

    /// The luma of a pixel, and how much it counts.
    fn luma(&self, x: i64, y: i64) -> (f64, f64) {
        let pixel = self.pixel(x, y);
        let luma = match *pixel {
            [r, g, b] | [r, g, b, _] => {
                0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
            }
            _ => f64::from(pixel[0]),
        };
        (luma, if self.has_alpha() { f64::from(pixel[pixel.len() - 1]) } else { 1.0 })
    }

    fn places(&self) -> impl Iterator<Item = (i64, i64)> + use<> {
        let Size { width, height } = self.band.size();
        (0..i64::from(height)).flat_map(move |y| (0..i64::from(width)).map(move |x| (x, y)))
    }
}

/// The places around a pixel with their weights: a Gaussian, cut off at four times its deviation.
fn gaussian(sigma: f64) -> Vec<(i64, i64, f64)> {
    let reach = (0..).take_while(|&far| f64::from(far) <= 4.0 * sigma).count() as i64 - 1;
    let mut places = Vec::new();
    for y in -reach..=reach {
        for x in -reach..=reach {
            places.push((x, y, (-((x * x + y * y) as f64) / (2.0 * sigma * sigma)).exp()));
        }
    }
    let sum: f64 = places.iter().map(|(.., weight)| weight).sum();
    places.iter_mut().for_each(|(.., weight)| *weight /= sum);
    places
}

/// Sums of pixels whose colours are premultiplied, divided again; each sum is divided and added to.
fn sums(
    picture: &Picture<'_>,
    places: &[(i64, i64, f64)],
    (scale, offset): (f64, f64),
) -> Vec<Vec<f64>> {
    let sum = |(x, y)| {
        let mut sum = vec![0.0; picture.channels];
        for (across, down, weight) in places {
            let samples = &picture.premultiplied[picture.at(x + across, y + down)];
            for (sum, sample) in sum.iter_mut().zip(samples) {
                *sum += weight * sample;
            }
        }
        sum.iter_mut().for_each(|sum| *sum = *sum / scale + offset);
        if let (true, Some((alpha, colours))) = (picture.has_alpha(), sum.split_last_mut()) {
            *alpha = alpha.clamp(0.0, 255.0);
            let share = if *alpha < 0.5 { 0.0 } else { 255.0 / *alpha };
            colours.iter_mut().for_each(|colour| *colour *= share);
        }
        sum
    };
    picture.places().map(sum).collect()
}

/// Holds samples to the exact ones: no further than half a step, and what single precision takes. Colours do not count
/// where alpha might be rounded to nothing.
fn compare(name: &str, found: &Band, exact: &[Vec<f64>], within: f64) {
    let channels = found.layout().channels() as usize;
    for (index, (found, exact)) in found.plane(0).chunks_exact(channels).zip(exact).enumerate() {
        let clear = channels.is_multiple_of(2) && (exact[channels - 1] - 0.5).abs() < 0.001;
        for (found, exact) in found.iter().zip(exact) {
            let far = (f64::from(*found) - exact.clamp(0.0, 255.0)).abs();
            assert!(clear || far <= 0.5 + within, "{name}: {found} at {index}, not {exact}");
        }
    }
}

fn pictures() -> impl Iterator<Item = Arc<Band>> {
    LAYOUTS.into_iter().flat_map(|layout| SIZES.map(|size| noise(layout, size)))
}

#[test]
fn a_blur_is_a_sum_by_the_curve() {
    for source in pictures() {
        let pixels = source.size().pixels();
        for sigma in [0.3, 0.8, 2.5, 11.0].into_iter().filter(|s| *s < 10.0 || pixels < 600) {
            let exact = sums(&Picture::new(&source), &gaussian(sigma), (1.0, 0.0));
            let name = format!("{sigma} {} {}", source.layout(), source.size());
            compare(&name, &whole(&blur(sigma), &source), &exact, 0.001);
        }
    }
}

/// A curve that is wider than the picture, and lines of the finest pattern, which rounded weights would show.
#[test]
fn a_wide_blur_is_exact_too() {
    let mut source = Band::new(Layout::Gray, 5000, 0..1).expect("memory");
    for (at, sample) in source.plane_mut(0).iter_mut().enumerate() {
        *sample = if at % 2 == 0 || at > 3000 { 255 } else { 0 };
    }
    for (sigma, reach) in [(50.0, 200), (333.3, 1333), (1000.0, 4000)] {
        let found = whole(&blur(sigma), &source);
        let curve = |far: f64| (-far * far / (2.0 * sigma * sigma)).exp();
        let picture = Picture::new(&source);
        for (x, &found) in (0_i64..).zip(found.plane(0)).step_by(499) {
            let mut sum = [0.0; 2];
            for far in -reach..=reach {
                let weight = curve(far as f64);
                sum[0] += weight * f64::from(picture.pixel(x + far, 0)[0]);
                sum[1] += weight;
            }
            let (exact, found) = (sum[0] / sum[1], f64::from(found));
            assert!((found - exact).abs() < 0.51, "{sigma} {x}: {found}, not {exact}");
        }
    }
}

#[test]
fn a_sharper_picture_has_the_difference_of_luma_once_more() {
    for source in pictures() {
        for (sigma, amount, threshold) in [(0.5, 2.0, 0), (1.5, 0.7, 9), (2.0, 10.0, 60)] {
            let (picture, curve) = (Picture::new(&source), gaussian(sigma));
            let mut exact = Vec::new();
            for (x, y) in picture.places() {
                let (mut sum, mut count) = (0.0, 0.0);
                for (across, down, weight) in &curve {
                    let (luma, share) = picture.luma(x + across, y + down);
                    sum += weight * luma * share;
                    count += weight * share;
                }
                let (luma, share) = picture.luma(x, y);
                let difference = if share == 0.0 { 0.0 } else { luma - sum / count };
                let mut pixel: Vec<f64> =
                    picture.pixel(x, y).iter().copied().map(f64::from).collect();
                let colours = pixel.len() - usize::from(picture.has_alpha());
                assert!((difference.abs() - f64::from(threshold)).abs() > 1e-5 || threshold == 0);
                if difference.abs() >= f64::from(threshold) {
                    pixel[..colours].iter_mut().for_each(|sample| *sample += amount * difference);
                }
                exact.push(pixel);
            }
            let name = format!("{sigma} {amount} {} {}", source.layout(), source.size());
            let found = whole(&sharpen(sigma, amount, threshold), &source);
            compare(&name, &found, &exact, 0.01);
        }
    }
}

#[test]
fn a_median_has_as_many_samples_below_it_as_above() {
    for source in pictures() {
        for size in [3, 5, 9, 31] {
            let found = whole(&median(size), &source);
            let (picture, reach) = (Picture::new(&source), i64::from(size / 2));
            let channels = source.layout().channels() as usize;
            for ((x, y), found) in picture.places().zip(found.plane(0).chunks_exact(channels)) {
                for (channel, found) in found.iter().enumerate() {
                    let mut around = Vec::new();
                    for y in y - reach..=y + reach {
                        around
                            .extend((x - reach..=x + reach).map(|x| picture.pixel(x, y)[channel]));
                    }
                    around.sort_unstable();
                    let middle = around[around.len() / 2];
                    assert_eq!(*found, middle, "{size} {} {x} {y}", source.layout());
                }
            }
        }
    }
}

/// A line of a picture that is mirrored at its edges.
fn mirrored(line: i64, side: u32) -> usize {
    let side = i64::from(side);
    let mut line = line;
    while !(0..side).contains(&line) {
        line = if line < 0 { -1 - line } else { 2 * side - 1 - line };
    }
    usize::try_from(line).expect("a line")
}

#[test]
fn a_sample_evened_out_is_its_rank_in_the_window() {
    for source in pictures() {
        let (Size { width, height }, channels) =
            (source.size(), source.layout().channels() as usize);
        for (across, down, max_slope) in [(3, 3, 0), (6, 5, 2), (9, 1, 100), (20, 24, 1)] {
            let found = whole(&clahe(across, down, max_slope), &source);
            let picture = Picture::new(&source);
            for ((x, y), found) in picture.places().zip(found.plane(0).chunks_exact(channels)) {
                let own = picture.pixel(x, y);
                for (channel, &found) in found.iter().enumerate() {
                    if picture.has_alpha() && channel == channels - 1 {
                        assert_eq!(found, own[channel]);
                        continue;
                    }
                    let mut counts = [0_usize; 256];
                    for y in (0..i64::from(down)).map(|step| y + step - i64::from(down / 2)) {
                        for x in (0..i64::from(across)).map(|step| x + step - i64::from(across / 2))
                        {
                            let at = mirrored(y, height) * width as usize + mirrored(x, width);
                            counts[usize::from(source.plane(0)[at * channels + channel])] += 1;
                        }
                    }
                    let level = usize::from(own[channel]);
                    let limit = if max_slope == 0 { usize::MAX } else { max_slope as usize };
                    let spread: usize = counts.iter().map(|it| it.saturating_sub(limit)).sum();
                    let below: usize = counts[..=level].iter().map(|it| *it.min(&limit)).sum();
                    let rank = below + (level + 1) * spread / 256;
                    let exact = 255 * rank / (across * down) as usize;
                    assert_eq!(usize::from(found), exact, "{across}x{down} {x} {y}");
                }
            }
        }
    }
}

#[test]
fn a_convolution_is_a_sum_by_its_weights() {
    let ops = [
        Convolve::from(SOBEL),
        Convolve::from(SOBEL).scale(-2.0).offset(127.5),
        Convolve::from([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]).offset(200.0),
        wide(),
        wide().scale(100.0),
        Convolve::from([[0.1; 5]; 9]),
    ];
    for source in pictures() {
        for op in &ops {
            let (width, height) = (op.kernel.width() as i64, op.kernel.rows().len() as i64);
            let mut places = Vec::new();
            for (index, weight) in op.kernel.values().enumerate() {
                let (x, y) = (index as i64 % width, index as i64 / width);
                places.push((x - width / 2, y - height / 2, weight));
            }
            let sum: f64 = op.kernel.values().sum();
            let scale = op.scale.map_or(if sum == 0.0 { 1.0 } else { sum }, Real::value);
            let exact = sums(&Picture::new(&source), &places, (scale, op.offset.value()));
            let name = format!("{op} {} {}", source.layout(), source.size());
            compare(&name, &whole(&op.clone().into(), &source), &exact, 0.005);
        }
    }
}
