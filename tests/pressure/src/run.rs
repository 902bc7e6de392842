//! Jobs in a process each, with a given address space, and the bound beside the memory held.

use std::fmt::Write;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use makeready::{
    Encode, Error, ErrorKind, Jpeg, Limits, Output, Pipeline, Png, Result, WebP, plan_all, run_all,
};
use makeready_tests::compare::hash;
use makeready_tests::corpus::every_format;

use crate::Tally;
use crate::inputs::Inputs;
use crate::jobs::{Data, Job};
use crate::process::{forget_peak, limit_address_space, status, wait_for};

/// Address space beyond what a process has before its job, in parts of the bound.
const ROOMS: [f64; 5] = [0.3, 0.6, 0.9, 1.15, 1.5];
/// Address space that a worker needs besides: a stack, and the heap of a thread, for which glibc reserves 64 MiB, and twice that
/// for a moment.
const WORKER: u64 = 132 << 20;
/// Resident memory by the bound. More than 1, because a heap has gaps and whole pages.
const HELD: f64 = 1.15;
/// Memory that a small job may hold instead: the pages of stacks, and of code that is run for the first time.
const FIXED: u64 = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(30);

/// The name of the command that runs one job.
pub(crate) const JOB: &str = "job";

/// Runs a job in this process, and prints a line for [`Report::read`].
///
/// # Errors
/// Of a job that cannot be planned at its own bound, or can be below it.
pub(crate) fn job(name: &str, room: Option<u64>) -> Result<(), String> {
    let data = Data::read();
    let job = data.jobs.iter().find(|job| job.name == name).ok_or("no such job")?;
    let pipelines = job.pipelines(&Inputs::new()).map_err(|error| format!("{error:?}"))?;
    let (pipelines, bound) = at_its_edge(job, &pipelines)?;
    if room.is_none() {
        warm_up().map_err(|error| format!("{error:?}"))?;
    }
    forget_peak().map_err(|error| format!("no peak that can be reset: {error}"))?;
    let before = status("VmRSS");
    if let Some(room) = room {
        limit_address_space(Some(status("VmSize") + room));
    }
    let result = run_all(&pipelines);
    limit_address_space(None);
    let held = status("VmHWM").saturating_sub(before);
    let outcome = match result.and_then(|outputs| same_for_all(&outputs)) {
        Ok(hash) => format!("ok {hash:016x}"),
        Err(error) if error.kind() == ErrorKind::Io => "io -".to_owned(),
        Err(error) => format!("{} {error:?}", error.code()),
    };
    println!("{bound} {held} {outcome}");
    Ok(())
}

/// The pipelines with their bound as `max_memory`, which is enough, while a byte less is not.
fn at_its_edge(job: &Job, pipelines: &[Pipeline]) -> Result<(Vec<Pipeline>, u64), String> {
    let planned = |pipelines: &[Pipeline]| Ok(plan_all(pipelines)?[0].peak_memory);
    let bound = planned(pipelines).map_err(|error: Error| format!("{error:?}"))?;
    let with = |max_memory| -> Vec<Pipeline> {
        let limits = Limits { max_memory, ..job.job.limits() };
        pipelines.iter().map(|pipeline| pipeline.clone().limits(limits)).collect()
    };
    match planned(&with(bound - 1)) {
        Err(error) if error.limit() == Some("max_memory") => {}
        other => return Err(format!("a byte less than {bound}: {other:?}")),
    }
    let pipelines = with(bound);
    planned(&pipelines).map_err(|error| format!("{error:?}"))?;
    Ok((pipelines, bound))
}

/// Starts the workers and runs every codec once on a small file, for the memory that a process holds from then on: the less of
/// it the heap keeps, the more a job's own is seen.
fn warm_up() -> Result<()> {
    let encodes: [Encode; 4] =
        [Jpeg::new().into(), Png::new().into(), WebP::lossless().into(), WebP::new().into()];
    for (_, file) in every_format() {
        for encode in encodes {
            let small = Pipeline::open(file.clone()).resize((50, 50));
            small.encode(encode).threads(2).run()?;
        }
    }
    Ok(())
}

/// A name for the outputs. A WebP's is that of its pixels: where libwebp gets no memory for its best way to code them, it
/// takes another.
fn same_for_all(outputs: &[Output]) -> Result<u64> {
    let mut all = Vec::new();
    for output in outputs {
        let one = if output.data.starts_with(b"RIFF") {
            let limits = Limits { max_memory: u64::MAX, ..Limits::default() };
            hash(Pipeline::open(output.data.clone()).limits(limits).pixels()?.data())
        } else {
            hash(&output.data)
        };
        all.extend(one.to_be_bytes());
    }
    Ok(hash(&all))
}

/// The result of a job.
struct Report {
    bound: u64,
    held: u64,
    code: String,
    rest: String,
}

impl Report {
    fn read(line: &str) -> Option<Self> {
        let mut words = line.trim_end().splitn(4, ' ');
        let (bound, held) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some(Self { bound, held, code: words.next()?.into(), rest: words.next()?.into() })
    }

    /// Runs it in a process of its own, and gives the fault of its end.
    fn of(job: &Job, room: Option<u64>) -> Result<Self, String> {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args([JOB, &job.name]).args(room.map(|room| room.to_string()));
        if room.is_none() {
            // One heap for all threads, and large pieces outside of it: gaps of heaps are no part of a job, and others in each run.
            command.env("MALLOC_ARENA_MAX", "1").env("MALLOC_MMAP_THRESHOLD_", "131072");
        }
        // A panic would need memory for this, and must not come at all.
        let ended = wait_for(command.env("RUST_BACKTRACE", "1"), PATIENCE);
        match (ended.fault(), ended.stderr.is_empty()) {
            (Some(fault), _) => Err(fault),
            (None, false) => Err(ended.stderr),
            (None, true) => Self::read(&ended.stdout).ok_or(ended.stdout),
        }
    }
}

/// A line of the table, and the faults.
#[derive(Default)]
struct Row {
    line: String,
    passed: usize,
    faults: Vec<String>,
}

/// Runs all jobs whose names contain `part`, each at every limit.
pub(crate) fn run(data: &Data, part: &str, tally: &mut Tally) {
    let jobs: Vec<&Job> = data.jobs.iter().filter(|job| job.name.contains(part)).collect();
    let next = AtomicUsize::new(0);
    let rows = Mutex::new(Vec::new());
    let worker = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let row = row(job);
            rows.lock().expect("no panic").push((job.kind.clone(), job.name.clone(), row));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(worker);
        }
    });
    let mut rows = rows.into_inner().expect("no panic");
    rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    println!("\n{:48} bound MiB  held  ratio  at {ROOMS:?} of it, and ample room", "job");
    for (_, name, row) in rows {
        println!("{name:48} {}", row.line);
        tally.pass(row.passed);
        for fault in row.faults {
            tally.fail(&format!("{name}: {fault}"));
        }
    }
}

fn row(job: &Job) -> Row {
    let mut row = Row::default();
    let free = match Report::of(job, None) {
        Ok(report) if report.code == "ok" => report,
        Ok(report) => {
            row.faults.push(format!("without a limit: {} {}", report.code, report.rest));
            return row;
        }
        Err(fault) => {
            row.faults.push(format!("without a limit: {fault}"));
            return row;
        }
    };
    let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
    let ratio = mib(free.held) / mib(free.bound);
    let _ = write!(row.line, "{:9.1} {:5.1} {ratio:6.2}  ", mib(free.bound), mib(free.held));
    let most = mib(free.bound) * HELD + mib(FIXED);
    row.check(mib(free.held) <= most, || format!("held {ratio:.2} of the bound"));
    for part in ROOMS {
        let room = mib(free.bound) * part * 1_048_576.0;
        // Bounds stay far below 2^53.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        row.within(job, &free, &format!("at {part} of the bound"), room as u64, false);
    }
    let workers = job.job.threads().unwrap_or(2);
    row.within(job, &free, "in ample room", free.bound * 3 / 2 + WORKER * workers, true);
    row
}

impl Row {
    fn check(&mut self, right: bool, fault: impl FnOnce() -> String) {
        if right {
            self.passed += 1;
        } else {
            self.faults.push(fault());
        }
    }

    /// Runs the job in so much room, where it gives the same output as without a limit, or an error that memory is lacking.
    fn within(&mut self, job: &Job, free: &Report, at: &str, room: u64, enough: bool) {
        let report = Report::of(job, Some(room));
        let (letter, fault) = match &report {
            Ok(Report { code, rest, .. }) if code == "ok" && *rest == free.rest => ("ok", None),
            Ok(Report { code, .. }) if code == "io" && !enough => ("io", None),
            Ok(Report { code, rest, .. }) if code == "ok" => ("!!", Some(format!("wrong: {rest}"))),
            Ok(Report { code, rest, .. }) => ("!!", Some(format!("{code} {rest}"))),
            Err(fault) => ("!!", Some(fault.clone())),
        };
        let _ = write!(self.line, " {letter}");
        self.check(fault.is_none(), || format!("{at}: {}", fault.unwrap_or_default()));
    }
}
