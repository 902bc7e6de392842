//! The height of a band and the number of threads change no byte.

use makeready::{Jpeg, Png, Result, Subsampling};

use crate::recipe::{Dice, random, split};
use crate::{is_typed, limits};

/// Runs a random recipe to a file in bands of 1, 8 and 64 rows, on 1 and 2 threads.
///
/// # Panics
/// When the files differ, one fails and another does not, or an error is the library's fault.
pub fn bands_do_not_show(data: &[u8]) {
    let (file, dice) = split(data);
    let mut dice = Dice::new(dice);
    let Ok(pipeline) = random(file, &mut dice) else { return };
    let pipeline = match dice.below(3) {
        0 => pipeline.encode(Png::compression_level(1)),
        1 => pipeline.encode(Jpeg::quality(90).subsampling(Subsampling::S444)),
        // In the planes of the input, where that is a JPEG.
        _ => {
            let jpeg = Jpeg::quality(90).progressive(dice.below(2) == 1);
            pipeline.encode(jpeg.effort(if dice.below(2) == 0 { 4 } else { 6 }))
        }
    };
    let run = |rows: u32, threads: usize| -> Result<Vec<u8>> {
        let job = pipeline.clone().limits(limits()).with_band_rows(rows).threads(threads);
        Ok(job.run()?.data)
    };
    let expected = run(64, 1);
    if let Err(error) = &expected {
        assert!(is_typed(error), "{error:?}\n{pipeline:?}");
    }
    for (rows, threads) in [(1, 1), (8, 2), (64, 2)] {
        let found = run(rows, threads);
        assert!(alike(&found, &expected, rows == 64), "rows {rows}, threads {threads}: {}", {
            let text = |result: &Result<Vec<u8>>| match result {
                Ok(file) => format!("a file of {} bytes", file.len()),
                Err(error) => format!("{error:?}"),
            };
            format!("expected {}, found {}", text(&expected), text(&found))
        });
    }
}

/// Equal files, or errors. Damage just behind the last row that is needed is met only where a band reaches
/// it, so that with other bands a damaged file may fail; memory may pass its limit in the same way. No number of threads
/// makes a difference of that kind with the same bands.
fn alike(a: &Result<Vec<u8>>, b: &Result<Vec<u8>>, same_bands: bool) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a == b,
        (Err(a), Err(b)) => is_typed(a) && is_typed(b),
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => {
            is_typed(error) && (!same_bands || error.limit() == Some("max_memory"))
        }
    }
}
