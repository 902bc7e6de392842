//! A running job stops within 100 ms of its cancel or deadline, in decode and in encode.

use std::time::{Duration, Instant};

use makeready::{
    CancelToken, Encode, ErrorKind, Image, Jpeg, Layout, Pipeline, Png, Result, Size, WebP,
};

/// What the machine may add while other tests run beside this one.
const PATIENCE: Duration = Duration::from_millis(100);

/// A noisy picture, which is slow to decode and to encode.
fn noise(size: Size) -> Result<Image> {
    let mut state = 1_u32;
    let sample = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let samples = (0..size.pixels() * 3).map(sample).collect();
    Image::new(size, Layout::Rgb, samples)
}

/// Cancels a job after a while and gives how long it went on, or `None` when it had ended before.
fn went_on_after_cancel(job: &Pipeline, after: Duration) -> Option<Duration> {
    let token = CancelToken::new();
    let job = job.clone().cancel(token.clone());
    let worker = std::thread::spawn(move || {
        let result = job.run();
        (result, Instant::now())
    });
    std::thread::sleep(after);
    token.cancel();
    let cancelled = Instant::now();
    let (result, ended) = worker.join().expect("no panic");
    match result {
        Ok(_) => None,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
            Some(ended - cancelled)
        }
    }
}

/// How long a job goes on at most when it is stopped after a quarter, a third and a half of its time.
fn longest(what: &str, job: &Pipeline, whole: Duration) -> Duration {
    let mut longest = Duration::ZERO;
    for part in [4, 3, 2] {
        let after = whole / part;
        longest = longest.max(went_on_after_cancel(job, after).unwrap_or_default());
        let job = job.clone().deadline(after);
        let start = Instant::now();
        if let Err(error) = job.run() {
            assert_eq!(error.kind(), ErrorKind::Timeout, "{what}: {error:?}");
            longest = longest.max(start.elapsed().saturating_sub(after));
        }
    }
    longest
}

/// Stops in time in one of three rounds: other work on the machine may delay some.
fn stops_in_time(what: &str, job: &Pipeline) -> Result<()> {
    let start = Instant::now();
    job.run()?;
    let whole = start.elapsed();
    let rounds = std::iter::repeat_with(|| longest(what, job, whole)).take(3);
    let mut went_on = Duration::MAX;
    for longest in rounds {
        went_on = went_on.min(longest);
        if went_on < PATIENCE {
            break;
        }
    }
    eprintln!("{what}: takes {whole:?}, went on for {went_on:?}");
    assert!(went_on < PATIENCE, "{what}: went on for {went_on:?} of {whole:?}");
    Ok(())
}

fn encodes() -> [(&'static str, Encode); 5] {
    [
        ("jpeg", Jpeg::quality(95).into()),
        ("progressive jpeg", Jpeg::quality(95).progressive(true).into()),
        ("png", Png::compression_level(9).into()),
        ("webp", WebP::quality(90).into()),
        ("lossless webp", WebP::lossless().effort(1).into()),
    ]
}

#[test]
fn running_encodes_stop() -> Result<()> {
    for (name, encode) in encodes() {
        let side = if name.contains("webp") { 2400 } else { 4000 };
        let input = noise(Size::new(side, side))?;
        for threads in [1, 2] {
            let job = Pipeline::open(input.clone()).encode(encode).threads(threads);
            stops_in_time(&format!("encode {name} on {threads}"), &job)?;
        }
    }
    Ok(())
}

#[test]
fn running_decodes_stop() -> Result<()> {
    for (name, encode) in encodes() {
        let side = if name.contains("webp") { 1600 } else { 4000 };
        let fast = match encode {
            Encode::WebP(webp) => webp.effort(0).into(),
            Encode::Png(_) => Png::compression_level(1).into(),
            other => other,
        };
        let file = Pipeline::open(noise(Size::new(side, side))?).encode(fast).run()?.data;
        // Only the decode takes time: the output is one small corner after all rows.
        let job = Pipeline::open(file)
            .rotate(makeready::Quarter::Two)
            .crop(makeready::Rect::new(0, 0, 8, 8))
            .optimizations(makeready::Optimizations::none())
            .encode(Png::default());
        stops_in_time(&format!("decode {name}"), &job)?;
    }
    Ok(())
}
