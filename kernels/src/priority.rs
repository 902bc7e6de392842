//! The priority of threads.

#![allow(unsafe_code, reason = "the standard library knows no priorities")]

/// The most by which a priority can be lowered: steps of the system's `nice`.
const MOST_STEPS: u8 = 19;

/// Lowers the priority of the calling thread to that of the process's first thread and `steps` less, as far as the system goes.
/// One that has less already keeps it, and so does every thread of a system other than Linux, where priority is the process's.
pub fn lower(steps: u8) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let calling = 0;
        // SAFETY: none of these takes or gives memory.
        unsafe {
            let first = libc::id_t::from(std::process::id());
            let own = libc::getpriority(libc::PRIO_PROCESS, calling);
            let least = i32::from(MOST_STEPS);
            let lower =
                (libc::getpriority(libc::PRIO_PROCESS, first) + i32::from(steps)).min(least);
            if lower > own {
                // Who may not do this works on with the priority it has.
                let _ = libc::setpriority(libc::PRIO_PROCESS, calling, lower);
            }
        }
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = steps;
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The priority of the calling thread, and that of the first one, by the files of the system.
    fn nice(task: &str) -> i32 {
        let stat = std::fs::read_to_string(format!("/proc/{task}/stat")).expect("a file");
        let (_, fields) = stat.rsplit_once(") ").expect("a name");
        fields.split(' ').nth(16).expect("a field").parse().expect("a number")
    }

    #[test]
    fn a_thread_has_so_much_less_than_the_first_and_never_more_than_before() {
        let process = std::process::id();
        let first = nice(&process.to_string());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for (steps, expected) in [(0, 0), (3, 3), (5, 5), (4, 5), (200, 19)] {
                    lower(steps);
                    let expected = (first + expected).min(19);
                    assert_eq!(nice("thread-self"), expected, "{steps} steps");
                }
                // Its threads begin with what it has.
                let inherited = std::thread::spawn(|| nice("thread-self")).join();
                assert_eq!(inherited.expect("no panic"), 19);
            });
        });
        assert_eq!(nice(&process.to_string()), first);
    }
}
