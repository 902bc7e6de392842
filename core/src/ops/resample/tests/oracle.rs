//! Against sums in double precision, and against `image`.

use image::imageops::{self, FilterType};
use image::{ImageBuffer, Luma, Pixel, Rgb};

use super::*;

/// The weights of an output sample without any rounding, from the definition. An axis that does not change is left alone.
fn exact(kernel: Kernel, from: u32, to: u32, index: u32) -> Vec<f64> {
    if from == to {
        return (0..from).map(|tap| f64::from(u8::from(tap == index))).collect();
    }
    let ratio = f64::from(from) / f64::from(to);
    let centre = (f64::from(index) + 0.5) * ratio;
    let scale = ratio.max(1.0);
    let distance = |tap: u32| (f64::from(tap) + 0.5 - centre) / scale;
    let weights: Vec<f64> = (0..from).map(|tap| kernel::weight(kernel, distance(tap))).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// A resize of one plane in double precision; nothing is clamped before the end.
fn reference(samples: &[u8], channels: usize, size: Size, to: Size, kernel: Kernel) -> Vec<f64> {
    let stride = size.width as usize * channels;
    let mut out = Vec::new();
    for y in 0..to.height {
        let mut row = vec![0.0; stride];
        let weights = exact(kernel, size.height, to.height, y);
        for (line, weight) in samples.chunks_exact(stride).zip(weights) {
            for (sum, sample) in row.iter_mut().zip(line) {
                *sum += f64::from(*sample) * weight;
            }
        }
        for x in 0..to.width {
            let weights = exact(kernel, size.width, to.width, x);
            for channel in 0..channels {
                let line = row.iter().skip(channel).step_by(channels);
                let sum: f64 = line.zip(&weights).map(|(sample, weight)| sample * weight).sum();
                out.push(sum.clamp(0.0, 255.0));
            }
        }
    }
    out
}

#[test]
fn no_sample_is_further_than_rounding_from_the_exact_sum() {
    let kernels = KERNELS.into_iter().filter(|kernel| *kernel != Kernel::Nearest);
    for kernel in kernels {
        for (size, to) in SIZES.into_iter().filter(|(from, to)| from != to) {
            for source in [noise(Layout::Rgb, size, 3), waves(Layout::Rgb, size, 3)] {
                let found = &whole(resize(size, to, kernel), &source)[0];
                let expected = reference(source.plane(0), 3, size, to, kernel);
                let errors = found.iter().zip(&expected).map(|(a, b)| (f64::from(*a) - b).abs());
                let most = errors.clone().fold(0.0, f64::max);
                let mean = errors.sum::<f64>() / found.len() as f64;
                assert!(most <= 0.6, "{kernel:?} {size} {to}: {most}");
                assert!(mean < 0.30 || found.len() < 300, "{kernel:?} {size} {to}: mean {mean}");
            }
        }
    }
}

#[test]
fn the_nearest_sample_is_that_under_the_centre() {
    for layout in [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba] {
        for (size, to) in SIZES {
            let source = noise(layout, size, 8);
            let found = &whole(resize(size, to, Kernel::Nearest), &source)[0];
            let channels = layout.channels() as usize;
            for (index, pixel) in found.chunks_exact(channels).enumerate() {
                let (x, y) =
                    (index as u64 % u64::from(to.width), index as u64 / u64::from(to.width));
                let under = |at: u64, from: u32, to: u32| {
                    (2 * at + 1) * u64::from(from) / (2 * u64::from(to))
                };
                let at = under(y, size.height, to.height) * u64::from(size.width)
                    + under(x, size.width, to.width);
                let at = usize::try_from(at).expect("small") * channels;
                assert_eq!(pixel, &source.plane(0)[at..at + channels]);
            }
        }
    }
}

fn other<P>(source: &Band, to: Size, filter: FilterType) -> Vec<u8>
where
    P: Pixel<Subpixel = u8> + 'static,
{
    let Size { width, height } = source.size();
    let source = ImageBuffer::<P, _>::from_raw(width, height, source.plane(0).to_vec());
    let source = source.expect("as many samples as pixels need");
    imageops::resize(&source, to.width, to.height, filter).into_raw()
}

#[test]
fn another_resampler_differs_by_little() {
    let same = [
        (Kernel::Linear, FilterType::Triangle),
        (Kernel::Cubic, FilterType::CatmullRom),
        (Kernel::Lanczos3, FilterType::Lanczos3),
    ];
    for (kernel, filter) in same {
        for (size, to) in SIZES {
            for layout in [Layout::Gray, Layout::Rgb] {
                let source = waves(layout, size, 1);
                let found = &whole(resize(size, to, kernel), &source)[0];
                let expected = match layout {
                    Layout::Gray => other::<Luma<u8>>(&source, to, filter),
                    _ => other::<Rgb<u8>>(&source, to, filter),
                };
                let most = found.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max();
                assert!(most <= Some(2), "{kernel:?} {layout} {size} {to}: {most:?}");
            }
        }
    }
}
