//! Runs the jobs of a command, many at a time, through the queue of the library.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use makeready::{ErrorKind, Job, Output, Pipeline, Source, run_all, spawn_all};
use serde_json::json;

use crate::failure::Failure;
use crate::files::{Outputs, STREAM, check_outputs};
use crate::report::{Report, in_a_line};

/// Jobs that are handed to the queue at a time; it runs as many as the machine has room for.
const JOBS_AT_A_TIME: usize = 32;

/// A pass of one or more outputs of one input.
pub(crate) struct Task {
    pub(crate) input: PathBuf,
    /// The files that are read for it.
    pub(crate) reads: Vec<PathBuf>,
    /// Each with the format that its file is named by.
    pub(crate) outputs: Vec<(Pipeline, String)>,
}

/// An input: a file, or all of stdin, of which no more is read than a job may have.
pub(crate) fn source(path: &Path, max_input_bytes: u64) -> Result<Source, Failure> {
    if path.as_os_str() != STREAM {
        return Ok(Source::from(path));
    }
    let mut bytes = Vec::new();
    // With one byte more than that it is refused as a file would be.
    let read = io::stdin().lock().take(max_input_bytes.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Failure::io("stdin", &error))?;
    Ok(Source::from(bytes).named("stdin"))
}

/// Runs all tasks, and writes what they make. A failure of one ends none of the others.
pub(crate) fn run(tasks: Vec<Task>, outputs: &Outputs, report: &mut Report) -> Result<(), Failure> {
    let targets: Vec<Vec<Option<PathBuf>>> =
        tasks.iter().map(|task| targets(task, outputs)).collect();
    let pairs = tasks.iter().zip(&targets).flat_map(|(task, targets)| {
        targets.iter().map(|target| (task.input.as_path(), target.as_deref()))
    });
    check_outputs(pairs, tasks.iter().flat_map(|task| &task.reads).map(PathBuf::as_path))?;
    if matches!(outputs, Outputs::Stdout) {
        report.leave_stdout();
    }
    report.begin(tasks.len());
    let mut running = VecDeque::new();
    for (task, targets) in tasks.into_iter().zip(targets) {
        if running.len() == JOBS_AT_A_TIME {
            running.pop_front().into_iter().for_each(|job| end(job, report));
        }
        let pipelines: Vec<_> = task.outputs.into_iter().map(|(pipeline, _)| pipeline).collect();
        let job = spawn_all(pipelines.iter().cloned());
        running.push_back(Running { input: task.input, targets, pipelines, job });
    }
    running.into_iter().for_each(|job| end(job, report));
    report.end();
    Ok(())
}

fn targets(task: &Task, outputs: &Outputs) -> Vec<Option<PathBuf>> {
    let formats = task.outputs.iter().map(|(_, format)| format).enumerate();
    formats.map(|(index, format)| outputs.path(&task.input, index, format)).collect()
}

/// A task that was handed to the queue.
struct Running {
    input: PathBuf,
    targets: Vec<Option<PathBuf>>,
    pipelines: Vec<Pipeline>,
    job: Job<Vec<Output>>,
}

/// Waits for a job and writes its outputs.
fn end(running: Running, report: &mut Report) {
    let Running { input, targets, pipelines, job } = running;
    let outputs = match job.wait() {
        // The queue is full of other jobs of this command: it has time, and does this one itself.
        Err(error) if error.kind() == ErrorKind::Busy => run_all(&pipelines),
        other => other,
    };
    let written = outputs.map_err(Failure::from).and_then(|outputs| {
        for (output, target) in outputs.iter().zip(&targets) {
            write(&input, output, target.as_deref(), report)?;
        }
        Ok(())
    });
    if let Err(failure) = written {
        report.failed(Some(&input), &failure);
    }
    report.advance();
}

fn write(
    input: &Path,
    output: &Output,
    target: Option<&Path>,
    report: &mut Report,
) -> Result<(), Failure> {
    match target {
        Some(path) => output.write(path)?,
        None => {
            let mut stdout = io::stdout().lock();
            let written = stdout.write_all(&output.data).and_then(|()| stdout.flush());
            written.map_err(|error| Failure::io("stdout", &error))?;
        }
    }
    let target = target.unwrap_or(Path::new(STREAM)).display().to_string();
    let input = input.display().to_string();
    let Output { width, height, format, .. } = output;
    let bytes = output.data.len();
    let (from, to) = (in_a_line(&input), in_a_line(&target));
    let mut text = format!("{from} -> {to}: {format} {width}x{height}, {bytes} bytes");
    for warning in &output.warnings {
        text += &format!("\n  warning: {warning}");
    }
    let fields = json!({
        "input": input,
        "output": target,
        "format": format.name(),
        "width": width,
        "height": height,
        "bytes": bytes,
        "warnings": output.warnings,
        "seconds": output.timings.total.as_secs_f64(),
    });
    report.result(&text, &fields);
    Ok(())
}
