//! An encoder that pauses on the way to its end.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Ends a file, with a pause before every `pieces`-th row of MCUs or scan. Also gives the number of pauses.
fn with_pauses(encoder: &mut Encoder, pieces: usize) -> Result<usize, Error> {
    let mut pauses = 0;
    loop {
        let asked = AtomicUsize::new(0);
        let pause = || asked.fetch_add(1, Ordering::Relaxed) >= pieces;
        if encoder.code_rest(&|| false, &pause)? {
            return Ok(pauses);
        }
        pauses += 1;
    }
}

#[test]
fn files_are_the_same_with_pauses() -> Result<(), Error> {
    let data = picture(150, 130, 3);
    for (progressive, optimize_coding) in [(false, false), (false, true), (true, true)] {
        let settings =
            EncoderSettings { progressive, optimize_coding, ..settings(85, Subsampling::S420) };
        let expected = encode(&data, (150, 130), Format::Rgb, &settings, (130, 1))?;
        for (workers, pieces) in [(1, 1), (1, 4), (3, 1), (3, 5)] {
            let mut encoder = Encoder::new(150, 130, Format::Rgb, &settings, workers)?;
            encoder.push(&data, 150 * 3, 130, &|| false)?;
            let pauses = with_pauses(&mut encoder, pieces)?;
            // Nine rows of MCUs, ten scans.
            let expected_pauses = if progressive || optimize_coding { 1..11 } else { 0..1 };
            assert!(expected_pauses.contains(&pauses), "{pauses}");
            assert_eq!(encoder.finish(&|| false)?, expected, "{workers} {pieces}");
        }
    }
    Ok(())
}

#[test]
fn after_a_stop_nothing_goes_on() -> Result<(), Error> {
    let settings = settings(85, Subsampling::S420);
    let mut encoder = Encoder::new(64, 64, Format::Rgb, &settings, 1)?;
    let early = encoder.code_rest(&|| false, &|| false);
    assert_eq!(early, Err(misuse("0 rows, expected 64")));
    encoder.push(&picture(64, 64, 3), 64 * 3, 64, &|| false)?;
    assert_eq!(encoder.code_rest(&|| true, &|| false), Err(Error::Stopped));
    assert_eq!(encoder.code_rest(&|| false, &|| false), Err(misuse("call out of order")));
    assert_eq!(encoder.finish(&|| false), Err(misuse("call out of order")));
    Ok(())
}
