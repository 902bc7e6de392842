//! A running job stops within 100 ms of its cancel or deadline: in decode, in encode, and in the work beside them.

use std::time::{Duration, Instant};

use makeready::{
    CancelToken, Encode, ErrorKind, Image, Jpeg, Layout, Limits, Optimizations, Pipeline, Png,
    Quarter, Rect, Resize, Result, Size, WebP, explain_all,
};
use makeready_tests::image;

/// Time that the machine may add while other tests run beside this one.
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
            // No input is at fault.
            assert_eq!((error.kind(), error.input()), (ErrorKind::Cancelled, None), "{error:?}");
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
            assert_eq!(
                (error.kind(), error.input()),
                (ErrorKind::Timeout, None),
                "{what}: {error:?}"
            );
            longest = longest.max(start.elapsed().saturating_sub(after));
        }
    }
    longest
}

/// Stops in time in one of six rounds: other work on the machine may delay some.
fn stops_in_time(what: &str, job: &Pipeline) -> Result<()> {
    let start = Instant::now();
    job.run()?;
    let whole = start.elapsed();
    let rounds = std::iter::repeat_with(|| longest(what, job, whole)).take(6);
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
        let side = if name.contains("jpeg") { 4000 } else { 2000 };
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
            .rotate(Quarter::Two)
            .crop(Rect::new(0, 0, 8, 8))
            .optimizations(Optimizations::none())
            .encode(Png::default());
        stops_in_time(&format!("decode {name}"), &job)?;
    }
    Ok(())
}

/// Neither a decoder nor an encoder is asked: between the operations alone the job can stop.
#[test]
fn running_operations_stop() -> Result<()> {
    let input = noise(Size::new(2500, 2000))?;
    let unplanned = Optimizations::none();
    let open = Pipeline::open(input).optimizations(unplanned);
    let corner = Rect::new(0, 0, 8, 8);
    // Of every row of a large picture one small corner is left.
    let job = |pipeline: Pipeline| {
        pipeline
            .flip()
            .crop(corner)
            .encode(Png::default())
            .threads(1)
            .limits(Limits { max_memory: 4 << 30, ..Limits::default() })
    };
    let large = Resize::fill(9000, 8000);
    let turned = (0..24).fold(open.clone(), |turned, _| turned.rotate(Quarter::One));
    for (what, pipeline) in [("an enlargement", open.resize(large)), ("turns", turned)] {
        stops_in_time(what, &job(pipeline))?;
    }
    Ok(())
}

/// Nothing is decoded or written: planning alone stops, at whatever part of it.
#[test]
fn planning_alone_stops() -> Result<()> {
    let limits = Limits { max_outputs: usize::MAX, max_memory: u64::MAX, ..Limits::default() };
    // Inputs of one length are compared, and each goes through many operations.
    let job = |number: u32| {
        let mut file = image("two-red.png");
        file.extend(number.to_be_bytes());
        (0..200).fold(Pipeline::open(file), |job, _| job.flip()).limits(limits)
    };
    let jobs: Vec<Pipeline> = (0..700).map(job).collect();
    let explain = |deadline: Duration| {
        let mut jobs = jobs.clone();
        jobs[0] = jobs[0].clone().deadline(deadline);
        let start = Instant::now();
        (explain_all(&jobs).map(drop), start.elapsed())
    };
    let (planned, whole) = explain(Duration::from_secs(3600));
    planned?;
    let mut stopped = 0;
    for part in 1..8 {
        let after = whole * part / 16;
        let mut late = Duration::MAX;
        for _ in 0..3 {
            let (result, took) = explain(after);
            let Err(error) = result else { break };
            assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
            late = late.min(took.saturating_sub(after));
        }
        if late < Duration::MAX {
            stopped += 1;
            // A plan of so many nodes takes a while to be dropped; on a busy machine both take longer.
            let patience = PATIENCE.max(whole / 4);
            assert!(late < patience, "{late:?} late of {whole:?}, after {after:?}");
        }
    }
    eprintln!("planned in {whole:?}, stopped {stopped} times");
    assert!(stopped > 0, "planned in {whole:?}, stopped {stopped} times");
    Ok(())
}

/// Nothing is planned before a file is read: reading alone stops.
#[test]
fn reading_alone_stops() -> Result<()> {
    let path = std::env::temp_dir().join(format!("makeready-stop-{}", std::process::id()));
    let file = std::fs::File::create(&path).expect("a file");
    // Without blocks of its own, so that the disk is not asked.
    file.set_len(2 << 30).expect("a long file");
    let limits = Limits { max_input_bytes: 4 << 30, max_memory: 4 << 30, ..Limits::default() };
    let job = Pipeline::open(path.as_path()).limits(limits);
    let after = Duration::from_millis(20);
    let mut late = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        let error = job.clone().deadline(after).run().expect_err("zeros are no picture");
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        late = late.min(start.elapsed().saturating_sub(after));
    }
    std::fs::remove_file(&path).expect("the file");
    assert!(late < PATIENCE, "{late:?} late");
    Ok(())
}
