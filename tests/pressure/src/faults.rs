//! Faults of the environment: paths that are no files, files that change, full disks, threads that cannot start, signals.

mod signals;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use makeready::{Pipeline, Png, Stitch};
use makeready_tests::image;

use crate::Tally;
use crate::inputs::Inputs;
use crate::process::{is_root, wait_for};
use crate::run::JOB;

/// The name of the command that writes where files cannot grow.
pub(crate) const WRITE: &str = "write";

/// The time that a job that ends at once may take on a busy machine.
const SOON: Duration = Duration::from_secs(2);

pub(crate) fn run(runtimes: [&str; 2], tally: &mut Tally) {
    let folder = Inputs::new().file("faults");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    println!("\nfaults of paths, of a file that changes, of writers, of threads, by signals");
    paths(&folder, tally);
    tally.check("a file that changes while it is read", changes(&folder.join("changes.jpg")));
    tally.check("a writer whose files cannot grow", full(&folder));
    threads(tally);
    starved(runtimes[0], tally);
    signals::run(runtimes, tally);
}

/// Jobs that start threads where the heap has a few small pieces left.
fn starved(python: &str, tally: &mut Tally) {
    let script = makeready_tests::path("pressure").join("starved.py");
    for pieces in [1, 10, 50, 100, 300] {
        let mut command = Command::new(python);
        let ended = wait_for(command.arg(&script).arg(pieces.to_string()), 30 * SOON);
        let result = ended.fault().map_or(Ok(()), Err);
        tally.check(&format!("a heap with {pieces} pieces left"), result);
    }
}

/// A path that is no file is an error soon, by itself and in a stitch, with and without a deadline.
fn paths(folder: &Path, tally: &mut Tally) {
    let at = |name: &str| folder.join(name);
    let made = Command::new("mkfifo").arg(at("fifo")).status().expect("mkfifo");
    assert!(made.success(), "a FIFO");
    let _socket = UnixListener::bind(at("socket")).expect("a socket");
    fs::write(at("unreadable.jpg"), image("photo.jpg")).expect("a file");
    let none = fs::Permissions::from_mode(0o0);
    fs::set_permissions(at("unreadable.jpg"), none).expect("permissions");
    let mut paths = vec![at("fifo"), at("socket"), folder.into(), "/dev/zero".into(), at("none")];
    if is_root() {
        println!("left out: a file that may not be read, as this is the superuser");
    } else {
        paths.push(at("unreadable.jpg"));
    }
    for path in paths {
        let (say, heard) = channel();
        let name = path.display().to_string();
        std::thread::spawn(move || {
            let job = Pipeline::open(path.as_path());
            let pair = Pipeline::stitch(Stitch::across(2), [job.clone(), job.clone()]);
            let later = job.clone().deadline(Duration::from_secs(60));
            let ends = [job.run(), pair.run(), later.run()];
            let _ = say.send(ends.map(|end| end.map_or_else(|error| error.code(), |_| "ok")));
        });
        let result = match heard.recv_timeout(SOON) {
            Ok(["io", "io", "io"]) => Ok(()),
            Ok(codes) => Err(format!("{codes:?}")),
            Err(_) => Err(format!("no end within {SOON:?}")),
        };
        tally.check(&name, result);
    }
}

/// A file that is cut and made whole again at all times gives the picture or an error.
fn changes(path: &Path) -> Result<(), String> {
    let whole = image("photo.jpg");
    let job = Pipeline::open(path).resize((60, 40)).encode(Png::default());
    fs::write(path, &whole).expect("a file");
    let expected = job.run().map_err(|error| format!("{error:?}"))?.data;
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut cut = 0;
            while !ended.load(Ordering::Relaxed) {
                cut = (cut + 7919) % whole.len();
                fs::write(path, &whole[..cut]).expect("a file");
                fs::write(path, &whole).expect("a file");
            }
        });
        let (mut right, mut faults) = (0, 0);
        let start = Instant::now();
        let mut result = Ok(());
        while result.is_ok() && start.elapsed() < SOON {
            let limited = job.clone().deadline(Duration::from_secs(5));
            match if (right + faults) % 2 == 0 { job.run() } else { limited.run() } {
                Ok(output) if output.data == expected => right += 1,
                Ok(_) => result = Err("another picture".to_owned()),
                Err(error)
                    if ["io", "truncated", "malformed", "unsupported"].contains(&error.code()) =>
                {
                    faults += 1;
                }
                Err(error) => result = Err(format!("{error:?}")),
            }
        }
        ended.store(true, Ordering::Relaxed);
        println!("a file that changes: {right} pictures, {faults} errors");
        result.and_then(|()| {
            if right > 0 && faults > 0 { Ok(()) } else { Err("only one kind of end".into()) }
        })
    })
}

/// A failed write leaves the old file, and nothing beside it.
fn full(folder: &Path) -> Result<(), String> {
    let folder = folder.join("full");
    fs::create_dir_all(&folder).expect("a folder");
    let old = image("photo.jpg");
    fs::write(folder.join("old.jpg"), &old).expect("a file");
    // Files have at most one block, and a write beyond it is an error and no signal.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" write";
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(std::env::current_exe().expect("this program"));
    let ended = wait_for(command.current_dir(&folder), SOON);
    if let Some(fault) = ended.fault() {
        return Err(fault);
    }
    let names: Vec<PathBuf> =
        fs::read_dir(&folder).expect("a folder").map(|it| it.expect("an entry").path()).collect();
    if names != [folder.join("old.jpg")] || fs::read(&names[0]).expect("a file") != old {
        return Err(format!("left {names:?}"));
    }
    Ok(())
}

/// Writes to the folder that this process is in.
///
/// # Errors
/// Where a write is not an `io` error.
pub(crate) fn write() -> Result<(), String> {
    let page = Pipeline::open(image("photo.jpg")).resize((400, 300)).encode(Png::default());
    let output = page.run().map_err(|error| format!("{error:?}"))?;
    for path in ["old.jpg", "new.png", "none/new.png", "/dev/full"] {
        for result in [output.write(path), output.write_durably(path)] {
            match result {
                Err(error) if error.code() == "io" => {}
                other => return Err(format!("{path}: {other:?}")),
            }
        }
    }
    Ok(())
}

/// Where threads find no memory to start in, a job is right or an error.
fn threads(tally: &mut Tally) {
    for room in [1_u64, 4, 16, 64, 128, 256, 1024] {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args([JOB, "64 threads", &(room << 20).to_string()]);
        let ended = wait_for(command.env("RUST_BACKTRACE", "1"), Duration::from_secs(20));
        let end = ended.stdout.split(' ').nth(2).map(str::trim).unwrap_or_default().to_owned();
        let result = match ended.fault() {
            None if ["ok", "io"].contains(&end.as_str()) => Ok(()),
            None => Err(ended.stdout),
            Some(fault) => Err(fault),
        };
        tally.check(&format!("64 threads in {room} MiB"), result);
    }
}
