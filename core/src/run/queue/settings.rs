//! The settings of all jobs together: memory, places in the queue, threads and their priority.

use std::env;
use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::recipe::options::table::{Field, Options, options, read};
use crate::recipe::value::{CallError, Value};

/// Jobs that wait at most, unless another number is set.
const QUEUE: usize = 1024;

/// The memory of a machine that does not say what it has.
const UNKNOWN: u64 = 2 << 30;

options! {
    /// What all jobs of the process may use together; set once, by [`configure`](crate::configure).
    ///
    /// ```
    /// use makeready::Settings;
    ///
    /// let settings = Settings::new().memory(256 << 20).queue(100);
    /// assert_eq!((settings.memory, settings.queue, settings.threads), (Some(256 << 20), Some(100), None));
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Settings {
        /// Bytes that running jobs may hold together, by the bounds of their plans. Default: `MAKEREADY_MEMORY`, else half
        /// of what the machine or the control group has.
        memory (with_memory): Option<u64> = None, 1_048_576..=9_007_199_254_740_991;
        /// Jobs that may wait. Default: `MAKEREADY_QUEUE`, else 1,024.
        queue (with_queue): Option<usize> = None, 0..=1_000_000;
        /// Threads that work on pixels. Default: `MAKEREADY_THREADS`, else one a core.
        threads (with_threads): Option<usize> = None, 1..=1024;
        /// Steps of `nice` by which the threads that work on jobs have less priority than the rest of the process, on Linux.
        /// Default: `MAKEREADY_NICE`, else 0. A service whose event loop and clients share the cores answers sooner then.
        nice (with_nice): Option<u8> = None, 0..=19;
    }
}

impl Settings {
    /// Sets [`memory`](Self#structfield.memory).
    #[must_use]
    pub fn memory(self, bytes: u64) -> Self {
        self.with_memory(Some(bytes))
    }

    /// Sets [`queue`](Self#structfield.queue).
    #[must_use]
    pub fn queue(self, jobs: usize) -> Self {
        self.with_queue(Some(jobs))
    }

    /// Sets [`threads`](Self#structfield.threads).
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        self.with_threads(Some(threads))
    }

    /// Sets [`nice`](Self#structfield.nice).
    #[must_use]
    pub fn nice(self, steps: u8) -> Self {
        self.with_nice(Some(steps))
    }

    /// The same, with what is not set as the environment says it.
    pub(crate) fn or_environment(self) -> Result<Self> {
        let all = Self {
            memory: or_variable(self.memory, "MAKEREADY_MEMORY", u64::MAX)?,
            queue: or_variable(self.queue, "MAKEREADY_QUEUE", usize::MAX)?,
            threads: or_variable(self.threads, "MAKEREADY_THREADS", usize::MAX)?,
            nice: or_variable(self.nice, "MAKEREADY_NICE", u8::MAX)?,
        };
        all.check("configure").map(|()| all)
    }

    /// Bytes that jobs may hold together.
    pub(super) fn budget(&self) -> u64 {
        self.memory.unwrap_or_else(|| memory_of(Path::new("/")).unwrap_or(UNKNOWN) / 2)
    }

    /// Jobs that may wait.
    pub(super) fn places(&self) -> usize {
        self.queue.unwrap_or(QUEUE)
    }
}

/// The value that is set, else that of a variable of the environment, where there is one.
fn or_variable<T: TryFrom<u64>>(set: Option<T>, name: &str, most: T) -> Result<Option<T>> {
    let (None, Some(text)) = (&set, env::var_os(name)) else { return Ok(set) };
    let number = text.to_str().and_then(|text| text.trim().parse::<u64>().ok());
    let number = number.ok_or_else(|| {
        Error::invalid_option(format!("{name} is a whole number, found {text:?}"))
    })?;
    Ok(Some(T::try_from(number).unwrap_or(most)))
}

/// Settings by the names of their options.
///
/// # Errors
/// Of names that there are not, and of values that no setting can have.
pub fn queue_settings(given: &[(String, Value)]) -> Result<Settings, CallError> {
    read("configure", given)
}

/// The options of [`Settings`].
#[must_use]
pub fn queue_settings_fields() -> Vec<Field> {
    Settings::fields()
}

/// The memory that the process may have, in bytes: the least of the machine's and that of the control groups it is in, of
/// version 1 or 2. `root` is where `proc` and `sys` are.
fn memory_of(root: &Path) -> Option<u64> {
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let machine = read("proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    let groups = read("proc/self/cgroup").unwrap_or_default();
    let mut limits: Vec<u64> = machine.into_iter().collect();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(number), Some(controllers), Some(group)) =
            (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (folder, file) = match (number, controllers) {
            ("0", "") => ("sys/fs/cgroup", "memory.max"),
            (_, list) if list.split(',').any(|one| one == "memory") => {
                ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        // A group is held to the limits of those around it. Within a container its own may be the root.
        let mut group = group.trim_matches('/');
        loop {
            let limit = read(&format!("{folder}/{group}/{file}"));
            limits.extend(limit.and_then(|text| text.trim().parse::<u64>().ok()));
            match group.rsplit_once('/') {
                Some((around, _)) => group = around,
                None if group.is_empty() => break,
                None => group = "",
            }
        }
    }
    limits.into_iter().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of files, and the memory it tells.
    fn told(name: &str, files: &[(&str, &str)]) -> Option<u64> {
        let root = env::temp_dir().join(format!("makeready-cgroup-{}-{name}", std::process::id()));
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let found = memory_of(&root);
        let _ = fs::remove_dir_all(&root);
        found
    }

    #[test]
    fn the_memory_is_the_least_that_the_machine_and_its_groups_have() {
        let machine = ("proc/meminfo", "MemTotal:        8000 kB\nMemFree:  1 kB\n");
        let two = ("proc/self/cgroup", "0::/a/b\n");
        let one = ("proc/self/cgroup", "9:cpu,cpuacct:/x\n5:hugetlb,memory:/docker/1\n0::/\n");
        let v2 = |group: &'static str, text: &'static str| (group, text);
        for (name, files, expected) in [
            ("nothing", vec![], None),
            ("machine", vec![machine], Some(8_192_000)),
            (
                "no limit",
                vec![machine, two, v2("sys/fs/cgroup/a/b/memory.max", "max\n")],
                Some(8_192_000),
            ),
            (
                "own",
                vec![machine, two, v2("sys/fs/cgroup/a/b/memory.max", "1000000\n")],
                Some(1_000_000),
            ),
            (
                "around",
                vec![machine, two, v2("sys/fs/cgroup/a/memory.max", "2000000\n")],
                Some(2_000_000),
            ),
            (
                "the least",
                vec![
                    machine,
                    two,
                    v2("sys/fs/cgroup/a/b/memory.max", "3000000"),
                    v2("sys/fs/cgroup/memory.max", "2500000"),
                ],
                Some(2_500_000),
            ),
            (
                "large",
                vec![machine, two, v2("sys/fs/cgroup/a/b/memory.max", "99999999999\n")],
                Some(8_192_000),
            ),
            (
                "version 1",
                vec![
                    machine,
                    one,
                    v2("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "4000000\n"),
                ],
                Some(4_000_000),
            ),
            (
                "version 1 in a container",
                vec![machine, one, v2("sys/fs/cgroup/memory/memory.limit_in_bytes", "5000000\n")],
                Some(5_000_000),
            ),
            (
                "version 1 without a limit",
                vec![
                    machine,
                    one,
                    v2("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
                ],
                Some(8_192_000),
            ),
            (
                "rubbish",
                vec![("proc/meminfo", "MemTotal: x kB"), ("proc/self/cgroup", "0\n:\n")],
                None,
            ),
        ] {
            assert_eq!(told(name, &files), expected, "{name}");
        }
    }

    #[test]
    fn settings_are_held_to_their_ranges() {
        assert!(Settings::new().threads(0).or_environment().is_err());
        assert!(Settings::new().memory(1000).or_environment().is_err());
        assert!(Settings::new().nice(20).or_environment().is_err());
        let most = Settings::new().queue(0).threads(3).memory(1 << 30).nice(19).or_environment();
        let most = most.expect("all in their ranges");
        assert_eq!((most.budget(), most.places(), most.threads), (1 << 30, 0, Some(3)));
        assert_eq!(most.nice, Some(19));
    }
}
