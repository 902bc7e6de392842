//! Paths as inputs and outputs: when they are read, paths that are no files, and the file that a failed write leaves.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use makeready::{
    CancelToken, Error, ErrorKind, Image, Layout, Limits, Output, Pipeline, Png, Result, Size,
    Source, Stitch, probe, run_all,
};

/// A folder of this test's own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("makeready-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a folder");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn output(side: u32) -> Result<Output> {
    let pixels = vec![50; (side * side) as usize];
    let image = Image::new(Size::new(side, side), Layout::Gray, pixels)?;
    Pipeline::open(image).encode(Png::default()).run()
}

fn make_fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().expect("mkfifo");
    assert!(made.success());
}

/// Every way to a path's bytes; none may take long.
fn errors_of(path: &Path) -> Vec<Error> {
    let job = Pipeline::open(path);
    let later = job.clone().deadline(Duration::from_secs(5));
    let stoppable = job.clone().cancel(CancelToken::new());
    let start = Instant::now();
    let errors = vec![
        probe(path).map(drop).unwrap_err(),
        job.plan().map(drop).unwrap_err(),
        job.explain().map(drop).unwrap_err(),
        job.run().map(drop).unwrap_err(),
        later.run().map(drop).unwrap_err(),
        stoppable.run().map(drop).unwrap_err(),
    ];
    assert!(start.elapsed() < Duration::from_secs(2), "{}", path.display());
    errors
}

#[test]
fn only_regular_files_are_read() {
    let folder = Folder::new("kinds");
    let (fifo, socket, subfolder) =
        (folder.file("fifo"), folder.file("socket"), folder.file("folder"));
    make_fifo(&fifo);
    let _listener = UnixListener::bind(&socket).expect("a socket");
    fs::create_dir(&subfolder).expect("a folder");
    let link = folder.file("link");
    symlink(&fifo, &link).expect("a link");
    for (path, kind) in [
        (&fifo, "a FIFO"),
        (&link, "a FIFO"),
        (&socket, "a socket"),
        (&subfolder, "a folder"),
        (&PathBuf::from("/dev/zero"), "a device"),
        (&PathBuf::from("/dev/tty"), "a device"),
    ] {
        for error in errors_of(path) {
            assert_eq!(error.kind(), ErrorKind::Io, "{error:?}");
            assert_eq!(error.input(), Some(0));
            let text = error.to_string();
            assert!(text.ends_with(&format!("expected a regular file, found {kind}")), "{text}");
            assert!(text.contains(&path.display().to_string()), "{text}");
        }
    }
    for error in errors_of(&folder.file("none")) {
        assert_eq!(error.kind(), ErrorKind::Io, "{error:?}");
    }
}

#[test]
fn a_path_is_read_at_each_run() -> Result<()> {
    let folder = Folder::new("runs");
    let path = folder.file("picture.png");
    output(10)?.write(&path)?;
    let source = Source::path(&path);
    let job = Pipeline::open(source.clone()).encode(Png::compression_level(3));
    let page = Pipeline::stitch(Stitch::across(2), [source.clone(), source]);
    assert_eq!((job.run()?.width, page.run()?.width), (10, 20));
    output(30)?.write(&path)?;
    assert_eq!((job.plan()?.width, job.run()?.width, page.run()?.width), (30, 30, 60));
    fs::remove_file(&path).expect("a file");
    assert_eq!(job.run().unwrap_err().code(), "io");
    assert_eq!(job.plan().unwrap_err().code(), "io");
    Ok(())
}

#[test]
fn equal_paths_of_a_pass_are_held_once() -> Result<()> {
    let folder = Folder::new("once");
    let path = folder.file("picture.png");
    // Noise, so that the file is most of the memory of a job.
    let mut state = 1_u32;
    let sample = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let noise =
        Image::new(Size::new(1000, 1000), Layout::Gray, (0..1_000_000).map(sample).collect())?;
    Pipeline::open(noise).encode(Png::default()).run()?.write(&path)?;
    let bytes = fs::metadata(&path).expect("a file").len();
    let in_memory = Source::from(fs::read(&path).expect("a file"));
    let job = |side: u32| Pipeline::open(path.as_path()).resize((side, side));
    let of_bytes = |side: u32| Pipeline::open(in_memory.clone()).resize((side, side));
    let memory = |jobs: Vec<Pipeline>| Ok::<_, Error>(makeready::plan_all(jobs)?[0].peak_memory);
    for count in [1, 10] {
        let read = memory((10..10 + count).map(job).collect())?;
        let given = memory((10..10 + count).map(of_bytes).collect())?;
        assert_eq!(read - given, bytes, "{count} pipelines");
    }
    assert_eq!(run_all((10..20).map(job))?.len(), 10);
    // The memory of files is checked as they are read.
    let few = Limits { max_memory: bytes - 1, ..Limits::default() };
    let error = job(10).limits(few).plan().unwrap_err();
    assert_eq!(error.limit(), Some("max_memory"));
    assert_eq!(error.input(), Some(0), "before anything is planned");
    Ok(())
}

#[test]
fn files_that_claim_no_length_are_read_to_their_end() {
    // The kernel gives 0 as the size of files that it makes up as they are read.
    let path = Path::new("/proc/self/status");
    if path.exists() {
        for job in [Pipeline::open(path), Pipeline::open(path).deadline(Duration::from_secs(9))] {
            let error = job.plan().unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::Unsupported,
                "it has bytes, of no picture: {error:?}"
            );
        }
    }
}

#[test]
fn a_cancelled_job_reads_nothing() {
    let token = CancelToken::new();
    token.cancel();
    let job = Pipeline::open(Path::new("/no/such/file")).cancel(token);
    assert_eq!(job.run().unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_write_takes_the_place_of_a_file_as_a_whole() -> Result<()> {
    let folder = Folder::new("writes");
    let (path, link) = (folder.file("a.png"), folder.file("link.png"));
    output(10)?.write(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink("a.png", &link).expect("a link");
    // A reader of the old file goes on reading it.
    let mut old = fs::File::open(&path).expect("a file");
    let new = output(30)?;
    new.write(&link)?;
    new.write_durably(&link)?;
    assert_eq!(fs::read(&path).expect("a file"), new.data);
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o640);
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut old, &mut bytes).expect("bytes");
    assert_eq!(bytes, output(10)?.data);
    assert_eq!(folder.names(), ["a.png", "link.png"]);
    Ok(())
}

#[test]
fn a_write_to_what_is_no_file_is_no_file() -> Result<()> {
    let folder = Folder::new("devices");
    let small = output(2)?;
    small.write("/dev/null")?;
    let kind = fs::metadata("/dev/null").expect("a device").file_type();
    assert!(std::os::unix::fs::FileTypeExt::is_char_device(&kind));
    let subfolder = folder.file("folder");
    fs::create_dir(&subfolder).expect("a folder");
    for path in [subfolder, folder.file("none/a.png"), PathBuf::new()] {
        assert_eq!(small.write(&path).unwrap_err().kind(), ErrorKind::Io, "{}", path.display());
    }
    assert_eq!(small.write("/dev/full").unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(folder.names(), ["folder"]);
    Ok(())
}

/// Set in the process whose files cannot grow.
const FOLDER: &str = "MAKEREADY_TEST_FOLDER";

#[test]
fn a_failed_write_leaves_the_old_file() -> Result<()> {
    let folder = Folder::new("failed");
    let path = folder.file("a.png");
    output(10)?.write(&path)?;
    let old = fs::read(&path).expect("a file");
    let test = std::env::current_exe().expect("this test");
    // Files have at most one block, and a write beyond it is an error and no signal.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" --ignored --exact writes_fail";
    let child = Command::new("sh").args(["-c", script]).arg(test).env(FOLDER, &folder.0).output();
    let child = child.expect("a shell");
    let text = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && text.contains("1 passed"), "{text}");
    assert_eq!(fs::read(&path).expect("a file"), old);
    assert_eq!(folder.names(), ["a.png"]);
    Ok(())
}

/// In a process of its own, by `a_failed_write_leaves_the_old_file`.
#[test]
#[ignore = "needs a process whose files cannot grow"]
fn writes_fail() -> Result<()> {
    let folder = std::env::var_os(FOLDER).expect("run by another test");
    let mut large = output(10)?;
    large.data = vec![7; 100_000];
    for name in ["a.png", "b.png"] {
        let path = Path::new(&folder).join(name);
        for result in [large.write(&path), large.write_durably(&path)] {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::Io);
        }
    }
    Ok(())
}
