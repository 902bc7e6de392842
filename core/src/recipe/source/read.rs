//! Reads a file from its path: regular files alone, within limits, and in time.
//!
//! Nothing can interrupt a read that waits in the kernel, for a network file system for instance. A job that may be
//! stopped therefore has its files read on a thread of their own, and leaves that thread behind when it is stopped.
//! Others read on the thread they run on, which takes about 100 microseconds less.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::Read;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::picture::reserve::reserved_bytes;
use crate::recipe::aside::Aside;
use crate::recipe::job::Watch;
use crate::recipe::limits::check;

/// Bytes between two looks at the watch.
const CHUNK: u64 = 4 << 20;
/// Reads left behind at a time, in a process.
const MOST_LEFT: usize = 64;

/// How much may be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) max_input_bytes: u64,
    pub(super) max_memory: u64,
    /// Bytes that the pass holds of other files.
    pub(super) held: u64,
}

impl Room {
    fn check(&self, length: u64) -> Result<()> {
        check("max_input_bytes", self.max_input_bytes, length)?;
        check("max_memory", self.max_memory, self.held.saturating_add(length))
    }
}

/// Reads the file, and stops when the watch says so.
pub(super) fn read(path: &Path, room: Room, watch: &Watch) -> Result<Vec<u8>> {
    if !watch.can_stop() {
        return read_here(path, room, watch);
    }
    let path = path.to_owned();
    READS.run(watch, move |watch| read_here(&path, room, watch))
}

fn read_here(path: &Path, room: Room, watch: &Watch) -> Result<Vec<u8>> {
    // Before it is opened as well: a socket cannot be, and to open a device may do something to it.
    regular(&std::fs::metadata(path).map_err(failed)?)?;
    let mut file = open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    regular(&metadata)?;
    let length = metadata.len();
    room.check(length)?;
    let mut bytes = reserved_bytes(length)?;
    loop {
        watch.check()?;
        // It reserves fallibly where a file has grown since.
        if Read::by_ref(&mut file).take(CHUNK).read_to_end(&mut bytes).map_err(failed)? == 0 {
            return Ok(bytes);
        }
        room.check(bytes.len() as u64)?;
    }
}

#[cold]
fn failed(source: std::io::Error) -> Error {
    Error::io("cannot be read", source)
}

/// Opens without waiting: a FIFO that took the file's place would wait for a writer.
#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// An error unless it is a regular file.
fn regular(metadata: &Metadata) -> Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let kind = kind(metadata.file_type());
    Err(Error::new(ErrorKind::Io, format!("cannot be read: expected a regular file, found {kind}")))
}

fn kind(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a FIFO";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "something else" }
}

/// Reads that do not answer.
static READS: Aside = Aside::new("makeready-read", 2 << 20, || MOST_LEFT, too_many);

#[cold]
fn too_many(left: usize) -> Error {
    let what = format!("cannot be read: {left} reads that were stopped have not ended yet");
    Error::new(ErrorKind::Io, what)
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    /// A file system that does not answer.
    fn slow(time: Duration) -> impl FnOnce(&Watch) -> Result<()> + Send + 'static {
        move |_| {
            thread::sleep(time);
            Ok(())
        }
    }

    fn soon() -> Watch {
        Watch::new(Vec::new(), Some(Instant::now() + Duration::from_millis(30)))
    }

    #[test]
    fn reads_that_do_not_answer_are_left_behind_and_counted() -> Result<()> {
        let time = Duration::from_secs(3);
        let start = Instant::now();
        let late = move |_| {
            let begun = Instant::now();
            let stopped = READS.run(&soon(), slow(time)).unwrap_err();
            (stopped.kind(), begun.elapsed())
        };
        let callers: Vec<_> = (0..MOST_LEFT).map(|i| thread::spawn(move || late(i))).collect();
        for caller in callers {
            let (kind, took) = caller.join().expect("no panic");
            assert_eq!(kind, ErrorKind::Timeout);
            assert!(took < Duration::from_millis(500), "{took:?}");
        }
        let error = READS.run(&soon(), |_| Ok(())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{error:?}");
        assert!(start.elapsed() < time, "too slow a machine to see it");
        // Who cannot be stopped reads on the thread it is on.
        let room = Room { max_input_bytes: 1 << 20, max_memory: 1 << 20, held: 0 };
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"), room, &Watch::default())?;
        thread::sleep((time + Duration::from_millis(200)).saturating_sub(start.elapsed()));
        READS.run(&Watch::new(Vec::new(), Some(Instant::now() + time)), |_| Ok(()))
    }

    #[test]
    fn a_file_is_held_to_its_room() -> Result<()> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let length = std::fs::metadata(&path).expect("a file").len();
        let room = |max_input_bytes, max_memory, held| Room { max_input_bytes, max_memory, held };
        let limit = |room| read(&path, room, &Watch::default()).err().and_then(|e| e.limit());
        assert_eq!(limit(room(length, length + 10, 10)), None);
        assert_eq!(limit(room(length - 1, length, 0)), Some("max_input_bytes"));
        assert_eq!(limit(room(length, length + 10, 11)), Some("max_memory"));
        Ok(())
    }
}
