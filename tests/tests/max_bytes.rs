//! Files of at most `max_bytes`: they are files that an encode without it gives, on any number of threads.

use std::time::{Duration, Instant};

use makeready::{
    Encode, ErrorKind, Jpeg, Pipeline, Png, Resize, Result, Stitch, Subsampling, WebP, run_all,
};
use makeready_tests::{case, image};

fn at(encode: Encode, quality: u8, max_bytes: Option<u64>) -> Encode {
    match encode {
        Encode::Jpeg(jpeg) => jpeg.with_quality(quality).with_max_bytes(max_bytes).into(),
        Encode::WebP(webp) => webp.with_quality(quality).with_max_bytes(max_bytes).into(),
        other => other,
    }
}

/// The bytes of a job at a quality.
fn bytes(job: &Pipeline, encode: Encode, quality: u8) -> Result<Vec<u8>> {
    Ok(job.clone().encode(at(encode, quality, None)).run()?.data)
}

fn jobs() -> Result<Vec<(&'static str, Pipeline, Encode)>> {
    let photo = || Pipeline::open(image("photo.jpg"));
    let page = Pipeline::stitch(Stitch::across(2), [photo(), photo().flop()]);
    let full = Jpeg::quality(90).subsampling(Subsampling::S444);
    // Large enough for several workers, and for the thread of a large WebP.
    let large = photo().resize(Resize::fill(1500, 1350));
    Ok(vec![
        ("planes", photo().resize(Resize::width(300)), Jpeg::quality(90).into()),
        ("colours", photo().resize(Resize::width(300)), full.into()),
        ("gray", Pipeline::open(image("gray.jpg")), Jpeg::quality(85).into()),
        ("scans", page.clone().resize((300, 300)), Jpeg::quality(80).progressive(true).into()),
        ("a page", page, WebP::quality(80).effort(2).into()),
        ("alpha", Pipeline::open(image("rgba.png")), WebP::quality(90).into()),
        ("a large jpeg", large.clone(), Jpeg::quality(30).into()),
        ("a large webp", large, WebP::quality(30).effort(0).into()),
    ])
}

#[test]
fn a_file_within_bytes_is_the_file_of_a_quality() -> Result<()> {
    for (name, job, encode) in jobs()? {
        let asked = match encode {
            Encode::Jpeg(jpeg) => jpeg.quality,
            Encode::WebP(webp) => webp.quality,
            _ => 0,
        };
        let most = bytes(&job, encode, asked)?;
        let least = bytes(&job, encode, 1)?.len();
        let within = |max: usize| job.clone().encode(at(encode, asked, Some(max as u64)));
        assert_eq!(within(most.len()).run()?.data, most, "{name}");
        for part in [1, 2] {
            let max = least + (most.len() - least) * part / 3;
            let file = within(max).threads(1).run()?.data;
            assert!(file.len() <= max, "{name}: {} of {max}", file.len());
            for (threads, rows) in [(1, 8), (2, 64), (4, 16)] {
                let job = within(max).threads(threads).with_band_rows(rows);
                assert_eq!(job.run()?.data, file, "{name}: {threads} threads");
            }
            let mut qualities = (1..asked).rev();
            let found = qualities
                .find(|&quality| bytes(&job, encode, quality).is_ok_and(|other| other == file));
            let found = found.unwrap_or_else(|| panic!("{name}: the file of no quality"));
            let better = bytes(&job, encode, (found + 4).min(asked))?;
            assert!(better.len() > max, "{name}: quality {found} of {max} bytes");
        }
        let error = within(least - 1).run().expect_err("too few bytes");
        assert_eq!((error.kind(), error.limit()), (ErrorKind::LimitExceeded, Some("max_bytes")));
        let expected = format!("max_bytes is {}, this needs {least}", least - 1);
        assert_eq!(error.to_string(), expected, "{name}");
    }
    Ok(())
}

#[test]
fn cases_have_no_more_bytes_than_they_say() -> Result<()> {
    let mut checked = 0;
    for case in case::all() {
        let encode = case.encode.iter().flat_map(|encode| encode.values());
        let max =
            encode.filter(|(name, _)| name == "max_bytes").map(|(_, value)| value).next_back();
        if let (Some(max), None) = (max, &case.expect.error) {
            let max: usize = max.to_string().parse().expect("a number");
            let found = case.pipeline()?.run()?.data.len();
            assert!(found <= max, "{}: {found} of {max}", case.name);
            checked += 1;
        }
    }
    assert!(checked >= 9, "{checked}");
    Ok(())
}

#[test]
fn one_output_of_a_pass_may_be_bounded() -> Result<()> {
    let page = Pipeline::open(image("photo.jpg")).resize(Resize::width(400));
    let outputs = [
        page.clone().encode(Jpeg::quality(90).max_bytes(9_000)),
        page.clone().encode(Jpeg::quality(90)),
        page.clone().encode(WebP::quality(90).max_bytes(7_000)),
        page.encode(Png::default()),
    ];
    for threads in [1, 2, 4] {
        let jobs = outputs.clone().map(|job| job.threads(threads));
        let found = run_all(&jobs)?;
        assert!(found[0].data.len() <= 9_000 && found[2].data.len() <= 7_000);
        // What the pass shares is decoded for all of them, in planes or in colours.
        let others = run_all(&jobs[1..])?;
        assert_eq!(found[1].data, others[0].data);
        assert_eq!(found[3].data, others[2].data);
    }
    // It fails the whole pass, as any error does.
    let mut jobs = outputs.to_vec();
    jobs[0] = jobs[1].clone().encode(Jpeg::quality(90).max_bytes(100));
    assert_eq!(run_all(&jobs).expect_err("too few bytes").limit(), Some("max_bytes"));
    Ok(())
}

#[test]
fn a_copy_has_at_most_its_bytes() -> Result<()> {
    let file = Pipeline::open(image("photo.jpg")).resize((300, 300)).encode(Jpeg::quality(95));
    let file = file.run()?.data;
    let bytes = file.len() as u64;
    let within = |max| Pipeline::open(file.clone()).encode(Jpeg::new().max_bytes(max));
    assert_eq!(within(bytes).run()?.data, file);
    let smaller = within(bytes - 1).run()?.data;
    assert!(smaller != file && smaller.len() < file.len());
    Ok(())
}

/// A search that could go on for four encodes stops in one of them.
#[test]
fn a_search_stops_in_time() -> Result<()> {
    let large = Pipeline::open(image("photo.jpg")).resize(Resize::fill(2400, 1800)).pixels()?;
    let job = Pipeline::open(large).encode(WebP::quality(95).effort(5).max_bytes(60_000));
    let start = Instant::now();
    assert!(job.run()?.data.len() <= 60_000);
    let whole = start.elapsed();
    for part in [8, 3, 2] {
        let (job, start) = (job.clone().deadline(whole / part), Instant::now());
        if let Err(error) = job.run() {
            assert_eq!(error.kind(), ErrorKind::Timeout);
            let late = start.elapsed().saturating_sub(whole / part);
            assert!(late < Duration::from_secs(1), "{late:?} of {whole:?}");
        }
    }
    Ok(())
}
