//! A decoded region is that part of the picture.

use makeready::Pipeline;

use crate::recipe::{Dice, cut, split};
use crate::{limits, pixels};

/// Crops in the pipeline, where the decoder gives the region alone, and out of the pixels.
///
/// # Panics
/// When they differ, or a region of a file that decodes does not.
pub fn region_equals_crop(data: &[u8]) {
    let (file, dice) = split(data);
    let mut dice = Dice::new(dice);
    let source = Pipeline::open(file.to_vec()).limits(limits());
    let Ok(full) = pixels(&source) else { return };
    for _ in 0..3 {
        let rect = dice.rect(full.size());
        let region = pixels(&source.clone().crop(rect));
        let region = region.unwrap_or_else(|error| panic!("{rect} of {}: {error:?}", full.size()));
        assert!(region.data() == cut(&full, rect), "{rect} of {} differs", full.size());
    }
}
