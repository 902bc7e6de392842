//! A shrink that the decoder takes part in is close to one of the full picture.

use makeready::{Image, Pipeline, Resize, Shrink};

use crate::recipe::{Dice, split};
use crate::{limits, pixels};

/// Shrinks to 1/2, 1/4 or 1/8 with shrink fast and off.
///
/// Both ways are filters of unit gain: they give constant areas alike, and may differ only in the detail that the
/// shrink takes away. So the mean difference is held to the mean detail (how far the full picture is from
/// the small one), plus 3 for roundings. At 1/2 subsampled chroma adds to that: in the full picture it has gone through
/// triangle filters, whose mean over a pixel of the small one is 9/16 of that pixel, 3/32 of each neighbour and 1/64 of each
/// diagonal one, so they take away at most half of the mean difference of neighbours. Nothing holds for samples
/// beyond the range: full decodes clip each, scaled ones their mean. Pictures with 1 in 50 samples at an end of the
/// range are left out. Colours are held to what shows of them, over black: where alpha is 1 of 255, a scaled decode
/// keeps one bit of them.
///
/// # Panics
/// When they are further apart, or one fails and the other does not.
pub fn scaled_close_to_full(data: &[u8]) {
    let (file, dice) = split(data);
    let source = Pipeline::open(file.to_vec()).limits(limits());
    let Ok(full) = pixels(&source) else { return };
    let scale = [2, 4, 8][Dice::new(dice).below(3) as usize];
    let size = full.size();
    if size.width < 2 * scale || size.height < 2 * scale {
        return;
    }
    let small = source.resize(Resize::fill(size.width / scale, size.height / scale));
    let shrink = |shrink| pixels(&small.clone().shrink(shrink)).expect("a file that decodes");
    let (fast, off) = (shrink(Shrink::Fast), shrink(Shrink::Off));
    assert_eq!((fast.size(), fast.layout()), (off.size(), off.layout()));
    if clipped(&full) * 50 > full.data().len() {
        return;
    }
    let [full, fast, off] = [full, fast, off].map(shown);
    let chroma = if scale == 2 && full.layout().channels() > 2 {
        between_neighbours(&fast) / 2.0
    } else {
        0.0
    };
    let allowed = 3.0 + detail(&full, &off, scale) + chroma;
    let apart = mean(fast.data(), off.data());
    assert!(apart <= allowed, "{size} at 1/{scale}: {apart:.2} apart, {allowed:.2} allowed");
}

fn clipped(image: &Image) -> usize {
    image.data().iter().filter(|sample| matches!(sample, 0 | 255)).count()
}

/// The picture with its colours times their alpha.
fn shown(image: Image) -> Image {
    let (size, layout) = (image.size(), image.layout());
    if !layout.has_alpha() {
        return image;
    }
    let mut data = image.into_data();
    for pixel in data.chunks_exact_mut(layout.channels() as usize) {
        let [colours @ .., alpha] = pixel else { continue };
        for colour in colours {
            let sample = u16::from(*colour) * u16::from(*alpha) / 255;
            *colour = u8::try_from(sample).unwrap_or(u8::MAX);
        }
    }
    Image::new(size, layout, data).expect("as many samples as before")
}

fn mean(a: &[u8], b: &[u8]) -> f64 {
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

/// The mean distance of samples from their neighbours on the right and below.
fn between_neighbours(image: &Image) -> f64 {
    let channels = image.layout().channels() as usize;
    let stride = image.size().width as usize * channels;
    let data = image.data();
    let apart = |step: usize, rows: usize| -> (u64, u64) {
        let lines = data.chunks(stride * rows);
        let pairs = lines.flat_map(|line| line.iter().zip(line.iter().skip(step)));
        pairs.fold((0, 0), |(sum, count), (a, b)| (sum + u64::from(a.abs_diff(*b)), count + 1))
    };
    let (across, down) = (apart(channels, 1), apart(stride, data.len() / stride));
    (across.0 + down.0) as f64 / (across.1 + down.1).max(1) as f64
}

/// How far the samples of `full` are from the sample of `small` that stands for them, in the mean.
fn detail(full: &Image, small: &Image, scale: u32) -> f64 {
    let channels = full.layout().channels() as usize;
    let (width, small_size) = (full.size().width as usize, small.size());
    let spread: Vec<u8> = (0..full.size().height)
        .flat_map(|y| (0..full.size().width).map(move |x| (x / scale, y / scale)))
        .map(|(x, y)| (x.min(small_size.width - 1), y.min(small_size.height - 1)))
        .flat_map(|(x, y)| {
            let at = (y as usize * small_size.width as usize + x as usize) * channels;
            small.data()[at..at + channels].iter().copied()
        })
        .collect();
    debug_assert_eq!(spread.len(), width * full.size().height as usize * channels);
    mean(full.data(), &spread)
}
