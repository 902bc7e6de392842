//! The order of jobs: short ones first, and none waits for ever.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use makeready::{Jpeg, Pipeline, Priority, Quarter, Stitch, WebP, job_stats};
use makeready_tests::path;

use crate::{BUDGET, alone, noise, quick, slow, spawned};

#[test]
fn short_jobs_do_not_wait_for_long_ones() {
    let _alone = alone();
    let long = spawned(20, &slow(900));
    thread::sleep(Duration::from_millis(20));
    let mut times: Vec<_> = (0..30)
        .map(|_| {
            let start = Instant::now();
            quick().spawn().wait().expect("a file");
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    assert!(job_stats().running > 0, "the long ones have ended before");
    // Each of the long ones takes some hundred milliseconds; a machine with other work is slow.
    assert!(times[15] < Duration::from_millis(50), "{times:?}");
    drop(long);
}

/// Runs jobs of the main lane while two of `first` hold both workers; gives the names of all in the order they ended.
fn order_of(first: &Pipeline, jobs: &[(&'static str, Pipeline)]) -> Vec<&'static str> {
    let ended = Arc::new(Mutex::new(Vec::new()));
    let begin = |name, pipeline: &Pipeline| {
        let (job, ended) = (pipeline.clone().spawn(), Arc::clone(&ended));
        job.on_end(move || ended.lock().expect("no panic").push(name));
        job
    };
    let mut begun = vec![begin("first", first), begin("first", first)];
    while job_stats().running < 2 {
        assert!(ended.lock().expect("no panic").is_empty(), "one has ended before both run");
        thread::sleep(Duration::from_millis(1));
    }
    begun.extend(jobs.iter().map(|(name, pipeline)| begin(name, pipeline)));
    begun.into_iter().for_each(|job| drop(job.wait().expect("a file")));
    // Those who wait go on a moment before the callback.
    while ended.lock().expect("no panic").len() < 2 + jobs.len() {
        thread::yield_now();
    }
    let ended = ended.lock().expect("no panic");
    ended.clone()
}

#[test]
fn jobs_that_run_leave_their_workers_to_a_shorter_one() {
    let _alone = alone();
    let tile = path("../examples/tiles/left-00.jpg");
    let page = Pipeline::open(tile.as_path()).resize((500, 375)).encode(WebP::quality(80));
    let print = Pipeline::stitch(Stitch::across(2), [tile.as_path(); 4]).encode(Jpeg::quality(90));
    // One leaves them between two bands, the other in the midst of a picture that it encodes at once.
    for first in [print, slow(1100)] {
        let cost = |pipeline: &Pipeline| pipeline.plan().expect("a plan").cost;
        assert!(cost(&page) > 10_000 && cost(&first) > 3 * cost(&page), "{}", cost(&first));
        assert!(first.plan().expect("a plan").peak_memory < BUDGET / 3);
        assert_eq!(order_of(&first, &[("page", page.clone())]), ["page", "first", "first"]);
    }
}

#[test]
fn the_shorter_job_goes_first_and_priority_is_a_hint() {
    let _alone = alone();
    let order_of = |jobs: &[(&'static str, Pipeline)]| {
        let ended = order_of(&slow(1100), jobs);
        ended.into_iter().filter(|name| *name != "first").collect::<Vec<_>>()
    };
    let (short, long) = (slow(250), slow(600));
    assert_eq!(order_of(&[("long", long), ("short", short)]), ["short", "long"]);
    // At four times its time it is less urgent than the two that run, at a quarter more. Two run at a time,
    // so the second of each may end in any order.
    let low = ("low", slow(700).priority(Priority::Low));
    let high = ("high", slow(700).priority(Priority::High));
    let ended = order_of(&[low.clone(), low, high.clone(), high]);
    assert_eq!((ended[0], ended[3]), ("high", "low"), "{ended:?}");
}

#[test]
fn a_long_job_is_not_passed_by_for_ever() {
    let _alone = alone();
    let long = slow(700);
    let cost = {
        let start = Instant::now();
        long.run().expect("a file");
        start.elapsed()
    };
    let stop = Arc::new(AtomicBool::new(false));
    let feeders: Vec<_> = (0..6)
        .map(|_| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    drop(slow(250).spawn().wait());
                }
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(100));
    let start = Instant::now();
    long.spawn().wait().expect("a file");
    let took = start.elapsed();
    stop.store(true, Ordering::Relaxed);
    feeders.into_iter().for_each(|feeder| feeder.join().expect("no panic"));
    // Due after twice its predicted cost; and then it runs beside others.
    assert!(took < cost * 40 + Duration::from_secs(2), "{took:?}, alone {cost:?}");
}

#[test]
fn a_job_that_needs_all_memory_is_not_passed_by_for_ever() {
    let _alone = alone();
    let peak = |pipeline: &Pipeline| pipeline.plan().expect("a plan").peak_memory;
    // A turn needs all of its picture.
    let turned = |side| {
        let picture = Pipeline::open(noise(64)).resize((side, side));
        picture.rotate(Quarter::One).encode(Jpeg::quality(80))
    };
    let sides: Vec<u32> = (1000..5000).collect();
    let fits = sides.partition_point(|&side| peak(&turned(side)) <= BUDGET);
    let (long, short) = (turned(sides[fits - 1]), slow(90));
    assert!(peak(&long) + peak(&short) > BUDGET);
    let cost = Duration::from_micros(long.plan().expect("a plan").cost);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for feeder in 0..12 {
            let (stop, short) = (&stop, &short);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let made =
                        if feeder % 2 == 0 { short.run() } else { short.clone().spawn().wait() };
                    made.expect("a file");
                }
            });
        }
        thread::sleep(Duration::from_millis(100));
        let start = Instant::now();
        let made = long.clone().deadline(cost * 40 + Duration::from_secs(5)).spawn().wait();
        stop.store(true, Ordering::Relaxed);
        assert!(made.is_ok(), "{made:?} after {:?}, alone {cost:?}", start.elapsed());
    });
}
