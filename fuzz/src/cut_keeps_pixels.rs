//! Recovery of a cut PNG or GIF gives pixels of the whole one, and nothing else.

use makeready::{Format, OnError, Open, Pipeline, probe};

use crate::recipe::{Dice, split};
use crate::{limits, pixels};

/// Cuts the file at two places. JPEG and WebP are left out: their last rows depend on what follows them.
///
/// # Panics
/// When a pixel is neither that of the whole picture nor black and clear, the longer file gives fewer pixels, or a
/// loss is not told.
pub fn cut_keeps_pixels(data: &[u8]) {
    let (file, dice) = split(data);
    let told = probe(file.to_vec()).map(|probe| probe.format);
    if !matches!(told, Ok(Format::Png | Format::Gif)) {
        return;
    }
    let Ok(whole) = pixels(&Pipeline::open(file.to_vec())) else { return };
    let channels = whole.layout().channels() as usize;
    let mut dice = Dice::new(dice);
    let length = u32::try_from(file.len()).unwrap_or(u32::MAX);
    let mut ends = [0; 2].map(|_: usize| dice.below(length) as usize);
    ends.sort_unstable();
    let mut before = 0;
    for end in ends {
        let recover = Open::default().on_error(OnError::Recover);
        let cut = Pipeline::open_with(file[..end].to_vec(), recover);
        // The header may be cut, or transparency that makes the layout.
        let Ok(found) = pixels(&cut) else { continue };
        if found.layout() != whole.layout() {
            continue;
        }
        assert_eq!(found.size(), whole.size());
        let mut same = 0;
        let pairs = found.data().chunks_exact(channels).zip(whole.data().chunks_exact(channels));
        for (index, (found, whole)) in pairs.enumerate() {
            assert!(found == whole || found.iter().all(|&sample| sample == 0), "pixel {index}");
            same += usize::from(found == whole);
        }
        assert!(same >= before, "{same} pixels of {end} bytes, {before} of fewer");
        before = same;
        if found != whole {
            let output = cut.limits(limits()).threads(1).run().expect("a picture of these pixels");
            let of_profile = |warning: &&String| warning.ends_with("taken as sRGB");
            let losses = output.warnings.len() - output.warnings.iter().filter(of_profile).count();
            assert_eq!(losses, 1, "{:?}", output.warnings);
        }
    }
}
