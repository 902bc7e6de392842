//! Memory that cannot be had is a typed error: never an abort, never a wrong picture, and the next job is right.
//!
//! Every job runs again and again, each time with another of its allocations above 4 KB refused, and then with less
//! and less memory in all. An abort ends the process, so the jobs run in processes of their own, which say what they
//! try before they do.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod allocations {
    pub(crate) mod third_party;
}

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use allocations::third_party::{THIRD_PARTY, ThirdParty};
use makeready::{
    Encode, Error, ErrorKind, Gif, Image, Jpeg, Layout, OnError, Open, Optimizations, Pipeline,
    Png, Result, Size, Source, Stitch, WebP, explain_all, plan_all, run_all,
};
use makeready_test_heap::{self as heap, Heap, Refuse, Seen};
use makeready_tests::case::{self, Case};
use makeready_tests::corpus::every_format;
use makeready_tests::{image, path};

/// With the reserve that the bindings have, in some of the tests.
#[global_allocator]
static HEAP: Heap = Heap::new();

/// Outputs of a pass, to be compared.
type Outputs = Vec<Vec<u8>>;

/// A job: pipelines that run in one pass, and whether their pixels are wanted.
struct Job {
    name: String,
    pipelines: Vec<Pipeline>,
    pixels: bool,
}

impl Job {
    fn new(name: impl Into<String>, pipelines: Vec<Pipeline>) -> Self {
        let alone = |pipeline: Pipeline| pipeline.threads(1);
        let pipelines = pipelines.into_iter().map(alone).collect();
        Self { name: name.into(), pipelines, pixels: false }
    }

    fn run(&self) -> Result<Outputs> {
        if self.pixels {
            return self.pipelines.iter().map(|one| one.pixels().map(Image::into_data)).collect();
        }
        Ok(run_all(&self.pipelines)?.into_iter().map(|output| output.data).collect())
    }

    /// How many of its decodes and encodes are of a kind.
    fn count(&self, kind: &ThirdParty) -> Result<usize> {
        let mut pipelines = self.pipelines.clone();
        if self.pixels {
            // Pixels are decoded where a file would be copied.
            let decoded = Optimizations::all().with("passthrough", false)?;
            pipelines[0] = pipelines[0].clone().optimizations(decoded);
        }
        let plan = explain_all(&pipelines)?;
        let plan = plan.split("plan as it will run\n").nth(1).unwrap_or_default();
        // Of a profile that cannot be used.
        let warns = kind.verb == "profile of"
            && run_all(&pipelines)?.iter().any(|output| !output.warnings.is_empty());
        let decodes =
            |line: &str| line.contains("decode #") && line.contains(&format!("({} ", kind.format));
        let is = |line: &&str| match kind.verb {
            "encode" => !self.pixels && line.contains(&format!("encode {}", kind.format)),
            "profile of" => decodes(line) && (plan.contains("colours from") || warns),
            _ => decodes(line),
        };
        let is = |line: &&str| is(line) && (!kind.alpha || line.contains(" rgba"));
        // A file of at most so many bytes is encoded up to four times, and a film frame by frame.
        let frames = plan_all(&pipelines)?.iter().map(|plan| plan.frames as usize).max();
        let times = |line: &str| if line.contains(" max_bytes=") { 4 } else { 1 };
        Ok(plan.lines().filter(is).map(times).sum::<usize>() * frames.unwrap_or(1))
    }

    /// How many of its allocations may end in another way than by an error.
    fn exceptions(&self, reserve: bool) -> Result<usize> {
        let may = THIRD_PARTY.iter().filter(|kind| !reserve || !kind.aborts);
        may.map(|kind| Ok(self.count(kind)? * kind.count)).sum()
    }
}

fn noise(side: u32) -> Result<Image> {
    let mut state = 1_u32;
    let sample = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    Image::new(Size::new(side, side), Layout::Rgba, (0..side * side * 4).map(sample).collect())
}

/// The places of the cases that give a picture. Of those whose plans differ in numbers alone there is one: it has their
/// codecs and operations.
fn places(cases: &[Case]) -> Vec<usize> {
    if let Ok(found) = std::env::var(CASES) {
        return found.split(' ').map(|place| place.parse().expect("a place")).collect();
    }
    let mut plans = BTreeSet::new();
    // Of films those below, which have two frames.
    let of_films = |case: &Case| {
        case.expect.frames > 1
            || case.recipe.input.as_ref().is_some_and(|input| input.starts_with("films/"))
    };
    let good = |case: &Case| case.expect.error.is_none() && !of_films(case);
    let mut is_new = |case: &Case| {
        let plan = case.pipeline().and_then(|pipeline| pipeline.explain()).expect("a plan");
        plans.insert(plan.replace(|char: char| char.is_ascii_digit(), ""))
    };
    let is_one = |(_, case): &(usize, &Case)| good(case) && is_new(case);
    cases.iter().enumerate().filter(is_one).map(|(place, _)| place).collect()
}

/// The cases at these places, and jobs that no case has. Each is made when it is its turn: processes are many.
fn jobs() -> Vec<Box<dyn Fn() -> Result<Job>>> {
    let mut jobs: Vec<Box<dyn Fn() -> Result<Job>>> = Vec::new();
    let cases = case::all();
    for case in places(&cases).into_iter().map(|place| cases[place].clone()) {
        jobs.push(Box::new(move || Ok(Job::new(&case.name, vec![case.pipeline()?]))));
    }
    for (name, pipelines) in passes() {
        jobs.push(Box::new(move || Ok(Job::new(name, pipelines()?))));
    }
    for name in ["photo.jpg", "progressive.jpg", "rgb.png", "photo.webp", "alpha.webp"] {
        jobs.push(Box::new(move || {
            let mut cut = image(name);
            cut.truncate(cut.len() * 2 / 3);
            let recovered = Pipeline::open_with(cut, Open::default().on_error(OnError::Recover));
            Ok(Job::new(format!("{name} recovered"), vec![recovered.resize((50, 50))]))
        }));
    }
    let lossless = ("lossless webp", image("lossless.webp"));
    for (name, file) in every_format().into_iter().chain([lossless]) {
        jobs.push(Box::new(move || {
            let job = Job::new(format!("pixels of {name}"), vec![Pipeline::open(file.clone())]);
            Ok(Job { pixels: true, ..job })
        }));
    }
    jobs
}

fn file(name: &str) -> Source {
    Source::path(path("images").join(name))
}

fn film(encode: impl Into<Encode>) -> Result<Vec<Pipeline>> {
    let film = Pipeline::open_with(file("animated.gif"), Open::new().animated(true));
    Ok(vec![film.resize((70, 50)).encode(encode)])
}

/// A pass by its name.
type Pass = (&'static str, fn() -> Result<Vec<Pipeline>>);

fn passes() -> [Pass; 11] {
    [
        ("a copy", || Ok(vec![Pipeline::open(image("photo.jpg"))])),
        ("a path", || Ok(vec![Pipeline::open(file("photo.jpg")).resize((60, 40))])),
        ("a path and a deadline", || {
            let photo = Pipeline::open(file("photo.jpg"));
            Ok(vec![photo.deadline(Duration::from_secs(60)).flip()])
        }),
        ("a page to three outputs", || {
            let tiles = ["photo.jpg", "photo.webp", "rgba.png"].map(file);
            let page = Pipeline::stitch(Stitch::across(2), tiles);
            Ok(vec![
                page.clone().encode(Jpeg::quality(90)),
                page.clone().resize((100, 80)).encode(WebP::default()),
                page.resize((90, 90)).encode(Png::default()),
            ])
        }),
        ("noise to png", || Ok(vec![Pipeline::open(noise(200)?).encode(Png::default())])),
        ("noise to webp", || Ok(vec![Pipeline::open(noise(200)?).encode(WebP::lossless())])),
        ("a drawing to webp", || {
            let drawing = Pipeline::open(image("flat.png")).pixels()?;
            let page = Pipeline::stitch(Stitch::across(1), [drawing.clone(), drawing]);
            Ok(vec![page.encode(WebP::lossless())])
        }),
        ("a film to webp", || film(WebP::quality(60))),
        ("a film to gif", || film(Gif::new())),
        ("a film to png", || film(Png::new())),
        ("noise to jpeg", || Ok(vec![Pipeline::open(noise(200)?).encode(Jpeg::quality(95))])),
    ]
}

/// Whether outputs are right. Where libwebp gets no memory for its best way to code, it goes on with
/// another: the file is larger, its pixels are the same.
fn same(outputs: &Outputs, expected: &Outputs) -> Result<bool> {
    let alike = |(a, b): (&Vec<u8>, &Vec<u8>)| {
        let webp = a.starts_with(b"RIFF") && b.starts_with(b"RIFF");
        let pixels = |file: &Vec<u8>| Pipeline::open(file.clone()).threads(1).pixels();
        Ok(a == b || webp && pixels(a)? == pixels(b)?)
    };
    let alike = outputs.iter().zip(expected).map(alike).collect::<Result<Vec<_>>>()?;
    Ok(outputs.len() == expected.len() && alike.into_iter().all(|alike| alike))
}

/// The fault at the end of a job, if there is one.
fn fault(result: Result<Outputs>, expected: &Outputs) -> Result<Option<String>> {
    Ok(match result {
        // The memory that was refused was not needed.
        Ok(outputs) if same(&outputs, expected)? => None,
        Ok(_) => Some("a wrong picture".to_owned()),
        Err(error) if error.kind() == ErrorKind::Io => None,
        Err(error) => Some(format!("{error:?}")),
    })
}

/// The environment of a process that tries jobs: the places of its cases, which take a while to find, the mode, and the
/// first job and number.
const CASES: &str = "MAKEREADY_TEST_CASES";
const MODE: &str = "MAKEREADY_TEST_MODE";
const FROM: &str = "MAKEREADY_TEST_FROM";

/// Jobs of a higher predicted cost in microseconds are looked at after every 16th try alone.
const COSTLY: u64 = 1_000;

/// In a process of its own: tries jobs, from one of its refusals on.
#[test]
#[ignore = "run by the other tests, as it may abort"]
fn tries() -> Result<()> {
    let mode = std::env::var(MODE).expect("run by another test");
    let from = std::env::var(FROM).expect("run by another test");
    let (first, start) = from.split_once(' ').expect("a job and a number");
    let (first, mut start): (usize, usize) =
        (first.parse().expect("a job"), start.parse().expect("a number"));
    let say = |text: String| {
        let mut out = std::io::stdout().lock();
        // Nobody to read it, nothing to be done.
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    };
    if mode != "numbers" && mode != "less" {
        HEAP.reserve();
    }
    // Ends the line that the harness has begun.
    say(String::new());
    for (index, job) in jobs().into_iter().enumerate().skip(first) {
        let job = job()?;
        job.run()?;
        let (expected, seen) = heap::with(Refuse::Nothing, || job.run());
        let expected = expected?;
        let every = if plan_all(&job.pipelines)?[0].cost > COSTLY { 16 } else { 1 };
        let refusals = refusals(&mode, &seen);
        let count = refusals.len();
        for (number, refuse) in refusals.into_iter().enumerate().skip(start) {
            say(format!("try {index} {number}"));
            let (result, _) = heap::with(refuse, || job.run());
            if let Some(fault) = fault(result, &expected)? {
                say(format!("fault {index} {number} {fault}"));
            }
            // The next job is right. Of a costly one that is seen within some more tries, as harm stays.
            let looks = number % every == 0 || number + 1 == count;
            if looks && job.run()? != expected {
                say(format!("next {index} {number}"));
            }
        }
        start = 0;
    }
    say("done".to_owned());
    Ok(())
}

/// The refusals to try on a job.
fn refusals(mode: &str, seen: &Seen) -> Vec<Refuse> {
    const STEPS: usize = 12;
    match mode {
        "numbers" | "numbers with a reserve" => (0..seen.count).map(Refuse::Number).collect(),
        "none with a reserve" => (0..seen.count).map(Refuse::From).collect(),
        _ => (0..STEPS).map(|step| Refuse::Beyond(seen.peak * step / STEPS)).collect(),
    }
}

/// The results of all tries of a mode.
#[derive(Default)]
struct Found {
    tried: usize,
    /// Of each job the numbers of the tries that ended in another way than by an error, and how.
    faults: BTreeMap<usize, BTreeMap<usize, String>>,
}

fn try_all(mode: &str) -> Found {
    let mut found = Found::default();
    let cases: Vec<_> = places(&case::all()).iter().map(ToString::to_string).collect();
    let mut from = (0, 0);
    loop {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--ignored", "--exact", "tries", "--nocapture", "--test-threads=1"])
            .env(CASES, cases.join(" "))
            .env(MODE, mode)
            .env(FROM, format!("{} {}", from.0, from.1))
            // Of every abort, a second.
            .env("RUST_BACKTRACE", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let (mut last, mut done) = (None, false);
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        for line in lines.map_while(std::result::Result::ok) {
            let mut words = line.splitn(4, ' ');
            let word = words.next().unwrap_or_default();
            let mut number = || words.next().and_then(|word| word.parse::<usize>().ok());
            match word {
                "try" => {
                    last = number().zip(number());
                    found.tried += 1;
                }
                "fault" | "next" => {
                    let (job, number) = number().zip(number()).expect("a place");
                    let fault = words.next().unwrap_or("the next job is wrong").to_owned();
                    found.faults.entry(job).or_default().insert(number, fault);
                }
                _ => done |= line == "done",
            }
        }
        child.wait().expect("an end");
        if done {
            return found;
        }
        let (job, number) = last.expect("a process that has tried something");
        assert!((job, number) >= from, "the process ends without a try");
        found.faults.entry(job).or_default().insert(number, "the process ends".to_owned());
        from = (job, number + 1);
    }
}

/// Holds the faults of a mode to the exceptions.
fn hold(mode: &str, reserve: bool) -> Result<Found, Error> {
    let found = try_all(mode);
    let jobs = jobs();
    assert!(jobs.len() > 80 && found.tried > 2000, "{} of {} jobs", found.tried, jobs.len());
    let mut wrong = Vec::new();
    for (&index, faults) in &found.faults {
        let job = jobs[index]()?;
        let exceptions = job.exceptions(reserve)?;
        if faults.len() > exceptions {
            wrong.push(format!("{}: {exceptions} may fail, {faults:?}", job.name));
        }
        let next = faults.values().any(|fault| fault.starts_with("the next"));
        assert!(!next, "{}: {faults:#?}", job.name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(found)
}

#[test]
fn every_refused_allocation_is_an_error() -> Result<(), Error> {
    let found = hold("numbers", false)?;
    // So that the list does not outlive its reasons.
    let jobs = jobs();
    for kind in &THIRD_PARTY {
        let (mut reached, mut most) = (false, 0);
        for (&index, faults) in &found.faults {
            let job = jobs[index]()?;
            let (count, exceptions) = (job.count(kind)?, job.exceptions(false)?);
            if count > 0 {
                reached |= faults.len() == exceptions;
                let of_others = exceptions - count * kind.count;
                most = most.max(faults.len().saturating_sub(of_others).div_ceil(count));
            }
        }
        let ThirdParty { verb, format, count, why, .. } = kind;
        assert!(reached, "{verb} {format}: no longer {count} but {most}: {why}");
    }
    Ok(())
}

#[test]
fn with_a_reserve_no_refused_allocation_ends_the_process() -> Result<(), Error> {
    hold("numbers with a reserve", true).map(drop)
}

#[test]
fn with_a_reserve_a_heap_that_has_nothing_left_ends_no_process() -> Result<(), Error> {
    hold("none with a reserve", true).map(drop)
}

#[test]
fn less_and_less_memory_is_an_error() -> Result<(), Error> {
    let found = try_all("less");
    let jobs = jobs();
    if let Some((&index, faults)) = found.faults.first_key_value() {
        panic!("{}: {faults:#?}", jobs[index]()?.name);
    }
    assert!(found.tried > 800, "{}", found.tried);
    Ok(())
}
