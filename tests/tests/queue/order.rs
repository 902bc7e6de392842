//! The order of jobs: short ones first, and none waits for ever.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use makeready::{Jpeg, Pipeline, Priority, Quarter, job_stats};

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

/// Runs jobs of the main lane behind one that holds both workers; gives their names in the order they ended.
fn order_of(jobs: &[(&'static str, Pipeline)]) -> Vec<&'static str> {
    let first = [slow(1100).spawn(), slow(1100).spawn()];
    while job_stats().running < 2 {
        thread::sleep(Duration::from_millis(1));
    }
    let ended = Arc::new(Mutex::new(Vec::new()));
    let begun: Vec<_> = jobs
        .iter()
        .map(|(name, pipeline)| {
            let (job, ended, name) = (pipeline.clone().spawn(), Arc::clone(&ended), *name);
            job.on_end(move || ended.lock().expect("no panic").push(name));
            job
        })
        .collect();
    begun.into_iter().for_each(|job| drop(job.wait().expect("a file")));
    drop(first);
    // Those who wait go on a moment before the callback.
    while ended.lock().expect("no panic").len() < jobs.len() {
        thread::yield_now();
    }
    let ended = ended.lock().expect("no panic");
    ended.clone()
}

#[test]
fn the_shorter_job_goes_first_and_priority_is_a_hint() {
    let _alone = alone();
    let (short, long) = (slow(250), slow(600));
    assert_eq!(order_of(&[("long", long.clone()), ("short", short.clone())]), ["short", "long"]);
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
