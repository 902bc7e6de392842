//! Approximate rules change roundings and filters, but move nothing.

use makeready::{
    Colour, Edges, Encode, Image, Jpeg, Kernel, Layout, Optimizations, Pipeline, Png, Quarter,
    Rect, Resize, Result, Shrink, Size, Stitch, Subsampling,
};

use crate::pixels;
use crate::recipe::{Dice, split};

/// Samples lie between these, so that no filter that rings is clipped.
const DARK: u32 = 40;
const BRIGHT: u32 = 216;
/// Sides of a tile. Over so few pixels a shift by one of them is 1 level and more in the mean of a picture that goes from dark
/// to bright.
const SIDES: std::ops::Range<u32> = 88..128;
/// How far the means of two pictures may be apart. Measured are up to 1.1, in blue: chroma is rounded, and counts 1.8-fold.
const APART: f64 = 1.25;

/// Makes one or two JPEGs, smooth or sharp, of any sides and chroma layout; crops, turns, stitches and extends them at any
/// place; shrinks that; and runs it with all rules and with none. What both give has the same mean in every channel, but for
/// the two outermost rows and columns, where a kernel that is cut off and a block that ends weigh differently.
///
/// Every filter has unit gain, so that the mean does not depend on it; but a picture that goes from dark to bright and is
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
            job.explain().unwrap_or_default()
        });
    }
}

fn recipe(dice: &mut Dice<'_>) -> Result<Pipeline> {
    let mut job = match dice.below(3) {
        0 => Pipeline::stitch(
            Stitch::across(1 + dice.below(2)).gap(dice.below(9)).background(gray(dice)),
            [tile(dice)?, tile(dice)?],
        ),
        1 => {
            let first = tile(dice)?;
            let Size { width, height } = first.plan()?.size();
            let (x, y) = (dice.below(9), dice.below(9));
            let (width, height) = (width + x + dice.below(9), height + y + dice.below(9));
            let canvas = Stitch::canvas(width, height).at([(x, y)]).background(gray(dice));
            Pipeline::stitch(canvas, [first])
        }
        _ => tile(dice)?,
    };
    if dice.below(3) == 0 {
        let [top, right, bottom, left] = [0; 4].map(|_: u32| dice.below(9));
        job = job.extend(Edges { top, right, bottom, left }, gray(dice));
    }
    let Size { width, height } = job.plan()?.size();
    // Factors of 1.5 to 9, a little otherwise across than down.
    let factor = 1.5 + f64::from(dice.below(256)) / 34.0;
    let side = |side: u32, factor: f64| (f64::from(side) / factor).round().max(14.0);
    let skewed = factor * (0.9 + f64::from(dice.below(256)) / 1280.0);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sides of small pictures"
    )]
    let (across, down) = (side(width, factor) as u32, side(height, skewed) as u32);
    let kernels = [Kernel::Linear, Kernel::Cubic, Kernel::Mitchell, Kernel::Lanczos3];
    let resize = Resize::fill(across, down).kernel(kernels[dice.below(4) as usize]);
    let shrink = if dice.below(2) == 0 { Shrink::Fast } else { Shrink::Balanced };
    Ok(job.resize(resize).shrink(shrink))
}

fn gray(dice: &mut Dice<'_>) -> Colour {
    let level = u8::try_from(DARK + dice.below(BRIGHT - DARK)).unwrap_or(u8::MAX);
    Colour::rgb(level, level, level)
}

/// A JPEG, perhaps cropped and turned.
fn tile(dice: &mut Dice<'_>) -> Result<Pipeline> {
    let side = |dice: &mut Dice<'_>| SIDES.start + dice.below(SIDES.end - SIDES.start);
    let size = Size::new(side(dice), side(dice));
    let kinds = [Subsampling::S444, Subsampling::S422, Subsampling::S420];
    let jpeg = Jpeg::quality(100).subsampling(kinds[dice.below(3) as usize]);
    let file = Pipeline::open(picture(size, dice)?).encode(jpeg).threads(1).run()?.data;
    let mut tile = Pipeline::open(file);
    if dice.below(2) == 0 {
        let (x, y) = (dice.below(16), dice.below(16));
        let (right, bottom) = (dice.below(16), dice.below(16));
        tile = tile.crop(Rect::new(x, y, size.width - x - right, size.height - y - bottom));
    }
    let turns = [None, Some(Quarter::One), Some(Quarter::Two), Some(Quarter::Three)];
    if let Some(turn) = turns[dice.below(4) as usize] {
        tile = tile.rotate(turn);
    }
    Ok(if dice.below(4) == 0 { tile.flop() } else { tile })
}

/// From dark to bright: evenly, across or down in each channel, or in one step of gray near the middle, as steps of colour ring
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
        u8::try_from(if falling { BRIGHT - part } else { DARK + part }).unwrap_or(u8::MAX)
    };
    let pixel = |n: u32| {
        let (x, y) = (n % size.width, n / size.width);
        channels.iter().map(move |&channel| sample(x, y, channel)).collect::<Vec<u8>>()
    };
    Image::new(size, Layout::Rgb, (0..size.width * size.height).flat_map(pixel).collect())
}

/// The mean of a channel without the two outermost rows and columns.
fn mean(image: &Image, channel: u32) -> f64 {
    let (size, channels) = (image.size(), image.layout().channels());
    let (rows, columns) = (2..size.height - 2, 2..size.width - 2);
    let places = rows.flat_map(|y| columns.clone().map(move |x| y * size.width + x));
    let samples = places.map(|place| image.data()[(place * channels + channel) as usize]);
    let (sum, count) = samples.fold((0_u64, 0_u64), |(s, n), v| (s + u64::from(v), n + 1));
    sum as f64 / count as f64
}
