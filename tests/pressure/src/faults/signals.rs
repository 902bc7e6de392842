//! Signals at any moment of a job.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::{Duration, Instant};

use makeready_tests::path;

use crate::Tally;
use crate::inputs::noise;
use crate::process::{signal, start, wait_for_child};
use crate::soak::RUST;

/// Interrupts of one Python process, and kills of processes of each language.
const INTERRUPTS: usize = 24;
const KILLS: usize = 4;
/// How long an interrupted job, or a killed process, may go on on a busy machine.
const LATE: Duration = Duration::from_millis(1000);

pub(super) fn run([python, node]: [&str; 2], tally: &mut Tally) {
    tally.check("SIGINT to Python", interrupted(python));
    let scripts = path("pressure");
    let rust = || {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg(RUST);
        command
    };
    let in_python = || {
        let mut command = Command::new(python);
        command.arg(scripts.join("soak.py"));
        command
    };
    let in_node = || {
        let mut command = Command::new(node);
        command.arg("--expose-gc").arg(scripts.join("soak.mjs"));
        command
    };
    // Python has a handler of its own for SIGINT.
    tally.check("SIGTERM to Rust", killed(&rust, libc::SIGTERM));
    tally.check("SIGINT to Rust", killed(&rust, libc::SIGINT));
    tally.check("SIGTERM to Python", killed(&in_python, libc::SIGTERM));
    tally.check("SIGTERM to Node", killed(&in_node, libc::SIGTERM));
    tally.check("SIGINT to Node", killed(&in_node, libc::SIGINT));
}

/// Waits up to so many milliseconds.
fn wait(most: u64, byte: u8) {
    std::thread::sleep(Duration::from_millis(u64::from(byte) * most / 255));
}

/// Every interrupt is an exception soon, and the next job is right.
fn interrupted(python: &str) -> Result<(), String> {
    let mut command = Command::new(python);
    command.arg(path("pressure/signals.py")).arg(INTERRUPTS.to_string());
    let mut child = start(&mut command);
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut expect = |word: &str| match lines.next() {
        Some(Ok(line)) if line == word => Ok(()),
        other => Err(format!("expected {word}, found {other:?}")),
    };
    let mut latest = Duration::ZERO;
    let mut result = Ok(());
    for byte in noise().take(INTERRUPTS) {
        result = expect("ready");
        wait(150, byte);
        let sent = Instant::now();
        signal(&child, libc::SIGINT);
        result = result.and_then(|()| expect("interrupted"));
        latest = latest.max(sent.elapsed());
        if result.is_err() {
            break;
        }
    }
    println!("SIGINT to Python: {} ms at most until the next job was done", latest.as_millis());
    let ended = wait_for_child(child, LATE);
    if let Some(fault) = ended.fault() {
        return Err(fault);
    }
    result.and_then(|()| if latest < LATE { Ok(()) } else { Err(format!("after {latest:?}")) })
}

/// A process ends by its signal soon, whatever it does.
fn killed(command: &dyn Fn() -> Command, number: i32) -> Result<(), String> {
    for byte in noise().take(KILLS) {
        let mut child = start(command().env("PRESSURE_SECONDS", "20"));
        // It says something when it has run some jobs.
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
        said.read_line(&mut line).expect("a line");
        wait(100, byte);
        signal(&child, number);
        let ended = wait_for_child(child, LATE);
        match ended.status.map(|status| status.signal()) {
            Some(Some(signal)) if signal == number => {}
            Some(_) => return Err(ended.fault().unwrap_or_else(|| "no signal".to_owned())),
            None => return Err(format!("no end within {LATE:?}")),
        }
    }
    Ok(())
}
