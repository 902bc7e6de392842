//! The queue of jobs: its order, its budget, its refusals. One process has one queue, of these settings.

mod queue {
    mod order;
}

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use makeready::{
    CancelToken, Image, Job, Jpeg, Layout, Output, Pipeline, Settings, Size, Source, Stitch, WebP,
    configure, job_stats, spawn_all,
};
use makeready_tests::path;

const BUDGET: u64 = 64 << 20;
const PLACES: usize = 100;
const STEPS: u8 = 3;

/// One test at a time: they count the jobs of the process.
static ALONE: LazyLock<Mutex<()>> = LazyLock::new(|| {
    let settings = Settings::new().memory(BUDGET).queue(PLACES).threads(2).nice(STEPS);
    configure(settings).expect("before the first job");
    Mutex::new(())
});

fn alone() -> std::sync::MutexGuard<'static, ()> {
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    while job_stats().running + job_stats().waiting > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    guard
}

/// A picture of noise, which takes its time to encode.
fn noise(side: u32) -> Image {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let samples = (0..3 * side * side).map(|_| next()).collect();
    Image::new(Size::new(side, side), Layout::Rgb, samples).expect("a picture")
}

/// It holds the whole picture and its file twice, as a file that is to fit does.
fn slow(side: u32) -> Pipeline {
    let fits = WebP::quality(90).with_effort(4).with_max_bytes(Some(1 << 30));
    Pipeline::open(noise(side * 13 / 10)).encode(fits)
}

/// As many of the same job, handed in one after the other at once.
fn spawned(count: usize, pipeline: &Pipeline) -> Vec<Job<Output>> {
    (0..count).map(|_| pipeline.clone().spawn()).collect()
}

fn quick() -> Pipeline {
    Pipeline::open(noise(64)).resize((16, 16)).encode(Jpeg::quality(80))
}

#[test]
fn a_job_of_the_queue_gives_what_a_run_gives() {
    let _alone = alone();
    let before = job_stats();
    for pipeline in [quick(), slow(300), quick().encode(Jpeg::quality(97)), slow(40).resize((7, 9))]
    {
        let (found, expected) = (pipeline.clone().spawn().wait(), pipeline.run());
        assert_eq!(found.expect("a file").data, expected.expect("a file").data);
    }
    let pixels = quick().spawn_pixels().wait().expect("pixels");
    assert_eq!(pixels.data(), quick().pixels().expect("pixels").data());
    let both = spawn_all([quick(), quick().resize((3, 3))]).wait().expect("two files");
    assert_eq!((both[0].width, both[1].width), (16, 3));
    let after = job_stats();
    assert_eq!((after.done - before.done, after.running, after.reserved), (11, 0, 0));
    assert_eq!(after.budget, BUDGET);
    assert!(
        after.run.p50 > Duration::ZERO
            && after.run.p50 <= after.run.p99
            && after.run.p99 <= after.run.max
    );
}

/// The priorities of the threads of this process whose names begin like this.
#[cfg(target_os = "linux")]
fn priorities(name: &str) -> Vec<i32> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("a folder");
    let stat = |task: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(task.expect("a thread").path().join("stat")).ok()
    };
    let nice = |stat: String| {
        let (_, named) = stat.split_once('(')?;
        let (found, fields) = named.rsplit_once(") ")?;
        let fields = found.starts_with(name).then_some(fields)?;
        Some(fields.split(' ').nth(16).expect("a field").parse().expect("a number"))
    };
    tasks.filter_map(stat).filter_map(nice).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn threads_that_work_have_less_priority_and_those_of_callers_keep_theirs() {
    let _alone = alone();
    drop(spawned(2, &slow(300)).into_iter().map(Job::wait).collect::<Vec<_>>());
    slow(40).threads(1).run().expect("a file");
    let (jobs, workers) = (priorities("makeready-job"), priorities("makeready-"));
    let first = priorities("")[0];
    assert!(!jobs.is_empty() && workers.len() > jobs.len(), "{jobs:?} {workers:?}");
    assert!(workers.iter().all(|&found| found == first + i32::from(STEPS)), "{workers:?}");
    assert_eq!(priorities("threads_that_wo"), [first], "a caller");
}

#[test]
fn errors_come_through_and_are_counted() {
    let _alone = alone();
    let before = job_stats();
    let codes = |pipeline: Pipeline| pipeline.spawn().wait().expect_err("an error").code();
    assert_eq!(codes(Pipeline::open(&b"rubbish"[..])), "unsupported");
    assert_eq!(codes(quick().crop(makeready::Rect::new(0, 0, 99, 99))), "invalid_option");
    assert_eq!(codes(quick().threads(0)), "invalid_option");
    assert_eq!(codes(Pipeline::open("no such file.png")), "io");
    let token = CancelToken::new();
    token.cancel();
    assert_eq!(codes(quick().cancel(token)), "cancelled");
    assert_eq!(codes(quick().deadline(Duration::ZERO)), "timeout");
    assert_eq!(spawn_all([]).wait().expect_err("none").code(), "invalid_option");
    assert_eq!(
        quick().crop(makeready::Rect::new(0, 0, 99, 99)).run().expect_err("an error").code(),
        "invalid_option"
    );
    let after = job_stats();
    let failed = |code: &str| {
        after.failed.get(code).copied().unwrap_or(0) - before.failed.get(code).copied().unwrap_or(0)
    };
    assert_eq!(
        [failed("unsupported"), failed("io"), failed("cancelled"), failed("timeout")],
        [1; 4]
    );
    assert_eq!(failed("invalid_option"), 3);
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
fn a_job_is_a_future() {
    let _alone = alone();
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut job = std::pin::pin!(slow(200).spawn());
    let output = loop {
        match job.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => break output,
            Poll::Pending => thread::park(),
        }
    };
    assert_eq!(output.expect("a file").width, 260);
}

#[test]
fn a_job_that_is_dropped_stops_and_leaves_the_queue() {
    let _alone = alone();
    let before = job_stats();
    let jobs = spawned(10, &slow(1200).threads(1));
    thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    drop(jobs);
    while job_stats().running + job_stats().waiting > 0 {
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", job_stats());
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(job_stats().done, before.done);
    assert_eq!(job_stats().reserved, 0);
}

#[test]
fn a_full_queue_is_busy_at_once_and_reads_nothing() {
    let _alone = alone();
    let refused = || job_stats().refused;
    let long = slow(700);
    let mut running = Vec::new();
    let mut errors = Vec::new();
    let mut times = Vec::new();
    for _ in 0..20 {
        // A place becomes free where one of the long ones ends.
        let before = refused();
        while refused() == before {
            running.push(long.clone().spawn());
        }
        let start = Instant::now();
        // Were its input read, the error would be another.
        let job = Pipeline::open("no such file.png").spawn();
        times.push(start.elapsed());
        errors.push(job.wait().expect_err("refused"));
        assert!(refused() - before <= 2);
    }
    times.sort_unstable();
    errors.retain(|error| error.code() == "busy");
    assert!(errors.len() > 15, "{errors:?}");
    assert!(errors.iter().all(|error| error.retry_after() >= Some(Duration::from_secs(1))));
    assert!(times[10] < Duration::from_millis(1), "{times:?}");
    drop(running);
}

#[test]
fn a_queue_is_full_by_what_waits_not_by_what_ran_before() {
    let _alone = alone();
    let before = job_stats().refused;
    let long = slow(540).encode(WebP::lossless().with_quality(100).with_effort(6));
    let cost = long.plan().expect("a plan").cost;
    assert!(60_000_000 / cost + 4 < PLACES as u64, "{cost} us");
    // Handed in at once: what is over half a minute on two workers is refused when it is planned.
    let mut long = spawned(PLACES, &long);
    let last = long.pop().expect("jobs").wait().expect_err("refused");
    assert_eq!(last.code(), "busy");
    assert!(last.retry_after() >= Some(Duration::from_secs(29)), "{:?}", last.retry_after());
    drop(long);
    while job_stats().running + job_stats().waiting > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    let refused = job_stats().refused - before;
    assert!((1..=PLACES as u64 - 10).contains(&refused), "{refused}");
    // Jobs that take no time are taken in, as many as there are places.
    for job in spawned(PLACES - 2, &quick()) {
        job.wait().expect("a file");
    }
    assert_eq!(job_stats().refused - before, refused);
}

#[test]
fn running_jobs_stay_within_the_budget_and_none_is_lost() {
    let _alone = alone();
    let too_large = Pipeline::open(noise(64)).resize((3000, 3000)).encode(WebP::lossless());
    let error = too_large.clone().spawn().wait().expect_err("too large");
    assert_eq!((error.code(), error.limit()), ("limit_exceeded", Some("memory")));
    assert_eq!(too_large.run().expect_err("too large").limit(), Some("memory"));
    // Each holds about 15 MiB by its bound: four at a time, on any number of threads.
    let job = slow(1000);
    let peak = job.plan().expect("a plan").peak_memory;
    assert!((8 << 20..BUDGET / 2).contains(&peak), "{peak}");
    let most = thread::scope(|scope| {
        let callers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| job.clone().resize((1200, 1200)).run())).collect();
        let jobs: Vec<_> = (0..8).map(|_| job.clone().resize((1100, 1100)).spawn()).collect();
        let mut most = 0;
        while !callers.iter().all(|caller| caller.is_finished()) || job_stats().running > 0 {
            most = most.max(job_stats().reserved);
            thread::sleep(Duration::from_micros(200));
        }
        callers
            .into_iter()
            .for_each(|caller| drop(caller.join().expect("no panic").expect("a file")));
        jobs.into_iter().for_each(|job| drop(job.wait().expect("a file")));
        most
    });
    assert!(most > BUDGET / 4 && most <= BUDGET, "{most} of {BUDGET}");
}

/// The end of a JPEG is long, and pauses for shorter jobs.
#[test]
fn ends_that_pause_for_one_another_come_to_an_end() {
    let _alone = alone();
    let tiles = ["00", "01", "10", "11"]
        .map(|place| path("../examples/tiles").join(format!("left-{place}.jpg")));
    let print = |side: u32| {
        Pipeline::stitch(Stitch::across(2), tiles.clone())
            .resize((side, side))
            .encode(Jpeg::quality(90))
            .deadline(Duration::from_secs(60))
            .spawn()
    };
    for _ in 0..4 {
        let jobs: Vec<_> = (0..6).map(|job| print(1000 + 200 * job)).collect();
        for job in jobs {
            job.wait().expect("a file in time");
        }
    }
}

#[test]
fn a_caller_that_waits_for_memory_is_stopped_by_its_watch() {
    let _alone = alone();
    let job = slow(1500);
    let peak = job.plan().expect("a plan").peak_memory;
    assert!(peak > BUDGET / 2, "two do not fit: {peak}");
    let first = job.clone().spawn();
    while job_stats().reserved == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    let start = Instant::now();
    let error = job.deadline(Duration::from_millis(60)).run().expect_err("no memory in time");
    assert_eq!(error.code(), "timeout");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    drop(first);
}

#[test]
fn a_job_that_cannot_meet_its_deadline_is_refused_at_once() {
    let _alone = alone();
    let running = spawned(12, &slow(900));
    thread::sleep(Duration::from_millis(20));
    let start = Instant::now();
    let error = slow(900).deadline(Duration::from_millis(20)).spawn().wait().expect_err("too late");
    assert_eq!(error.code(), "timeout");
    assert!(
        error.to_string().contains("would pass") || start.elapsed() < Duration::from_millis(500),
        "{error}"
    );
    drop(running);
}

#[test]
fn a_job_that_waits_is_stopped_by_its_token_and_its_deadline() {
    let _alone = alone();
    let running = spawned(16, &slow(900));
    while job_stats().running < 2 {
        thread::sleep(Duration::from_millis(1));
    }
    let token = CancelToken::new();
    // The longest of all is the last.
    let waiting = slow(1000).cancel(token.clone()).spawn();
    thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    token.cancel();
    assert_eq!(waiting.wait().expect_err("cancelled").code(), "cancelled");
    assert!(start.elapsed() < Duration::from_millis(300), "{:?}", start.elapsed());
    drop(running);
}

#[test]
fn settings_are_made_once() {
    let _alone = alone();
    let error = configure(Settings::new().queue(7)).expect_err("made already");
    assert_eq!(error.code(), "invalid_option");
    assert!(configure(Settings::new().memory(BUDGET).queue(PLACES).threads(2).nice(STEPS)).is_ok());
    assert!(job_stats().prometheus().contains(&format!("makeready_budget_bytes {BUDGET}\n")));
}

/// Bytes of a picture that panic when they are looked at for this time, and when they are dropped.
struct Panics {
    at: usize,
    looks: AtomicUsize,
    when_dropped: bool,
}

impl AsRef<[u8]> for Panics {
    fn as_ref(&self) -> &[u8] {
        assert_ne!(self.looks.fetch_add(1, Ordering::Relaxed), self.at, "for a test");
        include_bytes!("../images/photo.jpg")
    }
}

impl Drop for Panics {
    fn drop(&mut self) {
        assert!(!self.when_dropped, "for a test");
    }
}

#[test]
fn a_source_that_panics_ends_its_job_alone() {
    let _alone = alone();
    for at in 0..12 {
        for when_dropped in [false, true] {
            let source = Source::shared(Panics { at, looks: AtomicUsize::new(0), when_dropped });
            let job = Pipeline::open(source).resize((16, 16)).spawn();
            match job.wait() {
                Err(error) => assert_eq!(error.code(), "internal", "{at}"),
                Ok(output) => assert_eq!(output.width, 16),
            }
        }
    }
    while job_stats().running + job_stats().waiting > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(job_stats().reserved, 0);
    assert!(quick().spawn().wait().is_ok());
}
