//! Every file that is written is read back.

use makeready::{Encode, Image, Jpeg, Layout, Pipeline, Png, Subsampling, WebP};

use crate::pixels;
use crate::recipe::{Dice, picture, split};

/// Writes a random small picture as PNG and lossless WebP, which keep every sample, and as a JPEG of
/// quality 100 in 4:4:4, which keeps each within 8: a unit of rounding in each of 3 planes, twice (colour, DCT),
/// counts up to 1.772-fold on the way back to RGB.
///
/// # Panics
/// When another picture is read back.
pub fn encode_then_decode(data: &[u8]) {
    let (samples, dice) = split(data);
    let mut dice = Dice::new(dice);
    let image = picture(samples, &mut dice);
    let level = u8::try_from(dice.below(10)).unwrap_or(0);
    let read = again(&image, Png::compression_level(level));
    assert!(read == image, "png level {level}: {} {}", image.size(), image.layout());

    let effort = u8::try_from(dice.below(7)).unwrap_or(0);
    let read = again(&image, WebP::lossless().effort(effort));
    let (read, expected) = (rgba(&read), rgba(&image));
    assert!(read == expected, "webp effort {effort}: {} {}", image.size(), image.layout());

    if matches!(image.layout(), Layout::Gray | Layout::Rgb) {
        let jpeg = Jpeg::quality(100).subsampling(Subsampling::S444);
        let jpeg = jpeg.progressive(dice.below(2) == 1).optimize_coding(dice.below(2) == 1);
        let read = again(&image, jpeg);
        assert_eq!((read.size(), read.layout()), (image.size(), image.layout()), "{jpeg:?}");
        let apart = read.data().iter().zip(image.data()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(apart <= Some(8), "{jpeg:?}: {apart:?} apart, {}", image.size());
    }
}

fn again(image: &Image, encode: impl Into<Encode>) -> Image {
    let encode = encode.into();
    let written = Pipeline::open(image.clone()).encode(encode).threads(1).run();
    let written = written.unwrap_or_else(|error| panic!("{encode}: {error:?}"));
    pixels(&Pipeline::open(written.data)).unwrap_or_else(|error| panic!("{encode}: {error:?}"))
}

/// The samples as RGBA; where nothing is to be seen, as transparent black.
pub(crate) fn rgba(image: &Image) -> Vec<[u8; 4]> {
    let pixel = |samples: &[u8]| match *samples {
        [.., 0] if samples.len().is_multiple_of(2) => [0; 4],
        [v] => [v, v, v, 255],
        [v, a] => [v, v, v, a],
        [r, g, b] => [r, g, b, 255],
        [r, g, b, a] => [r, g, b, a],
        _ => panic!("a pixel of {} samples", samples.len()),
    };
    image.data().chunks_exact(image.layout().channels() as usize).map(pixel).collect()
}
