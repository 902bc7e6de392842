//! Any picture has figures that can be, and stand-ins.

use makeready::{Layout, Pipeline, Placeholder, Stats, placeholder_as, stats};

use crate::{is_typed, limits, pixels};

/// Takes figures and stand-ins of a file that decodes; of another one both give its error.
///
/// # Panics
/// When a figure cannot be, or one of them fails where the other does not.
pub fn figures_and_stand_ins(data: &[u8]) {
    let picture = Pipeline::open(data.to_vec()).limits(limits()).threads(1);
    let image = match (pixels(&picture), stats(picture.clone())) {
        (Ok(image), Ok(found)) => {
            check(&found, image.layout());
            image
        }
        (Err(error), Err(same)) => {
            assert!(is_typed(&error) && error.code() == same.code(), "{error:?}, {same:?}");
            return;
        }
        (image, found) => panic!("pixels: {:?}, figures: {:?}", image.err(), found.err()),
    };
    for kind in [Placeholder::ThumbHash, Placeholder::BlurHash, Placeholder::DataUri] {
        let text = placeholder_as(image.clone(), kind).expect("a stand-in of pixels");
        assert!(text.is_ascii() && text.len() > 5, "{text}");
    }
}

fn check(found: &Stats, layout: Layout) {
    assert_eq!(found.channels.len(), layout.channels() as usize);
    for it in &found.channels {
        let (min, max) = (f64::from(it.min), f64::from(it.max));
        assert!(min <= it.mean + 1e-9 && it.mean <= max + 1e-9, "{it:?}");
        assert!((0.0..=(max - min) / 2.0 + 1e-9).contains(&it.deviation), "{it:?}");
    }
    assert!((0.0..=8.0 + 1e-9).contains(&found.entropy), "{}", found.entropy);
    // Eight times 255 apart, of which the deviation is at most half.
    assert!((0.0..=1020.0).contains(&found.sharpness), "{}", found.sharpness);
    assert!(layout.has_alpha() || found.is_opaque);
}
