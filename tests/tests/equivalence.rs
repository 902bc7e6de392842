//! Bands and threads do not show, nor do the pass, the pool and the order of scans.

use std::cell::Cell;
use std::sync::Arc;

use makeready::{
    Encode, Jpeg, Optimizations, Pipeline, Png, Quarter, Rect, Result, Shrink, Size, Stitch,
    Threads, WebP, probe, run_all,
};
use makeready_tests::compare::hash;
use makeready_tests::{case, image};
use rayon::prelude::*;

/// Output bytes of every case that has an output, for bands of 1, 8, 64 and all rows and 1, 2, 3 and 8
/// threads.
#[test]
fn bands_and_threads_do_not_show() -> Result<()> {
    let cases = case::all();
    let good: Vec<_> = cases.iter().filter(|case| case.expect.error.is_none()).collect();
    assert!(good.len() > 80, "{}", good.len());
    good.par_iter().try_for_each(|case| {
        let pipeline = case.pipeline()?;
        let reference = hash(&pipeline.clone().threads(1).run()?.data);
        for (rows, threads) in [(1, 1), (8, 2), (64, 3), (u32::MAX / 2, 8), (64, 2)] {
            let job = pipeline.clone().with_band_rows(rows).threads(threads);
            let found = hash(&job.run()?.data);
            assert_eq!(found, reference, "{}: bands of {rows}, {threads} threads", case.name);
        }
        Ok(())
    })
}

/// The same for a pass of several pipelines, which shares its decodes.
#[test]
fn a_pass_gives_what_its_pipelines_give_alone() -> Result<()> {
    let tiles = ["photo.jpg", "photo-444.jpg", "restart.jpg", "progressive.jpg"].map(image);
    let page = Pipeline::stitch(Stitch::across(2), tiles.clone()).shrink(Shrink::Off);
    let preview = page.clone().resize((200, 150));
    // Shared work must suit all outputs of a pass, so rules that would suit one output better are off.
    let rgb = Optimizations::all().with("keep_ycbcr", false)?;
    let pipelines = [
        page.clone().encode(Jpeg::quality(90)),
        preview.clone().encode(WebP::quality(80)),
        preview.encode(Jpeg::quality(80)),
        Pipeline::open(tiles[1].clone())
            .shrink(Shrink::Off)
            .rotate(Quarter::One)
            .encode(Png::default()),
        Pipeline::stitch(Stitch::across(1), [tiles[2].clone(), tiles[0].clone()])
            .shrink(Shrink::Off)
            .encode(Jpeg::quality(50)),
    ]
    .map(|pipeline| pipeline.optimizations(rgb.clone()));
    let mut alone = Vec::new();
    for pipeline in &pipelines {
        alone.push(hash(&pipeline.run()?.data));
    }
    for threads in [1, 2, 8] {
        for rows in [8, 64] {
            let mut together = pipelines.clone();
            together[0] = together[0].clone().threads(threads).with_band_rows(rows);
            let found: Vec<u64> =
                run_all(&together)?.iter().map(|output| hash(&output.data)).collect();
            assert_eq!(found, alone, "{threads} threads, bands of {rows}");
        }
    }
    Ok(())
}

#[test]
fn a_pool_of_the_caller_does_the_work() -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("a pool");
    let pipeline = Pipeline::open(image("photo.jpg")).resize((100, 100));
    let expected = pipeline.run()?.data;
    assert_eq!(pipeline.threads(Arc::new(pool)).run()?.data, expected);
    Ok(())
}

/// Jobs that the workers of another pool wait for do not begin on top of one another, which a stack has room for some hundred
/// times.
#[test]
fn a_worker_of_the_caller_has_one_job_at_a_time() -> Result<()> {
    thread_local!(static BEGUN: Cell<bool> = const { Cell::new(false) });
    let callers = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("a pool");
    let job = Pipeline::open(image("photo.jpg")).resize((200, 150)).encode(Jpeg::default());
    for threads in [Threads::Cores, 3.into()] {
        let job = job.clone().threads(threads);
        let run = |_: i32| -> Result<()> {
            assert!(!BEGUN.replace(true), "a job on top of another");
            job.run()?;
            BEGUN.set(false);
            Ok(())
        };
        callers.install(|| (0..100).into_par_iter().try_for_each(run))?;
    }
    Ok(())
}

/// A progressive file gives the same output as a sequential one of the same coefficients, at every scale and by planes too.
#[test]
fn the_order_of_coefficients_does_not_show() -> Result<()> {
    let photo = Pipeline::open(image("photo.jpg"));
    let stored = |progressive| {
        let jpeg = Jpeg::quality(92).progressive(progressive);
        photo.clone().encode(jpeg).run().map(|output| output.data)
    };
    let (sequential, progressive) = (stored(false)?, stored(true)?);
    let Size { width, height } = probe(sequential.clone())?.size();
    for divisor in [2, 3, 4, 8, 9, 16, 20] {
        let size = (width / divisor, height / divisor);
        for encode in [Encode::from(Jpeg::quality(95)), Png::default().into()] {
            let run = |file: &Vec<u8>| {
                Pipeline::open(file.clone()).resize(size).encode(encode).run().map(|o| o.data)
            };
            assert!(run(&sequential)? == run(&progressive)?, "1/{divisor} {encode:?}");
        }
    }
    Ok(())
}

/// A file with a scan for each component has the coefficients of the one it was made of.
#[test]
fn scans_of_one_component_give_what_one_scan_gives() -> Result<()> {
    let [apart, together] = ["scans.jpg", "photo.jpg"].map(|name| Pipeline::open(image(name)));
    let Size { width, height } = together.plan()?.size();
    for divisor in [1, 2, 4, 8] {
        for crop in [Rect::new(0, 0, width, height), Rect::new(64, 96, width - 80, height - 112)] {
            let size = (crop.width / divisor, crop.height / divisor);
            let job = |open: &Pipeline| open.clone().crop(crop).resize(size).shrink(Shrink::Fast);
            assert_eq!(job(&apart).plan()?.decodes[0].scale, divisor);
            assert!(job(&apart).pixels()? == job(&together).pixels()?, "1/{divisor} of {crop}");
        }
    }
    Ok(())
}
