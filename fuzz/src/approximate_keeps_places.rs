//! Approximate rules change roundings and filters, but move nothing.

use makeready::{
    Colour, Edges, Encode, Image, Jpeg, Kernel, Layout, Optimizations, Pipeline, Png, Quarter,
    Rect, Resize, Result, Shrink, Size, Stitch, Subsampling,
};

use crate::mutate::XorShift;
use crate::pixels;
use crate::recipe::{Dice, split};

/// Samples lie between these, so that no filter that rings is clipped.
const DARK: u32 = 48;
const BRIGHT: u32 = 208;
/// Every sample is moved by less than this, by chance. Without it a picture is the same along one axis, so that all samples of a row or
/// a column are rounded alike: then a dozen roundings make the mean, and in blue, where those of chroma count 1.8-fold, it was up to
/// 1.7 off.
const NOISE: u32 = 13;
/// Sides of a tile: of the largest a fast shrink decodes at 1/8. Over so few pixels a shift by one of them is 1 level and more in
/// the mean of a picture that goes from dark to bright.
const SIDES: std::ops::Range<u32> = 96..160;
/// Sides of the smallest picture that is made.
const SMALLEST: f64 = 14.0;
/// How far the means of two pictures may be apart. Measured are 1.2 and less. With a shift by one pixel one recipe of 80 and more is
/// further apart.
const APART: f64 = 1.5;

/// Makes one or two JPEGs, smooth or sharp, of any sides and chroma layout; crops, turns, stitches and extends them at any
/// place; shrinks that; and runs it with all rules and with none. Both results have the same mean in every channel, where
/// pixels count less and less towards the edges: there a kernel that is cut off, a seam beside one and a block that ends weigh
/// differently, and a kernel of chroma reaches six pixels far.
///
/// Every filter has unit gain, so that such a mean hardly depends on it; but a picture that goes from dark to bright and is
/// moved by a pixel has another mean.
///
/// # Panics
/// When the means are further apart, or a job fails.
pub fn approximate_keeps_places(data: &[u8]) {
    let (_, dice) = split(data);
    let mut dice = Dice::new(dice);
    let job = recipe(&mut dice).expect("a recipe of valid steps");
    let encode: Encode = match dice.below(3) {
        0 => Jpeg::quality(100).into(),
        1 => Jpeg::quality(100).subsampling(Subsampling::S422).into(),
        _ => Png::compression_level(0).into(),
    };
    let run = |rules: Optimizations| -> Result<Image> {
        let job = job.clone().encode(encode).optimizations(rules).threads(1);
        pixels(&Pipeline::open(job.run()?.data))
    };
    let all = run(Optimizations::all()).expect("a valid job");
    let none = run(Optimizations::none()).expect("a valid job");
    assert_eq!((all.size(), all.layout()), (none.size(), none.layout()));
    for channel in 0..all.layout().channels() {
        let apart = mean(&all, channel) - mean(&none, channel);
        assert!(apart.abs() <= APART, "channel {channel}: {apart:.2} apart\n{}", {
            job.clone().encode(encode).explain().unwrap_or_default()
        });
    }
}

fn recipe(dice: &mut Dice<'_>) -> Result<Pipeline> {
    // A decode is scaled where all that is stitched lies on whole scaled pixels, which it seldom does by chance.
    let step = [1, 2, 8][dice.below(3) as usize];
    let mut job = match dice.below(3) {
        0 => {
            let stitch = Stitch::across(1 + dice.below(2)).gap(multiple(dice, 9, step));
            Pipeline::stitch(stitch.background(gray(dice)), [tile(dice, step)?, tile(dice, step)?])
        }
        1 => {
            let first = tile(dice, step)?;
            let Size { width, height } = first.plan()?.size();
            let [x, y, right, bottom] = [0; 4].map(|_: u32| multiple(dice, 9, step));
            let canvas = Stitch::canvas(width + x + right, height + y + bottom).at([(x, y)]);
            Pipeline::stitch(canvas.background(gray(dice)), [first])
        }
        _ => tile(dice, step)?,
    };
    if dice.below(3) == 0 {
        let [top, right, bottom, left] = [0; 4].map(|_: u32| multiple(dice, 9, step));
        job = job.extend(Edges { top, right, bottom, left }, gray(dice));
    }
    let Size { width, height } = job.plan()?.size();
    // Factors of 1.5 to 17, a little otherwise across than down.
    let factor = 1.5 + f64::from(dice.below(256)) / 16.5;
    let side = |side: u32, factor: f64| (f64::from(side) / factor).round().max(SMALLEST);
    let skewed = factor * (0.9 + f64::from(dice.below(256)) / 1280.0);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sides of small pictures"
    )]
    let (across, down) = (side(width, factor) as u32, side(height, skewed) as u32);
    // Not the linear one: at factors just above 1 its weights pull a sample by up to a tenth towards the middle between two
    // of the source, and of chroma at 1/8 that is a pixel and more.
    let kernels = [Kernel::Cubic, Kernel::Mitchell, Kernel::Lanczos2, Kernel::Lanczos3];
    let resize = Resize::fill(across, down).kernel(kernels[dice.below(4) as usize]);
    let shrink = if dice.below(2) == 0 { Shrink::Fast } else { Shrink::Balanced };
    Ok(job.resize(resize).shrink(shrink))
}

fn gray(dice: &mut Dice<'_>) -> Colour {
    let level = u8::try_from(DARK + dice.below(BRIGHT - DARK)).unwrap_or(u8::MAX);
    Colour::rgb(level, level, level)
}

/// A number below `end` that is a multiple of `step`.
fn multiple(dice: &mut Dice<'_>, end: u32, step: u32) -> u32 {
    dice.below(end) / step * step
}

/// A JPEG, perhaps cropped and turned, its sides multiples of `step`.
fn tile(dice: &mut Dice<'_>, step: u32) -> Result<Pipeline> {
    let side = |dice: &mut Dice<'_>| SIDES.start + multiple(dice, SIDES.end - SIDES.start, step);
    let size = Size::new(side(dice), side(dice));
    let kinds = [Subsampling::S444, Subsampling::S422, Subsampling::S420];
    let jpeg = Jpeg::quality(100).subsampling(kinds[dice.below(3) as usize]);
    let file = Pipeline::open(picture(size, dice)?).encode(jpeg).threads(1).run()?.data;
    let mut tile = Pipeline::open(file);
    if dice.below(2) == 0 {
        let [x, y, right, bottom] = [0; 4].map(|_: u32| multiple(dice, 16, step));
        tile = tile.crop(Rect::new(x, y, size.width - x - right, size.height - y - bottom));
    }
    let turns = [None, Some(Quarter::One), Some(Quarter::Two), Some(Quarter::Three)];
    if let Some(turn) = turns[dice.below(4) as usize] {
        tile = tile.rotate(turn);
    }
    Ok(if dice.below(4) == 0 { tile.flop() } else { tile })
}

/// From dark to bright, with noise: evenly, across or down in each channel, or in one step of gray near the middle, as steps of colour ring
/// beyond what RGB can say.
fn picture(size: Size, dice: &mut Dice<'_>) -> Result<Image> {
    let channels: Vec<(bool, u32, bool)> = (0..3)
        .map(|_| (dice.below(2) == 0, dice.below(SIDES.start / 5), dice.below(2) == 0))
        .collect();
    let sharp = dice.below(2) == 0;
    let channels = if sharp { vec![channels[0]; 3] } else { channels };
    let sample = |x: u32, y: u32, (across, step, falling): (bool, u32, bool)| {
        let (at, side) = if across { (x, size.width) } else { (y, size.height) };
        let part = match sharp {
            true => (BRIGHT - DARK) * u32::from(at >= side * 2 / 5 + step),
            false => (BRIGHT - DARK) * at / (side - 1),
        };
        if falling { BRIGHT - part } else { DARK + part }
    };
    let mut random = XorShift::new(u64::from(dice.below(256)));
    let mut pixel = |n: u32| {
        let (x, y) = (n % size.width, n / size.width);
        [0, 1, 2].map(|channel| {
            let noisy = sample(x, y, channels[channel]) + random.below(2 * NOISE - 1) - (NOISE - 1);
            u8::try_from(noisy).unwrap_or(u8::MAX)
        })
    };
    Image::new(size, Layout::Rgb, (0..size.width * size.height).flat_map(&mut pixel).collect())
}

/// The mean of a channel, of which pixels count less and less towards the edges.
fn mean(image: &Image, channel: u32) -> f64 {
    let (size, channels) = (image.size(), image.layout().channels());
    let weight = |at: u32, side: u32| {
        let part = (f64::from(at) + 0.5) / f64::from(side);
        (part * std::f64::consts::PI).sin().powi(2)
    };
    let (mut sum, mut weights) = (0.0, 0.0);
    for (place, pixel) in (0..).zip(image.data().chunks_exact(channels as usize)) {
        let (x, y) = (place % size.width, place / size.width);
        let weight = weight(x, size.width) * weight(y, size.height);
        sum += weight * f64::from(pixel[channel as usize]);
        weights += weight;
    }
    sum / weights
}
