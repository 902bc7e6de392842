//! A film that is read is written with the same frames.

use makeready::{
    Encode, Gif, Image, OnError, Open, Pipeline, Png, Result, Strength, WebP, probe_with,
};

use crate::encode_then_decode::rgba;
use crate::recipe::{Dice, split};
use crate::{is_typed, limits, pixels};

/// Frames that are compared.
const FRAMES: u32 = 6;

/// A way to write a film.
struct Way {
    encode: Encode,
    /// How much samples may differ; `None` where colours are lost.
    within: Option<u8>,
}

impl Way {
    fn of(dice: &mut Dice) -> Self {
        let (most, every) = ([0, 0, 3, 20][dice.below(4) as usize], dice.below(4));
        let png = Png::compression_level(1).inter_frame_max_error(most).key_frame_interval(every);
        let webp = WebP::new().effort(0).inter_frame_max_error(most).key_frame_interval(every);
        match dice.below(6) {
            0 | 1 => Self { encode: png.into(), within: Some(most) },
            2 | 3 => Self { encode: webp.with_lossless(true).into(), within: Some(most) },
            4 => Self { encode: webp.with_mixed(dice.below(2) == 0).into(), within: None },
            _ => {
                let gif = Gif::new().with_colours(2 + dice.below(255)).key_frame_interval(every);
                let dither = Strength::new(f64::from(dice.below(3)) / 2.0);
                let levels = [0, 5, 255][dice.below(3) as usize];
                let gif = gif.with_dither(dither).inter_palette_max_error(levels);
                Self { encode: gif.inter_frame_max_error(most).into(), within: None }
            }
        }
    }
}

/// Reads all frames, with and without recovery, and writes them as a film of any format.
///
/// # Panics
/// When the error is not typed, or a frame that is written is another one.
pub fn films(data: &[u8]) {
    let way = Way::of(&mut Dice::new(split(data).1));
    for on_error in [OnError::Fail, OnError::Recover] {
        let open = Open::default().animated(true).on_error(on_error);
        let film = Pipeline::open_with(data.to_vec(), open).encode(way.encode);
        match film.limits(limits()).threads(1).run() {
            Err(error) => assert!(is_typed(&error), "{error:?}"),
            Ok(written) => compare(data, on_error, &written.data, way.within),
        }
    }
}

/// Holds the frames of both files to one another, unless equal ones have become one. The first is left out: the
/// picture of an APNG may be none of its frames.
fn compare(data: &[u8], on_error: OnError, written: &[u8], within: Option<u8>) {
    let pages = |file: &[u8]| probe_with(file.to_vec(), &limits()).map_or(1, |found| found.pages);
    let count = pages(data);
    if pages(written) != count {
        return;
    }
    for page in 1..count.min(FRAMES) {
        let frame = |file: &[u8], on_error| -> Result<Image> {
            let open = Open::default().page(page).on_error(on_error);
            pixels(&Pipeline::open_with(file.to_vec(), open))
        };
        let expected = frame(data, on_error).expect("a frame of a film that was written");
        let found = frame(written, OnError::Fail).expect("a frame that was written");
        assert_eq!(found.size(), expected.size(), "frame {page} of {count}");
        if let Some(within) = within {
            let near = are_near(&rgba(&found), &rgba(&expected), within);
            assert!(near, "frame {page} of {count}, within {within}");
        }
    }
}

/// Tells whether pixels differ by no more than that in any sample. Colours that are clear in one of them do not count.
fn are_near(one: &[[u8; 4]], other: &[[u8; 4]], within: u8) -> bool {
    one.iter().zip(other).all(|(one, other)| {
        let from = if one[3] == 0 || other[3] == 0 { 3 } else { 0 };
        one[from..].iter().zip(&other[from..]).all(|(one, other)| one.abs_diff(*other) <= within)
    })
}
