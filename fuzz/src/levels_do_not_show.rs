//! The vector instructions that are used change no byte.

use makeready::{Jpeg, Pipeline, Png, Result, Subsampling};

use crate::limits;
use crate::recipe::{Dice, random, split};

/// Runs a random recipe to a file with the kernels of every level that this CPU has: kernels of the JPEG
/// decoder, the resampler and the JPEG encoder.
///
/// # Panics
/// When a file is not that of the plain code, or one fails and the other does not, or in another way.
pub fn levels_do_not_show(data: &[u8]) {
    let (file, dice) = split(data);
    let mut dice = Dice::new(dice);
    let Ok(pipeline) = random(file, &mut dice) else { return };
    let pipeline = if dice.below(4) == 0 {
        pipeline.encode(Png::compression_level(1))
    } else {
        pipeline.encode(random_jpeg(&mut dice))
    };
    let plain = run(&pipeline, 0);
    for level in 1..Pipeline::simd_levels() {
        let found = run(&pipeline, level);
        match (&found, &plain) {
            (Ok(found), Ok(plain)) => {
                assert!(found == plain, "level {level}: another file\n{pipeline:?}");
            }
            (Err(found), Err(plain)) => assert_eq!(found.code(), plain.code(), "level {level}"),
            _ => panic!("level {level}: {:?}, plain: {:?}", found.err(), plain.as_ref().err()),
        }
    }
}

fn run(pipeline: &Pipeline, level: usize) -> Result<Vec<u8>> {
    let job = pipeline.clone().limits(limits()).threads(1).with_simd_level(level);
    Ok(job.run()?.data)
}

fn random_jpeg(dice: &mut Dice<'_>) -> Jpeg {
    let kinds = [Subsampling::S444, Subsampling::S422, Subsampling::S420];
    let quality = u8::try_from(1 + dice.below(100)).unwrap_or(1);
    let jpeg = Jpeg::quality(quality).subsampling(kinds[dice.below(3) as usize]);
    jpeg.progressive(dice.below(4) == 0).optimize_coding(dice.below(2) == 0)
}
