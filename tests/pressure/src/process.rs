//! The memory that a process holds, the memory that it may have, and processes that are given up on.

#![allow(unsafe_code, reason = "limits of a process are set by functions of C")]

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A field of the kernel's status of this process, in bytes: `VmSize`, `VmRSS`, `VmHWM`.
///
/// # Panics
/// Where there is no `/proc` of Linux.
pub(crate) fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = text.lines().find(|line| line.split(':').next() == Some(name));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse().ok());
    kib.map_or_else(|| panic!("no {name}"), |kib: u64| kib << 10)
}

/// Lets the kernel forget the most that was resident; an error where it does not offer that.
pub(crate) fn forget_peak() -> std::io::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5")
}

/// Sets how much address space this process may have; `None` lifts the limit.
pub(crate) fn limit_address_space(bytes: Option<u64>) {
    let limit = libc::rlimit {
        rlim_cur: bytes.unwrap_or(libc::RLIM_INFINITY),
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: reads the struct and nothing else.
    let result = unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) };
    assert_eq!(result, 0, "a limit");
}

/// Sends a signal to a child of this process.
pub(crate) fn signal(child: &Child, number: i32) {
    let process = i32::try_from(child.id()).expect("a process");
    // SAFETY: touches no memory; the child has not been waited for, so that its number is its own.
    unsafe { libc::kill(process, number) };
}

/// Whether this is the superuser, who may read everything.
pub(crate) fn is_root() -> bool {
    // SAFETY: touches no memory.
    unsafe { libc::geteuid() == 0 }
}

/// How a process came to its end.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` for one that was given up on.
    pub(crate) status: Option<ExitStatus>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Ended {
    /// The fault of that end, if there is one: only to exit with 0 is right.
    pub(crate) fn fault(&self) -> Option<String> {
        let end = match self.status {
            Some(status) if status.success() => return None,
            Some(status) => status.to_string(),
            None => format!("no end after {:.0} s", self.took.as_secs_f64()),
        };
        let said = self.stderr.lines().take(3).collect::<Vec<_>>().join(" / ");
        Some(format!("{end}: {said}"))
    }
}

/// Runs a process to its end, or gives it up after some time and kills it.
///
/// # Panics
/// When it cannot be started.
pub(crate) fn wait_for(command: &mut Command, patience: Duration) -> Ended {
    wait_for_child(start(command), patience)
}

/// Starts a process whose output is for [`wait_for_child`].
///
/// # Panics
/// When it cannot be started.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// As [`wait_for`], of one that has been started.
pub(crate) fn wait_for_child(mut child: Child, patience: Duration) -> Ended {
    let start = Instant::now();
    // On threads, so that a process that says more than a pipe takes goes on.
    let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break Some(status);
        }
        if start.elapsed() > patience {
            child.kill().expect("a child");
            child.wait().expect("a child");
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |thread: std::thread::JoinHandle<String>| thread.join().expect("no panic");
    Ended { status, stdout: text(stdout), stderr: text(stderr), took: start.elapsed() }
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // An error ends the read; the bytes before it are the report.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
